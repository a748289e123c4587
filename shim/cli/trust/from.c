/* SPDX-License-Identifier: ISC
 *
 * The hosts of a log for which trust may be missing.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>

#include "../host_port.h"
#include "trust.h"

static void add(struct from_list *l, char *asked, const char *sha256)
{
	char pairs[96] = "";
	if (fingerprint_parse(sha256, pairs))
		pairs[0] = '\0';
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->host[i].asked, asked) == 0) {
			/* the latest counts */
			free(l->host[i].sha256);
			l->host[i].sha256 = copy_string(pairs);
			free(asked);
			return;
		}
	l->host = checked(realloc(l->host, (l->count + 1) * sizeof *l->host));
	l->host[l->count++] = (struct from_host){asked, copy_string(pairs)};
}

static void take_record(struct from_list *l, const json_t *o)
{
	const enum cause cause = cause_by_word(json_text(o, "cause"));
	const json_t *leaf = json_array_get(json_object_get(o, "chain"), 0);
	const json_int_t port = json_integer_value(json_object_get(o, "port"));
	struct host_port at = {.port = port > 0 && port < 65536 ? (unsigned)port : 0};
	if (!cause || cause_table[cause].family != FAMILY_ANCHOR ||
	    !host_normalise(*json_text(o, "host") ? json_text(o, "host") : json_text(o, "address"),
			    at.host))
		return;
	add(l, host_port_text(&at), json_text(leaf, "sha256"));
}

bool from_read(struct from_list *l, const struct command *self, const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	if (!f) {
		usage_error(self, "--from %s: %s", path, strerror(errno));
		return false;
	}
	while ((n = getline(&line, &size, f)) >= 0) {
		json_t *o = json_loadb(line, (size_t)n, 0, NULL);
		const char *message = json_text(o, "MESSAGE"); /* journalctl -o json */
		json_t *inner = *message ? json_loads(message, 0, NULL) : NULL;
		take_record(l, inner ? inner : o);
		json_decref(inner);
		json_decref(o);
	}
	const int error = ferror(f) ? errno : 0;
	free(line);
	if (f != stdin)
		fclose(f);
	if (error) {
		usage_error(self, "--from %s: %s", path, strerror(error));
		return false;
	}
	if (!l->count)
		complain("%s: %s: no record of it tells of a host for which a CA is missing",
			 self->name, path);
	return l->count > 0;
}

void from_free(struct from_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->host[i].asked);
		free(l->host[i].sha256);
	}
	free(l->host);
}
