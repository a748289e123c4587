/* SPDX-License-Identifier: ISC
 *
 * Host names as peers have them: one spelling for each. Limits of RFC 1035 (253 bytes, 63 a label).
 */
#include <string.h>

#include "internal.h"

enum label_fault labels_check(const char *s, size_t n)
{
	size_t label = 0;
	if (n > NAME_MAX_LENGTH)
		return NAME_TOO_LONG;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '.') {
			label++;
			continue;
		}
		if (label == 0)
			return LABEL_EMPTY;
		if (label > LABEL_MAX_LENGTH)
			return LABEL_TOO_LONG;
		label = 0;
	}
	return LABELS_GOOD;
}

static bool is_hex_digit(char c)
{
	c = ascii_lower(c);
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

bool name_is_numeric(const char *s, size_t n)
{
	size_t start = n;
	while (start > 0 && s[start - 1] != '.')
		start--;
	s += start;
	n -= start;
	bool hex = n >= 2 && s[0] == '0' && ascii_lower(s[1]) == 'x';
	for (size_t i = hex ? 2 : 0; i < n; i++) {
		if (hex ? !is_hex_digit(s[i]) : !ascii_is_digit(s[i]))
			return false;
	}
	return n > 0;
}

bool name_equal(const char *a, const char *b, size_t n)
{
	/* most are written in small letters on both sides */
	if (n == 0 || memcmp(a, b, n) == 0)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	}
	return true;
}

static bool is_host_byte(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && c != ':' && c != '[' && c != ']';
}

bool host_normalise(const char *in, char out[256])
{
	struct address address;
	size_t n = !in ? 0 : strnlen(in, 512);
	bool bracketed = n >= 2 && in[0] == '[' && in[n - 1] == ']';
	out[0] = '\0';
	if (bracketed) {
		in++;
		n -= 2;
	}
	if (n > 0 && address_parse(in, n, &address)) {
		if (bracketed && !memchr(in, ':', n))
			return false;
		address_format(&address, out);
		return true;
	}
	if (n > 0 && in[n - 1] == '.')
		n--;
	if (bracketed || n == 0 || labels_check(in, n) != LABELS_GOOD)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_host_byte(in[i])) {
			out[0] = '\0';
			return false;
		}
		out[i] = ascii_lower(in[i]);
	}
	out[n] = '\0';
	return true;
}

bool host_is_address(const char *host)
{
	struct address address;
	return host && address_parse(host, strnlen(host, 512), &address);
}
