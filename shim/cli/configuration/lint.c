/* SPDX-License-Identifier: ISC
 *
 * tlsmend lint: what the parser says, and what only a look at the named files can say.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tlsmend/config_files.h>
#include "lint.h"
#include "settings.h"
#include "sources.h"

static bool no_option(void *arg, int id, const char *value)
{
	(void)arg;
	(void)id;
	(void)value;
	return false;
}

static void report(void *arg, const struct config_message *m)
{
	struct lint *l = arg;

	l->errors += m->severity == CONFIG_ERROR;
	l->warnings += m->severity == CONFIG_WARNING;
	message_print(stdout, m);
}

void lint_report(struct lint *l, enum severity severity, const char *source, unsigned line,
		 const char *first, const char *second)
{
	struct config_message m = {severity, source, line, NULL};
	struct buf text;

	buf_init(&text, 0);
	escape_text(&text, first, strlen(first), 0);
	escape_text(&text, second, strlen(second), 0);
	m.text = buf_str(&text);
	report(l, &m);
	buf_free(&text);
}

/* ---- folders ------------------------------------------------------------------------------------------- */

/* The sticky bit, as of /tmp, leaves each file to its owner. */
static bool is_open(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0 && st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX);
}

/* Cuts the path down to the nearest folder above the file that is open to everybody. */
static bool cut_to_open(char *path)
{
	char *slash;

	while ((slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		if (is_open(path))
			return true;
	}
	return false;
}

/* As it is written, and where its symbolic links lead to. */
char *lint_place(const char *path)
{
	char *written = checked(strdup(path)), *real = realpath(path, NULL);
	const char *folder = cut_to_open(written)        ? written
			     : real && cut_to_open(real) ? real
							 : NULL;
	char *word = folder ? shell_word(folder) : NULL;
	char *text =
	    word ? join("everybody can put another file in its place; write chmod o-w ", word, NULL)
		 : NULL;

	free(word);
	free(written);
	free(real);
	return text;
}

/* ---- the configuration's own files ------------------------------------------------------------------ */

static void check_permissions(struct lint *l, const struct source_file *f)
{
	char *word = shell_word(f->path);
	char *repair = join("; write chmod go-w ", word, NULL);
	char *place = lint_place(f->path);

	if (S_ISREG(f->mode) && (f->mode & 0002))
		lint_report(l, CONFIG_WARNING, f->path, 0, "everybody can write this file", repair);
	else if (S_ISREG(f->mode) && (f->mode & 0020) && f->owner == 0)
		lint_report(l, CONFIG_WARNING, f->path, 0, "its group can write this file", repair);
	if (place)
		lint_report(l, CONFIG_WARNING, f->path, 0, place, "");
	free(place);
	free(repair);
	free(word);
}

static void collect(struct sources *s, int count, char **files)
{
	const char *config = getenv(variable_names[VARIABLE_CONFIG]);

	for (int i = 0; i < count; i++)
		sources_add_file(s, "lint", files[i]);
	if (count)
		return;
	sources_add_config(s, "lint", config);
	sources_add_variable(s, SOURCE_ENV_EXTRA_CA, variable_names[VARIABLE_EXTRA_CA],
			     getenv(variable_names[VARIABLE_EXTRA_CA]));
	sources_add_variable(s, SOURCE_ENV_PROTOCOL, variable_names[VARIABLE_MIN_PROTOCOL],
			     getenv(variable_names[VARIABLE_MIN_PROTOCOL]));
}

static int lint_sources(const struct sources *s)
{
	struct lint l = {0};
	bool bad = false;
	struct policy *p = checked(policy_parse(s->list, s->count, true, report, &l, &bad));
	size_t sections = policy_section_count(p);

	policy_each(p, lint_files, &l);
	lint_own_settle(&l, NULL);
	for (size_t i = 0; i < s->file_count; i++)
		check_permissions(&l, &s->files[i]);
	policy_free(p);
	printf("%zu section%s, %zu error%s", sections, sections == 1 ? "" : "s", l.errors,
	       l.errors == 1 ? "" : "s");
	if (l.warnings)
		printf(", %zu warning%s", l.warnings, l.warnings == 1 ? "" : "s");
	putchar('\n');
	return l.errors || bad ? STATUS_FINDINGS : STATUS_OK;
}

int lint_main(const struct command *self, int argc, char **argv)
{
	struct sources s;
	int operands, status;

	if (!options_parse(self, argc, argv, no_option, NULL, &operands, &status))
		return status;
	sources_init(&s);
	collect(&s, operands, argv);
	if (s.count) {
		status = lint_sources(&s);
	} else if (!s.unreadable) {
		complain("lint: nothing to check: neither %s nor a *.conf in %s is there, and no "
			 "variable is set",
			 TLSMEND_CONFIG_DEFAULT, TLSMEND_CONFIG_FOLDER);
		status = STATUS_USAGE;
	}
	if (s.unreadable)
		status = STATUS_USAGE;
	sources_free(&s);
	return finish_output(status);
}
