/* SPDX-License-Identifier: ISC
 *
 * The work of one capture (private to evidence.c and candidates.c): pointers are borrowed for its duration only.
 */
#ifndef TLSMEND_EVIDENCE_CAPTURE_H
#define TLSMEND_EVIDENCE_CAPTURE_H

#include "certificate.h"

struct capture {
	struct evidence *e;
	const struct openssl *o;
	X509 *presented[EVIDENCE_MAX_CERTIFICATES];
	size_t presented_count;
	X509 *chain[EVIDENCE_MAX_CERTIFICATES];
	size_t chain_count;
	OPENSSL_STACK *rule,
	    *sent;   /* `sent`: all of what the peer sent, which may be more than is kept */
	X509 *top;   /* the last certificate of the chain */
	X509 *child; /* whose issuer is in question */
	/* Where OpenSSL found an issuer that it takes, only one that it does not take is a near miss. Where it took the child for its own
	 * issuer by name alone, or one whose key does not fit, any other one of that name is. */
	bool any_of_name;
	X509 *near[EVIDENCE_MAX_NEAR];
	struct near_miss miss[EVIDENCE_MAX_NEAR]; /* candidate is not filled in */
	enum cert_from near_from[EVIDENCE_MAX_NEAR];
	size_t near_count;
};

bool capture_same(const struct openssl *o, X509 *a, X509 *b);
bool capture_listed(const struct openssl *o, X509 *const *list, size_t n, X509 *x);

/* (candidates.c) Which certificates bear the name of the issuer that is in question, and whose key signed. */
void candidates_look(struct capture *c); /* those of the peer and of a rule; first */
void candidate_consider(struct capture *c, X509 *candidate, enum cert_from from);
void candidates_keep(struct capture *c); /* into the evidence */

#endif
