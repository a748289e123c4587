/* SPDX-License-Identifier: ISC
 *
 * Trust for one host only. The untouched verification comes first, on a private copy of the context; only where it fails for want of
 * an anchor, and the leaf is valid for the host, is the whole verification tried again with the rule's certificates; and only where
 * that passes is the client's own context switched, so that OpenSSL itself, with the client's own parameters, has the last word.
 * No check is ever skipped, and the client's store and SSL_CTX are never changed (DESIGN 2.4).
 */
#include <string.h>

#include <tlsmend/apply.h>

#include "../openssl/versions.h"
#include "internal.h"

enum {
	ERROR_UNABLE_TO_GET_ISSUER = 2,
	ERROR_DEPTH_ZERO_SELF_SIGNED = 18,
	ERROR_SELF_SIGNED_IN_CHAIN = 19,
	ERROR_UNABLE_TO_GET_ISSUER_LOCALLY = 20,
	ERROR_UNABLE_TO_VERIFY_LEAF = 21,
	CHECK_NO_PARTIAL_WILDCARDS = 0x4,
};

/* ---- private copies ----------------------------------------------------------------------------------------- */

/* Functions of the client's own in its store would run more often than without us. */
bool trust_store_is_plain(const struct openssl *o, const X509_STORE *store)
{
	typedef void *getter(const X509_STORE *);
	getter *const getters[] = {
	    o->X509_STORE_get_verify,       o->X509_STORE_get_get_issuer,
	    o->X509_STORE_get_check_issued, o->X509_STORE_get_check_revocation,
	    o->X509_STORE_get_get_crl,      o->X509_STORE_get_check_crl,
	    o->X509_STORE_get_cert_crl,     o->X509_STORE_get_check_policy,
	    o->X509_STORE_get_lookup_certs, o->X509_STORE_get_lookup_crls,
	    o->X509_STORE_get_cleanup,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(getters); i++)
		if (getters[i] && getters[i](store))
			return false;
	return true;
}

/* The context works from its store, not from a trusted stack that the client gave it. */
static bool context_is_plain(const struct openssl *o, X509_STORE_CTX *ctx, X509_STORE_CTX *copy)
{
	return (!o->X509_STORE_CTX_get_get_issuer ||
		o->X509_STORE_CTX_get_get_issuer(ctx) == o->X509_STORE_CTX_get_get_issuer(copy)) &&
	       (!o->X509_STORE_CTX_get_lookup_certs ||
		o->X509_STORE_CTX_get_lookup_certs(ctx) ==
		    o->X509_STORE_CTX_get_lookup_certs(copy));
}

/* All parameters as they are, the flags to the bit. */
static bool copy_parameters(const struct openssl *o, X509_STORE_CTX *ctx, X509_STORE_CTX *copy)
{
	const X509_VERIFY_PARAM *from = o->X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM *param = o->X509_VERIFY_PARAM_new();
	if (!param)
		return false;
	if (!o->X509_VERIFY_PARAM_inherit(param, from)) {
		o->X509_VERIFY_PARAM_free(param);
		return false;
	}
	unsigned long flags = o->X509_VERIFY_PARAM_get_flags(from);
	o->X509_VERIFY_PARAM_clear_flags(param, ~flags);
	o->X509_VERIFY_PARAM_set_flags(param, flags);
	o->X509_STORE_CTX_set0_param(copy, param);
	return true;
}

static int always_as_found(int ok, X509_STORE_CTX *ctx)
{
	(void)ctx;
	return ok;
}

X509_STORE_CTX *trust_private_copy(const struct openssl *o, X509_STORE_CTX *ctx,
				   OPENSSL_STACK *untrusted)
{
	X509_STORE_CTX *copy = NULL;
	if (!o->X509_STORE_CTX_get0_store || !o->X509_STORE_CTX_get0_cert ||
	    !o->X509_STORE_CTX_set0_trusted_stack)
		return NULL;
	X509_STORE *store = o->X509_STORE_CTX_get0_store(ctx);
	X509 *leaf = o->X509_STORE_CTX_get0_cert(ctx);
	if (!store || !leaf || !trust_store_is_plain(o, store))
		return NULL;
	QUIET_BEGIN(o)
	copy = o->X509_STORE_CTX_new();
	if (copy && (!o->X509_STORE_CTX_init(copy, store, leaf, untrusted) ||
		     !context_is_plain(o, ctx, copy) || !copy_parameters(o, ctx, copy))) {
		o->X509_STORE_CTX_free(copy);
		copy = NULL;
	}
	if (copy)
		o->X509_STORE_CTX_set_verify_cb(copy, always_as_found);
	QUIET_END(o)
	return copy;
}

/* ---- one trial -------------------------------------------------------------------------------------------------- */

struct trial {
	const struct openssl *o;
	X509_STORE_CTX *ctx;
	verify_fn *verify;
	unsigned long without; /* flags of the client's that do not count here */
	bool
	    untouched; /* as the client would verify it: what it looks at first, the client would have looked at */
};

/* What one trial showed. */
struct outcome {
	int error;
	bool malformed; /* the certificate at the error has an extension that does not parse */
};

static bool is_malformed(const struct openssl *o, X509 *x)
{
	return x && o->X509_get_extension_flags && o->X509_get_extension_flags(x) & EXFLAG_INVALID_;
}

/* OpenSSL looks at a certificate's extensions once, keeps what it found, and puts what does not parse into the error queue that one
 * time. Where that time is ours, the entries stay: the client would have had them (tests/corpora/trust). */
static bool parsing_failed(const struct openssl *o)
{
	enum { LIBRARY_X509V3 = 34 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == LIBRARY_X509V3;
}

/* Verifies a private copy. trusted NULL: with the client's store. Returns 1: good; 0: bad; -1: could not be tried.  */
static int try_chain(const struct trial *t, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted,
		     struct outcome *out)
{
	const struct openssl *o = t->o;
	X509_STORE_CTX *copy = trust_private_copy(o, t->ctx, untrusted);
	int good = -1;
	if (!copy)
		return -1;
	const struct quiet quiet = openssl_quiet_begin(o);
	if (trusted)
		o->X509_STORE_CTX_set0_trusted_stack(copy, trusted);
	o->X509_VERIFY_PARAM_clear_flags(o->X509_STORE_CTX_get0_param(copy), t->without);
	good = t->verify(copy) == 1 && o->X509_STORE_CTX_get_error(copy) == 0;
	out->error = o->X509_STORE_CTX_get_error(copy);
	out->malformed = is_malformed(o, o->X509_STORE_CTX_get_current_cert(copy));
	o->X509_STORE_CTX_free(copy);
	if (t->untouched && (out->malformed || parsing_failed(o)))
		openssl_quiet_keep(o, &quiet);
	else
		openssl_quiet_end(o, &quiet);
	return good;
}

int trust_passes(const struct openssl *o, X509_STORE_CTX *ctx, verify_fn *verify)
{
	struct outcome seen = {0};
	const struct trial t = {.o = o, .ctx = ctx, .verify = verify, .untouched = true};
	return o->X509_STORE_CTX_get0_untrusted
		   ? try_chain(&t, NULL, o->X509_STORE_CTX_get0_untrusted(ctx), &seen)
		   : -1;
}

bool trust_wants_anchor(int error)
{
	return error == ERROR_UNABLE_TO_GET_ISSUER || error == ERROR_DEPTH_ZERO_SELF_SIGNED ||
	       error == ERROR_SELF_SIGNED_IN_CHAIN || error == ERROR_UNABLE_TO_GET_ISSUER_LOCALLY ||
	       error == ERROR_UNABLE_TO_VERIFY_LEAF;
}

/* The presented certificates and the rule's intermediates, in a stack of our own. */
OPENSSL_STACK *trust_untrusted_with(const struct openssl *o, OPENSSL_STACK *presented,
				    const struct anchors *a)
{
	OPENSSL_STACK *all = NULL;
	QUIET_BEGIN(o)
	all = presented ? o->OPENSSL_sk_dup(presented) : o->OPENSSL_sk_new_null();
	for (int i = 0; all && i < o->OPENSSL_sk_num(a->intermediates); i++)
		o->OPENSSL_sk_push(all, o->OPENSSL_sk_value(a->intermediates, i));
	QUIET_END(o)
	return all;
}

/* ---- for which host ---------------------------------------------------------------------------------------------- */

static bool leaf_is_for(const struct openssl *o, X509 *leaf, const char *host)
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

/* iPAddress of a certificate: 4 or 16 bytes (RFC 5280 section 4.2.1.6). */
static bool address_text(const unsigned char *data, size_t n, char out[256])
{
	struct address a = {.v4 = n == 4};
	if (n != 4 && n != 16)
		return false;
	memcpy(a.bytes, data, n);
	address_format(&a, out);
	return true;
}

/* Calls `each` with every DNS name and address of the leaf until it returns true. */
static bool leaf_names(const struct openssl *o, X509 *leaf,
		       bool (*each)(void *arg, const char *name, bool address), void *arg)
{
	bool found = false;
	QUIET_BEGIN(o)
	OPENSSL_STACK *names = o->X509_get_ext_d2i(leaf, NID_subject_alt_name_, NULL, NULL);
	for (int i = 0; names && !found && i < o->OPENSSL_sk_num(names) && i < 1000; i++) {
		int type = 0;
		const ASN1_STRING *value =
		    o->GENERAL_NAME_get0_value(o->OPENSSL_sk_value(names, i), &type);
		if (type != GEN_DNS_ && type != GEN_IPADD_)
			continue;
		const unsigned char *data = o->ASN1_STRING_get0_data(value);
		size_t n = (size_t)o->ASN1_STRING_length(value);
		char name[256];
		if (type == GEN_DNS_ && n < sizeof name && !memchr(data, '\0', n)) {
			memcpy(name, data, n);
			name[n] = '\0';
			found = each(arg, name, false);
		} else if (type == GEN_IPADD_ && address_text(data, n, name)) {
			found = each(arg, name, true);
		}
	}
	if (names) {
		union {
			void (*free_name)(GENERAL_NAME *);
			void (*free_any)(void *);
		} f = {.free_name = o->GENERAL_NAME_free};
		o->OPENSSL_sk_pop_free(names, f.free_any);
	}
	QUIET_END(o)
	return found;
}

static bool falls_under(void *arg, const char *name, bool address)
{
	const struct setting *s = arg;
	return pattern_covers(s->pattern, name, address);
}

struct by_leaf {
	const struct policy *policy;
	struct rule *rule;
};

static bool has_trust_rule(void *arg, const char *name, bool address)
{
	struct by_leaf *b = arg;
	char host[256];
	/* `*.example.com` in a certificate: the rule of what it stands for */
	bool wildcard = strncmp(name, "*.", 2) == 0;
	char instance[256] = "x";
	if (wildcard && strlen(name) < sizeof instance - 1)
		memcpy(instance + 1, name + 1, strlen(name));
	if (!host_normalise(wildcard ? instance : name, host))
		return false;
	struct peer peer = {.host = host, .address = address ? host : NULL, .port = 0};
	policy_lookup(b->policy, &peer, clock_realtime_ms() / 1000, b->rule);
	const struct setting *s = b->rule->set[KEY_ONLY_CA_FILE] ? b->rule->set[KEY_ONLY_CA_FILE]
								 : b->rule->set[KEY_EXTRA_CA_FILE];
	return s && pattern_covers(s->pattern, name, address);
}

bool trust_rule_by_leaf(const struct openssl *o, X509 *leaf, const struct policy *p,
			struct rule *rule)
{
	struct by_leaf b = {.policy = p, .rule = rule};
	memset(rule, 0, sizeof *rule);
	if (leaf_names(o, leaf, has_trust_rule, &b))
		return true;
	memset(rule, 0, sizeof *rule);
	return false;
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
	const struct openssl *o = copy_api(t->copy);
	int index = binding_index(t->copy, INDEX_STORE_CTX_TRUST, NULL, drop_anchors), stored = 0;
	if (index < 0)
		return false;
	anchors_release(o->X509_STORE_CTX_get_ex_data(ctx, index));
	QUIET_BEGIN(o)
	stored = o->X509_STORE_CTX_set_ex_data(ctx, index, t->anchors);
	QUIET_END(o)
	if (stored == 1)
		anchors_retain(t->anchors);
	return stored == 1;
}

/* From here on the client's context works with the rule's certificates. trusted NULL: the client's own anchors. */
static void switch_context(struct trust *t, X509_STORE_CTX *ctx, OPENSSL_STACK *trusted)
{
	const struct openssl *o = copy_api(t->copy);
	if (trusted && !keep_alive(t, ctx))
		return;
	QUIET_BEGIN(o)
	o->X509_STORE_CTX_set0_untrusted(ctx, t->untrusted);
	if (trusted)
		o->X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	QUIET_END(o)
	t->switched = true;
}

/* A program that looks at every error in a callback of its own, as .NET does, and knows what to make of a status of revocation that nobody
 * told: it sees that, instead of a root that is not trusted. Everything else about the chain is good. */
static bool lacks_revocation_only(const struct trial *trial, OPENSSL_STACK *trusted,
				  OPENSSL_STACK *untrusted, int error)
{
	enum { UNABLE_TO_GET_CRL = 3, FLAGS_CRL_CHECK = 0x4 | 0x8 };
	const struct openssl *o = trial->o;
	struct outcome seen = {0};
	const struct trial without = {
	    .o = o, .ctx = trial->ctx, .verify = trial->verify, .without = FLAGS_CRL_CHECK};
	openssl_verify_cb *usual = NULL;
	if (error != UNABLE_TO_GET_CRL || !o->X509_STORE_CTX_get_verify_cb)
		return false;
	QUIET_BEGIN(o)
	X509_STORE_CTX *fresh = o->X509_STORE_CTX_new();
	if (fresh && o->X509_STORE_CTX_init(fresh, NULL, NULL, NULL))
		usual = o->X509_STORE_CTX_get_verify_cb(fresh);
	if (fresh)
		o->X509_STORE_CTX_free(fresh);
	QUIET_END(o)
	return usual && o->X509_STORE_CTX_get_verify_cb(trial->ctx) != usual &&
	       try_chain(&without, trusted, untrusted, &seen) == 1;
}

/* ExtraCAFile: only where the client's own store does not do. */
static void extend(struct trust *t, const struct trial *trial, bool for_host)
{
	struct outcome untouched = {0}, ruled = {0};
	const struct trial first = {
	    .o = trial->o, .ctx = trial->ctx, .verify = trial->verify, .untouched = true};
	if (try_chain(&first, NULL, t->client_untrusted, &untouched) != 0 ||
	    !trust_wants_anchor(untouched.error) || untouched.malformed)
		return;
	t->untrusted = trust_untrusted_with(trial->o, t->client_untrusted, t->anchors);
	if (!t->untrusted)
		return;
	bool good = trial->o->OPENSSL_sk_num(t->anchors->intermediates) > 0 &&
		    try_chain(trial, NULL, t->untrusted, &ruled) == 1;
	if (!good) {
		t->trusted = t->anchors->trusted;
		good = try_chain(trial, t->trusted, t->untrusted, &ruled) == 1;
	}
	good = good || lacks_revocation_only(trial, t->trusted, t->untrusted, ruled.error);
	/* the rule's trust would have got further: what is wrong beyond it is the cause */
	t->got_further = !good && ruled.error != 0 && !trust_wants_anchor(ruled.error);
	if (good && for_host)
		switch_context(t, trial->ctx, t->trusted);
	else
		t->name_refused = good;
}

/* An empty stack that outlives every context; one for each copy. */
static OPENSSL_STACK *no_certificates(struct copy *c)
{
	static _Atomic(OPENSSL_STACK *) empty[COPIES_MAX];
	const struct openssl *o = copy_api(c);
	OPENSSL_STACK *stack = atomic_load(&empty[c->slot]);
	if (stack)
		return stack;
	QUIET_BEGIN(o)
	OPENSSL_STACK *fresh = o->OPENSSL_sk_new_null();
	if (fresh && !atomic_compare_exchange_strong(&empty[c->slot], &stack, fresh))
		o->OPENSSL_sk_free(fresh);
	QUIET_END(o)
	return atomic_load(&empty[c->slot]);
}

/* OnlyCAFile: the client's own store counts for nothing, whatever it says. Where the file cannot be used, or the leaf is not
 * for this host, nothing is trusted. */
static void confine(struct trust *t, const struct trial *trial, bool for_host)
{
	const struct openssl *o = trial->o;
	t->name_refused = t->anchors && !for_host;
	if (t->anchors)
		t->untrusted = trust_untrusted_with(o, t->client_untrusted, t->anchors);
	OPENSSL_STACK *trusted =
	    t->anchors && for_host && t->untrusted ? t->anchors->trusted : NULL;
	if (trusted) {
		t->trusted = trusted;
		switch_context(t, trial->ctx, trusted);
		return;
	}
	OPENSSL_STACK *nothing = no_certificates(t->copy);
	if (nothing)
		o->X509_STORE_CTX_set0_trusted_stack(trial->ctx, nothing);
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

void trust_begin(struct trust *t, struct copy *c, X509_STORE_CTX *ctx, verify_fn *verify,
		 const struct rule *rule, const char *host)
{
	const struct openssl *o = copy_api(c);
	const struct trial trial = {.o = o, .ctx = ctx, .verify = verify};
	memset(t, 0, sizeof *t);
	t->copy = c;
	t->setting = trust_of(rule);
	X509 *leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(ctx) : NULL;
	if (!t->setting || !leaf || !o->X509_STORE_CTX_get0_untrusted ||
	    !o->X509_STORE_CTX_set0_untrusted)
		return;
	bool for_host = host ? leaf_is_for(o, leaf, host)
			     : leaf_names(o, leaf, falls_under, (void *)(uintptr_t)t->setting);
	if (rule->closed)
		t->problem = "its section could not be applied; mend it where the log says so";
	else
		t->anchors = anchors_acquire(c, t->setting, &t->problem);
	t->client_untrusted = o->X509_STORE_CTX_get0_untrusted(ctx);
	if (trust_is_strict(rule))
		confine(t, &trial, for_host);
	else if (t->anchors)
		extend(t, &trial, for_host);
}

void trust_end(struct trust *t, X509_STORE_CTX *ctx)
{
	const struct openssl *o = copy_api(t->copy);
	QUIET_BEGIN(o)
	if (t->switched)
		o->X509_STORE_CTX_set0_untrusted(ctx, t->client_untrusted);
	/* There is no way back to the client's store, but a context that is used once more without being initialised must not go
	 * on with the rule's anchors, for another leaf perhaps: it has none from here on. */
	if (t->switched && t->trusted)
		o->X509_STORE_CTX_set0_trusted_stack(ctx, no_certificates(t->copy));
	QUIET_END(o)
	trust_drop(t);
}

void trust_drop(struct trust *t)
{
	const struct openssl *o = copy_api(t->copy);
	QUIET_BEGIN(o)
	if (t->untrusted)
		o->OPENSSL_sk_free(t->untrusted);
	QUIET_END(o)
	anchors_release(t->anchors);
}
