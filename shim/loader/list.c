/* SPDX-License-Identifier: ISC
 *
 * ld.so's list of link maps. New ones are put at its end when they are complete; what was loaded at the start is its beginning, and
 * is never taken out.
 */
#include "internal.h"

/* Of this library: its own dynamic section, by which its link map is known. */
extern ElfW(Dyn) _DYNAMIC[] HIDDEN;

const ElfW(Phdr) * loader_header(const ElfW(Phdr) * p, size_t count, uint32_t type)
{
	for (size_t i = 0; i < count; i++)
		if (p[i].p_type == type)
			return &p[i];
	return NULL;
}

/* The program's own DT_DEBUG, which ld.so fills for debuggers before anything else can run. Not the variable _r_debug: a program that
 * refers to that has a copy that is never brought up to date. */
static struct r_debug *of_program(void)
{
	const ElfW(Phdr) *headers = (const void *)(uintptr_t)process_auxiliary(AT_PHDR);
	const size_t count = process_auxiliary(AT_PHNUM);
	if (!headers)
		return NULL;
	const ElfW(Phdr) *own = loader_header(headers, count, PT_PHDR);
	const ElfW(Phdr) *dynamic = loader_header(headers, count, PT_DYNAMIC);
	const ElfW(Phdr) *first = loader_header(headers, count, PT_LOAD);
	if (!dynamic || !first)
		return NULL;
	/* without PT_PHDR they follow the ELF header, at the start of the first segment */
	const uintptr_t bias =
	    (uintptr_t)headers -
	    (own ? own->p_vaddr : first->p_vaddr - first->p_offset + sizeof(ElfW(Ehdr)));
	for (const ElfW(Dyn) *d = (const void *)(bias + dynamic->p_vaddr); d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_DEBUG && d->d_un.d_ptr)
			return (struct r_debug *)d->d_un.d_ptr;
	return NULL;
}

/* A program that was linked without DT_DEBUG: ld.so's own variable. */
static struct r_debug *of_loader(void)
{
	const uintptr_t base = process_auxiliary(AT_BASE);
	const ElfW(Ehdr) *e = (const void *)base;
	const ElfW(Phdr) *dynamic =
	    base ? loader_header((const void *)(base + e->e_phoff), e->e_phnum, PT_DYNAMIC) : NULL;
	if (!dynamic)
		return NULL;
	const struct link_map l = {.l_addr = base, .l_ld = (void *)(base + dynamic->p_vaddr)};
	return loader_symbol(&l, "_r_debug");
}

const struct r_debug *loader_debug(void)
{
	static struct r_debug *_Atomic known;
	struct r_debug *r = atomic_load_explicit(&known, memory_order_acquire);
	if (r)
		return r;
	r = loader_is_musl() ? loader_musl_debug() : of_program();
	if (!r || !r->r_map)
		r = of_loader();
	if (!r || !r->r_map)
		return NULL;
	atomic_store_explicit(&known, r, memory_order_release);
	return r;
}

const struct link_map *loader_first(void)
{
	const struct r_debug *r = loader_debug();
	return r ? r->r_map : NULL;
}

const struct link_map *loader_after(const struct link_map *l)
{
	return __atomic_load_n(&l->l_next, __ATOMIC_ACQUIRE);
}

/* At the first look, which is before the first dlopen(3): that comes through our stub. */
const struct link_map *loader_last_at_start(void)
{
	static const struct link_map *_Atomic known;
	const struct link_map *last = atomic_load_explicit(&known, memory_order_acquire);
	if (last)
		return last;
	for (const struct link_map *l = loader_first(); l; l = loader_after(l))
		last = l;
	atomic_store_explicit(&known, last, memory_order_release);
	return last;
}

const struct link_map *loader_own(void)
{
	static const struct link_map *_Atomic known;
	const struct link_map *l = atomic_load_explicit(&known, memory_order_acquire);
	if (l)
		return l;
	for (l = loader_first(); l && l->l_ld != _DYNAMIC; l = loader_after(l))
		;
	atomic_store_explicit(&known, l, memory_order_release);
	return l;
}

bool loader_is_behind_us(const struct link_map *l)
{
	const struct link_map *at = loader_own();
	while (at && at != l)
		at = loader_after(at);
	return at;
}
