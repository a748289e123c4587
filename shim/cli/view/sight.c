/* SPDX-License-Identifier: ISC */
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>

#include "sight.h"

/* ---- records --------------------------------------------------------------------------------------- */

static bool is_failure(const json_t *record)
{
	const char *event = json_text(record, "event");
	return strcmp(event, "verify_failed") == 0 || strcmp(event, "handshake_failed") == 0 ||
	       strcmp(event, "verify_ignored") == 0 || strcmp(event, "load_failed") == 0;
}

/* The last failure, and the last that a rule mended. */
static void take_records(json_t *list, json_t **failure, json_t **mended)
{
	json_t *record;
	size_t i;
	json_array_foreach(list, i, record)
	{
		json_t **to = is_failure(record)                                  ? failure
			      : strcmp(json_text(record, "event"), "mended") == 0 ? mended
										  : NULL;
		if (to) {
			json_decref(*to);
			*to = json_incref(record);
		} else if (strcmp(json_text(record, "event"), "config_error") == 0) {
			complain("%s", json_text(record, "message"));
		}
	}
	json_decref(list);
}

bool sight_lacks_anchor(const struct sight *s)
{
	static const enum cause mendable[] = {CAUSE_INTERMEDIATE_NOT_SENT, CAUSE_INCOMPLETE_CHAIN,
					      CAUSE_SELF_SIGNED,           CAUSE_ROOT_MISSING_HERE,
					      CAUSE_UNTRUSTED_ROOT,        CAUSE_ISSUER_UNKNOWN,
					      CAUSE_NO_TRUST_STORE};
	const enum cause cause = cause_by_word(json_text(s->failure, "cause"));
	for (size_t i = 0; i < ARRAY_LENGTH(mendable); i++)
		if (s->result == SIGHT_UNTRUSTED && cause == mendable[i])
			return true;
	return false;
}

/* ---- certificates ---------------------------------------------------------------------------------- */

static bool have(const struct sight *s, const struct seen_certificate *c, size_t *at)
{
	for (size_t i = 0; i < s->count; i++)
		if (certificate_same(&s->certificate[i], c)) {
			*at = i;
			return true;
		}
	return false;
}

static void take_certificates(struct sight *s, const char *key, bool presented)
{
	json_t *list = json_object_get(s->facts, key), *pem;
	size_t i, at;
	json_array_foreach(list, i, pem)
	{
		struct seen_certificate c;
		if (s->count == SIGHT_CERTIFICATES ||
		    !certificate_read(json_string_value(pem) ? json_string_value(pem) : "", &c))
			continue;
		if (have(s, &c, &at)) {
			s->certificate[at].presented |= presented;
			certificate_free(&c);
			continue;
		}
		c.presented = presented;
		s->certificate[s->count++] = c;
	}
}

static void take_chain(struct sight *s)
{
	take_certificates(s, "path", false);
	s->path = s->count;
	take_certificates(s, "presented", true);
	/* where nothing was built, the server's list is all there is to show */
	if (!s->path)
		s->path = s->count ? 1 : 0;
	/* what a path that broke off would have gone on with */
	while (s->path > 0 && s->path < s->count && !s->certificate[s->path - 1].self_issued &&
	       X509_check_issued(s->certificate[s->path].x, s->certificate[s->path - 1].x) ==
		   X509_V_OK)
		s->path++;
}

/* ---- all of it -------------------------------------------------------------------------------------- */

static enum sight_result result_of(const json_t *facts)
{
	if (json_is_true(json_object_get(facts, "connected")))
		return SIGHT_TRUSTED;
	return json_is_true(json_object_get(facts, "answered")) ? SIGHT_UNTRUSTED : SIGHT_NO_ANSWER;
}

/* The same without any rule, to know what a rule is worth. */
static void look_plain(struct sight *s, const struct settings *settings)
{
	static const char *const none[] = {"TLSMEND_CONFIG=/dev/null",
					   "TLSMEND_EXTRA_CA=", "TLSMEND_MIN_PROTOCOL=", NULL};
	struct child c = {0, -1, -1};
	json_t *mended = NULL;
	if (child_start(&c, &s->probe, settings, none)) {
		children_wait(&c, 1, &s->probe, s->asked);
		take_records(child_records(&c), &s->plain, &mended);
		json_decref(mended);
	}
	child_close(&c);
}

bool sight_take(struct sight *s, const struct settings *settings, const char *const *extra,
		bool versions)
{
	struct child c[1 + PROBE_VERSIONS];
	size_t n = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(c); i++)
		c[i] = (struct child){0, -1, -1};
	const bool started = child_start(&c[0], &s->probe, settings, extra);
	for (; versions && started && n < ARRAY_LENGTH(c); n++)
		child_start_version(&c[n], &s->probe, &probe_versions[n - 1]);
	children_wait(c, n, &s->probe, s->asked);
	s->facts = child_facts(&c[0]);
	s->result = result_of(s->facts);
	take_records(child_records(&c[0]), &s->failure, &s->mended);
	if (json_is_true(json_object_get(s->facts, "timed_out"))) {
		/* that we ended it is no finding */
		json_decref(s->failure);
		s->failure = NULL;
	}
	take_chain(s);
	for (size_t i = 1; i < n; i++)
		s->versions[i - 1] = child_facts(&c[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(c); i++)
		child_close(&c[i]);
	if (s->mended)
		look_plain(s, settings);
	return started;
}

void sight_free(struct sight *s)
{
	for (size_t i = 0; i < s->count; i++)
		certificate_free(&s->certificate[i]);
	for (size_t i = 0; i < PROBE_VERSIONS; i++)
		json_decref(s->versions[i]);
	json_decref(s->facts);
	json_decref(s->failure);
	json_decref(s->mended);
	json_decref(s->plain);
	free(s->asked);
	free(s->words);
}
