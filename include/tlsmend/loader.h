/* SPDX-License-Identifier: ISC
 *
 * Room "loader": what ld.so has loaded and how it binds names, read from its own list of link maps. Nothing here calls a function of
 * libc or ld.so, but for malloc(3) where it says so:
 *  - a program may define any of their names (dl_iterate_phdr(3) is a favourite), and its function may not be ready yet when the
 *    first dlsym(3) comes, long before main;
 *  - dlsym(3), dlopen(3) and dladdr(3) wait for the lock that dlopen(3) holds while it runs constructors, and a constructor may be
 *    waiting for the very thread that called us; that of dl_iterate_phdr(3) may be held for ever in a child of fork(2).
 *
 * What was loaded at the start stays for ever. Of what came later, an object that code of the host is running in stays, and what it
 * depends on. Others may be leaving at this moment: they are asked for nothing while ld.so is at work on its list.
 */
#ifndef TLSMEND_LOADER_H
#define TLSMEND_LOADER_H

#include <tlsmend/base.h>
#include <elf.h>
#include <link.h>

/* ---- what the kernel gave (start.c) ------------------------------------------------------------------------ */
/* The process's stack as it was at its start. Never `environ`, which is the host's to change, and may be its own variable. */
struct process_start {
	char *const *argv;              /* NULL-terminated, never NULL */
	char *const *environment;       /* NULL-terminated, never NULL */
	const ElfW(auxv_t) * auxiliary; /* AT_NULL-terminated, never NULL */
};
const struct process_start *process_start(void);
unsigned long process_auxiliary(unsigned long type); /* 0: not given */
/* Last component of the name that the program was started under; "" where there is none. */
const char *process_name(void);

/* ---- ld.so's list (list.c, musl.c) --------------------------------------------------------------------------- */
/* First and last of what was loaded at the start, in load order; NULL: the list cannot be found. */
const struct link_map *loader_first(void);
const struct link_map *loader_last_at_start(void);
/* Such a one stays for ever. */
bool loader_was_there_at_start(const struct link_map *l);
/* Is nothing loaded but that? */
bool loader_is_as_at_start(void);
/* The link map of the library (or program) that this code is linked into. */
const struct link_map *loader_own(void);
/* Is it behind us in that list? */
bool loader_is_behind_us(const struct link_map *l);
/* Is this musl's dynamic linker, which is its libc, too? Whose list has the same form. */
bool loader_is_musl(void);

/* ---- loaded objects (maps.c) --------------------------------------------------------------------------------- */
struct object {
	const struct link_map *map;
	uintptr_t base;      /* dlpi_addr */
	uintptr_t low, high; /* of its mapped segments */
	const char *path;    /* "" for the program itself; lives as long as the object is loaded */
};
/* The object that contains the address; false: none. */
bool loader_object_at(const void *address, struct object *o);
/* May data be read where this code stands? (Not from a segment that may only be executed.) */
bool loader_readable(const struct object *o, const void *code);
/* Is it in ld.so's list? What came by dlmopen(3) is in another one, and finds nothing of what is in this. */
bool loader_is_listed(const struct link_map *map);
/* Waits while ld.so changes its list, which runs no code of the host's and is soon over. False: it went on for too long, as in a child
 * of fork(2) for ever. */
bool loader_settled(void);

/* All that is loaded at one moment, in load order. Allocated; NULL: no memory. */
struct loader_view {
	size_t count, at_start; /* the first `at_start` of them were loaded at the start */
	struct loaded_object {
		const struct link_map *map;
		const char *soname; /* NULL: none */
	} at[];
};
struct loader_view *loader_view(void);
/* Is it still there, and safe to look into? */
bool loader_is_alive(const struct loader_view *v, size_t index);

/* ---- symbols of one object (symbols.c) -------------------------------------------------------------------------- */
/* DT_GNU_HASH of an object, which lists what it defines. */
struct gnu_hash {
	const ElfW(Addr) * filter;
	const uint32_t *bucket, *chain;
	uint32_t buckets;     /* 0: there is none */
	uint32_t first;       /* symbol that is listed; 0: there is no such section */
	uint32_t mask, shift; /* of the filter: its words, a power of two, less one */
};
/* What an object's dynamic section says; filled once for many look-ups. Points into the object. */
struct symbols {
	uintptr_t base;
	const ElfW(Dyn) * dynamic;
	const ElfW(Sym) * symbols;
	const char *strings;
	size_t strings_size;
	const ElfW(Half) * versions;
	const ElfW(Verneed) * needed;
	const ElfW(Verdef) * defined;
	struct gnu_hash gnu;
	const uint32_t *hash; /* DT_HASH */
	const char *soname;   /* NULL: none */
	size_t needed_count, defined_count;
};
bool loader_symbols(const struct link_map *l, struct symbols *s);
/* ... of what was loaded at the start, read once for all; of others into `room`. NULL: there are no such tables. Allocates. */
const struct symbols *loader_symbols_kept(const struct link_map *l, struct symbols *room);
/* A name that is looked for, hashed once. */
struct symbol_name {
	const char *text;
	size_t length;
	uint32_t hash; /* for DT_GNU_HASH */
};
struct symbol_name loader_name(const char *text);
/* ... by the compiler, of a literal: some hundred names are looked for in each copy of OpenSSL. The digits of base 33 are 5381 and the letters,
 * behind as many zeros as are missing of LOADER_HASH_LONGEST letters. */
enum { LOADER_HASH_LONGEST = 47 };
#define LOADER_HASH_DIGIT(text, i)                                                                 \
	((i) + sizeof(text) <= LOADER_HASH_LONGEST ? 0u                                            \
	 : (i) + sizeof(text) == LOADER_HASH_LONGEST + 1                                           \
	     ? 5381u                                                                               \
	     : (unsigned char)(text)[((i) + sizeof(text) - LOADER_HASH_LONGEST - 2) %              \
				     sizeof(text)])
#define LOADER_HASH_1(text, i, before) ((before)*33u + LOADER_HASH_DIGIT(text, i))
#define LOADER_HASH_4(text, i, before)                                                             \
	LOADER_HASH_1(text, (i) + 3,                                                               \
		      LOADER_HASH_1(text, (i) + 2,                                                 \
				    LOADER_HASH_1(text, (i) + 1, LOADER_HASH_1(text, i, before))))
#define LOADER_HASH_16(text, i, before)                                                            \
	LOADER_HASH_4(text, (i) + 12,                                                              \
		      LOADER_HASH_4(text, (i) + 8,                                                 \
				    LOADER_HASH_4(text, (i) + 4, LOADER_HASH_4(text, i, before))))
#define LOADER_HASH(text)                                                                          \
	LOADER_HASH_16(text, 32, LOADER_HASH_16(text, 16, LOADER_HASH_16(text, 0, 0u)))
#define LOADER_NAME(literal)                                                                       \
	((struct symbol_name){(literal), sizeof(literal) - 1, LOADER_HASH(literal)})
/* ... in a table of many, of at least seven letters: no pointer, which ld.so would have to relocate in every process. */
struct symbol_entry {
	uint32_t hash;
	uint8_t length;
	char text[LOADER_HASH_LONGEST - 4];
};
#define LOADER_IS_SHORT(literal) (0 * sizeof(char[sizeof(literal) > 7 ? 1 : -1]))
#define LOADER_ENTRY(literal)                                                                      \
	{                                                                                          \
		LOADER_HASH(literal), sizeof(literal) - 1 + LOADER_IS_SHORT(literal), literal      \
	}
static inline struct symbol_name loader_entry_name(const struct symbol_entry *e)
{
	return (struct symbol_name){e->text, e->length, e->hash};
}
/* Does the object refer to (import) this symbol, and under which version? Returns false where it does not. *version is
 * NULL for an unversioned reference; else it points into the object. */
bool loader_import(const struct symbols *s, const struct symbol_name *n, const char **version);
/* Does it refer to versions of that library's symbols? */
bool loader_imports_from(const struct symbols *s, const char *soname);
/* The object's own definition of a symbol, in its default version; NULL: none. */
void *loader_symbol_named(const struct symbols *s, const struct symbol_name *n);
/* ... of many names. The index of the first that there is none of, or `count`. */
size_t loader_symbols_named(const struct symbols *s, const struct symbol_entry *names, size_t count,
			    void **found);
/* ... with its size in bytes. */
void *loader_function(const struct symbols *s, const struct symbol_name *n, size_t *size);
void *loader_symbol_of(const struct symbols *s, const char *symbol);
void *loader_symbol(const struct link_map *l, const char *symbol);
/* ... the one that a reference in another object would be bound to; version NULL: one without. */
void *loader_symbol_for(const struct symbols *s, const struct symbol_name *n, const char *version);

/* ---- how names are bound (scope.c) -------------------------------------------------------------------------------- */
/* What is looked for. A definition of our own never counts. */
struct lookup {
	struct symbol_name name;
	const char *version; /* NULL: a reference without */
	const char *
	    companion; /* what else the object has to define, which tells the real library from an interposer; NULL: nothing */
};
/* As RTLD_NEXT for us: the next definition behind ours in the global scope; NULL: none. Uses malloc only where something was loaded
 * with RTLD_GLOBAL since the start. */
void *loader_next(const struct lookup *q);
void *loader_next_named(const char *name);
/* As ld.so binds a reference from this object without us, or dlsym(RTLD_DEFAULT) answers there: the global scope (`next`: only
 * behind us), then what was loaded together with the object; the other way round below RTLD_DEEPBIND. Allocates. */
void *loader_bind(const struct lookup *q, const struct link_map *from, bool next);
/* (program.c) The one definition that there is of a name, where nothing is loaded but what was there at the start: whoever uses the name
 * means that one, but for its own object. *size: in bytes. NULL: there may be others. Allocates. */
void *loader_sole(const struct symbol_name *n, size_t *size);
/* The first definition in load order, whatever its scope, but for those in `except`. Allocates. */
void *loader_definer(const struct lookup *q, const struct link_map *except);
/* A function of libc itself (of glibc's libdl.so.2 or libpthread.so.0 before 2.34), whoever else defines the name; NULL: none. Allocates
 * nothing. */
void *loader_libc_function(const struct symbol_name *n);
/* (slots.c) Whom the object's own calls of this function reach. */
enum calls {
	CALLS_US,
	CALLS_ANOTHER, /* *function */
	CALLS_LATER,   /* not bound yet */
	CALLS_ITSELF,  /* bound by the linker, or none at all */
};
enum calls loader_calls(const struct link_map *from, const char *symbol, const void **function);
/* Was it loaded with RTLD_DEEPBIND, or by something that was? It calls past us then. Allocates. */
bool loader_is_deep(const struct link_map *l);
/* dlopen(3) is about to be called so: what it changes of the scopes is not to be seen in its list. */
void loader_note_open(const char *file, int mode);

#endif
