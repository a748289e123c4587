/* SPDX-License-Identifier: ISC
 *
 * What rules of a dry run would have done. None of it is ever applied: the look-up of a rule leaves it out (policy_lookup()). A
 * verification is tried on a private copy of its context, by the same functions that act on the real one; what is set before a
 * handshake is only told, since a handshake cannot be tried without the server.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "dry_run.h"
#include "loaded.h"
#include "uses.h"
#include "verification.h"

/* Keys that act within a verification, and can be tried there. */
static const enum key tried_keys[] = {
    KEY_ONLY_CA_FILE, KEY_EXTRA_CA_FILE, KEY_EXPECT_NAME,          KEY_TRUSTED_FIRST,
    KEY_STRICT,       KEY_PIN_SHA256,    KEY_ENFORCE_VERIFICATION,
};

static bool is_tried(enum key key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(tried_keys); i++)
		if (tried_keys[i] == key)
			return true;
	return false;
}

static bool any_to_try(const struct rule *rule)
{
	for (size_t i = 0; rule->dry_count && i < ARRAY_LENGTH(tried_keys); i++)
		if (rule->dry[tried_keys[i]])
			return true;
	return false;
}

/* ---- the trial of a verification ------------------------------------------------------------------------------- */

struct attempt {
	struct rule would; /* what holds, and what would hold on top of it */
	struct repair repair;
	struct trust trust;
	char expected[256];
};

static void would_hold(struct rule *would, const struct rule *rule)
{
	*would = *rule;
	for (size_t i = 0; i < ARRAY_LENGTH(tried_keys); i++)
		if (rule->dry[tried_keys[i]])
			would->set[tried_keys[i]] = rule->dry[tried_keys[i]];
}

/* The trust was tried and not taken: what failed with it? */
static int error_with_trust(const struct attempt *a, X509_STORE_CTX *ctx, verify_fn *real)
{
	const struct openssl *o = copy_api(a->trust.copy);
	X509_STORE_CTX *copy = trust_private_copy(o, ctx, a->trust.untrusted);
	int error = 0;
	if (!copy)
		return 0;
	QUIET_BEGIN(o)
	if (a->trust.trusted)
		o->X509_STORE_CTX_set0_trusted_stack(copy, a->trust.trusted);
	real(copy);
	error = o->X509_STORE_CTX_get_error(copy);
	o->X509_STORE_CTX_free(copy);
	QUIET_END(o)
	return error;
}

static void verify_copy(struct attempt *a, struct verification *v, X509_STORE_CTX *copy,
			struct dry_look *look)
{
	const struct openssl *o = copy_api(v->copy);
	verify_fn *real = as_verify(atomic_load(&v->copy->real[HOOK_X509_verify_cert]));
	const char *host = v->host[0] ? v->host : NULL;
	repair_begin(&a->repair, v->copy, copy, real, &a->would, v->ssl != NULL);
	if (trust_of(&a->would))
		trust_begin(&a->trust, v->copy, copy, real, &a->would,
			    repair_expected(&a->would, host, a->expected), 0, NULL);
	QUIET_BEGIN(o)
	look->good = real(copy) == 1 && o->X509_STORE_CTX_get_error(copy) == 0;
	look->error = o->X509_STORE_CTX_get_error(copy);
	QUIET_END(o)
	look->key = a->trust.switched ? a->trust.setting : a->repair.mended;
	look->name_refused = a->trust.name_refused;
	look->got_further = a->trust.got_further;
	look->problem = a->trust.problem;
	if (look->got_further)
		look->error = error_with_trust(a, copy, real);
	if (a->trust.setting)
		trust_end(&a->trust, copy);
	repair_end(&a->repair, copy);
	look->tried = true;
}

/* What the rule would demand of the chain, by whoever decides it where it counts. */
static void look_at_demand(struct attempt *a, struct verification *v, struct dry_look *look)
{
	const struct openssl *o = copy_api(v->copy);
	const char *host = v->host[0] ? v->host : NULL;
	struct demand_look l;
	struct demand_view view = {
	    .copy = v->copy,
	    .verify = as_verify(atomic_load(&v->copy->real[HOOK_X509_verify_cert])),
	    .rule = &a->would,
	    .name = repair_expected(&a->would, host, a->expected),
	    .store = o->X509_STORE_CTX_get0_store ? o->X509_STORE_CTX_get0_store(v->ctx) : NULL,
	    .leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(v->ctx) : NULL,
	    .untrusted = o->X509_STORE_CTX_get0_untrusted(v->ctx),
	    .param = o->X509_STORE_CTX_get0_param(v->ctx),
	    .level = -1};
	view.store_is_meant = loaded_by_client(v->copy, view.store);
	if (!demand_exists(&a->would))
		return;
	look->unmet = demand_is_met(&view, &l) ? NULL : l.setting;
	look->demand_error = l.error;
	look->demand_problem = l.problem;
	demand_look_free(&l);
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

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
			    : joined(a,
				     "would not have helped: ", why_bad(a, look, n->host, n->copy),
				     NULL);
	return would_have_stopped(a, look, s, n->host, n->copy);
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
	if (n->server_version && n->server_version < low && n->server_version >= s->protocol)
		return joined(a, "would have let this client accept ",
			      protocol_name(n->server_version), ", which the server chose");
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
	if (n->certificate_sent && !n->rule.dry[KEY_REPLACE_CERTIFICATE])
		return no_effect;
	return "would have been shown to this server, which asks for a certificate; whether it is "
	       "accepted was not tried";
}

/* version 0: the connection failed. */
static const char *predicate(struct arena *a, const struct connection *n, const struct setting *s,
			     int version)
{
	if (is_tried(s->key))
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

static struct dry_line *lines_of(struct arena *a, const struct connection *n, int version,
				 size_t *count, const struct setting **first)
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
		e->dry = lines_of(&e->arena, n, 0, &e->dry_count, NULL);
}

/* Not the use of the same key when it is in force. */
static uint64_t use_of(const struct setting *s, const char *host)
{
	const char *const parts[] = {
	    "dry run", host, s->section->source, s->pattern, key_table[s->key].name, s->value};
	return record_use(EVENT_MENDED, parts, ARRAY_LENGTH(parts));
}

static void report(struct connection *n, struct evidence *e, const struct setting *first,
		   uint64_t use)
{
	e->use = use;
	e->rule =
	    joined(&e->arena, setting_place(&e->arena, first), " ", key_table[first->key].name);
	connection_report(n, e);
}

void dry_run_done(struct connection *n, SSL *ssl)
{
	struct arena scratch = {0};
	const struct setting *first = NULL;
	const char *host = n->host ? n->host : n->address;
	const int version = copy_api(n->copy)->SSL_version(ssl);
	size_t count = 0;
	if (!n->rule.dry_count || !record_wanted(LEVEL_WARNING))
		return;
	lines_of(&scratch, n, version, &count, &first);
	arena_free(&scratch);
	if (!first || !record_use_wanted(use_of(first, host), LEVEL_WARNING))
		return;
	struct evidence *e = connection_key_evidence(n, ssl, EVENT_MENDED, first);
	if (!e)
		return;
	e->dry = lines_of(&e->arena, n, version, &e->dry_count, NULL);
	report(n, e, first, use_of(first, host));
}

/* By .NET and the like, which verify after the handshake, and compare names by themselves: what else would have been was told at its end. */
static void done_later(struct verification *v, const struct dry_look *look)
{
	const struct setting *s = v->rule.dry[KEY_ONLY_CA_FILE];
	const char *host = v->host[0] ? v->host : NULL;
	if (!s || !look->tried || look->good || !look->was_good || !record_wanted(LEVEL_WARNING) ||
	    !record_use_wanted(use_of(s, v->host), LEVEL_WARNING))
		return;
	struct evidence *e = verification_evidence(v);
	struct dry_line *line = e ? arena_alloc(&e->arena, sizeof *line) : NULL;
	if (!line) {
		evidence_free(e);
		return;
	}
	e->event = EVENT_MENDED;
	evidence_key(e, s, e->host);
	write_line(&e->arena, line, s, would_have_stopped(&e->arena, look, s, host, v->copy));
	e->dry = line;
	e->dry_count = 1;
	report(NULL, e, s, use_of(s, v->host));
}

/* ---- the look -------------------------------------------------------------------------------------------------- */

/* After the real verification, so that nothing is parsed here for the first time, and before its context goes. */
void dry_run_verified(struct verification *v, bool good)
{
	const struct openssl *o = copy_api(v->copy);
	struct connection *n = v->connection;
	struct dry_look later, *look = n ? &n->dry : &later;
	if ((!n && v->match.hosts != 1) || !any_to_try(&v->rule) ||
	    !o->X509_STORE_CTX_get0_untrusted)
		return;
	struct attempt *a = calloc(1, sizeof *a); /* too large for a hook's stack */
	X509_STORE_CTX *copy =
	    a ? trust_private_copy(o, v->ctx, o->X509_STORE_CTX_get0_untrusted(v->ctx)) : NULL;
	*look = (struct dry_look){.was_good = good};
	if (copy) {
		would_hold(&a->would, &v->rule);
		verify_copy(a, v, copy, look);
		look_at_demand(a, v, look);
		QUIET_BEGIN(o)
		o->X509_STORE_CTX_free(copy);
		QUIET_END(o)
	}
	free(a);
	/* .NET verifies after its handshake */
	if (!n)
		done_later(v, look);
	else if (n->story.done && v->ssl)
		dry_run_done(n, v->ssl);
}
