/* SPDX-License-Identifier: ISC
 *
 * Small things about strings, ASCII only: the host's locale is none of our business. */
#include <tlsmend/base.h>

#include <string.h>

uint64_t hash_bytes(uint64_t seed, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = seed, word;
	for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
		memcpy(&word, p, sizeof word);
		h ^= word;
		h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	for (; n; n--, p++)
		h = (h ^ *p) * 0x100000001b3u; /* FNV-1a */
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

bool ascii_is_letter(char c)
{
	const char lower = ascii_lower(c);
	return lower >= 'a' && lower <= 'z';
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

/* Edit distance in which two letters in the wrong order are one mistake (optimal string alignment), because that is how
 * people mistype. Three rows; both at most LONGEST_NAME long. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned char rows[3][LONGEST_NAME + 1];
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned char)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned char *row = rows[i % 3];
		const unsigned char *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		const char x = ascii_lower(a[i - 1]);
		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= b_len; j++) {
			const char y = ascii_lower(b[j - 1]);
			unsigned best = smaller(above[j - 1] + (unsigned)(x != y),
						smaller(above[j], row[j - 1]) + 1u);
			if (i > 1 && j > 1 && x == ascii_lower(b[j - 2]) &&
			    y == ascii_lower(a[i - 2]))
				best = smaller(best, two_above[j - 2] + 1u);
			row[j] = (unsigned char)best;
		}
	}
	return rows[a_len % 3][b_len];
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
		if (other > LONGEST_NAME)
			continue;
		unsigned d = distance(word, length, *names, other);
		if (d * 3 <= longer && d < best_distance) {
			best = *names;
			best_distance = d;
		}
	}
	return best;
}
