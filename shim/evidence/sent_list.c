/* SPDX-License-Identifier: ISC
 *
 * The certificates that a server sent, out of its message (RFC 8446 section 4.4.2, RFC 5246 section 7.4.2): what OpenSSL does not decode
 * is nowhere else.
 */
#include "certificate.h"
#include "der.h"

#include <string.h>

#include <tlsmend/versions.h>

enum { MOST = 2 * EVIDENCE_MAX_CERTIFICATES };

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

static void tell_fault(struct evidence *e, enum der_verdict verdict, const struct der_place *place)
{
	struct broken_certificate *b = &e->broken;
	if (place->name)
		b->name = evidence_text(e, "", place->name, place->name_size);
	if (verdict != DER_BROKEN)
		return;
	b->part = place->part;
	b->what = place->what;
	b->at = place->at;
	if (place->oid)
		b->extension = evidence_oid(e, place->oid, place->oid_size);
}

static bool has_not_decoded(const struct openssl *o)
{
	int library, reason;
	openssl_error_split(o, o->ERR_peek_error(), &library, &reason);
	return library == ERR_LIB_ASN1_;
}

struct list {
	struct reader all;
	bool tls13;
	bool refused;      /* the host's OpenSSL did not decode one of them */
	unsigned suspects; /* not sound */
};

static bool next(struct list *l, struct reader *one)
{
	struct reader skipped;
	return l->all.p < l->all.end && take(&l->all, 3, one) &&
	       (!l->tls13 || take(&l->all, 2, &skipped));
}

static unsigned suspects(struct list l)
{
	struct der_place place;
	struct reader one;
	unsigned count = 0;
	for (unsigned i = 0; i < MOST && next(&l, &one); i++)
		count += der_certificate(one.p, (size_t)(one.end - one.p), &place) != DER_SOUND;
	return count;
}

/* OpenSSL's decoder leaves an entry for each level that it gives up at, up to eight. It has done so in the host's error queue, a ring of
 * 16: as many again, taken off at once or not, push out the oldest, which is what most clients print. So the one that it must have been
 * is not decoded once more. */
static X509 *decode(const struct openssl *o, const struct list *l, enum der_verdict verdict,
		    const unsigned char **p, size_t n)
{
	X509 *x = NULL;
	if (n == 0 ||
	    (l->refused && (verdict == DER_BROKEN || (verdict == DER_UNCLEAR && l->suspects == 1))))
		return NULL;
	QUIET_BEGIN(o)
	x = o->d2i_X509(NULL, p, (long)n);
	QUIET_END(o)
	return x;
}

static void look(struct evidence *e, const struct openssl *o, const struct list *l,
		 struct reader der, unsigned number)
{
	const unsigned char *p = der.p;
	const size_t n = (size_t)(der.end - der.p);
	struct broken_certificate *b = &e->broken;
	struct der_place place;
	const enum der_verdict verdict = der_certificate(der.p, n, &place);
	X509 *x = decode(o, l, verdict, &p, n);
	if (x && e->broken.number == 0 && e->presented_count < EVIDENCE_MAX_CERTIFICATES)
		evidence_certificate(e, o, x, FROM_PRESENTED, &e->presented[e->presented_count++]);
	if (b->number == 0 && (!x || p != der.end)) {
		b->number = number;
		b->size = n;
		b->trailing = x ? (size_t)(der.end - p) : 0;
		tell_fault(e, verdict, &place);
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

static void read_list(struct evidence *e, const struct openssl *o, struct list l)
{
	struct reader one;
	unsigned number = 0;
	while (e->broken.number == 0 && number < MOST && next(&l, &one))
		look(e, o, &l, one, ++number);
}

void evidence_sent_list(struct evidence *e, const struct openssl *o, const uint8_t *body, size_t n,
			bool tls13)
{
	struct reader message = {body, body + n}, skipped;
	struct list l = {.tls13 = tls13, .refused = has_not_decoded(o)};
	if ((tls13 && !take(&message, 1, &skipped)) || !take(&message, 3, &l.all))
		return;
	e->presented = arena_alloc(&e->arena, EVIDENCE_MAX_CERTIFICATES * sizeof *e->presented);
	if (!e->presented)
		return;
	l.suspects = suspects(l);
	read_list(e, o, l);
	if (!explains(e))
		e->presented_count = 0;
	e->chain = e->presented;
	e->chain_count = e->presented_count;
}
