/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain: the long text of a cause, and what is behind the words that other programs have for it.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "../screen.h"

static bool no_option(void *arg, int id, const char *value)
{
	(void)arg;
	(void)id;
	(void)value;
	return false;
}

static void list_causes(void)
{
	int width = 0;
	for (int i = 1; i < CAUSE_COUNT; i++)
		if ((int)strlen(cause_table[i].word) > width)
			width = (int)strlen(cause_table[i].word);
	for (int i = 1; i < CAUSE_COUNT; i++) {
		printf("%-*s  ", width, cause_table[i].word);
		say_hanging(cause_table[i].title, (unsigned)width + 2,
			    screen_width(SCREEN_UNBOUNDED));
	}
}

enum { SHOWN = 70 };

static int unknown(const struct command *self, const char *word)
{
	const char *names[CAUSE_COUNT + 1] = {NULL};
	for (int i = 1; i < CAUSE_COUNT; i++)
		names[i - 1] = cause_table[i].word;
	const char *near = strlen(word) < SHOWN ? nearest_name(word, names) : NULL;
	const size_t line = strcspn(word + strspn(word, " \t\n"), "\n");
	if (near)
		return usage_error(self, "unknown cause '%s'; did you mean '%s'?", word, near);
	if (!strpbrk(word, " \t\n") && strlen(word) < SHOWN)
		return usage_error(
		    self,
		    "unknown cause '%s'; 'tlsmend explain' lists them; or paste the client's "
		    "message: tlsmend explain -",
		    word);
	return usage_error(self,
			   "nothing is known in '%.*s%s'; run the client with the library, and the "
			   "record names the cause: tlsmend run CLIENT ...",
			   line < SHOWN ? (int)line : SHOWN, word + strspn(word, " \t\n"),
			   line < SHOWN ? "" : "...");
}

/* Operands as one text; "-": standard input, as it is pasted. */
static char *whole_text(int operands, char **argv)
{
	enum { MOST = 65536 };
	char *text = copy_string(operands ? argv[0] : "");
	if (operands == 1 && strcmp(text, "-") == 0) {
		free(text);
		text = checked(calloc(1, MOST + 1));
		for (size_t n = 0, got;
		     n < MOST && (got = fread(text + n, 1, MOST - n, stdin)) > 0;)
			n += got;
	}
	for (int i = 1; i < operands; i++) {
		char *longer = join(text, " ", argv[i], NULL);
		free(text);
		text = longer;
	}
	return text;
}

static void explain_cause(enum cause c)
{
	printf("%s: %s\n\n", cause_table[c].word, cause_table[c].title);
	say_wrapped(cause_text(c), 0, screen_width(EXPLAIN_WIDTH));
}

int explain_main(const struct command *self, int argc, char **argv)
{
	struct arguments a = {.count = argc, .words = argv, .take = no_option};
	if (!options_parse(self, &a))
		return a.status;
	if (!a.count) {
		list_causes();
		return finish_output(STATUS_OK);
	}
	char *text = whole_text(a.count, a.words);
	const enum cause c = cause_by_word(text);
	a.status = STATUS_OK;
	if (c != CAUSE_NONE)
		explain_cause(c);
	else if (!explain_figures(text) && !explain_word(text) && !explain_record(text) &&
		 !explain_saying(text, false) && !explain_within(text) &&
		 !explain_saying(text, true))
		a.status = unknown(self, text);
	free(text);
	return finish_output(a.status);
}
