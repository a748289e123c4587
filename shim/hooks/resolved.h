/* SPDX-License-Identifier: ISC
 *
 * What the resolver answered, on its way into the table of names and addresses (resolved.c); who asks that table needs peer.h only.
 */
#ifndef TLSMEND_HOOKS_RESOLVED_H
#define TLSMEND_HOOKS_RESOLVED_H

#include "peer.h"

enum { OF_ONE_ANSWER = 63 }; /* as many addresses of it are kept */
/* One look-up, while its answer is taken down: the table is locked. */
struct answer {
	char host[256];
	uint8_t last[16]; /* getaddrinfo(3) gives each for several kinds of sockets */
	unsigned count;
	struct policy_ref *policy; /* in force; NULL: there is none */
	uint64_t edition;
};
/* False: the name is not worth keeping, an address in digits perhaps. */
bool answer_begin(struct answer *a, const char *node);
void answer_add(struct answer *a, int family, const void *raw);
void answer_end(struct answer *a);

#endif
