/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsmend/config_files.h>
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

/* ---- files, and the files that they name ---------------------------------------------------------- */

struct reading {
	struct sources *s;
	const char *command;
	const char *open[INCLUDE_DEPTH_MAX + 1]; /* what is being read */
	unsigned depth;
};

static void add_path(struct reading *r, const char *path);

static void cannot_read(struct reading *r, const char *path, const char *why)
{
	complain("%s: %s: %s", r->command, path, why);
	r->s->unreadable = true;
}

static void add_included(struct reading *r, const struct source_file *f)
{
	const char *s = buf_str(&f->text), *const end = s + f->text.len, *path;
	size_t n;
	while (include_next(&s, end, &path, &n)) {
		char *whole = checked(include_resolve(f->path, path, n));
		add_path(r, whole);
		free(whole);
	}
}

static void add_file(struct reading *r, const char *path)
{
	struct source_file f = {.path = NULL};
	struct sources *s = r->s;
	buf_init(&f.text, 0);
	const int error = s->file_count == INCLUDE_FILES_MAX
			      ? E2BIG
			      : file_read(path, CONFIG_MAX_BYTES, &f.text, NULL, &f.owner, &f.mode);
	if (error) {
		cannot_read(
		    r, path,
		    error == E2BIG    ? "is one file more than 1000, and is not read; as long as "
					"it is there, the library reads none of them"
		    : error == EISDIR ? "is a folder; write a / behind it for the *.conf in it"
		    : error == EFBIG  ? "larger than 16 MiB; this is no configuration"
		    : error == EINVAL ? "no regular file"
				      : strerror(error));
		buf_free(&f.text);
		return;
	}
	f.path = copy_string(path);
	add_included(r, &f);
	s->files = checked(realloc(s->files, (s->file_count + 1) * sizeof *s->files));
	s->files[s->file_count++] = f;
	add(s, (struct config_source){SOURCE_FILE, f.path, buf_str(&f.text), f.text.len});
}

static void add_folder(struct reading *r, const char *path)
{
	struct buf paths;
	buf_init(&paths, 0);
	const int error = include_list(path, &paths);
	if (error)
		cannot_read(r, path,
			    error == E2BIG
				? "holds more than 1000 files; the library reads none of them"
				: strerror(error));
	for (size_t at = 0; !error && at < paths.len; at += strlen(paths.data + at) + 1)
		add_path(r, paths.data + at);
	buf_free(&paths);
}

static void add_path(struct reading *r, const char *path)
{
	bool again = r->depth == ARRAY_LENGTH(r->open);
	for (unsigned i = 0; i < r->depth; i++)
		again = again || strcmp(r->open[i], path) == 0;
	if (again) {
		cannot_read(r, path,
			    "includes itself, or is included at a depth of more than 4 files");
		return;
	}
	r->open[r->depth++] = path;
	if (include_is_folder(path))
		add_folder(r, path);
	else
		add_file(r, path);
	r->depth--;
}

void sources_add_file(struct sources *s, const char *command, const char *path)
{
	struct reading r = {.s = s, .command = command};
	char *whole = checked(include_resolve("", path, strlen(path)));
	add_path(&r, whole);
	free(whole);
}

static void add_defaults(struct sources *s, const char *command)
{
	if (access(TLSMEND_CONFIG_DEFAULT, F_OK) == 0)
		sources_add_file(s, command, TLSMEND_CONFIG_DEFAULT);
	if (access(TLSMEND_CONFIG_FOLDER, F_OK) == 0)
		sources_add_file(s, command, TLSMEND_CONFIG_FOLDER);
}

void sources_add_config(struct sources *s, const char *command, const char *list)
{
	if (!list || !*list) {
		add_defaults(s, command);
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
