/* SPDX-License-Identifier: ISC
 *
 * Verifications of our own, on private copies, and with what: what trust.c and demand.c decide by.
 */
#ifndef TLSMEND_POLICY_PRIVATE_H
#define TLSMEND_POLICY_PRIVATE_H

#include <tlsmend/apply.h>

/* ---- anchors.c, ca_file.c ---------------------------------------------------------------------------- */
void anchors_retain(struct anchors *a);
/* The certificates of that text. NULL: it cannot be used, and *why (static) says it; *passes: for want of memory. */
struct anchors *ca_file_parse(struct copy *c, const struct buf *text, const char **why,
			      bool *passes);
/* Is this certificate not to be trusted for a TLS server, by what stands beside it (openssl x509 -addreject)? */
bool certificate_is_rejected(const struct openssl *o, X509 *x);

/* ---- distrust.c ------------------------------------------------------------------------------------ */
/* False: memory ran out, or the leaf itself is marked: nothing may be verified with it. To be freed in any case. The anchors must outlive it. */
bool rule_stacks(struct distrust *d, const struct openssl *o, X509_STORE *store, X509 *leaf,
		 OPENSSL_STACK *presented, const struct anchors *a);
void distrust_free(struct distrust *d, const struct openssl *o);

/* ---- system_store.c: the machine's own trust store ----------------------------------------------- */
struct system_store {
	atomic_uint references;
	struct copy *copy;
	X509_STORE *store;
	const char *file, *directory; /* static, or the copy's own; NULL: none */
	struct file_id id;            /* of `file` */
};
/* NULL: there is none. Give back with system_store_release(). */
struct system_store *system_store_acquire(struct copy *c);
void system_store_release(struct system_store *s);

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

/* Does this error say that an anchor is missing? */
bool trust_wants_anchor(int error);
/* Functions of the client's own in its store would run more often than without us. */
bool trust_store_is_plain(const struct openssl *o, const X509_STORE *store);
/* Does the context's leaf pass, as it stands? Tried on a private copy. 1: yes; 0: no; -1: it cannot be tried. */
int trust_passes(const struct openssl *o, X509_STORE_CTX *ctx, verify_fn *verify);

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
