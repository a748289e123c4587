/* SPDX-License-Identifier: ISC
 *
 * Which protocol an answer that is no TLS belongs to (greetings.def). It comes from the peer: bounded, escaped, and nothing but its
 * first line is shown.
 */
#include "diagnosis.h"

#include <string.h>

enum speaks {
#define SPEAKS(id, what, help) SPEAKS_##id,
#define GREETING(id, start, within)
#define PORT(id, number, name)
#include "greetings.def"
};

static const struct protocol protocols[] = {
#define SPEAKS(id, what, help) [SPEAKS_##id] = {what, help},
#define GREETING(id, start, within)
#define PORT(id, number, name)
#include "greetings.def"
};

static const struct {
	enum speaks id;
	char start[16];
	uint8_t n;
	char within[20];
} greetings[] = {
#define SPEAKS(id, what, help)
#define GREETING(id, start, within) {SPEAKS_##id, start, sizeof(start) - 1, within},
#define PORT(id, number, name)
#include "greetings.def"
};

static const struct {
	enum speaks id;
	unsigned port;
	char name[32];
} ports[] = {
#define SPEAKS(id, what, help)
#define GREETING(id, start, within)
#define PORT(id, number, name) {SPEAKS_##id, number, name},
#include "greetings.def"
};

static bool fits(const char *start, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (start[i] != '.' && (uint8_t)start[i] != bytes[i])
			return false;
	}
	return true;
}

static size_t count(const struct evidence *e)
{
	return e->first_count < sizeof e->first_bytes ? e->first_count : sizeof e->first_bytes;
}

static size_t first_line(const struct evidence *e)
{
	size_t n = 0;
	while (n < count(e) && e->first_bytes[n] != '\r' && e->first_bytes[n] != '\n')
		n++;
	return n;
}

static bool line_has(const struct evidence *e, const char *word)
{
	const size_t n = first_line(e), size = strlen(word);
	size_t k;
	for (size_t i = 0; i + size <= n; i++) {
		for (k = 0; k < size && ascii_lower((char)e->first_bytes[i + k]) == word[k]; k++)
			;
		if (k == size)
			return true;
	}
	return size == 0;
}

const struct protocol *greeting_protocol(const struct evidence *e)
{
	for (size_t i = 0; i < ARRAY_LENGTH(greetings); i++) {
		if (count(e) >= greetings[i].n &&
		    fits(greetings[i].start, e->first_bytes, greetings[i].n) &&
		    line_has(e, greetings[i].within))
			return &protocols[greetings[i].id];
	}
	return NULL;
}

const struct protocol *greeting_of_port(unsigned port, const char **name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(ports); i++) {
		if (ports[i].port == port) {
			*name = ports[i].name;
			return &protocols[ports[i].id];
		}
	}
	return NULL;
}

static bool is_text(uint8_t c)
{
	return c >= ' ' && c != 0x7f;
}

/* The first text in binary that may be a version or a message: longer than a word. Random bytes follow later. */
static struct text text_within(const struct evidence *e)
{
	enum { LEAST_TEXT = 5 };
	size_t i, from = 0, marks = 0;
	for (i = 0; i <= count(e); i++) {
		const uint8_t c = i < count(e) ? e->first_bytes[i] : '\0';
		if (is_text(c) && c < 0x7f) {
			marks += c == ' ' || c == '.';
			continue;
		}
		if (i - from >= LEAST_TEXT && marks > 0)
			return (struct text){(const char *)e->first_bytes + from, i - from};
		from = i + 1;
		marks = 0;
	}
	return (struct text){NULL, 0};
}

const char *greeting_shown(struct diagnosis *d, bool *text)
{
	enum { SHOWN_BYTES = 16 };
	struct evidence *e = d->e;
	struct text line = {(const char *)e->first_bytes, first_line(e)};
	size_t n = 0;
	while (n < line.n && is_text(e->first_bytes[n]))
		n++;
	*text = true;
	if (n == line.n && n > 0)
		return say_text(e, line);
	line = text_within(e);
	if (line.n > 0)
		return say_text(e, line);
	*text = false;
	return say_hex(e, e->first_bytes, count(e) < SHOWN_BYTES ? count(e) : SHOWN_BYTES);
}
