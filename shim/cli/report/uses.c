/* SPDX-License-Identifier: ISC
 *
 * Where rules are used: how often, by how many rules, at how many hosts, in how many programs.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

static int compare_pointers(const void *a, const void *b)
{
	const uintptr_t x = (uintptr_t) * (const char *const *)a,
			y = (uintptr_t) * (const char *const *)b;
	return (x > y) - (x < y);
}

/* Strings of groups are interned: equal ones are one pointer. */
static size_t distinct(const char **list, size_t n)
{
	size_t count = 0;
	if (n)
		qsort(list, n, sizeof *list, compare_pointers);
	for (size_t i = 0; i < n; i++)
		count += *list[i] && (i == 0 || list[i] != list[i - 1]);
	return count;
}

static const char *part_of(const struct report_item *item, unsigned which)
{
	return which == 0 ? item->text : which == 1 ? item->host : item->program;
}

void report_uses_count(const struct report *r, enum report_kind kind, struct report_uses *u)
{
	size_t *const counts[] = {&u->rules, &u->hosts, &u->programs};
	const char **list = checked(calloc(r->group_count + 1, sizeof *list));
	memset(u, 0, sizeof *u);
	for (size_t i = 0; i < r->group_count; i++)
		u->count += r->groups[i].item.kind == kind ? r->groups[i].count : 0;
	for (unsigned which = 0; which < ARRAY_LENGTH(counts); which++) {
		size_t n = 0;
		for (size_t i = 0; i < r->group_count; i++)
			if (r->groups[i].item.kind == kind)
				list[n++] = part_of(&r->groups[i].item, which);
		*counts[which] = distinct(list, n);
	}
	free(list);
}
