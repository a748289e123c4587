/* SPDX-License-Identifier: ISC
 *
 * Small things about strings, ASCII only: the host's locale is none of our business. */
#include <tlsmend/base.h>

#include <string.h>

uint64_t hash_bytes(uint64_t seed, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = seed;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u; /* FNV-1a */
	return h;
}

char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int ascii_casecmp(const char *a, const char *b)
{
	while (*a && ascii_lower(*a) == ascii_lower(*b)) {
		a++;
		b++;
	}
	return (unsigned char)ascii_lower(*a) - (unsigned char)ascii_lower(*b);
}

bool ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum { LONGEST_NAME = 63 };

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance with one row; both at most LONGEST_NAME long. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned char row[LONGEST_NAME + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned char)j;
	for (size_t i = 0; i < a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned char)(i + 1);
		for (size_t j = 0; j < b_len; j++) {
			const unsigned change = ascii_lower(a[i]) != ascii_lower(b[j]);
			const unsigned best =
			    smaller(diagonal + change, smaller(row[j], row[j + 1]) + 1u);

			diagonal = row[j + 1];
			row[j + 1] = (unsigned char)best;
		}
	}
	return row[b_len];
}

const char *nearest_name(const char *word, const char *const *names)
{
	const size_t length = strlen(word);
	const char *best = NULL;
	unsigned best_distance = LONGEST_NAME + 1;

	if (length > LONGEST_NAME)
		return NULL;
	for (; *names; names++) {
		const size_t other = strlen(*names);
		const size_t longer = other > length ? other : length;
		unsigned d;

		if (other > LONGEST_NAME)
			continue;
		d = distance(word, length, *names, other);
		if (d * 3 <= longer && d < best_distance) {
			best = *names;
			best_distance = d;
		}
	}
	return best;
}
