/* SPDX-License-Identifier: ISC
 *
 * The library's path and the value of LD_PRELOAD. ld.so(8) separates entries by spaces and colons and knows no escape,
 * so a path that holds one of them cannot be preloaded at all.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf.h"
#include "../configuration/settings.h"
#include "sanitizer.h"

#ifndef TLSMEND_LIBDIR
#define TLSMEND_LIBDIR "/usr/local/lib"
#endif
#define LIBRARY_NAME "libtlsmend.so"

static char *folder_of_the_command(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return NULL;
	self[n] = '\0';
	return path_directory(self);
}

static char *beside_the_command(void)
{
	char *folder = folder_of_the_command();
	char *path = folder ? join(folder, "/" LIBRARY_NAME, NULL) : NULL;
	free(folder);
	return path;
}

/* Where an installation was moved, or made below a DESTDIR: "/other/bin" and "/other/lib". */
static char *below_the_same_prefix(void)
{
	static const char bin[] = "/bin";
	char *folder = folder_of_the_command(), *path = NULL;
	const char *lib = strstr(TLSMEND_LIBDIR, "/lib");
	const size_t n = folder ? strlen(folder) : 0, m = sizeof bin - 1;
	if (lib && n >= m && strcmp(folder + n - m, bin) == 0) {
		folder[n - m] = '\0';
		path = join(folder, lib, "/" LIBRARY_NAME, NULL);
	}
	free(folder);
	return path;
}

static char *readable(char *path)
{
	if (path && access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *library_silently(void)
{
	char *found = readable(beside_the_command());
	if (!found)
		found = readable(below_the_same_prefix());
	if (found)
		return found;
	return access(TLSMEND_LIBDIR "/" LIBRARY_NAME, R_OK) == 0
		   ? copy_string(TLSMEND_LIBDIR "/" LIBRARY_NAME)
		   : NULL;
}

char *library_find(void)
{
	char *found = library_silently();
	if (found)
		return found;
	char *beside = beside_the_command();
	complain("the library is neither at %s nor at %s; build or install it",
		 beside ? beside : "(no /proc)", TLSMEND_LIBDIR "/" LIBRARY_NAME);
	free(beside);
	return NULL;
}

/* Where a distribution has the libraries of both kinds, below one prefix: what ld.so puts in the place of $LIB. */
static const struct {
	const char *wide, *narrow;
} folders[] = {{"/lib/x86_64-linux-gnu", "/lib/i386-linux-gnu"}, {"/lib64", "/lib"}};

static bool is_library_of(const char *path, unsigned bits)
{
	struct elf_facts elf;
	const bool good = access(path, R_OK) == 0 && elf_read(path, &elf) == 0;
	const bool same = good && elf.is_elf && !elf.damage && elf.bits == bits;
	if (good)
		elf_free(&elf);
	return same;
}

char *library_of(const char *library, unsigned bits)
{
	char *folder = path_directory(library), *found = NULL;
	const size_t n = strlen(folder);
	if (is_library_of(library, bits))
		found = copy_string(library);
	for (size_t i = 0; !found && i < ARRAY_LENGTH(folders); i++) {
		const char *own = bits == 64 ? folders[i].narrow : folders[i].wide;
		const char *other = bits == 64 ? folders[i].wide : folders[i].narrow;
		const size_t m = strlen(own);
		if (n < m || strcmp(folder + n - m, own) != 0)
			continue;
		folder[n - m] = '\0';
		found = join(folder, other, "/", path_base(library), NULL);
		if (!is_library_of(found, bits)) {
			free(found);
			found = NULL;
		}
		break;
	}
	free(folder);
	return found;
}

/* musl does not know $LIB, and goes on without a library that it does not find. */
char *library_for_all(const char *library)
{
	char *wide = library_of(library, 64), *narrow = library_of(library, 32), *both = NULL;
	for (size_t i = 0; wide && narrow && !both && i < ARRAY_LENGTH(folders); i++) {
		char *folder = path_directory(wide);
		const size_t n = strlen(folder), m = strlen(folders[i].wide);
		if (n >= m && strcmp(folder + n - m, folders[i].wide) == 0) {
			folder[n - m] = '\0';
			both = join(folder, "/$LIB/", path_base(library), NULL);
		}
		free(folder);
	}
	free(wide);
	free(narrow);
	return both ? both : copy_string(library);
}

/* ld.so writes a line into every process of the other kind then. */
void library_note_kinds(const char *command, const char *library)
{
	char *wide = library_of(library, 64), *narrow = library_of(library, 32);
	/* not of a library that lies somewhere in a build directory */
	const bool installed =
	    wide && (strstr(wide, "/lib/x86_64-linux-gnu/") || strstr(wide, "/lib64/"));
	if (installed && !narrow && access("/lib/ld-linux.so.2", F_OK) == 0)
		complain("%s: only the 64-bit library is installed, and 32-bit programs run here: "
			 "each will write that it cannot preload it",
			 command);
	free(wide);
	free(narrow);
}

static bool holds(const char *list, const char *library)
{
	while (*list) {
		size_t n = strcspn(list, " :");
		char *entry = checked(strndup(list, n));
		bool same = n && (strcmp(entry, library) == 0 || path_same_file(entry, library));
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
	const size_t front = sanitizer_in_front(old);
	if (!front)
		return join(library, ":", old, NULL);
	char *first = checked(strndup(old, front));
	char *list = join(first, ":", library, old + front, NULL);
	free(first);
	return list;
}
