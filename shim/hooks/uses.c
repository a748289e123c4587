/* SPDX-License-Identifier: ISC
 *
 * Uses of a rule that a log must tell of, though nothing failed: one key made the connection possible, one weakened it, one no longer
 * counts. Once a day for each host and key as a rule, so what is cheap comes first.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include "connection.h"
#include "rule_text.h"
#include "uses.h"

struct evidence *connection_key_evidence(struct connection *n, SSL *ssl, enum event event,
					 const struct setting *s)
{
	struct evidence *e = connection_evidence(n, ssl, event);
	if (!e)
		return NULL;
	evidence_key(e, s, n->peer.host ? n->peer.host : n->peer.address);
	return e;
}

/* It is asked for at each handshake, and does not change. */
static uint64_t use_of(enum event event, const struct setting *s, const char *host)
{
	_Atomic uint64_t *const kept = &((struct setting *)(uintptr_t)s)->use;
	uint64_t what = atomic_load_explicit(kept, memory_order_relaxed);
	if (!what) {
		const char *const parts[] = {s->section->source, s->pattern, key_table[s->key].name,
					     s->value};
		what = record_use_of(parts, ARRAY_LENGTH(parts));
		atomic_store_explicit(kept, what, memory_order_relaxed);
	}
	return record_use(event, what, host);
}

void evidence_key(struct evidence *e, const struct setting *s, const char *host)
{
	const struct section *at = s->section;
	e->key = key_table[s->key].name;
	e->key_value = arena_strdup(&e->arena, s->value);
	e->key_place = setting_place(&e->arena, s);
	e->reason = arena_strdup(&e->arena, at->reason);
	e->until = at->until_text[0] ? arena_strdup(&e->arena, at->until_text) : NULL;
	e->use = use_of(e->event, s, host);
}

static bool wanted(const struct connection *n, enum event event, const struct setting *s)
{
	enum level level = event == EVENT_CONFIG_ERROR ? LEVEL_ERROR : LEVEL_WARNING;
	return record_use_wanted(use_of(event, s, n->peer.host ? n->peer.host : n->peer.address),
				 level);
}

void connection_mended(struct connection *n, SSL *ssl, const struct setting *s)
{
	if (!s || met_is_told(n->met, s, n->last_ms))
		return;
	if (wanted(n, EVENT_MENDED, s))
		connection_report(n, connection_key_evidence(n, ssl, EVENT_MENDED, s));
	else
		met_told(n->met, s, n->last_ms);
}

void connection_weakened(struct connection *n, SSL *ssl)
{
	for (unsigned i = 0; i < n->applied.weakened_count; i++) {
		const struct setting *s = n->applied.weakened[i];
		if (wanted(n, EVENT_WEAKENED, s))
			connection_report(n, connection_key_evidence(n, ssl, EVENT_WEAKENED, s));
	}
}

void connection_expired(struct connection *n, SSL *ssl)
{
	const struct setting *s = n->rule.expired;
	if (!s || !wanted(n, EVENT_CONFIG_ERROR, s))
		return;
	struct evidence *e = connection_key_evidence(n, ssl, EVENT_CONFIG_ERROR, s);
	if (e)
		e->key_effect = "expired";
	connection_report(n, e);
}
