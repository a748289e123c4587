/* SPDX-License-Identifier: ISC
 *
 * A line into what it says. Keys and their meaning: tlsmend(1), shim/record/json.c.
 */
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>

#include "record.h"

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
const char *report_bounded(struct arena *a, const char *text, size_t n, size_t most)
{
	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
			;
	char *copy = checked(arena_alloc(a, n + 1));
	memcpy(copy, text, n);
	for (size_t i = 0; i < n; i++)
		if (!copy[i])
			copy[i] = '?';
	return copy;
}

const char *report_string(struct arena *a, const json_t *value, size_t most)
{
	return json_is_string(value)
		   ? report_bounded(a, json_string_value(value), json_string_length(value), most)
		   : "";
}

const char *report_member(struct arena *a, const json_t *o, const char *key, size_t most)
{
	return report_string(a, json_object_get(o, key), most);
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

/* "repeated 37 times in 60 s" (record/repeat.c): that many more than the record itself. 0: another note. */
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

static uint64_t count_of(struct arena *a, struct report *r, const json_t *o)
{
	const json_t *notes = json_object_get(o, "notes");
	uint64_t count = 1;
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = report_string(a, json_array_get(notes, i), LINE_BYTES);
		count += repetitions(note);
		r->lost += lost_before(note);
	}
	return count;
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

static const char *host_of(struct arena *a, const json_t *o, bool *guessed)
{
	static const char *const keys[] = {"host", "sni", "address"};
	const json_t *leaf = json_array_get(json_object_get(o, "chain"), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const char *host = report_member(a, o, keys[i], NAME_BYTES);
		if (*host)
			return host;
	}
	*guessed = true;
	return report_member(a, leaf, "subject", NAME_BYTES);
}

static const char *program_of(struct arena *a, const json_t *o)
{
	const char *name = report_member(a, o, "program", PROGRAM_BYTES);
	return *name ? name : path_base(report_member(a, o, "exe", NAME_BYTES));
}

/* "4900 records were left out within 60 s, because ..." (record/limit.c). */
static void take_left_out(struct report *r, struct arena *a, const json_t *o)
{
	const char *message = report_member(a, o, "message", LINE_BYTES);
	const uint64_t lost = lost_before(message);
	uint64_t number;
	if (lost)
		r->lost += lost;
	else if (number_at(message, &number))
		r->left_out += number;
	else
		r->left_out += count_of(a, r, o);
	r->records++;
}

static void take_record(struct report *r, struct arena *a, const json_t *o, enum event event,
			int64_t when)
{
	const uint64_t count = count_of(a, r, o);
	const json_int_t port = json_integer_value(json_object_get(o, "port"));
	struct report_item item = {.kind = kind_of(event), .event = event};
	if (item.kind == REPORT_MENDED || item.kind == REPORT_WEAKENED) {
		r->each_use = r->each_use || strcmp(report_member(a, o, "level", 16), "info") == 0;
		if (strncmp(report_member(a, o, "message", LINE_BYTES), RECORD_DRY_RUN,
			    strlen(RECORD_DRY_RUN)) == 0)
			item.kind = REPORT_DRY_RUN;
	}
	item.cause = report_member(a, o, "cause", CAUSE_BYTES);
	item.host = host_of(a, o, &item.guessed);
	item.program = program_of(a, o);
	item.port = port > 0 && port < 65536 ? (unsigned)port : 0;
	item.text = item.before = item.section = item.keys = item.after = "";
	if (item.kind == REPORT_FILE || item.kind == REPORT_CONFIG || item.kind == REPORT_DRY_RUN)
		item.text = report_member(a, o, "message", LINE_BYTES);
	else if (item.kind != REPORT_FAILURE)
		item.text = report_member(a, o, "rule", LINE_BYTES);
	if (item.kind == REPORT_FAILURE || item.kind == REPORT_FILE)
		report_take_help(a, &item, json_object_get(o, "help"));
	if (*item.section)
		report_take_fingerprints(a, &item, json_object_get(o, "chain"));
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
	struct arena a = {0};
	const enum event event = event_of(report_member(&a, o, "event", 32));
	const bool ours = event < EVENT_COUNT && json_is_string(json_object_get(o, "time"));
	const int64_t when = ours ? time_of(report_member(&a, o, "time", 32)) : INT64_MIN;
	if (ours && r->since != INT64_MIN && when != INT64_MIN && when < r->since)
		r->older++;
	else if (ours && event == EVENT_LEFT_OUT)
		take_left_out(r, &a, o);
	else if (ours && event != EVENT_UNSEEN) /* nothing that failed */
		take_record(r, &a, o, event, when);
	arena_free(&a);
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
