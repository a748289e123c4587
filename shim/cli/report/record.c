/* SPDX-License-Identifier: ISC
 *
 * A line into what it says. Keys and their meaning: tlsmend(1), shim/record/json.c.
 */
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>

#include "report.h"

/* ---- the parser's memory -------------------------------------------------------------------------------- */
/* A line of 1 MiB that consists of empty objects becomes an amount of memory that no summary is worth. */
static size_t parser_bytes;

static void *limited_malloc(size_t n)
{
	void *p = n > REPORT_PARSER_MOST - parser_bytes ? NULL : malloc(n);
	if (p)
		parser_bytes += malloc_usable_size(p);
	if (parser_bytes > REPORT_PARSER_MOST) {
		parser_bytes -= malloc_usable_size(p);
		free(p);
		return NULL;
	}
	return p;
}

static void limited_free(void *p)
{
	if (p)
		parser_bytes -= malloc_usable_size(p);
	free(p);
}

void report_limit_parser(bool on)
{
	json_set_alloc_funcs(on ? limited_malloc : malloc, on ? limited_free : free);
}

/* ---- values ------------------------------------------------------------------------------------------------ */
enum {
	NAME_BYTES = 255,
	PROGRAM_BYTES = 64,
	CAUSE_BYTES = 48,
	LINE_BYTES = 400,
	HELP_BYTES = 2000
};

/* Strings of one item, all in one place. */
struct strings {
	struct arena arena;
};

/* A string of at most `most` bytes, cut between characters; a NUL inside, which only a certificate's name can have
 * brought, is shown as a question mark. */
static const char *bounded(struct strings *s, const char *text, size_t n, size_t most)
{
	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
	char *copy = checked(arena_alloc(&s->arena, n + 1));
	memcpy(copy, text, n);
	for (size_t i = 0; i < n; i++)
		if (!copy[i])
			copy[i] = '?';
	return copy;
}

static const char *string_of(struct strings *s, const json_t *value, size_t most)
{
	return json_is_string(value)
		   ? bounded(s, json_string_value(value), json_string_length(value), most)
		   : "";
}

static const char *member(struct strings *s, const json_t *o, const char *key, size_t most)
{
	return string_of(s, json_object_get(o, key), most);
}

/* "2026-11-21T21:09:56.123Z", and nothing else. INT64_MIN: something else. */
static int64_t time_of(const char *s)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";
	const size_t n = sizeof form - 1;
	unsigned v[23];
	if (strlen(s) != n)
		return INT64_MIN;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? !ascii_is_digit(s[i]) : s[i] != form[i])
			return INT64_MIN;
		else if (i < ARRAY_LENGTH(v))
			v[i] = (unsigned)(s[i] - '0');
	const struct civil_time t = {
	    .year = v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3],
	    .month = v[5] * 10 + v[6],
	    .day = v[8] * 10 + v[9],
	    .hour = v[11] * 10 + v[12],
	    .minute = v[14] * 10 + v[15],
	    .second = v[17] * 10 + v[18],
	};
	return civil_valid(&t) ? civil_to_unix(&t) * 1000 + v[20] * 100 + v[21] * 10 + v[22]
			       : INT64_MIN;
}

/* ---- notes with numbers -------------------------------------------------------------------------------------- */
static const char *number_at(const char *s, uint64_t *number)
{
	const size_t n = strspn(s, "0123456789");
	if (n < 1 || n > 10)
		return NULL;
	*number = strtoull(s, NULL, 10);
	return s + n;
}

/* "repeated 37 times in 60 s" (log/repeat.c): that many more than the record itself. 0: another note. */
static uint64_t repetitions(const char *note)
{
	uint64_t times, seconds;
	if (strncmp(note, "repeated ", 9) != 0)
		return 0;
	const char *rest = number_at(note + 9, &times);
	if (!rest || strncmp(rest, " times in ", 10) != 0)
		return 0;
	rest = number_at(rest + 10, &seconds);
	return rest && strcmp(rest, " s") == 0 ? times : 0;
}

/* "3 earlier records were lost, because ..."; at the end of a process without "earlier" (record/lost.c). */
static uint64_t lost_before(const char *note)
{
	uint64_t number;
	const char *rest = number_at(note, &number);
	if (rest && strncmp(rest, " earlier", 8) == 0)
		rest += 8;
	return rest && (strncmp(rest, " records were lost,", 19) == 0 ||
			strncmp(rest, " record was lost,", 17) == 0)
		   ? number
		   : 0;
}

static uint64_t count_of(struct strings *s, struct report *r, const json_t *o)
{
	const json_t *notes = json_object_get(o, "notes");
	uint64_t count = 1;
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = string_of(s, json_array_get(notes, i), LINE_BYTES);
		count += repetitions(note);
		r->lost += lost_before(note);
	}
	return count;
}

/* ---- help ---------------------------------------------------------------------------------------------------- */
static bool is_configuration(const char *line)
{
	return strncmp(line, "    ", 4) == 0;
}

/* A line of help has no newline; a forged one must not begin a line of its own. */
static void add_line(struct buf *b, char before, const char *line)
{
	if (b->len)
		buf_putc(b, before);
	for (; *line; line++)
		buf_putc(b, *line == '\n' ? ' ' : *line);
}

/* As the library writes names and values of a section. They are printed as they are. */
static bool is_plain(const char *s, const char *also)
{
	for (; *s; s++) {
		const char c = ascii_lower(*s);
		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && !strchr(also, c))
			return false;
	}
	return true;
}

static bool keys_fit(enum cause cause, const char *line)
{
	const size_t n = strcspn(line, " =");
	char key[32];
	if (n == 0 || n >= sizeof key)
		return false;
	memcpy(key, line, n);
	key[n] = '\0';
	return strncmp(line + n, " = ", 3) == 0 && line[n + 3] &&
	       is_plain(line + n + 3, " !\"#$%&'()*+,-./:;<=>?@[]^_{|}~") &&
	       report_key_fits(cause, key);
}

/* The name in "    [name]" where it may stand in a section for this record. The library proposes the record's own host;
 * without one, a name of the certificate, which is said then. */
static bool section_name(struct report_item *item, const char *line, struct buf *name)
{
	const size_t n = strlen(line);
	char given[256], host[256];
	if (n < 7 || n - 6 >= sizeof given || line[4] != '[' || line[n - 1] != ']')
		return false;
	memcpy(given, line + 5, n - 6);
	given[n - 6] = '\0';
	const bool wide = strncmp(given, "*.", 2) == 0;
	if (!host_normalise(wide ? given + 2 : given, host) || !is_plain(host, "-._:") ||
	    (wide && !strchr(host, '.')))
		return false;
	if (item->guessed ? strcmp(given, "HOST") == 0 : wide || ascii_casecmp(host, item->host))
		return false;
	buf_strs(name, wide ? "*." : "", host, NULL);
	return true;
}

struct help {
	struct buf before, section, keys, after;
	bool good, alternative; /* what comes after the first section is another way: a comment */
};

static void one_help_line(struct help *h, struct report_item *item, enum cause cause,
			  const char *line)
{
	if (!is_configuration(line)) {
		add_line(h->section.len ? &h->after : &h->before, '\n', line);
	} else if (h->alternative || (line[4] == '[' && h->keys.len)) {
		h->alternative = true;
		add_line(&h->after, '\n', line);
	} else if (line[4] == '[') {
		h->good = h->good && !h->section.len && section_name(item, line, &h->section);
	} else if (h->section.len) {
		h->good = h->good && keys_fit(cause, line + 4);
		add_line(&h->keys, '\n', line + 4);
	} else if (h->good) {
		add_line(&h->before, ' ', line + 4); /* SSL_CERT_FILE=... */
	}
}

static void take_help(struct strings *s, struct report_item *item, const json_t *list)
{
	const enum cause cause = cause_by_word(item->cause);
	struct help h = {.good = true};
	buf_init(&h.before, HELP_BYTES);
	buf_init(&h.section, NAME_BYTES);
	buf_init(&h.keys, HELP_BYTES);
	buf_init(&h.after, HELP_BYTES);
	for (size_t i = 0; i < json_array_size(list) && i < 32; i++)
		one_help_line(&h, item, cause, string_of(s, json_array_get(list, i), LINE_BYTES));
	item->before = bounded(s, buf_str(&h.before), h.before.len, HELP_BYTES);
	if (h.good && h.keys.len && !h.keys.truncated && cause != CAUSE_NONE) {
		item->section = bounded(s, buf_str(&h.section), h.section.len, NAME_BYTES);
		item->keys = bounded(s, buf_str(&h.keys), h.keys.len, HELP_BYTES);
		item->after = bounded(s, buf_str(&h.after), h.after.len, HELP_BYTES);
	}
	buf_free(&h.before);
	buf_free(&h.section);
	buf_free(&h.keys);
	buf_free(&h.after);
}

/* The fingerprint of a certificate that the help calls by its name, as the server showed it. */
static void add_fingerprint(struct buf *b, const char *help, const char *subject,
			    const char *sha256)
{
	const char *name = strstr(subject, "CN=");
	const size_t n = name ? strcspn(name + 3, ",") : 0;
	char quoted[NAME_BYTES + 3];
	if (n == 0 || n > NAME_BYTES || strlen(sha256) != 64 || !is_plain(sha256, ""))
		return;
	snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)n, name + 3);
	if (!strstr(help, quoted))
		return;
	buf_puts(b, "sha256 of ");
	buf_puts(b, quoted);
	buf_puts(b, " as it was shown: ");
	for (size_t i = 0; i < 64; i += 2) {
		buf_add(b, sha256 + i, 2);
		buf_puts(b, i + 2 < 64 ? ":" : "\n");
	}
}

static void take_fingerprints(struct strings *s, struct report_item *item, const json_t *chain)
{
	struct buf b;
	buf_init(&b, HELP_BYTES);
	for (size_t i = 0; i < json_array_size(chain) && i < 8; i++) {
		const json_t *c = json_array_get(chain, i);
		add_fingerprint(&b, item->before, member(s, c, "subject", NAME_BYTES),
				member(s, c, "sha256", 64));
	}
	if (b.len) {
		b.len--; /* the last newline */
		struct buf all;
		buf_init(&all, HELP_BYTES);
		buf_strs(&all, item->before, *item->before ? "\n" : "", NULL);
		buf_add(&all, b.data, b.len);
		item->before = bounded(s, buf_str(&all), all.len, HELP_BYTES);
		buf_free(&all);
	}
	buf_free(&b);
}

/* ---- records --------------------------------------------------------------------------------------------------- */
static enum event event_of(const char *word)
{
	enum event e = 0;
	while (e < EVENT_COUNT && strcmp(event_name(e), word) != 0)
		e++;
	return e;
}

static enum report_kind kind_of(enum event e)
{
	switch (e) {
	case EVENT_LOAD_FAILED:
		return REPORT_FILE;
	case EVENT_WEAKENED:
		return REPORT_WEAKENED;
	case EVENT_CONFIG_ERROR:
		return REPORT_CONFIG;
	case EVENT_MENDED:
		return REPORT_MENDED;
	default:
		return REPORT_FAILURE;
	}
}

static const char *host_of(struct strings *s, const json_t *o, bool *guessed)
{
	static const char *const keys[] = {"host", "sni", "address"};
	const json_t *leaf = json_array_get(json_object_get(o, "chain"), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const char *host = member(s, o, keys[i], NAME_BYTES);
		if (*host)
			return host;
	}
	*guessed = true;
	return member(s, leaf, "subject", NAME_BYTES);
}

static const char *program_of(struct strings *s, const json_t *o)
{
	const char *name = member(s, o, "program", PROGRAM_BYTES);
	return *name ? name : path_base(member(s, o, "exe", NAME_BYTES));
}

/* "4900 records were left out within 60 s, because ..." (log/limit.c). */
static void take_left_out(struct report *r, struct strings *s, const json_t *o)
{
	const char *message = member(s, o, "message", LINE_BYTES);
	const uint64_t lost = lost_before(message);
	uint64_t number;
	if (lost)
		r->lost += lost;
	else if (number_at(message, &number))
		r->left_out += number;
	else
		r->left_out += count_of(s, r, o);
	r->records++;
}

static void take_record(struct report *r, struct strings *s, const json_t *o, enum event event,
			int64_t when)
{
	const uint64_t count = count_of(s, r, o);
	const json_int_t port = json_integer_value(json_object_get(o, "port"));
	struct report_item item = {.kind = kind_of(event), .event = event};
	if (item.kind == REPORT_MENDED || item.kind == REPORT_WEAKENED) {
		r->each_use = r->each_use || strcmp(member(s, o, "level", 16), "info") == 0;
		if (strncmp(member(s, o, "message", LINE_BYTES), RECORD_DRY_RUN,
			    strlen(RECORD_DRY_RUN)) == 0)
			item.kind = REPORT_DRY_RUN;
	}
	item.cause = member(s, o, "cause", CAUSE_BYTES);
	item.host = host_of(s, o, &item.guessed);
	item.program = program_of(s, o);
	item.port = port > 0 && port < 65536 ? (unsigned)port : 0;
	item.text = item.before = item.section = item.keys = item.after = "";
	if (item.kind == REPORT_FILE || item.kind == REPORT_CONFIG || item.kind == REPORT_DRY_RUN)
		item.text = member(s, o, "message", LINE_BYTES);
	else if (item.kind != REPORT_FAILURE)
		item.text = member(s, o, "rule", LINE_BYTES);
	if (item.kind == REPORT_FAILURE || item.kind == REPORT_FILE)
		take_help(s, &item, json_object_get(o, "help"));
	if (*item.section)
		take_fingerprints(s, &item, json_object_get(o, "chain"));
	if (event == EVENT_HANDSHAKE_OK)
		r->connections += count;
	else
		report_add(r, &item, when, count);
	r->records++;
}

static json_t *parse(const char *s, size_t n);

/* What `journalctl -o json` makes of our line: the text of MESSAGE, or its bytes one by one. */
static json_t *parse_journal(const json_t *o)
{
	const json_t *message = json_object_get(o, "MESSAGE");
	struct buf b;
	if (json_is_string(message))
		return parse(json_string_value(message), json_string_length(message));
	if (!json_is_array(message))
		return NULL;
	buf_init(&b, REPORT_LINE_MOST);
	for (size_t i = 0; i < json_array_size(message); i++)
		buf_putc(&b, (char)json_integer_value(json_array_get(message, i)));
	json_t *inner = parse(buf_str(&b), b.len);
	buf_free(&b);
	return inner;
}

static bool take_object(struct report *r, const json_t *o)
{
	json_t *inner = json_object_get(o, "MESSAGE") ? parse_journal(o) : NULL;
	if (inner) {
		const bool good = take_object(r, inner);
		json_decref(inner);
		return good;
	}
	struct strings s = {0};
	const enum event event = event_of(member(&s, o, "event", 32));
	const bool ours = event < EVENT_COUNT && json_is_string(json_object_get(o, "time"));
	const int64_t when = ours ? time_of(member(&s, o, "time", 32)) : INT64_MIN;
	if (ours && r->since != INT64_MIN && when != INT64_MIN && when < r->since)
		r->older++;
	else if (ours && event == EVENT_LEFT_OUT)
		take_left_out(r, &s, o);
	else if (ours && event != EVENT_UNSEEN) /* nothing that failed */
		take_record(r, &s, o, event, when);
	arena_free(&s.arena);
	return ours;
}

/* With NULs, which a hostile certificate's name may hold and the library writes as \u0000. */
static json_t *parse(const char *s, size_t n)
{
	json_t *o = json_loadb(s, n, JSON_ALLOW_NUL, NULL);
	if (o && !json_is_object(o)) {
		json_decref(o);
		o = NULL;
	}
	return o;
}

void report_line(struct report *r, const char *file, uint64_t number, const char *s, size_t n)
{
	static const char marker[] = "{\"time\":";
	while (n > 0 && ascii_is_space(*s)) {
		s++;
		n--;
	}
	if (!n)
		return;
	const bool object = *s == '{';
	json_t *o = object ? parse(s, n) : NULL;
	/* Behind syslog's prefix, or behind what a program wrote without a newline. */
	const char *inner = o ? NULL : memmem(s + 1, n - 1, marker, sizeof marker - 1);
	if (inner)
		o = parse(inner, n - (size_t)(inner - s));
	if (!o)
		report_skip(r, object || inner ? SKIP_DAMAGED : SKIP_OTHER, file, number);
	else if (!take_object(r, o))
		report_skip(r, SKIP_FOREIGN, file, number);
	json_decref(o);
}
