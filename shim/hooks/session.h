/* SPDX-License-Identifier: ISC
 *
 * Sessions know under which trust they were made.
 */
#ifndef TLSMEND_HOOKS_SESSION_H
#define TLSMEND_HOOKS_SESSION_H

#include "hooks.h"

struct connection;

/* Before the ClientHello: drops a session that was made under other trust than this host has now. */
void session_check(struct connection *n, SSL *ssl);
/* ... where there is no connection to keep a rule at: one that was made under any rule's. */
void session_unknown(struct copy *c, SSL *ssl);
/* What the connection's rule demands was met, with the certificates that it was met with, or verified with; where none of a rule's were
 * needed, they are those that count now. */
void session_mark(struct connection *n, SSL *ssl);
/* ... namely with these certificates, in a verification that has just passed; NULL: none. by_libssl: which goes on by itself now. */
void session_mark_verified(struct connection *n, SSL *ssl, const struct anchors *a, bool by_libssl);
/* ... and its session may be another object by now, at the end of the handshake. */
void session_mark_again(struct connection *n, SSL *ssl);
/* ... or where the rule has a certificate to show: a server knows a resumed client again, and does not ask. */
void session_mark_identity(struct connection *n, SSL *ssl);
/* It was made under other trust than this host has, which only shows now: it is not resumed once more. */
void session_spoil(struct connection *n, SSL *ssl);
/* Was it made by a handshake that was judged as this host's is now? */
bool session_is_ours(struct connection *n, SSL *ssl);
/* In a renegotiation for another host: was it made under other trust than this one has? */
bool session_is_of_another(struct connection *n, SSL *ssl);

#endif
