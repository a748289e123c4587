/* SPDX-License-Identifier: ISC
 *
 * Leaves that connections of this process got lately, while the client had verification turned off: .NET verifies them by
 * itself afterwards, without a connection (DESIGN 2.10), and the host of that connection is known here. A leaf that two hosts
 * presented tells nothing.
 */
#include <string.h>

#include "hooks.h"

#include <bsd/string.h>

enum { RECENT = 64, FORGET_AFTER_MS = 30000 };
struct recent {
	uint8_t leaf[32];
	char host[254];
	char address[46];
	uint16_t port;
	bool several;
	uint64_t at_ms; /* 0: free */
};
static struct recent recent[RECENT];
static unsigned next_recent;
static struct lock lock;
/* A client that verified by itself once does so always. */
static atomic_bool verifies_by_itself;

static struct recent *find(const uint8_t leaf[32], uint64_t now)
{
	for (unsigned i = 0; i < RECENT; i++)
		if (recent[i].at_ms && now - recent[i].at_ms < FORGET_AFTER_MS &&
		    memcmp(recent[i].leaf, leaf, sizeof recent[i].leaf) == 0)
			return &recent[i];
	return NULL;
}

void recent_note(const uint8_t leaf[32], const struct connection *n)
{
	bool stale = false;
	uint64_t now = clock_monotonic_ms();
	if (!n->host || !lock_enter(&lock, &stale))
		return;
	if (stale)
		memset(recent, 0, sizeof recent);
	struct recent *r = find(leaf, now);
	if (r) {
		r->several = r->several || strcmp(r->host, n->host) != 0 || r->port != n->port;
	} else {
		r = &recent[next_recent++ % RECENT];
		memcpy(r->leaf, leaf, sizeof r->leaf);
		strlcpy(r->host, n->host, sizeof r->host);
		strlcpy(r->address, n->address, sizeof r->address);
		r->port = (uint16_t)n->port;
		r->several = false;
	}
	r->at_ms = now;
	lock_leave(&lock);
}

bool recent_client_verifies(void)
{
	return atomic_load_explicit(&verifies_by_itself, memory_order_relaxed);
}

bool recent_take(const uint8_t leaf[32], char host[256], unsigned *port, char address[46])
{
	bool found = false;
	if (!lock_enter(&lock, NULL))
		return false;
	const struct recent *r = find(leaf, clock_monotonic_ms());
	if (r)
		atomic_store(&verifies_by_itself, true);
	if (r && !r->several) {
		strlcpy(host, r->host, 256);
		strlcpy(address, r->address, 46);
		*port = r->port;
		found = true;
	}
	lock_leave(&lock);
	return found;
}
