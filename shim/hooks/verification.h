/* SPDX-License-Identifier: ISC
 *
 * One verification, between verify.c (what the host called, whose rule it is) and failure.c (what went wrong in it).
 */
#ifndef TLSMEND_HOOKS_VERIFICATION_H
#define TLSMEND_HOOKS_VERIFICATION_H

#include <tlsmend/evidence.h>

#include "hooks.h"

struct verification {
	struct copy *copy;
	X509_STORE_CTX *ctx;
	SSL *ssl;                      /* NULL: without a connection */
	struct connection *connection; /* NULL: without one */
	struct policy_ref *policy;     /* a reference, connectionless only */
	struct rule rule;
	char host[256]; /* "" : unknown */
	char address[46];
	unsigned port;
	struct trust trust;
	uint8_t leaf[32]; /* SHA-256 */
	bool have_leaf;
	enum recent_match recent; /* connectionless: was the leaf that of a connection? */
};

static inline verify_fn *as_verify(void *function)
{
	return ((union {
		       void *object;
		       verify_fn *function;
	       }){.object = function})
	    .function;
}

/* An evidence that begins with what is known of the peer. NULL: no memory. */
struct evidence *verification_evidence(struct verification *v);
/* What the real call, which gave `result`, left in the context, and what might help. */
struct evidence *verification_failure(struct verification *v, int result);

#endif
