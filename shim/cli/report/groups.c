/* SPDX-License-Identifier: ISC
 *
 * Groups of equal records, in bounded memory: REPORT_GROUPS_MOST of them, and REPORT_NAMES_MOST bytes of strings. What comes
 * after that is counted together, and groups that are there go on counting.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { TABLE_SIZE = 1 << 18, NAMES_SIZE = 1 << 20, NAMES_FULL = NAMES_SIZE / 4 * 3 };

void report_init(struct report *r)
{
	memset(r, 0, sizeof *r);
	r->first = r->last = r->since = INT64_MIN;
	r->group_table = checked(calloc(TABLE_SIZE, sizeof *r->group_table));
	r->names = checked(calloc(NAMES_SIZE, sizeof *r->names));
}

void report_free(struct report *r)
{
	for (size_t i = 0; i < SKIP_KINDS; i++)
		free(r->skipped[i].file);
	free(r->groups);
	free(r->group_table);
	free(r->names);
	arena_free(&r->arena);
}

void report_skip(struct report *r, enum report_skip kind, const char *file, uint64_t number)
{
	struct report_skipped *s = &r->skipped[kind];
	if (s->count++)
		return;
	s->file = copy_string(file);
	s->line = number;
}

/* Seeded by the process's own addresses, so that no log can aim at one place of the table. */
static uint64_t hash_string(const char *s)
{
	static const char anchor;
	const uint64_t seed = HASH_SEED ^ (uint64_t)(uintptr_t)&anchor * 0x9e3779b97f4a7c15u;
	const uint64_t hash = hash_bytes(seed, s, strlen(s));
	return hash ^ hash >> 29;
}

/* NULL: not there, and no room for it. */
static const char *intern(struct report *r, const char *s)
{
	const size_t n = strlen(s) + 1;
	for (size_t at = hash_string(s) % NAMES_SIZE;; at = (at + 1) % NAMES_SIZE) {
		if (r->names[at]) {
			if (strcmp(r->names[at], s) == 0)
				return r->names[at];
			continue;
		}
		if (r->name_count >= NAMES_FULL || n > REPORT_NAMES_MOST - r->name_bytes)
			return NULL;
		r->name_count++;
		r->name_bytes += n;
		return r->names[at] = checked(arena_strdup(&r->arena, s));
	}
}

static bool intern_each(struct report *r, const char **const strings[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *kept = intern(r, *strings[i]);
		if (!kept)
			return false;
		*strings[i] = kept;
	}
	return true;
}

/* What tells groups apart. */
static bool intern_key(struct report *r, struct report_item *item)
{
	const char **const strings[] = {&item->cause, &item->host, &item->program, &item->text};
	return intern_each(r, strings, ARRAY_LENGTH(strings));
}

static bool intern_help(struct report *r, struct report_item *item)
{
	const char **const strings[] = {&item->before, &item->section, &item->keys, &item->after};
	if (intern_each(r, strings, ARRAY_LENGTH(strings)))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(strings); i++)
		*strings[i] = "";
	return false;
}

static bool same(const struct report_item *a, const struct report_item *b)
{
	return a->event == b->event && a->cause == b->cause && a->host == b->host &&
	       a->port == b->port && a->program == b->program && a->text == b->text;
}

static uint64_t hash_item(const struct report_item *i)
{
	const uintptr_t parts[] = {(uintptr_t)i->event,   i->port,
				   (uintptr_t)i->cause,   (uintptr_t)i->host,
				   (uintptr_t)i->program, (uintptr_t)i->text};
	const uint64_t hash = hash_bytes(HASH_SEED, parts, sizeof parts);
	return hash ^ hash >> 29;
}

static struct report_group *new_group(struct report *r, const struct report_item *item)
{
	if (r->group_count == r->group_room) {
		r->group_room = r->group_room ? r->group_room * 2 : 256;
		r->groups = checked(realloc(r->groups, r->group_room * sizeof *r->groups));
	}
	struct report_group *g = &r->groups[r->group_count++];
	*g = (struct report_group){*item, 0, INT64_MIN, INT64_MIN};
	g->item.before = g->item.section = g->item.keys = g->item.after = "";
	return g;
}

static struct report_group *find(struct report *r, const struct report_item *item)
{
	for (size_t at = hash_item(item) % TABLE_SIZE;; at = (at + 1) % TABLE_SIZE) {
		const uint32_t index = r->group_table[at];
		if (index && same(&r->groups[index - 1].item, item))
			return &r->groups[index - 1];
		if (index)
			continue;
		if (r->group_count == REPORT_GROUPS_MOST)
			return NULL;
		r->group_table[at] = (uint32_t)r->group_count + 1;
		return new_group(r, item);
	}
}

static void widen(int64_t *first, int64_t *last, int64_t when)
{
	if (when == INT64_MIN)
		return;
	if (*first == INT64_MIN || when < *first)
		*first = when;
	if (*last == INT64_MIN || when > *last)
		*last = when;
}

void report_add(struct report *r, const struct report_item *item, int64_t time_ms, uint64_t count)
{
	struct report_item kept = *item;
	struct report_group *g = intern_key(r, &kept) ? find(r, &kept) : NULL;
	widen(&r->first, &r->last, time_ms);
	if (item->kind == REPORT_FAILURE || item->kind == REPORT_FILE)
		r->failures += count;
	if (!g) {
		r->rest_records++;
		r->rest_count += count;
		return;
	}
	/* The latest help counts: dates in it, and what was tried, grow old. A record of repetitions has none. */
	const bool helps = *kept.before || *kept.section || *kept.after || !g->count;
	if (time_ms >= g->last && helps && (intern_help(r, &kept) || !g->count))
		g->item = kept;
	g->count += count;
	widen(&g->first, &g->last, time_ms);
}

static int compare_groups(const void *pa, const void *pb)
{
	const struct report_group *a = pa, *b = pb;
	int order = (a->count < b->count) - (a->count > b->count);
	if (!order)
		order = (a->last < b->last) - (a->last > b->last);
	if (!order)
		order = strcmp(a->item.cause, b->item.cause);
	if (!order)
		order = strcmp(a->item.host, b->item.host);
	if (!order)
		order = (a->item.port > b->item.port) - (a->item.port < b->item.port);
	if (!order)
		order = strcmp(a->item.program, b->item.program);
	return order ? order : strcmp(a->item.text, b->item.text);
}

void report_sort(struct report *r)
{
	if (r->group_count)
		qsort(r->groups, r->group_count, sizeof *r->groups, compare_groups);
}

void report_peer(const struct report_item *item, struct buf *out)
{
	const bool brackets = item->port && strchr(item->host, ':');
	buf_strs(out, brackets ? "[" : "", *item->host ? item->host : "-", brackets ? "]" : "",
		 NULL);
	if (item->port) {
		buf_putc(out, ':');
		buf_uint(out, item->port);
	}
}
