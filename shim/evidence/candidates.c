/* SPDX-License-Identifier: ISC
 *
 * Who issued a certificate? Names and identifiers only say who claims to; the key that verifies the signature says who did. So every
 * certificate that could be the wanted issuer is asked by its key, as far as that can be paid for.
 */
#include "budget.h"
#include "capture.h"
#include <tlsmend/versions.h>
#include <tlsmend/vocabulary.h>

#include <string.h>

enum {
	DEAR = 1500 /* units for one signature: P-521 is affordable, a key made to be dear is not */
};
enum { UNSPECIFIED = 1, OTHER_NAME = 29 /* X509_V_ERR_SUBJECT_ISSUER_MISMATCH */ };

bool capture_same(const struct openssl *o, X509 *a, X509 *b)
{
	return a == b || o->X509_cmp(a, b) == 0;
}

bool capture_listed(const struct openssl *o, X509 *const *list, size_t n, X509 *x)
{
	for (size_t i = 0; i < n; i++) {
		if (capture_same(o, list[i], x))
			return true;
	}
	return false;
}

/* A signature of RSA and a key of another algorithm, say: OpenSSL does not get so far as to compare. */
static bool key_is_of_another_kind(const struct openssl *o)
{
	enum { WRONG_PUBLIC_KEY_TYPE = 200 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == ERR_LIB_ASN1_ && reason == WRONG_PUBLIC_KEY_TYPE;
}

enum tried evidence_signed_by(struct evidence *e, const struct openssl *o, X509 *issuer, X509 *x)
{
	unsigned char *der = NULL;
	EVP_PKEY *key = NULL;
	int n = -1, result = -1;
	if (!later(o)->X509_verify)
		return TRIED_NOT;
	QUIET_BEGIN(o)
	n = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(issuer), &der);
	unsigned cost = n > 0 && der ? budget_signature(der, (size_t)n) : DEAR;
	if (evidence_afford(e, LOOK_KEYS, cost < DEAR ? cost : UINT32_MAX))
		key = o->X509_get_pubkey(issuer);
	if (key) {
		result = later(o)->X509_verify(x, key);
		if (result < 0 && key_is_of_another_kind(o))
			result = 0;
		o->EVP_PKEY_free(key);
	}
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
	return result == 1 ? TRIED_GOOD : result == 0 ? TRIED_BAD : TRIED_NOT;
}

static bool has_name_of_issuer(const struct openssl *o, X509 *candidate, X509 *child)
{
	return o->X509_NAME_cmp(o->X509_get_subject_name(candidate),
				o->X509_get_issuer_name(child)) == 0;
}

static bool has_wanted_key_id(const struct openssl *o, X509 *candidate, X509 *child)
{
	const ASN1_STRING *has;
	bool same = false;
	if (!later(o)->X509_get0_subject_key_id || !later(o)->X509_get0_authority_key_id)
		return false;
	QUIET_BEGIN(o)
	has = later(o)->X509_get0_subject_key_id(candidate);
	const ASN1_STRING *wanted = later(o)->X509_get0_authority_key_id(child);
	same = has && wanted && o->ASN1_STRING_length(has) > 0 &&
	       o->ASN1_STRING_length(has) == o->ASN1_STRING_length(wanted) &&
	       memcmp(o->ASN1_STRING_get0_data(has), o->ASN1_STRING_get0_data(wanted),
		      (size_t)o->ASN1_STRING_length(has)) == 0;
	QUIET_END(o)
	return same;
}

/* A certificate of the wanted issuer's name that is not its issuer. It may be the child itself: in the store, or signed by its own key,
 * but with the key identifier of another issuer, so that OpenSSL does not take it for a root. */
void candidate_consider(struct capture *c, X509 *candidate, enum cert_from from)
{
	const struct openssl *o = c->o;
	const bool named = c->child && has_name_of_issuer(o, candidate, c->child);
	struct near_miss miss = {.code = OTHER_NAME};
	if (!c->child || c->near_count >= EVIDENCE_MAX_NEAR ||
	    (!named && (from != FROM_PRESENTED || !has_wanted_key_id(o, candidate, c->child))) ||
	    (((from != FROM_STORE && c->e->own_key != TRIED_GOOD) || c->any_of_name) &&
	     capture_same(o, candidate, c->child)))
		return;
	if (named) {
		QUIET_BEGIN(o)
		miss.code = o->X509_check_issued(candidate, c->child);
		QUIET_END(o)
	}
	/* OpenSSL does not compare with a child whose extensions do not parse, so that this is no fault of the candidate */
	if (miss.code == UNSPECIFIED && later(o)->X509_get_extension_flags &&
	    (later(o)->X509_get_extension_flags(c->child) & EXFLAG_INVALID_) != 0)
		return;
	if ((miss.code == 0 && !c->any_of_name) ||
	    capture_listed(o, c->near, c->near_count, candidate))
		return;
	miss.key = evidence_signed_by(c->e, o, candidate, c->child);
	if (!named && miss.key != TRIED_GOOD)
		return;
	c->near[c->near_count] = candidate;
	c->miss[c->near_count] = miss;
	c->near_from[c->near_count] = from;
	c->near_count++;
}

/* Its own signature does not fit the key of the issuer that OpenSSL took: then that one's place in the chain is in question. */
static X509 *child_of(const struct capture *c)
{
	const struct verify_error first = evidence_headline(c->e);
	if (verify_symbol_cause(verify_symbol(first.code, c->e->version)) == CAUSE_BAD_SIGNATURE &&
	    first.depth >= 0 && (size_t)first.depth < c->chain_count && c->e->chain_skipped == 0)
		return c->chain[first.depth];
	return c->top;
}

void candidates_look(struct capture *c)
{
	const struct openssl *o = c->o;
	const struct cert_info *top =
	    c->chain_count > 0 ? &c->e->chain[c->chain_count - 1] : c->e->presented;
	c->child = child_of(c);
	c->any_of_name = c->child != c->top;
	if (c->child && has_name_of_issuer(o, c->child, c->child)) {
		c->e->own_key = evidence_signed_by(c->e, o, c->child, c->child);
		c->any_of_name = c->any_of_name || (c->e->own_key == TRIED_BAD && top->self_signed);
	}
	for (size_t i = 0; i < c->presented_count; i++)
		candidate_consider(c, c->presented[i], FROM_PRESENTED);
	for (int k = 0; c->rule && k < o->OPENSSL_sk_num(c->rule); k++)
		candidate_consider(c, o->OPENSSL_sk_value(c->rule, k), FROM_RULE);
}

/* The one whose key signed comes first: whatever else is said of it, it is the issuer. */
static void keep(struct capture *c, struct cert_info *info, bool signer)
{
	struct evidence *e = c->e;
	for (size_t i = 0; i < c->near_count; i++) {
		struct cert_info *to = &info[e->near_count];
		if ((c->miss[i].key == TRIED_GOOD) != signer)
			continue;
		evidence_certificate(e, c->o, c->near[i], c->near_from[i], to);
		to->trusted_by_client = c->near_from[i] == FROM_STORE;
		e->near[e->near_count] = c->miss[i];
		e->near[e->near_count++].candidate = to;
	}
}

void candidates_keep(struct capture *c)
{
	struct evidence *e = c->e;
	if (c->near_count == 0)
		return;
	struct cert_info *info = arena_alloc(&e->arena, c->near_count * sizeof *info);
	e->near = arena_alloc(&e->arena, c->near_count * sizeof *e->near);
	if (!info || !e->near)
		return;
	keep(c, info, true);
	keep(c, info, false);
}
