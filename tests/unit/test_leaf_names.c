/* SPDX-License-Identifier: ISC
 *
 * The quick look for a host among the names of a leaf: where it says yes, OpenSSL does, whatever the certificate looks like. So do the lists of
 * names and limits hold what OpenSSL reads there, where they are read without it.
 */
#include "der_check.h"

#include <openssl/ec.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

/* of <tlsmend/evidence.h>, whose types are not OpenSSL's own */
bool evidence_has_host(const uint8_t *der, size_t n, const char *host, unsigned flags);

enum { MOST = 2048 };

/* The DER of a certificate with these names; critical ones, or with a second extension behind them; and with these limits, or NULL. */
static size_t certificate_with(const char *names, const char *limits, uint8_t der[MOST])
{
	X509 *x = X509_new();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	X509_EXTENSION *more =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:FALSE");
	uint8_t *end = der;
	assert_non_null(san);
	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"cn.corp.test", -1, -1, 0);
	X509_set_pubkey(x, key);
	X509_add_ext(x, more, -1);
	X509_add_ext(x, san, -1);
	if (limits) {
		X509_EXTENSION *nc = X509V3_EXT_conf_nid(NULL, NULL, NID_name_constraints, limits);

		assert_non_null(nc);
		X509_add_ext(x, nc, -1);
		X509_EXTENSION_free(nc);
	}
	X509_sign(x, key, EVP_sha256());
	const int n = i2d_X509(x, NULL);
	assert_in_range(n, 1, MOST);
	i2d_X509(x, &end);
	X509_EXTENSION_free(san);
	X509_EXTENSION_free(more);
	EVP_PKEY_free(key);
	X509_free(x);
	return (size_t)n;
}

static size_t certificate(const char *names, uint8_t der[MOST])
{
	return certificate_with(names, NULL, der);
}

static void a_name_that_is_there_is_found(void **state)
{
	static const struct {
		const char *names, *host;
		bool found;
	} cases[] = {
	    {"DNS:a.corp.test", "a.corp.test", true},
	    {"critical,DNS:a.corp.test", "A.Corp.Test", true},
	    {"DNS:b.corp.test,DNS:*.corp.test,IP:10.0.0.1", "a.corp.test", true},
	    {"URI:https://a.corp.test/,email:a@corp.test,DNS:a.corp.test", "a.corp.test", true},
	    {"DNS:*.corp.test", "corp.test", false},
	    {"DNS:*.corp.test", "a.b.corp.test", false},
	    {"DNS:b.corp.test", "a.corp.test", false},
	    {"DNS:b.corp.test", "cn.corp.test", false},
	    {"email:a@corp.test", "cn.corp.test", false},
	    {"DNS:a.corp.test", ".corp.test", false},
	    {"DNS:a*.corp.test", "ab.corp.test", true},
	    /* nobody looks into this one: OpenSSL may not like it */
	    {"DNS:a.corp.test,otherName:1.2.3;UTF8:x", "a.corp.test", false},
	};
	uint8_t der[MOST];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const size_t n = certificate(cases[i].names, der);
		if (evidence_has_host(der, n, cases[i].host, 0) != cases[i].found)
			fail_msg("%s: %s", cases[i].names, cases[i].host);
	}
}

static bool says_openssl(const uint8_t *der, size_t n, const char *host, unsigned flags,
			 bool *decoded)
{
	X509 *x = d2i_X509(NULL, &der, (long)n);
	const bool yes = x && X509_check_host(x, host, 0, flags, NULL) == 1;
	*decoded = x != NULL;
	X509_free(x);
	return yes;
}

/* Each byte has each value. */
static void holds_for(unsigned flags)
{
	static const char host[] = "a.corp.test";
	uint8_t der[MOST];
	unsigned yes = 0;
	bool decoded;
	const size_t n = certificate("DNS:b.corp.test,DNS:*.corp.test,IP:10.0.0.1", der);
	for (size_t i = 0; i < n; i++) {
		const uint8_t was = der[i];
		for (unsigned value = 0; value < 256; value++) {
			der[i] = (uint8_t)value;
			if (!evidence_has_host(der, n, host, flags))
				continue;
			if (!says_openssl(der, n, host, flags, &decoded) && decoded)
				fail_msg("byte %zu: %02x", i, value);
			yes++;
		}
		der[i] = was;
	}
	for (size_t size = 0; size < n; size++)
		assert_false(evidence_has_host(der, size, host, flags));
	assert_true(yes > 10000);
}

static void a_yes_is_one_of_openssl(void **state)
{
	(void)state;
	holds_for(0);
	holds_for(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
}

/* Bytes of the extensions, which are the end of what is signed, have other values; what is read of the lists is what OpenSSL reads. */
static void lists_are_those_of_openssl(void **state)
{
	static const char *const hosts[] = {"a.corp.test", "b.corp.test", "x.test", "corp.test"};
	static const uint8_t values[] = {0, 1, 2, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x87, 0xa0, 0xa1};
	static const char san[] =
	    "DNS:b.corp.test,email:a@b.test,URI:x:y,DNS:*.corp.test,IP:10.0.0.1";
	static const char limits[] = "permitted;DNS:test,permitted;IP:10.0.0.0/255.0.0.0,"
				     "excluded;email:b.test,excluded;URI:x.test";
	uint8_t der[MOST];
	unsigned names_read = 0, limits_read = 0;

	(void)state;
	const size_t n = certificate_with(san, limits, der);
	const uint8_t *from = memmem(der, n, "b.corp.test", 11);

	assert_non_null(from);
	for (size_t i = (size_t)(from - der) - 24; i < n - 80; i++) {
		const uint8_t was = der[i];

		for (unsigned k = 0; k < ARRAY_LENGTH(values) + 8; k++) {
			const uint8_t *p = der;

			der[i] = k < 8 ? was ^ (uint8_t)(1u << k) : values[k - 8];
			X509 *x = d2i_X509(NULL, &p, (long)n);

			names_read += x && der_check_names(x, hosts, ARRAY_LENGTH(hosts));
			limits_read += x && der_check_limits(x);
			X509_free(x);
		}
		der[i] = was;
	}
	assert_true(names_read > 1000 && limits_read > 1000);
}

/* Lists that OpenSSL has to read: another kind of name, a bound, a part behind the end, lists in the wrong order or twice, a length with superfluous bytes. */
static void what_only_openssl_reads_is_left_to_it(void **state)
{
	static const struct {
		size_t n;
		char value[24];
		bool names, limits;
	} cases[] = {
	    {2, "\x30\x00", true, true},
	    {5, "\x30\x03\x82\x01\x61", true, false},
	    {6, "\x30\x03\x82\x01\x61\x00", false, false},
	    {5, "\x30\x03\x88\x01\x2a", false, false},
	    {5, "\x30\x03\xa2\x01\x61", false, false},
	    {4, "\x30\x80\x00\x00", false, false},
	    {9, "\x30\x07\xa0\x05\x30\x03\x82\x01\x61", false, true},
	    {12, "\x30\x0a\xa0\x08\x30\x06\x82\x01\x61\x80\x01\x00", false, false},
	    {16, "\x30\x0e\xa0\x05\x30\x03\x82\x01\x61\xa1\x05\x30\x03\x82\x01\x61", false, true},
	    {16, "\x30\x0e\xa1\x05\x30\x03\x82\x01\x61\xa0\x05\x30\x03\x82\x01\x61", false, false},
	    {16, "\x30\x0e\xa0\x05\x30\x03\x82\x01\x61\xa0\x05\x30\x03\x82\x01\x61", false, false},
	    {4, "\x30\x02\xa2\x00", false, false},
	    {9, "\x30\x07\x82\x84\x00\x00\x00\x01\x61", true, false},
	    {10, "\x30\x08\x82\x85\x00\x00\x00\x00\x01\x61", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const uint8_t *p = (const uint8_t *)cases[i].value;
		struct span value = {p, p + cases[i].n};
		struct name_list list;
		struct name_limits limits;

		if (name_list_read(value, &list) != cases[i].names ||
		    name_list_read_limits(value, &limits) != cases[i].limits)
			fail_msg("case %zu", i);
		for (value.end--; (cases[i].names || cases[i].limits) && value.end > value.p;
		     value.end--)
			assert_false(name_list_read(value, &list) ||
				     name_list_read_limits(value, &limits));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_that_is_there_is_found),
	    cmocka_unit_test(a_yes_is_one_of_openssl),
	    cmocka_unit_test(lists_are_those_of_openssl),
	    cmocka_unit_test(what_only_openssl_reads_is_left_to_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
