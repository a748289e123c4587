/* SPDX-License-Identifier: ISC
 *
 * tlsmend env: the settings to paste where no launcher fits, quoted for the place where they go.
 */
#include <stdlib.h>
#include <string.h>

#include "env.h"

struct request {
	struct settings settings;
	enum form form;
};

static bool take(void *arg, int id, const char *value)
{
	struct request *r = arg;

	if (id < VARIABLE_COUNT)
		return settings_take(&r->settings, id, value);
	r->form = (enum form)id;
	return true;
}

/* systemd.exec(5), systemd.syntax(7): C escapes inside double quotes; % is a specifier, $ is not special. */
static void add_unit_word(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s; s++)
		if (*s == '"' || *s == '\\') {
			buf_putc(b, '\\');
			buf_putc(b, *s);
		} else if (*s == '%') {
			buf_puts(b, "%%");
		} else if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			buf_puts(b, "\\x");
			buf_hex(b, s, 1, 0);
		} else {
			buf_putc(b, *s);
		}
	buf_putc(b, '"');
}

static void print_variable(enum form form, const char *name, const char *value)
{
	char *assignment = join(name, "=", value, NULL);
	struct buf b;

	buf_init(&b, 0);
	if (form == FORM_SHELL) {
		buf_strs(&b, "export ", name, "=", NULL);
		add_shell_word(&b, value);
	} else if (form == FORM_SYSTEMD) {
		buf_puts(&b, "Environment=");
		add_unit_word(&b, assignment);
	} else {
		buf_puts(&b, "--env ");
		add_shell_word(&b, assignment);
		buf_puts(&b, " \\");
	}
	puts(buf_str(&b));
	buf_free(&b);
	free(assignment);
}

/* A container sees none of our files unless they are mounted. --volume cannot name a path with a colon. */
static void print_mount(const char *path)
{
	struct buf b;
	char *both = strchr(path, ':')
			 ? join("type=bind,source=", path, ",target=", path, ",readonly", NULL)
			 : join(path, ":", path, ":ro", NULL);

	buf_init(&b, 0);
	buf_puts(&b, strchr(path, ':') ? "--mount " : "--volume ");
	add_shell_word(&b, both);
	buf_puts(&b, " \\");
	puts(buf_str(&b));
	buf_free(&b);
	free(both);
}

static bool print_settings(const struct request *r)
{
	char *library = library_find();
	/* A unit and a container do not have this shell's LD_PRELOAD. */
	const char *old = r->form == FORM_SHELL ? getenv("LD_PRELOAD") : NULL;
	char *preload = library ? preload_join(library, old) : NULL;

	if (preload) {
		if (r->form == FORM_SYSTEMD)
			puts("[Service]");
		if (r->form == FORM_DOCKER) {
			print_mount(library);
			for (size_t i = 0; i < r->settings.file_count; i++)
				print_mount(r->settings.files[i]);
		}
		print_variable(r->form, "LD_PRELOAD", preload);
		for (int i = 0; i < VARIABLE_COUNT; i++)
			if (r->settings.value[i])
				print_variable(r->form, variable_names[i], r->settings.value[i]);
	}
	bool good = preload != NULL;

	free(preload);
	free(library);
	return good;
}

int env_main(const struct command *self, int argc, char **argv)
{
	struct request r = {.form = FORM_SHELL};
	int operands, status;

	settings_init(&r.settings, self);
	if (options_parse(self, argc, argv, take, &r, &operands, &status)) {
		if (operands)
			status = usage_error(self, "unexpected '%s'; env runs nothing", argv[0]);
		else
			status = print_settings(&r) ? finish_output(STATUS_OK) : STATUS_USAGE;
	}
	settings_free(&r.settings);
	return status;
}
