/* SPDX-License-Identifier: ISC
 *
 * What the files of this room share among themselves. They stand on each other, in this order.
 */
#ifndef TLSMEND_LOADER_INTERNAL_H
#define TLSMEND_LOADER_INTERNAL_H

#include <tlsmend/loader.h>

/* ---- symbols.c --------------------------------------------------------------------------------- */
/* An object's own definition in whatever version, also one that is kept for old binaries. */
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

/* ---- libc.c ------------------------------------------------------------------------------------ */
/* As loader_libc_function(), of libc's own object alone. */
void *loader_libc_own(const char *name);
/* A function of libc's in this object, which is libc or a part of it. */
void *loader_in_libc(const struct symbols *s, const char *name);

#endif
