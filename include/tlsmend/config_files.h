/* SPDX-License-Identifier: ISC
 *
 * Which files belong to a configuration. The library and the command ask the same functions.
 */
#ifndef TLSMEND_CONFIG_FILES_H
#define TLSMEND_CONFIG_FILES_H

#include <tlsmend/base.h>

/* What stands for "the default": the file, then the *.conf of the folder, so that these win. */
#define TLSMEND_CONFIG_FOLDER   "/etc/tlsmend.d/"
#define TLSMEND_CONFIG_DEFAULTS TLSMEND_CONFIG_DEFAULT ":" TLSMEND_CONFIG_FOLDER

enum { INCLUDE_FILES_MAX = 1000, INCLUDE_DEPTH_MAX = 4 };

/* The path of the next Include line from *s on; false: there is no further one. */
bool include_next(const char **s, const char *end, const char **path, size_t *n);
/* As the file `from` means it; "DIR/" for a folder's *.conf. NULL: no memory. free(3) it. */
char *include_resolve(const char *from, const char *path, size_t n);
/* Does the path end in '/', and so mean the *.conf within? */
bool include_is_folder(const char *path);
/* Adds the paths of a folder's *.conf, each with its NUL, in the order of their bytes. 0, or an error number; E2BIG: too many. */
int include_list(const char *folder, struct buf *paths);

#endif
