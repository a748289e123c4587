/* SPDX-License-Identifier: ISC
 *
 * The configuration as the library would read it, with every file kept open to inspection.
 */
#ifndef TLSMEND_CLI_SOURCES_H
#define TLSMEND_CLI_SOURCES_H

#include <tlsmend/policy.h>

#include "../cli.h"

struct source_file {
	char *path;
	struct buf text;
	uint32_t owner, mode;
};
struct sources {
	struct config_source *list; /* for policy_parse() */
	size_t count;
	struct source_file *files;
	size_t file_count;
	bool unreadable; /* a file that was asked for could not be read; that was said */
};

void sources_init(struct sources *s);
/* A file behind those that it includes; "FOLDER/": the *.conf in it. */
void sources_add_file(struct sources *s, const char *command, const char *path);
/* TLSMEND_CONFIG's form; NULL or empty: the default file and folder, if they are there. */
void sources_add_config(struct sources *s, const char *command, const char *list);
void sources_add_variable(struct sources *s, enum source_kind kind, const char *name,
			  const char *value);
void sources_free(struct sources *s);

/* "file:line: error: text" on out. The text of a message is escaped already, the source's name is not. */
void message_print(FILE *out, const struct config_message *m);

#endif
