/* SPDX-License-Identifier: ISC
 *
 * Every file that a program under the library would read or write: the library, the configuration and what it names, the log.
 */
#ifndef TLSMEND_CLI_PATHS_NAMED_H
#define TLSMEND_CLI_PATHS_NAMED_H

#include "settings.h"

enum path_kind { PATH_LIBRARY, PATH_CONFIG, PATH_CA, PATH_KEY, PATH_LOG };
struct named_path {
	enum path_kind kind;
	char *path;
};
struct named_paths {
	struct named_path *list;
	size_t count;
	bool unreadable; /* a part of the configuration could not be read, which was said */
};
/* Without repetitions; what lies in a folder that is listed itself is not listed again. */
void named_paths_find(struct named_paths *p, const struct settings *s, const char *library);
void named_paths_free(struct named_paths *p);

#endif
