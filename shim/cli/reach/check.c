/* SPDX-License-Identifier: ISC
 *
 * tlsmend check: one verdict line for each target, then what it rests on.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/unit.h"
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
	errno = 0;
	if (!target_inspect_process(atoi(name), &t)) {
		if (errno == EACCES)
			complain("check: process %s is another user's, and cannot be looked into; "
				 "ask as that user or as root",
				 name);
		else if (errno == ENOEXEC)
			complain("check: process %s runs no program: a kernel thread, or it has "
				 "ended",
				 name);
		else
			complain("check: no process %s; a file of that name is ./%s", name, name);
		return STATUS_USAGE;
	}
	int status = print_target(&t);
	target_free(&t);
	return status;
}

/* ---- units ------------------------------------------------------------------------------------------------ */

static bool is_unit_name(const char *name)
{
	const size_t n = strlen(name), end = sizeof ".service" - 1;
	return n > end && strcmp(name + n - end, ".service") == 0 && !strchr(name, '/');
}

/* The first process of a unit that runs, which is its main one as a rule; NULL: none. free(3) it. */
static char *process_of(const struct unit *u)
{
	static const char *const roots[] = {"/sys/fs/cgroup/", "/sys/fs/cgroup/systemd/"};
	char *pid = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(roots) && !pid; i++) {
		char *path = join(roots[i], "system.slice/", u->name, "/cgroup.procs", NULL);
		struct buf b;
		buf_init(&b, 64 * 1024);
		if (file_read(path, 64 * 1024, &b, NULL, NULL, NULL) == 0 &&
		    ascii_is_digit(*buf_str(&b)))
			pid = checked(strndup(buf_str(&b), strspn(buf_str(&b), "0123456789")));
		buf_free(&b);
		free(path);
	}
	return pid;
}

/* What its drop-in has set up, or how to have one. */
static void describe_unit(const struct unit *u, struct target *t)
{
	char *drop_in = unit_drop_in(u);
	target_fact(t, "unit", u->path, NULL);
	if (u->preload && *u->preload)
		target_fact(t, "variable", "LD_PRELOAD=", u->preload, NULL);
	if (access(drop_in, F_OK) == 0)
		target_fact(t, "drop-in", drop_in, NULL);
	else if (t->reach == REACH_YES)
		target_fact(t, "note", "the library is preloaded into it by 'tlsmend service ",
			    u->name, "'", NULL);
	free(drop_in);
}

static int check_unit(const char *name)
{
	struct unit u;
	struct target t;
	int status = STATUS_USAGE, error;
	unit_read(&u, name);
	/* a name without a folder is looked for by systemd too */
	char *program = u.program ? path_search(u.program, &error) : NULL;
	if (!u.path) {
		complain("check: there is no unit %s here", name);
	} else if (!program) {
		complain("check: %s starts %s%s", name, u.program ? u.program : "no program",
			 u.program ? ", which is not there" : "");
	} else {
		target_inspect(program, false, &t);
		free(t.name);
		t.name = copy_string(u.name);
		describe_unit(&u, &t);
		status = print_target(&t);
		target_free(&t);
		char *pid = process_of(&u);
		const int running = pid ? check_process(pid) : STATUS_OK;
		status = running > status ? running : status;
		free(pid);
	}
	free(program);
	unit_free(&u);
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
	if (!path && is_unit_name(name))
		return check_unit(name);
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
	struct arguments a = {.count = argc, .words = argv, .take = no_option};
	int worst = STATUS_OK;
	if (!options_parse(self, &a))
		return a.status;
	if (!a.count)
		return usage_error(self, "name a program or a process id");
	for (int i = 0; i < a.count; i++) {
		a.status = check_one(a.words[i]);
		if (a.status > worst)
			worst = a.status;
	}
	return finish_output(worst);
}
