/* SPDX-License-Identifier: ISC
 *
 * The client connections of this process and the leaf that each was presented with (live.c): whose look at its server is a
 * verification that has no SSL? That of the connection whose very certificate it verifies, or nobody's.
 */
#ifndef TLSMEND_HOOKS_LIVE_H
#define TLSMEND_HOOKS_LIVE_H

#include <tlsmend/evidence.h>

#include "hooks.h"

struct connection;

/* The leaf of a connection is known: its digest out of the Certificate message, or of the session that it resumed. Once more where the
 * server sends another one. No memory: the connection is not among the live ones, and live_blind() is true as long as it lasts. */
void live_note(struct connection *n, const uint8_t leaf[32]);
/* The handshake is done. `leaf`: the very object that the SSL gives to the client, a reference that is taken over; NULL: none. */
void live_done(struct connection *n, X509 *leaf);
/* Who its peer is, or may be, only shows now. */
void live_peer_shows(struct connection *n);
/* While the handshake is under way, a function of the client's looks at it by this very object; NULL: it is through. Only compared with. */
void live_shown(struct connection *n, const X509 *leaf);
/* The client has turned verification off for this connection. */
void live_left_to_client(struct connection *n);
/* The connection ends, or nobody asks for its leaf any more. */
void live_end(struct connection *n);

/* Is there any? Asked before a leaf's digest is made. */
bool live_any(void);
/* Some connection could not be noted: what OnlyCAFile asks for it might be missed. */
bool live_blind(void);

enum { LIVE_ROOTS = 4 };

/* What is known of a verification without an SSL. */
struct live_match {
	unsigned hosts; /* different ones that present this leaf at the moment; 0: none does */
	struct peer_text {
		char host[256], address[46]; /* "": unknown */
		unsigned port;
	} peer;           /* where it is one host */
	struct rule rule; /* what holds for it: see live_find() */
	uint64_t id;      /* of the connection that a failure is put down to */
	bool here;        /* its handshake ended in this thread */
	bool afterwards;  /* its handshake is done, with verification off */
	/* of a verification that failed: the objects among its further certificates that are the root it came to. Only compared with. */
	const X509 *roots[LIVE_ROOTS];
};
/* The connection whose certificate object `leaf` is; else those that were presented with the same bytes: of them, what strengthens holds,
 * and nothing else. So it is where the object is that of several hosts. `policy` NULL: no rules. False: nobody's. Thread-safe, no allocation. */
bool live_find(const X509 *leaf, const uint8_t digest[32], const struct policy *policy,
	       struct live_match *m);

/* A verification of that connection failed: kept until the connection ends, since the client may try another way. Takes e. */
void live_failed(const struct live_match *m, const uint8_t leaf[32], struct evidence *e);
/* It passed. True: for the first time on this connection. */
bool live_passed(const struct live_match *m, const X509 *object, const uint8_t leaf[32]);
/* What failed on it so far, taken out. NULL: nothing. */
struct evidence *live_take(struct connection *n);
/* ... as evidence for the connection's outcome. `ssl` NULL: not at hand. */
struct evidence *live_outcome(struct connection *n, SSL *ssl, bool went_on);
/* The last word on this connection's leaf was good; or a look at it failed. */
bool live_is_good(const struct connection *n, bool *failed);
/* Did it fail because the chain ends at a root that is in no store? The SHA-256 of that. alone: for no more. roots: the objects that were handed over as
 * that root; NULL: no more. */
bool live_failed_at_root(const struct connection *n, uint8_t root[32],
			 const X509 *roots[LIVE_ROOTS], bool *alone);

/* The client looks at the names of a leaf. */
void live_read_names(const X509 *object, const uint8_t leaf[32]);
bool live_names_read(const struct connection *n);

/* This client runs its handshakes with verification off and verifies afterwards (.NET): what fails in between is no failure. */
bool live_client_verifies(void);

#endif
