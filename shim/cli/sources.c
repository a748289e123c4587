/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sources.h"

void sources_init(struct sources *s)
{
	memset(s, 0, sizeof *s);
}

static void add(struct sources *s, struct config_source source)
{
	s->list = checked(realloc(s->list, (s->count + 1) * sizeof *s->list));
	s->list[s->count++] = source;
}

void sources_add_file(struct sources *s, const char *command, const char *path)
{
	struct source_file f = {.path = NULL};
	int error;

	buf_init(&f.text, 0);
	error = file_read(path, CONFIG_MAX_BYTES, &f.text, NULL, &f.owner, &f.mode);
	if (error) {
		if (error == EFBIG)
			complain("%s: %s: larger than 16 MiB; this is no configuration", command,
				 path);
		else
			complain("%s: %s: %s", command, path,
				 error == EINVAL ? "no regular file" : strerror(error));
		s->unreadable = true;
		buf_free(&f.text);
		return;
	}
	f.path = copy_string(path);
	s->files = checked(realloc(s->files, (s->file_count + 1) * sizeof *s->files));
	s->files[s->file_count++] = f;
	add(s, (struct config_source){SOURCE_FILE, f.path, buf_str(&f.text), f.text.len});
}

void sources_add_config(struct sources *s, const char *command, const char *list)
{
	if (!list || !*list) {
		if (access(TLSMEND_CONFIG_DEFAULT, F_OK) == 0)
			sources_add_file(s, command, TLSMEND_CONFIG_DEFAULT);
		return;
	}
	while (*list) {
		size_t n = strcspn(list, ":");
		char *path = checked(strndup(list, n));

		if (*path && *path != '/') {
			complain("%s: TLSMEND_CONFIG: %s: the library only reads absolute paths; "
				 "write the "
				 "whole path, beginning with /",
				 command, path);
			s->unreadable = true;
		} else if (*path) {
			sources_add_file(s, command, path);
		}
		free(path);
		list += n + (list[n] != '\0');
	}
}

void sources_add_variable(struct sources *s, enum source_kind kind, const char *name,
			  const char *value)
{
	if (value && *value)
		add(s, (struct config_source){kind, name, value, strlen(value)});
}

void sources_free(struct sources *s)
{
	for (size_t i = 0; i < s->file_count; i++) {
		buf_free(&s->files[i].text);
		free(s->files[i].path);
	}
	free(s->files);
	free(s->list);
}

void message_print(FILE *out, const struct config_message *m)
{
	struct buf b;

	buf_init(&b, 0);
	escape_text(&b, m->source, strlen(m->source), 0);
	if (m->line) {
		buf_putc(&b, ':');
		buf_uint(&b, m->line);
	}
	buf_strs(&b, m->severity == CONFIG_ERROR ? ": error: " : ": warning: ", m->text, NULL);
	fprintf(out, "%s\n", buf_str(&b));
	buf_free(&b);
}
