/* SPDX-License-Identifier: ISC */
#include "dn.h"
#include "say.h"

#include <stdarg.h>
#include <string.h>

enum { SENTENCE_LIMIT = 8192, SHOWN_BYTES = 256 };

static const char *keep(struct evidence *e, struct buf *b)
{
	const char *copy = arena_strndup(&e->arena, buf_str(b), b->len);
	buf_free(b);
	return copy ? copy : "";
}

const char *say(struct evidence *e, const char *first, ...)
{
	struct buf b;
	va_list ap;
	buf_init(&b, SENTENCE_LIMIT);
	va_start(ap, first);
	for (const char *s = first; s; s = va_arg(ap, const char *))
		buf_puts(&b, s);
	va_end(ap);
	return keep(e, &b);
}

const char *say_int(struct evidence *e, int64_t v)
{
	struct buf b;
	buf_init(&b, 32);
	buf_int(&b, v);
	return keep(e, &b);
}

const char *say_date(struct evidence *e, int64_t seconds)
{
	struct buf b;
	if (seconds == INT64_MIN)
		return "a date that cannot be read";
	buf_init(&b, 32);
	buf_date(&b, seconds);
	return keep(e, &b);
}

const char *say_text(struct evidence *e, struct text t)
{
	struct buf b;
	buf_init(&b, SENTENCE_LIMIT);
	if (t.n > 0)
		escape_text(&b, t.s, t.n, SHOWN_BYTES);
	return keep(e, &b);
}

const char *say_dn(struct evidence *e, struct text t)
{
	struct buf b;
	buf_init(&b, SENTENCE_LIMIT);
	for (size_t at = 0; at < t.n && at < SHOWN_BYTES;) {
		const char *end = memchr(t.s + at, '\\', t.n - at);
		const size_t n = end ? (size_t)(end - t.s) - at : t.n - at;
		escape_text(&b, t.s + at, n, SHOWN_BYTES - at);
		if (end && at + n < SHOWN_BYTES)
			buf_putc(&b, '\\');
		at += n + (end ? 1 : 0);
	}
	return keep(e, &b);
}

const char *say_string(struct evidence *e, const char *s)
{
	const struct text t = {s, s ? strlen(s) : 0};
	return say_text(e, t);
}

const char *say_hex(struct evidence *e, const void *data, size_t n)
{
	struct buf b;
	buf_init(&b, SENTENCE_LIMIT);
	buf_hex(&b, data, n > 64 ? 64 : n, ':');
	return keep(e, &b);
}

const char *say_fingerprint(struct evidence *e, const struct cert_info *c)
{
	return c->have_sha256
		   ? say(e, " (sha256 ", say_hex(e, c->sha256, sizeof c->sha256), ")", (char *)NULL)
		   : "";
}

const char *say_subject(struct evidence *e, const struct cert_info *c)
{
	if (c->common_name.n > 0)
		return say(e, "\"", say_text(e, c->common_name), "\"", (char *)NULL);
	if (c->subject.n > 0)
		return say(e, "\"", say_dn(e, c->subject), "\"", (char *)NULL);
	return "a certificate without a name";
}

const char *say_issuer(struct evidence *e, const struct cert_info *c)
{
	struct text cn;
	if (dn_value(c->issuer, "CN", 0, &cn) && cn.n > 0)
		return say(e, "\"", say_text(e, dn_plain(e, cn)), "\"", (char *)NULL);
	if (c->issuer.n > 0)
		return say(e, "\"", say_dn(e, c->issuer), "\"", (char *)NULL);
	return "a CA without a name";
}

const char *say_version(struct evidence *e, int version)
{
	static const char names[][8] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};
	/* which began with what is TLS 1.1, as 1.0 */
	if (e->datagram && version >= 0x0302 && version <= 0x0304)
		return say(e, "D", version == 0x0302 ? names[1] : names[version - 0x0300],
			   (char *)NULL);
	if (version >= 0x0300 && version <= 0x0304)
		return names[version - 0x0300];
	return say(e, "version ", say_int(e, version), (char *)NULL);
}
