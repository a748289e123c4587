/* SPDX-License-Identifier: ISC
 *
 * What a record says of a rule: which keys, where they stand, until when.
 */
#include "rule_text.h"

static const char *take_text(struct arena *a, struct buf *b)
{
	const char *text = b->len ? arena_strdup(a, buf_str(b)) : NULL;
	buf_free(b);
	return text;
}

static void put_place(struct buf *b, const struct setting *s)
{
	buf_puts(b, s->section->source);
	if (s->line) {
		buf_putc(b, ':');
		buf_uint(b, s->line);
	}
	buf_strs(b, " [", s->pattern, "]", NULL);
}

const char *setting_place(struct arena *a, const struct setting *s)
{
	struct buf b;
	buf_init(&b, 512);
	put_place(&b, s);
	return take_text(a, &b);
}

const char *setting_text(struct arena *a, const struct setting *s)
{
	struct buf b;
	buf_init(&b, 512);
	put_place(&b, s);
	buf_strs(&b, " ", key_table[s->key].name, NULL);
	return take_text(a, &b);
}

/* "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile, MinProtocol" */
const char *rule_text(struct arena *a, const struct rule *rule)
{
	struct buf b;
	const struct section *last = NULL;
	if (rule->count == 0 && !rule->closed)
		return NULL;
	buf_init(&b, 512);
	for (int k = -1; k < KEY_COUNT; k++) {
		const struct setting *s = k < 0 ? rule->closed : rule->set[k];
		if (!s || k == KEY_REASON || k == KEY_UNTIL)
			continue;
		if (s->section != last) {
			buf_puts(&b, b.len ? "; " : "");
			buf_puts(&b, s->section->source);
			if (s->section->line) {
				buf_putc(&b, ':');
				buf_uint(&b, s->section->line);
			}
			buf_strs(&b, " [", s->pattern, "] ", NULL);
			last = s->section;
		} else {
			buf_puts(&b, ", ");
		}
		buf_puts(&b, key_table[s->key].name);
	}
	const char *text = b.len ? arena_strdup(a, buf_str(&b)) : NULL;
	buf_free(&b);
	return text;
}

/* "MinProtocol = TLSv1 of /etc/tlsmend.conf:7 [old.example] counted until 2026-01-31" */
const char *expired_text(struct arena *a, const struct rule *rule)
{
	const struct setting *s = rule->expired;
	struct buf b;
	if (!s)
		return NULL;
	buf_init(&b, 1024);
	buf_strs(&b, key_table[s->key].name, " = ", s->value, " of ", NULL);
	put_place(&b, s);
	buf_strs(&b, " counted until ", s->section->until_text, NULL);
	return take_text(a, &b);
}
