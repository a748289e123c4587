/* SPDX-License-Identifier: ISC
 *
 * Failures that no rule mends: who has to act.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

static int compare_help(const void *pa, const void *pb)
{
	const struct report_group *a = *(struct report_group *const *)pa,
				  *b = *(struct report_group *const *)pb;
	int order = strcmp(a->item.cause, b->item.cause);
	if (!order)
		order = strcmp(a->item.before, b->item.before);
	return order ? order : (a > b) - (a < b);
}

static int compare_actors(const void *pa, const void *pb)
{
	const struct report_actor *a = pa, *b = pb;
	int order = (a->failures < b->failures) - (a->failures > b->failures);
	if (!order)
		order = strcmp(a->cause, b->cause);
	return order ? order : strcmp(a->help, b->help);
}

void report_actors_make(struct report *r, struct report_actors *a)
{
	size_t n = 0;
	memset(a, 0, sizeof *a);
	a->groups = checked(calloc(r->group_count + 1, sizeof *a->groups));
	a->list = checked(calloc(r->group_count + 1, sizeof *a->list));
	for (size_t i = 0; i < r->group_count; i++) {
		const struct report_item *item = &r->groups[i].item;
		if ((item->kind == REPORT_FAILURE || item->kind == REPORT_FILE) && !*item->section)
			a->groups[n++] = &r->groups[i];
	}
	if (n)
		qsort(a->groups, n, sizeof(struct report_group *), compare_help);
	for (size_t i = 0; i < n; i++) {
		const struct report_item *item = &a->groups[i]->item;
		if (!i || item->cause != a->groups[i - 1]->item.cause ||
		    item->before != a->groups[i - 1]->item.before)
			a->list[a->count++] =
			    (struct report_actor){item->cause, item->before, &a->groups[i], 0, 0};
		a->list[a->count - 1].count++;
		a->list[a->count - 1].failures += a->groups[i]->count;
	}
	if (a->count)
		qsort(a->list, a->count, sizeof *a->list, compare_actors);
}

void report_actors_free(struct report_actors *a)
{
	free(a->groups);
	free(a->list);
}

/* The paragraph "Who can mend it: ..." of the long text, which every cause has. */
static const char *long_text(const char *word)
{
	static const char begin[] = "Who can mend it: ";
	const enum cause cause = cause_by_word(word);
	const char *text = cause == CAUSE_NONE ? NULL : strstr(cause_text(cause), begin);
	return text ? text + sizeof begin - 1 : "look into the records themselves";
}

void report_actor_help(const struct report_actor *a, struct buf *out)
{
	enum { HELP_BYTES = 1000 };
	const bool own = *a->help != '\0';
	const char *text = own ? a->help : long_text(a->cause);
	const char *end = own ? NULL : strstr(text, "\n\n");
	struct buf line;
	buf_init(&line, 0);
	for (const char *s = text; *s && s != end; s++) {
		if (*s != '\n')
			buf_putc(&line, *s);
		else if (s[1] && s + 1 != end)
			buf_puts(&line, own ? "; " : " ");
	}
	escape_text(out, buf_str(&line), line.len, HELP_BYTES);
	buf_free(&line);
}
