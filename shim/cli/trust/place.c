/* SPDX-License-Identifier: ISC
 *
 * Where a rule is written down. A section that the host has is changed; who has none gets a file of its own.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tlsmend/config_files.h>
#include "trust.h"

char *place_file_name(const struct host_port *at, const char *suffix)
{
	char port[16] = "";
	if (at->port)
		snprintf(port, sizeof port, "+%u", at->port);
	char *name = join(at->host, port, suffix, NULL);
	for (char *c = name; *c; c++)
		if (*c == ':')
			*c = '_';
	return name;
}

/* The last entry of a list, which wins. */
static char *last_entry(const char *list)
{
	const char *colon = strrchr(list, ':');
	return copy_string(colon ? colon + 1 : list);
}

/* The folder for CA files, and the configuration for a new section. */
static bool choose(struct place *p, const struct settings *s, bool user, const struct host_port *at)
{
	const char *given = s->fresh ? s->fresh : s->value[VARIABLE_CONFIG];
	char *entry = user              ? settings_user_folder()
		      : given && *given ? last_entry(given)
					: copy_string(TLSMEND_CONFIG_FOLDER);
	char *name = place_file_name(at, ".conf"), *pem = place_file_name(at, ".trust.pem");
	if (!entry) {
		complain("%s: neither XDG_CONFIG_HOME nor HOME says where your own rules are",
			 s->command->name);
	} else {
		char *folder = path_directory(entry);
		const bool usual = !user && !(given && *given);
		p->config = include_is_folder(entry) ? join(entry, name, NULL) : copy_string(entry);
		p->pem = join(usual ? "/etc/tlsmend" : folder, "/", pem, NULL);
		free(folder);
	}
	free(pem);
	free(name);
	free(entry);
	return p->config != NULL;
}

/* ---- the CA file ------------------------------------------------------------------------------------------- */

static bool is_ours(const struct buf *text)
{
	return strncmp(buf_str(text), TRUST_MARK, sizeof TRUST_MARK - 1) == 0;
}

struct merge {
	struct buf *to;
	const char *fresh;
};

/* What was trusted stays trusted. */
static bool take_old(void *arg, struct seen_certificate *c)
{
	struct merge *m = arg;
	if (!strstr(m->fresh, c->sha256))
		buf_strs(m->to, "# ", c->subject, "\n# sha256 ", c->sha256, "\n", c->pem, NULL);
	certificate_free(c);
	return true;
}

static bool fill_certificates(struct place *p, const struct rule_at *r, const char *certificates,
			      const char *about)
{
	struct merge m = {&p->certificates, certificates};
	struct buf old;
	buf_init(&old, 0);
	int error = file_read(p->pem, CONFIG_MAX_BYTES, &old, NULL, NULL, NULL);
	if ((error && error != ENOENT) || (!error && old.len && !is_ours(&old))) {
		complain("%s: %s; it is left as it is", p->pem,
			 error ? strerror(error) : "is there and was not written by tlsmend trust");
		buf_free(&old);
		return false;
	}
	buf_free(&old);
	buf_strs(&p->certificates, TRUST_MARK, about, "\n", certificates, NULL);
	buf_init(&old, 0);
	if (r->applies && !file_read(r->applies->value, CONFIG_MAX_BYTES, &old, NULL, NULL, NULL))
		certificates_each(buf_str(&old), take_old, &m);
	buf_free(&old);
	return true;
}

/* ---- the section ---------------------------------------------------------------------------------------------- */

/* As a value of the configuration. */
static char *quoted(const char *path)
{
	return strpbrk(path, " \t#") ? join("\"", path, "\"", NULL) : copy_string(path);
}

static void change_section(struct place *p, const struct rule_at *r, const struct buf *old,
			   const char *about)
{
	char *value = quoted(p->pem);
	char *line = join(TRUST_MARK, about, "\nExtraCAFile = ", value, NULL);
	const char *before;
	size_t n;
	if (r->extra && strcmp(r->extra->value, p->pem) == 0) {
		p->unchanged = true;
	} else if (r->extra && edit_get(buf_str(old), old->len, r->extra->line, &before, &n)) {
		char *was = checked(strndup(before, n));
		char *with = join(TRUST_MARK, "before: ", was, "\n", line, NULL);
		edit_line(&p->fresh, buf_str(old), old->len, r->extra->line, with, false);
		free(with);
		free(was);
	} else {
		edit_line(&p->fresh, buf_str(old), old->len, r->any->section->line, line, true);
	}
	p->section = join("[", r->any->section->header, "]\nExtraCAFile = ", value, "\n", NULL);
	free(line);
	free(value);
}

static void add_section(struct place *p, const struct buf *old, const char *about)
{
	char *value = quoted(p->pem);
	buf_add(&p->fresh, buf_str(old), old->len);
	if (old->len)
		buf_puts(&p->fresh, old->data[old->len - 1] == '\n' ? "\n" : "\n\n");
	buf_strs(&p->fresh, "[", p->scope, "]\n", TRUST_MARK, about, "\nExtraCAFile = ", value,
		 "\n", NULL);
	p->section = join("[", p->scope, "]\nExtraCAFile = ", value, "\n", NULL);
	free(value);
}

/* A section that the host has in a file that is ours to change. */
static bool has_section(const struct rule_at *r, bool user)
{
	char *folder = user ? settings_user_folder() : NULL;
	const bool good =
	    r->any && (!folder || strncmp(r->any->section->source, folder, strlen(folder)) == 0);
	free(folder);
	return good;
}

static bool read_config(struct place *p)
{
	struct file_status status;
	int error = file_status(p->config, &status);
	if (!error) {
		p->exists = true;
		p->owner = status.owner;
		p->group = status.group;
		p->mode = status.mode;
		/* /dev/null can be read, and means: no rules */
		error = S_ISREG(status.mode)
			    ? file_read(p->config, CONFIG_MAX_BYTES, &p->old, NULL, NULL, NULL)
			    : EINVAL;
	}
	if (!error || error == ENOENT)
		return true;
	complain("%s: %s", p->config,
		 error == EINVAL ? "is no regular file, so no rule can be written into it; name "
				   "another place with --config"
				 : strerror(error));
	return false;
}

static bool fill_config(struct place *p, const struct rule_at *r, bool has,
			const struct host_port *at, const char *about)
{
	if (has) {
		free(p->config);
		p->config = copy_string(r->any->section->source);
	}
	if (!read_config(p))
		return false;
	if (has)
		change_section(p, r, &p->old, about);
	else
		add_section(p, &p->old, about);
	if (p->unchanged)
		return true;
	char *why = rule_at_try(r, p->config, &p->fresh, at, p->pem);
	if (why)
		complain("the rule for %s would be of no use: %s", p->scope, why);
	free(why);
	return !why;
}

bool place_find(struct place *p, struct settings *s, bool user, const struct host_port *at,
		const char *certificates, const char *about)
{
	struct host_port scope = *at;
	struct rule_at r;
	bool good = rule_at_find(&r, s, at), has;
	memset(p, 0, sizeof *p);
	if (good && r.only) {
		complain("%s:%u: OnlyCAFile says whom %s may trust; put the certificate into that "
			 "file instead",
			 r.only->section->source, r.only->line, at->host);
		good = false;
	}
	has = good && has_section(&r, user);
	if (has)
		rule_at_is_its_own(r.any, at->host, &scope.port);
	p->scope = host_port_text(&scope);
	good = good && choose(p, s, user, &scope) &&
	       fill_certificates(p, &r, certificates, about) && fill_config(p, &r, has, at, about);
	rule_at_free(&r);
	return good;
}

void place_free(struct place *p)
{
	buf_free(&p->old);
	buf_free(&p->fresh);
	buf_free(&p->certificates);
	free(p->scope);
	free(p->pem);
	free(p->config);
	free(p->section);
}
