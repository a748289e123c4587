/* SPDX-License-Identifier: ISC
 *
 * The client's own certificate (unanswered.c), and that of a rule.
 */
#ifndef TLSMEND_HOOKS_CERTIFICATE_H
#define TLSMEND_HOOKS_CERTIFICATE_H

#include "hooks.h"

struct connection;

/* The client's Certificate message: returns how many are in it; -1: it cannot be read. */
int own_certificate_note(struct connection *n, const uint8_t *body, size_t size, bool tls13);
/* What the client has and what the server wants, where the server asked for it. */
void own_certificate_evidence(struct connection *n, SSL *ssl, struct evidence *e);

/* A certificate of the rule is shown where the server asks. */
void certificate_offer(struct connection *n, SSL *ssl);
/* The handshake is done, or the connection ends: that certificate made the difference. */
void certificate_mended(struct connection *n, SSL *ssl, bool end);
/* The SSL is used again: takes off what the rule laid onto it. */
void certificate_take_back(struct connection *n, SSL *ssl);

#endif
