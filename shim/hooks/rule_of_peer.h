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

/* What strengthens for any name that the client sends, or has OpenSSL check. */
void rule_of_names(struct connection *n, SSL *ssl);
/* In a renegotiation: the client asks for another host by now. False: it does not. */
bool rule_of_renamed(struct connection *n, SSL *ssl);
/* Looks for the rule once more where only now it shows who the peer is, or may be; before it is asked what the rule
 * demands. leaf NULL: not known yet. */
void rule_of_peer(struct connection *n, SSL *ssl, X509 *leaf);
/* (possible.c) Each adds what strengthens to a rule. False: that was nothing. By whoever may be at this address: the host, or any that was looked up
 * and found there, or nobody with a name. */
bool possible_address(const struct policy *p, const char *host, const char *address, unsigned port,
		      struct rule *rule);
/* ... at any port of the host: through a proxy, or where there is no socket. */
bool possible_ports(const struct policy *p, const char *host, struct rule *rule);
/* ... all of a list. Needs no memory. */
void rule_of_possible(const struct policy *p, const char *host, const struct possible *possible,
		      struct rule *rule);

#endif
