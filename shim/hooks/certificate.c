/* SPDX-License-Identifier: ISC
 *
 * A rule's certificate, shown to the one host that it is for. It is set at the moment when the server asks, and only then: through the
 * callback that OpenSSL has for that, on the SSL alone. The client's own callbacks are asked first, in OpenSSL's order; what they
 * choose counts. OpenSSL has no getter for one of them, hence the hooks.
 */
#include <tlsmend/versions.h>
#include "certificate.h"
#include "connection.h"
#include "uses.h"

typedef openssl_cert_cb cert_cb;
typedef int client_cert_cb(SSL *ssl, X509 **x, EVP_PKEY **key);

/* ---- the client's callback --------------------------------------------------------------------------------------------- */

union callback {
	void *object;
	cert_cb *function;
};

static void *stored(struct copy *c, const SSL *ssl, enum kept_name on_ssl,
		    enum kept_name on_context)
{
	if (kept_get(c, KEPT_SSL_CERT_SET, ssl))
		return kept_get(c, on_ssl, ssl);
	return kept_get(c, on_context, copy_api(c)->SSL_get_SSL_CTX(ssl));
}

static union callback clients(struct copy *c, const SSL *ssl, void **arg)
{
	*arg = stored(c, ssl, KEPT_SSL_CERT_ARG, KEPT_CTX_CERT_ARG);
	return (union callback){.object = stored(c, ssl, KEPT_SSL_CERT_CB, KEPT_CTX_CERT_CB)};
}

/* What OpenSSL does with the older callback, which it would ask only where no certificate is set. */
static int ask_older(const struct openssl *o, SSL *ssl)
{
	SSL_CTX *ctx = o->SSL_get_SSL_CTX(ssl);
	X509 *x = NULL;
	EVP_PKEY *key = NULL;
	union {
		void *object;
		client_cert_cb *function;
	} older = {.object = ctx && later(o)->SSL_CTX_get_client_cert_cb
				 ? later(o)->SSL_CTX_get_client_cert_cb(ctx)
				 : NULL};
	if (!older.object)
		return 0;
	int r = older.function(ssl, &x, &key);
	if (r > 0 && x && key &&
	    (later(o)->SSL_use_certificate(ssl, x) != 1 ||
	     later(o)->SSL_use_PrivateKey(ssl, key) != 1))
		r = 0;
	if (x)
		o->X509_free(x);
	if (key)
		o->EVP_PKEY_free(key);
	return r;
}

/* ---- ours -------------------------------------------------------------------------------------------------------------------- */

static void show(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	struct kept *k = &n->applied.kept;
	QUIET_BEGIN(o)
	if (k->replaces && !n->shown.of_rule)
		later(o)->SSL_certs_clear(ssl);
	n->shown.of_rule = identity_set(o, ssl, k->identity);
	if (!n->shown.of_rule)
		later(o)->SSL_certs_clear(ssl);
	k->certificate = later(o)->SSL_get_certificate(ssl);
	QUIET_END(o)
}

/* 1: go on; 0: fail; less: the client wants to be asked again. */
static int when_asked(SSL *ssl, void *arg)
{
	struct copy *c = arg;
	const struct openssl *o = copy_api(c);
	struct connection *n = connection_of(c, ssl);
	const struct kept *k = n ? &n->applied.kept : NULL;
	void *client_arg;
	union callback client = clients(c, ssl, &client_arg);
	bool replaces = k && k->identity && k->replaces;
	if (client.object && !replaces) {
		int r = client.function(ssl, client_arg);
		if (r <= 0)
			return r;
	}
	if (!k || !k->identity)
		return 1;
	if (!replaces && !n->shown.of_rule) {
		if (later(o)->SSL_get_certificate(ssl))
			return 1;
		int r = ask_older(o, ssl);
		if (r != 0)
			return r < 0 ? r : 1;
	}
	show(n, ssl);
	return 1;
}

static void set_callback(struct copy *c, SSL *ssl, cert_cb *callback, void *arg)
{
	copy_api(c)->SSL_set_cert_cb(ssl, callback, arg);
}

void certificate_offer(struct connection *n, SSL *ssl)
{
	if (n->applied.kept.identity)
		set_callback(n->copy, ssl, when_asked, n->copy);
}

/* With TLS 1.3 the server looks at it only after the client is done. */
void certificate_mended(struct connection *n, SSL *ssl, bool end)
{
	if (n->shown.of_rule && n->story.done && !story_told(&n->story) &&
	    (copy_api(n->copy)->SSL_version(ssl) == PROTOCOL_TLS1_3) == end)
		connection_mended(n, ssl, n->rule.set[KEY_CERTIFICATE]);
}

void certificate_take_back(struct connection *n, SSL *ssl)
{
	struct copy *c = n->copy;
	void *arg;
	bool ours = n->applied.kept.identity != NULL;
	apply_undo(copy_api(c), ssl, &n->applied);
	if (!ours)
		return;
	union callback client = clients(c, ssl, &arg);
	set_callback(c, ssl, client.function, arg);
}

/* ---- the SSL's certificates are handed on ---------------------------------------------------------------------------------------- */

/* With the session OpenSSL hands on the object that certificates, key, signature algorithms and security level are in: the other SSL gets
 * what the client would have there without a rule, for whichever host it is. */
int hook_SSL_copy_session_id(const struct target *t, SSL *to, const SSL *from)
{
	int r = ((union {
			void *object;
			int (*function)(SSL *, const SSL *);
		}){.object = t->real})
		    .function(to, from);
	KEEP_ERRNO_BEGIN
	const struct connection *n = r == 1 && from ? connection_of(t->copy, from) : NULL;
	if (n && !apply_hand_on(copy_api(t->copy), to, &n->applied))
		r = 0;
	KEEP_ERRNO_END
	return r;
}

/* ---- hooks ------------------------------------------------------------------------------------------------------------------- */

void hook_SSL_CTX_set_cert_cb(const struct target *t, SSL_CTX *ctx, openssl_cert_cb *callback,
			      void *arg)
{
	const struct openssl *o = copy_api(t->copy);
	union callback f = {.function = callback};
	KEEP_ERRNO_BEGIN
	QUIET_BEGIN(o)
	if (ctx && kept_set(t->copy, KEPT_CTX_CERT_CB, ctx, f.object))
		kept_set(t->copy, KEPT_CTX_CERT_ARG, ctx, arg);
	QUIET_END(o)
	KEEP_ERRNO_END((union {
		void *object;
		void (*function)(SSL_CTX *, openssl_cert_cb *, void *);
	}){.object = t->real})
	    .function(ctx, callback, arg);
}

/* While ours stands there, the client's is only noted (.NET takes its own away in the middle of a handshake). */
void hook_SSL_set_cert_cb(const struct target *t, SSL *ssl, openssl_cert_cb *callback, void *arg)
{
	const struct openssl *o = copy_api(t->copy);
	union callback f = {.function = callback};
	bool ours = false;
	KEEP_ERRNO_BEGIN
	QUIET_BEGIN(o)
	if (ssl && kept_set(t->copy, KEPT_SSL_CERT_CB, ssl, f.object) &&
	    kept_set(t->copy, KEPT_SSL_CERT_ARG, ssl, arg) &&
	    kept_set(t->copy, KEPT_SSL_CERT_SET, ssl, t->copy)) {
		const struct connection *n = connection_of(t->copy, ssl);
		ours = n && n->applied.kept.identity;
	}
	QUIET_END(o)
	KEEP_ERRNO_END
	if (ours)
		return;
	((union {
		void *object;
		void (*function)(SSL *, openssl_cert_cb *, void *);
	}){.object = t->real})
	    .function(ssl, callback, arg);
}
