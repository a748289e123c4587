/* SPDX-License-Identifier: ISC
 *
 * Whose rule holds, once more: a client with a BIO of its own does not tell its socket, so that it shows only in the course of the
 * handshake, by the bytes that went over it, who the peer is (transport.c). Where it is proven, all of the rule that acts on verification
 * holds from then on. Where it stays open (two such handshakes at once), what strengthens holds for every peer that it may be, and what
 * adds trust for none. The same holds where a name is known but no port, since a proxy stands between, and where several names were found at an
 * address.
 */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "live.h"
#include "peer.h"
#include "rule_of_peer.h"
#include "transport.h"

#include <bsd/string.h>

/* Of a rule that is found so late, only what acts on verification can still hold, and what can be looked at afterwards. */
static bool acts_late(const struct setting *s)
{
	return key_table[s->key].effect == ADDS_TRUST || setting_strengthens(s);
}

static void proven(struct connection *n)
{
	struct peer peer;
	struct rule rule;
	memset(&n->possible, 0, sizeof n->possible);
	connection_peer(n, &peer);
	policy_lookup_now(policy_of(n->policy), &peer, &rule);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct setting *was = n->rule.set[key], *is = rule.set[key];
		is = is && acts_late(is) ? is : NULL;
		if (!is && !(was && acts_late(was)))
			continue;
		n->rule.count += !was && is;
		n->rule.count -= was && !is;
		n->rule.set[key] = is;
	}
	n->rule.closed = rule.closed;
}

static void keep(struct possible *list, const char *address, unsigned port)
{
	if (list->count == POSSIBLE_MAX) {
		list->more = true;
		return;
	}
	strlcpy(list->at[list->count].address, address, sizeof list->at[0].address);
	list->at[list->count++].port = (uint16_t)port;
}

/* By a socket that may carry the connection. *led: one of them leads to where the host was found. */
static bool sockets(struct connection *n, SSL *ssl, bool *led)
{
	char address[46];
	unsigned port;
	bool more = false;
	const char *host = n->socket.gave_host ? NULL : n->peer.host;
	for (int fd = 0; (fd = transport_possible(n, ssl, fd)) >= 0; fd++) {
		if (!transport_peer(fd, address, &port) ||
		    (host && resolver_elsewhere(address, host)))
			continue;
		*led = *led || n->datagram || (host && resolver_led(host, address));
		if (!possible_address(policy_of(n->policy), host, address, port, &n->rule))
			continue;
		keep(&n->possible, address, port);
		more = true;
	}
	return more;
}

/* Only the address is known, and several names were found there. */
static bool names(struct connection *n)
{
	if (!n->socket.gave_host || !n->peer.address[0] || n->socket.guessed ||
	    !possible_address(policy_of(n->policy), NULL, n->peer.address, n->peer.port, &n->rule))
		return false;
	keep(&n->possible, n->peer.address, n->peer.port);
	return true;
}

/* That of a proxy is not the host's. */
static bool port_is_known(const struct connection *n)
{
	return n->peer.port && n->peer.host &&
	       (!n->socket.guessed ||
		(n->peer.address[0] && resolver_led(n->peer.host, n->peer.address)));
}

/* It may have other names checked than it sends, and more than one: where one of them has such a rule, it is also the one that the leaf has to carry. */
static bool names_given(struct connection *n, SSL *ssl, bool any_port)
{
	const struct policy *p = policy_of(n->policy);
	char name[256];
	const char *address = n->peer.address[0] && !n->socket.guessed ? n->peer.address : NULL;
	bool more = false;
	if (!policy_strict(p)) /* as in most handshakes under a rule */
		return false;
	for (unsigned i = 0; n->peer.host && connection_name(n, ssl, i, name); i++) {
		if (!name[0] || strcmp(name, n->peer.host) == 0)
			continue;
		bool is = possible_address(p, name, address, n->peer.port, &n->rule);
		is = (any_port && possible_ports(p, name, &n->rule)) || is;
		char *copy = is ? strdup(name) : NULL;
		n->peer.lost = n->peer.lost || (is && !copy);
		if (copy) {
			free(n->peer.host);
			n->peer.host = copy;
			n->met = NULL;
		}
		more = more || is;
	}
	return more;
}

void rule_of_names(struct connection *n, SSL *ssl)
{
	names_given(n, ssl, false);
}

static bool possible(struct connection *n, SSL *ssl)
{
	bool led = port_is_known(n);
	bool more = n->socket.guessed && sockets(n, ssl, &led);
	more = names(n) || more;
	more = names_given(n, ssl, !led) || more;
	if (!led && !n->socket.gave_host &&
	    possible_ports(policy_of(n->policy), n->peer.host, &n->rule))
		more = n->possible.any_port = true;
	return more;
}

/* Of several names at one address, that of the certificate, where a rule for it holds: it is the one that the leaf has to carry. */
static void take_name(struct connection *n, X509 *leaf)
{
	char name[256];
	struct rule other;
	const struct policy *p = policy_of(n->policy);
	const struct peer peer = {.host = name, .address = n->peer.address, .port = n->peer.port};
	bool taken = false;
	for (unsigned i = 0; n->socket.gave_host && !n->socket.guessed && n->peer.address[0] &&
			     !taken && resolver_name_at(n->peer.address, i, name);
	     i++) {
		policy_lookup_now(p, &peer, &other);
		taken = rule_strengthens(&other) && leaf_is_for(copy_api(n->copy), leaf, name);
	}
	char *copy = taken ? strdup(name) : NULL;
	if (!copy)
		return;
	free(n->peer.host);
	n->peer.host = copy;
	n->met = NULL;
}

static const struct setting *any_setting(const struct rule *rule)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (rule->set[key])
			return rule->set[key];
	return rule->closed;
}

/* One connection, two hosts: what adds trust for the one does not for the other, and what strengthens holds for both. */
static void combine_with(struct connection *n, SSL *ssl)
{
	struct peer peer;
	struct rule rule;
	connection_peer(n, &peer);
	policy_lookup_now(policy_of(n->policy), &peer, &rule);
	const struct setting *key = any_setting(&rule) ? any_setting(&rule) : any_setting(&n->rule);
	if (key) /* it stays so, also where the client goes on to a third one */
		n->late.of_another = key;
	rule_combine(&n->rule, &rule);
	rule_of_names(n, ssl);
	live_peer_shows(n);
	n->demand.judged = false;
}

bool rule_of_renamed(struct connection *n, SSL *ssl)
{
	if (!n->policy || !n->late.repeats)
		return false;
	const bool renamed = connection_renamed(n, ssl);
	if (renamed)
		combine_with(n, ssl);
	if (n->peer.lost && !n->rule.closed)
		n->rule.closed = policy_strict(policy_of(n->policy));
	return renamed;
}

void rule_of_peer(struct connection *n, SSL *ssl, X509 *leaf)
{
	if (!n->policy || rule_of_renamed(n, ssl))
		return;
	const struct policy *p = policy_of(n->policy);
	const bool by_peer = n->socket.gave_host || !n->peer.host || policy_uses_peer(p);
	if (!by_peer && !policy_strict(p)) /* as in most handshakes under a rule */
		return;
	const bool found = by_peer && connection_prove(n, ssl);
	if (found)
		proven(n);
	const bool more = by_peer ? possible(n, ssl) : names_given(n, ssl, false);
	if (!more && !found)
		return;
	if (leaf)
		take_name(n, leaf);
	live_peer_shows(n);
	n->late.proven = true;
	n->demand.judged = false;
	n->late.after_verification = n->late.verified && trust_is_strict(&n->rule) &&
				     trust_of(&n->rule) != n->late.verified_under;
}
