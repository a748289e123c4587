/* SPDX-License-Identifier: ISC
 *
 * Values of DER, one after the other (private to the room "evidence"). Those with a walk take one off a span, or say what is wrong with it and return false (der.c).
 */
#ifndef TLSMEND_EVIDENCE_DER_VALUES_H
#define TLSMEND_EVIDENCE_DER_VALUES_H

#include "der.h"

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
/* The head at s.p: its size, and that of the contents, which may be more than there is. False: it is cut, or has no length (BER), or none that can be read. */
bool der_head(struct span s, size_t *head, size_t *length);
/* Takes the next value, whatever else is wrong with it. False: it is cut. */
bool der_take(struct span *s, uint8_t *tag, struct span *contents);
/* ... of this type. */
bool der_take_one(struct span *s, uint8_t wanted, struct span *contents);

struct walk {
	const uint8_t *start;
	struct der_place *out;
	enum der_verdict verdict;
	const char *part;
};

bool der_broken(struct walk *w, const uint8_t *at, const char *what);
bool der_next(struct walk *w, struct span *s, uint8_t *tag, struct span *contents);
bool der_expect(struct walk *w, struct span *s, uint8_t wanted, struct span *contents);
bool der_at_end(struct walk *w, const struct span *s);
bool der_integer(struct walk *w, struct span *s);
bool der_oid(struct walk *w, struct span *s, struct span *c);
bool der_bits(struct walk *w, struct span *s, uint8_t tag);
bool der_value(struct walk *w, uint8_t tag, struct span c);
bool der_text(struct walk *w, const uint8_t *at, uint8_t tag, struct span c);

#endif
