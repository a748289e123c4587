/* SPDX-License-Identifier: ISC
 *
 * tlsmend rule: which keys hold for one host, where each comes from, and what it overrides.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../host_port.h"
#include "settings.h"
#include "sources.h"

enum { COLUMNS = 5, MAX_SETTINGS = 4096 };

struct row {
	char *cell[COLUMNS];
};
struct table {
	struct row *rows;
	size_t count;
};

/* ---- table ----------------------------------------------------------------------------------------- */

static char *escaped(const char *s)
{
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, s, strlen(s), 256);
	char *text = copy_string(buf_str(&b));
	buf_free(&b);
	return text;
}

static void table_add(struct table *t, const char *const cells[COLUMNS])
{
	t->rows = checked(realloc(t->rows, (t->count + 1) * sizeof *t->rows));
	for (size_t i = 0; i < COLUMNS; i++)
		t->rows[t->count].cell[i] = escaped(cells[i]);
	t->count++;
}

static void table_print(const struct table *t)
{
	size_t width[COLUMNS] = {0};
	for (size_t r = 0; r < t->count; r++)
		for (size_t c = 0; c < COLUMNS; c++)
			if (strlen(t->rows[r].cell[c]) > width[c])
				width[c] = strlen(t->rows[r].cell[c]);
	for (size_t r = 0; r < t->count; r++)
		for (size_t c = 0; c < COLUMNS; c++)
			printf("%-*s%s", c + 1 < COLUMNS ? (int)width[c] : 0, t->rows[r].cell[c],
			       c + 1 < COLUMNS ? "  " : "\n");
}

static void table_free(struct table *t)
{
	for (size_t r = 0; r < t->count; r++)
		for (size_t c = 0; c < COLUMNS; c++)
			free(t->rows[r].cell[c]);
	free(t->rows);
}

/* ---- rows ------------------------------------------------------------------------------------------ */

static char *source_line(const struct setting *s)
{
	char line[16];
	snprintf(line, sizeof line, ":%u", s->line);
	return join(s->section->source, s->line ? line : "", NULL);
}

static char *state(const struct setting *s, const struct rule *r, int64_t now)
{
	const struct section *at = s->section;
	if (r->set[s->key] == s || r->dry[s->key] == s) {
		const char *applies = r->set[s->key] == s ? "applies" : "dry run: would apply";
		const char *weakens = r->set[s->key] == s ? ", weakens" : ", would weaken";
		if (!s->weakening)
			return copy_string(applies);
		return join(applies, weakens, at->until_text[0] ? " until " : "", at->until_text,
			    at->reason ? ": " : "", at->reason ? at->reason : "", NULL);
	}
	if (s->weakening && s->any_host)
		return copy_string("refused: it weakens, and * is every host");
	if (s->weakening && at->until < now)
		return join("expired on ", at->until_text, NULL);
	if (at->rejected)
		return copy_string("rejected");
	if (r->set[s->key] || r->dry[s->key]) {
		char *by = source_line(r->set[s->key] ? r->set[s->key] : r->dry[s->key]);
		char *text = join("overridden by ", by, NULL);
		free(by);
		return text;
	}
	return copy_string("does not apply");
}

static void add_setting(struct table *t, const struct setting *s, const struct rule *r, int64_t now)
{
	char *from = source_line(s), *text = state(s, r, now);
	const char *const cells[COLUMNS] = {key_table[s->key].name, s->value, s->pattern, from,
					    text};
	table_add(t, cells);
	free(text);
	free(from);
}

static void add_closed(struct table *t, const struct setting *s)
{
	char *from = source_line(s);
	char *text = join("connections end: ", setting_closed_why(s), NULL);
	const char *const cells[COLUMNS] = {key_table[s->key].name, s->value, s->pattern, from,
					    text};
	table_add(t, cells);
	free(text);
	free(from);
}

/* all: every file could be read. */
static int print_rule(const struct policy *p, const struct peer *peer, const char *asked, bool all)
{
	const struct setting **list = checked(calloc(MAX_SETTINGS, sizeof(struct setting *)));
	static const char *const head[COLUMNS] = {"KEY", "VALUE", "PATTERN", "FROM", "STATE"};
	int64_t now = clock_realtime_ms() / 1000;
	struct table t = {0};
	struct rule r;
	policy_lookup(p, peer, now, &r);
	size_t count = policy_explain(p, peer, list, MAX_SETTINGS);
	if (count > MAX_SETTINGS)
		count = MAX_SETTINGS;
	if (count || r.closed) {
		table_add(&t, head);
		if (r.closed)
			add_closed(&t, r.closed);
		/* By key, so that a setting stands above those that it overrides. */
		for (int k = 0; k < KEY_COUNT; k++)
			for (size_t i = 0; i < count; i++)
				if (list[i]->key == (enum key)k)
					add_setting(&t, list[i], &r, now);
		table_print(&t);
	} else {
		say("no rule for %s%s", asked, all ? "" : " in what can be read");
	}
	table_free(&t);
	free(list);
	return count || r.closed ? STATUS_OK : STATUS_FINDINGS;
}

/* ---- what a port would tell --------------------------------------------------------------------------- */

struct port_search {
	const char *host;
	const struct section *last;
};

/* Sections are for this host on one port: without that port, they do not show. */
static void tell_of_port(void *arg, const struct setting *s)
{
	struct port_search *p = arg;
	if (s->section == p->last)
		return;
	p->last = s->section;
	for (const char *at = s->section->header; *at; at += strspn(at, " \t")) {
		const size_t n = strcspn(at, " \t");
		char *pattern = checked(strndup(at, n));
		struct host_port q;
		if (host_port_parse(pattern, &q) && q.port && strcmp(q.host, p->host) == 0)
			say("for one port of it: tlsmend rule %s", pattern);
		free(pattern);
		at += n;
	}
}

/* ---- the question ---------------------------------------------------------------------------------- */

struct question {
	struct host_port at;
	struct peer peer;
};

static bool read_question(const struct command *self, const char *text, struct question *q)
{
	memset(q, 0, sizeof *q);
	if (!host_port_asked(self, text, &q->at))
		return false;
	q->peer.host = q->at.host;
	q->peer.port = q->at.port;
	if (host_is_address(q->at.host))
		q->peer.address = q->at.host;
	return true;
}

static void print_message(void *arg, const struct config_message *m)
{
	bool *failed = arg;
	*failed = *failed || m->severity == CONFIG_ERROR;
	message_print(stderr, m);
}

static int answer(const struct settings *s, const struct question *q)
{
	char *asked = host_port_text(&q->at);
	struct sources sources;
	bool failed = false, bad = false;
	sources_init(&sources);
	sources_add_config(&sources, "rule", s->value[VARIABLE_CONFIG]);
	sources_add_variable(&sources, SOURCE_ENV_EXTRA_CA, variable_names[VARIABLE_EXTRA_CA],
			     s->value[VARIABLE_EXTRA_CA]);
	sources_add_variable(&sources, SOURCE_ENV_PROTOCOL, variable_names[VARIABLE_MIN_PROTOCOL],
			     s->value[VARIABLE_MIN_PROTOCOL]);
	struct policy *p =
	    checked(policy_parse(sources.list, sources.count, false, print_message, &failed, &bad));
	if (s->value[VARIABLE_DRY_RUN] && strcmp(s->value[VARIABLE_DRY_RUN], "1") == 0)
		policy_dry_run(p);
	int status = print_rule(p, &q->peer, asked, !sources.unreadable);
	if (!q->at.port)
		policy_each(p, tell_of_port, &(struct port_search){q->at.host, NULL});
	policy_free(p);
	if (sources.unreadable)
		status = STATUS_USAGE;
	sources_free(&sources);
	free(asked);
	return status;
}

int rule_main(const struct command *self, int argc, char **argv)
{
	struct question q;
	struct settings s;
	struct arguments a = {.count = argc, .words = argv, .take = settings_take, .arg = &s};
	settings_init(&s, self);
	if (options_parse(self, &a)) {
		if (a.count != 1)
			a.status = usage_error(self, "name one host");
		else if (!read_question(self, a.words[0], &q))
			a.status = STATUS_USAGE;
		else
			a.status = finish_output(answer(&s, &q));
	}
	settings_free(&s);
	return a.status;
}
