/* SPDX-License-Identifier: ISC
 *
 * A rule that makes a connection possible is not news each time, but somebody wants to know where it is used: once a day at the
 * level of its event, each time at level info. A day is one of UTC, as that of Until, so that each day's log names what was used on
 * it.
 *
 * A table of fixed size without a lock. Where a bucket is full of today's uses one of them is forgotten, and said once more: rather
 * once too often than never. */
#include "use.h"

#include "repeat.h"

#include <string.h>

enum { WAYS = 8, BUCKETS = 1024, DAY_BITS = 16, DAY_MS = 24 * 60 * 60 * 1000 };

/* What is left of the hash, and the day. 0: free. */
static _Atomic uint64_t said[BUCKETS][WAYS];
static int64_t (*read_clock)(void) = clock_realtime_ms;

void use_reset(int64_t (*clock)(void))
{
	for (size_t i = 0; i < BUCKETS * (size_t)WAYS; i++)
		atomic_store(&said[i / WAYS][i % WAYS], 0);
	read_clock = clock ? clock : clock_realtime_ms;
}

uint64_t record_use_of(const char *const *parts, size_t count)
{
	uint64_t hash = repeat_seed();
	for (size_t i = 0; i < count; i++) {
		const char *part = parts[i] ? parts[i] : "";
		hash = hash_bytes(hash, part, strlen(part) + 1);
	}
	return hash ? hash : 1;
}

uint64_t record_use(enum event event, uint64_t what, const char *host)
{
	const uint64_t numbers[] = {(uint64_t)event, what};
	uint64_t hash = hash_bytes(repeat_seed(), numbers, sizeof numbers);
	hash = hash_bytes(hash, host ? host : "", host ? strlen(host) + 1 : 1);
	return hash ? hash : 1;
}

static uint64_t today(void)
{
	return (uint64_t)(read_clock() / DAY_MS) & ((UINT64_C(1) << DAY_BITS) - 1);
}

static uint64_t word_of(uint64_t use)
{
	return use >> DAY_BITS << DAY_BITS | today();
}

static _Atomic uint64_t *bucket_of(uint64_t use)
{
	return said[(use >> DAY_BITS) % BUCKETS];
}

static bool is_of(uint64_t word, uint64_t day)
{
	return word != 0 && (word & ((UINT64_C(1) << DAY_BITS) - 1)) == day;
}

bool use_was_said(uint64_t use)
{
	_Atomic uint64_t *const bucket = bucket_of(use);
	const uint64_t word = word_of(use);
	for (size_t i = 0; i < WAYS; i++)
		if (atomic_load(&bucket[i]) == word)
			return true;
	return false;
}

/* The place of this word; else one that is free or of another day; else the one that this use always takes. In one pass: what another thread
 * writes between a look for the word and a look for a place would be passed by. */
static size_t place_for(_Atomic uint64_t *bucket, uint64_t use, uint64_t *seen)
{
	const uint64_t word = word_of(use), day = today();
	for (size_t i = 0; i < WAYS; i++) {
		*seen = atomic_load(&bucket[i]);
		if (*seen == word || !is_of(*seen, day))
			return i;
	}
	const size_t i = (use >> (64 - 3)) % WAYS;
	*seen = atomic_load(&bucket[i]);
	return i;
}

bool use_first(uint64_t use)
{
	_Atomic uint64_t *const bucket = bucket_of(use);
	for (unsigned tries = 0; tries < WAYS && !use_was_said(use); tries++) {
		const uint64_t word = word_of(use);
		uint64_t seen;
		const size_t i = place_for(bucket, use, &seen);
		if (seen == word)
			return false;
		if (atomic_compare_exchange_strong(&bucket[i], &seen, word))
			return true;
	}
	return !use_was_said(use);
}

void use_forget(uint64_t use)
{
	_Atomic uint64_t *const bucket = bucket_of(use);
	for (size_t i = 0; i < WAYS; i++) {
		uint64_t word = word_of(use);
		atomic_compare_exchange_strong(&bucket[i], &word, 0);
	}
}
