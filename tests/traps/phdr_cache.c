/* SPDX-License-Identifier: ISC
 *
 * Trap: a program that defines dl_iterate_phdr(3), as databases do that throw many exceptions: it finds libc's with dlsym(3) and
 * keeps what that said. Who calls it from within dlsym, or before main, ends the process. LATE: the cache is made in main and there is
 * no way around it.
 *
 * phdr_cache ANCHORS LEAF HOST
 */
#include <dlfcn.h>
#include <link.h>

#include "common.h"

typedef int phdr_callback(struct dl_phdr_info *info, size_t size, void *data);
typedef int phdr_iterate(phdr_callback *callback, void *data);

static struct dl_phdr_info cache[256];
static int cached;

static phdr_iterate *next_one(void)
{
	union {
		void *object;
		phdr_iterate *function;
	} next = {dlsym(RTLD_NEXT, "dl_iterate_phdr")};
	return next.function;
}

int dl_iterate_phdr(phdr_callback *callback, void *data)
{
	int result = 0;
#ifndef LATE
	if (!cached)
		return next_one()(callback, data);
#endif
	if (!cached)
		__builtin_trap();
	for (int i = 0; i < cached && result == 0; i++)
		result = callback(&cache[i], sizeof cache[i], data);
	return result;
}

static int keep(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	if (cached < 256)
		cache[cached++] = *info;
	return 0;
}

static int count(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)info;
	(void)size;
	++*(int *)data;
	return 0;
}

int main(int argc, char **argv)
{
	int n = 0;

	NEED(argc == 4);
	next_one()(keep, NULL);
	dl_iterate_phdr(count, &n);
	printf("%s\n", n == cached && n > 2 ? "objects" : "no objects");
	return !try_host(argv[1], argv[2], argv[3]);
}
