/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsmend/log.h>

#include <tlsmend/config_files.h>
#include "paths_named.h"
#include "sources.h"

static void add(struct named_paths *p, enum path_kind kind, const char *path)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *known = p->list[i].path;
		if (strcmp(known, path) == 0 ||
		    (include_is_folder(known) && strncmp(known, path, strlen(known)) == 0))
			return;
	}
	p->list = checked(realloc(p->list, (p->count + 1) * sizeof *p->list));
	p->list[p->count++] = (struct named_path){kind, copy_string(path)};
}

static void add_config(struct named_paths *p, const char *list)
{
	if (!list || !*list) {
		if (access(TLSMEND_CONFIG_DEFAULT, F_OK) == 0)
			add(p, PATH_CONFIG, TLSMEND_CONFIG_DEFAULT);
		if (access(TLSMEND_CONFIG_FOLDER, F_OK) == 0)
			add(p, PATH_CONFIG, TLSMEND_CONFIG_FOLDER);
		return;
	}
	while (*list) {
		const size_t n = strcspn(list, ":");
		char *entry = checked(strndup(list, n));
		char *path = include_resolve("", entry, n);
		if (n)
			add(p, PATH_CONFIG, checked(path));
		free(path);
		free(entry);
		list += n + (list[n] == ':');
	}
}

static void take_setting(void *arg, const struct setting *s)
{
	if (key_table[s->key].syntax == SYNTAX_PATH && *s->value == '/')
		add(arg, s->key == KEY_PRIVATE_KEY ? PATH_KEY : PATH_CA, s->value);
}

static void quiet(void *arg, const struct config_message *m)
{
	(void)arg;
	(void)m;
}

void named_paths_find(struct named_paths *p, const struct settings *s, const char *library)
{
	const char *log = s->value[VARIABLE_LOG];
	struct sources sources;
	memset(p, 0, sizeof *p);
	add(p, PATH_LIBRARY, library);
	add_config(p, s->value[VARIABLE_CONFIG]);
	sources_init(&sources);
	sources_add_config(&sources, s->command->name, s->value[VARIABLE_CONFIG]);
	p->unreadable = sources.unreadable;
	for (size_t i = 0; i < sources.file_count; i++)
		add(p, PATH_CONFIG, sources.files[i].path);
	sources_add_variable(&sources, SOURCE_ENV_EXTRA_CA, variable_names[VARIABLE_EXTRA_CA],
			     s->value[VARIABLE_EXTRA_CA]);
	struct policy *policy =
	    checked(policy_parse(sources.list, sources.count, false, quiet, NULL, NULL));
	policy_each(policy, take_setting, p);
	policy_free(policy);
	sources_free(&sources);
	if (log && *log == '/')
		add(p, PATH_LOG, log);
}

void named_paths_free(struct named_paths *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->list[i].path);
	free(p->list);
}
