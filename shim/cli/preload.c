/* SPDX-License-Identifier: ISC
 *
 * The library's path and the value of LD_PRELOAD. ld.so(8) separates entries by spaces and colons and knows no escape,
 * so a path that holds one of them cannot be preloaded at all.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"

#ifndef TLSMEND_LIBDIR
#define TLSMEND_LIBDIR "/usr/local/lib"
#endif
#define LIBRARY_NAME "libtlsmend.so"

static char *beside_the_command(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	char *directory = path_directory(self);
	char *path = join(directory, "/" LIBRARY_NAME, NULL);

	free(directory);
	return path;
}

char *library_find(void)
{
	char *beside = beside_the_command();

	if (beside && access(beside, R_OK) == 0)
		return beside;
	if (access(TLSMEND_LIBDIR "/" LIBRARY_NAME, R_OK) == 0) {
		free(beside);
		return copy_string(TLSMEND_LIBDIR "/" LIBRARY_NAME);
	}
	complain("the library is neither at %s nor at %s; build or install it",
		 beside ? beside : "(no /proc)", TLSMEND_LIBDIR "/" LIBRARY_NAME);
	free(beside);
	return NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool holds(const char *list, const char *library)
{
	while (*list) {
		size_t n = strcspn(list, " :");
		char *entry = checked(strndup(list, n));
		bool same = n && (strcmp(entry, library) == 0 || same_file(entry, library));

		free(entry);
		if (same)
			return true;
		list += n;
		list += strspn(list, " :");
	}
	return false;
}

char *preload_join(const char *library, const char *old)
{
	const char *bad = strpbrk(library, " :");

	if (bad) {
		complain(
		    "LD_PRELOAD cannot hold a path with a %s in it; move %s to another directory",
		    *bad == ':' ? "colon" : "space", library);
		return NULL;
	}
	if (!old || !*old)
		return copy_string(library);
	if (holds(old, library))
		return copy_string(old);
	return join(library, ":", old, NULL);
}
