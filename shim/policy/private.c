/* SPDX-License-Identifier: ISC */
#include "private.h"

#include <string.h>

#include <tlsmend/versions.h>

/* ---- stacks ------------------------------------------------------------------------------------------------- */

static bool digest(const struct openssl *o, X509 *x, uint8_t out[32])
{
	unsigned n = 0;
	return o->X509_digest(x, o->EVP_sha256(), out, &n) == 1 && n == 32;
}

/* By its bytes: X509_cmp() parses the extensions of both. */
bool same_bytes(const struct openssl *o, X509 *a, X509 *b)
{
	uint8_t of_a[32], of_b[32];
	bool same = a == b;
	QUIET_BEGIN(o)
	if (!same)
		same = digest(o, a, of_a) && digest(o, b, of_b) &&
		       memcmp(of_a, of_b, sizeof of_a) == 0;
	QUIET_END(o)
	return same;
}

bool stack_holds(const struct openssl *o, const OPENSSL_STACK *stack, X509 *x)
{
	for (int i = 0; stack && i < o->OPENSSL_sk_num(stack); i++)
		if (same_bytes(o, o->OPENSSL_sk_value(stack, i), x))
			return true;
	return false;
}

static bool push_without(const struct openssl *o, OPENSSL_STACK *to, const OPENSSL_STACK *from,
			 const OPENSSL_STACK *avoid)
{
	for (int i = 0; from && i < o->OPENSSL_sk_num(from); i++) {
		X509 *x = o->OPENSSL_sk_value(from, i);
		if (!stack_holds(o, avoid, x) && o->OPENSSL_sk_push(to, x) <= 0)
			return false;
	}
	return true;
}

OPENSSL_STACK *stack_without(const struct openssl *o, const OPENSSL_STACK *front,
			     const OPENSSL_STACK *first, const OPENSSL_STACK *second,
			     const OPENSSL_STACK *avoid)
{
	OPENSSL_STACK *all = NULL;
	QUIET_BEGIN(o)
	all = o->OPENSSL_sk_new_null();
	if (all && !(push_without(o, all, front, NULL) && push_without(o, all, first, avoid) &&
		     push_without(o, all, second, avoid))) {
		o->OPENSSL_sk_free(all);
		all = NULL;
	}
	QUIET_END(o)
	return all;
}

void stack_free(const struct openssl *o, OPENSSL_STACK *stack)
{
	/* which cannot fail */
	if (stack)
		o->OPENSSL_sk_free(stack);
}

/* ---- private copies ----------------------------------------------------------------------------------------- */

/* Functions of the client's own in its store would run more often than without us. */
bool trust_store_is_plain(const struct openssl *o, const X509_STORE *store)
{
	const struct openssl_later *const l = later(o);
#define UNSET(name) (!l->X509_STORE_get_##name || !l->X509_STORE_get_##name(store))
	return UNSET(verify) && UNSET(get_issuer) && UNSET(check_issued) &&
	       UNSET(check_revocation) && UNSET(get_crl) && UNSET(check_crl) && UNSET(cert_crl) &&
	       UNSET(check_policy) && UNSET(lookup_certs) && UNSET(lookup_crls) && UNSET(cleanup);
#undef UNSET
}

/* The context works from its store, not from a trusted stack that the client gave it. */
static bool context_is_plain(const struct openssl *o, X509_STORE_CTX *ctx, X509_STORE_CTX *copy)
{
	return (!later(o)->X509_STORE_CTX_get_get_issuer ||
		later(o)->X509_STORE_CTX_get_get_issuer(ctx) ==
		    later(o)->X509_STORE_CTX_get_get_issuer(copy)) &&
	       (!later(o)->X509_STORE_CTX_get_lookup_certs ||
		later(o)->X509_STORE_CTX_get_lookup_certs(ctx) ==
		    later(o)->X509_STORE_CTX_get_lookup_certs(copy));
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

/* Of the context's store and parameters, with that leaf. */
static X509_STORE_CTX *copy_context(const struct openssl *o, X509_STORE_CTX *ctx, X509 *leaf,
				    OPENSSL_STACK *untrusted)
{
	X509_STORE_CTX *copy = NULL;
	if (!later(o)->X509_STORE_CTX_get0_store || !later(o)->X509_STORE_CTX_set0_trusted_stack)
		return NULL;
	X509_STORE *store = later(o)->X509_STORE_CTX_get0_store(ctx);
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

X509_STORE_CTX *trust_private_copy(const struct openssl *o, X509_STORE_CTX *ctx,
				   OPENSSL_STACK *untrusted)
{
	return o->X509_STORE_CTX_get0_cert
		   ? copy_context(o, ctx, o->X509_STORE_CTX_get0_cert(ctx), untrusted)
		   : NULL;
}

/* With its extensions parsed: what a trial comes upon for the first time is the client's, then. */
static X509 *copy_one(const struct openssl *o, X509 *x)
{
	X509 *copy = o->X509_dup(x);
	if (copy && later(o)->X509_get_extension_flags)
		later(o)->X509_get_extension_flags(copy);
	return copy;
}

static bool copy_all(const struct openssl *o, OPENSSL_STACK *to, const OPENSSL_STACK *from)
{
	for (int i = 0; from && i < o->OPENSSL_sk_num(from); i++) {
		X509 *x = copy_one(o, o->OPENSSL_sk_value(from, i));
		if (!x || o->OPENSSL_sk_push(to, x) <= 0) {
			if (x)
				o->X509_free(x);
			return false;
		}
	}
	return true;
}

bool presented_copy(struct presented *p, const struct openssl *o, X509_STORE_CTX *ctx)
{
	bool ok = false;
	*p = (struct presented){0};
	QUIET_BEGIN(o)
	p->leaf = copy_one(o, o->X509_STORE_CTX_get0_cert(ctx));
	p->untrusted = o->OPENSSL_sk_new_null();
	ok = p->leaf && p->untrusted &&
	     copy_all(o, p->untrusted, later(o)->X509_STORE_CTX_get0_untrusted(ctx));
	QUIET_END(o)
	if (!ok)
		presented_free(p, o);
	return ok;
}

void presented_free(struct presented *p, const struct openssl *o)
{
	union {
		void (*free_x509)(X509 *);
		void (*free_any)(void *);
	} f = {.free_x509 = o->X509_free};
	if (!p->borrowed && (p->leaf || p->untrusted)) {
		QUIET_BEGIN(o)
		if (p->leaf)
			o->X509_free(p->leaf);
		if (p->untrusted)
			o->OPENSSL_sk_pop_free(p->untrusted, f.free_any);
		QUIET_END(o)
	}
	*p = (struct presented){0};
}

void presented_borrow(struct presented *p, const struct openssl *o, X509_STORE_CTX *ctx)
{
	*p = (struct presented){.leaf = o->X509_STORE_CTX_get0_cert(ctx),
				.untrusted = later(o)->X509_STORE_CTX_get0_untrusted(ctx),
				.borrowed = true};
}

/* ---- one trial ------------------------------------------------------------------------------------------------ */

static bool is_malformed(const struct openssl *o, X509 *x)
{
	return x && later(o)->X509_get_extension_flags &&
	       later(o)->X509_get_extension_flags(x) & EXFLAG_INVALID_;
}

bool presented_parses(const struct presented *p, const struct openssl *o)
{
	bool good = later(o)->X509_get_extension_flags && !is_malformed(o, p->leaf);
	for (int i = 0; good && i < o->OPENSSL_sk_num(p->untrusted); i++)
		good = !is_malformed(o, o->OPENSSL_sk_value(p->untrusted, i));
	return good;
}

/* A certificate of the client's own store, then: the client would have had that entry, and would have it only once. */
static bool parsing_failed(const struct openssl *o)
{
	enum { LIBRARY_X509V3 = 34 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == LIBRARY_X509V3;
}

static bool chain_holds(const struct openssl *o, const X509_STORE_CTX *ctx,
			const OPENSSL_STACK *avoid)
{
	OPENSSL_STACK *chain = avoid && later(o)->X509_STORE_CTX_get0_chain
				   ? later(o)->X509_STORE_CTX_get0_chain(ctx)
				   : NULL;
	for (int i = 0; chain && i < o->OPENSSL_sk_num(chain); i++)
		if (stack_holds(o, avoid, o->OPENSSL_sk_value(chain, i)))
			return true;
	return false;
}

int try_chain(const struct trial *t, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted,
	      const OPENSSL_STACK *avoid, struct outcome *out)
{
	const struct openssl *o = t->o;
	X509_STORE_CTX *copy = copy_context(o, t->ctx, t->presented.leaf, untrusted);
	int good = -1;
	if (!copy)
		return -1;
	const struct quiet quiet = openssl_quiet_begin(o);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, trusted);
	o->X509_VERIFY_PARAM_clear_flags(o->X509_STORE_CTX_get0_param(copy), t->without);
	good = t->verify(copy) == 1 && o->X509_STORE_CTX_get_error(copy) == 0;
	out->error = o->X509_STORE_CTX_get_error(copy);
	out->malformed = is_malformed(o, o->X509_STORE_CTX_get_current_cert(copy));
	/* where OpenSSL itself refuses it, it says why */
	out->distrusted = good == 1 && chain_holds(o, copy, avoid);
	o->X509_STORE_CTX_free(copy);
	if (!trusted && parsing_failed(o))
		openssl_quiet_keep(o, &quiet);
	else
		openssl_quiet_end(o, &quiet);
	return good && out->distrusted ? 0 : good;
}

int trust_passes(const struct openssl *o, X509_STORE_CTX *ctx, verify_fn *verify)
{
	struct outcome seen = {0};
	struct trial t = {.o = o, .ctx = ctx, .verify = verify};
	int good = -1;
	if (!later(o)->X509_STORE_CTX_get0_untrusted || !o->X509_STORE_CTX_get0_cert ||
	    !o->X509_STORE_CTX_get0_cert(ctx) || !presented_copy(&t.presented, o, ctx))
		return -1;
	good = try_chain(&t, NULL, t.presented.untrusted, NULL, &seen);
	presented_free(&t.presented, o);
	return good;
}
