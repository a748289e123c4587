/* SPDX-License-Identifier: ISC
 *
 * What rules of a dry run would have done, in words.
 */
#include <string.h>

#include <tlsmend/evidence.h>

#include "connection.h"
#include "dry_run.h"
#include "rule_text.h"

/* Keys that act within a verification, and can be tried there. */
static const enum key tried_keys[] = {
    KEY_ONLY_CA_FILE, KEY_EXTRA_CA_FILE, KEY_EXPECT_NAME,          KEY_TRUSTED_FIRST,
    KEY_STRICT,       KEY_PIN_SHA256,    KEY_ENFORCE_VERIFICATION,
};

bool dry_is_tried(enum key key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(tried_keys); i++)
		if (tried_keys[i] == key)
			return true;
	return false;
}

static const char *const no_effect = "";
static const char *const only_set =
    "would have been set; whether the connection works with it was not tried";

static const char *joined(struct arena *a, const char *first, const char *second, const char *third)
{
	struct buf b;
	buf_init(&b, 512);
	buf_strs(&b, first, second ? second : "", third ? third : "", NULL);
	const char *text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text ? text : no_effect;
}

/* Why the chain stays, or would become, bad. */
static const char *why_bad(struct arena *a, const struct dry_look *look, const char *host,
			   struct copy *c)
{
	const char *name = verify_code_name(look->error, copy_api(c)->version);
	if (!name)
		name = "an error that this tlsmend does not know";
	if (look->problem)
		return joined(a, "its file cannot be used: ", look->problem, NULL);
	if (look->name_refused)
		return joined(a, "its CA fits, but the certificate is not valid for ",
			      host ? host : "this host", NULL);
	if (look->got_further)
		return joined(a, "with it the chain fails for another reason, ", name, NULL);
	return joined(a, "the chain is still not valid, ", name, NULL);
}

/* The chain was good, and would not be. */
static const char *would_have_stopped(struct arena *a, const struct dry_look *look,
				      const struct setting *s, const char *host, struct copy *c)
{
	if (s->key != KEY_ONLY_CA_FILE && s->key != KEY_EXPECT_NAME)
		return no_effect;
	return joined(a, "would have stopped this connection: ", why_bad(a, look, host, c), NULL);
}

/* PinSHA256, EnforceVerification: the connection would have ended, whatever the client makes of its own verification. */
static const char *of_demand(struct arena *a, const struct connection *n, const struct setting *s,
			     bool done)
{
	const struct dry_look *look = &n->dry;
	const char *ends =
	    done ? "would have stopped this connection: " : "would have refused this chain, too: ";
	const char *name = verify_code_name(look->demand_error, copy_api(n->copy)->version);
	if (look->unmet != s)
		return no_effect;
	if (look->demand_problem)
		return joined(a, ends, look->demand_problem, NULL);
	if (s->key == KEY_PIN_SHA256)
		return joined(a, ends, "no key that counts is pinned", NULL);
	return joined(a, ends, name ? name : "the chain is not valid", NULL);
}

/* `done`: the connection works. "": nothing would have changed. */
static const char *of_verification(struct arena *a, const struct connection *n,
				   const struct setting *s, bool done)
{
	const struct dry_look *look = &n->dry;
	if (!look->tried)
		return done ? no_effect
			    : "would have been looked at in the verification, which was not tried";
	if (s->key == KEY_PIN_SHA256 || s->key == KEY_ENFORCE_VERIFICATION)
		return of_demand(a, n, s, done);
	if (look->good && look->was_good)
		return no_effect;
	if (look->good && look->key != s)
		return no_effect;
	if (look->good)
		return done ? no_effect : "would have made this chain valid";
	if (!look->was_good)
		return done ? no_effect
			    : joined(a, "would not have helped: ",
				     why_bad(a, look, n->peer.host, n->copy), NULL);
	return would_have_stopped(a, look, s, n->peer.host, n->copy);
}

static const char *of_minimum(struct arena *a, const struct connection *n, const struct setting *s,
			      int version)
{
	const int low = n->applied.client_min ? n->applied.client_min : PROTOCOL_TLS1_2;
	const int high = n->applied.client_max;
	if (version && version >= s->protocol)
		return no_effect;
	if (high && high < s->protocol)
		return joined(a, "would have lifted this client above ", protocol_name(high),
			      "; whether the server follows was not tried");
	if (version)
		return joined(a, "would have stopped this connection, which uses ",
			      protocol_name(version), NULL);
	if (s->protocol >= low)
		return s->protocol == low ? no_effect : only_set;
	if (n->hellos.version && n->hellos.version < low && n->hellos.version >= s->protocol)
		return joined(a, "would have let this client accept ",
			      protocol_name(n->hellos.version), ", which the server chose");
	return only_set;
}

static const char *of_maximum(struct arena *a, const struct connection *n, const struct setting *s,
			      int version)
{
	if (version && version <= s->protocol)
		return no_effect;
	if (version)
		return joined(a, "would have kept this connection, which uses ",
			      protocol_name(version), ", to an older version");
	return n->applied.client_max == s->protocol ? no_effect : only_set;
}

/* It is shown where the server asks, and that has shown. */
static const char *of_certificate(const struct connection *n)
{
	if (!n->story.requested)
		return no_effect;
	if (n->shown.sent && !n->rule.dry[KEY_REPLACE_CERTIFICATE])
		return no_effect;
	return "would have been shown to this server, which asks for a certificate; whether it is "
	       "accepted was not tried";
}

/* version 0: the connection failed. */
static const char *predicate(struct arena *a, const struct connection *n, const struct setting *s,
			     int version)
{
	if (dry_is_tried(s->key))
		return of_verification(a, n, s, version != 0);
	if (n->datagram)
		return no_effect;
	switch (s->key) {
	case KEY_MIN_PROTOCOL:
		return of_minimum(a, n, s, version);
	case KEY_MAX_PROTOCOL:
		return of_maximum(a, n, s, version);
	case KEY_CERTIFICATE:
		return of_certificate(n);
	case KEY_PRIVATE_KEY:
	case KEY_REPLACE_CERTIFICATE:
		return no_effect;
	/* a connection that works has no need of them */
	case KEY_IGNORE_UNEXPECTED_EOF:
	case KEY_MAX_CERT_LIST:
		return version ? no_effect : only_set;
	default:
		return only_set;
	}
}

/* ---- into records ---------------------------------------------------------------------------------------------- */

static void write_line(struct arena *a, struct dry_line *line, const struct setting *s,
		       const char *text)
{
	line->key = joined(a, key_table[s->key].name, " = ", s->value);
	line->place = setting_place(a, s);
	line->text = s->weakening ? joined(a, text, "; it weakens", NULL) : text;
}

struct dry_line *dry_lines(struct arena *a, const struct connection *n, int version, size_t *count,
			   const struct setting **first)
{
	struct dry_line *lines = arena_alloc(a, n->rule.dry_count * sizeof *lines);
	*count = 0;
	for (unsigned k = 0; lines && k < KEY_COUNT; k++) {
		const struct setting *s = n->rule.dry[k];
		const char *text = s ? predicate(a, n, s, version) : no_effect;
		if (!*text)
			continue;
		if (first && *count == 0)
			*first = s;
		write_line(a, &lines[(*count)++], s, text);
	}
	return lines;
}

void dry_run_notes(struct evidence *e, const struct connection *n)
{
	if (n->rule.dry_count && !e->key && e->event != EVENT_HANDSHAKE_OK)
		e->dry = dry_lines(&e->arena, n, 0, &e->dry_count, NULL);
}

void dry_line_of(struct arena *a, struct dry_line *line, const struct dry_look *look,
		 const struct setting *s, const char *host, struct copy *c)
{
	write_line(a, line, s, would_have_stopped(a, look, s, host, c));
}
