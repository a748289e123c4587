/* SPDX-License-Identifier: ISC
 *
 * Pins as text and back: one text for each hash, and nothing else is taken.
 */
#include "../../shim/policy/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

/* SHA-256 of nothing. */
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
static const uint8_t empty[PIN_BYTES] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

static void test_format(void **state)
{
	char text[PIN_TEXT];

	(void)state;
	pin_format(empty, text);
	assert_string_equal(text, EMPTY);
}

static void test_every_byte_counts(void **state)
{
	(void)state;
	assert_true(pins_have(EMPTY, empty));
	for (size_t i = 0; i < PIN_BYTES; i++) {
		uint8_t other[PIN_BYTES];
		char text[PIN_TEXT];

		memcpy(other, empty, sizeof other);
		other[i] ^= 1;
		pin_format(other, text);
		assert_false(pins_have(EMPTY, other));
		assert_true(pins_have(text, other));
		assert_false(pins_have(text, empty));
	}
}

static void test_lists(void **state)
{
	static const uint8_t zero[PIN_BYTES] = {0};
	char text[PIN_TEXT], list[4 * PIN_TEXT];

	(void)state;
	pin_format(zero, text);
	for (const char *const *by = (const char *const[]){" ", ",", " , ", "\t", NULL}; *by;
	     by++) {
		strcpy(list, text);
		strcat(list, *by);
		strcat(list, "sha256//" EMPTY);
		assert_true(pins_have(list, zero));
		assert_true(pins_have(list, empty));
	}
	assert_false(pins_have("", zero));
}

static enum pin_found found(const char *text)
{
	const char *s = text, *word;
	uint8_t hash[PIN_BYTES];
	size_t n;

	return pin_next(&s, text + strlen(text), hash, &word, &n);
}

static void test_what_is_none(void **state)
{
	static const char *const bad[] = {
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",  /* no padding */
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", /* bits that stand for nothing */
	    "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", /* another alphabet */
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSu==",
	    "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "sha256//",
	    "sha256/" EMPTY,
	    "=7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	    EMPTY EMPTY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		assert_int_equal(found(bad[i]), PIN_BAD);
	assert_int_equal(found(EMPTY), PIN_GOOD);
	assert_int_equal(found("sha256//" EMPTY), PIN_GOOD);
	assert_int_equal(found(" ,\t"), PIN_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_every_byte_counts),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
