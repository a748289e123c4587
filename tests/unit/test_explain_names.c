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

/* Expected: by Python's codec. */
static void letters_as_dns_has_them(void **state)
{
	static const char *const same[][2] = {
	    {"müller.test", "xn--mller-kva.test"},
	    {"Bücher.example.com", "xn--bcher-kva.example.com"},
	    {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
	    {"правда.рф", "xn--80aafi6cg.xn--p1ai"},
	    {"a.ελληνικά.test", "a.xn--hxargifdar.test"},
	    {"faß.de", "xn--fa-hia.de"},
	    {"😀.test", "xn--e28h.test"},
	    {"a-ü-b.c.test", "xn--a--b-1ra.c.test"},
	    {"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü.test",
	     "xn--tdaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test"},
	    {"ü.ä.test.", "xn--tda.xn--4ca.test"},
	    {"ひとつ屋根の下2.test", "xn--2-u9tlzr9756bt3uc0v.test"},
	};
	static const char *const none[] = {
	    "m\xfcller.test", /* no UTF-8 */
	    "m\xc3",          "..\xc3\xbc", "\xc3\xbc..test", "\xff", "\xf0\x9f\x98", "plain.test",
	};
	struct text name;
	struct cert_info leaf = {.san = &name, .san_count = 1};
	static struct evidence e;
	char san[300] = "DNS:";

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++) {
		strcpy(san + 4, same[i][1]);
		name = text_of(san);
		e.host = same[i][0];
		assert_non_null(ascii_name(&e, &leaf));
		assert_string_equal(ascii_name(&e, &leaf), same[i][1]);
		san[strlen(san) - 1] ^= 1; /* another name */
		assert_null(ascii_name(&e, &leaf));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
		strcpy(san + 4, none[i]);
		name = text_of(san);
		e.host = none[i];
		assert_null(ascii_name(&e, &leaf));
	}
	e.host = NULL;
	assert_null(ascii_name(&e, &leaf));
	arena_free(&e.arena);
}

/* Any bytes at all: nothing is written beyond its place (sanitizers watch). */
static void letters_of_chance(void **state)
{
	struct text name = text_of("DNS:xn--mller-kva.test");
	struct cert_info leaf = {.san = &name, .san_count = 1};
	static struct evidence e;
	static const char piece[][5] = {"\xc3\xbc",     "a", ".",   "\xf4\x8f\xbf\xbf",
					"\xe4\xbe\x8b", "-", "\x80"};
	uint32_t seed = 4711;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char host[400] = "";
		const unsigned n = round % 90;

		for (unsigned i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			strcat(host, piece[(seed >> 16) % (round % 7 + 1)]);
		}
		e.host = host;
		ascii_name(&e, &leaf);
	}
	arena_free(&e.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_comparison_is_that_of_openssl),
	    cmocka_unit_test(each_no_has_its_reason),
	    cmocka_unit_test(no_entry_reads_as_two),
	    cmocka_unit_test(letters_as_dns_has_them),
	    cmocka_unit_test(letters_of_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
