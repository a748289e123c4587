/* SPDX-License-Identifier: ISC
 *
 * A function in place of libssl's call of X509_verify_cert: the client's own, around which a rule's demands hold as well, and ours where libssl
 * calls libcrypto past us.
 */
#include "connection.h"
#include "known.h"
#include "live.h"
#include "verification.h"

/* ---- a libssl that calls libcrypto past us ------------------------------------------------------------------------------ */

static void set_cert_verify(void *real, SSL_CTX *ctx, openssl_cert_verify_cb *callback, void *arg)
{
	((union {
		void *object;
		void (*function)(SSL_CTX *, openssl_cert_verify_cb *, void *);
	}){.object = real})
	    .function(ctx, callback, arg);
}

/* As libssl calls the verification where nobody has set a function in its place. */
static int verify_ourselves(X509_STORE_CTX *ctx, void *copy)
{
	struct copy *c = copy, *outer = binding_current;
	const struct target t = {
	    .copy = c, .caller = CALLER_LIBSSL, .real = copy_real(c, HOOK_X509_verify_cert)};
	binding_current = c;
	const int result = hook_X509_verify_cert(&t, ctx);
	binding_current = outer;
	return result < 0 ? 0 : result;
}

void verify_for_context(struct copy *c, SSL_CTX *ctx)
{
	void *real = copy_real(c, HOOK_SSL_CTX_set_cert_verify_callback);
	if (real && atomic_load_explicit(&c->past_us, memory_order_relaxed))
		set_cert_verify(real, ctx, verify_ourselves, c);
}

/* ---- a function of the client's in place of the verification --------------------------------------------------------- */

union cert_verify {
	void *object;
	openssl_cert_verify_cb *function;
};

void hook_SSL_CTX_set_cert_verify_callback(const struct target *t, SSL_CTX *ctx,
					   openssl_cert_verify_cb *callback, void *arg)
{
	union cert_verify f = {.function = callback};
	bool stored = false;
	KEEP_ERRNO_BEGIN
	stored = callback && kept_set(t->copy, KEPT_CTX_VERIFY, ctx, f.object);
	KEEP_ERRNO_END
	set_cert_verify(t->real, ctx, stored ? observer_cert_verify(t->copy) : callback, arg);
	if (!callback)
		verify_for_context(t->copy, ctx);
}

int observe_cert_verify(struct copy *c, X509_STORE_CTX *ctx, void *arg)
{
	const struct openssl *o = copy_api(c);
	union cert_verify f = {.object = NULL};
	struct demanded d;
	struct connection *n = NULL;
	KEEP_ERRNO_BEGIN
	SSL *ssl = verification_ssl_given(o, ctx);
	if (ssl)
		f.object = kept_get(c, KEPT_CTX_VERIFY, o->SSL_get_SSL_CTX(ssl));
	demanded_begin(&d, c, ctx, ssl);
	n = ssl ? connection_of(c, ssl) : NULL;
	if (n && o->X509_STORE_CTX_get0_cert)
		live_shown(n, o->X509_STORE_CTX_get0_cert(ctx));
	KEEP_ERRNO_END
	/* libssl calls it with an SSL, always */
	int result = f.function ? f.function(ctx, arg) : 0;
	KEEP_ERRNO_BEGIN
	if (n)
		live_shown(n, NULL);
	result = demanded_end(&d, result);
	KEEP_ERRNO_END
	return result;
}
