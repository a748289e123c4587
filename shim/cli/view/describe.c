/* SPDX-License-Identifier: ISC
 *
 * tlsmend view --format json.
 */
#include <string.h>

#include "sight.h"

static void copy(json_t *to, const json_t *from, const char *key, const char *name)
{
	json_t *value = json_object_get(from, key);
	if (value)
		json_object_set(to, name, value);
}

static json_t *describe_certificate(const struct seen_certificate *c)
{
	json_t *o = json_object(), *san = json_array();
	for (char **n = c->san; *n; n++)
		json_array_append_new(san, json_string(*n));
	json_object_set_new(o, "subject", json_string(c->subject));
	json_object_set_new(o, "issuer", json_string(c->issuer));
	json_object_set_new(o, "names", san);
	json_object_set_new(o, "not_before", json_string(c->not_before));
	json_object_set_new(o, "not_after", json_string(c->not_after));
	json_object_set_new(o, "days_left", json_integer(c->days_left));
	json_object_set_new(o, "key", json_string(c->key));
	json_object_set_new(o, "signature", json_string(c->signature));
	json_object_set_new(o, "sha256", json_string(c->sha256));
	json_object_set_new(o, "presented", json_boolean(c->presented));
	json_object_set_new(o, "pem", json_string(c->pem));
	return o;
}

static json_t *describe_version(const json_t *v)
{
	static const char *const keys[] = {"cipher", "key_exchange", "secure_renegotiation"};
	const bool spoken = json_is_true(json_object_get(v, "spoken"));
	json_t *o = json_object();
	json_object_set_new(o, "spoken", json_boolean(spoken));
	for (size_t i = 0; spoken && i < ARRAY_LENGTH(keys); i++)
		copy(o, v, keys[i], keys[i]);
	if (spoken) {
		copy(o, v, "asked", "asks_for_certificate");
		copy(o, v, "authorities", "authorities");
	}
	return o;
}

static json_t *describe_versions(const struct sight *s)
{
	json_t *all = json_object();
	for (size_t i = 0; i < PROBE_VERSIONS; i++)
		if (json_is_true(json_object_get(s->versions[i], "possible")))
			json_object_set_new(all, probe_versions[i].name,
					    describe_version(s->versions[i]));
	return all;
}

json_t *sight_describe(const struct sight *s)
{
	static const char *const results[] = {"trusted", "not-trusted", "no-answer"};
	static const char *const failure[] = {"cause", "why",   "depth", "code",
					      "name",  "notes", "help"};
	static const char *const facts[] = {"address", "protocol",    "cipher", "key_exchange",
					    "verify",  "verify_text", "error",  "openssl"};
	json_t *o = json_object(), *path = json_array(), *also = json_array();
	json_object_set_new(o, "host", json_string(s->probe.host));
	json_object_set_new(o, "port", json_integer(s->probe.port));
	json_object_set_new(o, "result", json_string(results[s->result]));
	for (size_t i = 0; i < ARRAY_LENGTH(failure); i++)
		copy(o, s->failure, failure[i], failure[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
		copy(o, s->facts, facts[i], facts[i]);
	copy(o, s->mended, "rule", "rule");
	copy(o, s->plain, "cause", "cause_without_rule");
	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(i < s->path ? path : also,
				      describe_certificate(&s->certificate[i]));
	json_object_set_new(o, "path", path);
	json_object_set_new(o, "also_sent", also);
	json_object_set_new(o, "server", describe_versions(s));
	return o;
}
