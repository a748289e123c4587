/* SPDX-License-Identifier: ISC
 * outcome: each story under tests/stories has the outcome that it must have, and its text comes back as it was
 *
 * "story NAME", a line for each event, "outcome WHAT WHY". The library writes stories as text where TLSMEND_TEST_STORIES names a file;
 * what became of the connection is then to be read with care, since it is the judge's own word.
 */
#include <tlsmend/base.h>
#include <tlsmend/outcome.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "story_rules.h"

#define FOLDER "tests/stories"

struct reader {
	const char *file;
	char name[512];
	struct story_rules rules;
	unsigned line, stories, wrong;
	bool open;
};

static void complain(struct reader *r, const char *what, const char *about)
{
	print_error("%s:%u: story %s: %s %s\n", r->file, r->line, r->name, what, about);
	r->wrong++;
}

static void end(struct reader *r, const char *words)
{
	const char *space = strchr(words, ' ');
	enum outcome outcome;
	enum reason reason;
	char got[64];
	r->stories++;
	r->open = false;
	if (!space || !outcome_read(words, (size_t)(space - words), &outcome) ||
	    !reason_read(space + 1, strlen(space + 1), &reason)) {
		complain(r, "no outcome:", words);
		return;
	}
	const struct story *s = &r->rules.story;
	snprintf(got, sizeof got, "%s %s", outcome_word(s->outcome), reason_word(s->reason));
	if (s->outcome != outcome || s->reason != reason)
		complain(r, "came out as", got);
}

static void event(struct reader *r, const char *line)
{
	struct happening h;
	char again[STORY_LINE];
	if (!r->open || !story_read(line, strlen(line), &h)) {
		complain(r, "not understood:", line);
		return;
	}
	story_line(again, &h);
	if (strcmp(line, again) != 0)
		complain(r, "reads back as", again);
	const char *broken = story_rules_tell(&r->rules, &h);
	if (broken)
		complain(r, broken, line);
}

static void read_line(struct reader *r, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	r->line++;
	if (*line == '\0' || *line == '#')
		return;
	if (strncmp(line, "story ", 6) == 0) {
		if (r->open)
			complain(r, "has no", "outcome");
		snprintf(r->name, sizeof r->name, "%s", line + 6);
		r->rules = (struct story_rules){.told = 0};
		r->open = true;
	} else if (strncmp(line, "outcome ", 8) == 0) {
		end(r, line + 8);
	} else {
		event(r, line);
	}
}

static void read_file(struct reader *r, const char *name)
{
	char path[512], line[512];
	snprintf(path, sizeof path, FOLDER "/%s", name);
	FILE *in = fopen(path, "re");
	assert_non_null(in);
	r->file = name;
	r->line = 0;
	while (fgets(line, sizeof line, in))
		read_line(r, line);
	fclose(in);
	if (r->open)
		complain(r, "has no", "outcome");
	r->open = false;
}

static void stories(void **state)
{
	struct reader r = {.file = ""};
	struct dirent *d;
	(void)state;
	DIR *folder = opendir(FOLDER);
	assert_non_null(folder);
	while ((d = readdir(folder)) != NULL)
		if (strstr(d->d_name, ".story"))
			read_file(&r, d->d_name);
	closedir(folder);
	print_message("%u stories\n", r.stories);
	assert_int_equal(r.wrong, 0);
	assert_true(r.stories >= 300);
}

static void lines_that_are_none(void **state)
{
	static const char *const lines[] = {
	    "",    "ends how",       "ends how=",  "ends how=x",          "ends  how=1",
	    "end", "ends nowhere=1", "ends ms=-1", "ends how=99999999999"};
	struct happening h;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		assert_false(story_read(lines[i], strlen(lines[i]), &h));
}

static void longest_line_fits(void **state)
{
	struct happening h = {.ms = UINT64_MAX / 20,
			      .out = UINT64_MAX / 20,
			      .in = UINT64_MAX / 20,
			      .is = {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN}};
	char line[STORY_LINE];
	(void)state;
	for (unsigned what = 0; what < HAPPENING_COUNT; what++) {
		struct happening back;
		h.what = (enum happening_kind)what;
		assert_true(story_line(line, &h) < STORY_LINE - 1);
		assert_true(story_read(line, strlen(line), &back));
		assert_int_equal(back.what, h.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stories),
	    cmocka_unit_test(lines_that_are_none),
	    cmocka_unit_test(longest_line_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
