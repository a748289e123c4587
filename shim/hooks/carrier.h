/* SPDX-License-Identifier: ISC
 *
 * Which of several sockets carries a connection (carrier.c). Good enough for the words of a record, never for a rule.
 */
#ifndef TLSMEND_HOOKS_CARRIER_H
#define TLSMEND_HOOKS_CARRIER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;

struct carrier {
	atomic_int fd; /* + 1; 0: not known. Other threads look at it, too */
	int place;     /* + 1, of its ClientHello, as long as that is on its way (sent.c) */
	uint64_t key;  /* of its ClientHello; 0: it has none */
};

/* The handshake begins. `fd`: what the SSL itself works on; -1: that is not known. */
void carrier_begin(struct connection *n, int fd);
/* OpenSSL has made its ClientHello. */
void carrier_hello(struct connection *n, const uint8_t *message, size_t size);
/* It is not of interest any more whether that is seen. What was seen stays known. */
void carrier_settled(struct connection *n);
/* The descriptor; -1: not known. The client may have closed it since. */
int carrier_of(const struct connection *n);
/* May it be this one, for all that is known of the others? */
bool carrier_may_be(const struct connection *n, int fd);
/* Is it not known, and are there others under way of which it is not known either? */
bool carrier_has_rivals(const struct connection *n);

#endif
