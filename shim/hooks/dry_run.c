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

#include "connection.h"
#include "dry_run.h"
#include "loaded.h"
#include "rule_text.h"
#include "uses.h"
#include "verification.h"

static bool any_to_try(const struct rule *rule)
{
	for (unsigned k = 0; rule->dry_count && k < KEY_COUNT; k++)
		if (rule->dry[k] && dry_is_tried(k))
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
	for (unsigned k = 0; k < KEY_COUNT; k++)
		if (rule->dry[k] && dry_is_tried(k))
			would->set[k] = rule->dry[k];
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
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, a->trust.trusted);
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
	verify_fn *real = as_verify(copy_real(v->copy, HOOK_X509_verify_cert));
	const char *host = v->host[0] ? v->host : NULL;
	repair_begin(&a->repair, v->copy, copy, real, &a->would, v->ssl != NULL);
	if (trust_of(&a->would))
		trust_begin(&a->trust, &(struct trust_asked){
					   .copy = v->copy,
					   .ctx = copy,
					   .verify = real,
					   .rule = &a->would,
					   .host = repair_expected(&a->would, host, a->expected)});
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
	    .verify = as_verify(copy_real(v->copy, HOOK_X509_verify_cert)),
	    .rule = &a->would,
	    .name = repair_expected(&a->would, host, a->expected),
	    .store = later(o)->X509_STORE_CTX_get0_store
			 ? later(o)->X509_STORE_CTX_get0_store(v->ctx)
			 : NULL,
	    .leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(v->ctx) : NULL,
	    .untrusted = later(o)->X509_STORE_CTX_get0_untrusted(v->ctx),
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

/* Not the use of the same key when it is in force. */
static uint64_t use_of(const struct setting *s, const char *host)
{
	const char *const parts[] = {"dry run", s->section->source, s->pattern,
				     key_table[s->key].name, s->value};
	return record_use(EVENT_MENDED, record_use_of(parts, ARRAY_LENGTH(parts)), host);
}

static void report(struct connection *n, struct evidence *e, const struct setting *first,
		   uint64_t use)
{
	e->use = use;
	e->rule = setting_text(&e->arena, first);
	connection_report(n, e);
}

void dry_run_done(struct connection *n, SSL *ssl)
{
	struct arena scratch = {0};
	const struct setting *first = NULL;
	const char *host = n->peer.host ? n->peer.host : n->peer.address;
	const int version = copy_api(n->copy)->SSL_version(ssl);
	size_t count = 0;
	if (!n->rule.dry_count || !record_wanted(LEVEL_WARNING))
		return;
	dry_lines(&scratch, n, version, &count, &first);
	arena_free(&scratch);
	if (!first || !record_use_wanted(use_of(first, host), LEVEL_WARNING))
		return;
	struct evidence *e = connection_key_evidence(n, ssl, EVENT_MENDED, first);
	if (!e)
		return;
	e->dry = dry_lines(&e->arena, n, version, &e->dry_count, NULL);
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
	dry_line_of(&e->arena, line, look, s, host, v->copy);
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
	struct dry_look alone, *look = n ? &n->dry : &alone;
	if ((!n && v->match.hosts != 1) || !any_to_try(&v->rule) ||
	    !later(o)->X509_STORE_CTX_get0_untrusted)
		return;
	struct attempt *a = calloc(1, sizeof *a); /* too large for a hook's stack */
	X509_STORE_CTX *copy =
	    a ? trust_private_copy(o, v->ctx, later(o)->X509_STORE_CTX_get0_untrusted(v->ctx))
	      : NULL;
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
