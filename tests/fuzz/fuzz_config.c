/* SPDX-License-Identifier: ISC
 *
 * Any bytes as any source of configuration. Invariants: nothing that weakens holds for every host, a rejected section
 * never comes back, an expired one weakens nothing, look-up and explanation agree, messages are short and free of
 * control characters, their number is bounded.
 *
 * First byte: kind of source (bits 0-1), lint (bit 2), file and variable together (bit 3). The rest is the text.
 */
#include <stdlib.h>
#include <string.h>

#include "../../shim/policy/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static void check_message(void *arg, const struct config_message *m)
{
	unsigned *count = arg;
	size_t n = strlen(m->text);

	(*count)++;
	REQUIRE(n > 0 && n <= MESSAGE_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t length = utf8_length(m->text + i, n - i, NULL);

		/* only a cut at MESSAGE_MAX may end within a character */
		REQUIRE(length > 0 || n == MESSAGE_MAX);
		REQUIRE((unsigned char)m->text[i] >= ' ' && m->text[i] != 0x7f);
		i += length > 0 ? length - 1 : 0;
	}
}

static bool listed(const struct setting *const *list, size_t n, const struct setting *s)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == s)
			return true;
	}
	return false;
}

static void check_setting(const struct setting *s, int64_t now)
{
	struct pattern pattern;

	REQUIRE(key_table[s->key].effect != GOVERNS);
	REQUIRE(!s->weakening || (!s->any_host && now <= s->section->until));
	REQUIRE(pattern_parse(s->pattern, strlen(s->pattern), &pattern, NULL));
	REQUIRE(!s->weakening || !pattern_is_any(&pattern));
	REQUIRE(key_table[s->key].syntax != SYNTAX_PATH || s->value[0] == '/');
	REQUIRE(!atomic_load(&s->section->rejected));
}

static void check_peer(const struct policy *p, const struct peer *peer, int64_t now, bool reject)
{
	const struct setting *list[64];
	struct rule rule, again;
	size_t all = policy_explain(p, peer, list, ARRAY_LENGTH(list));
	unsigned count = 0;

	policy_lookup(p, peer, now, &rule);
	REQUIRE(all >= rule.count);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct setting *s = rule.set[key];

		REQUIRE(!rule.dry[key] || rule.dry[key]->section->dry);
		if (!s)
			continue;
		REQUIRE(!s->section->dry);
		count++;
		REQUIRE(s->key == key && policy_uses(p, (enum key)key));
		REQUIRE(all > ARRAY_LENGTH(list) || listed(list, all, s));
		check_setting(s, now);
	}
	REQUIRE(count == rule.count);
	if (reject) {
		for (unsigned key = 0; key < KEY_COUNT; key++) {
			if (rule.set[key])
				section_reject(rule.set[key]);
		}
		policy_lookup(p, peer, now, &again);
		for (unsigned key = 0; key < KEY_COUNT; key++)
			REQUIRE(!again.set[key] ||
				!atomic_load(&again.set[key]->section->rejected));
	}
}

/* A host that the pattern of a setting matches, and others. */
static void check_setting_peers(void *arg, const struct setting *s)
{
	struct policy *p = arg;
	struct pattern pattern;
	struct rule rule;
	char text[300] = "x.", host[256];
	struct peer peer = {host, NULL, 0};

	REQUIRE(pattern_parse(s->pattern, strlen(s->pattern), &pattern, NULL));
	peer.port = pattern.port;
	if (pattern.kind == PATTERN_CIDR)
		address_format(&pattern.address, text);
	else if (pattern.kind == PATTERN_EXACT)
		memcpy(text, pattern.name, pattern.name_length);
	else if (pattern.kind == PATTERN_SUFFIX && pattern.name_length < 250)
		memcpy(text + 2, pattern.name, pattern.name_length);
	else
		strcpy(text, "any.example");
	if (pattern.kind == PATTERN_EXACT)
		text[pattern.name_length] = '\0';
	REQUIRE(host_normalise(text, host));
	policy_lookup(p, &peer, INT64_MIN, &rule);
	if (pattern.kind != PATTERN_SUFFIX || pattern.name_length < 250)
		/* or a section for the host that has an error shuts it */
		REQUIRE(rule.set[s->key] || rule.dry[s->key] || rule.closed);
	REQUIRE(pattern_covers(s->pattern, host, host_is_address(host)) ||
		pattern.name_length >= 250);
	check_peer(p, &peer, INT64_MIN, false);
	check_peer(p, &peer, INT64_MAX, false);
	peer.address = "192.0.2.1";
	check_peer(p, &peer, 0, false);
}

/* Words of the text as peers. */
static void check_words(const struct policy *p, const char *text, size_t n)
{
	char word[300], host[256];
	size_t length;
	const char *s = text, *w;

	for (unsigned i = 0; i < 50 && (w = next_word(&s, text + n, &length)) != NULL; i++) {
		struct peer peer = {host, "2001:db8::1", 443};

		if (length >= sizeof(word))
			continue;
		memcpy(word, w, length);
		word[length] = '\0';
		if (!host_normalise(word, host))
			peer.host = word; /* as it is: must not do harm */
		check_peer(p, &peer, 0, (i & 3) == 3);
		(void)pattern_covers(word, word, false);
		(void)pattern_covers("*.example", word, true);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_source sources[2];
	unsigned messages = 0;
	struct policy *p;
	size_t n, count = 1;
	char *text;
	bool bad;

	if (size == 0)
		return 0;
	n = size - 1;
	text =
	    malloc(n + (n == 0)); /* exactly as long as the text: nothing may be read behind it */
	REQUIRE(text != NULL);
	memcpy(text, data + 1, n);
	sources[0] =
	    (struct config_source){(enum source_kind)(data[0] % 3), "/etc/source.conf", text, n};
	if (data[0] & 8)
		sources[count++] = (struct config_source){SOURCE_FILE, "/etc/other.conf", text, n};
	p = policy_parse(sources, count, (data[0] & 4) != 0, check_message, &messages, &bad);
	REQUIRE(p != NULL);
	REQUIRE(messages <= count * (CONFIG_MAX_MESSAGES + 1));
	REQUIRE(!bad || messages > 0);
	if (p->setting_count < 64) /* quadratic */
		policy_each(p, check_setting_peers, p);
	check_words(p, text, n);
	policy_free(p);
	free(text);
	return 0;
}
