/* SPDX-License-Identifier: ISC
 *
 * A host name that a program hands on as it was typed, with other letters than those of ASCII. DNS, certificates and rules write it
 * otherwise (RFC 5890: A-labels, xn--...; the letters by RFC 3492), and nothing here maps capitals or the like: that it is the same name is
 * said only where the certificate bears it.
 */
#include "diagnosis.h"

#include <tlsmend/name_fit.h>

#include <string.h>

enum { LABEL = 63, NAME = 253 };

/* ---- UTF-8 -------------------------------------------------------------------------------------------------- */

/* The next letter. False: there is none, or it is no UTF-8. */
static bool next_letter(const char **s, const char *end, uint32_t *letter)
{
	const uint8_t first = (uint8_t) * *s;
	const unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || (size_t)(end - *s) <= more)
		return false;
	*letter = more == 0 ? (uint8_t)ascii_lower((char)first) : first & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		const uint8_t c = (uint8_t)(*s)[i];
		if ((c & 0xc0) != 0x80)
			return false;
		*letter = *letter << 6 | (c & 0x3f);
	}
	*s += more + 1;
	return true;
}

/* ---- RFC 3492 ------------------------------------------------------------------------------------------------ */

enum { BASE = 36, LEAST = 1, MOST = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_OTHER = 128 };

static char digit(uint32_t n)
{
	return (char)(n < 26 ? 'a' + (int)n : '0' + (int)n - 26);
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;
	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - LEAST) * MOST / 2; k += BASE)
		delta /= BASE - LEAST;
	return k + (BASE - LEAST + 1) * delta / (delta + SKEW);
}

struct label {
	uint32_t letters[LABEL];
	size_t n;
	char *out; /* LABEL bytes */
	size_t length;
};

static bool put(struct label *l, char c)
{
	if (l->length == LABEL)
		return false;
	l->out[l->length++] = c;
	return true;
}

/* How far to the next letter, in digits whose weight goes by what came before. */
static bool put_distance(struct label *l, uint32_t q, uint32_t bias)
{
	for (uint32_t k = BASE;; k += BASE) {
		const uint32_t t = k <= bias ? LEAST : k >= bias + MOST ? MOST : k - bias;
		if (q < t)
			return put(l, digit(q));
		if (!put(l, digit(t + (q - t) % (BASE - t))))
			return false;
		q = (q - t) / (BASE - t);
	}
}

static uint32_t lowest_from(const struct label *l, uint32_t n)
{
	uint32_t lowest = UINT32_MAX;
	for (size_t i = 0; i < l->n; i++) {
		if (l->letters[i] >= n && l->letters[i] < lowest)
			lowest = l->letters[i];
	}
	return lowest;
}

/* At most 63 letters, none above 0x10ffff: nothing overflows. */
static bool encode(struct label *l, size_t plain)
{
	uint32_t n = FIRST_OTHER, delta = 0, bias = FIRST_BIAS;
	size_t done = plain;
	while (done < l->n) {
		const uint32_t next = lowest_from(l, n);
		delta += (next - n) * ((uint32_t)done + 1);
		n = next;
		for (size_t i = 0; i < l->n; i++) {
			delta += l->letters[i] < n;
			if (l->letters[i] != n)
				continue;
			if (!put_distance(l, delta, bias))
				return false;
			bias = adapt(delta, (uint32_t)done + 1, done == plain);
			delta = 0;
			done++;
		}
		delta++;
		n++;
	}
	return true;
}

static bool write_label(struct label *l)
{
	size_t plain = 0;
	for (size_t i = 0; i < l->n; i++)
		plain += l->letters[i] < FIRST_OTHER;
	for (size_t i = 0; plain < l->n && i < 4; i++)
		put(l, "xn--"[i]);
	for (size_t i = 0; i < l->n; i++) {
		if (l->letters[i] < FIRST_OTHER && !put(l, (char)l->letters[i]))
			return false;
	}
	return plain == l->n || ((plain == 0 || put(l, '-')) && encode(l, plain));
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

/* False: it cannot be written so. */
static bool write_name(const char *host, char out[NAME + 1])
{
	struct label l = {.n = 0};
	const char *end = host + strlen(host);
	size_t length = 0;
	uint32_t letter;
	while (host < end) {
		for (l.n = 0; host < end && *host != '.'; l.letters[l.n++] = letter) {
			if (l.n == LABEL || !next_letter(&host, end, &letter))
				return false;
		}
		if (l.n == 0 || length + LABEL + 1 > NAME)
			return false;
		l.out = out + length;
		l.length = 0;
		if (!write_label(&l))
			return false;
		length += l.length;
		if (host < end && ++host < end)
			out[length++] = '.';
	}
	out[length] = '\0';
	return length > 0;
}

const char *ascii_name(struct evidence *e, const struct cert_info *leaf)
{
	char name[NAME + 1];
	bool other = false;
	for (const char *s = e->host; s && *s; s++)
		other = other || (*s & 0x80);
	if (!other || !leaf || !write_name(e->host, name))
		return NULL;
	for (size_t i = 0; i < leaf->san_count; i++) {
		if (name_fit((struct text){name, strlen(name)}, dns_name(leaf->san[i]), 0) ==
		    FIT_SAME)
			return arena_strdup(&e->arena, name);
	}
	return NULL;
}

bool help_ascii_name(struct diagnosis *d)
{
	if (!d->ascii_name)
		return false;
	help_line(d, say(d->e, "give the client the name as DNS, certificates and rules have it: ",
			 d->ascii_name, (char *)NULL));
	return true;
}
