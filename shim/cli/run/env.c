/* SPDX-License-Identifier: ISC
 *
 * tlsmend env: the settings to paste where no launcher fits, quoted for the place where they go.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "env.h"
#include "unit.h"

struct request {
	struct settings settings;
	enum form form;
	bool form_given;
};

static bool take(void *arg, int id, const char *value)
{
	struct request *r = arg;
	if (id < VARIABLE_COUNT)
		return settings_take(&r->settings, id, value);
	if (r->form_given && r->form != (enum form)id) {
		usage_error(r->settings.command, "one form at a time");
		return false;
	}
	r->form = (enum form)id;
	r->form_given = true;
	return true;
}

/* systemd.exec(5), systemd.syntax(7): C escapes inside double quotes; % is a specifier, $ is not special. */
void env_unit_word(struct buf *b, const char *s)
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

/* JSON's strings are YAML's, and a $ is doubled where it would begin a reference. */
static void add_yaml_word(struct buf *b, const char *s, bool dollars)
{
	buf_putc(b, '"');
	for (; *s; s++) {
		if (*s == '$' && dollars)
			buf_putc(b, '$');
		if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			buf_puts(b, "\\x");
			buf_hex(b, s, 1, 0);
			continue;
		}
		if (*s == '"' || *s == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *s);
	}
	buf_putc(b, '"');
}

/* A word for ENV of a Dockerfile. */
static void add_dockerfile_word(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s; s++) {
		if (strchr("\"\\$", *s))
			buf_putc(b, '\\');
		buf_putc(b, *s == '\n' ? ' ' : *s);
	}
	buf_putc(b, '"');
}

/* ---- what is printed ------------------------------------------------------------------------------------ */

struct output {
	enum form form;
	bool plain; /* docker: no word needs quotes, so that $(...) gives the words as they are */
	const struct named_paths *paths;
};

static void print_line(const struct output *o, const char *option, const char *word)
{
	struct buf b;
	buf_init(&b, 0);
	buf_puts(&b, option);
	add_shell_word(&b, word);
	printf("%s%s\n", buf_str(&b), o->plain ? "" : " \\");
	buf_free(&b);
}

static void print_variable(const struct output *o, const char *name, const char *value)
{
	char *assignment = join(name, "=", value, NULL);
	struct buf b;
	buf_init(&b, 0);
	switch (o->form) {
	case FORM_SHELL:
		buf_strs(&b, "export ", name, "=", NULL);
		add_shell_word(&b, value);
		break;
	case FORM_SYSTEMD:
		buf_puts(&b, "Environment=");
		env_unit_word(&b, assignment);
		break;
	case FORM_COMPOSE:
		buf_strs(&b, "      ", name, ": ", NULL);
		add_yaml_word(&b, value, true);
		break;
	case FORM_KUBERNETES:
		buf_strs(&b, "- name: ", name, "\n  value: ", NULL);
		add_yaml_word(&b, value, false);
		break;
	case FORM_DOCKERFILE:
		buf_strs(&b, "ENV ", name, "=", NULL);
		add_dockerfile_word(&b, value);
		break;
	default:
		print_line(o, "--env ", assignment);
	}
	if (b.len)
		puts(buf_str(&b));
	buf_free(&b);
	free(assignment);
}

/* A container sees none of our files unless they are mounted. --volume cannot name a path with a colon. */
static char *mount_of(const struct named_path *p, bool *long_form)
{
	const bool writable = p->kind == PATH_LOG;
	*long_form = strchr(p->path, ':') != NULL;
	return *long_form ? join("type=bind,source=", p->path, ",target=", p->path,
				 writable ? "" : ",readonly", NULL)
			  : join(p->path, ":", p->path, writable ? "" : ":ro", NULL);
}

static void print_mounts(const struct output *o)
{
	for (size_t i = 0; i < o->paths->count; i++) {
		bool long_form;
		char *mount = mount_of(&o->paths->list[i], &long_form);
		if (o->form == FORM_COMPOSE) {
			struct buf b;
			buf_init(&b, 0);
			add_yaml_word(&b, mount, true);
			printf("      - %s\n", buf_str(&b));
			buf_free(&b);
		} else {
			print_line(o, long_form ? "--mount " : "--volume ", mount);
		}
		free(mount);
	}
}

static void print_volumes(const struct named_paths *p, bool mounts)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *path = p->list[i].path;
		struct buf b;
		buf_init(&b, 0);
		add_yaml_word(&b, path, false);
		if (mounts)
			printf("- name: tlsmend-%zu\n  mountPath: %s\n%s", i, buf_str(&b),
			       p->list[i].kind == PATH_LOG ? "" : "  readOnly: true\n");
		else
			printf("- name: tlsmend-%zu\n  hostPath:\n    path: %s\n    type: %s\n", i,
			       buf_str(&b), path[strlen(path) - 1] == '/' ? "Directory" : "File");
		buf_free(&b);
	}
}

/* Everything at its own place below one folder of the build. */
static void print_copy(const struct named_paths *p)
{
	struct buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].kind != PATH_LOG) {
			buf_putc(&b, ' ');
			add_shell_word(&b, p->list[i].path + 1);
		}
	printf(
	    "# first, beside the Dockerfile: mkdir -p tlsmend && tar -chf - -C /%s | tar -xf - -C "
	    "tlsmend\nCOPY tlsmend/ /\n",
	    buf_str(&b));
	buf_free(&b);
}

static void print_head(const struct output *o)
{
	switch (o->form) {
	case FORM_SYSTEMD:
		puts("[Service]");
		break;
	case FORM_DOCKER:
		print_mounts(o);
		break;
	case FORM_COMPOSE:
		puts("services:\n  app: # the name of yours\n    volumes:");
		print_mounts(o);
		puts("    environment:");
		break;
	case FORM_KUBERNETES:
		puts("# in spec.volumes");
		print_volumes(o->paths, false);
		puts("# in spec.containers[].volumeMounts");
		print_volumes(o->paths, true);
		puts("# in spec.containers[].env");
		break;
	case FORM_DOCKERFILE:
		print_copy(o->paths);
		break;
	default:
		break;
	}
}

static bool is_plain(const char *s)
{
	char *word = shell_word(s);
	const bool plain = strcmp(word, s) == 0;
	free(word);
	return plain;
}

/* Do all words survive the shell's splitting without quotes? */
static bool all_plain(const struct settings *s, const char *preload, const struct named_paths *p)
{
	bool plain = is_plain(preload);
	for (int i = 0; i < VARIABLE_COUNT; i++)
		plain = plain && (!s->value[i] || is_plain(s->value[i]));
	for (size_t i = 0; i < p->count; i++)
		plain = plain && is_plain(p->list[i].path);
	return plain;
}

/* What a container would not find, or would make a folder of. */
static void warn_container(const struct named_paths *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (access(p->list[i].path, F_OK) != 0)
			complain("env: %s is not there, so it cannot be mounted%s", p->list[i].path,
				 p->list[i].kind == PATH_LOG
				     ? "; make it first, for example with touch"
				     : "");
}

void env_print(const struct settings *s, enum form form, const char *preload,
	       const struct named_paths *paths)
{
	struct output o = {form, false, paths};
	if (form == FORM_DOCKER) {
		o.plain = all_plain(s, preload, paths);
		if (!o.plain)
			complain("env: a word has characters that the shell reads, so these lines "
				 "are to "
				 "be pasted; $(tlsmend env --docker) would take it apart");
	}
	if (form != FORM_SHELL && form != FORM_SYSTEMD)
		warn_container(paths);
	print_head(&o);
	print_variable(&o, "LD_PRELOAD", preload);
	for (int i = 0; i < VARIABLE_COUNT; i++)
		if (s->value[i])
			print_variable(&o, variable_names[i], s->value[i]);
}

static bool print_settings(const struct request *r)
{
	char *library = library_find();
	/* A unit and a container do not have this shell's LD_PRELOAD. */
	const char *old = r->form == FORM_SHELL ? getenv("LD_PRELOAD") : NULL;
	/* in a container there is what is mounted, and it may be musl's */
	const bool here = r->form == FORM_SHELL || r->form == FORM_SYSTEMD;
	char *form = !library ? NULL : here ? library_for_all(library) : copy_string(library);
	char *preload = form ? preload_join(form, old) : NULL;
	struct named_paths paths;
	if (preload) {
		if (here)
			library_note_kinds("env", library);
		named_paths_find(&paths, &r->settings, library);
		if (r->form == FORM_SYSTEMD)
			unit_warn(&paths, NULL);
		env_print(&r->settings, r->form, preload, &paths);
		named_paths_free(&paths);
	}
	const bool good = preload != NULL;
	free(preload);
	free(form);
	free(library);
	return good;
}

int env_main(const struct command *self, int argc, char **argv)
{
	struct request r = {.form = FORM_SHELL};
	struct arguments a = {.count = argc, .words = argv, .take = take, .arg = &r};
	settings_init(&r.settings, self);
	if (options_parse(self, &a)) {
		if (a.count)
			a.status =
			    usage_error(self, "unexpected '%s'; env runs nothing", a.words[0]);
		else
			a.status = print_settings(&r) ? finish_output(STATUS_OK) : STATUS_USAGE;
	}
	settings_free(&r.settings);
	return a.status;
}
