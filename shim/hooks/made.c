/* SPDX-License-Identifier: ISC
 *
 * What the client makes: its SSL_CTXs and SSLs, and how long an SSL lives.
 *
 * A method of one fixed version (TLSv1_client_method()) cannot be lifted: bounds do nothing to it, and in the middle of a handshake it is too
 * late for another one. Where some rule asks for a version, the SSL_CTX gets the flexible method in its place, and each of its SSLs, at the
 * start of each handshake, that one version, whatever bounds the client has set: they do nothing to its own method. So a rule lifts the one
 * host that it is for, and no other (tests/attacks/test_attacks_versions.py).
 */
#include <tlsmend/versions.h>
#include "callbacks.h"
#include "certificate.h"
#include "connection.h"
#include "load.h"
#include "loaded.h"
#include "offer.h"
#include "story.h"

static bool rules_ask_for_version(void)
{
	struct policy_ref *rules = policy_acquire();
	bool asked = rules && (policy_uses(policy_of(rules), KEY_MIN_PROTOCOL) ||
			       policy_uses(policy_of(rules), KEY_MAX_PROTOCOL));
	policy_release(rules);
	return asked;
}

/* Returns the version that *method stood for, where the flexible one took its place; else 0. */
static int make_flexible(struct copy *c, const SSL_METHOD **method)
{
	const SSL_METHOD *flexible;
	int protocol = 0;
	KEEP_ERRNO_BEGIN
	protocol = openssl_fixed_method(copy_api(c), *method, &flexible);
	if (protocol && rules_ask_for_version())
		*method = flexible;
	else
		protocol = 0;
	KEEP_ERRNO_END
	return protocol;
}

static void note_version(struct copy *c, SSL_CTX *ctx, int protocol)
{
	const struct openssl *o = copy_api(c);
	if (kept_set(c, KEPT_CTX_FIXED, ctx, (void *)(intptr_t)protocol))
		return;
	/* no memory: nobody is lifted, then */
	QUIET_BEGIN(o)
	openssl_fix_context_version(o, ctx, protocol);
	QUIET_END(o)
}

/* Rules are read now, at the latest: OpenSSL has just read openssl.cnf, and the host will not lock itself up before it has read its
 * certificates. */
static void watch_context(struct copy *c, SSL_CTX *ctx, const SSL_METHOD *method, int protocol)
{
	policy_prepare();
	offer_note_context(c, ctx);
	if (loaded_watch(c, KEPT_CTX_FILES))
		load_context_made(c, ctx);
	if (protocol)
		note_version(c, ctx, protocol);
	observe_context(c, ctx, method);
	verify_for_context(c, ctx);
}

static void context_made(struct copy *c, SSL_CTX *ctx, const SSL_METHOD *method, int protocol)
{
	KEEP_ERRNO_BEGIN
	if (ctx)
		watch_context(c, ctx, method, protocol);
	else
		offer_none(c);
	KEEP_ERRNO_END
}

SSL_CTX *hook_SSL_CTX_new(const struct target *t, const SSL_METHOD *method)
{
	int protocol = make_flexible(t->copy, &method);
	SSL_CTX *ctx = LOAD_REAL(SSL_CTX *, const SSL_METHOD *)(method);
	context_made(t->copy, ctx, method, protocol);
	return ctx;
}

SSL_CTX *hook_SSL_CTX_new_ex(const struct target *t, OSSL_LIB_CTX *libctx, const char *propq,
			     const SSL_METHOD *method)
{
	int protocol = make_flexible(t->copy, &method);
	SSL_CTX *ctx = LOAD_REAL(SSL_CTX *, OSSL_LIB_CTX *, const char *,
				 const SSL_METHOD *)(libctx, propq, method);
	context_made(t->copy, ctx, method, protocol);
	return ctx;
}

/* ---- SSLs ------------------------------------------------------------------------------------------------------- */

static int context_version(struct copy *c, const SSL_CTX *ctx)
{
	return (int)(intptr_t)kept_get(c, KEPT_CTX_FIXED, ctx);
}

/* SSL_set_SSL_CTX() changes the context later, but not the method. */
static void inherit_version(struct copy *c, SSL *ssl, int protocol)
{
	if (protocol)
		kept_set(c, KEPT_SSL_FIXED, ssl, (void *)(intptr_t)protocol);
}

static int fixed_version(struct copy *c, const SSL *ssl)
{
	const int protocol = (int)(intptr_t)kept_get(c, KEPT_SSL_FIXED, ssl);
	/* one that libssl made by itself (BIO_new_ssl()) */
	return protocol ? protocol : context_version(c, copy_api(c)->SSL_get_SSL_CTX(ssl));
}

void fixed_hold(struct copy *c, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	int protocol = fixed_version(c, ssl);
	/* the client may have chosen another method meanwhile (SSL_set_ssl_method()) */
	if (!protocol || !openssl_is_flexible_method(o, o->SSL_get_ssl_method(ssl)))
		return;
	QUIET_BEGIN(o)
	openssl_fix_version(o, ssl, protocol);
	QUIET_END(o)
}

SSL *hook_SSL_new(const struct target *t, SSL_CTX *ctx)
{
	KEEP_ERRNO_BEGIN
	load_context_settled(ctx);
	failed_settle(NULL, ROLE_READ, false);
	KEEP_ERRNO_END
	SSL *ssl = LOAD_REAL(SSL *, SSL_CTX *)(ctx);
	KEEP_ERRNO_BEGIN
	if (ssl)
		inherit_version(t->copy, ssl, context_version(t->copy, ctx));
	KEEP_ERRNO_END
	return ssl;
}

/* ---- the end of an SSL -------------------------------------------------------------------------------------------- */

/* How many references the client holds beside the first. Counted under a lock: threads may share an SSL so far as that goes. */
static struct lock counting;

static bool add_references(struct copy *c, SSL *ssl, int more)
{
	if (more > 0 && !kept_watch(c, KEPT_SSL_REFERENCES, kept_not_copied, NULL))
		return false;
	if (!lock_enter(&counting, NULL))
		return false;
	const intptr_t n = (intptr_t)kept_get(c, KEPT_SSL_REFERENCES, ssl) + more;
	const bool counted = n >= 0 && kept_set(c, KEPT_SSL_REFERENCES, ssl, (void *)n);
	lock_leave(&counting);
	return counted;
}

/* The copy has none of our state, so that nothing of a rule would ever be taken off it again: it must not get any. */
SSL *hook_SSL_dup(const struct target *t, SSL *ssl)
{
	const struct openssl *o = copy_api(t->copy);
	KEEP_ERRNO_BEGIN
	struct connection *n = connection_of(t->copy, ssl);
	if (n && n->copy && o->SSL_in_before && o->SSL_in_before(ssl))
		certificate_take_back(n, ssl);
	KEEP_ERRNO_END
	SSL *copy = LOAD_REAL(SSL *, SSL *)(ssl);
	KEEP_ERRNO_BEGIN
	/* one that is past its start is not copied, but held once more */
	if (copy && copy == ssl)
		add_references(t->copy, ssl, 1);
	KEEP_ERRNO_END
	return copy;
}

int hook_SSL_up_ref(const struct target *t, SSL *ssl)
{
	int r = LOAD_REAL(int, SSL *)(ssl);
	KEEP_ERRNO_BEGIN
	if (r == 1)
		add_references(t->copy, ssl, 1);
	KEEP_ERRNO_END
	return r;
}

int hook_SSL_shutdown(const struct target *t, SSL *ssl)
{
	KEEP_ERRNO_BEGIN
	struct connection *n = ssl ? connection_of(t->copy, ssl) : NULL;
	if (n && n->story.requested) {
		struct circumstances c = {.met = false};
		story_looks(n, ssl, &c);
		story_event(
		    n, ssl,
		    (struct happening){.what = HAPPENING_CLOSES,
				       .closes = {.met = c.met, .peer = circumstances_peer(&c)}},
		    &c);
	}
	KEEP_ERRNO_END
	return ((union {
		       void *object;
		       int (*function)(SSL *);
	       }){.object = t->real})
	    .function(ssl);
}

void hook_SSL_free(const struct target *t, SSL *ssl)
{
	KEEP_ERRNO_BEGIN
	struct connection *n = ssl ? connection_of(t->copy, ssl) : NULL;
	/* one of several references is no end (tests/attacks/test_attacks_life.py) */
	if (ssl && !add_references(t->copy, ssl, -1) && n && n->copy)
		connection_end(n, ssl, END_FREED);
	KEEP_ERRNO_END
	LOAD_REAL(void, SSL *)(ssl);
}
