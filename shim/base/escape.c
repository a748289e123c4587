/* SPDX-License-Identifier: ISC
 *
 * escape: what a peer sent must never act on a terminal, a log parser or the reader's eyes. */
#include <tlsmend/base.h>

#include <string.h>

size_t utf8_length(const char *s, size_t n, uint32_t *codepoint)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	size_t length;
	uint32_t c;
	if (!n)
		return 0;
	if (p[0] < 0x80) {
		c = p[0];
		length = 1;
	} else if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		c = p[0] & 0x1f;
		length = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		c = p[0] & 0x0f;
		length = 3;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		c = p[0] & 0x07;
		length = 4;
	} else {
		return 0;
	}
	if (length > n)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (codepoint)
		*codepoint = c;
	return length;
}

/* Code points that reorder, hide or break the text around them. Beside the controls: everything
 * that Unicode calls Default_Ignorable, which is what makes two different names look the same. */
static bool is_deceptive(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	    {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
	    {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
	    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
	    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* One unit goes in whole or not at all, so that a full buffer never ends inside an escape or a
 * character. */
static void add_unit(struct buf *b, const char *unit, size_t n)
{
	if (b->truncated)
		return;
	if (buf_reserve(b, n))
		buf_add(b, unit, n);
	else
		b->truncated = true;
}

static size_t hex_digits(char *out, uint32_t v, unsigned width, const char *digits)
{
	while (width < 8 && v >> (4 * width))
		width++;
	for (unsigned i = 0; i < width; i++)
		out[i] = digits[v >> (4 * (width - 1 - i)) & 15];
	return width;
}

static void add_hex_escape(struct buf *b, const char *before, uint32_t v, unsigned width,
			   const char *after)
{
	char unit[16];
	size_t n = strlen(before);
	memcpy(unit, before, n);
	n += hex_digits(unit + n, v, width, "0123456789ABCDEF");
	if (*after)
		unit[n++] = *after;
	add_unit(b, unit, n);
}

/* Adds what stands for the character (length bytes at s) or the stray byte (length 0). */
typedef void add_character(struct buf *b, const char *s, size_t length, uint32_t c);

static void text_character(struct buf *b, const char *s, size_t length, uint32_t c)
{
	if (!length)
		add_hex_escape(b, "\\x", (unsigned char)*s, 2, "");
	else if (c == '\n')
		add_unit(b, "\\n", 2);
	else if (c == '\t')
		add_unit(b, "\\t", 2);
	else if (c == '\\')
		add_unit(b, "\\\\", 2);
	else if (c < 0x80 && is_deceptive(c))
		add_hex_escape(b, "\\x", c, 2, "");
	else if (is_deceptive(c))
		add_hex_escape(b, "\\u{", c, 4, "}");
	else
		add_unit(b, s, length);
}

static void json_surrogates(struct buf *b, uint32_t c)
{
	char unit[12] = "\\uD800\\uDC00";
	c -= 0x10000;
	hex_digits(unit + 2, 0xd800 + (c >> 10), 4, "0123456789ABCDEF");
	hex_digits(unit + 8, 0xdc00 + (c & 0x3ff), 4, "0123456789ABCDEF");
	add_unit(b, unit, sizeof unit);
}

static void json_character(struct buf *b, const char *s, size_t length, uint32_t c)
{
	char unit[2] = {'\\', (char)c};
	if (!length) {
		add_unit(b, "\xef\xbf\xbd", 3);
	} else if (c == '"' || c == '\\') {
		add_unit(b, unit, 2);
	} else if (c == '\n' || c == '\t' || c == '\r') {
		unit[1] = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
		add_unit(b, unit, 2);
	} else if (!is_deceptive(c)) {
		add_unit(b, s, length);
	} else if (c < 0x10000) {
		add_hex_escape(b, "\\u", c, 4, "");
	} else {
		json_surrogates(b, c);
	}
}

static void escape(struct buf *b, const char *s, size_t n, size_t max, add_character *add)
{
	size_t at = 0;
	while (at < n && !b->truncated) {
		uint32_t c = 0;
		const size_t length = utf8_length(s + at, n - at, &c);
		const size_t step = length ? length : 1;
		if (max && at + step > max)
			break;
		add(b, s + at, length, c);
		at += step;
	}
	if (at < n)
		add_unit(b, "...", 3);
}

void escape_text(struct buf *b, const char *s, size_t n, size_t max)
{
	escape(b, s, n, max, text_character);
}

void escape_json(struct buf *b, const char *s, size_t n, size_t max)
{
	escape(b, s, n, max, json_character);
}
