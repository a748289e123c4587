/* SPDX-License-Identifier: ISC
 *
 * Private to room "openssl": functions that 1.0.2 lacks, in its place. */
#ifndef TLSMEND_OPENSSL_FILLED_H
#define TLSMEND_OPENSSL_FILLED_H

#include <tlsmend/openssl.h>

enum { OLDEST_OPENSSL = 0x10002000 };

/* Is this a version that they are for? */
bool filled_counts(unsigned long version);
/* The one whose place in struct openssl that is; NULL: none. */
void *filled_at(size_t offset);

#endif
