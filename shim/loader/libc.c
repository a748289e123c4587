/* SPDX-License-Identifier: ISC
 *
 * libc's own object, whoever else defines names of it.
 */
#include "internal.h"

#include <string.h>

static bool is_libc(const struct symbols *t)
{
	if (loader_is_musl())
		return loader_is_musl_itself(t);
	return t->soname && strcmp(t->soname, "libc.so.6") == 0;
}

/* Its dl functions have only an old version on some architectures, which counts here. */
void *loader_in_libc(const struct symbols *t, const struct symbol_name *n)
{
	void *p = loader_symbol_named(t, n);
	return p || loader_is_musl() ? p : loader_symbol_kept(t, n);
}

/* Is it what a library of that name was found as? Looked at first: to read an object's tables is fifty times as much. */
static bool is_named_so(const struct link_map *l)
{
	static const char file[] = "/libc.so.6";
	const size_t size = l->l_name ? strlen(l->l_name) + 1 : 0;
	return size >= sizeof file &&
	       memcmp(l->l_name + size - sizeof file, file, sizeof file) == 0;
}

static bool read_libc(struct symbols *t, bool named)
{
	const struct link_map *last = loader_last_at_start();
	for (const struct link_map *l = loader_first(); l; l = l == last ? NULL : l->l_next)
		if ((!named || is_named_so(l)) && loader_symbols(l, t) && is_libc(t))
			return true;
	return false;
}

/* Of those that were there at the start, which stay for ever. */
static struct symbols tables;
static atomic_bool libc_is_read;

static const struct symbols *read_before(void)
{
	return atomic_load_explicit(&libc_is_read, memory_order_acquire) ? &tables : NULL;
}

static const struct symbols *libc_itself(void)
{
	struct symbols t;
	if (read_before())
		return &tables;
	if (!read_libc(&t, true) && !read_libc(&t, false))
		return NULL;
	/* each thread would store the same */
	tables = t;
	atomic_store_explicit(&libc_is_read, true, memory_order_release);
	return &tables;
}

const struct symbols *loader_libc_known(const struct link_map *l)
{
	const struct symbols *libc = read_before();
	return libc && libc->dynamic == l->l_ld ? libc : NULL;
}

void *loader_libc_own(const struct symbol_name *n)
{
	const struct symbols *libc = libc_itself();
	return libc ? loader_in_libc(libc, n) : NULL;
}
