/* SPDX-License-Identifier: ISC
 *
 * No trusted anchor (causes.md#anchor): decided from the certificates, not from the code. First match wins.
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

#include <string.h>

const struct cert_info *malformed_one(const struct diagnosis *d)
{
	if (d->culprit && d->culprit->malformed)
		return d->culprit;
	if (is_nameless(top_of_chain(d)))
		return top_of_chain(d);
	for (size_t i = 0; i < d->e->near_count; i++) {
		if (d->e->near[i].candidate->malformed)
			return d->e->near[i].candidate;
	}
	return NULL;
}

const char *in_no_store(const struct diagnosis *d)
{
	return evidence_is_storeless(d->e) ? "in no bundle of CA certificates of this machine"
					   : "in no store that this client loaded";
}

static bool store_is_empty(const struct evidence *e)
{
	return e->anchor_count == 0 && !e->store_has_lookups;
}

static bool in_chain(const struct evidence *e, const struct cert_info *c)
{
	for (size_t i = 0; i < e->chain_count; i++) {
		if (same_certificate(&e->chain[i], c) || same_ca(&e->chain[i], c))
			return true;
	}
	return false;
}

/* A certificate that bears the name of one of the chain, or was issued by one of it, stands beside the chain, not above it. */
static bool is_beside(const struct evidence *e, const struct cert_info *c)
{
	for (size_t i = 0; i < e->chain_count; i++) {
		if (same_text(e->chain[i].subject, c->subject) ||
		    same_text(e->chain[i].subject, c->issuer))
			return true;
	}
	return false;
}

/* A CA certificate that was sent and to which nothing leads: something between is missing. */
static bool has_loose_ca(const struct evidence *e)
{
	for (size_t i = 1; i < e->presented_count; i++) {
		const struct cert_info *c = &e->presented[i];
		if (c->ca && !in_chain(e, c) && !is_beside(e, c))
			return true;
	}
	return false;
}

/* The top was issued by one of those below it, which fits by name and key: where that one stands; 0: it was not. */
size_t loop_begin(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top || top->self_signed || e->near_count > 0)
		return 0;
	for (size_t i = 1; i + 1 < e->chain_count; i++) {
		const struct cert_info *c = &e->chain[i];
		if (same_text(c->subject, top->issuer) &&
		    (top->authority_key_id.n == 0 ||
		     same_text(c->subject_key_id, top->authority_key_id)))
			return i;
	}
	return 0;
}

bool chain_is_loop(const struct diagnosis *d)
{
	return loop_begin(d) > 0;
}

/* A certificate that bears its issuer's name, and is none that signed itself: its key says so. OpenSSL takes it for self-signed where no
 * identifiers tell the two apart. */
bool is_namesake(const struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);
	return top && top->self_issued && d->e->own_key == TRIED_BAD &&
	       (top->self_signed || d->e->near_count == 0);
}

static bool root_is_in_system(const struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);
	return top && (d->e->system_root || (top->self_signed && top->in_system_bundle));
}

static enum cause unfinished_chain(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (top && !top->self_issued && (top->from == FROM_STORE || top->trusted_by_client))
		return CAUSE_ANCHOR_NOT_ROOT;
	if (has_loose_ca(e))
		return CAUSE_INCOMPLETE_CHAIN;
	if (e->chain_count <= 1 && top && top == d->leaf && !top->self_issued &&
	    (top->public_ca || e->known_intermediate))
		return CAUSE_INTERMEDIATE_NOT_SENT;
	return CAUSE_ISSUER_UNKNOWN;
}

enum cause anchor_cause(struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);
	if (d->e->other_path_count > 0) /* tried, so there is no doubt */
		return CAUSE_WRONG_PATH;
	if (malformed_one(d) || d->r->cause == CAUSE_MALFORMED_CERTIFICATE)
		return CAUSE_MALFORMED_CERTIFICATE;
	/* CAs that certified each other are no circle where the root of one of them ends it; nor is it said where something else failed. */
	if (d->r->cause == CAUSE_CHAIN_TOO_LONG ||
	    (chain_is_loop(d) && d->e->stand_in_tried == TRIED_BAD && !other_fault(d)))
		return CAUSE_CHAIN_TOO_LONG;
	if ((store_is_empty(d->e) && !evidence_is_storeless(d->e)) || d->e->default_file_unusable)
		return CAUSE_NO_TRUST_STORE;
	if (root_is_in_system(d))
		return CAUSE_ROOT_MISSING_HERE;
	if (is_namesake(d))
		return CAUSE_ISSUER_UNKNOWN;
	if (top && !top->self_signed && d->e->near_count > 0)
		return CAUSE_ISSUER_REFUSED;
	if (d->symbol == VERIFY_DEPTH_ZERO_SELF_SIGNED_CERT)
		return CAUSE_SELF_SIGNED;
	if (top && top == d->leaf && top->self_signed)
		return CAUSE_SELF_SIGNED;
	if (d->symbol == VERIFY_SELF_SIGNED_CERT_IN_CHAIN || (top && top->self_signed))
		return CAUSE_UNTRUSTED_ROOT;
	return unfinished_chain(d);
}
