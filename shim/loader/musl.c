/* SPDX-License-Identifier: ISC
 *
 * musl's dynamic linker, which is its libc, too.
 */
#include "internal.h"

/* musl's variable for debuggers; it has the same structures, if for its own use. Weak, as glibc has no such name; with it,
 * nothing has to be known of the process to find all the rest. */
extern struct r_debug *_dl_debug_addr __attribute__((weak));

bool loader_is_musl(void)
{
	return &_dl_debug_addr && _dl_debug_addr;
}

bool loader_is_musl_itself(const struct symbols *s)
{
	return loader_is_musl() && loader_symbol_of(s, "_dl_debug_addr") == &_dl_debug_addr;
}

struct r_debug *loader_musl_debug(void)
{
	return loader_is_musl() ? _dl_debug_addr : NULL;
}

void *loader_musl_symbol(const char *name)
{
	const struct r_debug *r = loader_musl_debug();
	struct symbols s;
	for (const struct link_map *l = r ? r->r_map : NULL; l; l = l->l_next)
		if (loader_symbols(l, &s) && loader_is_musl_itself(&s))
			return loader_symbol_of(&s, name);
	return NULL;
}
