/* SPDX-License-Identifier: ISC
 *
 * Looking at loaded objects without the loader's big lock. dladdr(3) takes dl_load_lock, which dlopen(3) holds while it
 * runs constructors; dl_iterate_phdr(3) takes only the lock of the list, and _dl_find_object(3) none. Nothing of dl* is called from within its
 * callback (DESIGN 2.5).
 */
#ifndef TLSMEND_LOADER_H
#define TLSMEND_LOADER_H

#include <tlsmend/base.h>
#include <elf.h>
#include <link.h>

struct object {
	uintptr_t base;      /* dlpi_addr */
	uintptr_t low, high; /* of its mapped segments */
	const ElfW(Dyn) * dynamic;
	char path[512]; /* "" for the program itself */
	bool path_cut;
};
/* The object that contains the address; false: none. */
bool loader_object_at(const void *address, struct object *o);
/* Does the object refer to (import) this symbol, and under which version? Returns false where it does not. *version is
 * NULL for an unversioned reference; else it points into the object. */
bool loader_import(const struct object *o, const char *symbol, const char **version);

/* What an object's dynamic section says; filled once for many look-ups. Points into the object. */
struct symbols {
	uintptr_t base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Half) * versions;
	const ElfW(Verneed) * needed;
	const uint32_t *gnu_hash, *hash;
	const char *soname; /* NULL: none */
	size_t needed_count;
	bool any_version; /* old versions of a symbol will do */
};
bool loader_symbols(const struct object *o, struct symbols *s);
/* The object's own definition of a symbol, in its default version; NULL: none. */
void *loader_symbol_of(const struct symbols *s, const char *symbol);
void *loader_symbol(const struct object *o, const char *symbol);
/* Does this address lie in the object's own function of that name? */
bool loader_within(const struct object *o, const char *symbol, const void *address);
/* The definition in the first loaded object, in load order, that defines both `symbol` and `companion` (a symbol that tells the
 * real library from an interposer) and is not the one at `except_base`. */
void *loader_definer(const char *symbol, const char *companion, uintptr_t except_base);
/* A function that the C library defines (libc.so.6, or libdl.so.2 before glibc 2.34), found without asking the loader; NULL: not
 * loaded (yet). So the library needs no libdl, which would cost every process a mapping, and no version of glibc's symbols. */
void *loader_libc_function(const char *name);

#endif
