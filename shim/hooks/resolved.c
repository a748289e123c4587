/* SPDX-License-Identifier: ISC
 *
 * Which names led to which address, in a table of fixed size; what was asked for last is kept the longest. Whoever has many names looked up, or
 * answers for one, could have all others forgotten, and a rule that strengthens for one of them with it. So:
 *
 *  - A name has no more than its share of the table.
 *  - A name that brings such a rule along is never forgotten for one that does not. Where it loses an address for want of room it
 *    may be anywhere from then on.
 *  - Of any other it is known that some name was forgotten at that address: nothing is added there for the ones that are left. Rules that come
 *    later may have been for it: with them it is not certain which rule holds there.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "resolved.h"

#include <bsd/string.h>

enum { RESOLVED = 256, OF_ONE_NAME = OF_ONE_ANSWER + 1, FADED_BITS = 16, FADED = 1 << FADED_BITS };
static const uint8_t anywhere[16] = {0xff}; /* ff00::, where nobody is */
struct resolved {
	uint8_t address[16]; /* IPv4 as IPv4-mapped IPv6 */
	char host[254];      /* "" : free */
	bool guarded;        /* brings a rule along that strengthens, by the rules of ... */
	uint64_t edition;
	uint64_t asked; /* when it was looked up last: a number that grows */
};

/* A mark of the one name that was forgotten, or SEVERAL; and SUSPECT where the rules were, or may have been, others then. */
#define SUSPECT UINT32_C(1)
#define SEVERAL (~SUSPECT)
static struct {
	struct resolved names[RESOLVED];
	uint64_t latest;
	uint64_t edition; /* of the rules in force */
	uint32_t faded[FADED], faded_anywhere;
	bool any_faded;
	bool lost; /* names that bring rules along: any may be anywhere */
} table;
static _Atomic bool missed; /* one that could not be written down: as lost */
static struct lock lock;

#define EACH(r) for (struct resolved *r = table.names; r < table.names + RESOLVED; r++)

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) {
		memset(&table, 0, sizeof table);
		table.lost = true;
	}
	table.lost = table.lost || atomic_load(&missed);
	return true;
}

static bool is_at(const struct resolved *r, const uint8_t key[16])
{
	return r->host[0] && memcmp(r->address, key, sizeof r->address) == 0;
}

static bool may_be_at(const struct resolved *r, const uint8_t key[16])
{
	return is_at(r, key) || is_at(r, anywhere);
}

static bool is_of(const struct resolved *r, const char *host)
{
	return strcmp(r->host, host) == 0;
}

/* ---- what is forgotten ------------------------------------------------------------------------------------------ */

/* Another one in each process, as its memory lies elsewhere: nobody finds two names that have the same. */
static uint64_t hash(const void *data, size_t size)
{
	return hash_bytes(HASH_SEED ^ (uintptr_t)&table, data, size);
}

static uint32_t mark_of(const char *host)
{
	return ((uint32_t)(hash(host, strlen(host)) >> 24) | 2) & ~SUSPECT;
}

static uint32_t *faded_at(const uint8_t key[16])
{
	if (memcmp(key, anywhere, sizeof anywhere) == 0)
		return &table.faded_anywhere;
	/* the upper bits of a multiplication by the golden ratio are spread evenly */
	return &table.faded[hash(key, 16) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FADED_BITS)];
}

static void fade(const struct resolved *r, uint64_t edition)
{
	uint32_t *f = faded_at(r->address);
	const uint32_t was = *f & ~SUSPECT, mark = mark_of(r->host);
	*f = (was && was != mark ? SEVERAL : mark) | (*f & SUSPECT) |
	     (edition != table.edition ? SUSPECT : 0);
	table.any_faded = true;
}

static void rules_are(uint64_t edition)
{
	if (edition <= table.edition)
		return;
	table.edition = edition;
	for (unsigned i = 0; table.any_faded && i < FADED; i++)
		table.faded[i] |= table.faded[i] ? SUSPECT : 0;
	table.faded_anywhere |= table.faded_anywhere ? SUSPECT : 0;
}

/* May some name that is forgotten have led there, other than this one? */
static bool another_faded(const uint8_t key[16], const char *host)
{
	const uint32_t there = *faded_at(key) & ~SUSPECT, all = table.faded_anywhere & ~SUSPECT;
	const uint32_t mark = mark_of(host);
	return table.lost || (there && there != mark) || (all && all != mark);
}

static bool may_have_faded(const uint8_t key[16], const char *host)
{
	const uint32_t there = *faded_at(key) & ~SUSPECT, all = table.faded_anywhere & ~SUSPECT;
	const uint32_t mark = mark_of(host);
	return table.lost || there == mark || there == SEVERAL || all == mark || all == SEVERAL;
}

/* A name whose rules nobody looked at. One that is known there is looked at like the others. */
static bool is_suspect(uint32_t faded, const uint8_t key[16])
{
	if (!(faded & SUSPECT))
		return false;
	EACH(r)
	if (may_be_at(r, key) && mark_of(r->host) == (faded & ~SUSPECT))
		return false;
	return true;
}

/* ---- what is kept ------------------------------------------------------------------------------------------------- */

static bool is_guarded(struct resolved *r, const struct answer *a)
{
	if (r->edition != a->edition) {
		r->guarded = a->policy && policy_strict_for(policy_of(a->policy), r->host);
		r->edition = a->edition;
	}
	return r->guarded;
}

static struct resolved *older(struct resolved *a, struct resolved *b)
{
	return !a || b->asked < a->asked ? b : a;
}

static struct resolved *oldest(const struct answer *a)
{
	struct resolved *any = NULL, *guarded = NULL;
	EACH(r)
	if (!is_guarded(r, a))
		any = older(any, r);
	else if (!is_at(r, anywhere))
		guarded = older(guarded, r);
	return any ? any : guarded;
}

static struct resolved *place_for(const struct answer *a, const uint8_t key[16])
{
	struct resolved *own = NULL, *unused = NULL;
	unsigned share = 0;
	EACH(r)
	{
		if (!r->host[0])
			unused = r;
		if (!is_of(r, a->host))
			continue;
		if (is_at(r, key))
			return r;
		if (!is_at(r, anywhere))
			own = older(own, r);
		share++;
	}
	if (share >= OF_ONE_NAME)
		return own;
	return unused ? unused : oldest(a);
}

/* False: it stays. */
static bool let_go(struct resolved *r, const struct answer *a)
{
	if (!is_guarded(r, a)) {
		fade(r, a->edition);
		return true;
	}
	EACH(other)
	if (is_at(other, anywhere) && is_of(other, r->host))
		return true;
	memcpy(r->address, anywhere, sizeof r->address);
	return false;
}

static void note_address(const struct answer *a, const uint8_t key[16])
{
	struct resolved *r = place_for(a, key);
	while (r && r->host[0] && !(is_at(r, key) && is_of(r, a->host)) && !let_go(r, a))
		r = place_for(a, key);
	if (!r) {
		table.lost = true;
		return;
	}
	memcpy(r->address, key, sizeof r->address);
	strlcpy(r->host, a->host, sizeof r->host);
	r->edition = UINT64_MAX;
	r->asked = ++table.latest;
}

static bool mapped(int family, const void *raw, uint8_t out[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
	if (family == AF_INET) {
		memcpy(out, prefix, 12);
		memcpy(out + 12, raw, 4);
		return true;
	}
	if (family == AF_INET6)
		memcpy(out, raw, 16);
	return family == AF_INET6;
}

bool answer_begin(struct answer *a, const char *node)
{
	memset(a, 0, sizeof *a);
	if (!node || !host_normalise(node, a->host) || host_is_address(a->host))
		return false;
	a->policy = policy_in_force();
	a->edition = a->policy ? policy_edition(policy_of(a->policy)) : 0;
	if (enter()) {
		rules_are(a->edition);
		return true;
	}
	atomic_store(&missed, true);
	policy_release(a->policy);
	return false;
}

void answer_add(struct answer *a, int family, const void *raw)
{
	uint8_t key[16];
	if (!mapped(family, raw, key) || memcmp(key, a->last, sizeof a->last) == 0)
		return;
	memcpy(a->last, key, sizeof a->last);
	if (a->count++ < OF_ONE_ANSWER)
		note_address(a, key);
}

/* Where an answer is longer than its share, whoever gave it could have named any address. */
void answer_end(struct answer *a)
{
	if (a->count > OF_ONE_ANSWER)
		note_address(a, anywhere);
	lock_leave(&lock);
	policy_release(a->policy);
}

/* ---- questions ------------------------------------------------------------------------------------------------ */

static bool key_of(const char *address, uint8_t key[16])
{
	uint8_t raw[16];
	const int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	return inet_pton(family, address, raw) == 1 && mapped(family, raw, key);
}

bool resolver_name_at(const char *address, unsigned number, char host[256])
{
	uint8_t key[16];
	bool found = false;
	if (!key_of(address, key) || !enter())
		return false;
	for (unsigned i = 0; i < RESOLVED && !found; i++) {
		if (!may_be_at(&table.names[i], key))
			continue;
		found = number-- == 0;
		if (found)
			strlcpy(host, table.names[i].host, 256);
	}
	lock_leave(&lock);
	return found;
}

bool resolver_forgot(const char *address, const struct policy *p)
{
	uint8_t key[16];
	if (!key_of(address, key) || !enter())
		return true;
	rules_are(policy_edition(p));
	const bool forgot =
	    table.lost || is_suspect(*faded_at(key), key) || is_suspect(table.faded_anywhere, key);
	lock_leave(&lock);
	return forgot;
}

bool resolver_name(const char *address, char host[256])
{
	uint8_t key[16];
	const char *name = NULL;
	bool there = false, several = false;
	if (!key_of(address, key) || !enter())
		return false;
	EACH(r)
	{
		if (!may_be_at(r, key))
			continue;
		there = there || is_at(r, key);
		several = several || (name && !is_of(r, name));
		name = r->host;
	}
	const bool one = there && !several && !another_faded(key, name);
	if (one)
		strlcpy(host, name, 256);
	lock_leave(&lock);
	return one;
}

/* What the table has of a host, and of an address. */
struct known {
	bool host, address, both, maybe;
};

static struct known look_for(const char *host, const char *address)
{
	struct known k = {.host = false};
	uint8_t key[16];
	if (!key_of(address, key) || !enter())
		return k;
	EACH(r)
	{
		const bool there = is_at(r, key), is = is_of(r, host);
		k.host = k.host || is;
		k.address = k.address || there;
		k.both = k.both || (there && is);
		k.maybe = k.maybe || (is && is_at(r, anywhere));
	}
	k.maybe = k.maybe || may_have_faded(key, host);
	lock_leave(&lock);
	return k;
}

bool resolver_led(const char *host, const char *address)
{
	return look_for(host, address).both;
}

bool resolver_elsewhere(const char *address, const char *host)
{
	const struct known k = look_for(host, address);
	return k.address && k.host && !k.both && !k.maybe;
}
