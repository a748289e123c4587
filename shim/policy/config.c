/* SPDX-License-Identifier: ISC
 *
 * The configuration file, line by line: sections, keys, comments. What it takes:
 *
 *  - lines end in LF or CR LF, the last one may lack it; a UTF-8 byte order mark in front is skipped;
 *    white space at both ends of a line, of a key and of a value does not count;
 *  - `#` starts a comment at the beginning of a line, and behind a header or a value when white space stands before it;
 *    not inside double quotes, and not in Reason, whose text may well name ticket #123;
 *  - a value that begins with `"` ends at the next `"`, with everything between taken as it is;
 *  - `[[::1]:443 *.x.example]` and `[::1]` are both headers: the outermost brackets belong to the header;
 *  - `Include = PATH` stands above the first section; what it names is read before the file itself;
 *  - a NUL byte, or invalid UTF-8 where a header or key should be, is no configuration: reading stops there,
 *    and the section that it falls into is dropped.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/config_files.h>
#include "internal.h"

struct slice {
	const char *s;
	size_t n;
};

static struct slice trim(struct slice t)
{
	while (t.n > 0 && ascii_is_space(*t.s)) {
		t.s++;
		t.n--;
	}
	while (t.n > 0 && ascii_is_space(t.s[t.n - 1]))
		t.n--;
	return t;
}

static struct slice strip_comment(struct slice t)
{
	for (size_t i = 1; i < t.n; i++) {
		if (t.s[i] == '#' && ascii_is_space(t.s[i - 1]))
			t.n = i;
	}
	return trim(t);
}

static bool is_utf8(struct slice t)
{
	while (t.n > 0) {
		size_t length = utf8_length(t.s, t.n, NULL);
		if (length == 0)
			return false;
		t.s += length;
		t.n -= length;
	}
	return true;
}

/* ---- headers ------------------------------------------------------------------------------------ */

/* A header that does not end in ']'; `close`: its last ']', or NULL. */
static void explain_header(struct buf *b, struct slice t, const char *close)
{
	struct slice rest = {t.s + t.n, 0};
	if (close)
		rest = trim((struct slice){close + 1, (size_t)(t.s + t.n - close - 1)});
	quote(b, t.s, t.n);
	if (!close || (t.s[1] == '[' && memchr(t.s, ']', t.n) == close)) {
		buf_puts(b, " has no ']' at its end; write ");
		escape_text(b, t.s, t.n, QUOTE_MAX);
		buf_putc(b, ']');
	} else if (*rest.s == ':') {
		bool v6 = memchr(t.s, ':', (size_t)(close - t.s)) != NULL;
		buf_puts(b, " has its port outside the section's brackets; write [");
		escape_text(b, v6 ? t.s : t.s + 1, (size_t)(close - t.s) - (v6 ? 0 : 1), QUOTE_MAX);
		buf_puts(b, v6 ? "]" : "");
		escape_text(b, rest.s, rest.n, 8);
		buf_putc(b, ']');
	} else {
		buf_puts(b, " has text behind its ']'; write keys on lines of their own, comments "
			    "behind ' #'");
	}
}

static void read_header(struct parser *p, struct slice t)
{
	t = strip_comment(t);
	section_end(p);
	if (t.n >= 2 && t.s[t.n - 1] == ']') {
		section_begin(p, t.s + 1, t.n - 2);
		return;
	}
	/* the keys below belong to whatever was meant, not to the section above */
	const char *close = memrchr(t.s, ']', t.n);
	memset(&p->draft, 0, sizeof p->draft);
	p->draft.open = true;
	p->draft.line = p->line;
	explain_header(message_begin(p), t, close);
	section_fail(p, p->line);
	/* only for what it closes */
	p->draft.header = t.s + 1;
	p->draft.header_length = close && close > t.s ? (size_t)(close - t.s) - 1 : t.n - 1;
}

/* ---- keys and values ------------------------------------------------------------------------------ */

/* Text before the first section. Said once: a whole file may be none of ours. */
static void read_orphan(struct parser *p, struct slice t)
{
	static const char pem[] = "-----BEGIN ";
	struct buf *b = message_begin(p);
	p->bad = true;
	if (p->orphan_reported)
		return;
	p->orphan_reported = true;
	quote(b, t.s, t.n);
	if (t.n > sizeof pem && memcmp(t.s, pem, sizeof pem - 1) == 0)
		buf_puts(b, " begins a PEM file, not a configuration; write [HOST] and, below it, "
			    "ExtraCAFile = FILE into a file of its own");
	else
		buf_puts(b, " stands before the first section; write [HOST] on a line above it, or "
			    "[*] for every "
			    "host");
	message_send(p, CONFIG_ERROR, p->line);
}

static void read_keyless(struct parser *p, struct slice t)
{
	struct buf *b = message_begin(p);
	size_t n = 0;
	while (n < t.n && !ascii_is_space(t.s[n]) && t.s[n] != ':')
		n++;
	int key = key_find(t.s, n);
	quote(b, t.s, t.n);
	if (key >= 0)
		buf_strs(b, " has no '='; write ", key_table[key].name, " = VALUE", NULL);
	else if (t.s[0] == ';' || t.s[0] == '/')
		buf_puts(b, " is neither section nor key; write # in front of a comment");
	else
		buf_puts(b, " is neither section nor key; write [HOST], KEY = VALUE, or # in front "
			    "of a comment");
	section_fail(p, p->line);
}

/* What stands behind the '='. False: a message is ready. */
static bool cut_value(struct parser *p, int key, struct slice *t)
{
	bool text = key_table[key].syntax == SYNTAX_TEXT;
	struct slice whole = trim(*t), rest;
	if (whole.n == 0 || *whole.s != '"') {
		*t = text ? whole : strip_comment(*t);
		return true;
	}
	const char *close = memchr(whole.s + 1, '"', whole.n - 1);
	if (!close) {
		struct buf *b = message_begin(p);
		buf_strs(b, key_table[key].name, " = ", NULL);
		quote(b, whole.s, whole.n);
		buf_puts(b,
			 " has no closing quote; write \"...\" on one line, or no quotes at all");
		return false;
	}
	rest = (struct slice){close + 1, (size_t)(whole.s + whole.n - close - 1)};
	*t = (struct slice){whole.s + 1, (size_t)(close - whole.s - 1)};
	if (rest.n == 0 || (ascii_is_space(*rest.s) && *trim(rest).s == '#'))
		return true;
	buf_strs(message_begin(p), key_table[key].name,
		 " has text behind the closing quote: ", NULL);
	quote(&p->message, rest.s, rest.n);
	buf_puts(&p->message, "; write the whole value inside the quotes, or none of it");
	return false;
}

/* What it names is a source of its own; here only its form counts. */
static void read_include(struct parser *p, struct slice rest)
{
	const char *path;
	size_t n;
	if (p->draft.open) {
		buf_puts(message_begin(p), "Include stands in a section; write it above the first "
					   "[HOST] of the file");
		section_fail(p, p->line);
	} else if (!include_value(rest.s, rest.s + rest.n, &path, &n)) {
		buf_puts(message_begin(p), "Include names no file; write Include = FILE, or "
					   "Include = FOLDER/ for the *.conf in it");
		p->bad = true;
		message_send(p, CONFIG_ERROR, p->line);
	}
}

static void read_key(struct parser *p, struct slice name, struct slice rest)
{
	struct value v = {0};
	int key = key_find(name.s, name.n);
	if (name.n == 0) {
		buf_puts(message_begin(p), "no key before '='; write KEY = VALUE");
		section_fail(p, p->line);
	} else if (key < 0) {
		key_explain_unknown(name.s, name.n, message_begin(p));
		section_fail(p, p->line);
	} else if (!cut_value(p, key, &rest)) {
		section_fail(p, p->line);
	} else {
		v.text = rest.s;
		v.length = rest.n;
		section_key(p, key, &v);
	}
}

/* ---- lines -------------------------------------------------------------------------------------------- */

/* False: what stands here is no text of ours, stop reading. */
static bool read_line(struct parser *p, struct slice line)
{
	struct slice t = trim(line), name, value = {t.s + t.n, 0};
	if (memchr(line.s, '\0', line.n))
		return false;
	if (t.n == 0 || *t.s == '#')
		return true;
	if (*t.s == '[') {
		if (!is_utf8(t))
			return false;
		read_header(p, t);
		return true;
	}
	const char *equals = memchr(t.s, '=', t.n);
	name = trim((struct slice){t.s, equals ? (size_t)(equals - t.s) : t.n});
	if (!is_utf8(name))
		return false;
	if (equals)
		value = (struct slice){equals + 1, (size_t)(t.s + t.n - equals - 1)};
	if (p->draft.open)
		section_names(p, name.s, name.n, value.s, value.n);
	if (equals && include_is_key(name.s, name.n))
		read_include(p, value);
	else if (!p->draft.open)
		read_orphan(p, t);
	else if (p->draft.bad && !p->advice)
		return true;
	else if (!equals)
		read_keyless(p, t);
	else
		read_key(p, name, value);
	return true;
}

static void fail_junk(struct parser *p, struct slice line)
{
	struct buf *b = message_begin(p);
	bool nul = memchr(line.s, '\0', line.n) != NULL;
	buf_puts(b, nul ? "binary data (a NUL byte)" : "binary data (no UTF-8)");
	buf_puts(b,
		 p->line == 1
		     ? ", so this is no configuration; write a plain text file of [HOST] sections"
		     : ", so nothing from here on is read; write plain UTF-8 text");
	if (!p->draft.open) {
		p->bad = true;
		message_send(p, CONFIG_ERROR, p->line);
		return;
	}
	p->draft.bad = false; /* this message counts, whatever came before */
	section_fail(p, p->line);
}

static bool is_utf16(const struct config_source *source)
{
	return source->length >= 2 && (memcmp(source->text, "\xff\xfe", 2) == 0 ||
				       memcmp(source->text, "\xfe\xff", 2) == 0);
}

static void read_file(struct parser *p)
{
	const char *s = p->source->text, *end = s + p->source->length;
	if (is_utf16(p->source)) {
		buf_puts(message_begin(p), "the file is in UTF-16; write it in UTF-8");
		p->bad = true;
		message_send(p, CONFIG_ERROR, 1);
		return;
	}
	if (end - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (s < end && !p->policy->failed) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		struct slice line = {s, (size_t)((newline ? newline : end) - s)};
		p->line++;
		if (!read_line(p, line)) {
			fail_junk(p, line);
			break;
		}
		s = newline ? newline + 1 : end;
	}
	section_end(p);
}

/* ---- sources ----------------------------------------------------------------------------------------- */

static void fail_size(struct parser *p)
{
	struct buf *b = message_begin(p);
	buf_puts(b, "is ");
	buf_uint(b, p->source->length);
	buf_puts(b, " bytes; the limit is ");
	buf_uint(b, CONFIG_MAX_BYTES);
	buf_puts(b, "; write *.suffix or a CIDR block instead of single hosts, or several files: "
		    "TLSMEND_CONFIG=FILE:FILE");
	p->bad = true;
	message_send(p, CONFIG_ERROR, 0);
}

static void read_source(struct parser *p, const struct config_source *source)
{
	p->source = source;
	p->source_name = table_intern(p->policy, source->name, strlen(source->name));
	p->shown = p->omitted = p->line = 0;
	p->omitted_error = p->orphan_reported = false;
	memset(&p->draft, 0, sizeof p->draft);
	if (p->policy->failed)
		return;
	if (source->length > CONFIG_MAX_BYTES)
		fail_size(p);
	else if (source->length == 0)
		return;
	else if (source->kind == SOURCE_FILE)
		read_file(p);
	else
		environment_source_read(p);
	message_summary(p);
}

/* Environment sources last, whatever their place in the array: later wins. */
static void read_sources(struct parser *p, const struct config_source *sources, size_t count)
{
	for (unsigned environment = 0; environment < 2; environment++) {
		for (size_t i = 0; i < count; i++) {
			if ((sources[i].kind != SOURCE_FILE) == environment)
				read_source(p, &sources[i]);
		}
	}
	if (p->advice)
		advise_shadowed(p);
	table_intern_done(p->policy);
}

static struct policy *parse(const struct config_source *sources, size_t count, bool advice,
			    config_report *report, void *arg, bool *bad)
{
	struct parser *p = calloc(1, sizeof *p);
	struct policy *policy = p ? table_new() : NULL;
	if (policy) {
		p->policy = policy;
		p->advice = advice;
		p->report = report;
		p->arg = arg;
		p->now = advice ? clock_realtime_ms() / 1000 : 0;
		buf_init(&p->message, MESSAGE_MAX);
		read_sources(p, sources, count);
		buf_free(&p->message);
		if (bad)
			*bad = p->bad;
		if (policy->failed) {
			policy_free(policy);
			policy = NULL;
		}
	}
	free(p);
	return policy;
}

struct policy *policy_parse(const struct config_source *sources, size_t count, bool advice,
			    config_report *report, void *arg, bool *bad)
{
	struct policy *policy;
	size_t length = 0;
	if (bad)
		*bad = false;
	for (size_t i = 0; i < count; i++)
		length += sources[i].length;
	KEEP_ERRNO_BEGIN
	/* most processes have no rules */
	policy = length ? parse(sources, count, advice, report, arg, bad) : table_new();
	KEEP_ERRNO_END
	return policy;
}
