/* SPDX-License-Identifier: ISC
 *
 * The own walk over a certificate: it finds what OpenSSL stumbles over, and nothing else. Run from the top of the tree (seeds of
 * tests/fuzz).
 */
#include "der_check.h"
#include "seed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static uint8_t data[65536];
static uint8_t *const seed = data + SEED_HEAD;

/* The first certificate of a seed; the rest of it is more certificates. */
static size_t first_of(const char *name)
{
	const size_t n = seed_load(name, data, sizeof(data)) - SEED_HEAD;
	struct der_place place;

	assert_int_equal(der_certificate(seed, n, &place), DER_SOUND);
	assert_true(place.size > 0 && place.size <= n);
	return place.size;
}

static void what_openssl_refuses_is_found(void **state)
{
	static const char *const names[] = {"chain", "self-signed", "critical", "many-names"};
	unsigned random = 1, refused = 0, found = 0, i, k;
	struct der_place place;
	static uint8_t der[65536];
	bool taken;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(names); i++) {
		const size_t n = first_of(names[i]);

		der_check(seed, n, &taken, &place);
		for (k = 0; k < 5000; k++) {
			memcpy(der, seed, n);
			random = random * 1103515245 + 12345;
			der[(random >> 8) % n] = (uint8_t)(random >> 24);
			if (k % 3 == 0)
				der[(random >> 12) % n] ^= 0x80;
			if (der_check(der, n, &taken, &place) == DER_BROKEN)
				found++;
			refused += !taken;
		}
	}
	/* the rest begins as BER */
	assert_true(refused > 3000);
	if (found < refused * 97 / 100)
		fail_msg("of %u that OpenSSL refuses, %u are found", refused, found);
}

/* Every prefix, in memory of exactly that size. */
static void what_is_cut_is_broken(void **state)
{
	const size_t n = first_of("chain");
	struct der_place place;
	size_t i;

	(void)state;
	for (i = 0; i < n; i++) {
		uint8_t *part = malloc(i + 1);

		memcpy(part, seed, i);
		assert_int_equal(der_certificate(part, i, &place), DER_BROKEN);
		free(part);
	}
}

static void the_key_is_found(void **state)
{
	static const uint8_t ml_dsa[] = {0x30, 0x12, 0x30, 0x0b, 0x06, 0x09, 0x60,
					 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03,
					 0x12, 0x03, 0x03, 0x00, 0x01, 0x02};
	struct der_algorithm a;
	char text[64];
	size_t i;

	(void)state;
	assert_true(der_key_algorithm(ml_dsa, sizeof(ml_dsa), &a));
	der_oid_text(a.oid, a.oid_size, text, sizeof(text));
	assert_string_equal(text, "2.16.840.1.101.3.4.3.18");
	assert_int_equal(a.parameters_size, 0);
	for (i = 0; i < 15; i++)
		assert_false(der_key_algorithm(ml_dsa, i, &a));
	assert_true(der_certificate_key(seed, first_of("chain"), &a));
	der_oid_text(a.oid, a.oid_size, text, sizeof(text));
	assert_string_equal(text, "1.2.840.10045.2.1");
	der_oid_text((const uint8_t *)"\x88\x37\x83\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12, text,
		     9);
	assert_int_equal(strlen(text), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_openssl_refuses_is_found),
	    cmocka_unit_test(what_is_cut_is_broken),
	    cmocka_unit_test(the_key_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
