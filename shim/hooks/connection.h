/* SPDX-License-Identifier: ISC
 *
 * One client connection.
 */
#ifndef TLSMEND_HOOKS_CONNECTION_H
#define TLSMEND_HOOKS_CONNECTION_H

#include <bsd/sys/queue.h>

#include "carrier.h"
#include "dry_run.h"
#include "hooks.h"
#include "rule_of_peer.h"
#include "transport.h"

/* The server's Certificate message, until the handshake is done (sent_list.c). */
struct sent_message {
	uint8_t *body; /* NULL: none */
	size_t size;
	struct sent_bytes *bytes; /* where it stands under rules; NULL: it is owned */
	uint64_t hash;            /* leaf_hash_on(), where there are rules; 0: not known */
};
/* What had been carried when the handshake began. */
struct carried {
	uint64_t written, read; /* by the BIOs */
	/* bit per descriptor that had carried nothing (transport.c) */
	uint64_t silent[TRANSPORT_DESCRIPTORS / 64];
};
/* Which socket it is that carries the connection (transport.c, peer.c). */
struct socket_state {
	bool looked; /* at it */
	bool
	    guessed; /* address and port are those of one that may not be this connection's, or a proxy's */
	uint32_t guessing; /* transport_guess(), in this process; 0: no */
	bool closed;       /* the client has closed it, and it may have been one of several */
	bool gave_host;    /* the connection's host comes from its address */
	bool asked_first; /* the client asked in plain text for TLS, and said nothing else before */
};
/* Which sockets the client closes (closed.c). */
struct closing {
	uint32_t watched; /* in this process; 0: no */
	uint32_t since;   /* number of the first; 0: no */
	int fd;           /* the SSL's own; -1: not known */
};
/* What a rule demands, of the leaf that was judged last (demanded.c). */
struct demand_state {
	bool judged, met;
	uint8_t leaf[32];
	uint64_t
	    anchors; /* content of the rule's CA file, where that is what it was met with; else 0 */
	int error;   /* for a refusal */
	int mode;    /* the client's verify mode + 1, while it is another */
	bool refused; /* the handshake was done before it showed that a demand is not met */
};
/* What the client showed to the server (unanswered.c, certificate.c). */
struct shown_certificate {
	uint8_t count; /* in its Certificate message; 0: none, or not known */
	bool sent;
	bool of_rule; /* the certificate of a rule is set: the server asked */
};
/* Which rule holds may show, or change, when the handshake is under way already (rule_of_peer.c). */
struct late {
	bool verified; /* a verification was made */
	/* OnlyCAFile, where it held for the latest one; else NULL */
	const struct setting *verified_under;
	/* only after that it was known that no CAs but a rule's count */
	bool after_verification;
	bool proven;  /* the rule was found only after the handshake had begun */
	bool repeats; /* a renegotiation is under way, or was made */
	/* ... for another host: a key of the rule of either; else NULL */
	const struct setting *of_another;
};
/* (open.c) Its place among those whose story is not over. */
struct membership {
	LIST_ENTRY(connection) entry;
	unsigned list;
	bool listed;
};
/* Whom the client has connected to, as far as that is known. */
struct peer_known {
	char *host;       /* design.md#host, normalised; NULL: unknown */
	char *sni;        /* NULL: none sent */
	char address[46]; /* "" : unknown */
	unsigned port;    /* 0: unknown */
	bool lost;        /* there was no memory for its name */
};
/* What may have to be told, once it shows what the client makes of it; NULL: nothing. */
struct held_back {
	struct evidence *failed; /* a verification failed */
	/* the chain is good, but nobody asked for the name, and it is another one */
	struct evidence *unnamed;
	/* a verification is under way, or was left for good */
	struct verification *under_way;
};
/* The certificate that the server has shown. */
struct shown_leaf {
	bool known;
	uint8_t digest[32]; /* leaf_digest() */
	struct live *live;  /* among the live ones (live.h); NULL: not */
	bool unnoted;       /* ... for want of memory */
};
/* What the transport has carried. */
struct traffic {
	struct carried before;
	uint64_t received; /* since then, when last something happened */
	uint64_t taken;    /* ... by the transport, when the handshake last waited for the peer */
	uint64_t written;  /* ... and what it had been given by then */
	uint64_t
	    kept_back; /* of an answer that the client has read, and handed nothing of to OpenSSL */
	struct {
		uint8_t bytes[16];
		uint8_t count;
	} first;               /* that came in */
	uint16_t record_bytes; /* of the record whose header came last */
	bool waits;            /* for the peer, when its handshake function came back last */
};
/* What was offered and chosen. */
struct hellos {
	struct hello client; /* the first that was sent; a second one answers a HelloRetryRequest */
	struct server_choice server;
	int version;
};
/* What of a rule was needed for this chain to be good. */
struct mending {
	bool by_trust;
	const struct setting *by_key; /* this one; NULL: none */
	uint64_t
	    anchors; /* content of the CA file that the latest verification was made with; 0: none */
	uintptr_t tag; /* of the session of such a handshake (session.c) */
};
struct connection {
	/* other threads look at this, too: it stays from one handshake to the next */
	struct membership open;
	struct copy *copy; /* the rest begins with it */
	SSL *ssl;
	uint32_t process, thread; /* that began it; that something happened to it in last */
	struct story story;       /* what happened so far, and what became of it */
	uint64_t last_ms;         /* when the latest of it did */
	struct buf text;          /* ... in words, where a test asks for them */
	struct peer_known peer;
	struct policy_ref *policy; /* keeps `rule` alive; NULL: no rules */
	struct met *met; /* what is remembered of the host, as long as it is that; NULL: nothing */
	struct rule rule;
	struct applied applied; /* what the rule changed on this SSL */
	bool applying; /* a rule is being laid onto the SSL: what is set is not the client's */
	struct late late;
	struct possible possible;
	struct demand_state demand;
	struct mending mended;
	struct dry_look dry;
	struct held_back held;
	struct sent_message sent;
	struct shown_leaf leaf;
	struct shown_certificate shown;
	struct traffic wire;
	struct hellos hellos;
	struct socket_state socket;
	struct closing closing;
	struct carrier carrier;
	unsigned load_failures; /* of the process, when this handshake began */
	bool datagram;          /* DTLS or QUIC: rules about versions and ciphers do not act */
	bool observing;         /* our message callback is set */
};
/* The state of a client's SSL, made at the first handshake; NULL: none (a server, no memory, before the handshake). */
static inline struct connection *connection_of(struct copy *c, const SSL *ssl)
{
	return kept_get(c, KEPT_SSL_STATE, ssl);
}
struct connection *connection_start(struct copy *c, SSL *ssl);
/* A handshake of this SSL was seen, on whichever side: it is one (known.c), until it is freed. */
void connection_known(struct copy *c, const SSL *ssl);
/* The key whose trust this connection's chain was judged with; NULL: none. */
static inline const struct setting *connection_trust(const struct connection *n)
{
	return trust_of(&n->rule);
}
/* The connection ends (`how` as in HAPPENING_ENDS): what only shows now is told. */
void connection_end(struct connection *n, SSL *ssl, int how);

/* (told.c) An evidence that begins with what is known of this connection; `ssl` NULL: without what only that knows. NULL: no memory. */
struct evidence *connection_evidence(struct connection *n, SSL *ssl, enum event event);
void connection_report(struct connection *n, struct evidence *e); /* diagnoses, logs, frees e */

/* (open.c) Connections whose story is not over. */
void open_note(struct connection *n, SSL *ssl);
/* False: it is in use, and must stay. */
bool open_forget(struct connection *n);
bool open_any(void);
/* Nobody frees one meanwhile. */
void open_each(void (*visit)(struct connection *n, void *arg), void *arg);
/* (process_end.c) One of these ends, whichever copy it is of. `ssl` NULL: it is not to be touched. */
void open_end(struct connection *n, SSL *ssl, int how);
/* Is nobody else there who might use an SSL at this moment? */
bool open_is_alone(void);
/* (left_behind.c) Another connection begins: those that the client has lost are over. */
void left_behind(struct copy *c, const SSL *begins);

#endif
