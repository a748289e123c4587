/* SPDX-License-Identifier: ISC */
#include "repeat.h"

#include "limit.h"

#include <stdlib.h>
#include <string.h>
#include <tlsmend/loader.h>

/* As many as are written in two minutes, so that none is forgotten before its own is over. */
enum { ENTRIES = 2 * LIMIT_RECORDS + 56 };

/* What is kept of a record for the moment when its repetitions are told. The strings stand behind it. */
struct kept {
	enum level level;
	enum event event;
	enum cause cause;
	unsigned port;
	int code;
	const char *message, *host, *address, *sni, *library, *name;
};
struct entry {
	uint64_t key;  /* 0: free */
	uint64_t look; /* of the record; 0: none */
	uint64_t written_ms;
	unsigned count;    /* left out since then */
	bool due;          /* the last write failed */
	bool tried_again;  /* is_same_attempt() */
	struct kept *kept; /* NULL: no memory */
};
static struct entry entries[ENTRIES];
static uint32_t table_process;
static struct lock table_lock;
static _Atomic uint64_t next_due; /* repeat_due() */
static uint64_t (*read_clock)(void) = clock_monotonic_ms;

void repeat_reset(uint64_t (*clock)(void))
{
	for (size_t i = 0; i < ENTRIES; i++)
		free(entries[i].kept);
	memset(entries, 0, sizeof entries);
	atomic_store(&next_due, 0);
	limit_reset();
	read_clock = clock ? clock : clock_monotonic_ms;
}

static uint64_t add_string(uint64_t hash, const char *s)
{
	/* With its NUL, so that "a","bc" is not "ab","c". */
	return s ? hash_bytes(hash, s, strlen(s) + 1) : hash_bytes(hash, "\1", 1);
}

/* Seeded with the process's random bytes: a peer must not be able to craft a failure that counts as a
 * repetition of another. */
uint64_t repeat_seed(void)
{
	static _Atomic uint64_t seed; /* 0: not looked for yet */
	uint64_t random = atomic_load_explicit(&seed, memory_order_relaxed);
	if (random)
		return random;
	KEEP_ERRNO_BEGIN
	const unsigned long address = process_auxiliary(AT_RANDOM);
	if (address)
		memcpy(&random, (const void *)(uintptr_t)address, sizeof random);
	random ^= HASH_SEED;
	atomic_store_explicit(&seed, random, memory_order_relaxed);
	KEEP_ERRNO_END
	return random;
}

/* By what a client learns that its server wanted another certificate, or none of it, is chance: its alert, or the reset that overtakes that. The words differ. */
static bool is_same_in_other_words(enum cause cause)
{
	return cause == CAUSE_CLIENT_CERTIFICATE_MISSING ||
	       cause == CAUSE_CLIENT_CERTIFICATE_REJECTED;
}

/* What whoever reads the log takes for the same. Not OpenSSL's code: by which call a client met one and the same end, in its
 * handshake or when it gave up, changes from attempt to attempt. */
static uint64_t key_of(const struct record *r)
{
	const int numbers[] = {(int)r->event, (int)r->cause, (int)r->port};
	const struct cert_info *leaf = r->chain_count ? r->chain[0].cert : NULL;
	uint64_t hash = hash_bytes(repeat_seed(), numbers, sizeof numbers);
	hash = add_string(hash, r->host);
	if (!is_same_in_other_words(r->cause))
		hash = add_string(hash, r->message);
	if (leaf && leaf->have_sha256)
		hash = hash_bytes(hash, leaf->sha256, sizeof leaf->sha256);
	return hash ? hash : 1;
}

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&table_lock, &stale))
		return false;
	if (stale)
		memset(entries, 0, sizeof entries);
	/* what the parent of a fork(2) has counted is the parent's to tell */
	for (size_t i = 0; table_process != process_generation() && i < ENTRIES; i++)
		entries[i].count = 0;
	table_process = process_generation();
	return true;
}

/* ---- what is kept of a record ------------------------------------------------------------------------ */
static const char *keep_string(char **to, const char *s)
{
	const size_t n = s ? strlen(s) + 1 : 0;
	char *kept = *to;
	if (!s)
		return NULL;
	memcpy(kept, s, n);
	*to += n;
	return kept;
}

static struct kept *keep(const struct record *r)
{
	const char *const strings[] = {r->message, r->host,    r->address,
				       r->sni,     r->library, r->name};
	size_t size = sizeof(struct kept);
	struct kept *k;
	for (size_t i = 0; i < ARRAY_LENGTH(strings); i++)
		size += strings[i] ? strlen(strings[i]) + 1 : 0;
	KEEP_ERRNO_BEGIN
	k = malloc(size);
	KEEP_ERRNO_END
	if (!k)
		return NULL;
	char *to = (char *)(k + 1);
	*k = (struct kept){.level = r->level,
			   .event = r->event,
			   .cause = r->cause,
			   .port = r->port,
			   .code = r->code};
	k->message = keep_string(&to, r->message);
	k->host = keep_string(&to, r->host);
	k->address = keep_string(&to, r->address);
	k->sni = keep_string(&to, r->sni);
	k->library = keep_string(&to, r->library);
	k->name = keep_string(&to, r->name);
	return k;
}

static void forget(struct kept *k)
{
	KEEP_ERRNO_BEGIN
	free(k);
	KEEP_ERRNO_END
}

/* ---- the table ------------------------------------------------------------------------------------------ */
static struct entry *find(uint64_t key)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].key == key)
			return &entries[i];
	return NULL;
}

/* Sooner forgotten than the other? */
static bool is_older(const struct entry *a, const struct entry *b)
{
	if (!a->key || !b->key)
		return !a->key;
	if (!a->count != !b->count)
		return !a->count;
	return a->written_ms < b->written_ms;
}

static struct entry *replace(uint64_t now)
{
	struct entry *oldest = &entries[0];
	for (size_t i = 1; i < ENTRIES; i++)
		if (is_older(&entries[i], oldest))
			oldest = &entries[i];
	if (oldest->count)
		limit_leave_out(oldest->kept ? oldest->kept->level : LEVEL_ERROR,
				oldest->kept ? oldest->kept->cause : CAUSE_NONE, oldest->count,
				now);
	return oldest;
}

static uint64_t window_end(const struct entry *e)
{
	return e->written_ms + (uint64_t)REPEAT_WINDOW_S * 1000;
}

static void count(struct entry *e)
{
	const uint64_t due = atomic_load(&next_due);
	e->count++;
	if (!due || window_end(e) < due)
		atomic_store(&next_due, window_end(e));
}

/* curl 7.88 loads its trust store in its read function, and once more when the handshake comes back from that: one failure
 * (tests/causes/test_files.py, revocation lists). */
static bool is_same_attempt(const struct entry *e, const struct record *r, uint64_t now)
{
	enum { ATTEMPT_MS = 100 };
	return r->event == EVENT_LOAD_FAILED && !e->due && !e->count && !e->tried_again &&
	       now - e->written_ms < ATTEMPT_MS;
}

/* Under the lock. `unused` is to be freed after it. */
static bool note(struct record *r, uint64_t key, uint64_t now, struct kept *k, struct kept **unused)
{
	struct entry *e = find(key);
	*unused = k;
	if (e && is_same_attempt(e, r, now)) {
		e->tried_again = true;
		return false;
	}
	if (e && !e->due && now < window_end(e)) {
		count(e);
		return false;
	}
	if (!limit_admit(r, now))
		return false;
	if (e) {
		r->repeated = e->count;
		r->repeated_seconds = e->count ? (unsigned)((now - e->written_ms) / 1000) : 0;
	} else {
		e = replace(now);
	}
	*unused = e->kept;
	*e = (struct entry){.key = key, .look = r->look, .written_ms = now, .kept = k};
	return true;
}

bool repeat_note(struct record *r)
{
	const uint64_t key = key_of(r), now = read_clock();
	struct kept *unused, *k = keep(r);
	if (!enter()) {
		forget(k);
		return true;
	}
	bool write = note(r, key, now, k, &unused);
	lock_leave(&table_lock);
	forget(unused);
	return write;
}

/* Between the two questions about one failure some time passes. */
enum { MARGIN_MS = 5000 };

static struct entry *find_look(uint64_t look)
{
	for (size_t i = 0; look && i < ENTRIES; i++)
		if (entries[i].look == look && !entries[i].due)
			return &entries[i];
	return NULL;
}

bool record_repeats(uint64_t look)
{
	if (!look || !enter())
		return false;
	const struct entry *e = find_look(look);
	bool repeats = e && read_clock() - e->written_ms < REPEAT_WINDOW_S * 1000 - MARGIN_MS;
	lock_leave(&table_lock);
	return repeats;
}

void record_repeated(uint64_t look)
{
	if (!enter())
		return;
	struct entry *e = find_look(look);
	if (e)
		count(e);
	else
		limit_leave_out(LEVEL_ERROR, CAUSE_NONE, 1, read_clock());
	lock_leave(&table_lock);
}

void repeat_undo(const struct record *r)
{
	if (!enter())
		return;
	struct entry *e = find(key_of(r));
	if (e && !e->due) {
		e->due = true;
		e->count += r->repeated;
		e->written_ms -= (uint64_t)r->repeated_seconds * 1000;
		if (e->count)
			atomic_store(&next_due, window_end(e));
	}
	lock_leave(&table_lock);
}

/* ---- what is not told yet ------------------------------------------------------------------------------- */
uint64_t repeat_now(void)
{
	return read_clock();
}

uint64_t repeat_due(void)
{
	return atomic_load_explicit(&next_due, memory_order_relaxed);
}

/* Under the lock. */
static struct entry *find_untold(bool end, uint64_t now)
{
	uint64_t next = 0;
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct entry *e = &entries[i];
		if (e->count && (end || now >= window_end(e)))
			return &entries[i];
		if (e->count && (!next || window_end(e) < next))
			next = window_end(e);
	}
	atomic_store(&next_due, next);
	return NULL;
}

static void describe(struct record *r, const struct entry *e, uint64_t now)
{
	static const struct kept unknown = {.level = LEVEL_ERROR,
					    .event = EVENT_LEFT_OUT,
					    .code = -1,
					    .message =
						"a failure of which there is a record came again"};
	const struct kept *k = e->kept ? e->kept : &unknown;
	*r = (struct record){
	    .level = k->level,
	    .event = k->event,
	    .cause = k->cause,
	    .time_ms = clock_realtime_ms(),
	    .message = k->message,
	    .why = "the same again, as in the record before, which has the reason and the help",
	    .host = k->host,
	    .address = k->address,
	    .sni = k->sni,
	    .port = k->port,
	    .code = k->code,
	    .name = k->name,
	    .depth = -1,
	    .enforced = -1};
	r->library = k->library;
	/* the record itself is one of them */
	r->repeated = e->count - 1;
	r->repeated_seconds = (unsigned)((now - e->written_ms) / 1000);
}

bool repeat_take(bool end, struct record *r, struct repeat_told *t)
{
	const uint64_t now = read_clock();
	if (!enter())
		return false;
	struct entry *e = find_untold(end, now);
	if (e) {
		describe(r, e, now);
		*t = (struct repeat_told){e->kept, e->key};
		e->count = 0;
		e->kept = NULL;
	}
	lock_leave(&table_lock);
	return e != NULL;
}

void repeat_told(const struct record *r, const struct repeat_told *t, bool written)
{
	struct kept *unused = t->kept;
	struct entry *e;
	if (enter()) {
		e = find(t->key);
		if (e && !e->kept) {
			e->kept = t->kept;
			unused = NULL;
		}
		if (!written && e)
			e->count += r->repeated + 1;
		lock_leave(&table_lock);
	}
	forget(unused);
}
