/* SPDX-License-Identifier: ISC
 *
 * Private to room "base" and its tests: the pure part of environment.c. */
#ifndef TLSMEND_BASE_ENVIRONMENT_READ_H
#define TLSMEND_BASE_ENVIRONMENT_READ_H

#include <tlsmend/base.h>

/* Fills *e, everything but program and exe, from `variables` (NULL or NULL-terminated). Strings
 * live in *a. Without memory: `disabled`, because half of somebody's settings may be worse than
 * none. */
void environment_read(struct environment *e, struct arena *a, char *const *variables, bool secure,
		      const char *config_file);
/* A regular file, owned by root, writable by root only. Judged on the opened file, so a symbolic
 * link counts for what it leads to. */
bool environment_file_is_trusted(const char *path);

#endif
