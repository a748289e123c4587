/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain: the long text of a cause, and what is behind the words that other programs have for it.
 */
#include <string.h>

#include <tlsmend/explain.h>

#include "cli.h"

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
	for (int i = 1; i < CAUSE_COUNT; i++)
		printf("%-*s  %s\n", width, cause_table[i].word, cause_table[i].title);
}

static int unknown(const struct command *self, const char *word)
{
	const char *names[CAUSE_COUNT + 1] = {NULL};

	for (int i = 1; i < CAUSE_COUNT; i++)
		names[i - 1] = cause_table[i].word;
	const char *near = nearest_name(word, names);

	if (near)
		return usage_error(self, "unknown cause '%s'; did you mean '%s'?", word, near);
	return usage_error(self, "unknown cause '%s'; 'tlsmend explain' lists them", word);
}

int explain_main(const struct command *self, int argc, char **argv)
{
	int operands, status;

	if (!options_parse(self, argc, argv, no_option, NULL, &operands, &status))
		return status;
	if (operands > 1)
		return usage_error(self, "name one cause, code or word");
	if (!operands) {
		list_causes();
		return finish_output(STATUS_OK);
	}
	enum cause c = cause_by_word(argv[0]);

	if (c == CAUSE_NONE && explain_word(argv[0]))
		return finish_output(STATUS_OK);
	if (c == CAUSE_NONE)
		return unknown(self, argv[0]);
	printf("%s: %s\n\n", cause_table[c].word, cause_table[c].title);
	say_wrapped(cause_table[c].text, 0, EXPLAIN_WIDTH);
	return finish_output(STATUS_OK);
}
