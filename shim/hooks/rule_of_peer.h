/* SPDX-License-Identifier: ISC
 *
 * The rule of a peer that shows late who it is.
 */
#ifndef TLSMEND_HOOKS_RULE_OF_PEER_H
#define TLSMEND_HOOKS_RULE_OF_PEER_H

#include "hooks.h"

struct connection;

/* Who else the peer may be: addresses, or names that led to them, that have a rule that strengthens (rule_of_peer.c). */
enum { POSSIBLE_MAX = 4 };
struct possible {
	uint8_t count;
	bool more;     /* than are kept */
	bool any_port; /* its port is not known */
	struct {
		char address[46];
		uint16_t port;
	} at[POSSIBLE_MAX];
};

/* In a renegotiation: the client asks for another host by now. False: it does not. */
bool rule_of_renamed(struct connection *n, SSL *ssl);
/* Looks for the rule once more where only now it shows who the peer is, or may be; before it is asked what the rule
 * demands. leaf NULL: not known yet. */
void rule_of_peer(struct connection *n, SSL *ssl, X509 *leaf);
/* ... of one that may be. Needs no memory. */
void rule_of_possible(const struct policy *p, const char *host, const struct possible *possible,
		      struct rule *rule);

#endif
