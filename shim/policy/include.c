/* SPDX-License-Identifier: ISC
 *
 * Which files a configuration consists of, beside those that are named from outside: what `Include` names, and the *.conf of a
 * folder. Paths are relative to the file that names them.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/config_files.h>
#include "internal.h"

static const char word[] = "Include";
static const char pattern[] = "*.conf";

bool include_is_key(const char *s, size_t n)
{
	return n == sizeof word - 1 && name_equal(s, word, n);
}

static void trim(const char **s, const char **end)
{
	while (*s < *end && ascii_is_space(**s))
		(*s)++;
	while (*s < *end && ascii_is_space((*end)[-1]))
		(*end)--;
}

bool include_value(const char *s, const char *end, const char **path, size_t *n)
{
	trim(&s, &end);
	if (s < end && *s == '"') {
		const char *close = memchr(s + 1, '"', (size_t)(end - s) - 1);
		*path = s + 1;
		*n = close ? (size_t)(close - s) - 1 : 0;
		return *n > 0;
	}
	for (const char *at = s; at < end; at++)
		if (*at == '#' && (at == s || ascii_is_space(at[-1])))
			end = at;
	trim(&s, &end);
	*path = s;
	*n = (size_t)(end - s);
	return *n > 0;
}

static bool read_line(const char *s, const char *end, const char **path, size_t *n)
{
	const char *equals;
	/* most lines are something else */
	trim(&s, &end);
	if (s == end || ascii_lower(*s) != 'i' || !(equals = memchr(s, '=', (size_t)(end - s))))
		return false;
	const char *name = s;
	const char *name_end = equals;
	trim(&name, &name_end);
	return include_is_key(name, (size_t)(name_end - name)) &&
	       include_value(equals + 1, end, path, n);
}

bool include_next(const char **s, const char *end, const char **path, size_t *n)
{
	while (*s < end) {
		const char *line = *s, *newline = memchr(line, '\n', (size_t)(end - line));
		*s = newline ? newline + 1 : end;
		if (read_line(line, newline ? newline : end, path, n))
			return true;
	}
	return false;
}

char *include_resolve(const char *from, const char *path, size_t n)
{
	const char *slash = strrchr(from, '/');
	const size_t folder = *path == '/' || !slash ? 0 : (size_t)(slash - from) + 1;
	char *whole = malloc(folder + n + 1);
	if (!whole)
		return NULL;
	memcpy(whole, from, folder);
	memcpy(whole + folder, path, n);
	whole[folder + n] = '\0';
	/* "DIR/" and "DIR/" "*.conf" are the same folder */
	n += folder;
	if (n > sizeof pattern - 1 && strcmp(whole + n - (sizeof pattern - 1), pattern) == 0 &&
	    whole[n - sizeof pattern] == '/')
		whole[n - (sizeof pattern - 1)] = '\0';
	return whole;
}

bool include_is_folder(const char *path)
{
	const size_t n = strlen(path);
	return n > 0 && path[n - 1] == '/';
}

/* ---- folders -------------------------------------------------------------------------------------------- */

struct listing {
	const char *folder;
	struct buf *paths;
	unsigned count;
	bool failed;
};

static bool is_ours(const char *name, size_t n)
{
	return *name != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

/* In its place by its bytes, whatever the locale. */
static bool take(void *arg, const char *name)
{
	struct listing *l = arg;
	const size_t folder = strlen(l->folder), n = strlen(name), bytes = folder + n + 1;
	size_t at = 0;
	if (!is_ours(name, n))
		return true;
	l->failed = l->count == INCLUDE_FILES_MAX || !buf_reserve(l->paths, bytes);
	if (l->failed)
		return false;
	while (at < l->paths->len && strcmp(l->paths->data + at + folder, name) < 0)
		at += strlen(l->paths->data + at) + 1;
	memmove(l->paths->data + at + bytes, l->paths->data + at, l->paths->len - at);
	memcpy(l->paths->data + at, l->folder, folder);
	memcpy(l->paths->data + at + folder, name, n + 1);
	l->paths->len += bytes;
	l->count++;
	return true;
}

int include_list(const char *folder, struct buf *paths)
{
	struct listing l = {.folder = folder, .paths = paths};
	const int error = file_list(folder, take, &l);
	return l.failed ? l.count == INCLUDE_FILES_MAX ? E2BIG : ENOMEM : error;
}
