/* SPDX-License-Identifier: ISC
 *
 * The report as one JSON object. Its keys are a contract: tlsmend(1). Written piece by piece, so that a report of many
 * groups needs no memory of its own.
 */
#include <inttypes.h>
#include <string.h>

#include "report.h"

static const char *const lists[REPORT_KINDS] = {
    [REPORT_FAILURE] = "failures",     [REPORT_FILE] = "files",    [REPORT_WEAKENED] = "weakened",
    [REPORT_CONFIG] = "config_errors", [REPORT_MENDED] = "mended", [REPORT_DRY_RUN] = "dry_runs",
};

static void key(struct buf *b, const char *name)
{
	const char before = b->len ? b->data[b->len - 1] : '{';
	buf_strs(b, before == '{' || before == '[' ? "\"" : ",\"", name, "\":", NULL);
}

static void string(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	escape_json(b, s, strlen(s), 0);
	buf_putc(b, '"');
}

static void string_member(struct buf *b, const char *name, const char *s)
{
	if (!*s)
		return;
	key(b, name);
	string(b, s);
}

static void number_member(struct buf *b, const char *name, uint64_t n)
{
	key(b, name);
	buf_uint(b, n);
}

static void time_member(struct buf *b, const char *name, int64_t ms)
{
	if (ms == INT64_MIN)
		return;
	key(b, name);
	buf_putc(b, '"');
	buf_rfc3339_ms(b, ms);
	buf_putc(b, '"');
}

static void flush(struct buf *b)
{
	fwrite(buf_str(b), 1, b->len, stdout);
	buf_clear(b);
}

/* An element of a list, after the comma where it is not the first. */
static void begin_element(struct buf *b, size_t *count)
{
	buf_puts(b, (*count)++ ? ",\n{" : "\n{");
}

/* ---- groups ---------------------------------------------------------------------------------------------- */
static void group(struct buf *b, const struct report_group *g)
{
	const struct report_item *i = &g->item;
	const bool message =
	    i->kind == REPORT_FILE || i->kind == REPORT_CONFIG || i->kind == REPORT_DRY_RUN;
	number_member(b, "count", g->count);
	string_member(b, "event", event_name(i->event));
	string_member(b, "cause", i->cause);
	string_member(b, "host", i->host);
	if (i->port)
		number_member(b, "port", i->port);
	string_member(b, "program", i->program);
	time_member(b, "first", g->first);
	time_member(b, "last", g->last);
	string_member(b, message ? "message" : "rule", i->text);
	buf_putc(b, '}');
}

static void groups(const struct report *r, enum report_kind kind)
{
	size_t count = 0;
	struct buf b;
	buf_init(&b, 0);
	buf_strs(&b, ",\n\"", lists[kind], "\":[", NULL);
	for (size_t i = 0; i < r->group_count; i++) {
		if (r->groups[i].item.kind != kind)
			continue;
		begin_element(&b, &count);
		group(&b, &r->groups[i]);
		flush(&b);
	}
	buf_putc(&b, ']');
	flush(&b);
	buf_free(&b);
}

/* ---- what to do -------------------------------------------------------------------------------------------- */
static void distinct(struct buf *b, struct report_group *const *list, size_t n, bool cause)
{
	enum { MOST = 100 };
	const char *seen[MOST];
	size_t count = 0;
	buf_putc(b, '[');
	for (size_t i = 0; i < n && count < MOST; i++) {
		const char *s = cause ? list[i]->item.cause : list[i]->item.host;
		bool known = !*s;
		for (size_t k = 0; k < count; k++)
			known = known || seen[k] == s;
		if (known)
			continue;
		if (count)
			buf_putc(b, ',');
		seen[count++] = s;
		string(b, s);
	}
	buf_putc(b, ']');
}

static void sections(struct report *r)
{
	struct report_sections s;
	struct buf b, text, name;
	size_t count = 0;
	report_sections_make(r, &s);
	buf_init(&b, 0);
	buf_puts(&b, ",\n\"sections\":[");
	for (size_t i = 0; i < s.count; i++) {
		const struct report_section *at = &s.list[i];
		buf_init(&text, 0);
		if (report_section_render(&s, at, &text)) {
			begin_element(&b, &count);
			buf_init(&name, 0);
			report_section_name(at, &name);
			string_member(&b, "section", buf_str(&name));
			buf_free(&name);
			number_member(&b, "count", at->failures);
			key(&b, "causes");
			distinct(&b, at->groups, at->count, true);
			string_member(&b, "text", buf_str(&text));
			buf_putc(&b, '}');
		}
		buf_free(&text);
		flush(&b);
	}
	buf_putc(&b, ']');
	flush(&b);
	buf_free(&b);
	report_sections_free(&s);
}

static void actors(struct report *r)
{
	struct report_actors a;
	struct buf b, help;
	size_t count = 0;
	report_actors_make(r, &a);
	buf_init(&b, 0);
	buf_puts(&b, ",\n\"others\":[");
	for (size_t i = 0; i < a.count; i++) {
		begin_element(&b, &count);
		number_member(&b, "count", a.list[i].failures);
		string_member(&b, "cause", a.list[i].cause);
		key(&b, "hosts");
		distinct(&b, a.list[i].groups, a.list[i].count, false);
		buf_init(&help, 0);
		report_actor_help(&a.list[i], &help);
		string_member(&b, "help", buf_str(&help));
		buf_free(&help);
		buf_putc(&b, '}');
		flush(&b);
	}
	buf_putc(&b, ']');
	flush(&b);
	buf_free(&b);
	report_actors_free(&a);
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */
static void skipped(struct buf *b, const struct report *r)
{
	key(b, "skipped");
	buf_putc(b, '{');
	for (size_t i = 0; i < SKIP_KINDS; i++) {
		const struct report_skipped *s = &r->skipped[i];
		key(b, report_skip_names[i]);
		buf_putc(b, '{');
		number_member(b, "count", s->count);
		if (s->count) {
			string_member(b, "file", s->file);
			number_member(b, "line", s->line);
		}
		buf_putc(b, '}');
	}
	buf_putc(b, '}');
}

/* How often, where, and whether the log had each use. */
static void uses(struct buf *b, const struct report *r)
{
	static const enum report_kind kinds[] = {REPORT_WEAKENED, REPORT_MENDED, REPORT_DRY_RUN};
	key(b, "uses");
	buf_strs(b, "{\"each\":", r->each_use ? "true" : "false", NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		struct report_uses u;
		report_uses_count(r, kinds[i], &u);
		key(b, lists[kinds[i]]);
		buf_putc(b, '{');
		number_member(b, "count", u.count);
		number_member(b, "rules", u.rules);
		number_member(b, "hosts", u.hosts);
		number_member(b, "programs", u.programs);
		buf_putc(b, '}');
	}
	buf_putc(b, '}');
}

void report_json(struct report *r)
{
	struct buf b;
	buf_init(&b, 0);
	buf_putc(&b, '{');
	number_member(&b, "records", r->records);
	number_member(&b, "count", r->failures);
	time_member(&b, "first", r->first);
	time_member(&b, "last", r->last);
	number_member(&b, "connections", r->connections);
	number_member(&b, "left_out", r->left_out);
	number_member(&b, "lost", r->lost);
	key(&b, "rest");
	buf_putc(&b, '{');
	number_member(&b, "records", r->rest_records);
	number_member(&b, "count", r->rest_count);
	buf_putc(&b, '}');
	skipped(&b, r);
	uses(&b, r);
	flush(&b);
	buf_free(&b);
	for (enum report_kind kind = 0; kind < REPORT_KINDS; kind++)
		groups(r, kind);
	sections(r);
	actors(r);
	puts("}");
}
