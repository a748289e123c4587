/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain TEXT, where the text is what some client printed.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>
#include "../screen.h"
#include "explain.h"

enum meaning { MEANS_CODE, MEANS_ALERT, MEANS_CURL, MEANS_CAUSES };
static const struct saying {
	const char *whose, *pattern;
	enum meaning meaning;
	int number;
	const char *causes;
	bool vague;
} sayings[] = {
#define CODE(symbol)                     MEANS_CODE, VERIFY_##symbol, NULL
#define ALERT(number)                    MEANS_ALERT, number, NULL
#define CURL(number)                     MEANS_CURL, number, NULL
#define CAUSES(words)                    MEANS_CAUSES, 0, words
#define SAYING(who, text, what, example) {who, text, what, false},
#define VAGUE(who, text, what, example)  {who, text, what, true},
#include "sayings.def"
#undef VAGUE
#undef SAYING
#undef CAUSES
#undef CURL
#undef ALERT
#undef CODE
};

/* ---- patterns ------------------------------------------------------------------------------------------ */

static bool is_gap(char c)
{
	return ascii_is_space(c) || c == '_' || c == '-';
}

/* One character of a text that is alike for all: lower case, one kind of blank and quote. Moves on. */
static char plain(const char **s)
{
	const unsigned char *c = (const unsigned char *)*s;
	if (is_gap(**s)) {
		while (is_gap(**s))
			(*s)++;
		return ' ';
	}
	/* U+2018 to U+201F, the quotes of typesetters */
	if (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0x98 && c[2] <= 0x9f) {
		*s += 3;
		return '\'';
	}
	(*s)++;
	return c[0] == '"' || c[0] == '`' ? '\'' : ascii_lower((char)c[0]);
}

static bool matches_here(const char *pattern, const char *text)
{
	while (*pattern && *pattern != '*') {
		if (!*text || plain(&pattern) != plain(&text))
			return false;
	}
	if (!*pattern)
		return true;
	/* a name, a path: what is longer is none, and would take long */
	enum { GAP_MOST = 400 };
	pattern++;
	for (unsigned i = 0; *text && i < GAP_MOST; plain(&text), i++)
		if (matches_here(pattern, text))
			return true;
	return matches_here(pattern, text);
}

bool saying_matches(const char *pattern, const char *text)
{
	for (; *text; plain(&text))
		if (matches_here(pattern, text))
			return true;
	return false;
}

/* ---- what is said of them --------------------------------------------------------------------------------- */

void explain_line(enum cause c, int column)
{
	printf("  %-*s ", column, cause_table[c].word);
	say_hanging(cause_table[c].title, (unsigned)column + 3, screen_width(SCREEN_UNBOUNDED));
}

unsigned explain_list(const char *head, const char *words)
{
	unsigned count = 0;
	printf("%s\n\n", head);
	while (*words) {
		const size_t n = strcspn(words, " ");
		char *word = checked(strndup(words, n));
		const enum cause c = cause_by_word(word);
		if (c)
			explain_line(c, EXPLAIN_COLUMN);
		count += c != CAUSE_NONE;
		free(word);
		words += n + (words[n] == ' ');
	}
	return count;
}

void explain_told_apart(void)
{
	puts("\nThe words alone do not tell these apart. With the library the record names one:\n"
	     "  tlsmend run CLIENT ...     as it failed\n"
	     "  tlsmend view HOST[:PORT]   as any client of this machine");
}

void explain_causes(const char *head, const char *words)
{
	if (explain_list(head, words) > 1)
		explain_told_apart();
}

/* A record of ours: the cause is in it. */
bool explain_record(const char *text)
{
	static const char *const before[] = {"error[", "warning[", "\"cause\":\"", "\"cause\": \""};
	for (size_t i = 0; i < ARRAY_LENGTH(before); i++) {
		const char *at = strstr(text, before[i]);
		if (!at)
			continue;
		at += strlen(before[i]);
		char *word = checked(strndup(at, strspn(at, "abcdefghijklmnopqrstuvwxyz-")));
		const enum cause c = cause_by_word(word);
		free(word);
		if (c) {
			printf("%s: %s\n\n", cause_table[c].word, cause_table[c].title);
			say_wrapped(cause_text(c), 0, screen_width(EXPLAIN_WIDTH));
			return true;
		}
	}
	return false;
}

static void tell(const struct saying *s)
{
	printf("\"%s\": words of %s\n", s->pattern, s->whose);
	switch (s->meaning) {
	case MEANS_ALERT:
		explain_alert(s->number);
		break;
	case MEANS_CURL:
		explain_curl(s->number);
		break;
	case MEANS_CODE:
		explain_word(verify_symbol_name((enum verify_symbol)s->number));
		explain_told_apart();
		break;
	case MEANS_CAUSES:
		explain_causes("Causes behind it; a record names the one that it is:", s->causes);
		break;
	}
}

bool explain_saying(const char *text, bool vague)
{
	for (size_t i = 0; i < ARRAY_LENGTH(sayings); i++) {
		if (sayings[i].vague != vague || !saying_matches(sayings[i].pattern, text))
			continue;
		tell(&sayings[i]);
		return true;
	}
	return false;
}
