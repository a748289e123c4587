/* SPDX-License-Identifier: ISC
 *
 * Leaves that connections of this process got lately, while the client had verification turned off: .NET verifies them by
 * itself afterwards, without a connection (DESIGN 2.10), and the host of that connection is known here. It verifies in several
 * attempts, of which the first ones may fail for want of certificates that the later ones add; so a failure waits until the
 * connection ends. Of a leaf that two hosts present at the same time it is not known which
 * one is meant: what counts then is what counts for all of them.
 */
#include <string.h>

#include <tlsmend/evidence.h>

#include "hooks.h"

#include <bsd/string.h>

enum { RECENT = 64, FORGET_AFTER_MS = 30000 };
struct recent {
	uint8_t leaf[32];
	struct recent_host hosts[RECENT_HOSTS];
	unsigned host_count;  /* RECENT_HOSTS + 1: more than fit */
	bool names_read;      /* the client looked at its names since the latest connection began */
	bool passed;          /* since the latest connection began */
	bool passed_once;     /* ever: a failure before a pass is only a first attempt */
	unsigned connections; /* that are still there */
	struct evidence *failed; /* the fullest look at the failure; owned */
	uint64_t at_ms;          /* 0: free */
};
static struct recent recent[RECENT];
static unsigned next_recent;
static struct lock lock;
static atomic_uint waiting; /* connections that are noted here */
/* A client that verified by itself once does so always. */
static atomic_bool verifies_by_itself;

bool recent_client_verifies(void)
{
	return atomic_load_explicit(&verifies_by_itself, memory_order_relaxed);
}

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) /* a fork in the middle of a change: what may be half done is let go of */
		memset(recent, 0, sizeof recent);
	return true;
}

static struct recent *find(const uint8_t leaf[32])
{
	for (unsigned i = 0; i < RECENT; i++)
		if (recent[i].at_ms && memcmp(recent[i].leaf, leaf, sizeof recent[i].leaf) == 0)
			return &recent[i];
	return NULL;
}

/* An entry for a new leaf; what still waited in its place is handed back to be reported. */
static struct recent *replace_oldest(const uint8_t leaf[32], struct evidence **evicted)
{
	struct recent *r = &recent[next_recent++ % RECENT];
	*evicted = r->passed ? NULL : r->failed;
	if (r->passed)
		evidence_free(r->failed);
	memset(r, 0, sizeof *r);
	memcpy(r->leaf, leaf, sizeof r->leaf);
	return r;
}

static void add_host(struct recent *r, const struct connection *n)
{
	struct recent_host h = {.port = n->port};
	strlcpy(h.host, n->host ? n->host : "", sizeof h.host);
	strlcpy(h.address, n->address, sizeof h.address);
	for (unsigned i = 0; i < r->host_count && i < RECENT_HOSTS; i++)
		if (strcmp(r->hosts[i].host, h.host) == 0 && r->hosts[i].port == h.port)
			return;
	if (r->host_count < RECENT_HOSTS)
		r->hosts[r->host_count] = h;
	if (r->host_count <= RECENT_HOSTS)
		r->host_count++;
}

void recent_note(const uint8_t leaf[32], const struct connection *n)
{
	struct evidence *evicted = NULL;
	uint64_t now = clock_monotonic_ms();
	if (!enter())
		return;
	struct recent *r = find(leaf);
	if (!r)
		r = replace_oldest(leaf, &evicted);
	/* what ended, or is long past, does not tell about this one */
	if (!r->connections || now - r->at_ms > FORGET_AFTER_MS)
		r->host_count = 0;
	add_host(r, n);
	r->at_ms = now;
	r->passed = r->names_read = false;
	r->connections++;
	atomic_fetch_add(&waiting, 1);
	lock_leave(&lock);
	connection_report(NULL, evicted);
}

enum recent_match recent_find(const uint8_t leaf[32], struct recent_host hosts[RECENT_HOSTS],
			      unsigned *count)
{
	enum recent_match match = RECENT_NONE;
	*count = 0;
	if (!enter())
		return match;
	const struct recent *r = find(leaf);
	if (r && r->connections) {
		match = r->host_count == 1 && r->hosts[0].host[0] ? RECENT_ONE : RECENT_SEVERAL;
		*count = r->host_count <= RECENT_HOSTS ? r->host_count : 0;
		memcpy(hosts, r->hosts, sizeof r->hosts);
		atomic_store(&verifies_by_itself, true);
	}
	lock_leave(&lock);
	return match;
}

static size_t fullness(const struct evidence *e)
{
	return e->chain_count + e->presented_count;
}

bool recent_waiting(void)
{
	return atomic_load_explicit(&waiting, memory_order_relaxed) != 0;
}

void recent_read_names(const uint8_t leaf[32])
{
	if (!enter())
		return;
	struct recent *r = find(leaf);
	if (r && r->connections)
		r->names_read = true;
	lock_leave(&lock);
}

bool recent_names_read(const uint8_t leaf[32])
{
	if (!enter())
		return false;
	const struct recent *r = find(leaf);
	bool read = r && r->names_read;
	lock_leave(&lock);
	return read;
}

void recent_failed(const uint8_t leaf[32], struct evidence *e)
{
	struct evidence *report = e;
	if (!e)
		return;
	if (enter()) {
		struct recent *r = find(leaf);
		if (r && r->connections) {
			report = NULL;
			if (r->failed && fullness(r->failed) > fullness(e)) {
				evidence_free(e);
			} else {
				evidence_free(r->failed);
				r->failed = e;
			}
		}
		lock_leave(&lock);
	}
	connection_report(NULL, report);
}

bool recent_passed(const uint8_t leaf[32])
{
	bool first = true;
	if (!enter())
		return true;
	struct recent *r = find(leaf);
	if (r) {
		first = !r->passed;
		r->passed = r->passed_once = true;
		evidence_free(r->failed);
		r->failed = NULL;
	}
	lock_leave(&lock);
	return first;
}

void recent_end(const uint8_t leaf[32])
{
	struct evidence *report = NULL;
	if (!enter())
		return;
	struct recent *r = find(leaf);
	if (r && r->connections) {
		r->connections--;
		atomic_fetch_sub(&waiting, 1);
	}
	/* with several connections at once: whose failure it is shows when a pass follows, or the last one ends */
	if (r && (r->connections == 0 || !r->passed_once)) {
		report = r->failed;
		r->failed = NULL;
	}
	lock_leave(&lock);
	connection_report(NULL, report);
}
