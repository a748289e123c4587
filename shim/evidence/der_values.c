/* SPDX-License-Identifier: ISC
 *
 * X.690 as far as a certificate needs it. OpenSSL takes some BER that is no DER: there the walk ends without a verdict.
 */
#include "der_values.h"

#include <string.h>

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

bool der_broken(struct walk *w, const uint8_t *at, const char *what)
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

bool der_head(struct span s, size_t *head, size_t *length)
{
	size_t octets;
	if (s.p == s.end || !length_of(s.p + 1, s.end, &octets, length))
		return false;
	*head = 1 + octets;
	return true;
}

bool der_take(struct span *s, uint8_t *tag, struct span *contents)
{
	size_t head, length;
	if (!der_head(*s, &head, &length) || length > (size_t)(s->end - s->p) - head)
		return false;
	*tag = *s->p;
	*contents = (struct span){s->p + head, s->p + head + length};
	s->p = contents->end;
	return true;
}

bool der_take_one(struct span *s, uint8_t wanted, struct span *contents)
{
	uint8_t tag;
	return der_take(s, &tag, contents) && tag == wanted;
}

/* The next value of *s: its tag and contents. */
bool der_next(struct walk *w, struct span *s, uint8_t *tag, struct span *contents)
{
	const uint8_t *at = s->p;
	size_t head, length;
	*tag = 0;
	*contents = (struct span){at, at};
	if (at == s->end)
		return der_broken(w, at, "is missing, or ends too early");
	*tag = *at;
	if ((*tag & 0x1f) == 0x1f)
		return fault(w, at, DER_UNCLEAR, "has a tag that no certificate has");
	if (at + 1 < s->end && at[1] == 0x80)
		return fault(w, at, DER_UNCLEAR, "has no length (BER)");
	if (!der_head(*s, &head, &length))
		return der_broken(w, at, "has a length that cannot be read");
	return der_take(s, tag, contents) || der_broken(w, at, "is longer than what contains it");
}

/* OpenSSL takes some values with the wrong mark, as BER allows for strings. */
static bool may_be_marked_otherwise(uint8_t tag)
{
	return tag != BOOLEAN && tag != INTEGER && tag != OID;
}

bool der_expect(struct walk *w, struct span *s, uint8_t wanted, struct span *contents)
{
	const uint8_t *at = s->p;
	uint8_t tag;
	*contents = (struct span){at, at};
	if (at < s->end && *at != wanted) {
		if (may_be_marked_otherwise(wanted) && *at == (wanted ^ CONSTRUCTED))
			return fault(w, at, DER_UNCLEAR, "is in several pieces (BER)");
		return der_broken(w, at, "is of another type than it has to be");
	}
	return der_next(w, s, &tag, contents);
}

bool der_at_end(struct walk *w, const struct span *s)
{
	return s->p == s->end || der_broken(w, s->p, "contains more than it may");
}

/* Contents of an INTEGER: without one more octet than the number needs (X.690 section 8.3.2). */
static bool number(struct walk *w, struct span c)
{
	if (c.p == c.end)
		return der_broken(w, c.p, "is a number without a value");
	if (c.end - c.p > 1 &&
	    ((c.p[0] == 0 && c.p[1] < 0x80) || (c.p[0] == 0xff && c.p[1] >= 0x80)))
		return der_broken(w, c.p, "is a number with a superfluous octet before it");
	return true;
}

bool der_integer(struct walk *w, struct span *s)
{
	struct span c;
	return der_expect(w, s, INTEGER, &c) && number(w, c);
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
	return is_oid(c) || der_broken(w, c.p, "has an object identifier that is none");
}

bool der_oid(struct walk *w, struct span *s, struct span *c)
{
	return der_expect(w, s, OID, c) && identifier(w, *c);
}

static bool bit_string(struct walk *w, struct span c)
{
	if (c.p == c.end)
		return der_broken(w, c.p, "is a bit string without the number of its unused bits");
	return *c.p <= 7 || der_broken(w, c.p, "is a bit string with more than seven unused bits");
}

bool der_bits(struct walk *w, struct span *s, uint8_t tag)
{
	struct span c;
	return der_expect(w, s, tag, &c) && bit_string(w, c);
}

/* Contents of one value of any type, which OpenSSL looks at where it knows the type. */
bool der_value(struct walk *w, uint8_t tag, struct span c)
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
		return n == 1 || der_broken(w, c.p, "has a truth value that is none");
	case NULL_VALUE:
		return n == 0 || der_broken(w, c.p, "has a NULL with contents");
	case BMP_STRING:
		return n % 2 == 0 || der_broken(w, c.p, "has a text that ends within a character");
	case UNIVERSAL_STRING:
		return n % 4 == 0 || der_broken(w, c.p, "has a text that ends within a character");
	case SEQUENCE:
	case SET:
		return true;
	default:
		return tag < CONSTRUCTED || tag >= CONTEXT ||
		       fault(w, c.p, DER_UNCLEAR, "is in several pieces (BER)");
	}
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

bool der_text(struct walk *w, const uint8_t *at, uint8_t tag, struct span c)
{
	if ((tag & CONSTRUCTED) && tag < CONTEXT && tag != SEQUENCE && is_text(tag & 0x1f))
		return fault(w, at, DER_UNCLEAR, "is in several pieces (BER)");
	if (!is_text(tag))
		return der_broken(w, at, "has a text that is none");
	if (tag == UTF8 && !utf8_is_sound(c))
		return der_broken(w, c.p, "has a text that is not the UTF-8 that it says");
	return der_value(w, tag, c);
}
