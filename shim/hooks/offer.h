/* SPDX-License-Identifier: ISC
 *
 * Who set the offer (offer.c), and the strings that clients give (ciphers.c).
 */
#ifndef TLSMEND_HOOKS_OFFER_H
#define TLSMEND_HOOKS_OFFER_H

#include "hooks.h"

struct connection;

/* Right after SSL_CTX_new(): remembers what the context has before the client does anything. */
void offer_note_context(struct copy *c, SSL_CTX *ctx);
/* Bounds, security level and ciphers with who set them. Reads openssl.cnf. */
void offer_describe(struct evidence *e, struct connection *n, SSL *ssl);

/* The path of openssl.cnf; NULL: not known. */
const char *offer_conf(struct evidence *e, const struct openssl *o);
/* (ciphers.c) SSL_CTX_new() has failed: was it for want of ciphers? */
void offer_none(struct copy *c);

/* Did offer_note_context() see it? Not before SSL_CTX_new() is over: what libssl itself does to a context that it makes is
 * openssl.cnf's, or its default. */
bool offer_context_is_known(struct copy *c, const SSL_CTX *ctx);

#endif
