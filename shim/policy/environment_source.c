/* SPDX-License-Identifier: ISC
 *
 * TLSMEND_EXTRA_CA and TLSMEND_MIN_PROTOCOL: HOST=VALUE[,HOST=VALUE...]. Each item is a section of one pattern and
 * one key; a bad one is dropped, the others count. HOST ends at the first '=', so FILE may hold one, but no comma.
 */
#include <string.h>

#include "internal.h"

static void trim(const char **s, size_t *n)
{
	while (*n > 0 && ascii_is_space(**s)) {
		(*s)++;
		(*n)--;
	}
	while (*n > 0 && ascii_is_space((*s)[*n - 1]))
		(*n)--;
}

static const char *item_form(const struct parser *p)
{
	return p->source->kind == SOURCE_ENV_EXTRA_CA
		   ? "write HOST=FILE, such as legacy.example.com=/etc/tlsmend/root.pem"
		   : "write HOST=VERSION, such as legacy.example.com=TLSv1.2";
}

static const char *item_fault(const char *equals, const char *host, size_t n)
{
	if (!equals)
		return "no '='";
	if (n == 0)
		return "no host before the '='";
	for (size_t i = 0; i < n; i++) {
		if (ascii_is_space(host[i]))
			return "white space in HOST";
	}
	return NULL;
}

static void read_item(struct parser *p, const char *item, size_t n)
{
	enum key key =
	    p->source->kind == SOURCE_ENV_EXTRA_CA ? KEY_EXTRA_CA_FILE : KEY_MIN_PROTOCOL;
	const char *equals = memchr(item, '=', n), *host = item;
	size_t host_length = equals ? (size_t)(equals - item) : n;
	struct value v = {0};
	p->item = item;
	p->item_length = n;
	trim(&host, &host_length);
	const char *fault = item_fault(equals, host, host_length);
	if (fault) {
		memset(&p->draft, 0, sizeof p->draft);
		buf_strs(message_begin(p), fault, "; ", item_form(p), NULL);
		section_fail(p, 0);
		return;
	}
	section_begin(p, host, host_length);
	v.text = equals + 1;
	v.length = (size_t)(item + n - v.text);
	trim(&v.text, &v.length);
	section_key(p, key, &v);
	section_end(p);
}

void environment_source_read(struct parser *p)
{
	const char *s = p->source->text, *end = s + p->source->length;
	while (s < end && !p->policy->failed) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		const char *item = s;
		size_t n = (size_t)((comma ? comma : end) - s);
		trim(&item, &n);
		if (n > 0)
			read_item(p, item, n);
		s = comma ? comma + 1 : end;
	}
	p->item = NULL;
}
