/* SPDX-License-Identifier: ISC
 *
 * Names and limits in the value of an extension. Only lists in which nothing can be wrong are read: a text or an address, as far as it is not
 * in several pieces, is one for OpenSSL whatever its bytes are; directory names and the like it has to decode itself.
 */
#include "name_list.h"

enum {
	PERMITTED = CONTEXT | CONSTRUCTED,
	EXCLUDED = PERMITTED | 1,
	MOST_HEAD = 6, /* bytes: with superfluous ones in a length OpenSSL 1.0 does not read it */
};

static bool take(struct span *s, uint8_t *tag, struct span *contents)
{
	const uint8_t *at = s->p;
	return der_take(s, tag, contents) && contents->p - at <= MOST_HEAD;
}

/* One SEQUENCE, and nothing behind it. */
bool name_list_begin(struct span value, struct span *names)
{
	uint8_t tag;
	return take(&value, &tag, names) && tag == SEQUENCE && value.p == value.end;
}

bool name_list_take(struct span *names, uint8_t *tag, struct span *bytes)
{
	return take(names, tag, bytes) &&
	       (*tag == EMAIL_NAME || *tag == DNS_NAME || *tag == URI_NAME || *tag == ADDRESS_NAME);
}

/* Without a minimum and a maximum. */
bool name_list_take_limit(struct span *limits, uint8_t *tag, struct span *bytes)
{
	struct span one;
	return take(limits, tag, &one) && *tag == SEQUENCE && name_list_take(&one, tag, bytes) &&
	       one.p == one.end;
}

/* True: `next` takes all of them. */
static bool count_all(struct name_list *list, bool (*next)(struct span *, uint8_t *, struct span *))
{
	struct span left = list->names, bytes;
	uint8_t tag;
	for (list->count = 0; left.p < left.end; list->count++) {
		if (!next(&left, &tag, &bytes))
			return false;
	}
	return true;
}

bool name_list_read(struct span value, struct name_list *out)
{
	return name_list_begin(value, &out->names) && count_all(out, name_list_take);
}

/* Each list stands there once at most, the permitted one first. */
bool name_list_read_limits(struct span value, struct name_limits *out)
{
	struct span both;
	uint8_t tag, last = 0;
	*out = (struct name_limits){0};
	if (!name_list_begin(value, &both))
		return false;
	for (; both.p < both.end; last = tag) {
		struct name_list list;
		if (!take(&both, &tag, &list.names) || tag <= last ||
		    (tag != PERMITTED && tag != EXCLUDED) ||
		    !count_all(&list, name_list_take_limit))
			return false;
		*(tag == PERMITTED ? &out->permitted : &out->excluded) = list;
	}
	return true;
}
