/* SPDX-License-Identifier: ISC
 *
 * Is the name that was asked for among those of a leaf? A walk over its DER, which says yes or that it cannot tell: OpenSSL has the last word then,
 * for ten times the work. Only for a certificate that OpenSSL has decoded, and where nothing in its list of names can be wrong.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/name_fit.h>

enum {
	BOOLEAN = 0x01,
	OCTET_STRING = 0x04,
	OID = 0x06,
	SEQUENCE = 0x30,
	EXTENSIONS = 0xa3,
	EMAIL = 0x81,
	DNS_NAME = 0x82,
	URI = 0x86,
	ADDRESS = 0x87,
};

struct span {
	const uint8_t *p, *end;
};

static bool next(struct span *s, unsigned *tag, struct span *contents)
{
	const uint8_t *p = s->p;
	if (s->end - p < 2)
		return false;
	*tag = *p++;
	size_t size = *p++;
	if (size > 0x80) {
		size_t bytes = size & 0x7f;
		if (bytes > 3 || (size_t)(s->end - p) < bytes)
			return false;
		for (size = 0; bytes; bytes--)
			size = size << 8 | *p++;
	} else if (size == 0x80) {
		return false;
	}
	if ((size_t)(s->end - p) < size)
		return false;
	*contents = (struct span){p, p + size};
	s->p = p + size;
	return true;
}

static bool enter(struct span *s, unsigned wanted, struct span *contents)
{
	unsigned tag;
	return next(s, &tag, contents) && tag == wanted;
}

/* The list of extensions, which is the last field. */
static bool extensions_of(struct span certificate, struct span *all)
{
	struct span whole, body, field = {NULL, NULL};
	unsigned tag = 0;
	if (!enter(&certificate, SEQUENCE, &whole) || !enter(&whole, SEQUENCE, &body))
		return false;
	while (body.p < body.end)
		if (!next(&body, &tag, &field))
			return false;
	return tag == EXTENSIONS && enter(&field, SEQUENCE, all) && field.p == field.end;
}

/* The contents of the one subjectAltName. */
static bool names_of(struct span extensions, struct span *names)
{
	static const uint8_t alternative_name[] = {0x55, 0x1d, 0x11};
	struct span one, id, value;
	unsigned found = 0, tag;
	while (extensions.p < extensions.end) {
		if (!enter(&extensions, SEQUENCE, &one) || !enter(&one, OID, &id))
			return false;
		if (id.end - id.p != sizeof alternative_name ||
		    memcmp(id.p, alternative_name, sizeof alternative_name) != 0)
			continue;
		if (!next(&one, &tag, &value) || (tag == BOOLEAN && !next(&one, &tag, &value)) ||
		    tag != OCTET_STRING || one.p != one.end || !enter(&value, SEQUENCE, names) ||
		    value.p != value.end)
			return false;
		found++;
	}
	return found == 1;
}

static bool fits(struct text asked, struct text name, unsigned flags)
{
	if (name.n == asked.n && memcmp(name.s, asked.s, name.n) == 0)
		return true;
	return (name.n == asked.n || memchr(name.s, '*', name.n)) &&
	       name_fit(asked, name, flags) == FIT_SAME;
}

bool evidence_has_host(const uint8_t *der, size_t size, const char *name, unsigned flags)
{
	const struct text asked = {name, strlen(name)};
	struct span names, one;
	bool found = false;
	unsigned tag;
	if (name[0] == '.' || !extensions_of((struct span){der, der + size}, &one) ||
	    !names_of(one, &names))
		return false;
	while (names.p < names.end) {
		if (!next(&names, &tag, &one) ||
		    (tag != DNS_NAME && tag != ADDRESS && tag != EMAIL && tag != URI))
			return false;
		const struct text text = {(const char *)one.p, (size_t)(one.end - one.p)};
		found = found || (tag == DNS_NAME && fits(asked, text, flags));
	}
	return found;
}
