/* SPDX-License-Identifier: ISC
 *
 * A proposed section as it is printed: its keys, under comments that say what they are for.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"

enum { KEYS_MOST = 16, OTHERS_MOST = 8, PROGRAMS_SHOWN = 4, COMMENT_BYTES = 400 };

/* ---- comments -------------------------------------------------------------------------------------------------- */
static void escaped(struct buf *out, const char *s, size_t n)
{
	escape_text(out, s, n, COMMENT_BYTES);
}

static void comment_lines(struct buf *out, const char *lines)
{
	while (*lines) {
		const size_t n = strcspn(lines, "\n");
		buf_puts(out, "# ");
		escaped(out, lines, n);
		buf_putc(out, '\n');
		lines += n + (lines[n] == '\n');
	}
}

/* All groups of one section and cause, told together. */
struct told {
	uint64_t count;
	int64_t last;
	const char *programs[PROGRAMS_SHOWN];
	size_t program_count;
};

static void tell(struct told *t, const struct report_group *g)
{
	bool known = false;
	t->count += g->count;
	if (g->last > t->last)
		t->last = g->last;
	for (size_t i = 0; i < t->program_count && i < PROGRAMS_SHOWN; i++)
		known = known || t->programs[i] == g->item.program;
	if (known)
		return;
	if (t->program_count < PROGRAMS_SHOWN)
		t->programs[t->program_count] = g->item.program;
	t->program_count++;
}

static void comment_cause(struct buf *out, const char *cause, const struct told *t)
{
	buf_puts(out, "# ");
	buf_uint(out, t->count);
	buf_strs(out, " x ", cause, ":", NULL);
	for (size_t i = 0; i < t->program_count && i < PROGRAMS_SHOWN; i++) {
		buf_puts(out, i ? ", " : " ");
		escaped(out, *t->programs[i] ? t->programs[i] : "-",
			strlen(*t->programs[i] ? t->programs[i] : "-"));
	}
	if (t->program_count > PROGRAMS_SHOWN)
		buf_puts(out, " and others");
	if (t->last != INT64_MIN) {
		buf_puts(out, "; last seen ");
		buf_date(out, t->last / 1000);
	}
	buf_putc(out, '\n');
}

/* What the groups of one cause say, and how often. */
static void comment_group(struct buf *out, const struct report_section *at, size_t i)
{
	const struct report_item *item = &at->groups[i]->item;
	struct told t = {.last = INT64_MIN};
	for (size_t k = i; k < at->count; k++)
		if (at->groups[k]->item.cause == item->cause)
			tell(&t, at->groups[k]);
	comment_cause(out, item->cause, &t);
	comment_lines(out, item->before);
	comment_lines(out, item->after);
}

static void comment_all(struct buf *out, const struct report_section *at)
{
	bool done[CAUSE_COUNT] = {false}, known = false;
	for (size_t i = 0; i < at->count; i++) {
		const enum cause cause = cause_by_word(at->groups[i]->item.cause);
		known = known || !at->groups[i]->item.guessed;
		if (!done[cause])
			comment_group(out, at, i);
		done[cause] = true;
	}
	if (!known)
		comment_lines(out, "the host of these connections is not known: this name is one "
				   "that the certificate carries; see that it is the right one");
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */
struct line {
	char *name, *value;
	const struct report_item *from;
};
struct lines {
	struct line key[KEYS_MOST], other[OTHERS_MOST];
	size_t keys, others;
};

static void add_line(struct lines *l, const struct report_item *item, const char *text, size_t n)
{
	const size_t name = strcspn(text, " ");
	struct line new = {checked(strndup(text, name)),
			   checked(strndup(text + name + 3, n - name - 3)), item};
	bool known = false, other = false;
	for (size_t i = 0; i < l->keys; i++)
		if (strcmp(l->key[i].name, new.name) == 0) {
			known = strcmp(l->key[i].value, new.value) == 0;
			other = !known;
		}
	for (size_t i = 0; i < l->others; i++)
		known = known || (strcmp(l->other[i].name, new.name) == 0 &&
				  strcmp(l->other[i].value, new.value) == 0);
	/* Two dates or reasons are not worth a word. */
	known =
	    known || (other && (strcmp(new.name, "Until") == 0 || strcmp(new.name, "Reason") == 0));
	if (!known && other && l->others < OTHERS_MOST) {
		l->other[l->others++] = new;
	} else if (!known && !other && l->keys < KEYS_MOST) {
		l->key[l->keys++] = new;
	} else {
		free(new.name);
		free(new.value);
	}
}

static void collect(struct lines *l, const struct report_section *at)
{
	const char *done = NULL;
	for (size_t i = 0; i < at->count; i++) {
		const struct report_item *item = &at->groups[i]->item;
		const char *text = item->keys;
		/* Interned, so that a thousand programs with one failure cost nothing. */
		if (text == done)
			continue;
		done = text;
		while (*text) {
			const size_t n = strcspn(text, "\n");
			add_line(l, item, text, n);
			text += n + (text[n] == '\n');
		}
	}
}

static void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->keys; i++) {
		free(l->key[i].name);
		free(l->key[i].value);
	}
	for (size_t i = 0; i < l->others; i++) {
		free(l->other[i].name);
		free(l->other[i].value);
	}
}

static bool is_file_key(const char *name)
{
	return strcmp(name, "ExtraCAFile") == 0 || strcmp(name, "Certificate") == 0 ||
	       strcmp(name, "PrivateKey") == 0;
}

/* The record's example name, or one of its own for this host where that name already stands for another CA: two CAs in one
 * file would be trusted for both hosts. The record tells CAs apart by the name in its help; help without one speaks of this
 * host's only. free(3) it. */
static char *example_file(struct report_sections *s, const struct line *line)
{
	const struct report_item *item = line->from;
	const bool named = strchr(item->before, '"') != NULL;
	char *who = join(item->before, named ? "" : "\n", named ? "" : item->section, NULL);
	const char *claim = json_string_value(json_object_get(s->claims, line->value));
	char *file;
	if (claim && strcmp(claim, who) != 0) {
		const char *dot = strrchr(line->value, '.');
		file = join("/etc/tlsmend/", item->section, dot && !strchr(dot, '/') ? dot : ".pem",
			    NULL);
		for (char *c = file; *c; c++)
			if (*c == '*' || *c == ':')
				*c = '_';
	} else {
		json_object_set_new(s->claims, line->value, json_string(who));
		file = copy_string(line->value);
	}
	free(who);
	return file;
}

/* Where a record names a file that is there, it is the system's bundle; anything else under another directory than the
 * examples' was not written by the library. */
static bool is_bundle(const struct line *line)
{
	const enum cause cause = cause_by_word(line->from->cause);
	return (cause == CAUSE_ROOT_MISSING_HERE || cause == CAUSE_NO_TRUST_STORE ||
		cause_table[cause].family == FAMILY_UNCHECKED) &&
	       (strncmp(line->value, "/etc/ssl/", 9) == 0 ||
		strncmp(line->value, "/etc/pki/", 9) == 0) &&
	       !strstr(line->value, "/../");
}

static bool render_key(struct report_sections *s, const struct line *line, struct buf *out)
{
	static const char examples[] = "/etc/tlsmend/";
	char today[16];
	const time_t now = time(NULL);
	struct tm tm;
	if (strcmp(line->name, "Until") == 0 && gmtime_r(&now, &tm) &&
	    strftime(today, sizeof today, "%Y-%m-%d", &tm) && strcmp(line->value, today) < 0)
		buf_puts(out, "# this day has passed: write another one\n");
	if (!is_file_key(line->name) || is_bundle(line)) {
		buf_strs(out, line->name, " = ", line->value, "\n", NULL);
		return true;
	}
	if (strncmp(line->value, examples, sizeof examples - 1) != 0 ||
	    strchr(line->value + sizeof examples - 1, '/'))
		return false;
	char *file = example_file(s, line);
	buf_strs(out, "# fill in: the file's name is an example\n", line->name, " = ", file, "\n",
		 NULL);
	free(file);
	return true;
}

/* What another failure of this host proposes for a key that stands there already. */
static void render_other(const struct line *line, struct buf *out)
{
	const bool file = is_file_key(line->name);
	buf_strs(out, "# for ", line->from->cause,
		 file ? " put what belongs into " : " instead: ", file ? "" : line->name,
		 file ? "" : " = ", NULL);
	escaped(out, line->value, strlen(line->value));
	buf_puts(out, file ? " into that file too\n" : "\n");
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */
static void ignore(void *arg, const struct config_message *m)
{
	(void)arg;
	(void)m;
}

/* The library's own parser has the last word. */
static bool is_valid(const struct buf *text)
{
	const struct config_source source = {SOURCE_FILE, "report", buf_str(text), text->len};
	bool bad = false;
	struct policy *p = policy_parse(&source, 1, false, ignore, NULL, &bad);
	const bool good = p && !bad && policy_section_count(p) == 1;
	policy_free(p);
	return good;
}

bool report_section_render(struct report_sections *s, const struct report_section *at,
			   struct buf *out)
{
	struct lines l = {.keys = 0};
	struct buf text;
	bool good = true;
	buf_init(&text, 0);
	comment_all(&text, at);
	buf_putc(&text, '[');
	report_section_name(at, &text);
	buf_puts(&text, "]\n");
	collect(&l, at);
	for (size_t i = 0; i < l.keys; i++)
		good = good && render_key(s, &l.key[i], &text);
	for (size_t i = 0; i < l.others; i++)
		render_other(&l.other[i], &text);
	lines_free(&l);
	good = good && is_valid(&text);
	if (good)
		buf_add(out, buf_str(&text), text.len);
	for (size_t i = 0; i < at->count && !good; i++)
		at->groups[i]->item.section = "";
	buf_free(&text);
	return good;
}
