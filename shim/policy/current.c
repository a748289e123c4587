/* SPDX-License-Identifier: ISC
 *
 * The rules in force: read at the first question, looked at again for changes now and then. What could not be looked at leaves
 * the rules as they were; where there were none yet, nobody knows which host has one that strengthens, so all are closed until the
 * look succeeds, at the next question perhaps.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsmend/apply.h>
#include <tlsmend/record.h>

#include "internal.h"
#include "met.h"
#include "sources.h"

struct policy_ref {
	atomic_uint references;
	struct policy *policy;
	struct met_hosts met;
};

enum { RETRY_MS = 100 };

static struct lock lock; /* guards `current`, and the first reading */
static struct policy_ref *current;
static uint64_t editions;
static bool started;
static struct file_place read_from; /* set with `started` */
static atomic_bool no_rules;        /* those in force are none */
static _Atomic uint64_t next_look_ms;
static _Atomic uint32_t reading_pid; /* one thread reads, the others go on with what there is */

/* ---- while they are not known ------------------------------------------------------------------------------ */

static struct section unknown_section = {.header = "*", .until = INT64_MAX, .closed = true};
static struct setting unknown_setting = {
    .key = KEY_ONLY_CA_FILE, .value = "", .pattern = "*", .section = &unknown_section};
static struct policy unknown_policy = {.closed = &unknown_setting};
static struct policy_ref unknown = {.references = 1, .policy = &unknown_policy};

static struct policy_ref *unknown_rules(void)
{
	const char *config = environment_get()->config;
	unknown_section.source = config && *config ? config : TLSMEND_CONFIG_DEFAULT;
	atomic_fetch_add(&unknown.references, 1);
	return &unknown;
}

/* ---- references ---------------------------------------------------------------------------------------------- */

void policy_release(struct policy_ref *r)
{
	/* `unknown` keeps its first reference */
	if (r && atomic_fetch_sub(&r->references, 1) == 1 && r != &unknown) {
		policy_free(r->policy);
		met_free(&r->met);
		free(r);
	}
}

void policy_lookup_now(const struct policy *p, const struct peer *peer, struct rule *out)
{
	policy_lookup(p, peer, policy_dated(p) ? clock_realtime_ms() / 1000 : 0, out);
}

struct met *policy_met(struct policy_ref *r, const char *name)
{
	return met_find(&r->met, name);
}

struct met *policy_lookup_again(struct policy_ref *r, struct met *met, const struct peer *peer,
				struct rule *out)
{
	const bool lasting = peer->host && !policy_dated(r->policy) && r != &unknown;
	if (lasting && !met)
		met = met_find(&r->met, peer->host);
	if (lasting && met && met_rule(met, peer, out))
		return met;
	const unsigned changes = section_changes();
	policy_lookup_now(r->policy, peer, out);
	return lasting ? met_keep(&r->met, peer, changes, out) : NULL;
}

const struct policy *policy_of(const struct policy_ref *r)
{
	return r->policy;
}

static void report(void *arg, const struct config_message *m)
{
	(void)arg;
	if (m->severity == CONFIG_ERROR)
		record_config_error(m->source, m->line, m->text);
}

/* The rules of what was read. NULL: no memory. */
static struct policy_ref *parse(bool *bad)
{
	size_t n = 0;
	struct config_source *list = sources_list(&n);
	struct policy_ref *r = list ? calloc(1, sizeof *r) : NULL;
	if (r) {
		atomic_store(&r->references, 1);
		r->policy = policy_parse(list, n, false, report, NULL, bad);
	}
	free(list);
	if (!r)
		return NULL;
	if (r->policy && environment_get()->dry_run)
		policy_dry_run(r->policy);
	if (r->policy)
		return r;
	free(r);
	return NULL;
}

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale && !started)
		sources_forget();
	return true;
}

/* True: they are in force. */
static bool replace(struct policy_ref *fresh)
{
	if (!enter()) {
		policy_release(fresh);
		return false;
	}
	struct policy_ref *old = current;
	current = fresh;
	current->policy->edition = ++editions;
	atomic_store(&no_rules, policy_empty(fresh->policy));
	lock_leave(&lock);
	policy_release(old);
	return true;
}

/* ---- looking again --------------------------------------------------------------------------------------------- */

static bool begin_reading(void)
{
	uint32_t me = process_generation(), none = 0;
	if (atomic_compare_exchange_strong(&reading_pid, &none, me))
		return true;
	/* a fork left the mark of a thread that is not here */
	return none != me && atomic_compare_exchange_strong(&reading_pid, &none, me);
}

/* False: again soon. A changed file that does not parse leaves the rules in force as they were (tlsmend.conf(5)). */
static bool read_again(void)
{
	bool bad = false;
	const enum sources_outcome outcome = sources_read();
	if (outcome == SOURCES_UNKNOWN || outcome == SOURCES_SPOILT)
		return false;
	struct policy_ref *fresh = parse(&bad);
	if (!fresh)
		return false;
	if (bad)
		policy_release(fresh);
	else if (!replace(fresh))
		return false;
	sources_seen(!bad);
	return outcome == SOURCES_KNOWN;
}

static void look_again(void)
{
	uint64_t now = clock_monotonic_ms();
	if (now < atomic_load(&next_look_ms) || sandbox_entered() || !begin_reading())
		return;
	atomic_store(&next_look_ms, now + RELOAD_INTERVAL_MS);
	const enum sources_change change = sources_changed();
	if (change == SOURCES_UNSURE || (change == SOURCES_CHANGED && !read_again()))
		atomic_store(&next_look_ms, now + RETRY_MS);
	atomic_store(&reading_pid, 0);
}

/* The first time, under the lock. What does not parse is left out, and told. */
static void start(void)
{
	bool bad;
	if (!sources_find() || sources_read() == SOURCES_UNKNOWN)
		return;
	current = parse(&bad);
	if (!current)
		return;
	current->policy->edition = ++editions;
	sources_seen(true);
	file_place_root(&read_from);
	atomic_store(&no_rules, policy_empty(current->policy));
	atomic_store(&next_look_ms, clock_monotonic_ms() + RELOAD_INTERVAL_MS);
	started = true;
}

struct policy_ref *policy_acquire(void)
{
	struct policy_ref *r = NULL;
	KEEP_ERRNO_BEGIN
	if (atomic_load(&next_look_ms))
		look_again();
	if (atomic_load(&no_rules)) {
		r = NULL;
	} else if (enter()) {
		if (!started)
			start();
		r = started ? current : unknown_rules();
		if (started && policy_empty(current->policy))
			r = NULL;
		else if (started)
			atomic_fetch_add(&r->references, 1);
		lock_leave(&lock);
	} else {
		/* a signal handler within what it interrupted */
		r = unknown_rules();
	}
	KEEP_ERRNO_END
	return r;
}

void policy_place(struct file_place *p)
{
	*p = (struct file_place){0};
	if (!enter())
		return;
	if (started)
		*p = read_from;
	lock_leave(&lock);
}

struct policy_ref *policy_in_force(void)
{
	struct policy_ref *r = NULL;
	if (atomic_load(&no_rules) || !enter())
		return NULL;
	if (started && !policy_empty(current->policy)) {
		r = current;
		atomic_fetch_add(&r->references, 1);
	}
	lock_leave(&lock);
	return r;
}

void policy_prepare(void)
{
	policy_release(policy_acquire());
}
