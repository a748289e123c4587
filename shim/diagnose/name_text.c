/* SPDX-License-Identifier: ISC
 *
 * The names of a certificate in a sentence.
 */
#include "diagnosis.h"
#include "dn.h"
#include <tlsmend/name_fit.h>

#include <string.h>

struct text dns_name(struct text san)
{
	if (san.n <= 4 || memcmp(san.s, "DNS:", 4) != 0)
		return (struct text){NULL, 0};
	return (struct text){san.s + 4, san.n - 4};
}

/* In quotes, so that a list of one entry cannot be read as one of two. */
static const char *quoted(struct evidence *e, struct text t)
{
	const char *shown = say_text(e, t), *quote;
	struct buf b;
	buf_init(&b, 0);
	buf_putc(&b, '"');
	for (; (quote = strchr(shown, '"')) != NULL; shown = quote + 1) {
		buf_add(&b, shown, (size_t)(quote - shown));
		buf_puts(&b, "\\x22");
	}
	buf_strs(&b, shown, "\"", (char *)NULL);
	shown = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return shown ? shown : "";
}

/* No blank, comma, quote or anything else at which one entry could seem to end. */
static bool is_one_word(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		const unsigned char c = (unsigned char)t.s[i];
		if (c <= 0x20 || c >= 0x7f || memchr(",;\"\\()", c, 6))
			return false;
	}
	return t.n > 0;
}

const char *say_san(struct evidence *e, struct text san, bool kind)
{
	const struct text host = dns_name(san);
	const char *colon = san.n > 0 ? memchr(san.s, ':', san.n) : NULL;
	if (host.n > 0 && name_is_plain(host) && !kind)
		return say_text(e, host);
	if (!colon)
		return quoted(e, san);
	struct text value = (struct text){colon + 1, san.n - (size_t)(colon + 1 - san.s)};
	return say(e, say_text(e, (struct text){san.s, (size_t)(colon + 1 - san.s)}),
		   is_one_word(value) ? say_text(e, value) : quoted(e, value), (char *)NULL);
}

/* "CN=a.example"; or several, as the subject has them. */
static const char *common_names(struct diagnosis *d, const struct cert_info *c)
{
	enum { SHOWN_NAMES = 8 };
	struct text second, cn = c->common_name;
	const bool several = dn_value(c->subject, "CN", 1, &second);
	const char *names = "";
	size_t n = 0;
	do {
		if (several)
			dn_value(c->subject, "CN", n, &cn);
		if (several)
			cn = dn_plain(d->e, cn);
		names = say(d->e, names, n > 0 ? ", CN=" : "CN=",
			    is_one_word(cn) ? say_text(d->e, cn) : quoted(d->e, cn), (char *)NULL);
	} while (several && ++n < SHOWN_NAMES && dn_value(c->subject, "CN", n, &second));
	return names;
}

static const char *list(struct diagnosis *d, const struct cert_info *c, bool kinds)
{
	enum { SHOWN_NAMES = 8 };
	const char *names = "";
	size_t i;
	for (i = 0; i < c->san_count && i < SHOWN_NAMES; i++)
		names = say(d->e, names, i > 0 ? ", " : "", say_san(d->e, c->san[i], kinds),
			    (char *)NULL);
	if (i < c->san_count)
		names = say(d->e, names, " and ", say_int(d->e, (int64_t)(c->san_count - i)),
			    " more", (char *)NULL);
	if (i > 0)
		return names;
	return c->common_name.n > 0 ? common_names(d, c) : "no host";
}

const char *list_names(struct diagnosis *d, const struct cert_info *c)
{
	return list(d, c, false);
}

const char *list_names_with_kinds(struct diagnosis *d, const struct cert_info *c)
{
	return list(d, c, true);
}
