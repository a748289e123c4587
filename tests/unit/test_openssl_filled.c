/* SPDX-License-Identifier: ISC
 *
 * What stands in for functions that OpenSSL 1.0.1 lacks says of a certificate's names what OpenSSL says.
 */
#include "openssl_direct.h"

#include "../../shim/openssl/filled.h"

#include <tlsmend/binding.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* OpenSSL's headers have the same names for other types; these few functions are declared as they are used. */
X509 *X509_new(void);
void X509_free(X509 *x);
int X509_NAME_add_entry_by_txt(X509_NAME *name, const char *field, int type,
			       const unsigned char *bytes, int n, int location, int set);
X509_NAME *X509_get_subject_name(const X509 *x);
X509_EXTENSION *X509V3_EXT_conf_nid(void *conf, void *ctx, int nid, const char *value);
int X509_add_ext(X509 *x, X509_EXTENSION *e, int location);
void X509_EXTENSION_free(X509_EXTENSION *e);
int X509_check_host(X509 *x, const char *name, size_t n, unsigned int flags, char **found);
int X509_check_ip_asc(X509 *x, const char *address, unsigned int flags);

enum { MBSTRING_UTF8 = 0x1000 };

static struct copy copy;

static X509 *made(const char *alternatives, const char *common)
{
	X509 *x = X509_new();

	if (alternatives) {
		X509_EXTENSION *e =
		    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name_, alternatives);

		assert_non_null(e);
		assert_int_equal(X509_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	if (common)
		assert_int_equal(
		    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
					       (const unsigned char *)common, -1, -1, 0),
		    1);
	return x;
}

static void names_are_compared_as_openssl_does(void **state)
{
	static const char *const alternatives[] = {
	    NULL,
	    "DNS:legacy.test",
	    "DNS:a.test,DNS:*.legacy.test",
	    "IP:127.0.0.1",
	    "IP:127.0.0.1,IP:::1,DNS:other.test",
	    "email:x@legacy.test",
	    "URI:https://legacy.test/",
	    "DNS:l*.legacy.test",
	    "DNS:127.0.0.1",
	};
	static const char *const commons[] = {NULL, "legacy.test", "*.legacy.test", "127.0.0.1",
					      "l\xc3\xa9gacy.test"};
	static const char *const hosts[] = {
	    "legacy.test", "LEGACY.test",    "www.legacy.test", "a.b.legacy.test",   "other.test",
	    "127.0.0.1",   "lx.legacy.test", ".legacy.test",    "l\xc3\xa9gacy.test"};
	static const char *const addresses[] = {"127.0.0.1", "127.0.0.2", "::1", "0:0::1", "x"};
	static const unsigned flags[] = {0, 4};
	unsigned yes = 0;

	(void)state;
	for (size_t a = 0; a < ARRAY_LENGTH(alternatives); a++)
		for (size_t c = 0; c < ARRAY_LENGTH(commons); c++) {
			X509 *x = made(alternatives[a], commons[c]);

			for (size_t h = 0; h < ARRAY_LENGTH(hosts); h++)
				for (size_t f = 0; f < ARRAY_LENGTH(flags); f++) {
					const int good = filled_101.X509_check_host(x, hosts[h], 0,
										    flags[f], NULL);

					if (good !=
					    (X509_check_host(x, hosts[h], 0, flags[f], NULL) == 1))
						fail_msg("%s of %s, %s: %d", hosts[h],
							 alternatives[a], commons[c], good);
					yes += good != 0;
				}
			for (size_t h = 0; h < ARRAY_LENGTH(addresses); h++) {
				const int good = filled_101.X509_check_ip_asc(x, addresses[h], 0);

				assert_int_equal(good, X509_check_ip_asc(x, addresses[h], 0) == 1);
				yes += good != 0;
			}
			X509_free(x);
		}
	assert_true(yes > 100);
}

/* A copy that is not known says no, and so does a list of names that cannot be read. */
static void what_cannot_be_read_fits_nothing(void **state)
{
	X509 *x = made("DNS:legacy.test", NULL);
	X509_EXTENSION *second =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name_, "DNS:b.test");

	(void)state;
	binding_current = NULL;
	assert_int_equal(filled_101.X509_check_host(x, "legacy.test", 0, 0, NULL), 0);
	binding_current = &copy;
	assert_int_equal(filled_101.X509_check_host(x, "legacy.test", 0, 0, NULL), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
						    (const unsigned char *)"legacy.test", -1, -1,
						    0),
			 1);
	assert_int_equal(X509_add_ext(x, second, -1), 1);
	assert_int_equal(filled_101.X509_check_host(x, "legacy.test", 0, 0, NULL), 0);
	X509_EXTENSION_free(second);
	X509_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_compared_as_openssl_does),
	    cmocka_unit_test(what_cannot_be_read_fits_nothing),
	};

	atomic_store(&copy.api, openssl_direct());
	binding_current = &copy;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
