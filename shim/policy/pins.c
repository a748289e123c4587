/* SPDX-License-Identifier: ISC
 *
 * Pins: the SHA-256 of a public key (SubjectPublicKeyInfo) in base64, as in RFC 7469 and in curl's --pinnedpubkey. Pure.
 */
#include <string.h>

#include "internal.h"

enum { TEXT = PIN_TEXT - 1 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void pin_format(const uint8_t hash[PIN_BYTES], char out[PIN_TEXT])
{
	for (size_t i = 0; i < PIN_BYTES; i += 3) {
		const bool last = i + 2 == PIN_BYTES;
		const uint32_t bits =
		    (uint32_t)hash[i] << 16 | (uint32_t)hash[i + 1] << 8 | (last ? 0 : hash[i + 2]);
		out[0] = digits[bits >> 18 & 63];
		out[1] = digits[bits >> 12 & 63];
		out[2] = digits[bits >> 6 & 63];
		out[3] = last ? '=' : digits[bits & 63];
		out += 4;
	}
	*out = '\0';
}

/* Exactly the form that pin_format() gives: there is one text for each hash. */
static bool parse(const char *s, size_t n, uint8_t hash[PIN_BYTES])
{
	uint32_t bits = 0;
	char again[PIN_TEXT];
	if (n != TEXT)
		return false;
	for (size_t i = 0, done = 0; i < TEXT; i++) {
		const char *at = s[i] != '\0' ? strchr(digits, s[i]) : NULL;
		if (!at && s[i] != '=')
			return false;
		bits = bits << 6 | (at ? (uint32_t)(at - digits) : 0);
		for (int shift = 16; i % 4 == 3 && shift >= 0; shift -= 8)
			if (done < PIN_BYTES)
				hash[done++] = (uint8_t)(bits >> shift);
	}
	pin_format(hash, again);
	return memcmp(s, again, TEXT) == 0;
}

static bool separates(char c)
{
	return ascii_is_space(c) || c == ',';
}

enum pin_found pin_next(const char **s, const char *end, uint8_t hash[PIN_BYTES], const char **word,
			size_t *n)
{
	static const char curls[] = "sha256//";
	while (*s < end && separates(**s))
		(*s)++;
	*word = *s;
	while (*s < end && !separates(**s))
		(*s)++;
	*n = (size_t)(*s - *word);
	if (*n == 0)
		return PIN_NONE;
	if (*n > sizeof curls - 1 && memcmp(*word, curls, sizeof curls - 1) == 0)
		return parse(*word + sizeof curls - 1, *n - (sizeof curls - 1), hash) ? PIN_GOOD
										      : PIN_BAD;
	return parse(*word, *n, hash) ? PIN_GOOD : PIN_BAD;
}

bool pins_have(const char *pins, const uint8_t hash[PIN_BYTES])
{
	const char *const end = pins + strlen(pins);
	uint8_t one[PIN_BYTES];
	const char *word;
	size_t n;
	while (pin_next(&pins, end, one, &word, &n) == PIN_GOOD) {
		if (memcmp(one, hash, PIN_BYTES) == 0)
			return true;
	}
	return false;
}
