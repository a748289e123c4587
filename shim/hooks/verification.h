/* SPDX-License-Identifier: ISC
 *
 * One verification, between verify.c (what the host called, whose rule it is) and failure.c (what went wrong in it).
 */
#ifndef TLSMEND_HOOKS_VERIFICATION_H
#define TLSMEND_HOOKS_VERIFICATION_H

#include <tlsmend/evidence.h>

#include "live.h"

enum { EVENTS_MAX = 24 };
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
	const struct demand_view
	    *demand; /* it is what a rule demands, in a context of ours; NULL: the client's own */
	struct repair repair;
	struct trust trust;
	uint64_t presented; /* leaf_hash_on() of the server's Certificate message; 0: not known */
	uint8_t leaf[32];   /* leaf_digest() */
	struct evidence *
	    collector; /* a trial of ours: where its errors go; NULL: the client's own verification */
	openssl_verify_cb *client; /* its callback, while ours stands in front; NULL: it has none */
	unsigned own_calls;        /* events_own_calls() when it was told of an error, ... */
	bool told_bad;             /* ... which it has not answered */
	bool by_libssl;            /* it is libssl that verifies */
	bool have_leaf, collects_all;
	unsigned event_count;
	/* from here on nothing is looked at that was not written before */
	char expected[256];      /* the name that a rule has the leaf carry */
	struct live_match match; /* without an SSL: whose look it is */
	struct verify_event events[EVENTS_MAX];
};

static inline verify_fn *as_verify(void *function)
{
	return ((union {
		       void *object;
		       verify_fn *function;
	       }){.object = function})
	    .function;
}

/* NULL: it has none, or this OpenSSL does not tell. */
static inline X509 *leaf_of(const struct openssl *o, X509_STORE_CTX *ctx)
{
	return o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(ctx) : NULL;
}

/* (demanded.c) Around a verification, by OpenSSL or by the client: what the rule demands has the last word. */
struct demanded {
	struct connection *connection; /* NULL: nothing is demanded */
	SSL *ssl;
	X509_STORE_CTX *ctx;
	struct demand_view view;
};
void demanded_begin(struct demanded *d, struct copy *c, X509_STORE_CTX *ctx, SSL *ssl);
int demanded_end(struct demanded *d, int result);

/* (events.c) Around the real call: the context knows its verification, so that OpenSSL's way from one of its functions to the other is not
 * taken for another one; notes in v->events what the client's callback sees and answers. Nothing of it hangs on the thread: verifications
 * may be suspended and go on in any order (ASYNC jobs, coroutines). False: no memory. */
bool events_begin(struct verification *v);
void events_end(struct verification *v);
/* A trial of ours on a private copy: every error of it goes into e, and with `all` it goes on
 * after each (else the first one ends it: a chain that is too dear to be looked at as a whole). Between the two the context is e's. */
bool events_collect(struct copy *c, X509_STORE_CTX *ctx, struct evidence *e, bool all);
void events_collected(struct copy *c, X509_STORE_CTX *ctx);
/* The context is being verified right now, further up on this or another stack. */
bool events_under_way(struct copy *c, X509_STORE_CTX *ctx);
/* The program makes a verification by itself, which is of no connection's SSL; how many it has made. */
void events_own_call(void);
unsigned events_own_calls(void);
/* The connection ends in the midst of its verification: the client's callback was told of an error and never came back (an exception, longjmp), or let go of
 * the connection. `ssl` NULL: not to be touched. */
void verification_left(struct connection *n, SSL *ssl);
/* Gives back everything that a verification holds, but its context. */
void verification_free(struct verification *v);

/* An evidence that begins with what is known of the peer. NULL: no memory. */
struct evidence *verification_evidence(struct verification *v);
/* What the real call, which gave `result`, left in the context, and what might help. */
struct evidence *verification_failure(struct verification *v, int result);
/* It failed at a limit to the length of chains, in a client that does not verify. verification_failure() looks past that: NULL then, where nothing else
 * is wrong. */
bool verification_has_idle_limit(const struct verification *v);

/* (leaf_digest.c) Of a leaf that a server presented: what it is known again by, in this process alone. */
void leaf_digest_of(const uint8_t *der, size_t size, uint8_t out[32]);
/* ... and of more, behind what has that hash (or a digest's first eight bytes) already. */
uint64_t leaf_hash_on(uint64_t before, const void *more, size_t size);
/* ... as OpenSSL has taken it; NULL: there is none. False: no memory. */
bool leaf_digest(const struct openssl *o, const X509 *leaf, uint8_t out[32]);
/* Has the object the signature that stands at the end of these bytes? No two certificates have the same, of which both are good. */
bool leaf_ends(const struct openssl *o, const X509 *leaf, const uint8_t *der, size_t size);
/* Does an object that is held for the certificate of that digest end as it does? Else it is another one, at a place that became free. */
bool leaf_seems(const struct openssl *o, const X509 *leaf, const uint8_t digest[32]);
/* (verify_leaf.c) The body of the server's Certificate message, the leaf of a verification, and the handshake's end. */
void verify_note_leaf(struct connection *n, const uint8_t *body, size_t size, bool tls13);
void verify_take_leaf(struct connection *n, const uint8_t leaf[32]);
/* Is the leaf the one that was sent, and is it sure that it bears the name? Until the handshake is done. flags: of X509_check_host(3). */
bool verify_sent_name(const struct connection *n, const X509 *leaf, bool tls13, const char *name,
		      unsigned flags);
void verify_done(struct connection *n, SSL *ssl);

/* (afterwards.c) Is this verification, which nobody but the client itself asked for, that of .NET? */
bool afterwards_is_dotnet(void);

#endif
