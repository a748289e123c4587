/* SPDX-License-Identifier: ISC
 *
 * On which socket a ClientHello went out (sent.c).
 */
#ifndef TLSMEND_HOOKS_SENT_H
#define TLSMEND_HOOKS_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What tells one ClientHello from all others: 48 bits of its random. `message`: as OpenSSL shows it, without the record's header; 0: it is none. */
uint64_t sent_key(const uint8_t *message, size_t size);
/* From here on it is watched for, until sent_forget(). The number of its place; -1: there is none left. */
int sent_expect(uint64_t key);
/* The descriptor; -1: it was not seen. The client may have closed it since. */
int sent_on(int place, uint64_t key);
void sent_forget(int place, uint64_t key);
/* Are there others of this process that were not seen yet? */
bool sent_not_others(int place);

#endif
