/* SPDX-License-Identifier: ISC
 *
 * An event as a line of text, and back: "bad ms=12 out=517 kept=1". A story that a real client left is a case for a test then.
 */
#include <string.h>

#include <tlsmend/outcome.h>

enum { COMMON = 3, OWN = 4, FIELDS = COMMON + OWN };
/* no pointers: the library's start would pay for each of them */
static const struct {
	char word[20], fields[OWN][13]; /* "": none */
} events[HAPPENING_COUNT] = {
#define FIELD(name)                           #name,
#define NO_FIELD                              ""
#define STORY_EVENT(id, member, word, fields) [HAPPENING_##id] = {word, {fields}},
#include "events.def"
#undef STORY_EVENT
#undef NO_FIELD
#undef FIELD
};
static const char common[COMMON][4] = {"ms", "out", "in"};

static const char *field_name(enum happening_kind what, unsigned i)
{
	return i < COMMON ? common[i] : events[what].fields[i - COMMON];
}

/* ---- out -------------------------------------------------------------------------------------------------------------- */

struct line {
	char *text;
	size_t n;
};

static void put(struct line *l, const char *s)
{
	while (*s && l->n + 1 < STORY_LINE)
		l->text[l->n++] = *s++;
	l->text[l->n] = '\0';
}

static void put_number(struct line *l, int64_t value)
{
	char digits[24];
	size_t at = sizeof digits - 1;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (value < 0)
		digits[--at] = '-';
	put(l, digits + at);
}

static int64_t field(const struct happening *h, unsigned i)
{
	const uint64_t counts[COMMON] = {h->ms, h->out, h->in};
	return i < COMMON ? (int64_t)counts[i] : h->is[i - COMMON];
}

size_t story_line(char line[STORY_LINE], const struct happening *h)
{
	struct line l = {line, 0};
	put(&l, events[h->what].word);
	for (unsigned i = 0; i < FIELDS; i++) {
		const char *name = field_name(h->what, i);
		if (!*name || field(h, i) == 0)
			continue;
		put(&l, " ");
		put(&l, name);
		put(&l, "=");
		put_number(&l, field(h, i));
	}
	return l.n;
}

/* ---- in --------------------------------------------------------------------------------------------------------------- */

static bool is_word(const char *word, const char *s, size_t n)
{
	return *word && strlen(word) == n && memcmp(word, s, n) == 0;
}

static bool read_number(const char *s, size_t n, int64_t *value)
{
	const bool negative = n > 0 && *s == '-';
	uint64_t sum = 0;
	if (n == negative || n - negative > 18)
		return false;
	for (size_t i = negative; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		sum = sum * 10 + (uint64_t)(s[i] - '0');
	}
	*value = negative ? -(int64_t)sum : (int64_t)sum;
	return true;
}

static bool set_field(struct happening *h, unsigned i, int64_t value)
{
	uint64_t *const counts[COMMON] = {&h->ms, &h->out, &h->in};
	if (i < COMMON ? value < 0 : value < INT32_MIN || value > INT32_MAX)
		return false;
	if (i < COMMON)
		*counts[i] = (uint64_t)value;
	else
		h->is[i - COMMON] = (int32_t)value;
	return true;
}

static bool read_field(struct happening *h, const char *s, size_t n)
{
	const char *equals = memchr(s, '=', n);
	int64_t value;
	if (!equals || !read_number(equals + 1, n - (size_t)(equals + 1 - s), &value))
		return false;
	for (unsigned i = 0; i < FIELDS; i++)
		if (is_word(field_name(h->what, i), s, (size_t)(equals - s)))
			return set_field(h, i, value);
	return false;
}

static size_t word_length(const char *s, size_t n)
{
	const char *space = memchr(s, ' ', n);
	return space ? (size_t)(space - s) : n;
}

bool story_read(const char *line, size_t n, struct happening *h)
{
	size_t length = word_length(line, n);
	memset(h, 0, sizeof *h);
	unsigned what = 0;
	while (what < HAPPENING_COUNT && !is_word(events[what].word, line, length))
		what++;
	if (what == HAPPENING_COUNT)
		return false;
	h->what = (enum happening_kind)what;
	while (length < n) {
		line += length + 1;
		n -= length + 1;
		length = word_length(line, n);
		if (!read_field(h, line, length))
			return false;
	}
	return true;
}

/* ---- outcomes ------------------------------------------------------------------------------------------------------------ */

static const char outcomes[][12] = {"open", "worked", "failed", "went-on", "given-up"};
static const char reasons[REASON_COUNT][20] = {"-",
					       "file",
					       "verification",
					       "refusal",
					       "name",
					       "own-verification",
					       "own-comparison",
					       "own-check",
					       "address",
					       "handshake",
					       "late-alert",
					       "unanswered",
					       "silence",
					       "denied",
					       "no-goodbye"};

const char *outcome_word(enum outcome o)
{
	return outcomes[o];
}

const char *reason_word(enum reason r)
{
	return reasons[r];
}

bool outcome_read(const char *word, size_t n, enum outcome *o)
{
	for (unsigned i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
		if (is_word(outcomes[i], word, n)) {
			*o = (enum outcome)i;
			return true;
		}
	return false;
}

bool reason_read(const char *word, size_t n, enum reason *r)
{
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (is_word(reasons[i], word, n)) {
			*r = (enum reason)i;
			return true;
		}
	return false;
}
