/* SPDX-License-Identifier: ISC
 *
 * Names against names: the comparison is OpenSSL's own, on every pair that is made here, and a list of names reads in one way only.
 */
#include "../../shim/diagnose/diagnosis.h"
#include <tlsmend/name_fit.h>

#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

/* explain_helper.h has OpenSSL's types under the same names. */
static struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

/* A certificate that carries this one DNS name. */
static X509 *carrying(const char *name)
{
	X509 *x = X509_new();
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *one = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	assert_int_equal(ASN1_STRING_set(s, name, (int)strlen(name)), 1);
	GENERAL_NAME_set0_value(one, GEN_DNS, s);
	sk_GENERAL_NAME_push(names, one);
	assert_int_equal(X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
	return x;
}

/* Every name of up to six pieces out of these, against every one. */
static const char *const pieces[] = {"a", "B", "xn--", "_", "-", ".", "*", "co.uk"};

static void spell(char *out, unsigned number)
{
	for (*out = '\0'; number > 0; number /= ARRAY_LENGTH(pieces) + 1) {
		if (number % (ARRAY_LENGTH(pieces) + 1) > 0)
			strcat(out, pieces[number % (ARRAY_LENGTH(pieces) + 1) - 1]);
	}
}

static void the_comparison_is_that_of_openssl(void **state)
{
	static const unsigned flags[] = {0, CHECK_NO_WILDCARDS, CHECK_NO_PARTIAL, CHECK_MULTI_LABEL,
					 CHECK_NO_PARTIAL | CHECK_MULTI_LABEL};
	unsigned i, k, f, seed = 7, yes = 0;
	char name[64], asked[64];

	(void)state;
	for (i = 0; i < 4000; i++) {
		X509 *x;

		seed = seed * 1103515245 + 12345;
		spell(name, seed >> 8 & 0x3ffff);
		if (i % 2 == 0)
			strcat(name, ".a.co.uk");
		x = carrying(name);
		for (k = 0; k < 40; k++) {
			seed = seed * 1103515245 + 12345;
			strcpy(asked, k % 4 == 0 ? "b" : "");
			if (k == 1)
				strcpy(asked, name);
			else
				spell(asked + strlen(asked), seed >> 12 & 0xfff);
			if (i % 2 == 0 && k != 1)
				strcat(asked, k % 3 ? ".a.co.uk" : ".co.uk");
			for (f = 0; f < ARRAY_LENGTH(flags) && *asked != '\0'; f++) {
				const bool fits =
				    name_fit(text_of(asked), text_of(name), flags[f]) == FIT_SAME;

				if (fits !=
				    (X509_check_host(x, asked, strlen(asked), flags[f], NULL) == 1))
					fail_msg("%s for %s, flags %u: %d", name, asked, flags[f],
						 fits);
				yes += fits;
			}
		}
		X509_free(x);
	}
	assert_true(yes > 1000);
}

static const struct {
	const char *asked, *name;
	unsigned flags;
	enum name_fit fit;
} fits[] = {
    {"a.corp.test", "*.corp.test", 0, FIT_SAME},
    {"A.Corp.Test", "*.corp.tesT", 0, FIT_SAME},
    {"corp.test", "*.corp.test", 0, FIT_ABOVE},
    {"corp.test", "*.corp.test", CHECK_NO_WILDCARDS, FIT_SWITCHED_OFF},
    {"a.b.corp.test", "*.corp.test", 0, FIT_LABELS},
    {"a.b.corp.test", "*.corp.test", CHECK_MULTI_LABEL, FIT_SAME},
    {"a_b.corp.test", "*.corp.test", 0, FIT_CHARACTER},
    {"a.my_corp.test", "*.my_corp.test", 0, FIT_PATTERN},
    {"a.test", "*.test", 0, FIT_FEW_LABELS},
    {"a.test", "*", 0, FIT_FEW_LABELS},
    {"www.a.corp.test", "www.*.corp.test", 0, FIT_PLACE},
    {"a.b.corp.test", "*.*.corp.test", 0, FIT_PLACE},
    {"web1.corp.test", "web*.corp.test", 0, FIT_SAME},
    {"web1.corp.test", "web*.corp.test", CHECK_NO_PARTIAL, FIT_PARTIAL},
    {"web1.corp.test", "w*1.corp.test", 0, FIT_PLACE},
    {"xn--a.corp.test", "x*.corp.test", 0, FIT_ALABEL},
    {"xn--a.corp.test", "*-a.corp.test", 0, FIT_ALABEL},
    {"xn--a.corp.test", "*.corp.test", 0, FIT_SAME},
    {"a.corp.test.", "a.corp.test", 0, FIT_FINAL_DOT},
    {"a.corp.test.", "*.corp.test", 0, FIT_FINAL_DOT},
    {"a.corp.test", "a.corp.test.", 0, FIT_DOT_IN_NAME},
    {"a.corp.test", "b.corp.test", 0, FIT_OTHER},
    {"a.corp.test", "*.corp.tests", 0, FIT_OTHER},
    {".corp.test", "*.corp.test", 0, FIT_SAME},
};

static void each_no_has_its_reason(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(fits); i++) {
		const enum name_fit fit =
		    name_fit(text_of(fits[i].asked), text_of(fits[i].name), fits[i].flags);

		if (fit != fits[i].fit)
			fail_msg("%s for %s: %d", fits[i].name, fits[i].asked, fit);
	}
}

static void no_entry_reads_as_two(void **state)
{
	struct text san[] = {text_of("DNS:a.test"),
			     text_of("DNS:http://x.test, localhost"),
			     text_of("DNS:b.test\", \"c.test"),
			     text_of("DNS:127.0.0.1"),
			     text_of("IP:127.0.0.1"),
			     text_of("URI:https://d.test/e"),
			     text_of("DirName:CN=f,O=g"),
			     {"DNS:h\0.test", 11}};
	struct cert_info c = {.san = san, .san_count = ARRAY_LENGTH(san)};
	static struct evidence e;
	struct diagnosis d = {.e = &e};

	(void)state;
	assert_string_equal(list_names(&d, &c),
			    "a.test, DNS:\"http://x.test, localhost\", "
			    "DNS:\"b.test\\x22, \\x22c.test\", DNS:127.0.0.1, IP:127.0.0.1, "
			    "URI:https://d.test/e, DirName:\"CN=f,O=g\", DNS:\"h\\x00.test\"");
	c.san_count = 1;
	assert_string_equal(list_names_with_kinds(&d, &c), "DNS:a.test");
	c.san_count = 0;
	c.common_name = text_of("127.0.0.1");
	assert_string_equal(list_names(&d, &c), "CN=127.0.0.1");
	arena_free(&e.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_comparison_is_that_of_openssl),
	    cmocka_unit_test(each_no_has_its_reason),
	    cmocka_unit_test(no_entry_reads_as_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
