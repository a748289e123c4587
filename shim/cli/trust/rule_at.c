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

static struct peer peer_of(const char *host)
{
	return (struct peer){.host = host, .address = host_is_address(host) ? host : NULL};
}

/* A section of a file, for this host and nothing else. */
static bool is_its_own(const struct setting *s, const char *host)
{
	char name[256];

	if (!s->section->line || s->section->closed || strpbrk(s->section->header, " \t*/") ||
	    strpbrk(s->pattern, "*/"))
		return false;
	return host_normalise(s->pattern, name) && strcmp(name, host) == 0;
}

bool rule_at_find(struct rule_at *r, const struct settings *s, const char *host)
{
	const struct setting **list = checked(calloc(SETTINGS_MOST, sizeof *list));
	const struct peer peer = peer_of(host);
	struct rule rule;

	memset(r, 0, sizeof *r);
	sources_init(&r->sources);
	sources_add_config(&r->sources, s->command->name, s->value[VARIABLE_CONFIG]);
	r->policy =
	    checked(policy_parse(r->sources.list, r->sources.count, false, quiet, NULL, NULL));
	size_t n = policy_explain(r->policy, &peer, list, SETTINGS_MOST);

	for (size_t i = 0; i < n && i < SETTINGS_MOST; i++) {
		if (!is_its_own(list[i], host))
			continue;
		if (!r->any)
			r->any = list[i];
		if (!r->extra && list[i]->key == KEY_EXTRA_CA_FILE)
			r->extra = list[i];
	}
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

static char *judge(const struct policy *p, const char *host, const char *ca_file)
{
	const struct peer peer = peer_of(host);
	char line[16];
	struct rule rule;

	policy_lookup(p, &peer, clock_realtime_ms() / 1000, &rule);
	const struct setting *s = rule.set[KEY_EXTRA_CA_FILE];

	if (rule.closed)
		return join("the rules for ", host, " have an error, so its connections fail",
			    NULL);
	if (s && strcmp(s->value, ca_file) == 0)
		return NULL;
	if (!s)
		return copy_string("it would not apply; see tlsmend lint");
	snprintf(line, sizeof line, ":%u", s->line);
	return join("it would be overridden by ", s->section->source, line, NULL);
}

char *rule_at_try(const struct rule_at *r, const char *path, const struct buf *text,
		  const char *host, const char *ca_file)
{
	const struct config_source fresh = {SOURCE_FILE, path, buf_str(text), text->len};
	struct config_source *list = checked(calloc(r->sources.count + 1, sizeof *list));
	const bool known = rule_at_file(r, path) != NULL;
	const size_t at = position(r, path);
	char *error = NULL, *why;
	size_t n = 0;

	for (size_t i = 0; i <= r->sources.count; i++) {
		if (!known && i == at)
			list[n++] = fresh;
		if (i < r->sources.count)
			list[n++] =
			    strcmp(r->sources.list[i].name, path) == 0 ? fresh : r->sources.list[i];
	}
	struct policy *p = checked(policy_parse(list, n, false, quiet, &error, NULL));

	why = ca_file ? judge(p, host, ca_file) : NULL;
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
