/* SPDX-License-Identifier: ISC
 *
 * Which thread and which process this is, without a system call: a sandbox of the host's may kill the process for one that OpenSSL does not
 * make (seccomp), and locks are taken on every connection.
 *
 * The number of the thread stands in what the C library keeps of it, and pthread_getcpuclockid(3) tells it without asking the kernel: the
 * clock of a thread is ~number << 3 | 6 (clock_gettime(2), CPU clocks). A fork shows in a page that the kernel clears in the child.
 */
#include <tlsmend/base.h>

#include <tlsmend/system.h>

#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18 /* Linux 4.14 */
#endif

static _Atomic(identity_self *) self;
static _Atomic(identity_clock *) clock_of;

void identity_use(identity_self *s, identity_clock *c)
{
	if (!s || !c)
		return;
	atomic_store(&clock_of, c);
	atomic_store(&self, s);
}

/* ---- processes -------------------------------------------------------------------------------------------------- */

/* 0: this process has not asked yet. */
typedef _Atomic uint32_t generation;
static _Atomic(generation *) page;
static atomic_bool impossible;
static _Atomic uint32_t latest; /* of this process and those before it */

static long address(const void *p)
{
	return (long)(intptr_t)p;
}

static generation *make_page(void)
{
	const long size = (long)getauxval(AT_PAGESZ);
	generation *const made = sys_map_memory((size_t)size), *none = NULL;
	if (!made)
		return NULL;
	/* An emulator that takes any advice does not follow this one. */
	if (sys_call(SYS_madvise, address(made), size, -1, 0, 0, 0) == 0 ||
	    sys_call(SYS_madvise, address(made), size, MADV_WIPEONFORK, 0, 0, 0) != 0 ||
	    !atomic_compare_exchange_strong(&page, &none, made)) {
		sys_call(SYS_munmap, address(made), size, 0, 0, 0, 0);
		return none;
	}
	return made;
}

__attribute__((noinline)) static uint32_t first_generation(void)
{
	enum { BY_NUMBER = 1u << 30 };
	generation *g = atomic_load_explicit(&page, memory_order_acquire);
	uint32_t mine, none = 0;
	const bool fresh = !g && !atomic_load(&impossible);
	if (fresh) {
		g = make_page();
		atomic_store(&impossible, !g);
	}
	if (!g)
		return (uint32_t)sys_getpid() | BY_NUMBER;
	/* a fresh page is written to at once: a look at it first would be a page fault more */
	mine = fresh ? 0 : atomic_load_explicit(g, memory_order_relaxed);
	if (mine)
		return mine;
	mine = atomic_fetch_add(&latest, 1) + 1;
	return atomic_compare_exchange_strong(g, &none, mine) ? mine : none;
}

/* 0: not known yet. What asks often does no more than this. */
static inline uint32_t known_generation(void)
{
	generation *const g = atomic_load_explicit(&page, memory_order_acquire);
	return g ? atomic_load_explicit(g, memory_order_relaxed) : 0;
}

uint32_t process_generation(void)
{
	const uint32_t mine = known_generation();
	return mine ? mine : first_generation();
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

static uint32_t ask_number(void)
{
	identity_self *const s = atomic_load_explicit(&self, memory_order_acquire);
	clockid_t id = 0;
	if (s && atomic_load_explicit(&clock_of, memory_order_relaxed)(s(), &id) == 0) {
		const int32_t number = ~(id >> 3);
		if (number > 0)
			return (uint32_t)number;
	}
	return (uint32_t)sys_gettid();
}

/* Kept by each thread as long as its process is the same, which is seen without a call. */
static _Thread_local struct {
	uint32_t generation, number;
} known;

__attribute__((noinline)) static uint32_t first_number(uint32_t mine)
{
	known.number = ask_number();
	known.generation = mine;
	return known.number;
}

uint32_t thread_number(void)
{
	const uint32_t mine = known_generation();
	return mine && known.generation == mine ? known.number : first_number(mine);
}

/* ---- a sandbox ----------------------------------------------------------------------------------------------------- */

static atomic_bool sandboxed;

void sandbox_note(void)
{
	atomic_store_explicit(&sandboxed, true, memory_order_relaxed);
}

bool sandbox_entered(void)
{
	return atomic_load_explicit(&sandboxed, memory_order_relaxed);
}
