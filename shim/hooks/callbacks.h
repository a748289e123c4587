/* SPDX-License-Identifier: ISC
 *
 * The client's own callbacks, behind ours; its methods of one version (made.c).
 */
#ifndef TLSMEND_HOOKS_CALLBACKS_H
#define TLSMEND_HOOKS_CALLBACKS_H

#include "hooks.h"

/* Has there been any? */
bool client_has_info_callback(void);
openssl_info_cb *client_info_callback(struct copy *c, const SSL *ssl);
openssl_msg_cb *client_msg_callback(struct copy *c, const SSL *ssl);
/* Sets our callbacks on a new context. */
void observe_context(struct copy *c, SSL_CTX *ctx, const SSL_METHOD *method);
void observe_messages(struct copy *c, SSL *ssl, bool on);
/* A server's SSL, which got our message callback from its context, gets its own back. */
void observe_no_server(struct copy *c, SSL *ssl);

/* Before a handshake: an SSL that we gave the flexible method in place of one of a single version has that version alone, whatever
 * bounds were set on it since. */
void fixed_hold(struct copy *c, SSL *ssl);

#endif
