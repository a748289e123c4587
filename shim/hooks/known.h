/* SPDX-License-Identifier: ISC
 *
 * Which pointers are SSLs.
 */
#ifndef TLSMEND_HOOKS_KNOWN_H
#define TLSMEND_HOOKS_KNOWN_H

#include "hooks.h"

/* From the first handshake on, until it is freed. */
void known_add(const SSL *ssl);
void known_remove(const SSL *ssl);
bool known_is(const struct openssl *o, const SSL *ssl);
/* The connection whose verification it is, in a call of libssl's own; NULL: none. */
SSL *verification_ssl_given(const struct openssl *o, X509_STORE_CTX *ctx);
/* ... in anybody's call: also NULL where what stands there is no SSL that we know. */
SSL *verification_ssl(const struct openssl *o, X509_STORE_CTX *ctx, enum caller from);

#endif
