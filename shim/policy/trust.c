/* SPDX-License-Identifier: ISC
 *
 * Trust for one host only. The untouched verification comes first, on a private copy of the context; only where it fails for want of
 * an anchor, and the leaf is valid for the host, is the whole verification tried again with the rule's certificates; and only where
 * that passes is the client's own context switched, so that OpenSSL itself, with the client's own parameters, has the last word.
 * No check is ever skipped, and the client's store and SSL_CTX are never changed (design.md#trust).
 */
#include <string.h>

#include <tlsmend/apply.h>

#include <tlsmend/versions.h>
#include "internal.h"
#include "found.h"
#include "private.h"

enum {
	ERROR_UNABLE_TO_GET_ISSUER = 2,
	ERROR_DEPTH_ZERO_SELF_SIGNED = 18,
	ERROR_SELF_SIGNED_IN_CHAIN = 19,
	ERROR_UNABLE_TO_GET_ISSUER_LOCALLY = 20,
	ERROR_UNABLE_TO_VERIFY_LEAF = 21,
	CHECK_NO_PARTIAL_WILDCARDS = 0x4,
};

bool trust_wants_anchor(int error)
{
	return error == ERROR_UNABLE_TO_GET_ISSUER || error == ERROR_DEPTH_ZERO_SELF_SIGNED ||
	       error == ERROR_SELF_SIGNED_IN_CHAIN || error == ERROR_UNABLE_TO_GET_ISSUER_LOCALLY ||
	       error == ERROR_UNABLE_TO_VERIFY_LEAF;
}

/* ---- for which host ---------------------------------------------------------------------------------------------- */

bool leaf_is_for(const struct openssl *o, X509 *leaf, const char *host)
{
	int match = 0;
	QUIET_BEGIN(o)
	if (host_is_address(host))
		match = o->X509_check_ip_asc ? o->X509_check_ip_asc(leaf, host, 0) : 0;
	else if (o->X509_check_host)
		match = o->X509_check_host(leaf, host, 0, CHECK_NO_PARTIAL_WILDCARDS, NULL);
	QUIET_END(o)
	return match == 1;
}

/* ---- the decision --------------------------------------------------------------------------------------------------- */

/* ex_data of a store context: the certificates that it was switched to must outlive it. */
static void drop_anchors(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl,
			 void *argp)
{
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	anchors_release(ptr);
}

static bool keep_alive(struct trust *t, X509_STORE_CTX *ctx)
{
	void *kept = t->anchors;
	if (!kept_watch(t->copy, KEPT_STORE_CTX_TRUST, NULL, drop_anchors) ||
	    !kept_exchange(t->copy, KEPT_STORE_CTX_TRUST, ctx, &kept))
		return false;
	anchors_retain(t->anchors);
	anchors_release(kept);
	return true;
}

/* From here on the client's context works with the rule's certificates. trusted NULL: the client's own anchors. */
static bool switch_context(struct trust *t, X509_STORE_CTX *ctx, OPENSSL_STACK *trusted)
{
	const struct openssl *o = copy_api(t->copy);
	if (trusted && !keep_alive(t, ctx))
		return false;
	later(o)->X509_STORE_CTX_set0_untrusted(ctx, t->untrusted);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	t->switched = true;
	return true;
}

/* For this context nothing is an anchor any more. Needs no memory. */
static void trust_close(const struct openssl *o, X509_STORE_CTX *ctx)
{
	if (later(o)->X509_STORE_CTX_set0_trusted_stack)
		later(o)->X509_STORE_CTX_set0_trusted_stack(ctx, NULL);
	if (later(o)->X509_STORE_CTX_set0_dane)
		later(o)->X509_STORE_CTX_set0_dane(ctx, NULL);
}

/* What a chain is to be verified with under the rule. False: not at all. */
static bool gather(struct trust *t, const struct trial *trial)
{
	const struct openssl *o = trial->o;
	X509_STORE *store = later(o)->X509_STORE_CTX_get0_store
				? later(o)->X509_STORE_CTX_get0_store(trial->ctx)
				: NULL;
	const bool good =
	    rule_stacks(&t->distrust, o, store, o->X509_STORE_CTX_get0_cert(trial->ctx),
			t->client_untrusted, t->anchors);
	t->untrusted = t->distrust.untrusted;
	t->trusted = t->distrust.trusted;
	if (good && !t->distrust.all && !t->distrust.named)
		found_unmarked(&t->question);
	return good;
}

/* ... where it is known that nothing is marked. */
static bool gather_unmarked(struct trust *t, const struct trial *trial)
{
	const struct openssl *o = trial->o;
	t->trusted = t->anchors->trusted;
	t->untrusted = t->client_untrusted;
	if (o->OPENSSL_sk_num(t->anchors->intermediates) <= 0)
		return true;
	t->untrusted = t->distrust.untrusted =
	    stack_without(o, NULL, t->client_untrusted, t->anchors->intermediates, NULL);
	return t->untrusted != NULL;
}

/* With what gather() found. 1: good. */
static int try_rule(const struct trust *t, const struct trial *trial, OPENSSL_STACK *trusted,
		    struct outcome *out)
{
	const struct openssl *o = trial->o;
	const OPENSSL_STACK *avoid = t->distrust.all;
	OPENSSL_STACK *untrusted =
	    stack_without(o, NULL, trial->presented.untrusted, t->anchors->intermediates, avoid);
	int good = untrusted ? try_chain(trial, trusted, untrusted, avoid, out) : -1;
	stack_free(o, untrusted);
	return good;
}

/* A program that looks at every error in a callback of its own, as .NET does, and knows what to make of a status of revocation that nobody
 * told: it sees that, instead of a root that is not trusted. Everything else about the chain is good. */
static bool lacks_revocation_only(const struct trust *t, const struct trial *trial,
				  OPENSSL_STACK *trusted, int error)
{
	enum { UNABLE_TO_GET_CRL = 3, FLAGS_CRL_CHECK = 0x4 | 0x8 };
	const struct openssl *o = trial->o;
	struct outcome seen = {0};
	struct trial without = *trial;
	openssl_verify_cb *usual = NULL;
	if (error != UNABLE_TO_GET_CRL || !o->X509_STORE_CTX_get_verify_cb)
		return false;
	without.without = FLAGS_CRL_CHECK;
	QUIET_BEGIN(o)
	X509_STORE_CTX *fresh = o->X509_STORE_CTX_new();
	if (fresh && o->X509_STORE_CTX_init(fresh, NULL, NULL, NULL))
		usual = o->X509_STORE_CTX_get_verify_cb(fresh);
	if (fresh)
		o->X509_STORE_CTX_free(fresh);
	QUIET_END(o)
	return usual && o->X509_STORE_CTX_get_verify_cb(trial->ctx) != usual &&
	       try_rule(t, &without, trusted, &seen) == 1;
}

/* Is it known what a trial would find? Certificates that are marked as not to be trusted are looked for every other second, and each time where
 * the client's store has any of these names; where one is marked it is tried again. */
static bool offer_as_before(struct trust *t, const struct trial *trial, const struct question *q,
			    uint64_t now)
{
	bool unmarked;
	const enum found before = found_before(q, now, &unmarked);
	if (before == FOUND_NOTHING)
		return false;
	if (before == FOUND_OWN)
		return true;
	if (!(unmarked ? gather_unmarked(t, trial) : gather(t, trial)) || t->distrust.all) {
		distrust_free(&t->distrust, trial->o);
		t->distrust = (struct distrust){0};
		t->trusted = t->untrusted = NULL;
		return false;
	}
	if (before == FOUND_INTERMEDIATES)
		t->trusted = NULL;
	switch_context(t, trial->ctx, t->trusted);
	return true;
}

/* ExtraCAFile: only where the client's own store does not do. */
static void extend(struct trust *t, const struct trial *trial, bool for_host,
		   const struct question *q)
{
	const struct openssl *o = trial->o;
	struct outcome untouched = {0}, ruled = {0};
	const int own = try_chain(trial, NULL, trial->presented.untrusted, NULL, &untouched);
	if (own == 1)
		found_now(q, FOUND_OWN);
	if (own != 0 || !trust_wants_anchor(untouched.error) || untouched.malformed ||
	    !gather(t, trial))
		return;
	OPENSSL_STACK *with = t->trusted;
	bool good = o->OPENSSL_sk_num(t->anchors->intermediates) > 0 &&
		    try_rule(t, trial, NULL, &ruled) == 1;
	if (good)
		with = NULL;
	else
		good = try_rule(t, trial, with, &ruled) == 1;
	if (good && for_host && !t->distrust.all)
		found_now(q, with ? FOUND_ANCHORS : FOUND_INTERMEDIATES);
	good = good || lacks_revocation_only(t, trial, with, ruled.error);
	t->trusted = with;
	/* the rule's trust would have got further: what is wrong beyond it is the cause */
	t->got_further = !good && ruled.error != 0 && !trust_wants_anchor(ruled.error);
	if (good && for_host)
		switch_context(t, trial->ctx, with);
	else
		t->name_refused = good;
}

static bool present(struct trial *trial, uint64_t presented)
{
	if (parses(presented)) {
		presented_borrow(&trial->presented, trial->o, trial->ctx);
		return true;
	}
	if (!presented_copy(&trial->presented, trial->o, trial->ctx))
		return false;
	if (presented_parses(&trial->presented, trial->o))
		note_that_it_parses(presented);
	return true;
}

static bool is_for_host(const struct trust_asked *a, const struct openssl *o, X509 *leaf)
{
	return a->host && ((a->borne && a->borne(a->of, a->host)) || leaf_is_for(o, leaf, a->host));
}

/* What is remembered, was for a leaf that is for the host. */
static void extend_unless_known(struct trust *t, struct trial *trial, const struct trust_asked *a,
				X509 *leaf, uint64_t now)
{
	question_of(&t->question, t->copy, trial->ctx, t->anchors, a->presented, a->host);
	if (offer_as_before(t, trial, &t->question, now) || !present(trial, a->presented))
		return;
	const bool for_host = is_for_host(a, trial->o, leaf);
	if (!for_host)
		t->question.presented = 0;
	extend(t, trial, for_host, &t->question);
}

/* Do the rule's CAs make it good, and nothing else? A TLSA record is an anchor, too (DANE); on the private copy there is none. */
static bool passes_by_rule(struct trust *t, struct trial *trial, bool dane)
{
	struct outcome ruled = {0};
	const int good = presented_copy(&trial->presented, trial->o, trial->ctx)
			     ? try_rule(t, trial, t->trusted, &ruled)
			     : -1;
	return good >= (dane ? 1 : 0) && !ruled.distrusted;
}

/* Whatever else is wrong: is it one of the rule's CAs that the chain leads to? */
static bool leads_to_rule(struct trust *t, struct trial *trial)
{
	struct outcome ruled = {0};
	const int good = presented_copy(&trial->presented, trial->o, trial->ctx)
			     ? try_rule(t, trial, t->trusted, &ruled)
			     : -1;
	return good == 1 || (good == 0 && ruled.error != 0 && !trust_wants_anchor(ruled.error));
}

/* OnlyCAFile: the client's own store counts for nothing, whatever it says, but for what it distrusts. Where the file cannot be used,
 * or the leaf is not for this host, or memory runs out, nothing is trusted. */
static void confine(struct trust *t, struct trial *trial, bool for_host, bool dane)
{
	bool usable = t->anchors && gather(t, trial);
	/* where it is another CA, the name is not what is wrong first */
	t->name_refused = usable && !for_host && leads_to_rule(t, trial);
	usable = usable && for_host;
	if (usable && (t->distrust.all || dane))
		usable = passes_by_rule(t, trial, dane);
	if (!usable || !switch_context(t, trial->ctx, t->trusted)) {
		t->trusted = NULL;
		trust_close(trial->o, trial->ctx);
	}
}

const struct setting *trust_of(const struct rule *rule)
{
	if (rule->closed)
		return rule->closed;
	return rule->set[KEY_ONLY_CA_FILE] ? rule->set[KEY_ONLY_CA_FILE]
					   : rule->set[KEY_EXTRA_CA_FILE];
}

bool trust_is_strict(const struct rule *rule)
{
	return rule->closed || rule->set[KEY_ONLY_CA_FILE];
}

static void decide(struct trust *t, struct trial *trial, const struct trust_asked *a, X509 *leaf)
{
	const struct rule *rule = a->rule;
	const uint64_t now = clock_monotonic_ms();
	t->client_untrusted = later(trial->o)->X509_STORE_CTX_get0_untrusted(trial->ctx);
	if (rule->closed)
		t->problem = setting_closed_why(rule->closed);
	else
		t->anchors = anchors_acquire_at(t->copy, t->setting, now, &t->problem);
	if (trust_is_strict(rule))
		confine(t, trial, is_for_host(a, trial->o, leaf),
			a->ssl && openssl_uses_dane(trial->o, a->ssl));
	else if (t->anchors)
		extend_unless_known(t, trial, a, leaf, now);
	presented_free(&trial->presented, trial->o);
}

void trust_begin(struct trust *t, const struct trust_asked *a)
{
	const struct openssl *o = copy_api(a->copy);
	struct trial trial = {.o = o, .ctx = a->ctx, .verify = a->verify};
	memset(t, 0, sizeof *t);
	t->copy = a->copy;
	t->setting = trust_of(a->rule);
	X509 *leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(a->ctx) : NULL;
	if (!t->setting)
		return;
	if (!leaf || !later(o)->X509_STORE_CTX_get0_untrusted ||
	    !later(o)->X509_STORE_CTX_set0_untrusted) {
		if (trust_is_strict(a->rule))
			trust_close(o, a->ctx);
		return;
	}
	decide(t, &trial, a, leaf);
}

void trust_missed(struct trust *t)
{
	found_now(&t->question, FOUND_NOTHING);
}

void trust_end(struct trust *t, X509_STORE_CTX *ctx)
{
	const struct openssl *o = copy_api(t->copy);
	if (t->switched)
		later(o)->X509_STORE_CTX_set0_untrusted(ctx, t->client_untrusted);
	/* There is no way back to the client's store, but a context that is used once more without being initialised must not go
	 * on with the rule's anchors, for another leaf perhaps: it has none from here on. */
	if (t->switched && t->trusted)
		trust_close(o, ctx);
	trust_drop(t);
}

void trust_drop(struct trust *t)
{
	const struct openssl *o = copy_api(t->copy);
	distrust_free(&t->distrust, o);
	anchors_release(t->anchors);
}
