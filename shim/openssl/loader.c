/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "loader.h"

#include <bsd/string.h>

struct search {
	uintptr_t address;
	struct object *found;
	bool hit;
};

static void describe(const struct dl_phdr_info *info, struct object *o)
{
	o->base = info->dlpi_addr;
	o->low = UINTPTR_MAX;
	o->high = 0;
	o->dynamic = NULL;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_DYNAMIC)
			o->dynamic = (const ElfW(Dyn) *)start;
		if (p->p_type != PT_LOAD)
			continue;
		if (start < o->low)
			o->low = start;
		if (start + p->p_memsz > o->high)
			o->high = start + p->p_memsz;
	}
	o->path_cut = strlcpy(o->path, info->dlpi_name ? info->dlpi_name : "", sizeof o->path) >=
		      sizeof o->path;
}

static int visit(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct search *s = arg;
	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_LOAD && s->address >= start &&
		    s->address - start < p->p_memsz) {
			describe(info, s->found);
			s->hit = true;
			return 1;
		}
	}
	return 0;
}

/* _dl_find_object(3) of glibc 2.35, which takes no lock at all. glibc does not give the lock of dl_iterate_phdr(3) a new state in a
 * forked child: a child that was forked while another thread held it waits for ever
 * (tests/traps/fork_threads.c, "cold"). Declared here, since the library is built for older ones, too. */
struct dl_find_object_result {
	unsigned long long flags;
	void *map_start, *map_end;
	struct link_map *link_map;
	void *reserved[16];
};
typedef int dl_find_object_fn(void *pc, struct dl_find_object_result *result);

static bool find_without_lock(uintptr_t address, struct object *o)
{
	static dl_find_object_fn *find;
	static bool looked_for;
	struct dl_find_object_result r;
	if (!__atomic_load_n(&looked_for, __ATOMIC_ACQUIRE)) {
		union {
			void *object;
			dl_find_object_fn *function;
		} f = {.object = loader_libc_function("_dl_find_object")};
		__atomic_store_n(&find, f.function, __ATOMIC_RELAXED);
		__atomic_store_n(&looked_for, true, __ATOMIC_RELEASE);
	}
	dl_find_object_fn *known = __atomic_load_n(&find, __ATOMIC_RELAXED);
	if (!known || known((void *)address, &r) != 0)
		return false;
	o->base = r.link_map->l_addr;
	o->low = (uintptr_t)r.map_start;
	o->high = (uintptr_t)r.map_end;
	o->dynamic = r.link_map->l_ld;
	const char *name = r.link_map->l_name ? r.link_map->l_name : "";
	o->path_cut = strlcpy(o->path, name, sizeof o->path) >= sizeof o->path;
	return true;
}

bool loader_object_at(const void *address, struct object *o)
{
	struct search s = {.address = (uintptr_t)address, .found = o, .hit = false};
	if (find_without_lock(s.address, o))
		return true;
	dl_iterate_phdr(visit, &s);
	return s.hit;
}

/* glibc relocates the addresses in place, but not in every object (the vDSO) */
static const void *absolute(const struct object *o, ElfW(Addr) value)
{
	return (const void *)(value < o->base ? o->base + value : value);
}

bool loader_symbols(const struct object *o, struct symbols *t)
{
	size_t soname = 0;
	memset(t, 0, sizeof *t);
	t->base = o->base;
	if (!o->dynamic)
		return false;
	for (const ElfW(Dyn) *d = o->dynamic; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_SYMTAB:
			t->symbols = absolute(o, d->d_un.d_ptr);
			break;
		case DT_STRTAB:
			t->strings = absolute(o, d->d_un.d_ptr);
			break;
		case DT_VERSYM:
			t->versions = absolute(o, d->d_un.d_ptr);
			break;
		case DT_VERNEED:
			t->needed = absolute(o, d->d_un.d_ptr);
			break;
		case DT_VERNEEDNUM:
			t->needed_count = d->d_un.d_val;
			break;
		case DT_SONAME:
			soname = d->d_un.d_val;
			break;
		case DT_GNU_HASH:
			t->gnu_hash = absolute(o, d->d_un.d_ptr);
			break;
		case DT_HASH:
			t->hash = absolute(o, d->d_un.d_ptr);
			break;
		default:
			break;
		}
	}
	if (soname && t->strings)
		t->soname = t->strings + soname;
	return t->symbols && t->strings;
}

/* Imported symbols come before the ones that DT_GNU_HASH lists; DT_HASH counts all. */
static size_t import_limit(const struct symbols *t)
{
	if (t->hash)
		return t->hash[1];
	if (t->gnu_hash && t->gnu_hash[1] > 1)
		return t->gnu_hash[1];
	/* an object that exports nothing has an empty hash; its strings follow its symbols */
	if ((const char *)t->symbols < t->strings)
		return (size_t)(t->strings - (const char *)t->symbols) / sizeof *t->symbols;
	return 0;
}

static const char *version_name(const struct symbols *t, unsigned index)
{
	const ElfW(Verneed) *need = t->needed;
	for (size_t i = 0; need && i < t->needed_count; i++) {
		const ElfW(Vernaux) *aux = (const void *)((const char *)need + need->vn_aux);
		for (unsigned j = 0; j < need->vn_cnt; j++) {
			if ((aux->vna_other & 0x7fff) == index)
				return t->strings + aux->vna_name;
			aux = (const void *)((const char *)aux + aux->vna_next);
		}
		if (need->vn_next == 0)
			break;
		need = (const void *)((const char *)need + need->vn_next);
	}
	return NULL;
}

bool loader_import(const struct object *o, const char *symbol, const char **version)
{
	struct symbols t;
	*version = NULL;
	if (!loader_symbols(o, &t))
		return false;
	size_t limit = import_limit(&t);
	for (size_t i = 1; i < limit; i++) {
		if (t.symbols[i].st_shndx != SHN_UNDEF ||
		    strcmp(t.strings + t.symbols[i].st_name, symbol) != 0)
			continue;
		if (t.versions && (t.versions[i] & 0x7fff) > 1)
			*version = version_name(&t, t.versions[i] & 0x7fff);
		return true;
	}
	return false;
}

/* ---- definitions ------------------------------------------------------------------------------------------ */

/* name@VERSION, kept for old binaries beside the default name@@VERSION. glibc's dl functions have only such a definition on
 * some architectures, so it counts for the C library. */
static bool is_old_version(const struct symbols *t, uint32_t symbol)
{
	return t->versions && (t->versions[symbol] & 0x8000) && !t->any_version;
}

/* DT_GNU_HASH: four words, a Bloom filter, buckets, and a chain of hashes per bucket whose last has bit 0 set. */
static const ElfW(Sym) * find_definition(const struct symbols *t, const char *name)
{
	uint32_t h = 5381;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		h = h * 33 + *c;
	if (!t->gnu_hash || t->gnu_hash[0] == 0)
		return NULL;
	const uint32_t buckets = t->gnu_hash[0], first = t->gnu_hash[1], words = t->gnu_hash[2];
	const uint32_t *bucket = t->gnu_hash + 4 + words * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
	const uint32_t *chain = bucket + buckets;
	uint32_t i = bucket[h % buckets];
	if (i < first)
		return NULL;
	for (;; i++) {
		uint32_t link = chain[i - first];
		if ((link | 1) == (h | 1) &&
		    strcmp(t->strings + t->symbols[i].st_name, name) == 0 &&
		    t->symbols[i].st_shndx != SHN_UNDEF && !is_old_version(t, i))
			return &t->symbols[i];
		if (link & 1)
			return NULL;
	}
}

void *loader_symbol_of(const struct symbols *t, const char *symbol)
{
	const ElfW(Sym) *found = find_definition(t, symbol);
	return found ? (void *)(t->base + found->st_value) : NULL;
}

void *loader_symbol(const struct object *o, const char *symbol)
{
	struct symbols t;
	return loader_symbols(o, &t) ? loader_symbol_of(&t, symbol) : NULL;
}

bool loader_within(const struct object *o, const char *symbol, const void *address)
{
	struct symbols t;
	const ElfW(Sym) *found = loader_symbols(o, &t) ? find_definition(&t, symbol) : NULL;
	/* a return address may stand right behind the last instruction */
	return found && (uintptr_t)address - (t.base + found->st_value) <= found->st_size;
}

struct definition {
	const char *name, *companion;
	uintptr_t except_base;
	struct object *object;
	void *found;
};

static int visit_definer(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct definition *d = arg;
	struct symbols t;
	(void)size;
	if (info->dlpi_addr == d->except_base)
		return 0;
	describe(info, d->object);
	if (!loader_symbols(d->object, &t) || !find_definition(&t, d->companion))
		return 0;
	d->found = loader_symbol_of(&t, d->name);
	return d->found != NULL;
}

void *loader_definer(const char *symbol, const char *companion, uintptr_t except_base)
{
	struct object *object = malloc(sizeof *object);
	struct definition d = {
	    .name = symbol, .companion = companion, .except_base = except_base, .object = object};
	if (object)
		dl_iterate_phdr(visit_definer, &d);
	free(object);
	return d.found;
}

static int visit_libc(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct definition *d = arg;
	struct symbols t;
	(void)size;
	describe(info, d->object);
	if (!loader_symbols(d->object, &t) || !t.soname ||
	    (strcmp(t.soname, "libc.so.6") != 0 && strcmp(t.soname, "libdl.so.2") != 0))
		return 0;
	t.any_version = true;
	d->found = loader_symbol_of(&t, d->name);
	return d->found != NULL;
}

/* On the stack, unlike above: this runs before the host's first malloc. */
void *loader_libc_function(const char *name)
{
	struct object object;
	struct definition d = {.name = name, .object = &object};
	dl_iterate_phdr(visit_libc, &d);
	return d.found;
}
