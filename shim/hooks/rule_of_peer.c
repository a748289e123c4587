/* SPDX-License-Identifier: ISC
 *
 * Whose rule holds, once more: a client with a BIO of its own does not tell its socket, so that it shows only in the course of the
 * handshake, by the bytes that went over it, who the peer is (transport.c). Where it is proven, all of the rule that acts on verification
 * holds from then on. Where it stays open (two such handshakes at once), what strengthens holds for every peer that it may be, and what
 * adds trust for none.
 */
#include <string.h>

#include "hooks.h"

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
	policy_lookup(policy_of(n->policy), &peer, clock_realtime_ms() / 1000, &rule);
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

/* By the rule of one that it may be. False: that adds nothing. */
static bool strengthen(const struct policy *p, const char *host, const char *address, unsigned port,
		       struct rule *rule)
{
	char name[256];
	struct rule other;
	const struct peer peer = {.host = host                           ? host
					  : resolver_name(address, name) ? name
									 : address,
				  .address = address,
				  .port = port};
	policy_lookup(p, &peer, clock_realtime_ms() / 1000, &other);
	return rule_strengthen(rule, &other);
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

static bool possible(struct connection *n, SSL *ssl)
{
	char address[46];
	unsigned port;
	bool more = false;
	const char *host = n->host_of_socket ? NULL : n->host;
	for (int fd = 0; (fd = transport_possible(n, ssl, fd)) >= 0; fd++) {
		if (!transport_peer(fd, address, &port) ||
		    (host && resolver_elsewhere(address, host)) ||
		    !strengthen(policy_of(n->policy), host, address, port, &n->rule))
			continue;
		keep(&n->possible, address, port);
		more = true;
	}
	return more;
}

void rule_of_possible(const struct policy *p, const char *host, const struct possible *list,
		      struct rule *rule)
{
	for (unsigned i = 0; i < list->count; i++)
		strengthen(p, host, list->at[i].address, list->at[i].port, rule);
	if (list->more && !rule->closed)
		rule->closed = policy_strict(p);
}

void rule_of_peer(struct connection *n, SSL *ssl)
{
	if (!n->policy || !policy_uses_peer(policy_of(n->policy)))
		return;
	if (connection_prove(n, ssl))
		proven(n);
	else if (!n->guessed || !possible(n, ssl))
		return;
	n->proven_late = true;
	n->demand_judged = false;
	n->too_late =
	    n->verified && trust_is_strict(&n->rule) && trust_of(&n->rule) != n->verified_under;
}
