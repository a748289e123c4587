/* SPDX-License-Identifier: ISC
 *
 * Uses of a rule.
 */
#ifndef TLSMEND_HOOKS_USES_H
#define TLSMEND_HOOKS_USES_H

#include "hooks.h"

struct connection;

/* An evidence that begins with what is known of this connection and of one key of its rule. NULL: no memory. */
struct evidence *connection_key_evidence(struct connection *n, SSL *ssl, enum event event,
					 const struct setting *s);
/* For an evidence of one use of a key; host NULL: not known. */
void evidence_key(struct evidence *e, const struct setting *s, const char *host);
/* Each writes a record where one is wanted: the first of a day, or all of them. s NULL: none. */
void connection_mended(struct connection *n, SSL *ssl, const struct setting *s);
void connection_weakened(struct connection *n, SSL *ssl);
void connection_expired(struct connection *n, SSL *ssl);

#endif
