/* SPDX-License-Identifier: ISC
 *
 * The rules that would mend: what the records' help proposes, one section for each host.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* ---- which keys a cause can be mended with --------------------------------------------------------------- */
/* Trust may only be added where cause_trust_may_act() says so, and for what the client does not check the record proposes
 * what mends the failure behind it. A key that this version does not know yet is refused by the parser at the end. */
static const struct {
	enum cause cause;
	const char *keys;
} fitting[] = {
#define MENDS(cause, keys) {CAUSE_##cause, " " keys " "},
#include "mends.def"
#undef MENDS
};

bool report_key_fits(enum cause cause, const char *key)
{
	char word[40];
	if (strcmp(key, "Reason") == 0 || strcmp(key, "Until") == 0)
		return true;
	if (strcmp(key, "ExtraCAFile") == 0 || strcmp(key, "TrustedFirst") == 0)
		return cause_trust_may_act(cause) || cause_table[cause].family == FAMILY_UNCHECKED;
	if (strlen(key) > sizeof word - 3)
		return false;
	snprintf(word, sizeof word, " %s ", key);
	for (size_t i = 0; i < ARRAY_LENGTH(fitting); i++)
		if ((fitting[i].cause == cause || cause_table[cause].family == FAMILY_UNCHECKED) &&
		    strstr(fitting[i].keys, word))
			return true;
	return false;
}

/* ---- sections ------------------------------------------------------------------------------------------------ */
static int compare_names(const void *pa, const void *pb)
{
	const struct report_group *a = *(struct report_group *const *)pa,
				  *b = *(struct report_group *const *)pb;
	int order = strcmp(a->item.section, b->item.section);
	if (!order)
		order = (a->item.port > b->item.port) - (a->item.port < b->item.port);
	/* Groups are in the order of their counts in memory. */
	return order ? order : (a > b) - (a < b);
}

static int compare_sections(const void *pa, const void *pb)
{
	const struct report_section *a = pa, *b = pb;
	int order = (a->failures < b->failures) - (a->failures > b->failures);
	if (!order)
		order = strcmp(a->groups[0]->item.section, b->groups[0]->item.section);
	return order ? order : (a->port > b->port) - (a->port < b->port);
}

/* What a port of this host needs, and whether that is for that port only. */
static bool weakens(const struct report_group *g)
{
	return strstr(g->item.keys, "Until = ") != NULL;
}

/* Does the log know another port of that host that needs something else, or that a weakening would fall on? */
static bool ports_differ(const struct report *r, struct report_group *const *groups, size_t n)
{
	bool differ = false, weakening = false;
	for (size_t i = 0; i < n; i++) {
		weakening = weakening || weakens(groups[i]);
		differ = differ || (groups[i]->item.port != groups[0]->item.port &&
				    groups[i]->item.keys != groups[0]->item.keys);
	}
	for (size_t i = 0; weakening && !differ && i < r->group_count; i++) {
		const struct report_item *item = &r->groups[i].item;
		differ = item->port && item->port != groups[0]->item.port &&
			 strcmp(item->host, groups[0]->item.host) == 0;
	}
	return differ;
}

/* One host's groups, which are in the order of their ports. */
static void add_host(const struct report *r, struct report_sections *s, size_t from, size_t n)
{
	const bool apart = ports_differ(r, &s->groups[from], n);
	for (size_t i = 0; i < n; i++) {
		struct report_group *g = s->groups[from + i];
		if (!i || (apart && g->item.port != s->groups[from + i - 1]->item.port)) {
			s->list[s->count].groups = &s->groups[from + i];
			s->list[s->count++].port = apart ? g->item.port : 0;
		}
		s->list[s->count - 1].count++;
		s->list[s->count - 1].failures += g->count;
	}
}

static int compare_counts(const void *pa, const void *pb)
{
	const struct report_group *a = *(struct report_group *const *)pa,
				  *b = *(struct report_group *const *)pb;
	return (a > b) - (a < b);
}

void report_sections_make(struct report *r, struct report_sections *s)
{
	size_t n = 0;
	memset(s, 0, sizeof *s);
	s->groups = checked(calloc(r->group_count + 1, sizeof *s->groups));
	s->list = checked(calloc(r->group_count + 1, sizeof *s->list));
	s->claims = checked(json_object());
	for (size_t i = 0; i < r->group_count; i++)
		if (*r->groups[i].item.section)
			s->groups[n++] = &r->groups[i];
	if (n)
		qsort(s->groups, n, sizeof(struct report_group *), compare_names);
	for (size_t from = 0, i = 1; i <= n; i++)
		if (i == n || s->groups[i]->item.section != s->groups[from]->item.section) {
			add_host(r, s, from, i - from);
			from = i;
		}
	for (size_t i = 0; i < s->count; i++)
		qsort(s->list[i].groups, s->list[i].count, sizeof(struct report_group *),
		      compare_counts);
	if (s->count)
		qsort(s->list, s->count, sizeof *s->list, compare_sections);
}

void report_section_name(const struct report_section *at, struct buf *out)
{
	const char *name = at->groups[0]->item.section;
	const bool v6 = at->port && strchr(name, ':');
	buf_strs(out, v6 ? "[" : "", name, v6 ? "]" : "", NULL);
	if (at->port) {
		buf_putc(out, ':');
		buf_uint(out, at->port);
	}
}

void report_sections_free(struct report_sections *s)
{
	json_decref(s->claims);
	free(s->groups);
	free(s->list);
}
