/* SPDX-License-Identifier: ISC
 *
 * buf: grows by doubling; a limit or a failed allocation keeps what fits and drops the rest. */
#include <tlsmend/base.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 512 }; /* most texts are no longer */

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_free(struct buf *b)
{
	KEEP_ERRNO_BEGIN
	free(b->data);
	KEEP_ERRNO_END
	buf_init(b, b->limit);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->truncated = false;
	if (b->data)
		b->data[0] = '\0';
}

/* Without realloc(3), which ld.so would have to look for at the start of every process. */
static bool grow(struct buf *b, size_t cap)
{
	char *data;
	KEEP_ERRNO_BEGIN
	data = malloc(cap);
	if (data) {
		memcpy(data, b->data ? b->data : "", b->data ? b->len + 1 : 1);
		free(b->data);
	}
	KEEP_ERRNO_END
	if (!data)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

bool buf_reserve(struct buf *b, size_t n)
{
	size_t need, cap = b->cap ? b->cap : FIRST_CAPACITY;
	if (b->limit && n > b->limit - b->len)
		return false;
	if (__builtin_add_overflow(b->len, n, &need) || need >= PTRDIFF_MAX)
		return false;
	need++; /* the terminating NUL */
	if (need <= b->cap)
		return true;
	while (cap < need)
		cap = cap > PTRDIFF_MAX / 2 ? need : cap * 2;
	/* A starved host may still have the exact amount. */
	return grow(b, cap) || grow(b, need);
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (b->truncated || !n)
		return;
	if (b->limit && n > b->limit - b->len) {
		n = b->limit - b->len;
		b->truncated = true;
	}
	if (!buf_reserve(b, n)) {
		b->truncated = true;
		n = b->cap ? b->cap - 1 - b->len : 0;
	}
	if (!n)
		return;
	memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_uint(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + v % 10);
	while (v /= 10);
	buf_add(b, digits + at, sizeof digits - at);
}

void buf_int(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	/* Negated as unsigned, so that INT64_MIN is well defined. */
	buf_uint(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void buf_hex(struct buf *b, const void *data, size_t n, char separator)
{
	static const char digit[] = "0123456789ABCDEF";
	const unsigned char *p = data;
	for (size_t i = 0; i < n; i++) {
		if (i && separator)
			buf_putc(b, separator);
		buf_putc(b, digit[p[i] >> 4]);
		buf_putc(b, digit[p[i] & 15]);
	}
}

void buf_pad(struct buf *b, size_t column, size_t start)
{
	while (!b->truncated && b->len >= start && b->len - start < column)
		buf_putc(b, ' ');
}

void buf_strs(struct buf *b, const char *first, ...)
{
	va_list more;
	va_start(more, first);
	for (const char *s = first; s; s = va_arg(more, const char *))
		buf_puts(b, s);
	va_end(more);
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}
