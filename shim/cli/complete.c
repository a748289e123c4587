/* SPDX-License-Identifier: ISC
 *
 * tlsmend --complete WORD...: what may stand in place of the last word, a line each, for the completions of shells. Out of the same
 * tables as --help. A line that begins with a colon asks the shell: :command, :file (behind it, and a blank, what of the word is no file: ":file --log=").
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>

#include "configuration/settings.h"
#include "configuration/sources.h"
#include "view/wire.h"

static void offer(const char *word, const char *begun)
{
	if (strncmp(word, begun, strlen(begun)) == 0)
		puts(word);
}

static void ask_for_file(const char *before, size_t n)
{
	printf(":file%s%.*s\n", n ? " " : "", (int)n, before);
}

static void offer_all(const char *const *words, const char *begun)
{
	for (; *words; words++)
		offer(*words, begun);
}

static void offer_options(const struct command *c, const char *begun)
{
	for (const struct option *o = c->options; o && o->name; o++) {
		char *whole = join("--", o->name, NULL);
		offer(whole, begun);
		free(whole);
	}
	offer("--help", begun);
}

/* ---- values ------------------------------------------------------------------------------------------ */

/* The value of an option is what stands behind `before` in the word: "--log=", or nothing. */
struct value {
	const char *word;
	size_t before;
};

static void offer_in(const struct value *v, const char *value)
{
	char *before = checked(strndup(v->word, v->before));
	char *whole = join(before, value, NULL);
	offer(whole, v->word);
	free(whole);
	free(before);
}

static void offer_words(const struct option *o, const struct value *v)
{
	static const struct {
		const char *argument;
		const char *const words[8];
	} known[] = {{"LEVEL", {"error", "warning", "info", "debug"}},
		     {"DEST", {"stderr", "syslog", "journal", "off"}},
		     {"FORMAT", {"text", "json"}}};
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (strcmp(known[i].argument, o->argument) == 0)
			for (const char *const *w = known[i].words; *w; w++)
				offer_in(v, *w);
}

static void offer_value(const struct command *c, const struct option *o, const struct value *v)
{
	static const char *const files[] = {"DEST", "FILE", "LOG"};
	const char *equals = strchr(v->word + v->before, '=');
	offer_words(o, v);
	if (strcmp(o->argument, "PROTOCOL") == 0)
		for (const struct starttls *s = starttls_table; s->name; s++)
			offer_in(v, s->name);
	if (strcmp(o->argument, "FORMAT") == 0 && strcmp(c->name, "view") == 0)
		offer_in(v, "pem");
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		if (strcmp(files[i], o->argument) == 0)
			ask_for_file(v->word, v->before);
	if (strcmp(o->argument, "HOST=FILE") == 0 && equals)
		ask_for_file(v->word, (size_t)(equals + 1 - v->word));
}

/* ---- operands ------------------------------------------------------------------------------------------ */

struct hosts {
	const char *begun;
	const char *last;
};

static void offer_host(void *arg, const struct setting *s)
{
	struct hosts *h = arg;
	/* one section after the other, so that a host with several keys comes once */
	if (!s->section->line || h->last == s->pattern || strpbrk(s->pattern, "*/"))
		return;
	h->last = s->pattern;
	offer(s->pattern, h->begun);
}

static void quiet(void *arg, const struct config_message *m)
{
	(void)arg;
	(void)m;
}

static void offer_hosts(const char *begun)
{
	struct hosts h = {begun, NULL};
	struct sources sources;
	sources_init(&sources);
	sources_add_config(&sources, "complete", getenv(variable_names[VARIABLE_CONFIG]));
	struct policy *p =
	    checked(policy_parse(sources.list, sources.count, false, quiet, NULL, NULL));
	policy_each(p, offer_host, &h);
	policy_free(p);
	sources_free(&sources);
}

static void offer_operands(const struct command *c, const char *begun)
{
	static const struct {
		const char *operands, *line;
	} asked[] = {{"[--] COMMAND [ARG...]", ":command"},
		     {"PROGRAM|PID|UNIT...", ":command"},
		     {"[FILE...]", ":file"}};
	for (size_t i = 0; i < ARRAY_LENGTH(asked); i++)
		if (strcmp(asked[i].operands, c->operands) == 0)
			puts(asked[i].line);
	if (strncmp(c->operands, "HOST", 4) == 0)
		offer_hosts(begun);
	for (int i = 1; strcmp(c->name, "explain") == 0 && i < CAUSE_COUNT; i++)
		offer(cause_table[i].word, begun);
}

/* ---- the line ------------------------------------------------------------------------------------------- */

/* The option that the word is, up to a "=". */
static const struct option *takes_value(const struct command *c, const char *word)
{
	const size_t n = strcspn(word, "=");
	for (const struct option *o = c->options; o && o->name; o++)
		if (o->argument && strncmp(word, "--", 2) == 0 && strlen(o->name) == n - 2 &&
		    strncmp(word + 2, o->name, n - 2) == 0)
			return o;
	return NULL;
}

static void within(const struct command *c, char **words, int count)
{
	const char *begun = words[count - 1], *equals = strchr(begun, '=');
	const struct option *o = NULL;
	int operands = 0;
	for (int i = 0; i < count - 1; i++) {
		o = strchr(words[i], '=') ? NULL : takes_value(c, words[i]);
		if (o && i == count - 2) {
			offer_value(c, o, &(struct value){begun, 0});
			return;
		}
		i += o != NULL;
		operands += i < count - 1 && words[i][0] != '-';
	}
	o = takes_value(c, begun);
	/* what follows belongs to another command */
	if (c->operand_ends_options && operands)
		ask_for_file("", 0);
	else if (o && equals)
		offer_value(c, o, &(struct value){begun, (size_t)(equals + 1 - begun)});
	else if (*begun == '-')
		offer_options(c, begun);
	else
		offer_operands(c, begun);
}

int complete_main(int count, char **words)
{
	static const char *const others[] = {"help", "--help", "--version", NULL};
	const char *begun = count ? words[count - 1] : "";
	for (const struct command *c = command_table; c->name; c++) {
		if (count < 2)
			offer(c->name, begun);
		else if (strcmp(c->name, words[0]) == 0)
			within(c, words + 1, count - 1);
		else if (count == 2 && strcmp(words[0], "help") == 0)
			offer(c->name, begun);
	}
	if (count < 2)
		offer_all(others, begun);
	return finish_output(STATUS_OK);
}
