/* SPDX-License-Identifier: ISC
 *
 * The server's Certificate message.
 */
#ifndef TLSMEND_HOOKS_SENT_LIST_H
#define TLSMEND_HOOKS_SENT_LIST_H

#include "hooks.h"

struct connection;

void list_keep(struct connection *n, const uint8_t *body, size_t size);
void list_forget(struct connection *n);
/* The handshake ended: at these certificates, or at what was signed with their key? */
void list_evidence(struct evidence *e, const struct connection *n, const SSL *ssl);

#endif
