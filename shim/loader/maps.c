/* SPDX-License-Identifier: ISC
 *
 * The objects that are loaded, while others may be loading and unloading some.
 */
#include "internal.h"

#include <tlsmend/system.h>

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

enum { MAPS_MOST = 65536, HEADERS_NEAR = 1 << 30 };

/* ---- while others load and unload ------------------------------------------------------------------------------- */

typedef int iterate_step(struct dl_phdr_info *, size_t, void *);
typedef int iterate_fn(iterate_step *, void *);

static int until_second(struct dl_phdr_info *i, size_t n, void *calls)
{
	(void)i;
	(void)n;
	return (*(unsigned *)calls)++ > 0;
}

/* musl tells nobody that it is at work on its list. It holds a lock that dl_iterate_phdr(3) waits for between two objects, and that it
 * leaves before constructors run. What has come to stay then stays for ever. */
static bool musl_settled(void)
{
	static iterate_fn *_Atomic known;
	union {
		void *object;
		iterate_fn *function;
	} f = {.function = atomic_load_explicit(&known, memory_order_relaxed)};
	if (!f.object)
		f.object = loader_libc_own(&LOADER_NAME("dl_iterate_phdr"));
	atomic_store_explicit(&known, f.function, memory_order_relaxed);
	unsigned calls = 0;
	if (f.object)
		f.function(until_second, &calls);
	return f.object != NULL;
}

bool loader_settled(void)
{
	enum { TRIES = 100 };
	const struct r_debug *r = loader_debug();
	if (loader_is_musl())
		return musl_settled();
	for (unsigned i = 0; r && i < TRIES; i++) {
		static uint32_t never;
		const struct timespec pause = {0, 1000000};
		if (__atomic_load_n(&r->r_state, __ATOMIC_ACQUIRE) == RT_CONSISTENT)
			return true;
		sys_call(SYS_futex, (long)(intptr_t)&never, FUTEX_WAIT_PRIVATE, 0,
			 (long)(intptr_t)&pause, 0, 0);
	}
	return false;
}

bool loader_is_listed(const struct link_map *map)
{
	const struct link_map *last = loader_last_at_start();
	bool later = false;
	for (const struct link_map *l = loader_first(); l; l = loader_after(l)) {
		if (later && !loader_settled())
			return false;
		if (l == map)
			return true;
		later |= l == last;
	}
	return false;
}

/* _dl_find_object(3) of glibc 2.35, which takes no lock. Declared here, since the library is built for older ones, too. */
struct dl_find_object_result {
	unsigned long long flags;
	void *map_start, *map_end;
	struct link_map *link_map;
	void *reserved[16];
};
typedef int dl_find_object_fn(void *pc, struct dl_find_object_result *result);

static dl_find_object_fn *finder(void)
{
	static dl_find_object_fn *find;
	static bool looked_for;
	if (!__atomic_load_n(&looked_for, __ATOMIC_ACQUIRE)) {
		union {
			void *object;
			dl_find_object_fn *function;
		} f = {.object = loader_libc_own(&LOADER_NAME("_dl_find_object"))};
		__atomic_store_n(&find, f.function, __ATOMIC_RELAXED);
		__atomic_store_n(&looked_for, true, __ATOMIC_RELEASE);
	}
	return __atomic_load_n(&find, __ATOMIC_RELAXED);
}

/* An object that is leaving is taken out of what _dl_find_object(3) knows before it is unmapped. */
static bool is_there(const struct link_map *l)
{
	struct dl_find_object_result r;
	if (!loader_settled())
		return false;
	dl_find_object_fn *find = finder();
	return !find || (find(l->l_ld, &r) == 0 && r.link_map == l);
}

bool loader_is_alive(const struct loader_view *v, size_t index)
{
	return index < v->at_start || is_there(v->at[index].map);
}

static size_t count_maps(void)
{
	size_t count = 0;
	for (const struct link_map *l = loader_first(); l && count < MAPS_MOST; l = loader_after(l))
		count++;
	return count;
}

struct loader_view *loader_view(void)
{
	enum { SOME_MORE = 16 };
	const struct link_map *last = loader_last_at_start();
	const size_t room = count_maps() + SOME_MORE;
	struct loader_view *v = malloc(sizeof *v + room * sizeof v->at[0]);
	struct symbols t;
	if (!v)
		return NULL;
	v->count = v->at_start = 0;
	const bool whole = loader_settled();
	for (const struct link_map *l = loader_first(); l && v->count < room; l = loader_after(l)) {
		v->at[v->count++].map = l;
		if (l != last)
			continue;
		v->at_start = v->count;
		if (!whole)
			break;
	}
	for (size_t i = 0; i < v->count; i++)
		v->at[i].soname =
		    loader_is_alive(v, i) && loader_symbols(v->at[i].map, &t) ? t.soname : NULL;
	return v;
}

/* ---- objects ------------------------------------------------------------------------------------------------------ */

/* Do these describe that object? Started as `ld-musl-*.so.1 PROGRAM`, the kernel's are the loader's own. */
static bool describe_it(const ElfW(Phdr) * p, size_t count, const struct link_map *l)
{
	const ElfW(Phdr) *dynamic = p ? loader_header(p, count, PT_DYNAMIC) : NULL;
	return dynamic && l->l_addr + dynamic->p_vaddr == (uintptr_t)l->l_ld;
}

/* The program headers: those of the program from the kernel, those of a library behind its ELF header. A library that was prelinked
 * has it elsewhere. */
static const ElfW(Phdr) * headers_of(const struct link_map *l, size_t *count)
{
	if (l == loader_first()) {
		const ElfW(Phdr) *p = (const void *)(uintptr_t)process_auxiliary(AT_PHDR);
		*count = process_auxiliary(AT_PHNUM);
		if (!loader_is_musl() || describe_it(p, *count, l))
			return p;
	}
	const ElfW(Ehdr) *e = (const void *)l->l_addr;
	if (!l->l_addr || (uintptr_t)l->l_ld - l->l_addr > HEADERS_NEAR ||
	    memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 || e->e_phentsize != sizeof(ElfW(Phdr)))
		return NULL;
	*count = e->e_phnum;
	return (const void *)(l->l_addr + e->e_phoff);
}

static const ElfW(Phdr) * segment_at(const struct link_map *l, uintptr_t address)
{
	size_t count;
	const ElfW(Phdr) *p = headers_of(l, &count);
	for (size_t i = 0; p && i < count; i++)
		if (p[i].p_type == PT_LOAD && address - (l->l_addr + p[i].p_vaddr) < p[i].p_memsz)
			return &p[i];
	return NULL;
}

bool loader_readable(const struct object *o, const void *code)
{
	const ElfW(Phdr) *p = segment_at(o->map, (uintptr_t)code - 1);
	return p && (p->p_flags & PF_R);
}

/* Whole or not at all: several threads may be describing one object into the same place at their first calls. */
static void describe(const struct link_map *l, struct object *o)
{
	size_t count;
	const ElfW(Phdr) *p = headers_of(l, &count);
	uintptr_t low = UINTPTR_MAX, high = 0;
	for (size_t i = 0; p && i < count; i++) {
		const uintptr_t start = l->l_addr + p[i].p_vaddr;
		if (p[i].p_type != PT_LOAD)
			continue;
		if (start < low)
			low = start;
		if (start + p[i].p_memsz > high)
			high = start + p[i].p_memsz;
	}
	o->low = low;
	o->high = high;
}

static bool found(const struct link_map *l, struct object *o)
{
	o->map = l;
	o->base = l->l_addr;
	o->path = l->l_name ? l->l_name : "";
	return true;
}

bool loader_object_at(const void *address, struct object *o)
{
	struct dl_find_object_result r;
	dl_find_object_fn *find = finder();
	const struct link_map *last = loader_last_at_start();
	if (find) {
		if (find((void *)(uintptr_t)address, &r) != 0)
			return false;
		o->low = (uintptr_t)r.map_start;
		o->high = (uintptr_t)r.map_end;
		return found(r.link_map, o);
	}
	bool later = false;
	for (const struct link_map *l = loader_first(); l; l = loader_after(l)) {
		if (later && !loader_settled())
			return false;
		if (segment_at(l, (uintptr_t)address)) {
			describe(l, o);
			return found(l, o);
		}
		later |= l == last;
	}
	return false;
}
