/* SPDX-License-Identifier: ISC
 *
 * "Would this help?" is tried before it is said (causes.md#anchor): another path, the chain's own top as an anchor, the wanted root out of the
 * system's bundle. Only where a verification has failed, and bounded.
 */
#include "certificate.h"
#include <tlsmend/vocabulary.h>

#include <string.h>

enum {
	PATH_MAX_DEPTH = 8,
	PATH_MAX_VISITS = 256,
	PATH_MAX_TRIALS = 3,
};

struct attempt {
	struct evidence *e;
	const struct openssl *o;
	const struct evidence_trial *trial;
	OPENSSL_STACK *untrusted;                    /* the caller's: what the peer sent */
	OPENSSL_STACK *chain;                        /* the caller's: what OpenSSL built */
	X509 *top;                                   /* the last certificate of the chain */
	X509 *sent[EVIDENCE_MAX_CERTIFICATES];       /* leaf first */
	uint8_t spki[EVIDENCE_MAX_CERTIFICATES][32]; /* SHA-256 of its public key */
	size_t count;
	bool anchored
	    [EVIDENCE_MAX_CERTIFICATES]; /* a root of the client's store fits as its issuer */
	size_t path[PATH_MAX_DEPTH + 1];
	size_t length;
	unsigned visits, path_trials, trials;
};

/* why, which may be NULL: OpenSSL's first objection. */
static enum tried passes_at(struct attempt *a, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted,
			    int level, struct verify_error *why)
{
	const struct openssl *o = a->o;
	bool good = false;
	if (++a->trials > EVIDENCE_TRIALS ||
	    !evidence_afford(a->e, LOOK_TRIALS,
			     budget_verification(o, a->sent[0], untrusted, a->e->verify_flags)))
		return TRIED_NOT;
	QUIET_BEGIN(o)
	good = a->trial->passes(a->trial->arg, trusted, untrusted, level, why);
	QUIET_END(o)
	return good ? TRIED_GOOD : TRIED_BAD;
}

static enum tried passes(struct attempt *a, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted)
{
	return passes_at(a, trusted, untrusted, EVIDENCE_SAME_LEVEL, NULL);
}

static bool issued(const struct openssl *o, X509 *issuer, X509 *subject)
{
	int code = -1;
	if (o->X509_NAME_cmp(o->X509_get_subject_name(issuer), o->X509_get_issuer_name(subject)) !=
	    0)
		return false;
	QUIET_BEGIN(o)
	code = o->X509_check_issued(issuer, subject);
	QUIET_END(o)
	return code == 0;
}

/* ---- another path ---------------------------------------------------------------------------------------- */
static bool is_sent(const struct attempt *a, X509 *x)
{
	size_t i;
	for (i = 0; i < a->count; i++) {
		if (a->o->X509_cmp(a->sent[i], x) == 0)
			return true;
	}
	return false;
}

static void collect_sent(struct attempt *a, X509 *leaf)
{
	const struct openssl *o = a->o;
	int i;
	evidence_spki(o, leaf, a->spki[0]);
	a->sent[a->count++] = leaf;
	for (i = 0; a->untrusted && i < o->OPENSSL_sk_num(a->untrusted) &&
		    a->count < EVIDENCE_MAX_CERTIFICATES;
	     i++) {
		X509 *x = o->OPENSSL_sk_value(a->untrusted, i);
		if (is_sent(a, x))
			continue;
		evidence_spki(o, x, a->spki[a->count]);
		a->sent[a->count++] = x;
	}
}

/* Under the store's lock, so nothing is verified here. */
static void find_anchored(struct attempt *a, X509_STORE *store)
{
	const struct openssl *o = a->o;
	size_t k;
	int i;
	if (!store || !later(o)->X509_STORE_get0_objects || !later(o)->X509_OBJECT_get_type ||
	    !later(o)->X509_OBJECT_get0_X509 || !later(o)->X509_STORE_lock ||
	    !later(o)->X509_STORE_unlock || later(o)->X509_STORE_lock(store) != 1)
		return;
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	int n = objects ? o->OPENSSL_sk_num(objects) : 0;
	if (!evidence_afford(a->e, LOOK_STORE, (unsigned)n * (unsigned)a->count / 20))
		n = 0;
	for (i = 0; i < n; i++) {
		X509_OBJECT *object = o->OPENSSL_sk_value(objects, i);
		if (later(o)->X509_OBJECT_get_type(object) != X509_LU_X509_)
			continue;
		for (k = 0; k < a->count; k++) {
			if (!a->anchored[k])
				a->anchored[k] =
				    issued(o, later(o)->X509_OBJECT_get0_X509(object), a->sent[k]);
		}
	}
	later(o)->X509_STORE_unlock(store);
}

/* What OpenSSL built itself, up to an anchor, is not another path: where it passes alone, it is the client that says no. */
static bool is_the_one_taken(const struct attempt *a)
{
	const struct openssl *o = a->o;
	const size_t n = a->chain ? (size_t)o->OPENSSL_sk_num(a->chain) : 0;
	size_t i;
	for (i = 0; i < a->length && i < n; i++) {
		if (o->X509_cmp(o->OPENSSL_sk_value(a->chain, (int)i), a->sent[a->path[i]]) != 0)
			return false;
	}
	return a->length == n ||
	       (a->length < n && !is_sent(a, o->OPENSSL_sk_value(a->chain, (int)a->length)));
}

static bool is_same_ca(const struct attempt *a, size_t i, size_t k)
{
	const struct openssl *o = a->o;
	return memcmp(a->spki[i], a->spki[k], sizeof a->spki[i]) == 0 &&
	       o->X509_NAME_cmp(o->X509_get_subject_name(a->sent[i]),
				o->X509_get_subject_name(a->sent[k])) == 0;
}

static bool try_path(struct attempt *a)
{
	const struct openssl *o = a->o;
	size_t i;
	if (is_the_one_taken(a) || a->path_trials++ >= PATH_MAX_TRIALS)
		return false;
	OPENSSL_STACK *untrusted = o->OPENSSL_sk_new_null();
	if (!untrusted)
		return false;
	for (i = 1; i < a->length; i++)
		o->OPENSSL_sk_push(untrusted, a->sent[a->path[i]]);
	bool good = passes(a, NULL, untrusted) == TRIED_GOOD;
	o->OPENSSL_sk_free(untrusted);
	return good;
}

/* The path ends in sent[last]. True: a valid one is found and stands in a->path. */
static bool search(struct attempt *a, size_t last)
{
	size_t i, k;
	if (++a->visits > PATH_MAX_VISITS)
		return false;
	a->path[a->length++] = last;
	if (a->anchored[last] && try_path(a))
		return true;
	for (i = 1; i < a->count && a->length < PATH_MAX_DEPTH; i++) {
		bool on_path = false;
		/* a CA that is on it already leads nowhere, with whichever of its certificates */
		for (k = 0; k < a->length; k++)
			on_path = on_path || a->path[k] == i || is_same_ca(a, a->path[k], i);
		if (!on_path && issued(a->o, a->sent[i], a->sent[last]) && search(a, i))
			return true;
	}
	a->length--;
	return false;
}

static void keep_path(struct attempt *a)
{
	struct evidence *e = a->e;
	size_t i;
	e->other_path = arena_alloc(&e->arena, a->length * sizeof *e->other_path);
	if (!e->other_path)
		return;
	for (i = 0; i < a->length; i++)
		evidence_certificate(e, a->o, a->sent[a->path[i]], FROM_PRESENTED,
				     &e->other_path[i]);
	e->other_path_count = a->length;
}

/* What a client demands of the leaf or by itself has nothing to do with the path. */
static bool depends_on_path(enum cause c)
{
	switch (c) {
	case CAUSE_NAME_MISMATCH:
	case CAUSE_ADDRESS_MISMATCH:
	case CAUSE_OCSP:
	case CAUSE_PINNED_ELSEWHERE:
	case CAUSE_SCTS_MISSING:
	case CAUSE_CLIENT_REFUSED:
		return false;
	default:
		return true;
	}
}

/* One certificate leaves no choice, and a faulty leaf is on every path. */
static void try_other_path(struct attempt *a, X509_STORE *store, enum cause cause)
{
	if (!a->trial || !depends_on_path(cause) || a->count < 2 ||
	    (a->e->presented_count > 0 && a->e->presented[0].malformed))
		return;
	find_anchored(a, store);
	if (search(a, 0))
		keep_path(a);
}

/* ---- a further anchor ---------------------------------------------------------------------------------------- */
static enum tried try_anchor(struct attempt *a, X509 *anchor, struct verify_error *why)
{
	const struct openssl *o = a->o;
	OPENSSL_STACK *trusted = a->trial ? o->OPENSSL_sk_new_null() : NULL;
	enum tried result = TRIED_NOT;
	if (!trusted)
		return result;
	if (o->OPENSSL_sk_push(trusted, anchor) > 0)
		result = passes_at(a, trusted, a->untrusted, EVIDENCE_SAME_LEVEL, why);
	o->OPENSSL_sk_free(trusted);
	return result;
}

/* ---- what the client has beside roots --------------------------------------------------------------------- */
/* A root of the client's that issued one of the sent certificates; owned by the caller. NULL: none is found. */
static X509 *stored_root(struct attempt *a, X509_STORE *store)
{
	const struct openssl *o = a->o;
	X509 *found = NULL;
	size_t k;
	int i;
	if (!store || !later(o)->X509_up_ref || !later(o)->X509_STORE_get0_objects ||
	    !later(o)->X509_OBJECT_get_type || !later(o)->X509_OBJECT_get0_X509 ||
	    !later(o)->X509_STORE_lock || !later(o)->X509_STORE_unlock ||
	    later(o)->X509_STORE_lock(store) != 1)
		return NULL;
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	int n = objects ? o->OPENSSL_sk_num(objects) : 0;
	if (!evidence_afford(a->e, LOOK_STORE, (unsigned)n * (unsigned)a->count / 20))
		n = 0;
	for (i = 0; i < n && !found; i++) {
		X509_OBJECT *object = o->OPENSSL_sk_value(objects, i);
		X509 *x = later(o)->X509_OBJECT_get_type(object) == X509_LU_X509_
			      ? later(o)->X509_OBJECT_get0_X509(object)
			      : NULL;
		for (k = 1; x && k < a->count && !found; k++) {
			if (issued(o, x, a->sent[k]) && issued(o, x, x) &&
			    later(o)->X509_up_ref(x) == 1)
				found = x;
		}
	}
	later(o)->X509_STORE_unlock(store);
	return found;
}

/* A stored copy of an intermediate stands before the one that was sent. Would the chain do without it? */
static void try_without_stored(struct attempt *a, X509_STORE *store)
{
	const struct openssl *o = a->o;
	struct evidence *e = a->e;
	const int n = a->chain ? o->OPENSSL_sk_num(a->chain) : 0;
	bool stored = false;
	for (int i = 1; i < n; i++)
		stored = stored || !is_sent(a, o->OPENSSL_sk_value(a->chain, i));
	X509 *root = stored && a->count > 1 ? stored_root(a, store) : NULL;
	if (!root)
		return;
	struct cert_info *info = arena_alloc(&e->arena, sizeof *info);
	if (info && try_anchor(a, root, NULL) == TRIED_GOOD) {
		evidence_certificate(e, o, root, FROM_STORE, info);
		e->root_alone = info;
	}
	o->X509_free(root);
}

/* A root that issued the top: by its key, where that can be told. One that is no root itself proves that an intermediate is missing. */
static bool wanted_by_top(void *arg, X509 *x)
{
	const struct attempt *a = arg;
	const struct openssl *o = a->o;
	struct evidence *e = a->e;
	if (!issued(o, x, a->top) || evidence_signed_by(e, o, x, a->top) == TRIED_BAD)
		return false;
	if (issued(o, x, x))
		return true;
	if (!e->known_intermediate &&
	    (e->known_intermediate = arena_alloc(&e->arena, sizeof *e->known_intermediate)) != NULL)
		evidence_certificate(e, o, x, FROM_STORE, e->known_intermediate);
	return false;
}

static void try_system_bundle(struct attempt *a)
{
	const struct openssl *o = a->o;
	struct evidence *e = a->e;
	const char *path = NULL;
	const struct look_for wanted = {o->X509_get_issuer_name(a->top), wanted_by_top, a};
	X509 *root = evidence_from_bundle(e, o, &wanted, &path);
	if (e->known_intermediate)
		e->system_file = arena_strdup(&e->arena, path);
	if (!root)
		return;
	e->system_root = arena_alloc(&e->arena, sizeof *e->system_root);
	if (e->system_root) {
		evidence_certificate(e, o, root, FROM_STORE, e->system_root);
		e->system_root->in_system_bundle = true;
		e->system_file = arena_strdup(&e->arena, path);
		e->system_tried = try_anchor(a, root, &e->system_objection);
	}
	o->X509_free(root);
}

/* What was sent above the top, which OpenSSL leaves alone where the top is out of the client's store: the missing CA stands above that. */
static X509 *highest_sent(const struct attempt *a)
{
	X509 *x = a->top;
	size_t steps, i;
	for (steps = 1; steps < a->count; steps++) {
		for (i = 1; i < a->count; i++) {
			if (issued(a->o, a->sent[i], x) && !issued(a->o, a->sent[i], a->sent[i]))
				break;
		}
		if (i == a->count)
			break;
		x = a->sent[i];
	}
	return x;
}

/* What was sent, and the top, which a chain that goes on above it needs in any case. Owned by the caller. */
static OPENSSL_STACK *sent_and_top(const struct attempt *a)
{
	const struct openssl *o = a->o;
	OPENSSL_STACK *all = o->OPENSSL_sk_new_null();
	for (size_t i = 1; all && i < a->count; i++)
		o->OPENSSL_sk_push(all, a->sent[i]);
	if (all)
		o->OPENSSL_sk_push(all, a->top);
	return all;
}

/* The CA above all that is known is not at hand. Would the chain be good with any? OpenSSL looks at the rest of it when the highest one is
 * taken for an anchor; not where revocation is looked at, which wants that CA. */
static void try_stand_in(struct attempt *a)
{
	enum { CRL_CHECK = 0x4 | 0x8 };
	const struct openssl *o = a->o;
	if (!a->trial ||
	    ((a->e->verify_flags & CRL_CHECK) != 0 && a->e->framework != FRAMEWORK_DOTNET))
		return;
	/* 1.0.2 looks for an anchor that is no root in the store only, whatever stack it was given */
	if (o->version < 0x10100000UL)
		return;
	OPENSSL_STACK *trusted = o->OPENSSL_sk_new_null();
	OPENSSL_STACK *untrusted = sent_and_top(a);
	if (trusted && untrusted && o->OPENSSL_sk_push(trusted, highest_sent(a)) > 0)
		a->e->stand_in_tried = passes_at(a, trusted, untrusted, EVIDENCE_STAND_IN, NULL);
	if (trusted)
		o->OPENSSL_sk_free(trusted);
	if (untrusted)
		o->OPENSSL_sk_free(untrusted);
}

/* ---- a lower security level ------------------------------------------------------------------------------- */
static void try_levels(struct attempt *a)
{
	struct evidence *e = a->e;
	int level;
	if (!a->trial || e->security_level <= 0)
		return;
	for (level = e->security_level > 2 ? 2 : e->security_level - 1; level >= 0; level--) {
		e->level_tried = passes_at(a, NULL, a->untrusted, level, NULL);
		e->level_enough = level;
		if (e->level_tried != TRIED_BAD)
			return;
	}
}

static bool is_about_strength(enum cause c)
{
	return c == CAUSE_WEAK_KEY || c == CAUSE_WEAK_DIGEST;
}

void evidence_try(struct evidence *e, const struct openssl *o, const struct chain_parts *parts,
		  const struct evidence_trial *t)
{
	OPENSSL_STACK *chain = parts->chain;
	const int n = chain ? o->OPENSSL_sk_num(chain) : 0;
	const struct cert_info *top =
	    e->chain_count > 0 ? &e->chain[e->chain_count - 1] : e->presented;
	const struct verify_error first = evidence_headline(e);
	struct attempt *a;
	if (!parts->leaf || !top || first.code == 0 || !(a = arena_alloc(&e->arena, sizeof *a)))
		return;
	a->e = e;
	a->o = o;
	a->trial = t;
	a->untrusted = parts->presented;
	a->chain = chain;
	a->top = n > 0 ? o->OPENSSL_sk_value(chain, n - 1) : parts->leaf;
	collect_sent(a, parts->leaf);
	enum cause cause = verify_symbol_cause(verify_symbol(first.code, e->version));
	try_other_path(a, parts->store, cause);
	if (e->other_path_count == 0 && depends_on_path(cause))
		try_without_stored(a, parts->store);
	if (e->other_path_count == 0 && !e->root_alone && is_about_strength(cause))
		try_levels(a);
	if (e->other_path_count > 0 || !cause_trust_may_act(cause))
		return;
	evidence_store_files(e, o, a->top, top, parts->store);
	if (!e->renewed)
		try_system_bundle(a);
	if (top->self_signed)
		e->top_tried = try_anchor(a, a->top, NULL);
	else if (!e->system_root)
		try_stand_in(a);
}
