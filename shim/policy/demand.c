/* SPDX-License-Identifier: ISC
 *
 * What a rule demands of a chain, whatever the client makes of it (EnforceVerification, PinSHA256): a verification of our own, on
 * contexts of our own, that no callback, mode or flag of the client's can waive. It can only refuse: a chain that the client itself
 * does not accept stays refused.
 *
 * Anchors are those that would count for this host with verification on: OnlyCAFile, else the client's store and then ExtraCAFile; and
 * where the client never named one, because it did not mean to verify, the machine's own store. A pin is worth something where the
 * handshake itself proves the possession of its key, which is the leaf's, or in a chain that was verified so, for this host: a
 * certificate that merely was sent along proves nothing.
 */
#include <string.h>

#include <tlsmend/apply.h>

#include "internal.h"
#include "private.h"

enum {
	FLAG_USE_CHECK_TIME = 0x2,
	FLAG_IGNORE_CRITICAL = 0x10,
	FLAG_ALLOW_PROXY_CERTS = 0x40,
	FLAG_PARTIAL_CHAIN = 0x80000,
	FLAG_NO_CHECK_TIME = 0x200000,
	WAIVERS = FLAG_USE_CHECK_TIME | FLAG_IGNORE_CRITICAL | FLAG_ALLOW_PROXY_CERTS |
		  FLAG_NO_CHECK_TIME,
	CHECK_NO_PARTIAL_WILDCARDS = 0x4,
	PURPOSE_SSL_SERVER = 2,
	TRUST_SSL_SERVER = 3,
	UNSPECIFIED = 1,
	OUT_OF_MEMORY = 17,
	APPLICATION_VERIFICATION = 50,
	OPENSSL_DEPTH = 100,
};

bool demand_exists(const struct rule *rule)
{
	return rule->closed || rule->set[KEY_PIN_SHA256] || rule->set[KEY_ENFORCE_VERIFICATION];
}

/* ---- pins ----------------------------------------------------------------------------------------------------- */

static bool is_pinned(const struct openssl *o, X509 *x, const char *pins)
{
	unsigned char *der = NULL;
	uint8_t hash[PIN_BYTES];
	unsigned size = 0;
	QUIET_BEGIN(o)
	int n = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	if (n <= 0 || !der || !o->EVP_Digest(der, (size_t)n, hash, &size, o->EVP_sha256(), NULL))
		size = 0;
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
	return size == PIN_BYTES && pins_have(pins, hash);
}

static bool chain_is_pinned(const struct openssl *o, const X509_STORE_CTX *ctx, const char *pins)
{
	OPENSSL_STACK *chain = ctx && later(o)->X509_STORE_CTX_get0_chain
				   ? later(o)->X509_STORE_CTX_get0_chain(ctx)
				   : NULL;
	int n = chain ? o->OPENSSL_sk_num(chain) : 0;
	for (int i = 0; i < n; i++)
		if (is_pinned(o, o->OPENSSL_sk_value(chain, i), pins))
			return true;
	return false;
}

/* ---- one verification of ours ------------------------------------------------------------------------------------ */

static int as_found(int ok, X509_STORE_CTX *ctx)
{
	(void)ctx;
	return ok;
}

/* 1.0.1 verifies chains only. */
static bool has_names(const struct openssl *o)
{
	return later(o)->X509_VERIFY_PARAM_set1_host != NULL;
}

static bool name_is_good(const struct openssl *o, const struct demand_view *w, X509_STORE_CTX *ctx)
{
	enum { HOSTNAME_MISMATCH = 62, ADDRESS_MISMATCH = 64 };
	if (has_names(o) || leaf_is_for(o, w->leaf, w->name))
		return true;
	o->X509_STORE_CTX_set_error(ctx, host_is_address(w->name) ? ADDRESS_MISMATCH
								  : HOSTNAME_MISMATCH);
	return false;
}

/* The client's parameters without what waives anything, for a TLS server of that name. */
static X509_VERIFY_PARAM *parameters(const struct openssl *o, const struct demand_view *w,
				     X509_STORE_CTX *ctx, bool own_anchors)
{
	X509_VERIFY_PARAM *param = o->X509_VERIFY_PARAM_new();
	unsigned long flags = o->X509_VERIFY_PARAM_get_flags(w->param) |
			      o->X509_VERIFY_PARAM_get_flags(o->X509_STORE_CTX_get0_param(ctx));
	if (!param)
		return NULL;
	flags &= ~(unsigned long)(WAIVERS | (own_anchors ? FLAG_PARTIAL_CHAIN : 0));
	/* what an SSL leaves open (its depth) the store or OpenSSL's defaults say */
	bool good = o->X509_VERIFY_PARAM_inherit(param, w->param) == 1 &&
		    o->X509_VERIFY_PARAM_inherit(param, o->X509_STORE_CTX_get0_param(ctx)) == 1;
	o->X509_VERIFY_PARAM_clear_flags(param, ~flags);
	o->X509_VERIFY_PARAM_set_flags(param, flags);
	good = good && o->X509_VERIFY_PARAM_set_purpose(param, PURPOSE_SSL_SERVER) == 1 &&
	       o->X509_VERIFY_PARAM_set_trust(param, TRUST_SSL_SERVER) == 1 &&
	       (!has_names(o) || repair_param(o, param, KEY_EXPECT_NAME, w->name));
	if (later(o)->X509_VERIFY_PARAM_set_hostflags)
		later(o)->X509_VERIFY_PARAM_set_hostflags(param, CHECK_NO_PARTIAL_WILDCARDS);
	if (w->unverified && later(o)->X509_VERIFY_PARAM_set_depth)
		later(o)->X509_VERIFY_PARAM_set_depth(param, OPENSSL_DEPTH);
	if (w->level >= 0 && later(o)->X509_VERIFY_PARAM_set_auth_level)
		later(o)->X509_VERIFY_PARAM_set_auth_level(param, w->level);
	if (w->rule->set[KEY_TRUSTED_FIRST] && w->rule->set[KEY_TRUSTED_FIRST]->number)
		repair_param(o, param, KEY_TRUSTED_FIRST, NULL);
	if (w->rule->set[KEY_STRICT])
		repair_param(o, param, KEY_STRICT, NULL);
	if (good)
		return param;
	o->X509_VERIFY_PARAM_free(param);
	return NULL;
}

static X509_STORE_CTX *context(const struct openssl *o, const struct demand_view *w,
			       X509_STORE *store, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted)
{
	X509_STORE_CTX *ctx = o->X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param = NULL;
	if (ctx && o->X509_STORE_CTX_init(ctx, store, w->leaf, untrusted) == 1)
		param = parameters(o, w, ctx, trusted || store != w->store);
	if (!param) {
		if (ctx)
			o->X509_STORE_CTX_free(ctx);
		return NULL;
	}
	o->X509_STORE_CTX_set0_param(ctx, param);
	o->X509_STORE_CTX_set_verify_cb(ctx, as_found);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	return ctx;
}

/* Of several failures the one that got furthest is kept: want of an anchor says the least. */
static bool attempt(struct demand_look *l, const struct demand_view *w, X509_STORE *store,
		    OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted)
{
	const struct openssl *o = copy_api(w->copy);
	bool good = false;
	QUIET_BEGIN(o)
	X509_STORE_CTX *ctx = context(o, w, store, trusted, untrusted);
	if (ctx) {
		good = w->verify(ctx) == 1 && o->X509_STORE_CTX_get_error(ctx) == 0 &&
		       name_is_good(o, w, ctx);
		int error = good ? 0 : o->X509_STORE_CTX_get_error(ctx);
		error = good || error ? error : UNSPECIFIED;
		if (!l->ctx || good || trust_wants_anchor(l->error)) {
			X509_STORE_CTX *other = l->ctx;
			l->ctx = ctx;
			l->by_rule = trusted != NULL;
			l->error = error;
			ctx = other;
		}
		if (ctx)
			o->X509_STORE_CTX_free(ctx);
	} else if (!l->ctx) {
		l->error = OUT_OF_MEMORY;
	}
	QUIET_END(o)
	return good;
}

/* Has the client loaded any certificate? What lies in a directory is only there once it was looked up. */
static bool has_anchors(const struct openssl *o, X509_STORE *store)
{
	bool found = false;
	if (!store || !later(o)->X509_STORE_get0_objects || !later(o)->X509_OBJECT_get_type ||
	    !later(o)->X509_STORE_lock || !later(o)->X509_STORE_unlock ||
	    later(o)->X509_STORE_lock(store) != 1)
		return false;
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	for (int i = 0; objects && !found && i < o->OPENSSL_sk_num(objects); i++)
		found = later(o)->X509_OBJECT_get_type(o->OPENSSL_sk_value(objects, i)) ==
			X509_LU_X509_;
	later(o)->X509_STORE_unlock(store);
	return found;
}

/* With the CA file of the rule. */
static bool attempt_rule(struct demand_look *l, const struct demand_view *w, X509_STORE *store,
			 const struct setting *s)
{
	const struct openssl *o = copy_api(w->copy);
	l->anchors = anchors_acquire(w->copy, s, &l->problem);
	if (!l->anchors) {
		l->problem_of = s->value;
		return false;
	}
	const bool usable = rule_stacks(&l->distrust, o, store, w->leaf, w->untrusted, l->anchors);
	return usable && attempt(l, w, store, l->distrust.trusted, l->distrust.untrusted);
}

static const char no_store[] =
    "this client loaded no CA certificate, and there is none where OpenSSL looks by default; name "
    "the CA by ExtraCAFile";

static bool verified(struct demand_look *l, const struct demand_view *w)
{
	const struct openssl *o = copy_api(w->copy);
	const struct rule *rule = w->rule;
	if (!w->name) {
		l->problem = "the name of the host is not known";
		return false;
	}
	/* one with functions of the client's own is as good as none here: they must not be called more often than without us */
	bool plain = w->store && trust_store_is_plain(o, w->store);
	const bool own = w->store && (w->store_is_meant || has_anchors(o, w->store));
	if (!plain && own && !rule->set[KEY_ONLY_CA_FILE]) {
		l->problem = "the client's trust store has functions of its own, so that nothing "
			     "can be verified with it; name the CA by OnlyCAFile";
		return false;
	}
	if (!plain && !(l->system = system_store_acquire(w->copy))) {
		l->problem = no_store;
		return false;
	}
	X509_STORE *store = plain ? w->store : l->system->store;
	if (rule->set[KEY_ONLY_CA_FILE])
		return attempt_rule(l, w, store, rule->set[KEY_ONLY_CA_FILE]);
	if (attempt(l, w, store, NULL, w->untrusted))
		return true;
	/* as trust.c has it: what is wrong beyond a missing anchor is wrong with the rule's, too */
	if (rule->set[KEY_EXTRA_CA_FILE] && trust_wants_anchor(l->error) &&
	    attempt_rule(l, w, store, rule->set[KEY_EXTRA_CA_FILE]))
		return true;
	if (!plain || own)
		return false;
	l->system = system_store_acquire(w->copy);
	if (!l->system && !rule->set[KEY_EXTRA_CA_FILE])
		l->problem = no_store;
	return l->system && attempt(l, w, l->system->store, NULL, w->untrusted);
}

/* ---- the decision ------------------------------------------------------------------------------------------------- */

bool demand_is_met(const struct demand_view *w, struct demand_look *l)
{
	const struct openssl *o = copy_api(w->copy);
	const struct rule *rule = w->rule;
	const char *pins = rule->set[KEY_PIN_SHA256] ? rule->set[KEY_PIN_SHA256]->value : NULL;
	*l = (struct demand_look){.copy = w->copy, .error = APPLICATION_VERIFICATION};
	if (rule->closed) {
		l->setting = rule->closed;
		l->problem = setting_closed_why(rule->closed);
		return false;
	}
	l->setting = rule->set[KEY_ENFORCE_VERIFICATION] ? rule->set[KEY_ENFORCE_VERIFICATION]
							 : rule->set[KEY_PIN_SHA256];
	if (!w->leaf) {
		l->problem = "the server showed no certificate";
		return false;
	}
	bool leaf = pins && is_pinned(o, w->leaf, pins);
	if (leaf && !rule->set[KEY_ENFORCE_VERIFICATION])
		return true;
	bool good = verified(l, w);
	if (!pins || leaf || chain_is_pinned(o, l->ctx, pins))
		return good;
	l->setting = rule->set[KEY_PIN_SHA256];
	l->pin_missed = true;
	l->error = APPLICATION_VERIFICATION;
	return false;
}

bool demand_is_met_as(const struct demand_view *w, const char *name)
{
	struct demand_view other = *w;
	struct demand_look l;
	other.name = name;
	bool met = demand_is_met(&other, &l);
	demand_look_free(&l);
	return met;
}

void demand_look_free(struct demand_look *l)
{
	const struct openssl *o = copy_api(l->copy);
	QUIET_BEGIN(o)
	if (l->ctx)
		o->X509_STORE_CTX_free(l->ctx);
	QUIET_END(o)
	distrust_free(&l->distrust, o);
	anchors_release(l->anchors);
	system_store_release(l->system);
}
