/* SPDX-License-Identifier: ISC
 *
 * The server's Certificate message.
 */
#ifndef TLSMEND_HOOKS_SENT_LIST_H
#define TLSMEND_HOOKS_SENT_LIST_H

#include "hooks.h"

struct connection;

/* One that is kept under rules, and remembered for the next connection: what came of its bytes follows from them alone. Counted; it does not
 * change once it is remembered. */
struct sent_bytes {
	atomic_uint references;
	size_t size;
	bool tls13;       /* how it is read */
	uint8_t leaf[32]; /* leaf_digest() */
	uint64_t hash;    /* leaf_hash_on() */
	uint8_t body[];
};

void list_keep(struct connection *n, const uint8_t *body, size_t size, bool tls13);
/* Its leaf and hash are known now. */
void list_remember(struct connection *n, const uint8_t leaf[32]);
void list_forget(struct connection *n);
/* The handshake ended: at these certificates, or at what was signed with their key? */
void list_evidence(struct evidence *e, const struct connection *n, const SSL *ssl);

#endif
