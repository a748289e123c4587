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

#endif
