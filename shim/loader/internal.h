/* SPDX-License-Identifier: ISC
 *
 * What the files of this room share among themselves. They stand on each other, in this order.
 */
#ifndef TLSMEND_LOADER_INTERNAL_H
#define TLSMEND_LOADER_INTERNAL_H

#include <tlsmend/loader.h>

/* ---- symbols.c --------------------------------------------------------------------------------- */
/* DT_GNU_HASH alone; .buckets 0: there is none. */
struct gnu_hash loader_gnu_hash(const struct link_map *l);
/* The Bloom filter's word on a hash; false: it is in no bucket. Where there is no such section, all pass. */
static inline bool gnu_hash_passes(const struct gnu_hash *g, uint32_t h)
{
	enum { BITS = 8 * sizeof(ElfW(Addr)) };
	const ElfW(Addr) bits = g->filter[h / BITS & g->mask];
	/* three of four objects fail at the first */
	return bits >> h % BITS & 1 && bits >> (h >> g->shift) % BITS & 1;
}
/* The first symbol of that hash, but for bit 0, which says that a chain ends; 0: there is none. */
static inline uint32_t gnu_hash_first(const struct gnu_hash *g, uint32_t h)
{
	const uint32_t i = g->bucket[h % g->buckets];
	if (i < g->first || i == 0)
		return 0;
	for (const uint32_t *link = g->chain + (i - g->first);; link++) {
		if ((*link ^ h) < 2)
			return g->first + (uint32_t)(link - g->chain);
		if (*link & 1)
			return 0;
	}
}
/* False: such an object does not define the name, as of most names it does not. */
static inline bool loader_may_define(const struct gnu_hash *g, const struct symbol_name *n)
{
	return gnu_hash_passes(g, n->hash) && (!g->buckets || gnu_hash_first(g, n->hash));
}
/* The number of a symbol that the object defines or imports; 0: it does not know the name. */
size_t loader_symbol_number(const struct symbols *s, const struct symbol_name *n);
/* The object's only definition of a name, as loader_symbol_named(); *several: there is another one, kept for old binaries. */
void *loader_symbol_only(const struct symbols *s, const struct symbol_name *n, bool *several,
			 size_t *size);
/* ... that one or the default one. */
void *loader_symbol_kept(const struct symbols *s, const struct symbol_name *n);

/* ---- musl.c ------------------------------------------------------------------------------------ */
/* Is this object musl? */
bool loader_is_musl_itself(const struct symbols *s);
/* NULL: this is another libc. */
struct r_debug *loader_musl_debug(void);
/* What musl itself has under that name; NULL: nothing, or this is another libc. */
void *loader_musl_symbol(const char *name);

/* ---- list.c ------------------------------------------------------------------------------------ */
/* What ld.so tells debuggers; NULL: it cannot be found. */
const struct r_debug *loader_debug(void);
const struct link_map *loader_after(const struct link_map *l);
/* The first program header of that type; NULL: none. */
const ElfW(Phdr) * loader_header(const ElfW(Phdr) * headers, size_t count, uint32_t type);

/* ---- program.c --------------------------------------------------------------------------------- */
void *loader_look_into(const struct lookup *q, const struct symbols *s);
/* The first definition in what was loaded at the start; `next`: only behind us. */
void *loader_in_program(const struct lookup *q, bool next);

/* ---- libc.c ------------------------------------------------------------------------------------ */
/* The tables of libc's own object where this is it, and they were read; NULL: not so. */
const struct symbols *loader_libc_known(const struct link_map *l);
/* As loader_libc_function(), of libc's own object alone. */
void *loader_libc_own(const struct symbol_name *n);
/* A function of libc's in this object, which is libc or a part of it. */
void *loader_in_libc(const struct symbols *s, const struct symbol_name *n);

#endif
