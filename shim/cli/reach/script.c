/* SPDX-License-Identifier: ISC
 *
 * "#!" lines, as Linux reads them (fs/binfmt_script.c): at most 255 bytes, one interpreter, one argument; and env(1),
 * with -S and assignments, as scripts use it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "script.h"
#include "shell.h"

enum { MAX_LINE = 255, MAX_DEPTH = 5 };

/* Text behind "#!", trimmed; false: no script. */
static bool first_line(const char *path, char line[MAX_LINE + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = fd >= 0 ? read(fd, line, MAX_LINE) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	size_t skip = 2 + strspn(line + 2, " \t");
	memmove(line, line + skip, strlen(line + skip) + 1);
	for (size_t end = strlen(line); end && strchr(" \t\r", line[end - 1]); end--)
		line[end - 1] = '\0';
	return *line != '\0';
}

/* The command of "env [-i] [-u NAME] [-S] [NAME=VALUE...] COMMAND". Cuts `words`. NULL: none. */
static char *env_command(char *words)
{
	char *save = NULL;
	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (strcmp(w, "-u") == 0 || strcmp(w, "-C") == 0)
			strtok_r(NULL, " \t", &save);
		else if (strncmp(w, "-S", 2) == 0 && w[2])
			return w + 2;
		else if (*w != '-' && !strchr(w, '='))
			return w;
	}
	return NULL;
}

/* The interpreter that a "#!" line leads to; free(3) it. */
static char *interpreter_of(char *line)
{
	size_t n = strcspn(line, " \t");
	char *first = checked(strndup(line, n));
	if (strcmp(path_base(first), "env") != 0 || !line[n])
		return first;
	char *command = env_command(line + n);
	int error;
	char *found = command ? path_search(command, &error) : NULL;
	if (!found && command)
		found = copy_string(command);
	if (!found)
		return first;
	free(first);
	return found;
}

/* What a shell script puts in its own place, which counts instead of the shell. NULL: nothing that is known. free(3) it. */
static char *wrapped(const char *path, struct target *t)
{
	struct shell_script s;
	char line[16];
	int error;
	shell_read(path, &s);
	char *program = s.starts ? path_search(s.starts, &error) : NULL;
	if (program && path_same_file(program, path)) {
		/* of that name it means another one, in a PATH that it sets */
		free(program);
		program = NULL;
	}
	if (s.drops && !t->drops) {
		t->drops = s.drops;
		t->drops_line = s.drops_line;
		s.drops = NULL;
	}
	if (program) {
		snprintf(line, sizeof line, "%u", s.starts_line);
		target_fact(t, "script", path, ":", line, ": exec ", s.starts, NULL);
	}
	shell_free(&s);
	return program;
}

enum script_end script_follow(const char *path, struct target *t, char **program)
{
	char line[MAX_LINE + 1];
	*program = copy_string(path);
	for (int depth = 0; first_line(*program, line); depth++) {
		char *shown = copy_string(line);
		char *next = interpreter_of(line);
		target_fact(t, "script", *program, ": #!", shown, NULL);
		free(shown);
		char *real = is_shell(next) ? wrapped(*program, t) : NULL;
		if (real) {
			free(next);
			next = real;
		}
		free(*program);
		*program = next;
		if (depth >= MAX_DEPTH)
			return SCRIPT_TOO_DEEP;
		if (access(next, F_OK) != 0)
			return SCRIPT_NO_INTERPRETER;
	}
	return SCRIPT_PROGRAM;
}
