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
	struct policy *p = checked(policy_parse(s->list, s->count, true, lint_message, &l, &bad));
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
	struct arguments a = {.count = argc, .words = argv, .take = no_option};
	if (!options_parse(self, &a))
		return a.status;
	sources_init(&s);
	collect(&s, a.count, a.words);
	if (s.count) {
		a.status = lint_sources(&s);
	} else if (!s.unreadable) {
		complain("lint: nothing to check: neither %s nor a *.conf in %s is there, and no "
			 "variable is set",
			 TLSMEND_CONFIG_DEFAULT, TLSMEND_CONFIG_FOLDER);
		a.status = STATUS_USAGE;
	}
	if (s.unreadable)
		a.status = STATUS_USAGE;
	sources_free(&s);
	return finish_output(a.status);
}
