/* SPDX-License-Identifier: ISC
 *
 * What certificates have to do with each other.
 */
#include "diagnosis.h"

#include <string.h>

bool same_text(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

bool same_certificate(const struct cert_info *a, const struct cert_info *b)
{
	if (a->have_sha256 && b->have_sha256)
		return memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
	return same_text(a->subject, b->subject) && same_text(a->issuer, b->issuer) &&
	       a->not_after == b->not_after;
}

/* The same CA: one name and one key, in whichever certificate. */
bool same_ca(const struct cert_info *a, const struct cert_info *b)
{
	return same_text(a->subject, b->subject) && a->have_sha256 && b->have_sha256 &&
	       memcmp(a->spki_sha256, b->spki_sha256, sizeof a->spki_sha256) == 0;
}

const struct cert_info *top_of_chain(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	return e->chain_count > 0 ? &e->chain[e->chain_count - 1] : d->leaf;
}

/* No CA can be found for a certificate that names none, and a CA without a name can be named by none. */
bool is_nameless(const struct cert_info *c)
{
	return c && !c->self_issued && (c->issuer.n == 0 || (c->ca && c->subject.n == 0));
}
