/* SPDX-License-Identifier: ISC
 *
 * Rules of those that a peer may be: what strengthens holds for all of them.
 */
#include "peer.h"
#include "rule_of_peer.h"

/* By the rule of one that it may be. False: that adds nothing. */
static bool strengthen(const struct policy *p, const char *host, const char *address, unsigned port,
		       struct rule *rule)
{
	struct rule other;
	const struct peer peer = {.host = host, .address = address, .port = port};
	policy_lookup_now(p, &peer, &other);
	return rule_strengthen(rule, &other);
}

/* It is not known by whose: what a rule asks for that is for some name. */
static bool close_for_names(const struct policy *p, struct rule *rule)
{
	const struct setting *s = rule->closed ? NULL : policy_strict_by_name(p);
	if (s)
		rule->closed = s;
	return s != NULL;
}

/* ... that is at this address: the host, or any that was looked up and found there, or nobody with a name. */
bool possible_address(const struct policy *p, const char *host, const char *address, unsigned port,
		      struct rule *rule)
{
	char name[256];
	if (host)
		return strengthen(p, host, address, port, rule);
	bool more = resolver_forgot(address, p) && close_for_names(p, rule);
	if (!resolver_name_at(address, 0, name))
		return strengthen(p, address, address, port, rule) || more;
	for (unsigned i = 0; resolver_name_at(address, i, name); i++)
		more = strengthen(p, name, address, port, rule) || more;
	return more;
}

/* Through a proxy, or where there is no socket: it may be any port of the host. */
bool possible_ports(const struct policy *p, const char *host, struct rule *rule)
{
	bool more = false;
	for (unsigned port = 0; host && (port = policy_strict_port(p, port + 1)) != 0;)
		more = strengthen(p, host, NULL, port, rule) || more;
	return more;
}

void rule_of_possible(const struct policy *p, const char *host, const struct possible *list,
		      struct rule *rule)
{
	for (unsigned i = 0; i < list->count; i++)
		possible_address(p, host, list->at[i].address, list->at[i].port, rule);
	if (list->any_port)
		possible_ports(p, host, rule);
	if (list->more && !rule->closed)
		rule->closed = policy_strict(p);
}
