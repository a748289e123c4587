/* SPDX-License-Identifier: ISC
 *
 * The symbol tables of one loaded object.
 */
#include <tlsmend/loader.h>

#include <string.h>

enum { VERSION_INDEX = 0x7fff, VERSION_HIDDEN = 0x8000 };

/* glibc relocates the addresses in place, but not in every object (the vDSO) */
static const void *absolute(const struct symbols *t, ElfW(Addr) value)
{
	return (const void *)(value < t->base ? t->base + value : value);
}

bool loader_symbols(const struct link_map *l, struct symbols *t)
{
	size_t soname = 0;
	*t = (struct symbols){.base = l->l_addr, .dynamic = l->l_ld};
	if (!l->l_ld)
		return false;
	for (const ElfW(Dyn) *d = l->l_ld; d->d_tag != DT_NULL; d++) {
		const ElfW(Addr) value = d->d_un.d_ptr;
		switch (d->d_tag) {
		case DT_SYMTAB:
			t->symbols = absolute(t, value);
			break;
		case DT_STRTAB:
			t->strings = absolute(t, value);
			break;
		case DT_VERSYM:
			t->versions = absolute(t, value);
			break;
		case DT_VERNEED:
			t->needed = absolute(t, value);
			break;
		case DT_VERNEEDNUM:
			t->needed_count = d->d_un.d_val;
			break;
		case DT_VERDEF:
			t->defined = absolute(t, value);
			break;
		case DT_VERDEFNUM:
			t->defined_count = d->d_un.d_val;
			break;
		case DT_SONAME:
			soname = d->d_un.d_val;
			break;
		case DT_GNU_HASH:
			t->gnu_hash = absolute(t, value);
			break;
		case DT_HASH:
			t->hash = absolute(t, value);
			break;
		default:
			break;
		}
	}
	if (soname && t->strings)
		t->soname = t->strings + soname;
	return t->symbols && t->strings;
}

/* ---- references ----------------------------------------------------------------------------------------------- */

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

static const char *needed_version(const struct symbols *t, unsigned index)
{
	const ElfW(Verneed) *need = t->needed;
	for (size_t i = 0; need && i < t->needed_count; i++) {
		const ElfW(Vernaux) *aux = (const void *)((const char *)need + need->vn_aux);
		for (unsigned j = 0; j < need->vn_cnt; j++) {
			if ((aux->vna_other & VERSION_INDEX) == index)
				return t->strings + aux->vna_name;
			aux = (const void *)((const char *)aux + aux->vna_next);
		}
		if (need->vn_next == 0)
			break;
		need = (const void *)((const char *)need + need->vn_next);
	}
	return NULL;
}

bool loader_import(const struct link_map *l, const char *symbol, const char **version)
{
	struct symbols t;
	*version = NULL;
	if (!loader_symbols(l, &t))
		return false;
	size_t limit = import_limit(&t);
	for (size_t i = 1; i < limit; i++) {
		if (t.symbols[i].st_shndx != SHN_UNDEF ||
		    strcmp(t.strings + t.symbols[i].st_name, symbol) != 0)
			continue;
		if (t.versions && (t.versions[i] & VERSION_INDEX) > 1)
			*version = needed_version(&t, t.versions[i] & VERSION_INDEX);
		return true;
	}
	return false;
}

/* ---- definitions ------------------------------------------------------------------------------------------------ */

static bool is_defined_version(const struct symbols *t, unsigned index, const char *version)
{
	const ElfW(Verdef) *def = t->defined;
	for (size_t i = 0; def && i < t->defined_count; i++) {
		const ElfW(Verdaux) *aux = (const void *)((const char *)def + def->vd_aux);
		if ((def->vd_ndx & VERSION_INDEX) == index)
			return strcmp(t->strings + aux->vda_name, version) == 0;
		if (def->vd_next == 0)
			break;
		def = (const void *)((const char *)def + def->vd_next);
	}
	return false;
}

enum match {
	MATCH_DEFAULT,  /* name@@VERSION, or without any */
	MATCH_ANY,      /* name@VERSION, too, which is kept for old binaries */
	MATCH_REFERENCE /* as ld.so binds */
};

/* An object without versions has what every reference wants. A definition without a version beside others that have one (index 0 or 1) does
 * for a reference with a version, unless it is hidden; a reference without takes the first version of all (index 2), or the default. */
static bool is_version(const struct symbols *t, size_t symbol, const char *version, enum match m)
{
	if (!t->versions || m == MATCH_ANY)
		return true;
	const unsigned index = t->versions[symbol] & VERSION_INDEX;
	const bool hidden = t->versions[symbol] & VERSION_HIDDEN;
	if (m == MATCH_DEFAULT)
		return !hidden;
	if (!version)
		return index < 3 || !hidden;
	return (index < 2 && !hidden) || is_defined_version(t, index, version);
}

static bool is_definition(const struct symbols *t, size_t i, const char *name)
{
	const ElfW(Sym) *s = &t->symbols[i];
	const unsigned type = ELF64_ST_TYPE(s->st_info), binding = ELF64_ST_BIND(s->st_info);
	return s->st_shndx != SHN_UNDEF && (s->st_value || s->st_shndx == SHN_ABS) &&
	       binding != STB_LOCAL && type != STT_TLS && type != STT_GNU_IFUNC &&
	       strcmp(t->strings + s->st_name, name) == 0;
}

/* DT_GNU_HASH: four words, a Bloom filter, buckets, and a chain of hashes per bucket whose last has bit 0 set. */
static const ElfW(Sym) *
    in_gnu_hash(const struct symbols *t, const char *name, const char *version, enum match m)
{
	enum { BITS = 8 * sizeof(ElfW(Addr)) };
	const uint32_t buckets = t->gnu_hash[0], first = t->gnu_hash[1], words = t->gnu_hash[2];
	const ElfW(Addr) *filter = (const void *)(t->gnu_hash + 4);
	const uint32_t *bucket = (const void *)(filter + words);
	uint32_t h = 5381;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		h = h * 33 + *c;
	if (buckets == 0 || words == 0)
		return NULL;
	const ElfW(Addr) bits = filter[h / BITS % words];
	if (!(bits >> h % BITS & bits >> (h >> t->gnu_hash[3]) % BITS & 1))
		return NULL;
	uint32_t i = bucket[h % buckets];
	for (; i >= first; i++) {
		const uint32_t link = bucket[buckets + i - first];
		if ((link | 1) == (h | 1) && is_definition(t, i, name) &&
		    is_version(t, i, version, m))
			return &t->symbols[i];
		if (link & 1)
			break;
	}
	return NULL;
}

/* DT_HASH: the numbers of buckets and of symbols, the buckets, and for each symbol the next one of its bucket. */
static const ElfW(Sym) *
    in_hash(const struct symbols *t, const char *name, const char *version, enum match m)
{
	uint32_t h = 0;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
		h = (h << 4) + *c;
		h = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
	}
	const uint32_t buckets = t->hash[0], count = t->hash[1], *chain = t->hash + 2 + buckets;
	for (uint32_t i = buckets ? t->hash[2 + h % buckets] : 0; i && i < count; i = chain[i])
		if (is_definition(t, i, name) && is_version(t, i, version, m))
			return &t->symbols[i];
	return NULL;
}

static const ElfW(Sym) *
    find(const struct symbols *t, const char *name, const char *version, enum match m)
{
	if (t->gnu_hash)
		return in_gnu_hash(t, name, version, m);
	return t->hash ? in_hash(t, name, version, m) : NULL;
}

static void *address_of(const struct symbols *t, const ElfW(Sym) * s)
{
	return s ? (void *)(s->st_shndx == SHN_ABS ? s->st_value : t->base + s->st_value) : NULL;
}

void *loader_symbol_of(const struct symbols *t, const char *symbol)
{
	return address_of(t, find(t, symbol, NULL, MATCH_DEFAULT));
}

void *loader_symbol_for(const struct symbols *t, const char *symbol, const char *version)
{
	return address_of(t, find(t, symbol, version, MATCH_REFERENCE));
}

void *loader_symbol(const struct link_map *l, const char *symbol)
{
	struct symbols t;
	return loader_symbols(l, &t) ? loader_symbol_of(&t, symbol) : NULL;
}

bool loader_within(const struct link_map *l, const char *symbol, const void *address)
{
	struct symbols t;
	const ElfW(Sym) *found =
	    loader_symbols(l, &t) ? find(&t, symbol, NULL, MATCH_DEFAULT) : NULL;
	/* a return address may stand right behind the last instruction */
	return found && (uintptr_t)address - (t.base + found->st_value) <= found->st_size;
}

/* ---- libc ----------------------------------------------------------------------------------------------------------- */

/* Its dl functions have only an old version on some architectures, which counts here. */
static void *of_libc(const struct link_map *l, const char *name)
{
	struct symbols t;
	if (!loader_symbols(l, &t))
		return NULL;
	if (loader_is_musl())
		return loader_is_musl_itself(&t) ? loader_symbol_of(&t, name) : NULL;
	if (!t.soname ||
	    (strcmp(t.soname, "libc.so.6") != 0 && strcmp(t.soname, "libdl.so.2") != 0 &&
	     strcmp(t.soname, "libpthread.so.0") != 0))
		return NULL;
	void *p = address_of(&t, find(&t, name, NULL, MATCH_DEFAULT));
	return p ? p : address_of(&t, find(&t, name, NULL, MATCH_ANY));
}

void *loader_libc_function(const char *name)
{
	const struct link_map *last = loader_last_at_start();
	bool later = false;
	for (const struct link_map *l = loader_first(); l; l = l->l_next) {
		/* libdl of an old glibc may come later */
		if (later && !loader_settled())
			break;
		void *p = of_libc(l, name);
		if (p)
			return p;
		later |= l == last;
	}
	return NULL;
}
