/* SPDX-License-Identifier: ISC */
#include "repeat.h"

#include <string.h>
#include <tlsmend/loader.h>

enum { ENTRIES = 64 };

struct entry {
	uint64_t key;  /* 0: free */
	uint64_t look; /* of the record; 0: none */
	uint64_t written_ms;
	unsigned count; /* left out since then */
	bool due;       /* the last write failed */
};
static struct entry entries[ENTRIES];
static struct lock table_lock;
static uint64_t (*read_clock)(void) = clock_monotonic_ms;

void repeat_reset(uint64_t (*clock)(void))
{
	memset(entries, 0, sizeof entries);
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
	uint64_t random = 0;

	KEEP_ERRNO_BEGIN
	const unsigned long address = process_auxiliary(AT_RANDOM);

	if (address)
		memcpy(&random, (const void *)(uintptr_t)address, sizeof random);
	KEEP_ERRNO_END
	return HASH_SEED ^ random;
}

static uint64_t key_of(const struct record *r)
{
	const int numbers[] = {(int)r->event, (int)r->cause, (int)r->port, r->code};
	const struct cert_info *leaf = r->chain_count ? r->chain[0].cert : NULL;
	uint64_t hash = hash_bytes(repeat_seed(), numbers, sizeof numbers);

	hash = add_string(hash, r->host);
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
	return true;
}

static struct entry *find(uint64_t key)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].key == key)
			return &entries[i];
	return NULL;
}

static struct entry *find_or_replace(uint64_t key)
{
	struct entry *oldest = &entries[0], *found = find(key);

	if (found)
		return found;
	for (size_t i = 0; i < ENTRIES && oldest->key; i++)
		if (!entries[i].key || entries[i].written_ms < oldest->written_ms)
			oldest = &entries[i];
	*oldest = (struct entry){.key = key, .due = true};
	return oldest;
}

bool repeat_note(struct record *r)
{
	const uint64_t key = key_of(r), now = read_clock();
	struct entry *e;
	bool write;

	if (!enter())
		return true;
	e = find_or_replace(key);
	write = e->due || now - e->written_ms >= (uint64_t)REPEAT_WINDOW_S * 1000;
	if (write) {
		r->repeated = e->count;
		r->repeated_seconds = e->count ? (unsigned)((now - e->written_ms) / 1000) : 0;
		*e = (struct entry){.key = key, .look = r->look, .written_ms = now};
	} else {
		e->count++;
	}
	lock_leave(&table_lock);
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
	const struct entry *e;
	bool repeats;

	if (!look || !enter())
		return false;
	e = find_look(look);
	repeats = e && read_clock() - e->written_ms < REPEAT_WINDOW_S * 1000 - MARGIN_MS;
	lock_leave(&table_lock);
	return repeats;
}

void record_repeated(uint64_t look)
{
	struct entry *e;

	if (!enter())
		return;
	e = find_look(look);
	if (e)
		e->count++;
	lock_leave(&table_lock);
}

void repeat_undo(const struct record *r)
{
	struct entry *e;

	if (!enter())
		return;
	e = find(key_of(r));
	if (e && !e->due) {
		e->due = true;
		e->count += r->repeated;
		e->written_ms -= (uint64_t)r->repeated_seconds * 1000;
	}
	lock_leave(&table_lock);
}
