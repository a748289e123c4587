/* SPDX-License-Identifier: ISC
 *
 * What was found out for the places that call.
 */
#include <string.h>

#include "internal.h"

/* What was found out for a place that calls; a sequence lock, since readers must never wait. No lock of the loader's is
 * taken on the way: a child of fork(2) might never get it. Whether the place is still the same after a dlclose(3) is seen by the
 * code around it. */
struct site {
	_Atomic uint32_t sequence; /* odd: being written */
	_Atomic uint32_t hook;
	_Atomic uint64_t code_before, code_after;
	_Atomic(void *) caller;
	_Atomic(void *) real;
	_Atomic(struct copy *) copy;
	_Atomic uint32_t from;
};
enum { SITES = 256, WAYS = 8 };
static struct site sites[SITES];
static struct lock lock;

/* The call instruction and what follows it, as far as it surely is there: what lies in the same page as the instruction's last byte. */
struct code {
	uint64_t before, after;
};

static struct code code_around(const void *return_address)
{
	enum { PAGE = 4096, BYTES = 8 };
	struct code c = {0, 0};
	const size_t in_page = ((uintptr_t)return_address - 1) % PAGE + 1;
	const unsigned char *at = return_address;
	if (in_page >= BYTES && PAGE - in_page >= BYTES) {
		memcpy(&c.before, at - BYTES, BYTES);
		memcpy(&c.after, at, BYTES);
		return c;
	}
	for (size_t i = 1; i <= BYTES && i <= in_page; i++)
		c.before = c.before << 8 | *(at - i);
	for (size_t i = 0; i < BYTES && i < PAGE - in_page; i++)
		c.after = c.after << 8 | at[i];
	return c;
}

/* A place may stand in any of WAYS neighbours: two that call in turn must not push each other out, for what is looked up anew takes
 * its time. */
static struct site *site_at(enum hook h, const void *caller, unsigned way)
{
	uintptr_t x = (uintptr_t)caller;
	return &sites[((x ^ (x >> 7) ^ (unsigned)h * 37u) + way) % SITES];
}

static bool site_read(struct site *s, enum hook h, void *caller, struct target *t)
{
	uint32_t before = atomic_load_explicit(&s->sequence, memory_order_acquire);
	if (before == 0 || before & 1)
		return false;
	/* the code is looked at only where such a place was known before */
	if (atomic_load_explicit(&s->caller, memory_order_relaxed) != caller ||
	    atomic_load_explicit(&s->hook, memory_order_relaxed) != h)
		return false;
	const struct code code = code_around(caller);
	bool hit = atomic_load_explicit(&s->code_before, memory_order_relaxed) == code.before &&
		   atomic_load_explicit(&s->code_after, memory_order_relaxed) == code.after;
	t->real = atomic_load_explicit(&s->real, memory_order_relaxed);
	t->copy = atomic_load_explicit(&s->copy, memory_order_relaxed);
	t->caller = (enum caller)atomic_load_explicit(&s->from, memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return hit && atomic_load_explicit(&s->sequence, memory_order_relaxed) == before;
}

/* Under the lock: one writer at a time. */
static void site_fill(struct site *s, enum hook h, void *caller, const struct target *t)
{
	const struct code code = code_around(caller);
	uint32_t sequence =
	    atomic_load(&s->sequence) | 1; /* odd already: a fork caught the writer */
	atomic_store(&s->sequence, sequence);
	atomic_store(&s->hook, h);
	atomic_store(&s->code_before, code.before);
	atomic_store(&s->code_after, code.after);
	atomic_store(&s->caller, caller);
	atomic_store(&s->real, t->real);
	atomic_store(&s->copy, t->copy);
	atomic_store(&s->from, t->caller);
	atomic_store(&s->sequence, sequence + 1);
}

void site_write(enum hook h, void *caller, const struct target *t)
{
	static unsigned turn;
	struct site *s = NULL;
	if (!lock_enter(&lock, NULL))
		return;
	for (unsigned way = 0; way < WAYS && !s; way++) {
		struct site *candidate = site_at(h, caller, way);
		bool same =
		    atomic_load(&candidate->caller) == caller && atomic_load(&candidate->hook) == h;
		if (same || !atomic_load(&candidate->caller))
			s = candidate;
	}
	site_fill(s ? s : site_at(h, caller, turn++ % WAYS), h, caller, t);
	lock_leave(&lock);
}

bool site_find(enum hook h, void *caller, struct target *t)
{
	for (unsigned way = 0; way < WAYS; way++)
		if (site_read(site_at(h, caller, way), h, caller, t))
			return true;
	return false;
}
