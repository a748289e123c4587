/* SPDX-License-Identifier: ISC
 *
 * The report for people: tables, largest count first, then what to do. All strings are escaped.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "../screen.h"

enum { WIDTH_MOST = 48, CELL_BYTES = 300, HOSTS_SHOWN = 4, TEXT_WIDTH = 100 };
enum column {
	COLUMN_COUNT,
	COLUMN_CAUSE,
	COLUMN_HOST,
	COLUMN_PROGRAM,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_TEXT,
	COLUMNS
};

static const struct form {
	const char *title;
	bool shown[COLUMNS];
	const char *text_title;
} forms[REPORT_KINDS] = {
    [REPORT_FAILURE] = {"Connections that failed, or went on unchecked",
			{true, true, true, true, true, true, false},
			""},
    [REPORT_FILE] = {"Files that could not be used",
		     {true, true, false, true, true, true, true},
		     "MESSAGE"},
    [REPORT_WEAKENED] = {"Connections weakened by a rule",
			 {true, false, true, true, true, true, true},
			 "RULE"},
    [REPORT_CONFIG] = {"Errors in the configuration",
		       {true, false, false, true, true, true, true},
		       "MESSAGE"},
    [REPORT_MENDED] = {"Connections mended by a rule",
		       {true, false, true, true, true, true, true},
		       "RULE"},
    [REPORT_DRY_RUN] = {"What rules in a dry run would have done",
			{true, false, true, true, true, true, true},
			"MESSAGE"},
};

static const char *const use_names[REPORT_KINDS] = {
    [REPORT_WEAKENED] = "weakened",
    [REPORT_MENDED] = "mended",
    [REPORT_DRY_RUN] = "dry run",
};

/* ---- cells -------------------------------------------------------------------------------------------- */
static void add_minute(struct buf *b, int64_t ms)
{
	struct buf full;
	if (ms == INT64_MIN) {
		buf_putc(b, '-');
		return;
	}
	/* 2026-11-21T21:09:56.123Z: the first 16 characters, with a space. */
	buf_init(&full, 0);
	buf_rfc3339_ms(&full, ms);
	if (full.len > 16)
		full.data[10] = ' ';
	buf_add(b, buf_str(&full), full.len > 16 ? 16 : full.len);
	buf_free(&full);
}

static void add_escaped(struct buf *b, const char *s)
{
	escape_text(b, *s ? s : "-", strlen(*s ? s : "-"), CELL_BYTES);
}

static void cell(struct buf *b, const struct report_group *g, enum column c)
{
	struct buf raw;
	buf_clear(b);
	switch (c) {
	case COLUMN_COUNT:
		buf_uint(b, g->count);
		break;
	case COLUMN_CAUSE:
		add_escaped(b, *g->item.cause ? g->item.cause : event_name(g->item.event));
		break;
	case COLUMN_HOST:
		buf_init(&raw, 0);
		report_peer(&g->item, &raw);
		add_escaped(b, buf_str(&raw));
		buf_free(&raw);
		break;
	case COLUMN_PROGRAM:
		add_escaped(b, g->item.program);
		break;
	case COLUMN_FIRST:
		add_minute(b, g->first);
		break;
	case COLUMN_LAST:
		add_minute(b, g->last);
		break;
	case COLUMN_TEXT:
		add_escaped(b, g->item.text);
		break;
	case COLUMNS:
		break;
	}
}

/* Columns on a terminal: characters, not bytes. */
static int width_of(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* ---- tables ---------------------------------------------------------------------------------------------- */
static const char *title_of(const struct form *f, enum column c)
{
	static const char *const titles[COLUMNS] = {"COUNT",      "CAUSE",     "HOST", "PROGRAM",
						    "FIRST SEEN", "LAST SEEN", ""};
	return c == COLUMN_TEXT ? f->text_title : titles[c];
}

static void print_cell(const struct form *f, enum column c, int width, const char *s)
{
	const int pad = width - width_of(s);
	enum column next = c + 1;
	while (next < COLUMNS && !f->shown[next])
		next++;
	if (c == COLUMN_COUNT)
		printf("%*s%s", pad > 0 ? pad : 0, "", s);
	else if (next == COLUMNS)
		fputs(s, stdout);
	else
		printf("%s%*s", s, pad > 0 ? pad : 0, "");
	fputs(next == COLUMNS ? "\n" : "  ", stdout);
}

static void print_more(const struct report *r, enum report_kind kind)
{
	size_t rows = 0;
	for (size_t i = 0; i < r->group_count; i++)
		rows += r->groups[i].item.kind == kind;
	if (r->top && rows > r->top)
		printf("... and %zu more\n", rows - r->top);
}

static void print_table(const struct report *r, enum report_kind kind)
{
	const struct form *f = &forms[kind];
	int width[COLUMNS] = {0};
	struct buf b;
	buf_init(&b, 0);
	for (enum column c = 0; c < COLUMNS; c++)
		width[c] = width_of(title_of(f, c));
	for (size_t i = 0; i < r->group_count; i++)
		for (enum column c = 0; c < COLUMN_TEXT && r->groups[i].item.kind == kind; c++) {
			cell(&b, &r->groups[i], c);
			const int n = width_of(buf_str(&b));
			if (n > width[c])
				width[c] = n < WIDTH_MOST ? n : WIDTH_MOST;
		}
	printf("\n%s\n\n", f->title);
	for (enum column c = 0; c < COLUMNS; c++)
		if (f->shown[c])
			print_cell(f, c, width[c], title_of(f, c));
	for (size_t i = 0, row = 0; i < r->group_count; i++) {
		if (r->groups[i].item.kind != kind || (r->top && row++ >= r->top))
			continue;
		for (enum column c = 0; c < COLUMNS; c++) {
			if (!f->shown[c])
				continue;
			cell(&b, &r->groups[i], c);
			print_cell(f, c, width[c], buf_str(&b));
		}
	}
	print_more(r, kind);
	buf_free(&b);
}

static bool has_kind(const struct report *r, enum report_kind kind)
{
	for (size_t i = 0; i < r->group_count; i++)
		if (r->groups[i].item.kind == kind)
			return true;
	return false;
}

/* ---- head -------------------------------------------------------------------------------------------------- */
static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_skipped(const struct report *r)
{
	static const char *const what[SKIP_KINDS] = {
	    [SKIP_OTHER] = "of other output",
	    [SKIP_DAMAGED] = "damaged or cut short",
	    [SKIP_FOREIGN] = "of JSON that is no record",
	    [SKIP_LONG] = "longer than 1 MiB",
	};
	for (size_t i = 0; i < SKIP_KINDS; i++) {
		const struct report_skipped *s = &r->skipped[i];
		if (s->count)
			say("skipped: %" PRIu64 " line%s %s, the first at %s:%" PRIu64, s->count,
			    plural(s->count), what[i], s->file, s->line);
	}
}

static void add_number(struct buf *b, uint64_t n, const char *before, const char *what)
{
	buf_puts(b, before);
	buf_uint(b, n);
	buf_strs(b, " ", what, plural(n), NULL);
}

/* "mended: 37 times by 2 rules, at 3 hosts, in 2 programs" */
static void print_uses(const struct report *r)
{
	bool any = false;
	for (enum report_kind kind = 0; kind < REPORT_KINDS; kind++) {
		struct report_uses u;
		struct buf b;
		if (!use_names[kind])
			continue;
		report_uses_count(r, kind, &u);
		if (!u.count)
			continue;
		any = true;
		buf_init(&b, 0);
		buf_strs(&b, use_names[kind], ": ", NULL);
		add_number(&b, u.count, "", r->each_use ? "time" : "record");
		if (kind != REPORT_DRY_RUN)
			add_number(&b, u.rules, " by ", "rule");
		add_number(&b, u.hosts, ", at ", "host");
		add_number(&b, u.programs, ", in ", "program");
		puts(buf_str(&b));
		buf_free(&b);
	}
	if (any && !r->each_use)
		puts("of mended and weakened connections each process wrote the first of a day for "
		     "each "
		     "host and rule; TLSMEND_LOG_LEVEL=info writes all");
}

static void print_head(const struct report *r)
{
	struct buf b;
	buf_init(&b, 0);
	buf_uint(&b, r->failures);
	buf_strs(&b, " failure", plural(r->failures), " in ", NULL);
	buf_uint(&b, r->records);
	buf_strs(&b, " record", plural(r->records), NULL);
	if (r->first != INT64_MIN) {
		buf_puts(&b, ", from ");
		add_minute(&b, r->first);
		buf_puts(&b, " to ");
		add_minute(&b, r->last);
		buf_puts(&b, " (UTC)");
	}
	puts(buf_str(&b));
	buf_free(&b);
	if (r->connections)
		printf("%" PRIu64 " connection%s worked\n", r->connections, plural(r->connections));
	print_uses(r);
	if (r->older)
		printf("left out: %" PRIu64 " older record%s\n", r->older, plural(r->older));
	if (r->left_out)
		printf("not written: %" PRIu64
		       " record%s that came too fast, and are not counted here\n",
		       r->left_out, plural(r->left_out));
	if (r->lost)
		printf("lost: %" PRIu64 " record%s that the log did not take when written\n",
		       r->lost, plural(r->lost));
	if (r->rest_records)
		printf("not told apart: %" PRIu64 " record%s, %" PRIu64 " with repetitions, beyond "
		       "%d kinds\n",
		       r->rest_records, plural(r->rest_records), r->rest_count, REPORT_GROUPS_MOST);
	print_skipped(r);
}

/* ---- what to do ----------------------------------------------------------------------------------------------- */
static void print_sections(struct report *r)
{
	struct report_sections s;
	struct buf text;
	report_sections_make(r, &s);
	for (size_t i = 0, shown = 0; i < s.count && (!r->top || shown < r->top); i++) {
		buf_init(&text, 0);
		if (report_section_render(&s, &s.list[i], &text)) {
			if (!shown++)
				puts("\nWhat rules can mend: confirm it, then paste into "
				     "/etc/tlsmend.conf");
			printf("\n%s", buf_str(&text));
		}
		buf_free(&text);
	}
	report_sections_free(&s);
}

static void add_hosts(struct buf *line, const struct report_actor *a)
{
	const char *shown[HOSTS_SHOWN];
	size_t count = 0;
	for (size_t i = 0; i < a->count; i++) {
		const char *host = a->groups[i]->item.host;
		bool known = !*host;
		for (size_t k = 0; k < count; k++)
			known = known || shown[k] == host;
		if (known)
			continue;
		buf_puts(line, count ? ", " : ": ");
		if (count == HOSTS_SHOWN) {
			buf_puts(line, "...");
			return;
		}
		add_escaped(line, host);
		shown[count++] = host;
	}
}

static void print_actor(const struct report_actor *a)
{
	struct buf line;
	buf_init(&line, 0);
	buf_uint(&line, a->failures);
	buf_puts(&line, " x ");
	add_escaped(&line, *a->cause ? a->cause : event_name(a->groups[0]->item.event));
	add_hosts(&line, a);
	printf("\n%s\n", buf_str(&line));
	buf_clear(&line);
	report_actor_help(a, &line);
	say_wrapped(buf_str(&line), 4, screen_width(TEXT_WIDTH));
	buf_free(&line);
}

static void print_actors(struct report *r)
{
	struct report_actors a;
	report_actors_make(r, &a);
	if (a.count)
		puts("\nWhat no rule of tlsmend mends, and who can act");
	for (size_t i = 0; i < a.count && (!r->top || i < r->top); i++)
		print_actor(&a.list[i]);
	report_actors_free(&a);
}

void report_text(struct report *r)
{
	if (!r->records)
		print_skipped(r);
	else
		print_head(r);
	for (enum report_kind kind = 0; kind < REPORT_KINDS; kind++)
		if (has_kind(r, kind))
			print_table(r, kind);
	print_sections(r);
	print_actors(r);
}
