/* SPDX-License-Identifier: ISC
 *
 * Ours in front of the client's verify callback while the real verification runs: what OpenSSL found, in its order, and what
 * the client made of it.
 *
 * The client sees no difference. While its callback runs the context carries that callback and the thread knows of no
 * verification of ours, so it may read the callback or set another one, verify something else, switch stacks, or never come
 * back (longjmp, an exception). What is known of a verification hangs on its context, not on the thread.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "connection.h"
#include "verification.h"

enum { CRL_PATH_VALIDATION_ERROR = 54 };

static _Atomic unsigned own_calls;

void events_own_call(void)
{
	atomic_fetch_add_explicit(&own_calls, 1, memory_order_relaxed);
}

unsigned events_own_calls(void)
{
	return atomic_load_explicit(&own_calls, memory_order_relaxed);
}

void verification_free(struct verification *v)
{
	if (v->trust.setting)
		trust_drop(&v->trust);
	policy_release(v->policy);
	free(v);
}

/* ex_data: the context goes although its verification never came back to us. */
static void abandoned(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	if (!ptr)
		return;
	KEEP_ERRNO_BEGIN
	const struct verification *v = ptr;
	if (v->connection && v->connection->held.under_way == v)
		v->connection->held.under_way = NULL;
	verification_free(ptr);
	KEEP_ERRNO_END
}

/* The default callback says yes or no as OpenSSL does; nothing is to be learned from it. Its address is that in a fresh
 * context. */
static openssl_verify_cb *default_callback(struct copy *c)
{
	static _Atomic(openssl_verify_cb *) known[COPIES_MAX];
	const struct openssl *o = copy_api(c);
	openssl_verify_cb *found = atomic_load_explicit(&known[c->slot], memory_order_relaxed);
	if (found)
		return found;
	QUIET_BEGIN(o)
	X509_STORE_CTX *fresh = o->X509_STORE_CTX_new();
	if (fresh && o->X509_STORE_CTX_init(fresh, NULL, NULL, NULL))
		found = o->X509_STORE_CTX_get_verify_cb(fresh);
	if (fresh)
		o->X509_STORE_CTX_free(fresh);
	QUIET_END(o)
	atomic_store_explicit(&known[c->slot], found, memory_order_relaxed);
	return found;
}

/* Code of a libcrypto that is an object by itself is none of a client's, and it has no other callback: a fresh context need not be made. */
static bool is_default(struct copy *c, openssl_verify_cb *callback)
{
	const void *code = ((union {
				   openssl_verify_cb *function;
				   void *object;
			   }){.function = callback})
			       .object;
	return binding_in_libcrypto(c, code) || callback == default_callback(c);
}

bool events_under_way(struct copy *c, X509_STORE_CTX *ctx)
{
	return kept_get(c, KEPT_STORE_CTX_VERIFICATION, ctx) != NULL;
}

static bool set_verification(struct copy *c, X509_STORE_CTX *ctx, struct verification *v)
{
	return kept_watch(c, KEPT_STORE_CTX_VERIFICATION, NULL, abandoned) &&
	       kept_set(c, KEPT_STORE_CTX_VERIFICATION, ctx, v);
}

bool events_begin(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	if (!set_verification(v->copy, v->ctx, v))
		return false;
	openssl_verify_cb *client =
	    o->X509_STORE_CTX_get_verify_cb ? o->X509_STORE_CTX_get_verify_cb(v->ctx) : NULL;
	if (!client || is_default(v->copy, client) || client == observer_verify(v->copy))
		return true;
	v->client = client;
	o->X509_STORE_CTX_set_verify_cb(v->ctx, observer_verify(v->copy));
	return true;
}

void events_end(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	set_verification(v->copy, v->ctx, NULL);
	if (v->client && o->X509_STORE_CTX_get_verify_cb(v->ctx) == observer_verify(v->copy))
		o->X509_STORE_CTX_set_verify_cb(v->ctx, v->client);
}

/* The signer of a CRL is verified in a context of its own, which OpenSSL gives the callback of the first one. */
static struct verification *verification_of(struct copy *c, X509_STORE_CTX *ctx)
{
	const struct openssl *o = copy_api(c);
	struct verification *v = NULL;
	while (ctx && !(v = kept_get(c, KEPT_STORE_CTX_VERIFICATION, ctx)))
		ctx = later(o)->X509_STORE_CTX_get0_parent_ctx
			  ? later(o)->X509_STORE_CTX_get0_parent_ctx(ctx)
			  : NULL;
	return v;
}

static void note(struct verification *v, struct verify_event event)
{
	const struct verify_event *last = v->event_count ? &v->events[v->event_count - 1] : NULL;
	/* the same again, as in several paths to one issuer */
	if (last && last->code == event.code && last->depth == event.depth &&
	    last->answer == event.answer)
		return;
	if (v->event_count < EVENTS_MAX)
		v->events[v->event_count++] = event;
	else if (event.answer <= 0)
		v->events[EVENTS_MAX - 1] = event;
}

/* `before`: what the context said before the client was asked. */
static void look(struct verification *v, X509_STORE_CTX *ctx, int ok, struct verify_event before,
		 int answer)
{
	const struct openssl *o = copy_api(v->copy);
	before.after = o->X509_STORE_CTX_get_error(ctx);
	before.answer = answer;
	if (ctx != v->ctx) {
		/* a "no" comes back as an error of the outer context */
		const struct verify_event crl = {CRL_PATH_VALIDATION_ERROR,
						 o->X509_STORE_CTX_get_error_depth(v->ctx), answer,
						 before.after};
		if (!ok && answer > 0)
			note(v, crl);
		return;
	}
	if (!ok) {
		note(v, before);
	} else if (answer <= 0 || (before.after != before.code && before.after != 0)) {
		/* an objection of its own: OpenSSL found nothing */
		before.code = 0;
		note(v, before);
	}
}

/* What the client left in the context it keeps; none at all is its own affair. */
static void step_in_front(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	openssl_verify_cb *now = o->X509_STORE_CTX_get_verify_cb(v->ctx);
	if (!now)
		return;
	v->client = now;
	o->X509_STORE_CTX_set_verify_cb(v->ctx, observer_verify(v->copy));
}

/* ---- trials of ours ------------------------------------------------------------------------------------------------- */

bool events_collect(struct copy *c, X509_STORE_CTX *ctx, struct evidence *e, bool all)
{
	struct verification *v = calloc(1, sizeof *v);
	if (!v)
		return false;
	v->copy = c;
	v->ctx = ctx;
	v->collector = e;
	v->collects_all = all;
	if (!set_verification(c, ctx, v)) {
		free(v);
		return false;
	}
	copy_api(c)->X509_STORE_CTX_set_verify_cb(ctx, observer_verify(c));
	return true;
}

void events_collected(struct copy *c, X509_STORE_CTX *ctx)
{
	struct verification *v = kept_get(c, KEPT_STORE_CTX_VERIFICATION, ctx);
	if (!v)
		return;
	set_verification(c, ctx, NULL);
	verification_free(v);
}

static int collect(const struct verification *v, int ok, X509_STORE_CTX *ctx)
{
	const struct openssl *o = copy_api(v->copy);
	if (ok)
		return 1;
	evidence_crl(v->collector, o, ctx);
	/* the signer of a CRL has a context of its own */
	if (ctx == v->ctx)
		evidence_add_error(v->collector, o->X509_STORE_CTX_get_error(ctx),
				   o->X509_STORE_CTX_get_error_depth(ctx));
	return v->collects_all;
}

/* ---- the callback --------------------------------------------------------------------------------------------------- */

int observe_verify(struct copy *c, int ok, X509_STORE_CTX *ctx)
{
	const struct openssl *o = copy_api(c);
	struct verification *v = verification_of(c, ctx);
	if (!v)
		return ok;
	if (v->collector)
		return collect(v, ok, ctx);
	openssl_verify_cb *const client = v->client;
	if (!client) /* ours without one of the client's: not set by us */
		return ok;
	const struct verify_event before = {.code = o->X509_STORE_CTX_get_error(ctx),
					    .depth = o->X509_STORE_CTX_get_error_depth(ctx)};
	o->X509_STORE_CTX_set_verify_cb(v->ctx, client);
	o->X509_STORE_CTX_set_verify_cb(ctx, client);
	v->told_bad = !ok && ctx == v->ctx;
	v->own_calls = events_own_calls();
	int answer = client(ok, ctx);
	v->told_bad = false;
	look(v, ctx, ok, before, answer);
	if (ctx != v->ctx && o->X509_STORE_CTX_get_verify_cb(ctx) == client)
		o->X509_STORE_CTX_set_verify_cb(ctx, observer_verify(c));
	step_in_front(v);
	return answer;
}
