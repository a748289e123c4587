/* SPDX-License-Identifier: ISC
 *
 * A certificate (RFC 5280 section 4.1), with what OpenSSL's decoder asks for and no more: contents of extensions, of keys and of dates are
 * not looked at then.
 */
#include "der.h"
#include "der_values.h"

#include <string.h>

/* AlgorithmIdentifier */
static bool algorithm(struct walk *w, struct span *s)
{
	struct span all, c;
	uint8_t tag;
	if (!der_expect(w, s, SEQUENCE, &all) || !der_oid(w, &all, &c))
		return false;
	if (all.p == all.end)
		return true;
	return der_next(w, &all, &tag, &c) && der_value(w, tag, c) && der_at_end(w, &all);
}

static bool attribute(struct walk *w, struct span *s, bool subject)
{
	static const uint8_t common_name[] = {0x55, 0x04, 0x03};
	struct span pair, type, shown;
	uint8_t tag;
	if (!der_expect(w, s, SEQUENCE, &pair) || !der_oid(w, &pair, &type))
		return false;
	const uint8_t *at = pair.p;
	if (!der_next(w, &pair, &tag, &shown) || !der_text(w, at, tag, shown) ||
	    !der_at_end(w, &pair))
		return false;
	if (subject && type.end - type.p == sizeof common_name &&
	    memcmp(type.p, common_name, sizeof common_name) == 0) {
		w->out->name = shown.p;
		w->out->name_size = (size_t)(shown.end - shown.p);
	}
	return true;
}

static bool name(struct walk *w, struct span *s, bool subject)
{
	struct span all, set;
	if (!der_expect(w, s, SEQUENCE, &all))
		return false;
	while (all.p < all.end) {
		if (!der_expect(w, &all, SET, &set))
			return false;
		while (set.p < set.end) {
			if (!attribute(w, &set, subject))
				return false;
		}
	}
	return true;
}

static bool date(struct walk *w, struct span *s)
{
	const uint8_t *at = s->p;
	struct span c;
	uint8_t tag;
	return der_next(w, s, &tag, &c) &&
	       (tag == UTC_TIME || tag == GENERALIZED_TIME ||
		der_broken(w, at, "has a date of another type than it has to be"));
}

static bool validity(struct walk *w, struct span *s)
{
	struct span all;
	return der_expect(w, s, SEQUENCE, &all) && date(w, &all) && date(w, &all) &&
	       der_at_end(w, &all);
}

static bool public_key(struct walk *w, struct span *s)
{
	struct span all;
	return der_expect(w, s, SEQUENCE, &all) && algorithm(w, &all) &&
	       der_bits(w, &all, BIT_STRING) && der_at_end(w, &all);
}

static bool extension(struct walk *w, struct span *s)
{
	struct span all, id, c;
	w->out->number++;
	w->out->oid = NULL;
	if (!der_expect(w, s, SEQUENCE, &all) || !der_oid(w, &all, &id))
		return false;
	w->out->oid = id.p;
	w->out->oid_size = (size_t)(id.end - id.p);
	if (all.p < all.end && *all.p == BOOLEAN) {
		if (!der_expect(w, &all, BOOLEAN, &c))
			return false;
		if (c.end - c.p != 1)
			return der_broken(w, c.p, "has a mark \"critical\" that is none");
	}
	return der_expect(w, &all, OCTET_STRING, &c) && der_at_end(w, &all);
}

static bool extensions(struct walk *w, struct span *s)
{
	struct span tagged, all;
	w->part = "the list of extensions";
	if (!der_expect(w, s, CONTEXT | CONSTRUCTED | 3, &tagged) ||
	    !der_expect(w, &tagged, SEQUENCE, &all) || !der_at_end(w, &tagged))
		return false;
	w->part = "an extension";
	while (all.p < all.end) {
		if (!extension(w, &all))
			return false;
	}
	w->out->number = 0;
	w->out->oid = NULL;
	return true;
}

static bool version(struct walk *w, struct span *s)
{
	struct span tagged;
	if (s->p == s->end || *s->p != (CONTEXT | CONSTRUCTED))
		return true;
	w->part = "the version";
	return der_expect(w, s, CONTEXT | CONSTRUCTED, &tagged) && der_integer(w, &tagged) &&
	       der_at_end(w, &tagged);
}

/* issuerUniqueID and subjectUniqueID, which nobody uses. */
static bool unique_ids(struct walk *w, struct span *s)
{
	const uint8_t issuer = CONTEXT | 1, subject = CONTEXT | 2;
	w->part = "a unique identifier";
	if (s->p < s->end && *s->p == issuer && !der_bits(w, s, issuer))
		return false;
	return s->p == s->end || *s->p != subject || der_bits(w, s, subject);
}

static bool body_up_to_key(struct walk *w, struct span *s)
{
	if (!version(w, s))
		return false;
	w->part = "the serial number";
	if (!der_integer(w, s))
		return false;
	w->part = "the signature algorithm (in the signed part)";
	if (!algorithm(w, s))
		return false;
	w->part = "the issuer's name";
	if (!name(w, s, false))
		return false;
	w->part = "the validity";
	if (!validity(w, s))
		return false;
	w->part = "the subject's name";
	return name(w, s, true);
}

static bool signed_part(struct walk *w, struct span *s)
{
	if (!body_up_to_key(w, s))
		return false;
	w->part = "the public key";
	if (!public_key(w, s) || !unique_ids(w, s))
		return false;
	if (s->p < s->end && !extensions(w, s))
		return false;
	w->part = "the signed part";
	return der_at_end(w, s);
}

static struct walk begin(const uint8_t *der, struct der_place *out)
{
	memset(out, 0, sizeof *out);
	return (struct walk){der, out, DER_SOUND, "the certificate"};
}

enum der_verdict der_certificate(const uint8_t *der, size_t n, struct der_place *out)
{
	struct walk w = begin(der, out);
	struct span s = {der, der + n}, all, body;
	if (!der_expect(&w, &s, SEQUENCE, &all))
		return w.verdict;
	out->size = (size_t)(all.end - der);
	w.part = "the signed part";
	if (!der_expect(&w, &all, SEQUENCE, &body) || !signed_part(&w, &body))
		return w.verdict;
	w.part = "the signature algorithm";
	if (!algorithm(&w, &all))
		return w.verdict;
	w.part = "the signature";
	if (!der_bits(&w, &all, BIT_STRING))
		return w.verdict;
	w.part = "the certificate";
	der_at_end(&w, &all);
	return w.verdict;
}

static bool key_algorithm(struct walk *w, struct span *s, struct der_algorithm *out)
{
	struct span key, all, id;
	if (!der_expect(w, s, SEQUENCE, &key) || !der_expect(w, &key, SEQUENCE, &all) ||
	    !der_oid(w, &all, &id))
		return false;
	*out =
	    (struct der_algorithm){id.p, all.p, (size_t)(id.end - id.p), (size_t)(all.end - all.p)};
	return true;
}

bool der_key_algorithm(const uint8_t *spki, size_t n, struct der_algorithm *out)
{
	struct der_place place;
	struct walk w = begin(spki, &place);
	struct span s = {spki, spki + n};
	return key_algorithm(&w, &s, out);
}

bool der_certificate_key(const uint8_t *der, size_t n, struct der_algorithm *out)
{
	struct der_place place;
	struct walk w = begin(der, &place);
	struct span s = {der, der + n}, all, body;
	return der_expect(&w, &s, SEQUENCE, &all) && der_expect(&w, &all, SEQUENCE, &body) &&
	       body_up_to_key(&w, &body) && key_algorithm(&w, &body, out);
}

void der_oid_text(const uint8_t *id, size_t n, char *out, size_t limit)
{
	struct buf b;
	uint64_t v = 0;
	bool first = true;
	buf_init(&b, limit - 1);
	for (size_t i = 0; i < n; i++) {
		v = (v & UINT64_MAX >> 7) << 7 | (id[i] & 0x7f);
		if (id[i] >= 0x80)
			continue;
		if (first) {
			buf_uint(&b, v < 80 ? v / 40 : 2);
			v -= v < 80 ? v / 40 * 40 : 80;
		}
		buf_putc(&b, '.');
		buf_uint(&b, v);
		first = false;
		v = 0;
	}
	memcpy(out, buf_str(&b), b.len);
	out[b.len] = '\0';
	buf_free(&b);
}
