/* SPDX-License-Identifier: ISC
 *
 * What is marked as not to be trusted (openssl x509 -addreject; `distrusted` of p11-kit). OpenSSL asks for the mark where it finds a
 * certificate in the store; one that came from the peer, or that a rule adds, has none.
 */
#include "private.h"

/* The certificates of the client's store that have this name, and are rejected. False: no memory. */
static bool find_named(struct distrust *d, const struct openssl *o, X509_STORE_CTX *ctx, X509 *like)
{
	bool ok = true;
	OPENSSL_STACK *found =
	    later(o)->X509_STORE_CTX_get1_certs(ctx, o->X509_get_subject_name(like));
	for (int i = 0; found && i < o->OPENSSL_sk_num(found); i++) {
		d->named = true;
		X509 *x = o->OPENSSL_sk_value(found, i);
		const bool rejected = certificate_is_rejected(o, x);
		const bool kept = rejected && o->OPENSSL_sk_push(d->held, x) > 0;
		if (!kept)
			o->X509_free(x);
		ok = ok && kept == rejected;
	}
	stack_free(o, found);
	return ok;
}

/* But for the leaf, which libssl has among what was presented, too. */
static bool find_all_named(struct distrust *d, const struct openssl *o, X509_STORE_CTX *ctx,
			   const OPENSSL_STACK *like, const X509 *leaf)
{
	bool ok = true;
	for (int i = 0; ok && like && i < o->OPENSSL_sk_num(like); i++) {
		X509 *x = o->OPENSSL_sk_value(like, i);
		ok = x == leaf || find_named(d, o, ctx, x);
	}
	return ok;
}

static bool find_in_store(struct distrust *d, const struct openssl *o, X509_STORE *store,
			  X509 *leaf, const OPENSSL_STACK *presented, const struct anchors *a)
{
	if (!store || !later(o)->X509_STORE_CTX_get1_certs)
		return true;
	X509_STORE_CTX *ctx = o->X509_STORE_CTX_new();
	const bool ok = ctx && o->X509_STORE_CTX_init(ctx, store, NULL, NULL) == 1 &&
			find_named(d, o, ctx, leaf) && find_all_named(d, o, ctx, presented, leaf) &&
			find_all_named(d, o, ctx, a->all, leaf);
	if (ctx)
		o->X509_STORE_CTX_free(ctx);
	return ok;
}

static bool distrust_find(struct distrust *d, const struct openssl *o, X509_STORE *store,
			  X509 *leaf, const OPENSSL_STACK *presented, const struct anchors *a)
{
	bool ok = false;
	*d = (struct distrust){0};
	QUIET_BEGIN(o)
	d->held = o->OPENSSL_sk_new_null();
	ok = d->held && find_in_store(d, o, store, leaf, presented, a);
	if (ok && o->OPENSSL_sk_num(d->held) + o->OPENSSL_sk_num(a->rejected) > 0) {
		d->all = stack_without(o, NULL, d->held, a->rejected, NULL);
		ok = d->all != NULL;
	}
	QUIET_END(o)
	return ok;
}

bool rule_stacks(struct distrust *d, const struct openssl *o, X509_STORE *store, X509 *leaf,
		 OPENSSL_STACK *presented, const struct anchors *a)
{
	if (!distrust_find(d, o, store, leaf, presented, a))
		return false;
	d->untrusted = stack_without(o, NULL, presented, a->intermediates, d->all);
	d->trusted = a->trusted;
	if (d->all)
		d->trusted = d->own_trusted = stack_without(o, d->all, a->trusted, NULL, d->all);
	return d->untrusted && d->trusted && !stack_holds(o, d->all, leaf);
}

void distrust_free(struct distrust *d, const struct openssl *o)
{
	union {
		void (*free_x509)(X509 *);
		void (*free_any)(void *);
	} f = {.free_x509 = o->X509_free};
	stack_free(o, d->all);
	stack_free(o, d->untrusted);
	stack_free(o, d->own_trusted);
	if (!d->held)
		return;
	QUIET_BEGIN(o)
	o->OPENSSL_sk_pop_free(d->held, f.free_any);
	QUIET_END(o)
}
