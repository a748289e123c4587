/* SPDX-License-Identifier: ISC
 *
 * Numeric addresses: parsing, printing, prefixes. No stdio, no resolver, no allocation.
 */
#include <arpa/inet.h>
#include <string.h>

#include "internal.h"

static bool is_mapped(const uint8_t b[16])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(b, mapped, sizeof mapped) == 0;
}

bool address_parse(const char *s, size_t n, struct address *a)
{
	char text[ADDRESS_TEXT];
	const bool v6 = memchr(s, ':', n) != NULL;
	/* most are names */
	if (!v6 && (n == 0 || !ascii_is_digit(s[0])))
		return false;
	const char *zone = memchr(s, '%', n);
	if (zone) {
		if (!v6 || zone + 1 == s + n)
			return false;
		n = (size_t)(zone - s);
	}
	if (n == 0 || n >= sizeof text || memchr(s, '\0', n))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	memset(a, 0, sizeof *a);
	a->v4 = !v6;
	if (inet_pton(v6 ? AF_INET6 : AF_INET, text, a->bytes) != 1)
		return false;
	if (v6 && is_mapped(a->bytes)) {
		a->v4 = true;
		memmove(a->bytes, a->bytes + 12, 4);
		memset(a->bytes + 4, 0, 12);
	}
	return true;
}

static char *put_decimal(char *p, unsigned v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

static char *put_v4(char *p, const uint8_t b[4])
{
	for (unsigned i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		p = put_decimal(p, b[i]);
	}
	return p;
}

static char *put_hex16(char *p, unsigned v)
{
	static const char digits[] = "0123456789abcdef";
	for (int shift = 12; shift >= 0; shift -= 4) {
		if (v >> shift != 0 || shift == 0)
			*p++ = digits[v >> shift & 15];
	}
	return p;
}

/* The longest run of at least two zero groups, the first of several (RFC 5952 section 4.2). */
static unsigned longest_zero_run(const unsigned group[8], unsigned *length)
{
	unsigned best = 8, best_length = 1;
	for (unsigned i = 0; i < 8; i++) {
		unsigned j = i;
		while (j < 8 && group[j] == 0)
			j++;
		if (j - i > best_length) {
			best = i;
			best_length = j - i;
		}
		if (j > i)
			i = j;
	}
	*length = best_length;
	return best;
}

void address_format(const struct address *a, char out[ADDRESS_TEXT])
{
	unsigned group[8], run, run_length;
	char *p = out;
	if (a->v4) {
		*put_v4(out, a->bytes) = '\0';
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)a->bytes[2 * i] << 8 | a->bytes[2 * i + 1];
	run = longest_zero_run(group, &run_length);
	for (unsigned i = 0; i < 8; i++) {
		if (i == run) {
			*p++ = ':';
			i += run_length - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i > 0)
			*p++ = ':';
		if (i == 6 && run == 0 &&
		    run_length == 6) { /* ::192.0.2.1, as inet_ntop(3) has it */
			p = put_v4(p, a->bytes + 12);
			break;
		}
		p = put_hex16(p, group[i]);
	}
	*p = '\0';
}

unsigned address_bits(const struct address *a)
{
	return a->v4 ? 32 : 128;
}

bool address_mask(struct address *a, unsigned prefix)
{
	bool was_set = false;
	for (unsigned i = 0; i < address_bits(a) / 8; i++) {
		unsigned keep = prefix >= 8 * (i + 1) ? 8 : prefix > 8 * i ? prefix - 8 * i : 0;
		uint8_t mask = (uint8_t)(0xff00u >> keep);
		was_set = was_set || (a->bytes[i] & (uint8_t)~mask) != 0;
		a->bytes[i] &= mask;
	}
	return was_set;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->v4 == b->v4 && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
