/* SPDX-License-Identifier: ISC
 *
 * Names of files and where commands are found.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

bool path_same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

char *path_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return copy_string(".");
	if (slash == path)
		return copy_string("/");
	return checked(strndup(path, (size_t)(slash - path)));
}

char *path_absolute(const char *path)
{
	char *directory = path_directory(path);
	char *resolved = realpath(directory, NULL);
	char *result = NULL;
	free(directory);
	if (!resolved)
		return NULL;
	result = join(strcmp(resolved, "/") == 0 ? "" : resolved, "/", path_base(path), NULL);
	free(resolved);
	return result;
}

/* 0: can be executed, as far as its mode tells. */
static int executable(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(path, X_OK) == 0 ? 0 : EACCES;
}

char *path_search(const char *command, int *error)
{
	const char *path = getenv("PATH");
	*error = ENOENT;
	if (!*command)
		return NULL;
	if (strchr(command, '/')) {
		*error = executable(command);
		return *error == ENOENT || *error == ENOTDIR ? NULL : copy_string(command);
	}
	if (!path)
		path = "/bin:/usr/bin"; /* confstr(_CS_PATH) of glibc */
	while (true) {
		size_t n = strcspn(path, ":");
		char *directory = checked(strndup(path, n));
		char *file = join(n ? directory : ".", "/", command, NULL);
		int e = executable(file);
		free(directory);
		if (e == 0) {
			*error = 0;
			return file;
		}
		free(file);
		if (e == EACCES)
			*error = EACCES;
		if (!path[n])
			return NULL;
		path += n + 1;
	}
}
