/* SPDX-License-Identifier: ISC
 *
 * The rules in memory: one hash table from pattern to the settings under it, strings kept once. Built by the
 * reader, never changed afterwards but for section.rejected.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { FIRST_SLOTS = 64, PORTS = UINT16_MAX + 1 };

/* FNV-1a leaves the low bits of similar names close together; the finaliser of MurmurHash3 spreads them. */
static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h;
}

/* As if all were in lower case; what else that makes alike, same_pattern() tells apart. */
static uint64_t folded(uint64_t h, uint64_t word)
{
	h = (h ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

static uint64_t hash_folded(uint64_t h, const char *s, size_t n)
{
	uint64_t word = 0;
	if (n < sizeof word) {
		for (size_t i = 0; i < n; i++)
			word = word << 8 | (unsigned char)s[i];
		return folded(h, word);
	}
	for (size_t i = 0; i < n - sizeof word; i += sizeof word) {
		memcpy(&word, s + i, sizeof word);
		h = folded(h, word);
	}
	/* the last one laps over the one before */
	memcpy(&word, s + n - sizeof word, sizeof word);
	return folded(h, word);
}

static uint64_t pattern_hash(const struct pattern *p)
{
	uint64_t h = (HASH_SEED ^ (p->kind | (uint64_t)p->prefix << 8 | (uint64_t)p->port << 16 |
				   (uint64_t)p->name_length << 32)) *
		     UINT64_C(0x9e3779b97f4a7c15);
	if (p->kind == PATTERN_CIDR) {
		h = hash_bytes(h, p->address.bytes, sizeof p->address.bytes);
		return mix(h + p->address.v4);
	}
	return mix(hash_folded(h, p->name, p->name_length));
}

static bool same_pattern(const struct pattern *a, const struct pattern *b)
{
	if (a->kind != b->kind || a->port != b->port || a->prefix != b->prefix ||
	    a->name_length != b->name_length)
		return false;
	if (a->kind == PATTERN_CIDR)
		return address_equal(&a->address, &b->address);
	return name_equal(a->name, b->name, a->name_length);
}

/* The slot that holds the pattern, or the free one where it would go. */
static size_t find_slot(const struct policy *p, const struct pattern *pattern, unsigned *probes)
{
	size_t i = (size_t)pattern_hash(pattern) & (p->slot_count - 1);
	for (;;) {
		(*probes)++;
		if (!p->slots[i] || same_pattern(&p->slots[i]->pattern, pattern))
			return i;
		i = (i + 1) & (p->slot_count - 1);
	}
}

struct node *table_find(const struct policy *p, const struct pattern *pattern, unsigned *probes)
{
	return p->slot_count == 0 ? NULL : p->slots[find_slot(p, pattern, probes)];
}

static bool grow_slots(struct policy *p)
{
	struct node **old = p->slots;
	size_t old_count = p->slot_count;
	size_t count = old_count == 0 ? FIRST_SLOTS : old_count * 2;
	struct node **slots = calloc(count, sizeof *slots);
	unsigned probes = 0;
	if (!slots)
		return false;
	p->slots = slots;
	p->slot_count = count;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i])
			slots[find_slot(p, &old[i]->pattern, &probes)] = old[i];
	}
	free(old);
	return true;
}

static void note_pattern(struct policy *p, const struct pattern *pattern)
{
	p->kinds |= 1u << pattern->kind;
	p->ports = p->ports || pattern->port != 0;
	p->blocks = p->blocks || pattern->kind == PATTERN_CIDR;
	if (pattern->kind == PATTERN_CIDR)
		p->prefixes[pattern->address.v4][pattern->prefix / 64] |= UINT64_C(1)
									  << pattern->prefix % 64;
}

bool table_has_prefix(const struct policy *p, bool v4, unsigned prefix)
{
	return (p->prefixes[v4][prefix / 64] >> prefix % 64 & 1) != 0;
}

struct node *table_node(struct policy *p, const struct pattern *pattern)
{
	unsigned probes = 0;
	if ((p->node_count + 1) * 2 > p->slot_count && !grow_slots(p)) {
		p->failed = true;
		return NULL;
	}
	size_t i = find_slot(p, pattern, &probes);
	if (p->slots[i])
		return p->slots[i];
	struct node *n = arena_alloc(&p->arena, sizeof *n);
	if (!n) {
		p->failed = true;
		return NULL;
	}
	n->pattern = *pattern;
	p->slots[i] = n;
	p->node_count++;
	note_pattern(p, pattern);
	return n;
}

static void note_strict(struct policy *p, const struct node *n, const struct setting *s)
{
	const unsigned port = n->pattern.port;
	if (s->section->dry || !(s->section->closed || setting_strengthens(s)))
		return;
	if (!p->strict)
		p->strict = s;
	if (!p->strict_by_name &&
	    (n->pattern.kind == PATTERN_EXACT || n->pattern.kind == PATTERN_SUFFIX))
		p->strict_by_name = s;
	if (port == 0)
		return;
	if (!p->strict_ports)
		p->strict_ports = calloc(PORTS / 64, sizeof *p->strict_ports);
	if (!p->strict_ports)
		p->failed = true;
	else
		p->strict_ports[port / 64] |= UINT64_C(1) << port % 64;
}

const struct entry *table_add(struct policy *p, struct node *n, struct entry *e)
{
	struct entry **link = &n->chains, *older;
	while (*link && (*link)->setting.key != e->setting.key)
		link = &(*link)->next_key;
	older = *link;
	n->keys |= UINT32_C(1) << e->setting.key;
	e->older = older;
	e->next_key = !older ? NULL : older->next_key;
	*link = e;
	p->setting_count++;
	note_strict(p, n, &e->setting);
	if (!e->setting.section->dry)
		p->uses |= UINT32_C(1) << e->setting.key;
	return older;
}

void table_keep(struct policy *p, struct kept_section *s)
{
	*p->tail = s;
	p->tail = &s->next;
	p->dated = p->dated || s->section.until != INT64_MAX;
	p->section_count++;
}

/* ---- strings --------------------------------------------------------------------------------- */

static bool grow_strings(struct policy *p)
{
	struct interned *old = p->strings;
	size_t count = p->string_slots == 0 ? FIRST_SLOTS : p->string_slots * 2;
	struct interned *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < p->string_slots; i++) {
		size_t at = (size_t)old[i].hash & (count - 1);
		if (!old[i].text)
			continue;
		while (slots[at].text)
			at = (at + 1) & (count - 1);
		slots[at] = old[i];
	}
	free(old);
	p->strings = slots;
	p->string_slots = count;
	return true;
}

const char *table_intern(struct policy *p, const char *s, size_t n)
{
	uint64_t hash = mix(hash_bytes(HASH_SEED, s, n));
	if ((p->string_count + 1) * 2 > p->string_slots && !grow_strings(p)) {
		p->failed = true;
		return NULL;
	}
	size_t i = (size_t)hash & (p->string_slots - 1);
	for (; p->strings[i].text; i = (i + 1) & (p->string_slots - 1)) {
		if (p->strings[i].hash == hash && strncmp(p->strings[i].text, s, n) == 0 &&
		    p->strings[i].text[n] == '\0')
			return p->strings[i].text;
	}
	p->strings[i].hash = hash;
	p->strings[i].text = arena_strndup(&p->arena, s, n);
	if (!p->strings[i].text) {
		p->failed = true;
		return NULL;
	}
	p->string_count++;
	return p->strings[i].text;
}

void table_intern_done(struct policy *p)
{
	free(p->strings);
	p->strings = NULL;
	p->string_slots = p->string_count = 0;
}

/* ---- life -------------------------------------------------------------------------------------- */

struct policy *table_new(void)
{
	struct policy *p = calloc(1, sizeof *p);
	if (p)
		p->tail = &p->first;
	return p;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	table_intern_done(p);
	arena_free(&p->arena);
	free(p->slots);
	free(p->strict_ports);
	free(p);
}

bool policy_empty(const struct policy *p)
{
	return !p || (p->setting_count == 0 && !p->closed);
}

bool policy_demands(const struct policy *p)
{
	if (p->closed)
		return true;
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (policy_uses(p, (enum key)key) &&
		    (key_table[key].effect == STRENGTHENS || key == KEY_MIN_PROTOCOL))
			return true;
	return false;
}

const struct setting *policy_strict(const struct policy *p)
{
	return !p ? NULL : p->closed ? p->closed : p->strict;
}

const struct setting *policy_strict_by_name(const struct policy *p)
{
	return p->closed ? p->closed : p->strict_by_name;
}

bool policy_dated(const struct policy *p)
{
	return p->dated;
}

uint64_t policy_edition(const struct policy *p)
{
	return p->edition;
}

unsigned policy_strict_port(const struct policy *p, unsigned from)
{
	if (!p || !p->strict_ports || p->dry)
		return 0;
	for (unsigned port = from; port < PORTS; port++) {
		const uint64_t rest = p->strict_ports[port / 64] >> port % 64;
		if (rest & 1)
			return port;
		if (rest == 0)
			port |= 63;
	}
	return 0;
}

bool policy_uses(const struct policy *p, enum key key)
{
	return p && (p->uses >> key & 1) != 0;
}

bool policy_uses_peer(const struct policy *p)
{
	return p && (p->ports || p->blocks);
}

size_t policy_section_count(const struct policy *p)
{
	return !p ? 0 : p->section_count;
}

void policy_each(const struct policy *p, void (*visit)(void *arg, const struct setting *s),
		 void *arg)
{
	if (!p)
		return;
	for (const struct kept_section *s = p->first; s; s = s->next) {
		for (unsigned i = 0; i < s->count; i++)
			visit(arg, &s->entries[i].setting);
	}
}

void policy_dry_run(struct policy *p)
{
	p->dry = true;
	p->uses = 0;
	p->strict = p->strict_by_name = NULL;
}

/* Of any section, so that who remembers what holds need not know which. */
static atomic_uint changes;

unsigned section_changes(void)
{
	return atomic_load(&changes);
}

void section_reject(const struct setting *s)
{
	atomic_store(&s->section->rejected, true);
	atomic_fetch_add(&changes, 1);
}

void section_wait(const struct setting *s, bool waits)
{
	atomic_store(&s->section->waiting, waits);
	atomic_fetch_add(&changes, 1);
}
