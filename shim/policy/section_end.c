/* SPDX-License-Identifier: ISC
 *
 * A section that was read, into the table; one with an error that names strengthening keys closes its hosts.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/config_files.h>
#include "internal.h"

static const char *intern_value(struct policy *policy, const struct value *v)
{
	return !v->text ? "" : table_intern(policy, v->text, v->length);
}

/* Relative to the file that names it. */
static const char *intern_path(struct parser *p, const struct value *v)
{
	const char *whole = NULL;
	if (!v->text || *v->text == '/')
		return intern_value(p->policy, v);
	char *path = include_resolve(p->source_name, v->text, v->length);
	if (path)
		whole = table_intern(p->policy, path, strlen(path));
	else
		p->policy->failed = true;
	free(path);
	return whole;
}

/* As written, but no longer than a log line can bear. */
static const char *intern_header(struct policy *policy, const struct draft *d)
{
	char cut[HEADER_MAX + 1];
	if (d->header_length <= HEADER_MAX)
		return table_intern(policy, d->header, d->header_length);
	memcpy(cut, d->header, HEADER_MAX - 3);
	memcpy(cut + HEADER_MAX - 3, "...", 3);
	return table_intern(policy, cut, HEADER_MAX);
}

static struct kept_section *make_section(struct parser *p, uint32_t keys)
{
	struct draft *d = &p->draft;
	struct kept_section *kept = arena_alloc(&p->policy->arena, sizeof *kept);
	if (!kept) {
		p->policy->failed = true;
		return NULL;
	}
	kept->keys = keys;
	kept->count = (unsigned)__builtin_popcount(keys);
	kept->section.source = p->source_name;
	kept->section.line = d->line;
	kept->section.header = intern_header(p->policy, d);
	kept->section.dry = d->dry;
	kept->section.until = INT64_MAX;
	if (draft_has(d, KEY_REASON))
		kept->section.reason = intern_value(p->policy, &d->values[KEY_REASON]);
	if (draft_has(d, KEY_UNTIL)) {
		kept->section.until = d->values[KEY_UNTIL].until;
		memcpy(kept->section.until_text, d->values[KEY_UNTIL].text, 10);
	}
	return kept;
}

static uint32_t settings_of(const struct draft *d)
{
	uint32_t keys = 0;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if (draft_has(d, (enum key)key) && key_table[key].effect != GOVERNS)
			keys |= UINT32_C(1) << key;
	}
	return keys;
}

/* The settings of the section under one pattern. */
static bool fill_entries(struct parser *p, struct kept_section *kept, const char *pattern, bool any,
			 struct entry *e)
{
	const struct draft *d = &p->draft;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		struct setting *s = &e->setting;
		if ((kept->keys >> key & 1) == 0)
			continue;
		s->key = (enum key)key;
		s->value = key_table[key].syntax == SYNTAX_PATH
			       ? intern_path(p, &d->values[key])
			       : intern_value(p->policy, &d->values[key]);
		s->protocol = d->values[key].protocol;
		s->number = d->values[key].number;
		s->weakening = d->values[key].weakening;
		s->any_host = any;
		s->pattern = pattern;
		s->line = kept->section.closed ? d->strict_lines[key] : d->lines[key];
		s->section = &kept->section;
		e->order = p->policy->orders;
		e++;
	}
	return !p->policy->failed;
}

static bool add_pattern(struct parser *p, struct kept_section *kept, const char *word, size_t n)
{
	const char *text = table_intern(p->policy, word, n);
	struct pattern pattern;
	if (!text || !pattern_parse(text, n, &pattern, NULL))
		return false;
	struct node *node = table_node(p->policy, &pattern);
	if (!node)
		return false;
	if (node->last == &kept->section) {
		if (p->advice)
			advise_duplicate(p, text);
		return true;
	}
	node->last = &kept->section;
	if (p->advice && !kept->section.closed)
		advise_pattern(p, text, &pattern);
	kept->total += kept->count;
	struct entry *entries = arena_alloc(&p->policy->arena, kept->count * sizeof *entries);
	if (!entries || !fill_entries(p, kept, text, pattern_is_any(&pattern), entries))
		return false;
	if (!kept->entries)
		kept->entries = entries;
	for (unsigned i = 0; i < kept->count; i++) {
		const struct entry *older = table_add(p->policy, node, &entries[i]);
		if (older && p->advice && !kept->section.closed && !kept->section.dry &&
		    !older->setting.section->closed && !older->setting.section->dry)
			advise_overridden(p, &entries[i], older);
	}
	return true;
}

static void keep(struct parser *p, uint32_t keys)
{
	struct draft *d = &p->draft;
	const char *s = d->header, *word;
	struct kept_section *kept = make_section(p, keys);
	size_t n;
	p->policy->orders++;
	while (kept && (word = next_word(&s, d->header + d->header_length, &n)) != NULL) {
		if (!add_pattern(p, kept, word, n)) {
			p->policy->failed = true;
			return;
		}
	}
	if (kept)
		table_keep(p->policy, kept);
}

/* What is left of a section with an error that names strengthening keys: its hosts are closed, they are not left without
 * those keys (tlsmend.conf(5)). A section that is too large for the table closes for every host. */
static void keep_closed(struct parser *p)
{
	struct draft *d = &p->draft;
	const char *s = d->header, *word;
	struct kept_section *kept = make_section(p, d->strict);
	const bool large = d->patterns > (MAX_SETTINGS - p->policy->setting_count) / KEY_COUNT;
	struct pattern pattern;
	size_t n;
	p->policy->orders++;
	if (!kept)
		return;
	kept->section.closed = true;
	if (d->fault[0] != '\0')
		kept->section.fault =
		    arena_strndup(&p->policy->arena, d->fault, strnlen(d->fault, FAULT_MAX - 1));
	if (p->advice && d->header_length > 0)
		advise_closed(p);
	if (large && !add_pattern(p, kept, "*", 1))
		p->policy->failed = true;
	while (!large && (word = next_word(&s, d->header + d->header_length, &n)) != NULL) {
		/* which host a pattern that is none was to name, nobody knows */
		if (pattern_parse(word, n, &pattern, NULL) && !add_pattern(p, kept, word, n)) {
			p->policy->failed = true;
			return;
		}
	}
}

static bool fits(struct parser *p, uint32_t keys)
{
	const unsigned count = (unsigned)__builtin_popcount(keys);
	const struct draft *d = &p->draft;
	if (d->patterns <= (MAX_SETTINGS - p->policy->setting_count) / count)
		return true;
	struct buf *b = message_begin(p);
	buf_puts(b, "more than ");
	buf_uint(b, MAX_SETTINGS);
	buf_puts(b, " settings (keys times patterns); write *.suffix or a CIDR block instead of "
		    "single hosts");
	section_fail(p, d->line);
	return false;
}

void section_end(struct parser *p)
{
	struct draft *d = &p->draft;
	const uint32_t keys = settings_of(d);
	if (!d->open || p->policy->failed)
		return;
	if (!d->bad || p->advice)
		section_check_pairs(p);
	if (!d->bad && p->advice)
		advise_section(p, (unsigned)__builtin_popcount(keys));
	if (!d->bad && keys != 0 && fits(p, keys))
		keep(p, keys);
	if (d->bad && d->strict != 0 && !d->dry)
		keep_closed(p);
	d->open = false;
}
