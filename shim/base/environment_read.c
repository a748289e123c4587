/* SPDX-License-Identifier: ISC
 *
 * What each variable means (tlsmend(1)), and what to say about one that is not understood. */
#include "environment_read.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <string.h>

#define PREFIX "TLSMEND_"

enum { MOST_BAD = 16, LONGEST_SHOWN = 64 };

/* Everything that one pass over the environment collects. */
struct reading {
	struct environment *e;
	struct arena *arena;
	const char **bad; /* room for MOST_BAD and a NULL */
	size_t bad_count;
	const char *disable, *dlsym, *deepbind, *dry_run, *no_color, *term;
};

/* ---- what a value may be
 * -------------------------------------------------------------------------- */
static bool is_word(const char *value, const char (*words)[8], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(value, words[i]))
			return true;
	return false;
}

static bool is_descriptor(const char *digits)
{
	const size_t n = strspn(digits, "0123456789");
	return n >= 1 && n <= 9 && !digits[n];
}

static bool is_destination(const char *value)
{
	static const char words[][8] = {"stderr", "syslog", "journal", "off"};
	return is_word(value, words, ARRAY_LENGTH(words)) || value[0] == '/' ||
	       (!strncmp(value, "fd:", 3) && is_descriptor(value + 3));
}

static bool is_format(const char *value)
{
	static const char words[][8] = {"text", "json"};
	return is_word(value, words, ARRAY_LENGTH(words));
}

static bool is_level(const char *value)
{
	static const char words[][8] = {"error", "warning", "info", "debug"};
	return is_word(value, words, ARRAY_LENGTH(words));
}

static bool is_switch(const char *value)
{
	static const char words[][8] = {"0", "1"};
	return is_word(value, words, ARRAY_LENGTH(words));
}

static bool is_dlsym(const char *value)
{
	static const char words[][8] = {"on", "off"};
	return is_word(value, words, ARRAY_LENGTH(words));
}

static bool is_deepbind(const char *value)
{
	static const char words[][8] = {"leave", "drop"};
	return is_word(value, words, ARRAY_LENGTH(words));
}

/* ---- complaints
 * ----------------------------------------------------------------------------------- */
static void add_bad(struct reading *r, struct buf *sentence)
{
	if (!r->bad)
		r->bad = arena_alloc(r->arena, (MOST_BAD + 1) * sizeof *r->bad);
	if (r->bad && r->bad_count < MOST_BAD)
		r->bad[r->bad_count++] = arena_strdup(r->arena, buf_str(sentence));
	buf_free(sentence);
}

static void bad_value(struct reading *r, const char *name, const char *value, const char *instead)
{
	struct buf sentence;
	buf_init(&sentence, 0);
	buf_strs(&sentence, name, "=", NULL);
	escape_text(&sentence, value, strlen(value), LONGEST_SHOWN);
	buf_strs(&sentence, " is not understood; write ", instead, NULL);
	add_bad(r, &sentence);
}

/* ---- the table of variables
 * ------------------------------------------------------------------------ */
enum { VARIABLES = 10 };
static const char names[VARIABLES][24] = {
    PREFIX "CONFIG",     PREFIX "EXTRA_CA",  PREFIX "MIN_PROTOCOL", PREFIX "LOG",
    PREFIX "LOG_FORMAT", PREFIX "LOG_LEVEL", PREFIX "DISABLE",      PREFIX "DLSYM",
    PREFIX "DEEPBIND",   PREFIX "DRY_RUN",
};

static const struct variable {
	bool (*accepts)(const char *value); /* NULL: judged by the room that uses it */
	char instead[64];
} variables_table[VARIABLES] = {
    {NULL, ""},
    {NULL, ""},
    {NULL, ""},
    {is_destination, "stderr, syslog, journal, fd:N, an absolute path or off"},
    {is_format, "text or json"},
    {is_level, "error, warning, info or debug"},
    {is_switch, "1 to disable tlsmend, or 0"},
    {is_dlsym, "on or off"},
    {is_deepbind, "leave or drop"},
    {is_switch, "1 to change nothing and only tell, or 0"},
};

static void slots_of(struct reading *r, const char **slots[VARIABLES])
{
	const char **of[VARIABLES] = {
	    &r->e->config,    &r->e->extra_ca, &r->e->min_protocol, &r->e->log,   &r->e->log_format,
	    &r->e->log_level, &r->disable,     &r->dlsym,           &r->deepbind, &r->dry_run,
	};
	memcpy(slots, of, sizeof of);
}

/* A typing mistake, or the last part of a name alone (TLSMEND_LEVEL for TLSMEND_LOG_LEVEL). */
static const char *meant(const char *name)
{
	const char *suffixes[VARIABLES + 1] = {NULL};
	const char *rest = name + strlen(PREFIX), *near;
	for (size_t i = 0; i < VARIABLES; i++)
		suffixes[i] = names[i] + strlen(PREFIX);
	near = nearest_name(rest, suffixes);
	for (size_t i = 0; i < VARIABLES; i++)
		if (near == suffixes[i])
			return names[i];
	for (size_t i = 0; i < VARIABLES && *rest; i++) {
		const size_t have = strlen(suffixes[i]), want = strlen(rest);
		if (have > want && suffixes[i][have - want - 1] == '_' &&
		    !ascii_casecmp(suffixes[i] + have - want, rest))
			return names[i];
	}
	return NULL;
}

static void unknown_variable(struct reading *r, const char *entry, size_t name_length)
{
	char name[LONGEST_SHOWN];
	struct buf sentence;
	const char *near = NULL;
	if (name_length < sizeof name) {
		memcpy(name, entry, name_length);
		name[name_length] = '\0';
		near = meant(name);
	}
	buf_init(&sentence, 0);
	escape_text(&sentence, entry, name_length, LONGEST_SHOWN);
	buf_puts(&sentence, " is no variable of tlsmend and has no effect");
	if (near)
		buf_strs(&sentence, "; did you mean ", near, "?", NULL);
	add_bad(r, &sentence);
}

/* ---- one pass
 * ------------------------------------------------------------------------------------- */
static void take_own(struct reading *r, const char *entry, const char *equals)
{
	const size_t name_length = (size_t)(equals - entry);
	const char **slots[VARIABLES];
	slots_of(r, slots);
	for (size_t i = 0; i < VARIABLES; i++) {
		const char **slot = slots[i];
		if (strncmp(entry, names[i], name_length) || names[i][name_length])
			continue;
		/* As getenv(3): the first of two counts. An empty value is as good as none. */
		if (!*slot && equals[1])
			*slot = arena_strdup(r->arena, equals + 1);
		return;
	}
	unknown_variable(r, entry, name_length);
}

/* Every process that has the library in it goes through all of its variables: by the first letter of a name most are passed over. */
static void take(struct reading *r, const char *entry)
{
	const char *equals =
	    entry[0] == 'N' || entry[0] == 'S' || entry[0] == 'T' ? strchr(entry, '=') : NULL;
	if (!equals)
		return;
	if (!strncmp(entry, "NO_COLOR=", 9) && !r->no_color)
		r->no_color = entry + 9;
	else if (!strncmp(entry, "TERM=", 5) && !r->term)
		r->term = entry + 5;
	else if (!strncmp(entry, "SSL_CERT_FILE=", 14) && !r->e->cert_file)
		r->e->cert_file = arena_strdup(r->arena, entry + 14);
	else if (!strncmp(entry, "SSL_CERT_DIR=", 13) && !r->e->cert_dir)
		r->e->cert_dir = arena_strdup(r->arena, entry + 13);
	else if (!strncmp(entry, PREFIX "TEST_STORIES=/", 22) && !r->e->stories)
		r->e->stories = arena_strdup(r->arena, entry + 21);
	else if (!strncmp(entry, PREFIX, strlen(PREFIX)) &&
		 strncmp(entry, PREFIX "TEST_", strlen(PREFIX "TEST_")) != 0)
		take_own(r, entry, equals);
}

static void check_values(struct reading *r)
{
	const char **slots[VARIABLES];
	slots_of(r, slots);
	for (size_t i = 0; i < VARIABLES; i++) {
		const char *value = *slots[i];
		const struct variable *v = &variables_table[i];
		if (value && v->accepts && !v->accepts(value))
			bad_value(r, names[i], value, v->instead);
	}
}

static bool equals(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

bool environment_file_is_trusted(const char *path)
{
	struct stat st = {0};
	const int fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	int error = sys_fstat(fd, &st);
	sys_close(fd);
	return !error && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static const char *const nothing_bad[] = {NULL};

void environment_read(struct environment *e, struct arena *a, char *const *variables, bool secure,
		      const char *config_file)
{
	struct reading r = {.e = e, .arena = a};
	*e = (struct environment){.secure = secure, .bad = nothing_bad};
	if (secure) {
		e->disabled = !environment_file_is_trusted(config_file);
		return;
	}
	for (; variables && *variables; variables++)
		take(&r, *variables);
	check_values(&r);
	e->dlsym_off = equals(r.dlsym, "off");
	e->deepbind_drop = equals(r.deepbind, "drop");
	e->colour =
	    (!r.no_color || !*r.no_color) && r.term && *r.term && strcmp(r.term, "dumb") != 0;
	e->disabled = equals(r.disable, "1");
	e->dry_run = equals(r.dry_run, "1");
	if (a->failed) {
		*e = (struct environment){.disabled = true, .bad = nothing_bad};
		return;
	}
	if (r.bad_count)
		e->bad = r.bad;
}
