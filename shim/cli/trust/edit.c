/* SPDX-License-Identifier: ISC
 *
 * Lines of a configuration, counted as the parser counts them. What is not changed stays byte by byte.
 */
#include <string.h>

#include "trust.h"

bool edit_get(const char *text, size_t n, unsigned at, const char **line, size_t *length)
{
	const char *s = text, *const end = text + n;
	for (unsigned number = 1; s < end; number++) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		const char *stop = newline ? newline : end;
		if (number == at) {
			*line = s;
			*length = (size_t)(stop - s);
			return true;
		}
		s = newline ? newline + 1 : end;
	}
	return false;
}

static void add_line(struct buf *out, const char *with)
{
	if (out->len && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	buf_puts(out, with);
	if (*with)
		buf_putc(out, '\n');
}

void edit_line(struct buf *out, const char *text, size_t n, unsigned at, const char *with,
	       bool behind)
{
	const char *line = text + n;
	size_t length = 0;
	if (!edit_get(text, n, at, &line, &length))
		behind = true;
	const size_t before = (size_t)(line - text) + (behind ? length : 0);
	size_t after = (size_t)(line - text) + length;
	buf_add(out, text, before);
	if (after < n)
		after++; /* its end */
	if (behind && before < n)
		buf_putc(out, '\n');
	add_line(out, with);
	buf_add(out, text + after, n - after);
}

bool edit_is_bare(const char *text, size_t n, unsigned first, unsigned last)
{
	const char *line;
	size_t length;
	for (unsigned at = first; (!last || at <= last) && edit_get(text, n, at, &line, &length);
	     at++) {
		size_t i = 0;
		while (i < length && ascii_is_space(line[i]))
			i++;
		if (i < length && line[i] != '#')
			return false;
	}
	return true;
}
