/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tlsmend/base.h>
#include <tlsmend/log.h>

#include "sources.h"

/* One version of a file. */
struct version {
	enum file_look look;
	int error; /* where it is not FILE_THERE */
	struct file_id id;
	struct buf text;
};
struct watched {
	char *path;
	struct file_place place; /* from where it was seen last */
	struct version
	    seen; /* dealt with; the text only of what is in force, and only where there are several files */
	struct version fresh; /* while it is read */
	bool counts;          /* its rules are in force */
	int told;             /* the error that was told last */
};

static struct watched files[FILES_MAX];
static unsigned file_count;
static bool found;

/* ---- which files ------------------------------------------------------------------------------------------- */

static bool watch(const char *path, size_t n)
{
	if (n == 0)
		return true;
	if (path[0] != '/') {
		record_config_error(
		    "TLSMEND_CONFIG", 0,
		    "a path is not absolute; write the whole path, beginning with /");
		return true;
	}
	if (file_count == FILES_MAX) {
		record_config_error("TLSMEND_CONFIG", 0,
				    "names more than 8 files; the rest is left out");
		return true;
	}
	struct watched *w = &files[file_count];
	memset(w, 0, sizeof *w);
	w->path = strndup(path, n);
	if (!w->path)
		return false;
	w->seen.look = FILE_UNSEEN;
	file_place_note(w->path, &w->place);
	file_count++;
	return true;
}

bool sources_find(void)
{
	const char *list = environment_get()->config;
	if (found)
		return true;
	sources_forget();
	if (!list || !*list)
		list = TLSMEND_CONFIG_DEFAULT;
	while (*list) {
		size_t n = strcspn(list, ":");
		if (!watch(list, n))
			return false;
		list += n + (list[n] == ':');
	}
	found = true;
	return true;
}

void sources_forget(void)
{
	for (unsigned i = 0; i < file_count; i++) {
		free(files[i].path);
		buf_free(&files[i].seen.text);
		buf_free(&files[i].fresh.text);
	}
	file_count = 0;
	found = false;
}

/* ---- what is told of them ------------------------------------------------------------------------------------- */

/* What a failed look means: nothing in force changes. Or, the first time, that nothing is known; or that nothing counts. */
static const char *consequence(const struct watched *w, enum file_look look, int error)
{
	if (w->counts && look == FILE_UNSEEN)
		return "); its rules stay in force as they were read, until it can";
	if (look_passes(error))
		return "); which hosts have a rule is not known, so that connections fail until it "
		       "can";
	return "); no rule of it counts until it can";
}

static void tell(struct watched *w, enum file_look look, int error)
{
	struct buf b;
	if (w->told == error)
		return;
	w->told = error;
	if (error == EFBIG) {
		record_config_error(w->path, 0,
				    "is larger than 16777216 bytes and is not read; leave in it "
				    "only sections for hosts that need them");
		return;
	}
	buf_init(&b, 400);
	buf_strs(&b, "cannot be read (", look_text(error), consequence(w, look, error), NULL);
	record_config_error(w->path, 0, buf_str(&b));
	buf_free(&b);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* In a privileged process only root may have written the rules. */
static bool trustworthy(uint32_t owner, uint32_t mode)
{
	return !environment_is_secure() || (owner == 0 && !(mode & (S_IWGRP | S_IWOTH)));
}

static void read_file(struct watched *w)
{
	struct version *v = &w->fresh;
	uint32_t owner = 0, mode = 0;
	buf_free(&v->text);
	*v = (struct version){0};
	v->look = file_look_read(w->path, &w->place, CONFIG_MAX_BYTES + 1, &v->text, &v->id, &owner,
				 &mode, &v->error);
	if (v->look == FILE_THERE && !trustworthy(owner, mode)) {
		v->look = FILE_UNSEEN;
		v->error = EPERM;
	}
	if (v->look == FILE_THERE)
		w->told = 0;
	else if (v->look == FILE_UNSEEN || environment_get()->config)
		tell(w, v->look, v->error);
}

enum sources_outcome sources_read(void)
{
	enum sources_outcome outcome = SOURCES_KNOWN;
	for (unsigned i = 0; i < file_count; i++) {
		struct watched *w = &files[i];
		read_file(w);
		if (w->fresh.look != FILE_UNSEEN || outcome == SOURCES_UNKNOWN)
			continue;
		if (w->counts)
			outcome = file_count == 1 ? SOURCES_SPOILT : SOURCES_PARTLY;
		else if (look_passes(w->fresh.error))
			outcome = SOURCES_UNKNOWN;
	}
	return outcome;
}

/* A file that could not be looked at goes on with the text that is in force. */
static const struct buf *text_of(const struct watched *w)
{
	if (w->fresh.look == FILE_THERE)
		return &w->fresh.text;
	return w->fresh.look == FILE_UNSEEN && w->counts ? &w->seen.text : NULL;
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

unsigned sources_list(struct config_source list[SOURCES_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < file_count; i++) {
		const struct buf *text = text_of(&files[i]);
		if (text)
			list[n++] = (struct config_source){SOURCE_FILE, files[i].path,
							   buf_str(text), text->len};
	}
	return add_environment(list, n);
}

void sources_seen(bool in_force)
{
	for (unsigned i = 0; i < file_count; i++) {
		struct watched *w = &files[i];
		struct version *v = &w->fresh;
		/* what may pass is looked at again, whatever its version */
		if (v->look == FILE_UNSEEN && (w->counts || look_passes(v->error))) {
			buf_free(&v->text);
			continue;
		}
		if (v->look == FILE_UNSEEN)
			file_identify(w->path, &v->id);
		else
			file_place_note(w->path, &w->place);
		if (in_force)
			w->counts = v->look == FILE_THERE;
		w->seen.look = v->look;
		w->seen.error = v->error;
		w->seen.id = v->id;
		if (in_force) {
			buf_free(&w->seen.text);
			w->seen.text = v->text;
			buf_init(&v->text, 0);
		}
		if (file_count == 1) /* it is all or nothing there */
			buf_free(&w->seen.text);
		buf_free(&v->text);
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
	for (unsigned i = 0; i < file_count; i++) {
		const enum sources_change one = change_of(&files[i]);
		if (one == SOURCES_CHANGED || all == SOURCES_SAME)
			all = one;
	}
	return all;
}
