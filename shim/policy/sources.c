/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tlsmend/base.h>
#include <tlsmend/record.h>

#include <tlsmend/config_files.h>
#include "sources.h"

/* One version of a file. */
struct version {
	enum file_look look;
	int error; /* where it is not FILE_THERE */
	struct file_id id;
	struct buf text; /* of a folder: the paths of its files, each with its NUL */
};
/* A file, or the *.conf of a folder. */
struct watched {
	struct watched *next;
	char *path;
	bool folder;
	bool expected;           /* to be told where it is not there */
	struct file_place place; /* from where it was seen last */
	struct version
	    seen; /* dealt with; the text only of what is in force, and only where there are several files */
	struct version fresh; /* while it is read */
	bool kept;            /* `seen` has the text that is in force */
	bool counts;          /* its rules are in force */
	int told;             /* the error that was told last */
	unsigned round;       /* of reading */
	bool open;            /* the files that it names are being gone through */
};

static struct watched *known; /* all of them, in no order */
static struct watched
    *order[2 * INCLUDE_FILES_MAX]; /* files and folders that count, later ones win */
static unsigned order_count, file_count, reading_round;
static bool found, overfull; /* there is more than what is read */

/* ---- which files ------------------------------------------------------------------------------------------- */

static struct watched *watch(const char *path, bool expected)
{
	struct watched *w = known;
	while (w && strcmp(w->path, path) != 0)
		w = w->next;
	if (w) {
		w->expected = w->expected || expected;
		return w;
	}
	w = calloc(1, sizeof *w);
	if (!w || !(w->path = strdup(path))) {
		free(w);
		return NULL;
	}
	w->folder = include_is_folder(path);
	w->expected = expected;
	w->seen.look = FILE_UNSEEN;
	file_place_note(w->path, &w->place);
	w->next = known;
	known = w;
	return w;
}

static void watched_free(struct watched *w)
{
	buf_free(&w->seen.text);
	buf_free(&w->fresh.text);
	free(w->path);
	free(w);
}

/* What is named no more. */
static void sweep(void)
{
	for (struct watched **at = &known; *at;) {
		struct watched *w = *at;
		if (w->round == reading_round) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		watched_free(w);
	}
}

static const char *source_list(void)
{
	const char *list = environment_get()->config;
	return list && *list ? list : TLSMEND_CONFIG_DEFAULTS;
}

bool sources_find(void)
{
	if (found)
		return true;
	sources_forget();
	for (const char *list = source_list(); *list;) {
		const size_t n = strcspn(list, ":");
		if (n && *list != '/')
			record_config_error(
			    "TLSMEND_CONFIG", 0,
			    "a path is not absolute; write the whole path, beginning with /");
		list += n + (list[n] == ':');
	}
	found = true;
	return true;
}

void sources_forget(void)
{
	while (known) {
		struct watched *w = known;
		known = w->next;
		watched_free(w);
	}
	order_count = 0;
	found = false;
}

/* ---- what is told of them ------------------------------------------------------------------------------------- */

/* May rules that nobody knows stand there? What this process cannot look at now, or will not for its sheer number. */
static bool hides_rules(int error)
{
	return look_passes(error) || error == E2BIG;
}

/* What a failed look means: nothing in force changes. Or, the first time, that nothing is known; or that nothing counts. */
static const char *consequence(const struct watched *w, enum file_look look, int error)
{
	if (w->counts && look == FILE_UNSEEN)
		return "); its rules stay in force as they were read, until it can";
	if (hides_rules(error))
		return "); which hosts have a rule is not known, so that connections fail until it "
		       "can";
	return "); no rule of it counts until it can";
}

static void tell(struct watched *w, enum file_look look, int error)
{
	struct buf b;
	/* a process that goes into a root directory of its own has read what it needs */
	if (w->told == error || (w->counts && error == FILE_OTHER_ROOT))
		return;
	w->told = error;
	if (error == EFBIG) {
		record_config_error(w->path, 0,
				    "is larger than 16777216 bytes and is not read; leave in it "
				    "only sections for hosts that need them");
		return;
	}
	buf_init(&b, 400);
	buf_strs(&b, "cannot be read (", error == E2BIG ? "more than 1000 files" : look_text(error),
		 consequence(w, look, error), NULL);
	record_config_error(w->path, 0, buf_str(&b));
	buf_free(&b);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* In a privileged process only root may have written the rules. */
static bool trustworthy(uint32_t owner, uint32_t mode)
{
	return !environment_is_secure() || (owner == 0 && !(mode & (S_IWGRP | S_IWOTH)));
}

static enum file_look read_folder(struct watched *w, struct buf *text, struct file_seen *seen)
{
	enum { SETTLED_MS = 1000 };
	const int64_t now = clock_realtime_ms();
	struct file_status status;
	enum file_look look = file_look(w->path, &w->place, &seen->id, &seen->error);
	if (look != FILE_THERE)
		return look;
	/* A folder's time is coarse: what came in the same moment after we looked would never show. */
	if (seen->id.mtime_ns / 1000000 > now - SETTLED_MS)
		seen->id = (struct file_id){0};
	seen->error = file_status(w->path, &status);
	seen->owner = status.owner;
	seen->mode = status.mode;
	if (!seen->error)
		seen->error = include_list(w->path, text);
	return seen->error ? FILE_UNSEEN : FILE_THERE;
}

static void read_one(struct watched *w)
{
	struct version *v = &w->fresh;
	struct file_seen seen = {.error = 0};
	buf_free(&v->text);
	*v = (struct version){0};
	if (w->folder)
		v->look = read_folder(w, &v->text, &seen);
	else
		v->look = file_look_read(w->path, &w->place, CONFIG_MAX_BYTES + 1, &v->text, &seen);
	v->id = seen.id;
	v->error = seen.error;
	if (v->look == FILE_THERE && !trustworthy(seen.owner, seen.mode)) {
		v->look = FILE_UNSEEN;
		v->error = EPERM;
	}
	if (v->look == FILE_THERE)
		w->told = 0;
	else if (v->look == FILE_UNSEEN || w->expected)
		tell(w, v->look, v->error);
}

/* A file that could not be looked at goes on with the text that is in force. */
static const struct buf *text_of(const struct watched *w)
{
	if (w->fresh.look == FILE_THERE)
		return &w->fresh.text;
	return w->fresh.look == FILE_UNSEEN && w->counts && w->kept ? &w->seen.text : NULL;
}

static bool read_tree(const char *path, bool expected, unsigned depth);

static bool read_members(const struct buf *paths, unsigned depth)
{
	for (size_t at = 0; paths && at < paths->len; at += strlen(paths->data + at) + 1)
		if (!read_tree(paths->data + at, true, depth))
			return false;
	return true;
}

static bool read_included(const struct watched *w, const struct buf *text, unsigned depth)
{
	const char *s = text ? buf_str(text) : "", *const end = s + (text ? text->len : 0), *path;
	size_t n;
	while (include_next(&s, end, &path, &n)) {
		char *whole = memchr(path, '\0', n) ? NULL : include_resolve(w->path, path, n);
		const bool good = whole && read_tree(whole, true, depth);
		free(whole);
		if (!good)
			return false;
	}
	return true;
}

/* A strengthening key may stand in what is not read. */
static bool not_read(const char *path, const char *what)
{
	static bool told;
	if (!told) {
		struct buf b;
		buf_init(&b, 300);
		buf_strs(&b, what,
			 ", which is not read; rules that are in force stay so, and where none "
			 "are yet, connections fail until that is mended",
			 NULL);
		record_config_error(path, 0, buf_str(&b));
		buf_free(&b);
	}
	told = overfull = true;
	return true;
}

static bool includes_itself(const char *path)
{
	static bool told;
	if (!told)
		record_config_error(path, 0, "includes itself; it counts once");
	told = true;
	return true;
}

/* A file behind those that it names, or a folder's files. False: no memory. */
static bool read_tree(const char *path, bool expected, unsigned depth)
{
	struct watched *w = watch(path, expected);
	if (!w)
		return false;
	if (w->open)
		return includes_itself(path);
	if (depth == INCLUDE_DEPTH_MAX)
		return not_read(path, "is included at a depth of more than 4 files");
	if (w->round != reading_round)
		read_one(w);
	w->round = reading_round;
	w->open = true;
	bool good = w->folder ? read_members(text_of(w), depth + 1)
			      : read_included(w, text_of(w), depth + 1);
	w->open = false;
	if ((w->folder ? order_count - file_count : file_count) == INCLUDE_FILES_MAX)
		return not_read(path, "is one file more than 1000");
	order[order_count++] = w;
	file_count += !w->folder;
	return good;
}

static bool read_all(void)
{
	const char *list = source_list();
	const bool expected = list == environment_get()->config;
	for (; *list; list += list[0] == ':') {
		const size_t n = strcspn(list, ":");
		char *path = n && *list == '/' ? include_resolve("", list, n) : NULL;
		const bool good = n && *list == '/' ? path && read_tree(path, expected, 0) : true;
		free(path);
		if (!good)
			return false;
		list += n;
	}
	return true;
}

enum sources_outcome sources_read(void)
{
	enum sources_outcome outcome = SOURCES_KNOWN;
	reading_round++;
	order_count = file_count = 0;
	overfull = false;
	if (!read_all() || overfull)
		return SOURCES_UNKNOWN;
	for (unsigned i = 0; i < order_count; i++) {
		const struct watched *w = order[i];
		if (w->fresh.look != FILE_UNSEEN || outcome == SOURCES_UNKNOWN)
			continue;
		if (w->counts)
			outcome =
			    w->kept && outcome != SOURCES_SPOILT ? SOURCES_PARTLY : SOURCES_SPOILT;
		else if (hides_rules(w->fresh.error))
			outcome = SOURCES_UNKNOWN;
	}
	return outcome;
}

static unsigned add_environment(struct config_source *list, unsigned n)
{
	const struct environment *env = environment_get();
	if (env->extra_ca)
		list[n++] = (struct config_source){SOURCE_ENV_EXTRA_CA, "TLSMEND_EXTRA_CA",
						   env->extra_ca, strlen(env->extra_ca)};
	if (env->min_protocol)
		list[n++] = (struct config_source){SOURCE_ENV_PROTOCOL, "TLSMEND_MIN_PROTOCOL",
						   env->min_protocol, strlen(env->min_protocol)};
	return n;
}

struct config_source *sources_list(size_t *count)
{
	struct config_source *list = malloc((order_count + 2) * sizeof *list);
	unsigned n = 0;
	if (!list)
		return NULL;
	for (unsigned i = 0; i < order_count; i++) {
		const struct buf *text = order[i]->folder ? NULL : text_of(order[i]);
		if (text)
			list[n++] = (struct config_source){SOURCE_FILE, order[i]->path,
							   buf_str(text), text->len};
	}
	*count = add_environment(list, n);
	return list;
}

static void keep_text(struct watched *w, struct version *v)
{
	buf_free(&w->seen.text);
	w->seen.text = v->text;
	buf_init(&v->text, 0);
	w->kept = v->look == FILE_THERE;
}

static void one_seen(struct watched *w, bool in_force)
{
	struct version *v = &w->fresh;
	/* what may pass is looked at again, whatever its version */
	if (v->look == FILE_UNSEEN && (w->counts || hides_rules(v->error))) {
		buf_free(&v->text);
		return;
	}
	if (v->look == FILE_UNSEEN)
		file_identify(w->path, &v->id);
	else
		file_place_note(w->path, &w->place);
	w->seen.look = v->look;
	w->seen.error = v->error;
	w->seen.id = v->id;
	if (in_force) {
		w->counts = v->look == FILE_THERE;
		keep_text(w, v);
	}
	buf_free(&v->text);
}

void sources_seen(bool in_force)
{
	unsigned there = 0;
	sweep();
	for (struct watched *w = known; w; w = w->next) {
		one_seen(w, in_force);
		there += w->counts;
	}
	/* it is all or nothing where there is one */
	for (struct watched *w = known; w && there == 1; w = w->next) {
		buf_free(&w->seen.text);
		w->kept = false;
	}
}

static enum sources_change change_of(struct watched *w)
{
	struct file_id id;
	int error;
	const enum file_look look = file_look(w->path, &w->place, &id, &error);
	if (look == FILE_THERE)
		return w->seen.look == FILE_GONE || !file_id_same(&id, &w->seen.id)
			   ? SOURCES_CHANGED
			   : SOURCES_SAME;
	if (look == FILE_GONE)
		return w->seen.look == FILE_GONE ? SOURCES_SAME : SOURCES_CHANGED;
	if (w->counts)
		tell(w, look, error);
	return look_passes(error) ? SOURCES_UNSURE : SOURCES_SAME;
}

enum sources_change sources_changed(void)
{
	enum sources_change all = SOURCES_SAME;
	for (struct watched *w = known; w; w = w->next) {
		const enum sources_change one = change_of(w);
		if (one == SOURCES_CHANGED || all == SOURCES_SAME)
			all = one;
	}
	return all;
}
