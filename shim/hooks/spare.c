/* SPDX-License-Identifier: ISC
 *
 * Handshakes of this process that succeeded of late. A pool of connections (.NET) begins more of them than it comes to need: what it
 * lets go of once another one serves has not failed.
 */
#include <string.h>

#include "connection.h"
#include "lately.h"
#include "story.h"

enum { HOSTS = 16 };
static struct {
	uint64_t host, at_ms; /* host 0: free */
} lately[HOSTS];
static unsigned next;
static struct lock lock;

static uint64_t host_of(const struct connection *n)
{
	const char *name = n->peer.host ? n->peer.host : n->peer.address;
	return *name ? hash_bytes(HASH_SEED, name, strlen(name)) | 1 : 0;
}

/* Under the lock. */
static int find(uint64_t host)
{
	for (int i = 0; i < HOSTS; i++)
		if (lately[i].host == host)
			return i;
	return -1;
}

static bool enter(void)
{
	return lock_enter_table(&lock, lately, sizeof lately);
}

void spare_note(const struct connection *n)
{
	const uint64_t host = host_of(n);
	if (!host || !enter())
		return;
	int at = find(host);
	if (at < 0)
		at = (int)(next++ % HOSTS);
	lately[at].host = host;
	lately[at].at_ms = n->story.done_ms;
	lock_leave(&lock);
}

bool spare_is(const struct connection *n)
{
	const uint64_t host = host_of(n);
	if (!host || !enter())
		return false;
	const int at = find(host);
	const bool spare = at >= 0 && lately[at].at_ms >= n->story.began_ms;
	lock_leave(&lock);
	return spare;
}
