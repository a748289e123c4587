/* SPDX-License-Identifier: ISC
 *
 * tlsmend run: looks at the target, sets the variables, becomes the command. Standard output is never touched.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../reach/libraries.h"
#include "../configuration/settings.h"
#include "../reach/target.h"
#include "../reach/verdict.h"

/* execvp(3) without its fallback to a shell. Returns only on failure, with an error number. */
static int execute(char **argv)
{
	const char *path = getenv("PATH");
	int result = ENOENT;
	if (strchr(argv[0], '/')) {
		execv(argv[0], argv);
		return errno;
	}
	if (!*argv[0])
		return ENOENT;
	for (path = path ? path : "/bin:/usr/bin";;) {
		size_t n = strcspn(path, ":");
		char *directory = checked(strndup(path, n));
		char *file = join(n ? directory : ".", "/", argv[0], NULL);
		execv(file, argv);
		int error = errno;
		free(file);
		free(directory);
		if (error == EACCES)
			result = EACCES;
		else if (error != ENOENT && error != ENOTDIR)
			return error;
		if (!path[n])
			return result;
		path += n + 1;
	}
}

static int execute_failed(const char *command, int error)
{
	int ignored;
	char *path = path_search(command, &ignored);
	struct target t = {0};
	/* ENOENT of a file that is there: its interpreter is not. */
	if (path && access(path, F_OK) == 0)
		target_inspect(path, true, &t);
	if (t.reason == REASON_NO_INTERPRETER)
		complain("run: %s: %s", command, t.why);
	else
		complain("run: %s: %s", command, strerror(error));
	target_free(&t);
	free(path);
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

/* A dynamic linker that would complain about the library, or end there; a runtime that ends the program because of it. */
static bool would_stumble(const struct target *t)
{
	return t->reason == REASON_OTHER_CLASS || t->reason == REASON_OTHER_LIBC ||
	       t->reason == REASON_SANITIZER;
}

static void warn(const struct target *t, const struct settings *s)
{
	const char *log = s->value[VARIABLE_LOG], *disable = s->value[VARIABLE_DISABLE];
	if (log && strcmp(log, "off") == 0)
		return;
	if (disable && strcmp(disable, "1") == 0) {
		complain("warning: TLSMEND_DISABLE=1 is set, so the library stays inert");
		return;
	}
	if ((t->reach == REACH_NO || t->reach == REACH_PARTLY) &&
	    t->reason != REASON_NOT_A_PROGRAM && t->reason != REASON_NO_INTERPRETER) {
		char *line = verdict_line(t);
		complain("warning: %s%s", line,
			 would_stumble(t) ? "; started without the library" : "");
		free(line);
	}
}

/* One line where the command will not be reached. It runs all the same. Returns whether the library may be preloaded. */
static bool look_at(const char *command, const struct settings *s, bool *musl)
{
	struct target t = {0};
	int error;
	char *path = path_search(command, &error);
	/* the failure to execute says it */
	if (path && !error)
		target_inspect(path, true, &t);
	warn(&t, s);
	const bool good = !would_stumble(&t);
	*musl = is_musl(t.elf.interpreter);
	target_free(&t);
	free(path);
	return good;
}

static bool library_is_sound(const char *library)
{
	struct elf_facts own, lib;
	bool good = elf_read(library, &lib) == 0 && lib.is_elf && !lib.damage && lib.dynamic;
	if (good && elf_read("/proc/self/exe", &own) == 0) {
		good = own.bits == lib.bits && own.machine == lib.machine;
		elf_free(&own);
	}
	elf_free(&lib);
	if (!good)
		complain("run: %s is no shared library for this machine; build or install it anew",
			 library);
	return good;
}

static bool export_preload(bool musl)
{
	char *library = library_find();
	char *form = library && !musl ? library_for_all(library) : NULL;
	char *preload = NULL;
	bool good = library && library_is_sound(library) &&
		    (preload = preload_join(form ? form : library, getenv("LD_PRELOAD"))) != NULL;
	free(form);
	if (good)
		good = setenv("LD_PRELOAD", preload, 1) == 0;
	free(preload);
	free(library);
	return good;
}

/* The library's variables into this process's environment. */
static bool export_settings(const struct settings *s)
{
	bool good = true;
	for (int i = 0; good && i < VARIABLE_COUNT; i++)
		if (s->value[i])
			good = setenv(variable_names[i], s->value[i], 1) == 0;
	return good;
}

int run_main(const struct command *self, int argc, char **argv)
{
	struct settings s;
	struct arguments a = {.count = argc, .words = argv, .take = settings_take, .arg = &s};
	bool musl = false;
	settings_init(&s, self);
	if (!options_parse(self, &a)) {
		settings_free(&s);
		return a.status;
	}
	if (!a.count)
		a.status = usage_error(self, "name a command to run");
	else if (!export_settings(&s))
		a.status = STATUS_RUN_FAILED;
	else if (look_at(a.words[0], &s, &musl) && !export_preload(musl))
		a.status = STATUS_RUN_FAILED;
	else {
		fflush(stderr);
		a.status = execute_failed(a.words[0], execute(a.words));
	}
	settings_free(&s);
	return a.status;
}
