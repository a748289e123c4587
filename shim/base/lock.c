/* SPDX-License-Identifier: ISC
 *
 * lock: a mutex that knows its owner, so that a signal handler does not wait for the thread that it
 * interrupted, and a child of fork(2) does not wait for a thread that exists in the parent only.
 *
 * States: word 0 = free. word = thread id with owner_process 0 = being taken or being left. Both set =
 * held. Two ways to take over a lock whose owner is gone, each with one compare-and-swap as the
 * arbiter:
 *  - owner_process is another process: whoever swaps owner_process to his own has it;
 *  - owner_process is 0 or our own, but no such thread exists here (fork between the two stores, or the
 * host cancelled the thread within a hook): whoever swaps word has it. A child of vfork(2) shares
 * the parent's memory and must not call in here; it may only exec anyway. */
#include <tlsmend/base.h>

#include <tlsmend/system.h>

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

#define WAITERS 0x80000000u
enum {
	SPINS = 100,
	WAIT_MS = 50, /* longest time until a vanished owner is noticed */
	/* Last resort: rather do without than hang the host. Longer than the slowest thing done
	 * under a lock, the first reading of a large configuration. */
	GIVE_UP_MS = 10000
};

static long word_pointer(struct lock *l)
{
	return (long)(intptr_t)&l->word;
}

static void futex_wait(struct lock *l, uint32_t seen)
{
	const struct timespec timeout = {0, WAIT_MS * 1000000L};
	sys_call(SYS_futex, word_pointer(l), FUTEX_WAIT_PRIVATE, (long)seen,
		 (long)(intptr_t)&timeout, 0, 0);
}

static void futex_wake(struct lock *l)
{
	sys_call(SYS_futex, word_pointer(l), FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static bool thread_is_gone(uint32_t tid)
{
	return sys_call(SYS_tgkill, sys_getpid(), (long)tid, 0, 0, 0, 0) == -ESRCH;
}

static bool try_take(struct lock *l, uint32_t process, uint32_t as)
{
	uint32_t free_word = 0;
	if (!atomic_compare_exchange_strong(&l->word, &free_word, as))
		return false;
	atomic_store(&l->owner_process, process);
	return true;
}

/* `patient`: the word has not changed for a while, so asking the kernel about its owner is worth
 * it. */
static bool take_over(struct lock *l, uint32_t process, uint32_t tid, uint32_t seen, bool patient)
{
	uint32_t owner = atomic_load(&l->owner_process);
	if (owner && owner != process) {
		if (!atomic_compare_exchange_strong(&l->owner_process, &owner, process))
			return false;
		atomic_store(&l->word, tid | WAITERS);
		return true;
	}
	if (!patient || !thread_is_gone(seen & ~WAITERS))
		return false;
	if (!atomic_compare_exchange_strong(&l->word, &seen, tid | WAITERS))
		return false;
	atomic_store(&l->owner_process, process);
	return true;
}

static bool wait_and_take(struct lock *l, uint32_t process, uint32_t tid, bool *stale)
{
	const uint64_t start = clock_monotonic_ms();
	uint32_t before = 0;
	for (unsigned round = 0;; round++) {
		uint32_t seen = atomic_load(&l->word);
		if (!seen) {
			/* Others may sleep too: keep the mark, so that leaving wakes them. */
			if (try_take(l, process, round < SPINS ? tid : tid | WAITERS))
				return true;
			continue;
		}
		if (take_over(l, process, tid, seen, round > SPINS && seen == before)) {
			*stale = true;
			return true;
		}
		if (round < SPINS)
			continue;
		if (clock_monotonic_ms() - start > GIVE_UP_MS)
			return false;
		before = seen | WAITERS;
		if (atomic_compare_exchange_strong(&l->word, &seen, before) || seen == before)
			futex_wait(l, before);
	}
}

__attribute__((noinline)) static bool enter_taken(struct lock *l, uint32_t process, uint32_t tid,
						  bool *stale)
{
	bool dropped;
	stale = stale ? stale : &dropped;
	const uint32_t owner_process = atomic_load(&l->owner_process);
	/* owner_process 0: interrupted between the two stores; still our own. */
	if ((atomic_load(&l->word) & ~WAITERS) == tid &&
	    (!owner_process || owner_process == process))
		return false;
	return wait_and_take(l, process, tid, stale);
}

bool lock_enter(struct lock *l, bool *stale)
{
	const uint32_t process = process_generation(), tid = thread_number();
	if (stale)
		*stale = false;
	return try_take(l, process, tid) || enter_taken(l, process, tid, stale);
}

bool lock_enter_table(struct lock *l, void *table, size_t size)
{
	bool stale;
	if (!lock_enter(l, &stale))
		return false;
	if (stale)
		memset(table, 0, size);
	return true;
}

void lock_leave(struct lock *l)
{
	atomic_store(&l->owner_process, 0);
	if (atomic_exchange(&l->word, 0) & WAITERS)
		futex_wake(l);
}
