/* SPDX-License-Identifier: ISC
 *
 * For the tests of the room "policy": parse a text, keep the messages.
 */
#ifndef TESTS_POLICY_HELPER_H
#define TESTS_POLICY_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../shim/policy/internal.h"

struct messages {
	char *text; /* "E source:line: text\n"... */
	size_t length;
	unsigned count;
};

static inline void messages_collect(void *arg, const struct config_message *m)
{
	struct messages *all = arg;
	char *line;
	int n = asprintf(&line, "%c %s:%u: %s\n", m->severity == CONFIG_ERROR ? 'E' : 'W',
			 m->source, m->line, m->text);

	assert_true(n > 0);
	all->text = realloc(all->text, all->length + (size_t)n + 1);
	assert_non_null(all->text);
	memcpy(all->text + all->length, line, (size_t)n + 1);
	all->length += (size_t)n;
	all->count++;
	free(line);
}

static inline const char *messages_text(const struct messages *m)
{
	return !m->text ? "" : m->text;
}

static inline struct config_source source_of(enum source_kind kind, const char *name,
					     const char *text)
{
	return (struct config_source){kind, name, text, strlen(text)};
}

/* One file t.conf; no message is expected. */
static inline struct policy *parse_good(const char *text)
{
	struct config_source source = source_of(SOURCE_FILE, "t.conf", text);
	struct messages m = {0};
	bool bad = true;
	struct policy *p = policy_parse(&source, 1, false, messages_collect, &m, &bad);

	assert_non_null(p);
	assert_string_equal(messages_text(&m), "");
	assert_false(bad);
	return p;
}

/* The value that holds for a peer, or NULL. */
static inline const char *value_for(const struct policy *p, const char *host, const char *address,
				    unsigned port, enum key key)
{
	struct peer peer = {host, address, port};
	struct rule rule;

	policy_lookup(p, &peer, 0, &rule);
	return !rule.set[key] ? NULL : rule.set[key]->value;
}

#endif
