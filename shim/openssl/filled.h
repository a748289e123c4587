/* SPDX-License-Identifier: ISC
 *
 * Private to room "openssl": functions that 1.0.2 and 1.0.1 lack, in their place. */
#ifndef TLSMEND_OPENSSL_FILLED_H
#define TLSMEND_OPENSSL_FILLED_H

#include <tlsmend/openssl.h>

enum { OLDEST_OPENSSL = 0x10001000 };

/* The one whose place in struct openssl that is; NULL: none for this version. */
void *filled_at(unsigned long version, size_t offset);
extern const struct openssl filled_101 HIDDEN; /* before 1.0.2 only */

#endif
