/* SPDX-License-Identifier: ISC
 *
 * The symbol tables of one loaded object.
 */
#include "internal.h"

#include <string.h>

enum { VERSION_INDEX = 0x7fff, VERSION_HIDDEN = 0x8000 };

/* glibc relocates the addresses in place, but not in every object (the vDSO) */
static const void *absolute(uintptr_t base, ElfW(Addr) value)
{
	return (const void *)(value && value < base ? base + value : value);
}

/* Four words, a Bloom filter, buckets, and a chain of hashes per bucket whose last has bit 0 set. */
static inline struct gnu_hash gnu_hash_at(const uint32_t *at)
{
	static const ElfW(Addr) all = ~(ElfW(Addr))0;
	struct gnu_hash g = {.filter = &all};
	if (!at)
		return g;
	g.first = at[1];
	if (at[0] == 0 || at[2] == 0)
		return g;
	g.buckets = at[0];
	g.mask = at[2] - 1;
	g.shift = at[3];
	g.filter = (const void *)(at + 4);
	g.bucket = (const void *)(g.filter + at[2]);
	g.chain = g.bucket + g.buckets;
	return g;
}

/* The entries that are looked for, by their place in one of two short ranges of tags: every process goes through some of these
 * sections when it starts. */
enum { LOW_TAGS = DT_SONAME + 1, HIGH_TAGS = DT_VERNEEDNUM - DT_VERSYM + 1 };

bool loader_symbols(const struct link_map *l, struct symbols *t)
{
	ElfW(Addr) low[LOW_TAGS] = {0}, high[HIGH_TAGS] = {0}, gnu_hash = 0;
	if (!l->l_ld) {
		*t = (struct symbols){.base = l->l_addr};
		return false;
	}
	for (const ElfW(Dyn) *d = l->l_ld; d->d_tag != DT_NULL; d++) {
		const uintptr_t tag = (uintptr_t)d->d_tag;
		if (tag < LOW_TAGS)
			low[tag] = d->d_un.d_ptr;
		else if (tag - DT_VERSYM < HIGH_TAGS)
			high[tag - DT_VERSYM] = d->d_un.d_ptr;
		else if (tag == DT_GNU_HASH)
			gnu_hash = d->d_un.d_ptr;
	}
	*t = (struct symbols){.base = l->l_addr, .dynamic = l->l_ld};
	t->symbols = absolute(l->l_addr, low[DT_SYMTAB]);
	t->strings = absolute(l->l_addr, low[DT_STRTAB]);
	t->strings_size = low[DT_STRSZ];
	t->hash = absolute(l->l_addr, low[DT_HASH]);
	t->gnu = gnu_hash_at(absolute(l->l_addr, gnu_hash));
	t->versions = absolute(l->l_addr, high[0]);
	t->needed = absolute(l->l_addr, high[DT_VERNEED - DT_VERSYM]);
	t->needed_count = high[DT_VERNEEDNUM - DT_VERSYM];
	t->defined = absolute(l->l_addr, high[DT_VERDEF - DT_VERSYM]);
	t->defined_count = high[DT_VERDEFNUM - DT_VERSYM];
	if (low[DT_SONAME] && t->strings)
		t->soname = t->strings + low[DT_SONAME];
	return t->symbols && t->strings;
}

struct gnu_hash loader_gnu_hash(const struct link_map *l)
{
	for (const ElfW(Dyn) *d = l->l_ld; d && d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_GNU_HASH)
			return gnu_hash_at(absolute(l->l_addr, d->d_un.d_ptr));
	return gnu_hash_at(NULL);
}

/* ---- references ----------------------------------------------------------------------------------------------- */

struct symbol_name loader_name(const char *text)
{
	struct symbol_name n = {.text = text, .hash = 5381};
	for (; text[n.length]; n.length++)
		n.hash = n.hash * 33 + (unsigned char)text[n.length];
	return n;
}

/* A copy of OpenSSL is some hundred look-ups: nothing is called in them, and what is constant in one is so for the compiler. */
#define FAST static inline __attribute__((always_inline))

enum { WORD = sizeof(uint64_t) };
FAST uint64_t word_at(const char *text)
{
	uint64_t word;
	memcpy(&word, text, sizeof word);
	return word;
}

/* By words, the NUL behind it included; from the end, where most differ. */
FAST bool has_name(const struct symbols *t, const ElfW(Sym) * s, const struct symbol_name *n)
{
	const char *at = t->strings + s->st_name;
	const size_t size = n->length + 1;
	if (s->st_name + n->length >= t->strings_size)
		return false;
	if (size < WORD)
		return n->length && memcmp(at, n->text, size) == 0;
	for (size_t i = size - WORD; i >= WORD; i -= WORD)
		if (word_at(at + i) != word_at(n->text + i))
			return false;
	return word_at(at) == word_at(n->text) &&
	       word_at(at + (size - WORD) % WORD) == word_at(n->text + (size - WORD) % WORD);
}

/* Imported symbols come before the ones that DT_GNU_HASH lists; DT_HASH counts all. */
static size_t import_limit(const struct symbols *t)
{
	if (t->hash)
		return t->hash[1];
	if (t->gnu.first > 1)
		return t->gnu.first;
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

/* The first of that name from symbol i on; `limit`: there is none. There are some hundred, most of which already differ in their last
 * letters and where they end. */
static size_t next_named(const struct symbols *t, const struct symbol_name *n, size_t i,
			 size_t limit)
{
	const size_t size = n->length + 1;
	if (size >= WORD && size <= t->strings_size) {
		const uint64_t end = word_at(n->text + size - WORD);
		const char *ends = t->strings + size - WORD;
		const size_t last = t->strings_size - size;
		while (i < limit && (t->symbols[i].st_name > last ||
				     word_at(ends + t->symbols[i].st_name) != end))
			i++;
	}
	return i;
}

static size_t import_number(const struct symbols *t, const struct symbol_name *n)
{
	const size_t limit = import_limit(t);
	for (size_t i = next_named(t, n, 1, limit); i < limit; i = next_named(t, n, i + 1, limit))
		if (has_name(t, &t->symbols[i], n) && t->symbols[i].st_shndx == SHN_UNDEF)
			return i;
	return 0;
}

bool loader_import(const struct symbols *t, const struct symbol_name *n, const char **version)
{
	const size_t i = import_number(t, n);
	*version = NULL;
	if (i && t->versions && (t->versions[i] & VERSION_INDEX) > 1)
		*version = needed_version(t, t->versions[i] & VERSION_INDEX);
	return i != 0;
}

bool loader_imports_from(const struct symbols *t, const char *soname)
{
	const ElfW(Verneed) *need = t->needed;
	for (size_t i = 0; need && i < t->needed_count; i++) {
		if (strcmp(t->strings + need->vn_file, soname) == 0)
			return true;
		if (need->vn_next == 0)
			break;
		need = (const void *)((const char *)need + need->vn_next);
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
	MATCH_DEFAULT, /* name@@VERSION, or without any */
	MATCH_OLD,     /* name@VERSION, which is kept for old binaries */
	MATCH_ANY,
	MATCH_REFERENCE /* as ld.so binds */
};

/* An object without versions has what every reference wants. A definition without a version beside others that have one (index 0 or 1) does
 * for a reference with a version, unless it is hidden; a reference without takes the first version of all (index 2), or the default. */
FAST bool is_version(const struct symbols *t, size_t symbol, const char *version, enum match m)
{
	if (!t->versions || m == MATCH_ANY)
		return m != MATCH_OLD;
	const unsigned index = t->versions[symbol] & VERSION_INDEX;
	const bool hidden = t->versions[symbol] & VERSION_HIDDEN;
	if (m == MATCH_DEFAULT || m == MATCH_OLD)
		return hidden == (m == MATCH_OLD);
	if (!version)
		return index < 3 || !hidden;
	return (index < 2 && !hidden) || is_defined_version(t, index, version);
}

FAST bool is_definition(const struct symbols *t, size_t i, const struct symbol_name *n)
{
	const ElfW(Sym) *s = &t->symbols[i];
	const unsigned type = ELF64_ST_TYPE(s->st_info), binding = ELF64_ST_BIND(s->st_info);
	return s->st_shndx != SHN_UNDEF && (s->st_value || s->st_shndx == SHN_ABS) &&
	       binding != STB_LOCAL && type != STT_TLS && type != STT_GNU_IFUNC &&
	       has_name(t, s, n);
}

FAST const ElfW(Sym) * in_gnu_hash(const struct symbols *t, const struct symbol_name *n,
				   const char *version, enum match m)
{
	const uint32_t h = n->hash;
	if (!gnu_hash_passes(&t->gnu, h))
		return NULL;
	for (uint32_t i = t->gnu.bucket[h % t->gnu.buckets]; i >= t->gnu.first; i++) {
		const uint32_t link = t->gnu.chain[i - t->gnu.first];
		if ((link | 1) == (h | 1) && is_definition(t, i, n) && is_version(t, i, version, m))
			return &t->symbols[i];
		if (link & 1)
			break;
	}
	return NULL;
}

/* DT_HASH: the numbers of buckets and of symbols, the buckets, and for each symbol the next one of its bucket. */
static const ElfW(Sym) *
    in_hash(const struct symbols *t, const struct symbol_name *n, const char *version, enum match m)
{
	uint32_t h = 0;
	for (const unsigned char *c = (const unsigned char *)n->text; *c; c++) {
		h = (h << 4) + *c;
		h = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
	}
	const uint32_t buckets = t->hash[0], count = t->hash[1], *chain = t->hash + 2 + buckets;
	for (uint32_t i = buckets ? t->hash[2 + h % buckets] : 0; i && i < count; i = chain[i])
		if (is_definition(t, i, n) && is_version(t, i, version, m))
			return &t->symbols[i];
	return NULL;
}

FAST const ElfW(Sym) *
    find(const struct symbols *t, const struct symbol_name *n, const char *version, enum match m)
{
	if (t->gnu.buckets)
		return in_gnu_hash(t, n, version, m);
	return t->hash ? in_hash(t, n, version, m) : NULL;
}

static void *address_of(const struct symbols *t, const ElfW(Sym) * s)
{
	return s ? (void *)(s->st_shndx == SHN_ABS ? s->st_value : t->base + s->st_value) : NULL;
}

size_t loader_symbol_number(const struct symbols *t, const struct symbol_name *n)
{
	const ElfW(Sym) *defined = find(t, n, NULL, MATCH_DEFAULT);
	return defined ? (size_t)(defined - t->symbols) : import_number(t, n);
}

void *loader_symbol_named(const struct symbols *t, const struct symbol_name *n)
{
	return address_of(t, find(t, n, NULL, MATCH_DEFAULT));
}

/* ---- many names at once -------------------------------------------------------------------------------------------- */

/* What some hundred look-ups in one object have in common; as constants, which no store into what was found can change. */
struct many {
	const uint32_t *bucket;
	uintptr_t
	    chain; /* where that of symbol 0 would be: a number, or the compiler takes the sum apart again */
	const ElfW(Sym) * symbols;
	const ElfW(Half) * versions;
	const char *strings;
	size_t last; /* where a name may begin */
	uintptr_t base;
	uint32_t buckets;
	uint32_t kind; /* see kind_of(); 0: this object is not the usual one */
};

/* Its type, visibility and section, which nearly all functions of a library have in common. */
FAST uint32_t kind_of(const ElfW(Sym) * s)
{
	enum {
		SIZE = offsetof(ElfW(Sym), st_shndx) + sizeof s->st_shndx -
		       offsetof(ElfW(Sym), st_info)
	};
	uint32_t kind;
	_Static_assert(SIZE == sizeof kind, "they do not stand side by side");
	memcpy(&kind, &s->st_info, sizeof kind);
	return kind;
}

/* As has_name(), in pieces that may overlap. */
FAST bool has_entry_name(const char *at, const struct symbol_entry *e)
{
	enum { FROM_LAST = WORD - 1 }; /* the NUL is compared, too */
	_Static_assert(sizeof e->text <= 6 * WORD, "a name is more than six pieces");
	const size_t n = e->length;
#define SAME(i) (word_at(at + (i)) == word_at(e->text + (i)))
	return SAME(0) && SAME(n - FROM_LAST) &&
	       (n < 2 * WORD || (SAME(WORD) && SAME(n - WORD - FROM_LAST))) &&
	       (n < 4 * WORD || (SAME(2 * WORD) && SAME(n - 2 * WORD - FROM_LAST)));
#undef SAME
}

/* What nearly all of a library's functions are, found with half of the work: the first of that hash, of the usual kind, and not of an old
 * version. No filter: most of what is looked for is there. */
FAST void *usual_function(const struct many *m, const struct symbol_entry *e)
{
	const uint32_t h = e->hash, *chain = (const void *)m->chain;
	size_t i = m->bucket[h % m->buckets];
	if (i == 0)
		return NULL;
	for (; (chain[i] ^ h) > 1; i++)
		if (chain[i] & 1)
			return NULL;
	const ElfW(Sym) *s = &m->symbols[i];
	if (kind_of(s) != m->kind || m->versions[i] & VERSION_HIDDEN || s->st_name > m->last ||
	    !has_entry_name(m->strings + s->st_name, e))
		return NULL;
	return (void *)(m->base + s->st_value);
}

__attribute__((noinline, cold)) static void *unusual(const struct symbols *t,
						     const struct symbol_entry *e)
{
	const struct symbol_name n = loader_entry_name(e);
	return loader_symbol_named(t, &n);
}

/* That of the first of the names that is a function of a section (the numbers from SHN_LORESERVE on are negative). */
static uint32_t usual_kind(const struct symbols *t, const struct symbol_entry *names, size_t count)
{
	if (!t->gnu.buckets || !t->gnu.first || !t->versions ||
	    t->strings_size <= LOADER_HASH_LONGEST)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct symbol_name n = loader_entry_name(&names[i]);
		const ElfW(Sym) *s = find(t, &n, NULL, MATCH_DEFAULT);
		if (s && s->st_info == ELF64_ST_INFO(STB_GLOBAL, STT_FUNC) &&
		    (int16_t)s->st_shndx > 0)
			return kind_of(s);
	}
	return 0;
}

size_t loader_symbols_named(const struct symbols *t, const struct symbol_entry *names, size_t count,
			    void **found)
{
	const struct many m = {.bucket = t->gnu.bucket,
			       .chain = (uintptr_t)t->gnu.chain - t->gnu.first * sizeof(uint32_t),
			       .symbols = t->symbols,
			       .versions = t->versions,
			       .strings = t->strings,
			       .last = t->strings_size - LOADER_HASH_LONGEST,
			       .base = t->base,
			       .buckets = t->gnu.buckets,
			       .kind = usual_kind(t, names, count)};
	const struct symbol_entry *e = names, *end = names + count;
	size_t missing = count;
	for (void **to = found; e < end; e++, to++) {
		*to = m.kind ? usual_function(&m, e) : NULL;
		if (*to)
			continue;
		*to = unusual(t, e);
		if (!*to && missing == count)
			missing = (size_t)(e - names);
	}
	return missing;
}

void *loader_symbol_of(const struct symbols *t, const char *symbol)
{
	const struct symbol_name n = loader_name(symbol);
	return loader_symbol_named(t, &n);
}

void *loader_symbol_for(const struct symbols *t, const struct symbol_name *n, const char *version)
{
	return address_of(t, find(t, n, version, MATCH_REFERENCE));
}

void *loader_symbol_kept(const struct symbols *t, const struct symbol_name *n)
{
	return address_of(t, find(t, n, NULL, MATCH_ANY));
}

/* All definitions of a name in one walk; the default one is returned. */
static const ElfW(Sym) *
    only_in_gnu_hash(const struct symbols *t, const struct symbol_name *n, bool *several)
{
	const ElfW(Sym) *only = NULL;
	for (uint32_t i = gnu_hash_first(&t->gnu, n->hash); i; i++) {
		const uint32_t link = t->gnu.chain[i - t->gnu.first];
		if ((link ^ n->hash) < 2 && is_definition(t, i, n)) {
			*several = only || (t->versions && t->versions[i] & VERSION_HIDDEN);
			if (*several)
				return NULL;
			only = &t->symbols[i];
		}
		if (link & 1)
			break;
	}
	return only;
}

void *loader_symbol_only(const struct symbols *t, const struct symbol_name *n, bool *several,
			 size_t *size)
{
	const ElfW(Sym) * only;
	*several = false;
	if (t->gnu.buckets) {
		only = only_in_gnu_hash(t, n, several);
	} else {
		only = find(t, n, NULL, MATCH_DEFAULT);
		*several = find(t, n, NULL, MATCH_OLD);
	}
	*size = only ? only->st_size : 0;
	return address_of(t, only);
}

void *loader_symbol(const struct link_map *l, const char *symbol)
{
	struct symbols t;
	return loader_symbols(l, &t) ? loader_symbol_of(&t, symbol) : NULL;
}

void *loader_function(const struct symbols *t, const struct symbol_name *n, size_t *size)
{
	const ElfW(Sym) *found = find(t, n, NULL, MATCH_DEFAULT);
	*size = found ? found->st_size : 0;
	return address_of(t, found);
}
