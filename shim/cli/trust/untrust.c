/* SPDX-License-Identifier: ISC
 *
 * tlsmend untrust: takes back what `trust` wrote, and nothing else.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../host_port.h"
#include "trust.h"

static bool starts(const char *line, size_t n, const char *with)
{
	return n >= strlen(with) && strncmp(line, with, strlen(with)) == 0;
}

static bool line_is(const struct buf *text, unsigned at, const char *with)
{
	const char *line;
	size_t n;
	return at > 0 && edit_get(buf_str(text), text->len, at, &line, &n) && starts(line, n, with);
}

/* Without lines first to last, and with another in their place where there is one. */
static void cut(struct buf *out, const struct buf *text, unsigned first, unsigned last,
		const char *with)
{
	const char *line;
	size_t n;
	for (unsigned at = 1; edit_get(buf_str(text), text->len, at, &line, &n); at++) {
		if (at == first && with)
			buf_strs(out, with, "\n", NULL);
		if (at < first || at > last) {
			buf_add(out, line, n);
			buf_putc(out, '\n');
		}
	}
}

/* The last line of the section that begins there. */
static unsigned section_last(const struct buf *text, unsigned header)
{
	unsigned at = header + 1;
	const char *line;
	size_t n;
	while (edit_get(buf_str(text), text->len, at, &line, &n)) {
		while (n && ascii_is_space(*line)) {
			line++;
			n--;
		}
		if (n && *line == '[')
			break;
		at++;
	}
	return at - 1;
}

/* What the file is without the rule. */
static void take_out(struct buf *fresh, const struct buf *text, const struct setting *s)
{
	static const char before[] = TRUST_MARK "before: ";
	const unsigned header = s->section->line, line = s->line;
	unsigned first = line - 1, last = section_last(text, header);
	const char *old = NULL;
	size_t n = 0;
	if (line_is(text, first - 1, before) &&
	    edit_get(buf_str(text), text->len, first - 1, &old, &n)) {
		char *with = checked(strndup(old + sizeof before - 1, n - (sizeof before - 1)));
		cut(fresh, text, first - 1, line, with);
		free(with);
		return;
	}
	/* nothing else in the section */
	if (edit_is_bare(buf_str(text), text->len, header + 1, line - 1) &&
	    edit_is_bare(buf_str(text), text->len, line + 1, last)) {
		const char *above;
		first = header;
		if (header > 1 && edit_get(buf_str(text), text->len, header - 1, &above, &n) && !n)
			first--;
		cut(fresh, text, first, line, NULL);
	} else {
		cut(fresh, text, first, line, NULL);
	}
}

struct users {
	const char *path;
	size_t count;
};

static void count_users(void *arg, const struct setting *s)
{
	struct users *u = arg;
	u->count += (s->key == KEY_EXTRA_CA_FILE || s->key == KEY_ONLY_CA_FILE) &&
		    strcmp(s->value, u->path) == 0;
}

/* The CA file goes where it is ours and nobody else names it. */
static void drop_certificates(const struct rule_at *r, const char *path)
{
	struct users u = {path, 0};
	struct buf text;
	buf_init(&text, 0);
	policy_each(r->policy, count_users, &u);
	if (u.count <= 1 && file_read(path, CONFIG_MAX_BYTES, &text, NULL, NULL, NULL) == 0 &&
	    starts(buf_str(&text), text.len, TRUST_MARK) && unlink(path) == 0)
		say("removed %s", path);
	buf_free(&text);
}

/* Whether nothing is left that anybody wrote into the file that trust made for this host. */
static bool is_bare(const struct source_file *f, const struct buf *fresh, const char *pattern)
{
	struct host_port at;
	char *name =
	    host_port_parse(pattern, &at) ? place_file_name(&at, ".conf") : copy_string("");
	const bool bare =
	    strcmp(path_base(f->path), name) == 0 && edit_is_bare(buf_str(fresh), fresh->len, 1, 0);
	free(name);
	return bare;
}

static int take_back(const struct rule_at *r, const struct setting *s)
{
	const struct source_file *f = rule_at_file(r, s->section->source);
	struct place keep = {.exists = true};
	struct file_status status;
	struct buf fresh;
	buf_init(&fresh, 0);
	take_out(&fresh, &f->text, s);
	int error = file_status(f->path, &status);
	keep.owner = status.owner;
	keep.group = status.group;
	keep.mode = status.mode;
	const bool bare = is_bare(f, &fresh, s->pattern);
	if (!error && bare)
		error = unlink(f->path) == 0 ? 0 : errno;
	else if (!error)
		error = write_whole(f->path, buf_str(&fresh), fresh.len, &keep);
	buf_free(&fresh);
	if (error) {
		complain("%s: %s; nothing was changed", f->path, strerror(error));
		return STATUS_USAGE;
	}
	say("%s %s", bare ? "removed" : "took the rule out of", f->path);
	drop_certificates(r, s->value);
	return STATUS_OK;
}

/* ---- which ------------------------------------------------------------------------------------------------------- */

struct search {
	const struct rule_at *r;
	const struct host_port *at; /* port 0: whichever */
	const char *folder;         /* of the user's own rules; NULL: any file */
	const struct setting *ours, *wider, *others;
};

static void look(void *arg, const struct setting *s)
{
	struct search *to = arg;
	const struct source_file *f = rule_at_file(to->r, s->section->source);
	unsigned port;
	if (s->key != KEY_EXTRA_CA_FILE || !f || !rule_at_is_its_own(s, to->at->host, &port) ||
	    (to->folder && strncmp(f->path, to->folder, strlen(to->folder)) != 0))
		return;
	if (to->at->port && port && port != to->at->port)
		return;
	if (to->at->port && !port)
		to->wider = s;
	else if (line_is(&f->text, s->line - 1, TRUST_MARK))
		to->ours = s;
	else
		to->others = s;
}

static void say_none(const struct search *found)
{
	char *text = host_port_text(found->at);
	const struct setting *s = found->others ? found->others : found->wider;
	if (!s)
		complain("untrust: no section is for %s alone and adds trust", text);
	else if (found->others)
		complain("%s:%u: this was not written by tlsmend trust; take the line out by hand",
			 s->section->source, s->line);
	else
		complain("%s:%u: this trust is for every port of the host; to take it back: "
			 "tlsmend untrust %s",
			 s->section->source, s->line, found->at->host);
	free(text);
}

/* One after the other, since each changes the lines of the next. */
static int untrust(const struct settings *settings, const struct host_port *at)
{
	char *folder = settings->user ? settings_user_folder() : NULL;
	int status = STATUS_OK;
	bool more = true;
	for (unsigned count = 0; more && status == STATUS_OK; count++) {
		struct search found = {.at = at, .folder = folder};
		struct rule_at r;
		found.r = &r;
		if (!rule_at_find(&r, settings, at))
			status = STATUS_USAGE;
		else
			policy_each(r.policy, look, &found);
		more = found.ours != NULL;
		if (more) {
			status = take_back(&r, found.ours);
		} else if (!count && status == STATUS_OK) {
			say_none(&found);
			status = STATUS_FINDINGS;
		}
		rule_at_free(&r);
	}
	free(folder);
	return status;
}

int untrust_main(const struct command *self, int argc, char **argv)
{
	struct settings s;
	struct host_port at;
	struct arguments a = {.count = argc, .words = argv, .take = settings_take, .arg = &s};
	settings_init(&s, self);
	if (options_parse(self, &a)) {
		if (a.count != 1)
			a.status = usage_error(self, "name one host, as HOST or HOST:PORT");
		else if (!host_port_asked(self, a.words[0], &at))
			a.status = STATUS_USAGE;
		else
			a.status = finish_output(untrust(&s, &at));
	}
	settings_free(&s);
	return a.status;
}
