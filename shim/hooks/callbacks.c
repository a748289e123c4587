/* SPDX-License-Identifier: ISC
 *
 * Our callbacks take the place of the client's; the client's own are kept in ex_data, called in turn, and given back by the
 * getters. So the client neither loses a callback nor sees one that it did not set (design.md#observer, design.md#messages). The callback's argument
 * (SSL_set_msg_callback_arg) is left alone: ours gets the client's and hands it on.
 */
#include <tlsmend/versions.h>
#include "callbacks.h"
#include "connection.h"

enum { CTRL_SET_MSG_CALLBACK = 15 };

/* Functions travel through ex_data as void pointers; POSIX makes the two alike. */
union callback {
	void *object;
	openssl_info_cb *info;
	openssl_msg_cb *msg;
	openssl_generic_fn *generic;
};

/* Has a client set one of the kind, anywhere and ever? Most never do, and ask at each message for nothing. */
static atomic_bool any_info, any_msg;

static bool keep(struct copy *c, enum kept_name which, void *object, union callback f,
		 atomic_bool *any)
{
	if (f.object)
		atomic_store(any, true);
	return kept_set(c, which, object, f.object);
}

static bool is_any(atomic_bool *any)
{
	return atomic_load_explicit(any, memory_order_relaxed);
}

/* ---- info callbacks --------------------------------------------------------------------------------------- */

static void set_context_msg(struct copy *c, SSL_CTX *ctx, openssl_msg_cb *callback)
{
	union callback real = {.object = copy_real(c, HOOK_SSL_CTX_set_msg_callback)};
	if (real.object)
		((void (*)(SSL_CTX *, openssl_msg_cb *))real.generic)(ctx, callback);
}

void observe_context(struct copy *c, SSL_CTX *ctx, const SSL_METHOD *method)
{
	const struct openssl *o = copy_api(c);
	if (kept_set(c, KEPT_CTX_INFO, ctx, NULL))
		o->SSL_CTX_set_info_callback(ctx, observer_info(c));
	if (openssl_header_needs_context(o, method) && kept_set(c, KEPT_CTX_EARLY, ctx, c))
		set_context_msg(c, ctx, observer_msg(c));
}

bool client_has_info_callback(void)
{
	return is_any(&any_info);
}

openssl_info_cb *client_info_callback(struct copy *c, const SSL *ssl)
{
	union callback f = {.object = NULL};
	if (!is_any(&any_info))
		return NULL;
	f.object = kept_get(c, KEPT_SSL_INFO, ssl);
	if (!f.info)
		f.object = kept_get(c, KEPT_CTX_INFO, copy_api(c)->SSL_get_SSL_CTX(ssl));
	return f.info;
}

void hook_SSL_CTX_set_info_callback(const struct target *t, SSL_CTX *ctx, openssl_info_cb *callback)
{
	union callback f = {.info = callback};
	void (*real)(SSL_CTX *, openssl_info_cb *) = copy_api(t->copy)->SSL_CTX_set_info_callback;
	real(ctx,
	     keep(t->copy, KEPT_CTX_INFO, ctx, f, &any_info) ? observer_info(t->copy) : callback);
}

openssl_info_cb *hook_SSL_CTX_get_info_callback(const struct target *t, SSL_CTX *ctx)
{
	union callback real = {.object = t->real}, f;
	f.info = ((openssl_info_cb * (*)(SSL_CTX *)) real.generic)(ctx);
	if (f.info == observer_info(t->copy))
		f.object = kept_get(t->copy, KEPT_CTX_INFO, ctx);
	return f.info;
}

void hook_SSL_set_info_callback(const struct target *t, SSL *ssl, openssl_info_cb *callback)
{
	union callback f = {.info = callback};
	void (*real)(SSL *, openssl_info_cb *) = copy_api(t->copy)->SSL_set_info_callback;
	bool stored = keep(t->copy, KEPT_SSL_INFO, ssl, f, &any_info);
	/* none on the SSL: that of its context counts again, which is ours */
	real(ssl, stored && callback ? observer_info(t->copy) : callback);
}

openssl_info_cb *hook_SSL_get_info_callback(const struct target *t, const SSL *ssl)
{
	union callback f = {.info = copy_api(t->copy)->SSL_get_info_callback(ssl)};
	if (f.info == observer_info(t->copy))
		f.object = kept_get(t->copy, KEPT_SSL_INFO, ssl);
	return f.info;
}

/* ---- message callbacks ------------------------------------------------------------------------------------- */

openssl_msg_cb *client_msg_callback(struct copy *c, const SSL *ssl)
{
	union callback f;
	if (!is_any(&any_msg))
		return NULL;
	if (kept_get(c, KEPT_SSL_MSG_SET, ssl))
		f.object = kept_get(c, KEPT_SSL_MSG, ssl);
	else
		f.object = kept_get(c, KEPT_CTX_MSG, copy_api(c)->SSL_get_SSL_CTX(ssl));
	return f.msg;
}

void observe_messages(struct copy *c, SSL *ssl, bool on)
{
	copy_api(c)->SSL_set_msg_callback(ssl, on ? observer_msg(c) : client_msg_callback(c, ssl));
}

/* Is ours on the context, so that its SSLs have it before their handshake begins? */
static bool is_early(struct copy *c, const SSL_CTX *ctx)
{
	return copy_api(c)->version >= OPENSSL_3_2 && kept_get(c, KEPT_CTX_EARLY, ctx);
}

void observe_no_server(struct copy *c, SSL *ssl)
{
	if (is_early(c, copy_api(c)->SSL_get_SSL_CTX(ssl)))
		observe_messages(c, ssl, false);
}

/* The callback that goes to OpenSSL while the client wants `callback`. */
static openssl_msg_cb *msg_in_force(struct copy *c, SSL *ssl, openssl_msg_cb *callback)
{
	const struct openssl *o = copy_api(c);
	union callback f = {.msg = callback};
	struct connection *n = connection_of(c, ssl);
	if (callback == observer_msg(c))
		return callback; /* our own, on its way through libssl */
	bool stored =
	    keep(c, KEPT_SSL_MSG, ssl, f, &any_msg) && kept_set(c, KEPT_SSL_MSG_SET, ssl, c);
	bool ours =
	    n ? n->observing
	      : is_early(c, o->SSL_get_SSL_CTX(ssl)) && o->SSL_in_before && o->SSL_in_before(ssl);
	return stored && ours ? observer_msg(c) : callback;
}

static openssl_msg_cb *context_msg_in_force(struct copy *c, SSL_CTX *ctx, openssl_msg_cb *callback)
{
	union callback f = {.msg = callback};
	if (callback == observer_msg(c))
		return callback;
	return keep(c, KEPT_CTX_MSG, ctx, f, &any_msg) && is_early(c, ctx) ? observer_msg(c)
									   : callback;
}

void hook_SSL_CTX_set_msg_callback(const struct target *t, SSL_CTX *ctx, openssl_msg_cb *callback)
{
	union callback real = {.object = t->real};
	((void (*)(SSL_CTX *, openssl_msg_cb *))real.generic)(
	    ctx, context_msg_in_force(t->copy, ctx, callback));
}

void hook_SSL_set_msg_callback(const struct target *t, SSL *ssl, openssl_msg_cb *callback)
{
	copy_api(t->copy)->SSL_set_msg_callback(ssl, msg_in_force(t->copy, ssl, callback));
}

long hook_SSL_CTX_callback_ctrl(const struct target *t, SSL_CTX *ctx, int command,
				openssl_generic_fn *function)
{
	union callback f = {.generic = function}, real = {.object = t->real};
	if (command == CTRL_SET_MSG_CALLBACK)
		f.msg = context_msg_in_force(t->copy, ctx, f.msg);
	return ((long (*)(SSL_CTX *, int, openssl_generic_fn *))real.generic)(ctx, command,
									      f.generic);
}

long hook_SSL_callback_ctrl(const struct target *t, SSL *ssl, int command,
			    openssl_generic_fn *function)
{
	union callback f = {.generic = function}, real = {.object = t->real};
	if (command == CTRL_SET_MSG_CALLBACK)
		f.msg = msg_in_force(t->copy, ssl, f.msg);
	return ((long (*)(SSL *, int, openssl_generic_fn *))real.generic)(ssl, command, f.generic);
}
