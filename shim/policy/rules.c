/* SPDX-License-Identifier: ISC
 *
 * Look-up: one walk over everything that can match a peer, from the most specific pattern to `*`
 * (tlsmend.conf(5)). No allocation, no lock: the table does not change while it is used.
 *
 * Steps: the host itself; its suffixes, longest first; address blocks, longest prefix first; `*`. Each
 * first with the port, then without. An IPv4 prefix of n bits counts as the IPv4-mapped IPv6 prefix of
 * 96 + n, which only matters where host and address are of different families.
 */
#include <string.h>

#include "internal.h"

/* The entries of one key in one step; two nodes where host and address are different addresses. */
struct step {
	const struct entry *chain[2];
};
struct walk {
	const struct policy *policy;
	unsigned port;
	struct address address[2]; /* 0: of the host, 1: of the peer */
	bool has_address[2];
	unsigned probes;
	void (*visit)(struct walk *w, enum key key, struct step *step);
	void *arg;
};

/* Newest first, out of both chains. */
static const struct entry *step_next(struct step *s)
{
	const struct entry *a = s->chain[0], *b = s->chain[1];
	bool second = !a || (b && b->order > a->order);
	if (second && !b)
		return NULL;
	s->chain[second] = second ? b->older : a->older;
	return second ? b : a;
}

static uint32_t keys_of(const struct node *n)
{
	return n ? n->keys : 0;
}

static const struct entry *chain_of(const struct node *n, unsigned key)
{
	const struct entry *e = n && n->keys >> key & 1 ? n->chains : NULL;
	while (e && e->setting.key != key)
		e = e->next_key;
	return e;
}

static void visit_nodes(struct walk *w, const struct node *a, const struct node *b)
{
	for (uint32_t keys = keys_of(a) | keys_of(b); keys; keys &= keys - 1) {
		const unsigned key = (unsigned)__builtin_ctz(keys);
		struct step step = {{chain_of(a, key), chain_of(b, key)}};
		w->visit(w, (enum key)key, &step);
	}
}

static void visit_pattern(struct walk *w, struct pattern *pattern)
{
	if (!(w->policy->kinds >> pattern->kind & 1))
		return;
	if (w->port != 0 && w->policy->ports) {
		pattern->port = (uint16_t)w->port;
		visit_nodes(w, table_find(w->policy, pattern, &w->probes), NULL);
		pattern->port = 0;
	}
	visit_nodes(w, table_find(w->policy, pattern, &w->probes), NULL);
}

static void visit_name(struct walk *w, const char *host, size_t n)
{
	struct pattern pattern = {.kind = PATTERN_EXACT, .name = host};
	const char *end = host + n, *dot;
	if (n == 0 || n > NAME_MAX_LENGTH)
		return;
	pattern.name_length = (uint16_t)n;
	visit_pattern(w, &pattern);
	pattern.kind = PATTERN_SUFFIX;
	if (!(w->policy->kinds >> PATTERN_SUFFIX & 1))
		return;
	while ((dot = memchr(pattern.name, '.', (size_t)(end - pattern.name))) != NULL) {
		pattern.name = dot + 1;
		pattern.name_length = (uint16_t)(end - pattern.name);
		visit_pattern(w, &pattern);
	}
}

static const struct node *find_block(struct walk *w, unsigned which, unsigned prefix, unsigned port)
{
	struct pattern pattern = {.kind = PATTERN_CIDR, .port = (uint16_t)port};
	pattern.address = w->address[which];
	pattern.prefix = (uint8_t)prefix;
	address_mask(&pattern.address, prefix);
	return table_find(w->policy, &pattern, &w->probes);
}

/* `length` in bits of IPv6; the addresses for which such a block occurs. */
static void visit_blocks(struct walk *w, int length, bool of_host, bool of_peer)
{
	const bool wanted[2] = {of_host, of_peer};
	int prefix[2];
	for (unsigned i = 0; i < 2; i++) {
		prefix[i] = length - (w->address[i].v4 ? 96 : 0);
		if (!wanted[i] || !w->has_address[i] || prefix[i] < 0 ||
		    !table_has_prefix(w->policy, w->address[i].v4, (unsigned)prefix[i]))
			prefix[i] = -1;
	}
	if (prefix[0] < 0 && prefix[1] < 0)
		return;
	for (unsigned with_port = 2; with_port-- > 0;) {
		unsigned port = with_port ? w->port : 0;
		if (with_port && (port == 0 || !w->policy->ports))
			continue;
		visit_nodes(w, prefix[0] < 0 ? NULL : find_block(w, 0, (unsigned)prefix[0], port),
			    prefix[1] < 0 ? NULL : find_block(w, 1, (unsigned)prefix[1], port));
	}
}

static void walk_policy(struct walk *w, const struct peer *peer)
{
	struct pattern any = {.kind = PATTERN_ANY};
	const char *host = peer->host, *address = peer->address;
	const size_t n = host ? strnlen(host, NAME_MAX_LENGTH + 1) : 0;
	w->port = peer->port > UINT16_MAX ? 0 : peer->port;
	w->has_address[0] = host && address_parse(host, n, &w->address[0]);
	w->has_address[1] = address && address_parse(address, strnlen(address, 64), &w->address[1]);
	if (w->has_address[0] && w->has_address[1] && address_equal(&w->address[0], &w->address[1]))
		w->has_address[1] = false;
	if (w->has_address[0])
		visit_blocks(w, 128, true, false); /* an exact address */
	else if (host)
		visit_name(w, host, n);
	if (w->policy->blocks && (w->has_address[0] || w->has_address[1])) {
		visit_blocks(w, 128, false, true);
		for (int length = 127; length >= 0; length--)
			visit_blocks(w, length, true, true);
	}
	visit_pattern(w, &any);
}

/* ---- policy_lookup ----------------------------------------------------------------------------- */

struct lookup {
	struct rule *out;
	int64_t now;
	uint32_t closed; /* bit per key */
};

static bool is_rejected(const struct setting *s)
{
	return atomic_load_explicit(&s->section->rejected, memory_order_relaxed) ||
	       atomic_load_explicit(&s->section->waiting, memory_order_relaxed);
}

const char *setting_closed_why(const struct setting *s)
{
	if (s->section->fault)
		return s->section->fault;
	if (s->section->closed || is_rejected(s))
		return "its section could not be applied; mend it where the log says so";
	return "it could not be applied this time, or it is not certain which rule holds for this "
	       "peer";
}

/* The first of each; which of them belong together is looked at there (apply_certificate.c). */
static void note_waiting(struct rule *out, const struct setting *s)
{
	const int i = s->key == KEY_CERTIFICATE     ? 0
		      : s->key == KEY_PRIVATE_KEY   ? 1
		      : s->key == KEY_CIPHER_STRING ? 2
						    : -1;
	if (i >= 0 && !out->waiting[i] &&
	    atomic_load_explicit(&s->section->waiting, memory_order_relaxed) &&
	    !atomic_load_explicit(&s->section->rejected, memory_order_relaxed))
		out->waiting[i] = s;
}

/* Nothing of a dry run holds: it is passed over as if it were not there, and noted. */
static bool is_dry(const struct walk *w, const struct setting *s)
{
	return w->policy->dry || s->section->dry;
}

static void note_dry(struct lookup *l, enum key key, const struct setting *s)
{
	const struct section *section = s->section;
	if (l->out->dry[key] || section->closed || is_rejected(s) ||
	    (s->weakening && l->now > section->until))
		return;
	l->out->dry[key] = s;
	l->out->dry_count++;
}

static void choose(struct walk *w, enum key key, struct step *step)
{
	struct lookup *l = w->arg;
	const struct entry *e;
	if (l->out->set[key] || (l->closed >> key & 1) != 0)
		return;
	while ((e = step_next(step)) != NULL) {
		const struct section *section = e->setting.section;
		if (is_dry(w, &e->setting)) {
			note_dry(l, key, &e->setting);
			continue;
		}
		note_waiting(l->out, &e->setting);
		if (section->closed ||
		    (is_rejected(&e->setting) && setting_strengthens(&e->setting))) {
			l->closed |= UINT32_C(1) << key;
			if (!l->out->closed)
				l->out->closed = &e->setting;
			return;
		}
		if (is_rejected(&e->setting))
			continue;
		if (!e->setting.weakening || l->now <= section->until) {
			l->out->set[key] = &e->setting;
			l->out->count++;
			return;
		}
		if (!l->out->expired)
			l->out->expired = &e->setting;
	}
}

void policy_lookup_counted(const struct policy *p, const struct peer *peer, int64_t now,
			   struct rule *out, unsigned *probes)
{
	struct lookup l = {.out = out, .now = now};
	struct walk w = {.policy = p, .visit = choose, .arg = &l};
	memset(out, 0, sizeof *out);
	if (policy_empty(p))
		return;
	if (!p->dry)
		out->closed = p->closed;
	walk_policy(&w, peer);
	*probes += w.probes;
}

void policy_lookup(const struct policy *p, const struct peer *peer, int64_t now, struct rule *out)
{
	unsigned probes = 0;
	policy_lookup_counted(p, peer, now, out, &probes);
}

/* ---- rule_combine ------------------------------------------------------------------------------ */

void rule_combine(struct rule *sum, const struct rule *other)
{
	sum->count = 0;
	if (!sum->closed)
		sum->closed = other->closed;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct setting *a = sum->set[key], *b = other->set[key];
		a = a && setting_strengthens(a) ? a : NULL;
		b = b && setting_strengthens(b) ? b : NULL;
		if (a && b && !sum->closed && strcmp(a->value, b->value) != 0)
			sum->closed = b;
		sum->set[key] = a ? a : b;
		sum->count += sum->set[key] != NULL;
	}
}

bool rule_strengthen(struct rule *sum, const struct rule *other)
{
	bool more = !sum->closed && other->closed;
	if (more)
		sum->closed = other->closed;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct setting *a = sum->set[key], *b = other->set[key];
		if (!b || !setting_strengthens(b))
			continue;
		if (!a || !setting_strengthens(a)) {
			sum->count += !a;
			sum->set[key] = b;
			more = true;
		} else if (!sum->closed && strcmp(a->value, b->value) != 0) {
			sum->closed = b;
			more = true;
		}
	}
	return more;
}

bool rule_strengthens(const struct rule *rule)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (rule->set[key] && setting_strengthens(rule->set[key]))
			return true;
	return rule->closed != NULL;
}

/* ---- policy_strict_for --------------------------------------------------------------------------- */

static bool strict_at(const struct policy *p, const char *host, unsigned port)
{
	const struct peer named = {.host = host, .port = port}, nobody = {.port = port};
	struct rule by_name, rule;
	policy_lookup(p, &named, INT64_MAX, &by_name);
	policy_lookup(p, &nobody, INT64_MAX, &rule);
	return rule_strengthen(&rule, &by_name);
}

bool policy_strict_for(const struct policy *p, const char *host)
{
	if (!policy_strict_by_name(p))
		return false;
	bool strict = strict_at(p, host, 0);
	for (unsigned port = 0; !strict && (port = policy_strict_port(p, port + 1)) != 0;)
		strict = strict_at(p, host, port);
	return strict;
}

/* ---- policy_explain ---------------------------------------------------------------------------- */

struct listing {
	const struct setting **list;
	size_t max, count;
	uint32_t seen; /* keys of which the winner was listed */
	bool winners;  /* this pass lists them, the other one the rest */
};

static void list_step(struct walk *w, enum key key, struct step *step)
{
	struct listing *l = w->arg;
	const struct entry *e;
	while ((e = step_next(step)) != NULL) {
		bool winner = (l->seen >> key & 1) == 0;
		if (e->setting.section->closed)
			continue;
		l->seen |= UINT32_C(1) << key;
		if (winner != l->winners)
			continue;
		if (l->count < l->max)
			l->list[l->count] = &e->setting;
		l->count++;
	}
}

size_t policy_explain(const struct policy *p, const struct peer *peer, const struct setting **list,
		      size_t max)
{
	struct listing l = {.list = list, .max = max};
	if (policy_empty(p))
		return 0;
	for (unsigned pass = 0; pass < 2; pass++) {
		struct walk w = {.policy = p, .visit = list_step, .arg = &l};
		l.winners = pass == 0;
		l.seen = 0;
		walk_policy(&w, peer);
	}
	return l.count;
}
