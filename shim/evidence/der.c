/* SPDX-License-Identifier: ISC
 *
 * X.690 as far as a certificate needs it (RFC 5280 section 4.1), with what OpenSSL's decoder asks for and no more: contents of
 * extensions, of keys and of dates are not looked at then.
 */
#include "der.h"

#include <string.h>

enum {
	BOOLEAN = 0x01,
	INTEGER = 0x02,
	BIT_STRING = 0x03,
	OCTET_STRING = 0x04,
	NULL_VALUE = 0x05,
	OID = 0x06,
	ENUMERATED = 0x0a,
	UTF8 = 0x0c,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	UNIVERSAL_STRING = 0x1c,
	BMP_STRING = 0x1e,
	SEQUENCE = 0x30,
	SET = 0x31,
	CONSTRUCTED = 0x20,
	CONTEXT = 0x80,
};

/* What is left of one value's contents. */
struct span {
	const uint8_t *p, *end;
};
struct walk {
	const uint8_t *start;
	struct der_place *out;
	enum der_verdict verdict;
	const char *part;
};

/* The first fault is the one that is told. */
static bool fault(struct walk *w, const uint8_t *at, enum der_verdict verdict, const char *what)
{
	if (w->verdict == DER_SOUND) {
		w->verdict = verdict;
		w->out->part = w->part;
		w->out->what = what;
		w->out->at = (size_t)(at - w->start);
	}
	return false;
}

static bool broken(struct walk *w, const uint8_t *at, const char *what)
{
	return fault(w, at, DER_BROKEN, what);
}

/* Length octets at p; *n of them. False: none that end within `end`, or the indefinite form. */
static bool length_of(const uint8_t *p, const uint8_t *end, size_t *octets, size_t *length)
{
	size_t i;

	if (p == end || *p == 0x80 || *p == 0xff)
		return false;
	*octets = 1;
	*length = *p;
	if (*p < 0x80)
		return true;
	size_t count = *p & 0x7f;
	if (count >= (size_t)(end - p))
		return false;
	*octets += count;
	for (*length = 0, i = 1; i <= count; i++) {
		if (*length > SIZE_MAX >> 9)
			return false;
		*length = *length << 8 | p[i];
	}
	return true;
}

/* The next value of *s: its tag and contents. */
static bool next(struct walk *w, struct span *s, uint8_t *tag, struct span *contents)
{
	const uint8_t *at = s->p;
	size_t octets, length;

	*tag = 0;
	*contents = (struct span){at, at};
	if (at == s->end)
		return broken(w, at, "is missing, or ends too early");
	*tag = *at;
	if ((*tag & 0x1f) == 0x1f)
		return fault(w, at, DER_UNCLEAR, "has a tag that no certificate has");
	if (at + 1 < s->end && at[1] == 0x80)
		return fault(w, at, DER_UNCLEAR, "has no length (BER)");
	if (!length_of(at + 1, s->end, &octets, &length))
		return broken(w, at, "has a length that cannot be read");
	if (length > (size_t)(s->end - at) - 1 - octets)
		return broken(w, at, "is longer than what contains it");
	contents->p = at + 1 + octets;
	contents->end = contents->p + length;
	s->p = contents->end;
	return true;
}

/* OpenSSL takes some values with the wrong mark, as BER allows for strings. */
static bool may_be_marked_otherwise(uint8_t tag)
{
	return tag != BOOLEAN && tag != INTEGER && tag != OID;
}

static bool expect(struct walk *w, struct span *s, uint8_t wanted, struct span *contents)
{
	const uint8_t *at = s->p;
	uint8_t tag;

	*contents = (struct span){at, at};
	if (at < s->end && *at != wanted) {
		if (may_be_marked_otherwise(wanted) && *at == (wanted ^ CONSTRUCTED))
			return fault(w, at, DER_UNCLEAR, "is in several pieces (BER)");
		return broken(w, at, "is of another type than it has to be");
	}
	return next(w, s, &tag, contents);
}

static bool at_end(struct walk *w, const struct span *s)
{
	return s->p == s->end || broken(w, s->p, "contains more than it may");
}

/* Contents of an INTEGER: without one more octet than the number needs (X.690 section 8.3.2). */
static bool number(struct walk *w, struct span c)
{
	if (c.p == c.end)
		return broken(w, c.p, "is a number without a value");
	if (c.end - c.p > 1 &&
	    ((c.p[0] == 0 && c.p[1] < 0x80) || (c.p[0] == 0xff && c.p[1] >= 0x80)))
		return broken(w, c.p, "is a number with a superfluous octet before it");
	return true;
}

static bool integer(struct walk *w, struct span *s)
{
	struct span c;

	return expect(w, s, INTEGER, &c) && number(w, c);
}

static bool is_oid(struct span c)
{
	bool first = true;

	if (c.p == c.end || c.end[-1] >= 0x80)
		return false;
	for (; c.p < c.end; c.p++) {
		if (first && *c.p == 0x80)
			return false;
		first = *c.p < 0x80;
	}
	return true;
}

static bool identifier(struct walk *w, struct span c)
{
	return is_oid(c) || broken(w, c.p, "has an object identifier that is none");
}

static bool oid(struct walk *w, struct span *s, struct span *c)
{
	return expect(w, s, OID, c) && identifier(w, *c);
}

static bool bit_string(struct walk *w, struct span c)
{
	if (c.p == c.end)
		return broken(w, c.p, "is a bit string without the number of its unused bits");
	return *c.p <= 7 || broken(w, c.p, "is a bit string with more than seven unused bits");
}

static bool bits(struct walk *w, struct span *s, uint8_t tag)
{
	struct span c;

	return expect(w, s, tag, &c) && bit_string(w, c);
}

/* Contents of one value of any type, which OpenSSL looks at where it knows the type. */
static bool value(struct walk *w, uint8_t tag, struct span c)
{
	const size_t n = (size_t)(c.end - c.p);

	switch (tag) {
	case INTEGER:
	case ENUMERATED:
		return number(w, c);
	case OID:
		return identifier(w, c);
	case BIT_STRING:
		return bit_string(w, c);
	case BOOLEAN:
		return n == 1 || broken(w, c.p, "has a truth value that is none");
	case NULL_VALUE:
		return n == 0 || broken(w, c.p, "has a NULL with contents");
	case BMP_STRING:
		return n % 2 == 0 || broken(w, c.p, "has a text that ends within a character");
	case UNIVERSAL_STRING:
		return n % 4 == 0 || broken(w, c.p, "has a text that ends within a character");
	case SEQUENCE:
	case SET:
		return true;
	default:
		return tag < CONSTRUCTED || tag >= CONTEXT ||
		       fault(w, c.p, DER_UNCLEAR, "is in several pieces (BER)");
	}
}

/* AlgorithmIdentifier */
static bool algorithm(struct walk *w, struct span *s)
{
	struct span all, c;
	uint8_t tag;

	if (!expect(w, s, SEQUENCE, &all) || !oid(w, &all, &c))
		return false;
	if (all.p == all.end)
		return true;
	return next(w, &all, &tag, &c) && value(w, tag, c) && at_end(w, &all);
}

static bool utf8_is_sound(struct span c)
{
	uint32_t character;
	size_t n;

	while (c.p < c.end) {
		n = utf8_length((const char *)c.p, (size_t)(c.end - c.p), &character);
		if (n == 0)
			return false;
		c.p += n;
	}
	return true;
}

/* What may stand in a name; OpenSSL takes what has no meaning (7 to 11, 13 to 15, 29), but no number, date or identifier. */
static bool is_text(uint8_t tag)
{
	static const uint32_t texts = 1u << 3 | 0xfu << 7 | 0x1fu << 11 | 1u << 18 | 1u << 19 |
				      1u << 20 | 1u << 22 | 0x7u << 28;

	return tag == SEQUENCE || (tag < CONSTRUCTED && (texts >> tag & 1) != 0);
}

static bool text(struct walk *w, const uint8_t *at, uint8_t tag, struct span c)
{
	if ((tag & CONSTRUCTED) && tag < CONTEXT && tag != SEQUENCE && is_text(tag & 0x1f))
		return fault(w, at, DER_UNCLEAR, "is in several pieces (BER)");
	if (!is_text(tag))
		return broken(w, at, "has a text that is none");
	if (tag == UTF8 && !utf8_is_sound(c))
		return broken(w, c.p, "has a text that is not the UTF-8 that it says");
	return value(w, tag, c);
}

static bool attribute(struct walk *w, struct span *s, bool subject)
{
	static const uint8_t common_name[] = {0x55, 0x04, 0x03};
	struct span pair, type, shown;
	uint8_t tag;

	if (!expect(w, s, SEQUENCE, &pair) || !oid(w, &pair, &type))
		return false;
	const uint8_t *at = pair.p;
	if (!next(w, &pair, &tag, &shown) || !text(w, at, tag, shown) || !at_end(w, &pair))
		return false;
	if (subject && type.end - type.p == sizeof(common_name) &&
	    memcmp(type.p, common_name, sizeof(common_name)) == 0) {
		w->out->name = shown.p;
		w->out->name_size = (size_t)(shown.end - shown.p);
	}
	return true;
}

static bool name(struct walk *w, struct span *s, bool subject)
{
	struct span all, set;

	if (!expect(w, s, SEQUENCE, &all))
		return false;
	while (all.p < all.end) {
		if (!expect(w, &all, SET, &set))
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

	return next(w, s, &tag, &c) &&
	       (tag == UTC_TIME || tag == GENERALIZED_TIME ||
		broken(w, at, "has a date of another type than it has to be"));
}

static bool validity(struct walk *w, struct span *s)
{
	struct span all;

	return expect(w, s, SEQUENCE, &all) && date(w, &all) && date(w, &all) && at_end(w, &all);
}

static bool public_key(struct walk *w, struct span *s)
{
	struct span all;

	return expect(w, s, SEQUENCE, &all) && algorithm(w, &all) && bits(w, &all, BIT_STRING) &&
	       at_end(w, &all);
}

static bool extension(struct walk *w, struct span *s)
{
	struct span all, id, c;

	w->out->number++;
	w->out->oid = NULL;
	if (!expect(w, s, SEQUENCE, &all) || !oid(w, &all, &id))
		return false;
	w->out->oid = id.p;
	w->out->oid_size = (size_t)(id.end - id.p);
	if (all.p < all.end && *all.p == BOOLEAN) {
		if (!expect(w, &all, BOOLEAN, &c))
			return false;
		if (c.end - c.p != 1)
			return broken(w, c.p, "has a mark \"critical\" that is none");
	}
	return expect(w, &all, OCTET_STRING, &c) && at_end(w, &all);
}

static bool extensions(struct walk *w, struct span *s)
{
	struct span tagged, all;

	w->part = "the list of extensions";
	if (!expect(w, s, CONTEXT | CONSTRUCTED | 3, &tagged) ||
	    !expect(w, &tagged, SEQUENCE, &all) || !at_end(w, &tagged))
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
	return expect(w, s, CONTEXT | CONSTRUCTED, &tagged) && integer(w, &tagged) &&
	       at_end(w, &tagged);
}

/* issuerUniqueID and subjectUniqueID, which nobody uses. */
static bool unique_ids(struct walk *w, struct span *s)
{
	const uint8_t issuer = CONTEXT | 1, subject = CONTEXT | 2;

	w->part = "a unique identifier";
	if (s->p < s->end && *s->p == issuer && !bits(w, s, issuer))
		return false;
	return s->p == s->end || *s->p != subject || bits(w, s, subject);
}

static bool body_up_to_key(struct walk *w, struct span *s)
{
	if (!version(w, s))
		return false;
	w->part = "the serial number";
	if (!integer(w, s))
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
	return at_end(w, s);
}

static struct walk begin(const uint8_t *der, struct der_place *out)
{
	memset(out, 0, sizeof(*out));
	return (struct walk){der, out, DER_SOUND, "the certificate"};
}

enum der_verdict der_certificate(const uint8_t *der, size_t n, struct der_place *out)
{
	struct walk w = begin(der, out);
	struct span s = {der, der + n}, all, body;

	if (!expect(&w, &s, SEQUENCE, &all))
		return w.verdict;
	out->size = (size_t)(all.end - der);
	w.part = "the signed part";
	if (!expect(&w, &all, SEQUENCE, &body) || !signed_part(&w, &body))
		return w.verdict;
	w.part = "the signature algorithm";
	if (!algorithm(&w, &all))
		return w.verdict;
	w.part = "the signature";
	if (!bits(&w, &all, BIT_STRING))
		return w.verdict;
	w.part = "the certificate";
	at_end(&w, &all);
	return w.verdict;
}

static bool key_algorithm(struct walk *w, struct span *s, struct der_algorithm *out)
{
	struct span key, all, id;

	if (!expect(w, s, SEQUENCE, &key) || !expect(w, &key, SEQUENCE, &all) || !oid(w, &all, &id))
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

	return expect(&w, &s, SEQUENCE, &all) && expect(&w, &all, SEQUENCE, &body) &&
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
