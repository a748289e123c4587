/* SPDX-License-Identifier: ISC
 *
 * tlsmend check: one verdict line for each target, then what it rests on.
 */
#include <stdlib.h>
#include <string.h>

#include "target.h"
#include "verdict.h"

static bool no_option(void *arg, int id, const char *value)
{
	(void)arg;
	(void)id;
	(void)value;
	return false;
}

static bool is_number(const char *s)
{
	size_t n = 0;

	while (ascii_is_digit(s[n]))
		n++;
	return n > 0 && n < 10 && !s[n];
}

static int print_target(const struct target *t)
{
	char *line = verdict_line(t);

	say("%s", line);
	free(line);
	for (size_t i = 0; i < t->fact_count; i++)
		say("  %-8s  %s", t->facts[i].label, t->facts[i].text);
	return t->reach == REACH_YES ? STATUS_OK : STATUS_FINDINGS;
}

static int check_process(const char *name)
{
	struct target t;

	if (!target_inspect_process(atoi(name), &t)) {
		complain("check: no process %s; a file of that name is ./%s", name, name);
		return STATUS_USAGE;
	}
	int status = print_target(&t);

	target_free(&t);
	return status;
}

static int check_one(const char *name)
{
	struct target t;
	struct stat st;
	int error;

	if (is_number(name))
		return check_process(name);
	char *path = path_search(name, &error);

	if (!path || stat(path, &st) != 0) {
		complain("check: %s: %s%s", name, path ? strerror(errno) : strerror(error),
			 strchr(name, '/') ? "" : " (looked for in PATH)");
		free(path);
		return STATUS_USAGE;
	}
	if (S_ISDIR(st.st_mode)) {
		complain("check: %s: is a directory; name a program in it", name);
		free(path);
		return STATUS_USAGE;
	}
	target_inspect(path, false, &t);
	int status = print_target(&t);

	target_free(&t);
	free(path);
	return status;
}

int check_main(const struct command *self, int argc, char **argv)
{
	int operands, status, worst = STATUS_OK;

	if (!options_parse(self, argc, argv, no_option, NULL, &operands, &status))
		return status;
	if (!operands)
		return usage_error(self, "name a program or a process id");
	for (int i = 0; i < operands; i++) {
		status = check_one(argv[i]);
		if (status > worst)
			worst = status;
	}
	return finish_output(worst);
}
