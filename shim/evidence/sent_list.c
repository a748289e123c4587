/* SPDX-License-Identifier: ISC
 *
 * The certificates that a server sent, out of its message (RFC 8446 section 4.4.2, RFC 5246 section 7.4.2): what OpenSSL does not decode
 * is nowhere else.
 */
#include "certificate.h"
#include "der.h"

#include <string.h>

struct reader {
	const uint8_t *p, *end;
};

static bool take(struct reader *r, size_t octets, struct reader *out)
{
	size_t i, n = 0;

	if ((size_t)(r->end - r->p) < octets)
		return false;
	for (i = 0; i < octets; i++)
		n = n << 8 | *r->p++;
	if ((size_t)(r->end - r->p) < n)
		return false;
	out->p = r->p;
	out->end = r->p += n;
	return true;
}

static void find_fault(struct evidence *e, const uint8_t *der, size_t n,
		       struct broken_certificate *b)
{
	struct der_place place;
	const enum der_verdict verdict = der_certificate(der, n, &place);

	if (place.name)
		b->name = evidence_text(e, "", place.name, place.name_size);
	if (verdict != DER_BROKEN)
		return;
	b->part = place.part;
	b->what = place.what;
	b->at = place.at;
	if (place.oid)
		b->extension = evidence_oid(e, place.oid, place.oid_size);
}

static void look(struct evidence *e, const struct openssl *o, struct reader der, unsigned number)
{
	const unsigned char *p = der.p;
	const size_t n = (size_t)(der.end - der.p);
	struct broken_certificate *b = &e->broken;
	X509 *x = NULL;

	QUIET_BEGIN(o)
	x = n > 0 ? o->d2i_X509(NULL, &p, (long)n) : NULL;
	QUIET_END(o)
	if (x && e->broken.number == 0 && e->presented_count < EVIDENCE_MAX_CERTIFICATES)
		evidence_certificate(e, o, x, FROM_PRESENTED, &e->presented[e->presented_count++]);
	if (b->number == 0 && (!x || p != der.end)) {
		b->number = number;
		b->size = n;
		b->trailing = x ? (size_t)(der.end - p) : 0;
		find_fault(e, der.p, n, b);
	}
	if (x)
		o->X509_free(x);
}

/* Only what explains something: a chain in a record of another failure would look like its reason. */
static bool explains(const struct evidence *e)
{
	for (size_t i = 0; i < e->presented_count; i++) {
		if (e->presented[i].unknown_key)
			return true;
	}
	return e->broken.number > 0;
}

static void read_list(struct evidence *e, const struct openssl *o, struct reader list, bool tls13)
{
	struct reader one, skipped;
	unsigned number = 0;

	while (list.p < list.end && e->broken.number == 0 &&
	       number < 2 * EVIDENCE_MAX_CERTIFICATES) {
		if (!take(&list, 3, &one) || (tls13 && !take(&list, 2, &skipped)))
			return;
		look(e, o, one, ++number);
	}
}

void evidence_sent_list(struct evidence *e, const struct openssl *o, const uint8_t *body, size_t n,
			bool tls13)
{
	struct reader message = {body, body + n}, list, skipped;

	if ((tls13 && !take(&message, 1, &skipped)) || !take(&message, 3, &list))
		return;
	e->presented = arena_alloc(&e->arena, EVIDENCE_MAX_CERTIFICATES * sizeof(*e->presented));
	if (!e->presented)
		return;
	read_list(e, o, list, tls13);
	if (!explains(e))
		e->presented_count = 0;
	e->chain = e->presented;
	e->chain_count = e->presented_count;
}
