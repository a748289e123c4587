/* SPDX-License-Identifier: ISC
 *
 * Verifications of our own, on private copies: what trust.c decides by.
 */
#ifndef TLSMEND_POLICY_PRIVATE_H
#define TLSMEND_POLICY_PRIVATE_H

#include <tlsmend/apply.h>

/* ---- stacks; all of these leave the error queue alone ------------------------------------------ */
bool same_bytes(const struct openssl *o, X509 *a, X509 *b);
/* A stack of `front`, and of `first` and `second` without what is the same certificate as one of `avoid`. Borrows what is in them; each of
 * them may be NULL. NULL: no memory. */
OPENSSL_STACK *stack_without(const struct openssl *o, const OPENSSL_STACK *front,
			     const OPENSSL_STACK *first, const OPENSSL_STACK *second,
			     const OPENSSL_STACK *avoid);
void stack_free(const struct openssl *o, OPENSSL_STACK *stack); /* not what is in it */
bool stack_holds(const struct openssl *o, const OPENSSL_STACK *stack, X509 *x);

/* ---- private.c: trials ---------------------------------------------------------------------------- */
/* The leaf and what was presented with it, as objects of our own. OpenSSL looks at the extensions of a certificate once, keeps what it
 * found, and puts what does not parse into the error queue that one time: that time is the client's. */
struct presented {
	X509 *leaf;
	OPENSSL_STACK *untrusted;
	bool borrowed; /* they are the client's own, and known to parse */
};
bool presented_copy(struct presented *p, const struct openssl *o, X509_STORE_CTX *ctx);
void presented_free(struct presented *p, const struct openssl *o);
void presented_borrow(struct presented *p, const struct openssl *o, X509_STORE_CTX *ctx);
/* Can everything in the extensions be read? */
bool presented_parses(const struct presented *p, const struct openssl *o);

struct trial {
	const struct openssl *o;
	X509_STORE_CTX *ctx;
	verify_fn *verify;
	struct presented presented;
	unsigned long without; /* flags that are taken off for this trial */
};
struct outcome {
	int error;
	bool malformed; /* the certificate at the error has an extension that does not parse */
	bool
	    distrusted; /* OpenSSL found it good, but one of `avoid` is in the chain: it is no good one */
};
/* Verifies the leaf on a private copy. trusted NULL: with the client's store. Returns 1: good; 0: bad; -1: it could not be tried. */
int try_chain(const struct trial *t, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted,
	      const OPENSSL_STACK *avoid, struct outcome *out);

#endif
