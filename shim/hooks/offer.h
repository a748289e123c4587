/* SPDX-License-Identifier: ISC
 *
 * Between offer.c (who set what) and ciphers.c (the strings that clients give).
 */
#ifndef TLSMEND_HOOKS_OFFER_H
#define TLSMEND_HOOKS_OFFER_H

#include "hooks.h"

/* Did offer_note_context() see it? Not before SSL_CTX_new() is over: what libssl itself does to a context that it makes is
 * openssl.cnf's, or its default. */
bool offer_context_is_known(struct copy *c, const SSL_CTX *ctx);

#endif
