/* SPDX-License-Identifier: ISC
 *
 * One section while it is read. It goes into the table at its end, as a whole or not at all: half of a section
 * could be the half that weakens.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/config_files.h>
#include "internal.h"

const char *next_word(const char **s, const char *end, size_t *n)
{
	const char *word = *s;
	while (word < end && ascii_is_space(*word))
		word++;
	*s = word;
	while (*s < end && !ascii_is_space(**s))
		(*s)++;
	*n = (size_t)(*s - word);
	return *n > 0 ? word : NULL;
}

/* For the record of a connection that the section closes. */
static void note_fault(struct draft *d, unsigned line, const struct buf *message)
{
	static const char begins[] = "its section has an error, line ";
	struct buf b;
	/* what is wrong; what to write says the message */
	const char *end = message->len > 0 ? strstr(buf_str(message), "; ") : NULL;
	const size_t length = end ? (size_t)(end - buf_str(message)) : message->len;
	size_t n = length < FAULT_MAX - 80 ? length : FAULT_MAX - 80;
	while (n < length && n > 0 && ((unsigned char)message->data[n] & 0xc0) == 0x80)
		n--;
	buf_init(&b, FAULT_MAX);
	buf_puts(&b, begins);
	buf_uint(&b, line);
	buf_puts(&b, ": ");
	buf_add(&b, message->data, n);
	buf_puts(&b, n < length ? "..." : "");
	if (!b.truncated)
		memcpy(d->fault, buf_str(&b), b.len + 1);
	buf_free(&b);
}

void section_fail(struct parser *p, unsigned line)
{
	struct draft *d = &p->draft;
	bool first = !d->bad;
	d->bad = true;
	p->bad = true;
	if (first)
		note_fault(d, line, &p->message);
	if (!first && !p->advice)
		return;
	if (first && p->source->kind == SOURCE_FILE && d->header_length == 0)
		buf_puts(&p->message, " (this section is dropped)");
	if (first && p->source->kind == SOURCE_FILE && d->header_length > 0) {
		buf_puts(&p->message, " (section [");
		escape_text(&p->message, d->header, d->header_length, QUOTE_MAX);
		buf_puts(&p->message, "] is dropped)");
	}
	message_send(p, CONFIG_ERROR, line);
}

void section_begin(struct parser *p, const char *header, size_t n)
{
	struct draft *d = &p->draft;
	const char *s = header, *word;
	size_t length;
	section_end(p);
	memset(d, 0, sizeof *d);
	d->open = true;
	d->line = p->line;
	d->header = header;
	d->header_length = n;
	while ((word = next_word(&s, header + n, &length)) != NULL) {
		struct pattern pattern;
		d->patterns++;
		if (!pattern_parse(word, length, &pattern, message_begin(p))) {
			section_fail(p, p->line);
		} else if (pattern_is_any(&pattern)) {
			d->any_host = word;
			d->any_host_length = length;
		}
	}
	if (d->patterns == 0 && p->source->kind == SOURCE_FILE) {
		buf_puts(message_begin(p),
			 "a section without a host; write [HOST], or [*] for every host");
		section_fail(p, p->line);
	}
}

static bool is_yes(const char *value, size_t n)
{
	size_t length;
	const char *word = next_word(&value, value + n, &length);
	if (word && length > 2 && word[0] == '"' && word[length - 1] == '"') {
		word++;
		length -= 2;
	}
	return word && length == 3 && name_equal(word, "yes", 3);
}

/* Does that line ask for a bound above what every client has by default? */
static bool is_high_bound(int key, const char *value, size_t n)
{
	size_t length;
	while (n > 0 && (ascii_is_space(*value) || *value == '"')) {
		value++;
		n--;
	}
	const char *word = next_word(&value, value + n, &length);
	if (key != KEY_MIN_PROTOCOL || !word)
		return false;
	return protocol_parse_slice(word, length - (word[length - 1] == '"')) > PROTOCOL_TLS1_2;
}

void section_names(struct parser *p, const char *name, size_t n, const char *value,
		   size_t value_length)
{
	struct draft *d = &p->draft;
	size_t word = 0;
	while (word < n && !ascii_is_space(name[word]) && name[word] != ':')
		word++;
	int key = key_find(name, n);
	if (key == KEY_DRY_RUN)
		d->dry = is_yes(value, value_length);
	if (key < 0 && p->guesses < GUESSES_MAX) { /* junk is not worth more */
		p->guesses++;
		key = key_meant(name, n);
		key = key >= 0 ? key : key_meant(name, word);
	}
	if (key < 0 ||
	    (key_table[key].effect != STRENGTHENS && !is_high_bound(key, value, value_length)))
		return;
	if ((d->strict >> key & 1) == 0)
		d->strict_lines[key] = p->line;
	d->strict |= UINT32_C(1) << key;
}

static bool fail_twice(struct parser *p, int key)
{
	struct buf *b = message_begin(p);
	buf_strs(b, key_table[key].name, " stands twice in this section, first on line ", NULL);
	buf_uint(b, p->draft.lines[key]);
	buf_puts(b, "; write it once");
	section_fail(p, p->line);
	return false;
}

/* Whoever holds a certificate for that one name could stand in for every host. */
static void fail_any_name(struct parser *p)
{
	buf_puts(message_begin(p),
		 "ExpectName is refused for every host: one certificate would do for all of "
		 "them; write it into a section that names the host");
	section_fail(p, p->line);
}

void section_key(struct parser *p, int key, struct value *v)
{
	struct draft *d = &p->draft;
	if (d->bad && !p->advice)
		return;
	if ((d->seen >> key & 1) != 0) {
		fail_twice(p, key);
		return;
	}
	v->in_file = p->source->kind == SOURCE_FILE;
	if (!value_check((enum key)key, v, message_begin(p))) {
		section_fail(p, p->line);
		return;
	}
	d->seen |= UINT32_C(1) << key;
	d->values[key] = *v;
	d->lines[key] = p->line;
	if (key == KEY_EXPECT_NAME && d->any_host)
		fail_any_name(p);
	if (v->weakening && d->any_host) {
		struct buf *b = message_begin(p);
		put_setting(b, key, v);
		buf_puts(b, " weakens, which is refused for every host");
		if (p->source->kind == SOURCE_FILE && *d->any_host != '*') {
			buf_puts(b, ", and a block of addresses as large as ");
			quote(b, d->any_host, d->any_host_length);
			buf_puts(b, " is as good as that");
		}
		buf_puts(b, "; ");
		buf_puts(b, p->source->kind == SOURCE_FILE
				? "write it into a section that names the hosts that need it"
				: "write the one HOST that needs it instead of *");
		section_fail(p, p->line);
	}
}

static unsigned later_line(const struct draft *d, enum key a, enum key b)
{
	return d->lines[a] > d->lines[b] ? d->lines[a] : d->lines[b];
}

/* What only means something beside a certificate. */
static void check_beside_certificate(struct parser *p, enum key key)
{
	const struct draft *d = &p->draft;
	if (!draft_has(d, key) || draft_has(d, KEY_CERTIFICATE))
		return;
	struct buf *b = message_begin(p);
	buf_strs(b, key_table[key].name, " without Certificate in the same section; write ",
		 "Certificate = FILE beside it",
		 key == KEY_PRIVATE_KEY ? ", with the certificate of this key" : "", NULL);
	section_fail(p, d->lines[key]);
}

static void check_pairs(struct parser *p)
{
	struct draft *d = &p->draft;
	check_beside_certificate(p, KEY_PRIVATE_KEY);
	check_beside_certificate(p, KEY_REPLACE_CERTIFICATE);
	if (draft_has(d, KEY_EXTRA_CA_FILE) && draft_has(d, KEY_ONLY_CA_FILE)) {
		buf_puts(
		    message_begin(p),
		    "ExtraCAFile and OnlyCAFile in one section contradict each other; write one of "
		    "them: OnlyCAFile where the client's own store is not to count");
		section_fail(p, later_line(d, KEY_EXTRA_CA_FILE, KEY_ONLY_CA_FILE));
	}
	if (draft_has(d, KEY_MIN_PROTOCOL) && draft_has(d, KEY_MAX_PROTOCOL) &&
	    d->values[KEY_MIN_PROTOCOL].protocol > d->values[KEY_MAX_PROTOCOL].protocol) {
		struct buf *b = message_begin(p);
		buf_strs(
		    b, "MinProtocol = ", protocol_name(d->values[KEY_MIN_PROTOCOL].protocol),
		    " is above MaxProtocol = ", protocol_name(d->values[KEY_MAX_PROTOCOL].protocol),
		    ", which leaves no version; write a MinProtocol that is not above it", NULL);
		section_fail(p, later_line(d, KEY_MIN_PROTOCOL, KEY_MAX_PROTOCOL));
	}
}

/* ---- into the table ----------------------------------------------------------------------------- */

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
		check_pairs(p);
	if (!d->bad && p->advice)
		advise_section(p, (unsigned)__builtin_popcount(keys));
	if (!d->bad && keys != 0 && fits(p, keys))
		keep(p, keys);
	if (d->bad && d->strict != 0 && !d->dry)
		keep_closed(p);
	d->open = false;
}
