/* SPDX-License-Identifier: ISC
 *
 * The attempts of this process that failed within the last seconds. Some clients try once more and offer less (links2: up to fifteen times): what
 * goes wrong then follows from the first failure, and its help would contradict that of the first.
 */
#include <string.h>

#include "story.h"

enum { ATTEMPTS = 16, SHORTLY_MS = 10000 };
struct offer {
	uint16_t version, ciphers;
	bool sni;
};
static struct attempt {
	uint64_t peer, at_ms; /* peer 0: free */
	struct offer offer;
} attempts[ATTEMPTS];
static unsigned next;
static struct lock lock;

/* Less in one thing, and more in none. */
static bool is_lower(const struct offer *a, const struct offer *than)
{
	return a->version <= than->version && a->ciphers <= than->ciphers && a->sni <= than->sni &&
	       (a->version < than->version || a->ciphers < than->ciphers || a->sni < than->sni);
}

static uint64_t peer_of(const struct evidence *e)
{
	const char *name = e->host ? e->host : e->address;
	uint64_t hash = hash_bytes(HASH_SEED, &e->port, sizeof e->port);
	return name ? hash_bytes(hash, name, strlen(name)) | 1 : 0;
}

/* Under the lock. */
static struct attempt *find(uint64_t peer, uint64_t now)
{
	for (unsigned i = 0; i < ATTEMPTS; i++)
		if (attempts[i].peer == peer && now - attempts[i].at_ms < SHORTLY_MS)
			return &attempts[i];
	return NULL;
}

bool lower_follows(const struct evidence *e)
{
	const struct hello *h = &e->hello;
	const struct offer offer = {h->max_version, h->ciphers, h->sni};
	const uint64_t peer = peer_of(e), now = clock_monotonic_ms();
	bool stale = false, follows = false;
	if (h->size == 0 || !peer || !lock_enter(&lock, &stale))
		return false;
	if (stale)
		memset(attempts, 0, sizeof attempts);
	struct attempt *a = find(peer, now);
	follows = a && is_lower(&offer, &a->offer);
	if (!a)
		a = &attempts[next++ % ATTEMPTS];
	/* the first of a row counts, for as long as the row lasts */
	*a = (struct attempt){peer, now, follows ? a->offer : offer};
	lock_leave(&lock);
	return follows;
}
