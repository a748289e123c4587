/* SPDX-License-Identifier: ISC
 *
 * Is the name that was asked for among those of a leaf? A walk over its DER, which says yes or no, or that it cannot tell: OpenSSL has the last
 * word then, for ten times the work. Only for a certificate that OpenSSL has decoded, and where nothing in its list of names can be wrong.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/name_fit.h>

#include "name_list.h"

enum { EXTENSIONS = CONTEXT | CONSTRUCTED | 3 };

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

/* Those of the one subjectAltName. */
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
		    one.p != one.end || !name_list_begin(value, names))
			return false;
		found++;
	}
	return found == 1;
}

/* A near miss, a wildcard that is none, say, is left to OpenSSL. */
static enum host_there fits(struct text asked, struct text name, unsigned flags)
{
	if (name.n == asked.n && memcmp(name.s, asked.s, name.n) == 0)
		return HOST_THERE;
	if (name.n != asked.n && !memchr(name.s, '*', name.n))
		return HOST_NOT_THERE;
	const enum name_fit fit = name_fit(asked, name, flags);
	return fit == FIT_SAME ? HOST_THERE : fit == FIT_OTHER ? HOST_NOT_THERE : HOST_UNSURE;
}

enum host_there name_list_has_host(struct span names, const char *host, unsigned flags)
{
	enum { LONGEST_NAME = 253 }; /* of DNS */
	const struct text asked = {host, strlen(host)};
	unsigned count = 0, misses = 0;
	bool there = false;
	struct span one;
	uint8_t tag;
	if (host[0] == '.' || asked.n == 0 || asked.n > LONGEST_NAME)
		return HOST_UNSURE;
	while (names.p < names.end) {
		if (!name_list_take(&names, &tag, &one))
			return HOST_UNSURE;
		if (tag != DNS_NAME)
			continue;
		const enum host_there here = fits(
		    asked, (struct text){(const char *)one.p, (size_t)(one.end - one.p)}, flags);
		there = there || here == HOST_THERE;
		misses += here == HOST_NOT_THERE;
		count++;
	}
	/* without one, the common name counts */
	return there ? HOST_THERE : count > 0 && misses == count ? HOST_NOT_THERE : HOST_UNSURE;
}

bool evidence_has_host(const uint8_t *der, size_t size, const char *name, unsigned flags)
{
	struct span names, extensions;
	return extensions_of((struct span){der, der + size}, &extensions) &&
	       names_of(extensions, &names) && name_list_has_host(names, name, flags) == HOST_THERE;
}
