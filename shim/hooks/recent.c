/* SPDX-License-Identifier: ISC
 *
 * Leaves that connections of this process got lately, while the client had verification turned off: .NET verifies them by
 * itself afterwards, without a connection (DESIGN 2.10), and the host of that connection is known here. It verifies in several
 * attempts, of which the first ones may fail for want of certificates that the later ones add, and a callback of the program's may
 * accept what failed; so a failure waits until the connection ends. Of a leaf that two hosts present at the same time it is not known which
 * one is meant: what counts then is what counts for all of them.
 */
#include <string.h>

#include <tlsmend/evidence.h>

#include "../base/system.h"
#include "../explain/codes.h"
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
	bool gave_up;         /* one of its connections, since the failure */
	struct evidence *failed; /* the fullest look at the failure; owned */
	uint64_t at_ms;          /* 0: free */
};
static struct recent recent[RECENT];
static unsigned next_recent;
static uint32_t
    owner; /* a child of fork(2) has the parent's entries too; they are the parent's to report */
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
	owner = process_generation();
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

/* About revocation, which is asked for once more when the chain itself is good. */
static bool about_revocation(const struct evidence *e, bool known)
{
	const enum cause c = verify_symbol_cause(
	    verify_symbol(e->error_count ? e->errors[0].code : e->code, e->version));
	return c == CAUSE_CRL_UNAVAILABLE || c == CAUSE_CRL_INVALID ||
	       (known && c == CAUSE_REVOKED);
}

void recent_failed(const uint8_t leaf[32], struct evidence *e)
{
	struct evidence *report = e;
	if (!e)
		return;
	e->verify_peer = true; /* whatever the mode of its connection */
	e->event_count =
	    0; /* its callback says yes to everything, in order to collect it; what it decides shows later */
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
		if (r->failed && !about_revocation(r->failed, true)) {
			evidence_free(r->failed);
			r->failed = NULL;
		}
	}
	lock_leave(&lock);
	return first;
}

bool recent_is_good(const uint8_t leaf[32])
{
	if (!enter())
		return false;
	const struct recent *r = find(leaf);
	bool good = r && r->passed_once && !r->failed;
	lock_leave(&lock);
	return good;
}

/* The client went on: its callback accepted what failed. But where nothing was known of revocation, it may just as well have got
 * a good answer from the CA's responder, which it does not ask OpenSSL about. */
static void report_ended(struct evidence *e, bool went_on)
{
	if (e && went_on && about_revocation(e, false)) {
		evidence_free(e);
		return;
	}
	if (e && went_on)
		e->event = EVENT_VERIFY_IGNORED;
	if (e) {
		e->enforced = !went_on;
		e->passed = went_on;
	}
	connection_report(NULL, e);
}

/* Where a leaf was presented to several connections, the failure is that of the one that gave up. */
static void name_peer(struct evidence *e, struct connection *n)
{
	if (!e || n->ending == ENDING_UNKNOWN || !n->host)
		return;
	if (!e->host)
		e->host = arena_strdup(&e->arena, n->host);
	if (!e->host || e->port || strcmp(e->host, n->host) != 0)
		return;
	connection_find_peer(n);
	e->address = n->address[0] ? arena_strdup(&e->arena, n->address) : NULL;
	e->port = n->port;
}

void recent_end(struct connection *n)
{
	struct evidence *report = NULL;
	bool went_on = n->ending == ENDING_WENT_ON;
	if (!enter())
		return;
	struct recent *r = find(n->leaf);
	if (r && r->connections) {
		r->connections--;
		atomic_fetch_sub(&waiting, 1);
	}
	if (r && r->failed && n->ending == ENDING_GAVE_UP)
		r->gave_up = true;
	/* with several connections at once: whose failure it is shows when a pass follows, or the last one ends */
	if (r && (r->connections == 0 || (!r->passed_once && !went_on))) {
		report = r->failed;
		r->failed = NULL;
		went_on = went_on && !r->gave_up;
		r->gave_up = false;
	}
	lock_leave(&lock);
	name_peer(report, n);
	report_ended(report, went_on);
}

/* A client that rejects a certificate ends its connection at once; one that is still there when the process ends was accepted. */
__attribute__((destructor)) static void at_exit(void)
{
	KEEP_ERRNO_BEGIN
	if (recent_client_verifies() && owner == process_generation()) {
		struct evidence *left[RECENT];
		unsigned n = 0;
		if (enter()) {
			for (unsigned i = 0; i < RECENT; i++)
				if (recent[i].at_ms && recent[i].failed && recent[i].connections) {
					left[n++] = recent[i].failed;
					recent[i].failed = NULL;
				}
			lock_leave(&lock);
		}
		while (n > 0)
			report_ended(left[--n], true);
	}
	KEEP_ERRNO_END
}
