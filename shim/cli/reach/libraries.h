/* SPDX-License-Identifier: ISC
 *
 * The libraries that ld.so(8) would load for a program, found as it would find them: DT_RPATH, LD_LIBRARY_PATH,
 * DT_RUNPATH, /etc/ld.so.cache, default directories.
 */
#ifndef TLSMEND_CLI_LIBRARIES_H
#define TLSMEND_CLI_LIBRARIES_H

#include "elf.h"

struct library {
	char *name; /* as DT_NEEDED has it; for a root: file name */
	char *path; /* NULL: not found */
	struct elf_facts elf;
	const struct library *parent; /* who needs it; NULL: a root */
	unsigned depth;
};
struct libraries {
	struct library **list; /* breadth first */
	size_t count;
	char *cache; /* /etc/ld.so.cache, or NULL */
	size_t cache_size;
	char *musl_path; /* where musl looks; NULL: the program runs on glibc */
	unsigned bits, machine;
};

/* interpreter: the program's; NULL: not known, glibc's. */
void libraries_init(struct libraries *l, unsigned bits, unsigned machine, const char *interpreter);
/* Is this musl's dynamic linker? */
bool is_musl(const char *interpreter);
/* Adds the object at path, reached from parent (may be NULL), and all that it needs. NULL: not readable or other class. */
const struct library *libraries_add(struct libraries *l, const char *path, const char *name,
				    const struct library *parent);
/* Adds a library by the name that dlopen(3) would be given by `parent`. NULL: not found. */
const struct library *libraries_open(struct libraries *l, const char *name,
				     const struct library *parent);
/* First library, the nearest to the root, whose exports have all these bits. NULL: none. */
const struct library *libraries_exporting(const struct libraries *l, unsigned bits);
/* The one that a given library would bind to: below it in the tree, else anywhere. */
const struct library *libraries_exporting_below(const struct libraries *l,
						const struct library *top, unsigned bits);
/* "curl -> libcurl.so.4 -> libssl.so.3". free(3) it. */
char *library_chain(const struct library *library);
void libraries_free(struct libraries *l);

/* cache.c: file names in /etc/ld.so.cache for this library, in its order; false from visit ends it. */
typedef bool cache_visit(void *arg, const char *path);
void cache_find(const char *cache, size_t size, const char *name, cache_visit *visit, void *arg);

#endif
