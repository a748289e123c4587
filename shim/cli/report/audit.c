/* SPDX-License-Identifier: ISC
 *
 * For the security officer: which trust is added, where it was used, until when it lasts. The configuration says what may be used,
 * the log what was.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/config_files.h>
#include "report.h"
#include "../configuration/sources.h"
#include "../view/certificate.h"

struct audit {
	const struct report *r;
	bool *told; /* by group: its rule stands in the configuration */
	size_t rules, unused;
	const struct section *last;
};

/* The rule of a record: "SOURCE:LINE [HEADER] KEY". */
static bool is_use_of(const struct report_group *g, const struct setting *s)
{
	char line[16];
	snprintf(line, sizeof line, ":%u", s->section->line);
	/* several stand in one variable, and only their hosts tell them apart */
	char *rule = s->section->line
			 ? join(s->section->source, line, " [", NULL)
			 : join(s->section->source, " [", s->section->header, "] ", NULL);
	const bool same = g->item.kind == REPORT_MENDED &&
			  strncmp(g->item.text, rule, strlen(rule)) == 0 &&
			  strstr(g->item.text, key_table[s->key].name);
	free(rule);
	return same;
}

static bool show_anchor(void *arg, struct seen_certificate *c)
{
	(void)arg;
	if (c->self_issued)
		printf("    anchor %s, until %s, sha256 %s\n", c->subject, c->not_after, c->sha256);
	certificate_free(c);
	return true;
}

static void show_anchors(const struct setting *s)
{
	struct buf b;
	buf_init(&b, 0);
	const int error = file_read(s->value, CONFIG_MAX_BYTES, &b, NULL, NULL, NULL);
	if (error)
		say("    %s: %s", s->value, strerror(error));
	else
		certificates_each(buf_str(&b), show_anchor, NULL);
	buf_free(&b);
}

static void show_use(const struct report_group *g)
{
	struct buf b;
	buf_init(&b, 0);
	report_peer(&g->item, &b);
	char *peer = copy_string(buf_str(&b));
	buf_clear(&b);
	buf_puts(&b, "last ");
	if (g->last == INT64_MIN)
		buf_putc(&b, '-');
	else
		buf_date(&b, g->last / 1000);
	buf_puts(&b, ", first ");
	if (g->first == INT64_MIN)
		buf_putc(&b, '-');
	else
		buf_date(&b, g->first / 1000);
	say("    used %" PRIu64 " x at %s by %s, %s", g->count, peer, g->item.program, buf_str(&b));
	free(peer);
	buf_free(&b);
}

static void visit(void *arg, const struct setting *s)
{
	struct audit *a = arg;
	char line[16];
	bool used = false;
	if (s->key != KEY_EXTRA_CA_FILE && s->key != KEY_ONLY_CA_FILE)
		return;
	snprintf(line, sizeof line, ":%u", s->line);
	if (!a->rules)
		putchar('\n');
	say("[%s] %s = %s", s->section->header, key_table[s->key].name, s->value);
	say("    from %s%s%s%s%s", s->section->source, s->line ? line : "",
	    s->section->reason ? ", because: " : "", s->section->reason ? s->section->reason : "",
	    s->section->dry ? ", a dry run" : "");
	show_anchors(s);
	for (size_t i = 0; i < a->r->group_count; i++)
		if (is_use_of(&a->r->groups[i], s)) {
			show_use(&a->r->groups[i]);
			a->told[i] = used = true;
		}
	if (!used)
		puts("    not used in this log");
	a->rules++;
	a->unused += !used;
}

/* Of rules that are no longer there, or of another configuration. */
static void show_rest(const struct audit *a)
{
	bool any = false;
	for (size_t i = 0; i < a->r->group_count; i++) {
		const struct report_group *g = &a->r->groups[i];
		if (g->item.kind != REPORT_MENDED || a->told[i] || !strstr(g->item.text, "CAFile"))
			continue;
		if (!any)
			puts("\nUsed by rules that are not in this configuration:");
		any = true;
		say("%s", g->item.text);
		show_use(g);
	}
}

static void quiet(void *arg, const struct config_message *m)
{
	(void)arg;
	(void)m;
}

int report_audit(const struct report *r, const char *config)
{
	struct audit a = {.r = r, .told = checked(calloc(r->group_count + 1, sizeof(bool)))};
	struct sources sources;
	sources_init(&sources);
	sources_add_config(&sources, "report", config);
	sources_add_variable(&sources, SOURCE_ENV_EXTRA_CA, "TLSMEND_EXTRA_CA",
			     getenv("TLSMEND_EXTRA_CA"));
	struct policy *p =
	    checked(policy_parse(sources.list, sources.count, false, quiet, NULL, NULL));
	puts("Trust that rules add, for their hosts only, and where it was used:");
	policy_each(p, visit, &a);
	show_rest(&a);
	if (a.rules)
		printf("\n%zu rule%s, %zu of them not used in this log\n", a.rules,
		       a.rules == 1 ? "" : "s", a.unused);
	else
		puts("\nno rule of this configuration adds any");
	const int status = sources.unreadable ? STATUS_USAGE : STATUS_OK;
	policy_free(p);
	sources_free(&sources);
	free(a.told);
	return status;
}
