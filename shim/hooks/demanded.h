/* SPDX-License-Identifier: ISC
 *
 * What a rule demands whatever the client checks.
 */
#ifndef TLSMEND_HOOKS_DEMANDED_H
#define TLSMEND_HOOKS_DEMANDED_H

#include "hooks.h"

struct connection;

void demanded_start(struct connection *n, SSL *ssl);
void demanded_unknown(struct copy *c, SSL *ssl); /* ... of an SSL whose state could not be made */
void demanded_unknown_done(struct copy *c, SSL *ssl);
/* The handshake ended: the client's verify mode is its own again. */
void demanded_exit(struct connection *n, SSL *ssl);
/* It is done. False: it must not have been; no byte goes over it any more, and that is reported. */
bool demanded_done(struct connection *n, SSL *ssl);

#endif
