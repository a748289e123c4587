/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsmend/log.h>
#include <tlsmend/policy.h>

#include <tlsmend/config_files.h>
#include "cafile.h"
#include "settings.h"

const char *const variable_names[VARIABLE_COUNT] = {
    [VARIABLE_CONFIG] = "TLSMEND_CONFIG",
    [VARIABLE_EXTRA_CA] = "TLSMEND_EXTRA_CA",
    [VARIABLE_MIN_PROTOCOL] = "TLSMEND_MIN_PROTOCOL",
    [VARIABLE_LOG] = "TLSMEND_LOG",
    [VARIABLE_LOG_FORMAT] = "TLSMEND_LOG_FORMAT",
    [VARIABLE_LOG_LEVEL] = "TLSMEND_LOG_LEVEL",
    [VARIABLE_DISABLE] = "TLSMEND_DISABLE",
    [VARIABLE_DLSYM] = "TLSMEND_DLSYM",
    [VARIABLE_DEEPBIND] = "TLSMEND_DEEPBIND",
    [VARIABLE_DRY_RUN] = "TLSMEND_DRY_RUN",
};

/* The list that names no file: without one, the default would count. */
#define NO_CONFIG "/dev/null"

void settings_init(struct settings *s, const struct command *c)
{
	memset(s, 0, sizeof *s);
	s->command = c;
	for (int i = 0; i < VARIABLE_COUNT; i++) {
		const char *value = getenv(variable_names[i]);
		if (value)
			s->value[i] = copy_string(value);
	}
}

void settings_free(struct settings *s)
{
	for (int i = 0; i < VARIABLE_COUNT; i++)
		free(s->value[i]);
	for (size_t i = 0; i < s->file_count; i++)
		free(s->files[i]);
	free(s->fresh);
}

static void replace(struct settings *s, enum variable v, char *value)
{
	free(s->value[v]);
	s->value[v] = value;
}

static void append(struct settings *s, enum variable v, char *value)
{
	const char *old = s->value[v];
	if (old && *old) {
		char *both = join(old, ",", value, NULL);
		free(value);
		value = both;
	}
	replace(s, v, value);
}

static void remember_file(struct settings *s, const char *path)
{
	if (s->file_count < ARRAY_LENGTH(s->files))
		s->files[s->file_count++] = copy_string(path);
}

struct first_message {
	char *text;
};

static void keep_first(void *arg, const struct config_message *m)
{
	struct first_message *first = arg;
	if (!first->text && m->severity == CONFIG_ERROR)
		first->text = copy_string(m->text);
}

/* Asks the library's own parser. */
static bool rule_is_valid(struct settings *s, const char *option, enum source_kind kind,
			  const char *value)
{
	struct config_source source = {kind, option, value, strlen(value)};
	struct first_message first = {NULL};
	bool bad = false;
	struct policy *p = policy_parse(&source, 1, false, keep_first, &first, &bad);
	bool good = p && !first.text && !bad && !policy_empty(p);
	if (!good)
		usage_error(s->command, "--%s %s: %s", option, value,
			    first.text ? first.text : "not understood");
	policy_free(p);
	free(first.text);
	return good;
}

/* What stands against HOST=path as an entry of TLSMEND_EXTRA_CA; NULL: nothing. free(3) it. */
static char *extra_ca_problem(const char *host, const char *path)
{
	if (strchr(host, ',') || strchr(path, ','))
		return copy_string(
		    "a comma separates the entries of TLSMEND_EXTRA_CA, so neither HOST nor "
		    "FILE can hold one; use --config");
	return ca_file_problem(path);
}

static bool add_extra_ca(struct settings *s, const char *given, const char *host, const char *path)
{
	char *problem = extra_ca_problem(host, path);
	char *value = join(host, "=", path, NULL);
	bool good = !problem && rule_is_valid(s, "extra-ca", SOURCE_ENV_EXTRA_CA, value);
	if (problem)
		usage_error(s->command, "--extra-ca %s: %s", given, problem);
	if (good) {
		remember_file(s, path);
		append(s, VARIABLE_EXTRA_CA, value);
	} else {
		free(value);
	}
	free(problem);
	return good;
}

static bool take_extra_ca(struct settings *s, const char *given)
{
	const char *equals = strchr(given, '=');
	if (!equals || equals == given || !equals[1]) {
		usage_error(s->command, "--extra-ca %s: write HOST=FILE", given);
		return false;
	}
	char *host = checked(strndup(given, (size_t)(equals - given)));
	char *path = path_absolute(equals + 1);
	bool good = path && add_extra_ca(s, given, host, path);
	if (!path)
		usage_error(s->command, "--extra-ca %s: %s", given, strerror(errno));
	free(path);
	free(host);
	return good;
}

static bool take_min_protocol(struct settings *s, const char *given)
{
	const char *equals = strchr(given, '=');
	if (!equals || equals == given || !equals[1] || strchr(given, ',')) {
		usage_error(s->command, "--min-protocol %s: write HOST=VERSION, once for each host",
			    given);
		return false;
	}
	if (!protocol_parse(equals + 1)) {
		usage_error(s->command,
			    "--min-protocol %s: unknown version '%s'; write TLSv1, TLSv1.1, "
			    "TLSv1.2 or TLSv1.3",
			    given, equals + 1);
		return false;
	}
	if (!rule_is_valid(s, "min-protocol", SOURCE_ENV_PROTOCOL, given))
		return false;
	append(s, VARIABLE_MIN_PROTOCOL, copy_string(given));
	return true;
}

char *settings_user_folder(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (xdg && *xdg == '/')
		return join(xdg, "/tlsmend/", NULL);
	return home && *home == '/' ? join(home, "/.config/tlsmend/", NULL) : NULL;
}

/* The user's rules behind the others, so that they win. What is not there is not named. */
static void add_user(struct settings *s)
{
	char *folder = settings_user_folder();
	const char *given = s->value[VARIABLE_CONFIG];
	const char *const parts[] = {
	    given && *given                             ? given
	    : access(TLSMEND_CONFIG_DEFAULT, F_OK) == 0 ? TLSMEND_CONFIG_DEFAULT
							: "",
	    (given && *given) || access(TLSMEND_CONFIG_FOLDER, F_OK) != 0 ? ""
									  : TLSMEND_CONFIG_FOLDER,
	    folder && access(folder, F_OK) == 0 ? folder : ""};
	char *list = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (!*parts[i] || (list && strcmp(list, parts[i]) == 0))
			continue;
		char *longer = list ? join(list, ":", parts[i], NULL) : copy_string(parts[i]);
		free(list);
		list = longer;
	}
	if (list)
		replace(s, VARIABLE_CONFIG, list);
	if (folder && access(folder, F_OK) == 0)
		remember_file(s, folder);
	free(folder);
}

static char *config_path(struct settings *s, const char *name)
{
	char *path = path_absolute(name);
	struct buf text;
	int error = path ? 0 : errno;
	buf_init(&text, 0);
	if (path && include_is_folder(name)) {
		error = include_list(path, &text);
	} else if (path) {
		error = file_read(path, CONFIG_MAX_BYTES, &text, NULL, NULL, NULL);
	}
	buf_free(&text);
	if (!path || error || strchr(path, ':')) {
		usage_error(s->command, "--config %s: %s", name,
			    error == EISDIR
				? "is a folder; write a / behind it for the *.conf in it"
			    : error ? strerror(error)
				    : "a colon separates files");
		free(path);
		return NULL;
	}
	return path;
}

/* Absolute, whether its folder is there or not. NULL: something is there, or no path leads to it from here. */
static char *fresh_path(const char *name)
{
	if (!*name || access(name, F_OK) == 0 || errno != ENOENT)
		return NULL;
	char *here = *name == '/' ? copy_string("") : getcwd(NULL, 0);
	char *path = here ? join(here, *name == '/' ? "" : "/", name, NULL) : NULL;
	free(here);
	return path;
}

static bool take_config(struct settings *s, const char *given)
{
	char *list = NULL;
	free(s->fresh);
	s->fresh = NULL;
	for (const char *at = given;; at++) {
		size_t n = strcspn(at, ":");
		char *name = checked(strndup(at, n));
		s->fresh = s->writes && !at[n] ? fresh_path(name) : NULL;
		char *path = s->fresh ? NULL : config_path(s, name);
		free(name);
		if (s->fresh)
			break;
		if (!path) {
			free(list);
			return false;
		}
		remember_file(s, path);
		char *longer = list ? join(list, ":", path, NULL) : copy_string(path);
		free(path);
		free(list);
		list = longer;
		at += n;
		if (!*at)
			break;
	}
	replace(s, VARIABLE_CONFIG, list ? list : copy_string(NO_CONFIG));
	if (s->user)
		add_user(s);
	return true;
}

char *settings_config_given(const struct settings *s)
{
	const char *there = s->value[VARIABLE_CONFIG];
	if (!s->fresh)
		return there ? copy_string(there) : NULL;
	return strcmp(there, NO_CONFIG) == 0 ? copy_string(s->fresh)
					     : join(there, ":", s->fresh, NULL);
}

void settings_written(struct settings *s)
{
	char *list = s->fresh ? settings_config_given(s) : NULL;
	if (list)
		replace(s, VARIABLE_CONFIG, list);
	free(s->fresh);
	s->fresh = NULL;
}

static bool take_log(struct settings *s, const char *given)
{
	struct sink sink;
	char *path = strchr(given, '/') ? path_absolute(given) : copy_string(given);
	if (!path) {
		usage_error(s->command, "--log %s: %s", given, strerror(errno));
		return false;
	}
	if (!*given || !sink_parse(path, &sink)) {
		usage_error(s->command,
			    "--log %s: write stderr, syslog, journal, fd:N, off, or a path with a "
			    "slash in it (./%s)",
			    given, given);
		free(path);
		return false;
	}
	replace(s, VARIABLE_LOG, path);
	return true;
}

bool settings_take(void *arg, int id, const char *value)
{
	struct settings *s = arg;
	bool json;
	enum level level;
	if (id == SETTINGS_USER) {
		s->user = true;
		add_user(s);
		return true;
	}
	switch ((enum variable)id) {
	case VARIABLE_CONFIG:
		return take_config(s, value);
	case VARIABLE_EXTRA_CA:
		return take_extra_ca(s, value);
	case VARIABLE_MIN_PROTOCOL:
		return take_min_protocol(s, value);
	case VARIABLE_LOG:
		return take_log(s, value);
	case VARIABLE_LOG_FORMAT:
		if (!*value || !log_format_parse(value, &json)) {
			usage_error(s->command, "--format %s: write text or json", value);
			return false;
		}
		break;
	case VARIABLE_LOG_LEVEL:
		if (!*value || !log_level_parse(value, &level)) {
			usage_error(s->command, "--level %s: write error, warning, info or debug",
				    value);
			return false;
		}
		break;
	default:
		return false;
	}
	replace(s, (enum variable)id, copy_string(value));
	return true;
}
