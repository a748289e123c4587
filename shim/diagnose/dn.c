/* SPDX-License-Identifier: ISC */
#include "dn.h"

#include <string.h>

/* Where the part that begins at `at` ends. */
static size_t part_end(struct text dn, size_t at)
{
	while (at < dn.n && dn.s[at] != ',' && dn.s[at] != '+')
		at += dn.s[at] == '\\' && at + 1 < dn.n ? 2 : 1;
	return at < dn.n ? at : dn.n;
}

bool dn_value(struct text dn, const char *type, size_t n, struct text *value)
{
	const size_t length = strlen(type);
	for (size_t at = 0; at < dn.n; at = part_end(dn, at) + 1) {
		const size_t end = part_end(dn, at);
		if (end - at <= length || memcmp(dn.s + at, type, length) != 0 ||
		    dn.s[at + length] != '=' || n-- > 0)
			continue;
		*value = (struct text){dn.s + at + length + 1, end - at - length - 1};
		return true;
	}
	return false;
}

static int hex_digit(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct text dn_plain(struct evidence *e, struct text value)
{
	char *copy = arena_alloc(&e->arena, value.n + 1);
	struct text plain = {copy, 0};
	if (!copy)
		return value;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.s[i];
		const bool pair = c == '\\' && i + 2 < value.n;
		const int high = pair ? hex_digit(value.s[i + 1]) : -1;
		const int low = pair ? hex_digit(value.s[i + 2]) : -1;
		if (high >= 0 && low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '\\' && i + 1 < value.n) {
			c = value.s[++i];
		}
		copy[plain.n++] = c;
	}
	return plain;
}

/* From the end, since that is where the parts begin that a limit has. */
bool dn_within(struct text name, struct text limit)
{
	while (limit.n > 0) {
		const char c = limit.s[limit.n - 1];
		if (name.n == 0 || ascii_lower(name.s[name.n - 1]) != ascii_lower(c))
			return false;
		do
			limit.n--;
		while (c == ' ' && limit.n > 0 && limit.s[limit.n - 1] == ' ');
		do
			name.n--;
		while (c == ' ' && name.n > 0 && name.s[name.n - 1] == ' ');
	}
	return name.n == 0 || name.s[name.n - 1] == ',';
}
