/* SPDX-License-Identifier: ISC
 *
 * /etc/ld.so.cache, as glibc 2.2 and newer write it (sysdeps/generic/dl-cache.h): an optional old table, then a
 * header, entries and strings. Offsets count from the header. The file is not trusted: every offset is checked.
 */
#include <string.h>

#include "libraries.h"

static const char old_magic[] = "ld.so-1.7.0";
static const char new_magic[] = "glibc-ld.so.cache1.1";

struct cache_header {
	char magic[20];
	uint32_t count, strings_size;
	uint8_t flags, padding[3];
	uint32_t extension, unused[3];
};
struct cache_entry {
	int32_t flags;
	uint32_t key, value, osversion;
	uint64_t hwcap;
};

static bool new_table(const char *cache, size_t size, size_t *start)
{
	*start = 0;
	if (size >= 16 && memcmp(cache, old_magic, sizeof old_magic - 1) == 0) {
		uint32_t count;
		memcpy(&count, cache + 12, sizeof count);
		*start = (16 + (size_t)count * 12 + 7) & ~(size_t)7;
	}
	return *start <= size && size - *start >= sizeof(struct cache_header) &&
	       memcmp(cache + *start, new_magic, sizeof new_magic - 1) == 0;
}

static const char *cache_string(const char *table, size_t size, uint32_t offset)
{
	return offset < size && memchr(table + offset, 0, size - offset) ? table + offset : NULL;
}

void cache_find(const char *cache, size_t size, const char *name, cache_visit *visit, void *arg)
{
	struct cache_header header;
	size_t start;
	if (!cache || !new_table(cache, size, &start))
		return;
	cache += start;
	size -= start;
	memcpy(&header, cache, sizeof header);
	for (uint32_t i = 0; i < header.count; i++) {
		size_t at = sizeof header + (size_t)i * sizeof(struct cache_entry);
		struct cache_entry entry;
		if (at > size || size - at < sizeof entry)
			return;
		memcpy(&entry, cache + at, sizeof entry);
		const char *key = cache_string(cache, size, entry.key);
		const char *path = cache_string(cache, size, entry.value);
		/* Entries with a hwcap are variants for newer processors, of the same version. */
		if (key && path && entry.hwcap == 0 && strcmp(key, name) == 0 && !visit(arg, path))
			return;
	}
}
