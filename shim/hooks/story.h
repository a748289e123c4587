/* SPDX-License-Identifier: ISC
 *
 * The hooks tell the judge (story.c). What it decides is carried out before these return.
 */
#ifndef TLSMEND_HOOKS_STORY_H
#define TLSMEND_HOOKS_STORY_H

#include "closed.h"
#include "live.h"

/* What the evidence of an end needs beside the story. */
struct circumstances {
	int host_errno;
	BIO *
	    stuck; /* the one that OpenSSL waited for: the transport failed, or met its end; NULL: not so */
	bool met, peer; /* see HAPPENING_ENDS */
	bool reset;     /* ... by a reset */
};

void story_event(struct connection *n, SSL *ssl, struct happening h, const struct circumstances *c);
/* TELL(n, ssl, ASKED, true): an event with its own fields. */
#define TELL(n, ssl, id, ...)                                                                      \
	story_event(n, ssl, (struct happening){.what = HAPPENING_##id, .is = {__VA_ARGS__}}, NULL)

/* (own_checks.c) Was the client to look at something by itself? Then what is told of that. */
bool own_checks_look(const struct connection *n, SSL *ssl, struct happening *h);
/* It looks at something else of that certificate, or asks for the verification's result: a key that it wrote out before was to be shown or noted (irssi,
 * Postfix), and is not what it leaves for. Who compares it with a pin does that last, or leaves at once. */
void own_checks_goes_on(const struct openssl *o, const X509 *x);
void own_checks_asks(const struct openssl *o, SSL *ssl);
/* What the client did by itself, as far as it is known by now. */
void story_own(struct connection *n, SSL *ssl);
/* ... and what else the judge would like to know before it hears of an end. */
void story_looks(struct connection *n, SSL *ssl, struct circumstances *c);
/* The handshake function comes back, and is to be called again. Of a client whose SSL_free() goes past us (PHP's extensions), no more than this is
 * known at the end. */
void story_pauses(struct connection *n, SSL *ssl);
/* The connection ends: `how` as in HAPPENING_ENDS. `ssl` NULL: it is not to be looked at any more. */
void story_ends(struct connection *n, SSL *ssl, int how);
/* Adds to the story's text, where one is wanted. */
void story_note(struct connection *n, const struct happening *h);

/* (lower.c) A handshake failed: did another one to the same peer, which offered more, fail right before it? */
bool lower_follows(const struct evidence *e);

/* (spare.c) Its handshake succeeded. */
void spare_note(const struct connection *n);
/* Did one with the same host, since this one began? */
bool spare_is(const struct connection *n);

/* (unanswered.c) Each only looks at the socket. Was it closed by the client, and how was it then? Without the peer where it may be one of several. False also
 * where that is not known. `ssl` NULL: as in story_ends(). */
bool unanswered_closed(struct connection *n, SSL *ssl, struct closed_socket *s,
		       struct circumstances *c);
/* The SSL is not at hand, but the socket that carried it in its handshake is still there. */
bool unanswered_left(const struct connection *n, struct socket_facts *left);
/* Did the peer end the connection in the middle of the handshake? False also where the socket is not
 * known. */
void unanswered_in_handshake(struct connection *n, SSL *ssl, struct circumstances *c);
/* ... after it, before it said a word? `ssl` NULL: as in story_ends(). */
void unanswered_after(const struct connection *n, SSL *ssl, struct circumstances *c);
/* (HAPPENING_ENDS) peer */
static inline int circumstances_peer(const struct circumstances *c)
{
	return !c->peer ? 0 : c->reset ? 2 : 1;
}

/* (afterwards.c) The handshake is done: is the leaf for another host than the one that was looked up? */
bool afterwards_is_misnamed(struct connection *n, SSL *ssl);
/* Did its own verification fail at a root that the client brought along? alone: for no more than that. */
bool afterwards_brought_root(const struct connection *n, const SSL *ssl, bool *alone);
/* How a client that compares by itself finds the leaf, for the judge. False: there is none. */
bool afterwards_look(struct connection *n, SSL *ssl, struct happening *leaf_is);
struct evidence *afterwards_evidence(struct connection *n, SSL *ssl, bool went_on);

/* (greeting.c) A peer that speaks no TLS. The first bytes that OpenSSL took are known: what the peer said after them still waits, and is looked at, but not taken. */
void greeting_rest(struct evidence *e, const struct connection *n, SSL *ssl);

#endif
