/* SPDX-License-Identifier: ISC
 *
 * tlsmend service NAME: the drop-in that preloads the library into a unit.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../trust/trust.h"
#include "unit.h"

struct service_request {
	struct settings settings;
	bool remove, dry_run;
};

static bool take(void *arg, int id, const char *value)
{
	struct service_request *r = arg;
	if (id == SERVICE_REMOVE)
		r->remove = true;
	else if (id == SERVICE_DRY_RUN)
		r->dry_run = true;
	else
		return settings_take(&r->settings, id, value);
	return true;
}

/* What no unit is called; a slash would lead elsewhere. */
static bool good_name(const char *name)
{
	return *name && *name != '.' &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  ":-_.\\@")];
}

static void add_variable(struct buf *b, const char *name, const char *value)
{
	char *assignment = join(name, "=", value, NULL);
	buf_puts(b, "Environment=");
	env_unit_word(b, assignment);
	buf_putc(b, '\n');
	free(assignment);
}

#define MARK "# written by tlsmend service"

/* A file of that name by somebody else, or a link to /dev/null, which masks it, stays. */
static bool is_free(const char *path)
{
	struct buf b;
	buf_init(&b, 0);
	const int error = file_read(path, CONFIG_MAX_BYTES, &b, NULL, NULL, NULL);
	const bool good =
	    error == ENOENT || (!error && strncmp(buf_str(&b), MARK, sizeof MARK - 1) == 0);
	if (!good)
		complain("%s: %s; it is left as it is", path,
			 error ? strerror(error)
			       : "is there and was not written by tlsmend service");
	buf_free(&b);
	return good;
}

/* A unit's own LD_PRELOAD would be replaced, and so is taken along. */
static bool fill(struct buf *b, const struct service_request *r, const struct unit *u,
		 const char *library)
{
	const char *log = r->settings.value[VARIABLE_LOG];
	char *form = library_for_all(library);
	char *preload = preload_join(form, u->preload);
	free(form);
	if (!preload)
		return false;
	buf_strs(b, MARK "; taken back by: tlsmend service --remove ", u->name, "\n[Service]\n",
		 NULL);
	add_variable(b, "LD_PRELOAD", preload);
	for (int i = 0; i < VARIABLE_COUNT; i++)
		if (r->settings.value[i])
			add_variable(b, variable_names[i], r->settings.value[i]);
	if (log && *log == '/' && !unit_may_write(u, log)) {
		char *folder = path_directory(log);
		buf_puts(b, "ReadWritePaths=");
		env_unit_word(b, folder);
		buf_putc(b, '\n');
		free(folder);
	}
	free(preload);
	return true;
}

static void say_next(const struct unit *u)
{
	printf("next: systemctl daemon-reload && systemctl restart %s\n", u->name);
}

static int write_it(const struct service_request *r, const struct unit *u, const char *library)
{
	char *path = unit_drop_in(u);
	struct named_paths paths;
	struct buf b;
	int status = STATUS_USAGE, error = 0;
	buf_init(&b, 0);
	named_paths_find(&paths, &r->settings, library);
	if (is_free(path) && fill(&b, r, u, library)) {
		library_note_kinds("service", library);
		unit_warn(&paths, u);
		if (!r->dry_run)
			error = make_folder(path);
		if (!r->dry_run && !error)
			error = write_whole(path, buf_str(&b), b.len, NULL);
		if (error) {
			complain("%s: %s", path, strerror(error));
		} else {
			printf("%s %s:\n%s", r->dry_run ? "would write" : "wrote", path,
			       buf_str(&b));
			if (!r->dry_run)
				say_next(u);
			status = STATUS_OK;
		}
	}
	named_paths_free(&paths);
	buf_free(&b);
	free(path);
	return status;
}

static int remove_it(const struct unit *u)
{
	char *path = unit_drop_in(u);
	char *folder = path_directory(path);
	int status = STATUS_OK;
	if (!is_free(path)) {
		status = STATUS_USAGE;
	} else if (unlink(path) == 0) {
		rmdir(folder); /* where nothing else is in it */
		printf("removed %s\n", path);
		say_next(u);
	} else if (errno == ENOENT) {
		status = STATUS_FINDINGS;
		complain("service: %s has no drop-in of tlsmend: there is no %s", u->name, path);
	} else {
		status = STATUS_USAGE;
		complain("service: %s: %s", path, strerror(errno));
	}
	free(folder);
	free(path);
	return status;
}

static int serve(const struct service_request *r, const char *name)
{
	char *library = library_find();
	struct unit u;
	int status = STATUS_USAGE;
	unit_read(&u, name);
	if (r->remove) {
		status = remove_it(&u);
	} else if (!u.path) {
		complain("service: there is no unit %s here; systemctl list-unit-files shows them",
			 u.name);
		status = STATUS_FINDINGS;
	} else if (library) {
		status = write_it(r, &u, library);
	}
	unit_free(&u);
	free(library);
	return status;
}

int service_main(const struct command *self, int argc, char **argv)
{
	struct service_request r = {.remove = false};
	struct arguments a = {.count = argc, .words = argv, .take = take, .arg = &r};
	settings_init(&r.settings, self);
	if (options_parse(self, &a)) {
		if (a.count != 1)
			a.status = usage_error(self, "name one unit");
		else if (!good_name(a.words[0]))
			a.status = usage_error(self,
					       "'%s' is no name of a unit; write NAME or "
					       "NAME.service, without a folder",
					       a.words[0]);
		else
			a.status = finish_output(serve(&r, a.words[0]));
	}
	settings_free(&r.settings);
	return a.status;
}
