/* SPDX-License-Identifier: ISC
 *
 * Is the name that was asked for among those of a leaf? A walk over its DER, which says yes or that it cannot tell: OpenSSL has the last word then,
 * for ten times the work. Only for a certificate that OpenSSL has decoded, and where nothing in its list of names can be wrong.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/name_fit.h>

#include "der_values.h"

enum {
	EXTENSIONS = CONTEXT | CONSTRUCTED | 3,
	EMAIL = CONTEXT | 1,
	DNS_NAME = CONTEXT | 2,
	URI = CONTEXT | 6,
	ADDRESS = CONTEXT | 7,
};

/* The list of extensions, which is the last field. */
static bool extensions_of(struct span certificate, struct span *all)
{
	struct span whole, body, field = {NULL, NULL};
	uint8_t tag = 0;
	if (!der_take_one(&certificate, SEQUENCE, &whole) || !der_take_one(&whole, SEQUENCE, &body))
		return false;
	while (body.p < body.end)
		if (!der_take(&body, &tag, &field))
			return false;
	return tag == EXTENSIONS && der_take_one(&field, SEQUENCE, all) && field.p == field.end;
}

/* The contents of the one subjectAltName. */
static bool names_of(struct span extensions, struct span *names)
{
	static const uint8_t alternative_name[] = {0x55, 0x1d, 0x11};
	struct span one, id, value;
	unsigned found = 0;
	uint8_t tag;
	while (extensions.p < extensions.end) {
		if (!der_take_one(&extensions, SEQUENCE, &one) || !der_take_one(&one, OID, &id))
			return false;
		if (id.end - id.p != sizeof alternative_name ||
		    memcmp(id.p, alternative_name, sizeof alternative_name) != 0)
			continue;
		if (!der_take(&one, &tag, &value) ||
		    (tag == BOOLEAN && !der_take(&one, &tag, &value)) || tag != OCTET_STRING ||
		    one.p != one.end || !der_take_one(&value, SEQUENCE, names) ||
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
	uint8_t tag;
	if (name[0] == '.' || !extensions_of((struct span){der, der + size}, &one) ||
	    !names_of(one, &names))
		return false;
	while (names.p < names.end) {
		if (!der_take(&names, &tag, &one) ||
		    (tag != DNS_NAME && tag != ADDRESS && tag != EMAIL && tag != URI))
			return false;
		const struct text text = {(const char *)one.p, (size_t)(one.end - one.p)};
		found = found || (tag == DNS_NAME && fits(asked, text, flags));
	}
	return found;
}
