/* SPDX-License-Identifier: ISC
 *
 * The rule that the configuration has for a host, and what it would be with another text of one file.
 */
#include <stdlib.h>
#include <string.h>

#include "trust.h"

enum { SETTINGS_MOST = 1024 };

static void quiet(void *arg, const struct config_message *m)
{
	char **first = arg;
	if (first && !*first && m->severity == CONFIG_ERROR)
		*first = copy_string(m->text);
}

static struct peer peer_of(const struct host_port *at)
{
	return (struct peer){.host = at->host,
			     .address = host_is_address(at->host) ? at->host : NULL,
			     .port = at->port};
}

bool rule_at_is_its_own(const struct setting *s, const char *host, unsigned *port)
{
	struct host_port at;
	if (!s->section->line || s->section->closed || strpbrk(s->section->header, " \t*/") ||
	    strpbrk(s->pattern, "*/") || !host_port_parse(s->pattern, &at))
		return false;
	*port = at.port;
	return strcmp(at.host, host) == 0;
}

/* What is wider is nobody's to change for one port, unless it adds trust for the host anyhow. */
static void choose_section(struct rule_at *r, const struct setting *const *list, size_t n,
			   const struct host_port *at)
{
	const struct setting *wide = NULL;
	unsigned port;
	for (size_t i = 0; i < n; i++) {
		const struct setting *s = list[i];
		const bool extra = s->key == KEY_EXTRA_CA_FILE;
		if (!rule_at_is_its_own(s, at->host, &port))
			continue;
		if (port != at->port) {
			wide = wide || !extra ? wide : s;
			continue;
		}
		r->any = r->any ? r->any : s;
		r->extra = r->extra || !extra ? r->extra : s;
	}
	if (!r->any)
		r->any = r->extra = wide;
}

bool rule_at_find(struct rule_at *r, const struct settings *s, const struct host_port *at)
{
	const struct setting **list = checked(calloc(SETTINGS_MOST, sizeof *list));
	const struct peer peer = peer_of(at);
	struct rule rule;
	memset(r, 0, sizeof *r);
	sources_init(&r->sources);
	sources_add_config(&r->sources, s->command->name, s->value[VARIABLE_CONFIG]);
	r->policy =
	    checked(policy_parse(r->sources.list, r->sources.count, false, quiet, NULL, NULL));
	size_t n = policy_explain(r->policy, &peer, list, SETTINGS_MOST);
	choose_section(r, list, n < SETTINGS_MOST ? n : SETTINGS_MOST, at);
	policy_lookup(r->policy, &peer, clock_realtime_ms() / 1000, &rule);
	r->only = rule.set[KEY_ONLY_CA_FILE];
	r->applies = rule.set[KEY_EXTRA_CA_FILE];
	free(list);
	return !r->sources.unreadable;
}

void rule_at_free(struct rule_at *r)
{
	policy_free(r->policy);
	sources_free(&r->sources);
}

const struct source_file *rule_at_file(const struct rule_at *r, const char *path)
{
	for (size_t i = 0; i < r->sources.file_count; i++)
		if (strcmp(r->sources.files[i].path, path) == 0)
			return &r->sources.files[i];
	return NULL;
}

/* Where a file that is new comes in: among those of its folder by its name, else behind all. */
static size_t position(const struct rule_at *r, const char *path)
{
	const size_t folder = (size_t)(path_base(path) - path);
	for (size_t i = 0; i < r->sources.count; i++) {
		const char *other = r->sources.list[i].name;
		if (strncmp(other, path, folder) == 0 && !strchr(other + folder, '/') &&
		    strcmp(other, path) > 0)
			return i;
	}
	return r->sources.count;
}

static char *judge(const struct policy *p, const struct host_port *at, const char *ca_file)
{
	const struct peer peer = peer_of(at);
	char line[16];
	struct rule rule;
	policy_lookup(p, &peer, clock_realtime_ms() / 1000, &rule);
	const struct setting *s = rule.set[KEY_EXTRA_CA_FILE];
	if (rule.closed)
		return join("the rules for ", at->host, " have an error, so its connections fail",
			    NULL);
	if (s && strcmp(s->value, ca_file) == 0)
		return NULL;
	if (!s)
		return copy_string("it would not apply; see tlsmend lint");
	snprintf(line, sizeof line, ":%u", s->line);
	return join("it would be overridden by ", s->section->source, line, NULL);
}

char *rule_at_try(const struct rule_at *r, const char *path, const struct buf *text,
		  const struct host_port *at, const char *ca_file)
{
	const struct config_source fresh = {SOURCE_FILE, path, buf_str(text), text->len};
	struct config_source *list = checked(calloc(r->sources.count + 1, sizeof *list));
	const bool known = rule_at_file(r, path) != NULL;
	const size_t new_at = position(r, path);
	char *error = NULL, *why;
	size_t n = 0;
	for (size_t i = 0; i <= r->sources.count; i++) {
		if (!known && i == new_at)
			list[n++] = fresh;
		if (i < r->sources.count)
			list[n++] =
			    strcmp(r->sources.list[i].name, path) == 0 ? fresh : r->sources.list[i];
	}
	struct policy *p = checked(policy_parse(list, n, false, quiet, &error, NULL));
	why = ca_file ? judge(p, at, ca_file) : NULL;
	if (why && error) {
		char *both = join(why, ": ", error, NULL);
		free(why);
		why = both;
	}
	free(error);
	policy_free(p);
	free(list);
	return why;
}
