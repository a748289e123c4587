/* SPDX-License-Identifier: ISC
 *
 * What an object's own calls of a function lead to, as ld.so has bound them: the slots of its relocations.
 */
#include "internal.h"

#if __SIZEOF_POINTER__ == 8
#define SYMBOL_OF(info) ELF64_R_SYM(info)
#else
#define SYMBOL_OF(info) ELF32_R_SYM(info)
#endif

struct table {
	uintptr_t at;
	size_t size;
};

/* A symbol's slot in one table, whose entries begin with offset and info in both forms. */
static void *const *slot_in(const struct symbols *s, const struct table *t, size_t entry,
			    size_t symbol)
{
	for (size_t i = 0; t->at && i + entry <= t->size; i += entry) {
		const ElfW(Rel) *r = (const void *)(t->at + i);
		if (SYMBOL_OF(r->r_info) == symbol)
			return (void *const *)(s->base + r->r_offset);
	}
	return NULL;
}

static void *const *slot_of(const struct link_map *l, const char *name)
{
	struct table rel = {0}, rela = {0}, plt = {0};
	size_t plt_entry = sizeof(ElfW(Rela));
	const struct symbol_name n = loader_name(name);
	struct symbols s;
	const size_t symbol = loader_symbols(l, &s) ? loader_symbol_number(&s, &n) : 0;
	if (!symbol)
		return NULL;
	for (const ElfW(Dyn) *d = s.dynamic; d->d_tag != DT_NULL; d++) {
		/* glibc relocates these in place, musl does not */
		const uintptr_t at =
		    d->d_un.d_ptr < s.base ? s.base + d->d_un.d_ptr : d->d_un.d_ptr;
		if (d->d_tag == DT_REL)
			rel.at = at;
		else if (d->d_tag == DT_RELSZ)
			rel.size = d->d_un.d_val;
		else if (d->d_tag == DT_RELA)
			rela.at = at;
		else if (d->d_tag == DT_RELASZ)
			rela.size = d->d_un.d_val;
		else if (d->d_tag == DT_JMPREL)
			plt.at = at;
		else if (d->d_tag == DT_PLTRELSZ)
			plt.size = d->d_un.d_val;
		else if (d->d_tag == DT_PLTREL && d->d_un.d_val == DT_REL)
			plt_entry = sizeof(ElfW(Rel));
	}
	void *const *slot = slot_in(&s, &plt, plt_entry, symbol);
	if (!slot)
		slot = slot_in(&s, &rela, sizeof(ElfW(Rela)), symbol);
	return slot ? slot : slot_in(&s, &rel, sizeof(ElfW(Rel)), symbol);
}

enum calls loader_calls(const struct link_map *from, const char *symbol, const void **function)
{
	struct object own, caller;
	void *const *slot = slot_of(from, symbol);
	const uintptr_t to = slot ? (uintptr_t)*slot : 0;
	*function = NULL;
	if (!slot || !loader_object_at(slot_of, &own) || !loader_object_at(from->l_ld, &caller))
		return slot ? CALLS_LATER : CALLS_ITSELF;
	if (to >= own.low && to < own.high)
		return CALLS_US;
	if (!to || (to >= caller.low && to < caller.high))
		return CALLS_LATER;
	*function = (const void *)to;
	return CALLS_ANOTHER;
}
