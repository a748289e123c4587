/* SPDX-License-Identifier: ISC
 *
 * How many connections of this process are in some state. Each process counts its own, in the low half, beside its generation: those that other
 * threads had in it at a fork are not in the child.
 */
#ifndef TLSMEND_HOOKS_TALLY_H
#define TLSMEND_HOOKS_TALLY_H

#include <tlsmend/base.h>

typedef _Atomic uint64_t tally;

static inline uint64_t tally_of(uint64_t all, uint32_t process)
{
	return all >> 32 == process ? all : (uint64_t)process << 32;
}

/* `counted`: in which process the connection is in that state; 0: in none. */
static inline void tally_set(tally *t, uint32_t *counted, bool now)
{
	const uint32_t process = process_generation();
	uint64_t all = atomic_load(t), next;
	if ((*counted == process) == now)
		return;
	*counted = now ? process : 0;
	do {
		next = tally_of(all, process) + (now ? 1 : UINT64_MAX);
	} while (!atomic_compare_exchange_weak(t, &all, next));
}

static inline uint32_t tally_count(const tally *t)
{
	return (uint32_t)tally_of(atomic_load(t), process_generation());
}

/* Without a question whose they are: perhaps those of the process that this one was forked from. */
static inline bool tally_any(const tally *t)
{
	return (uint32_t)atomic_load_explicit(t, memory_order_relaxed) != 0;
}

#endif
