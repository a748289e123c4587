/* SPDX-License-Identifier: ISC
 *
 * One section while it is read. It goes into the table at its end, as a whole or not at all: half of a section
 * could be the half that weakens.
 */
#include <string.h>

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

void section_check_pairs(struct parser *p)
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
