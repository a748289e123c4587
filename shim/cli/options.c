/* SPDX-License-Identifier: ISC
 *
 * Options of all commands, out of their tables: parsing, --help, usage errors. Not getopt_long(3), because that accepts
 * abbreviations, which later options would break.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int usage_error(const struct command *c, const char *format, ...)
{
	va_list list;
	char *text = NULL;
	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		checked(NULL);
	va_end(list);
	complain("%s: %s", c->name, text);
	complain("see 'tlsmend %s --help'", c->name);
	free(text);
	return c->usage_status;
}

void command_help(const struct command *c, FILE *out)
{
	int width = (int)strlen("--help");
	fprintf(out, "usage: tlsmend %s%s%s%s\n\n%s", c->name, c->options ? " [OPTIONS]" : "",
		*c->operands ? " " : "", c->operands, c->text);
	for (const struct option *o = c->options; o && o->name; o++) {
		int n = (int)(2 + strlen(o->name) + (o->argument ? 1 + strlen(o->argument) : 0));
		if (n > width)
			width = n;
	}
	fputs("\nOptions:\n", out);
	for (const struct option *o = c->options; o && o->name; o++)
		fprintf(out, "  --%s%s%-*s  %s\n", o->name, o->argument ? " " : "",
			width - 2 - (int)strlen(o->name) - (o->argument ? 1 : 0),
			o->argument ? o->argument : "", o->help);
	fprintf(out, "  %-*s  show this text\n", width, "--help");
}

static const struct option *find_option(const struct command *c, const char *name, size_t n)
{
	for (const struct option *o = c->options; o && o->name; o++)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

static int unknown_option(const struct command *c, const char *given, size_t n)
{
	const char *names[32] = {"help"};
	size_t count = 1;
	char word[64];
	for (const struct option *o = c->options; o && o->name && count < ARRAY_LENGTH(names) - 1;
	     o++)
		names[count++] = o->name;
	snprintf(word, sizeof word, "%.*s", (int)n, given);
	const char *near = nearest_name(word, names);
	/* The beginning of a name is far from it by letters. */
	for (size_t i = 0; !near && n > 2 && i < count; i++)
		if (strncmp(names[i], word, strlen(word)) == 0)
			near = names[i];
	if (near)
		return usage_error(c, "unknown option '--%s'; did you mean '--%s'?", word, near);
	return usage_error(c, "unknown option '--%s'", word);
}

/* One option at a->words[*i]. false: leave with a->status. */
static bool one_option(const struct command *c, struct arguments *a, int *i)
{
	const char *name = a->words[*i] + 2;
	size_t n = strcspn(name, "=");
	const char *value = name[n] ? name + n + 1 : NULL;
	if (!value && strcmp(name, "help") == 0) {
		command_help(c, stdout);
		a->status = finish_output(STATUS_OK);
		return false;
	}
	const struct option *o = find_option(c, name, n);
	a->status = c->usage_status;
	if (!o) {
		unknown_option(c, name, n);
		return false;
	}
	if (!o->argument && value) {
		usage_error(c, "option '--%s' takes no value", o->name);
		return false;
	}
	if (o->argument && !value) {
		if (*i + 1 >= a->count) {
			usage_error(c, "option '--%s' needs a value: --%s %s", o->name, o->name,
				    o->argument);
			return false;
		}
		value = a->words[++*i];
	}
	return a->take(a->arg, o->id, value);
}

bool options_parse(const struct command *c, struct arguments *a)
{
	char **words = a->words;
	int i = 0, operands = 0;
	for (; i < a->count; i++) {
		if (strcmp(words[i], "--") == 0) {
			i++;
			break;
		}
		if (words[i][0] == '-' && words[i][1] == '-') {
			if (!one_option(c, a, &i))
				return false;
		} else if (strcmp(words[i], "-h") == 0) {
			command_help(c, stdout);
			a->status = finish_output(STATUS_OK);
			return false;
		} else if (words[i][0] == '-' && words[i][1] && !ascii_is_digit(words[i][1])) {
			a->status = usage_error(
			    c, "unknown option '%s'; options are written '--name'", words[i]);
			return false;
		} else if (c->operand_ends_options) {
			break;
		} else {
			words[operands++] = words[i];
		}
	}
	while (i < a->count)
		words[operands++] = words[i++];
	words[operands] = NULL;
	a->count = operands;
	return true;
}
