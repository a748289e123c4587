/* SPDX-License-Identifier: ISC
 *
 * What went wrong in a verification: every error that OpenSSL finds, in its order, the certificates on the way, and what
 * might help. Nothing of the client's is changed; what runs once more does so on private copies.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/loader.h>
#include <tlsmend/record.h>
#include <tlsmend/versions.h>

#include "connection.h"
#include "loaded.h"
#include "uses.h"
#include "verification.h"

enum { HOSTNAME_MISMATCH = 62, ADDRESS_MISMATCH = 64 };

/* A client that turned verification off may have set a limit to the length of chains, too (wrk: none but the leaf): that says nothing about
 * them. */
bool verification_has_idle_limit(const struct verification *v)
{
	enum { CHAIN_TOO_LONG = 22 };
	const struct openssl *o = copy_api(v->copy);
	return v->connection && v->connection->story.left &&
	       later(o)->X509_VERIFY_PARAM_set_depth &&
	       o->X509_STORE_CTX_get_error(v->ctx) == CHAIN_TOO_LONG;
}

static X509_STORE_CTX *private_copy(const struct verification *v, OPENSSL_STACK *untrusted)
{
	enum { OPENSSL_DEFAULT = 100 };
	const struct openssl *o = copy_api(v->copy);
	X509_STORE_CTX *copy = trust_private_copy(o, v->ctx, untrusted);
	if (copy && verification_has_idle_limit(v))
		later(o)->X509_VERIFY_PARAM_set_depth(o->X509_STORE_CTX_get0_param(copy),
						      OPENSSL_DEFAULT);
	return copy;
}

static bool can_afford_all(struct verification *v, struct evidence *e, OPENSSL_STACK *untrusted)
{
	const struct openssl *o = copy_api(v->copy);
	X509 *leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(v->ctx) : NULL;
	return leaf && evidence_afford(e, LOOK_ERRORS,
				       budget_verification(o, leaf, untrusted, e->verify_flags));
}

/* Once more on a private copy, with a callback that goes on: every error in OpenSSL's order, whatever the client's
 * callback made of them (design.md#codes). With the rule's trust where that gets further: what the client's store lacks is then not
 * what is wrong. Returns the copy, whose chain shows how far it got; NULL: there is none. */
static X509_STORE_CTX *collect_errors(struct verification *v, struct evidence *e)
{
	const struct openssl *o = copy_api(v->copy);
	const struct trust *t = &v->trust;
	OPENSSL_STACK *untrusted = later(o)->X509_STORE_CTX_get0_untrusted
				       ? later(o)->X509_STORE_CTX_get0_untrusted(v->ctx)
				       : NULL;
	bool ruled = t->got_further || t->name_refused;
	untrusted = ruled ? t->untrusted : untrusted;
	bool all = !t->switched && can_afford_all(v, e, untrusted);
	X509_STORE_CTX *copy = t->switched || !(all || ruled) ? NULL : private_copy(v, untrusted);
	if (t->name_refused)
		evidence_add_error(
		    e, host_is_address(v->host) ? ADDRESS_MISMATCH : HOSTNAME_MISMATCH, 0);
	if (!copy)
		return NULL;
	QUIET_BEGIN(o)
	if (ruled && t->trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, t->trusted);
	if (events_collect(v->copy, copy, e, all))
		as_verify(copy_real(v->copy, HOOK_X509_verify_cert))(copy);
	events_collected(v->copy, copy);
	QUIET_END(o)
	return copy;
}

struct evidence *verification_evidence(struct verification *v)
{
	if (v->connection)
		return connection_evidence(v->connection, v->ssl, EVENT_VERIFY_FAILED);
	struct evidence *e = evidence_new(EVENT_VERIFY_FAILED);
	if (!e)
		return NULL;
	evidence_library(e, copy_api(v->copy));
	e->host = v->host[0] ? arena_strdup(&e->arena, v->host) : NULL;
	e->address = v->address[0] ? arena_strdup(&e->arena, v->address) : NULL;
	e->port = v->port;
	return e;
}

static void parameters(struct evidence *e, const struct openssl *o, X509_STORE_CTX *ctx)
{
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	enum { USE_CHECK_TIME = 0x2 };
	if (!param)
		return;
	e->verify_flags = o->X509_VERIFY_PARAM_get_flags(param);
	if (e->verify_flags & USE_CHECK_TIME && later(o)->X509_VERIFY_PARAM_get_time)
		e->now = later(o)->X509_VERIFY_PARAM_get_time(param);
	else
		evidence_clock(e, o);
	char *asked =
	    o->X509_VERIFY_PARAM_get0_host ? o->X509_VERIFY_PARAM_get0_host(param, 0) : NULL;
	char *ip = NULL;
	QUIET_BEGIN(o)
	if (!asked && later(o)->X509_VERIFY_PARAM_get1_ip_asc)
		ip = later(o)->X509_VERIFY_PARAM_get1_ip_asc(param);
	QUIET_END(o)
	e->name_asked = asked || ip;
	if (later(o)->X509_VERIFY_PARAM_get_hostflags)
		e->host_flags = later(o)->X509_VERIFY_PARAM_get_hostflags(param);
	char normal[256]; /* OpenSSL writes an IPv6 address out in full */
	const char *address = ip && host_normalise(ip, normal) ? normal : ip;
	if (asked || ip)
		e->expected_name = arena_strdup(&e->arena, asked ? asked : address);
	if (ip)
		o->CRYPTO_free(ip, "", 0);
	if (e->security_level < 0 && later(o)->X509_VERIFY_PARAM_get_auth_level)
		e->security_level = later(o)->X509_VERIFY_PARAM_get_auth_level(param);
}

/* For evidence_try(): would this help? */
static bool passes(void *arg, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted, int level,
		   struct verify_error *why)
{
	/* X509_V_FLAG_CRL_CHECK, _CRL_CHECK_ALL, _EXTENDED_CRL_SUPPORT, _USE_DELTAS */
	enum { PARTIAL_CHAIN = 0x80000, REVOCATION = 0x4 | 0x8 | 0x1000 | 0x2000 };
	struct verification *v = arg;
	const struct openssl *o = copy_api(v->copy);
	X509_STORE_CTX *copy = private_copy(v, untrusted);
	bool good = false;
	if (!copy)
		return false;
	QUIET_BEGIN(o)
	/* .NET looks at revocation once it has a chain, with the lists that it fetches then: of a further anchor it is no part. */
	if (trusted && !v->ssl && afterwards_is_dotnet())
		o->X509_VERIFY_PARAM_clear_flags(o->X509_STORE_CTX_get0_param(copy), REVOCATION);
	if (level == EVIDENCE_STAND_IN)
		o->X509_VERIFY_PARAM_set_flags(o->X509_STORE_CTX_get0_param(copy), PARTIAL_CHAIN);
	else if (level != EVIDENCE_SAME_LEVEL && later(o)->X509_VERIFY_PARAM_set_auth_level)
		later(o)->X509_VERIFY_PARAM_set_auth_level(o->X509_STORE_CTX_get0_param(copy),
							   level);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, trusted);
	good = as_verify(copy_real(v->copy, HOOK_X509_verify_cert))(copy) == 1 &&
	       o->X509_STORE_CTX_get_error(copy) == 0;
	if (why)
		*why = (struct verify_error){o->X509_STORE_CTX_get_error(copy),
					     o->X509_STORE_CTX_get_error_depth(copy)};
	o->X509_STORE_CTX_free(copy);
	QUIET_END(o)
	return good;
}

/* With one key of a rule more; with the trust of the rule, where what was found was found with it. */
static bool passes_with(void *arg, enum evidence_key which, const char *value)
{
	static const enum key keys[] = {KEY_TRUSTED_FIRST, KEY_STRICT, KEY_EXPECT_NAME};
	struct verification *v = arg;
	const struct openssl *o = copy_api(v->copy);
	const struct trust *t = &v->trust;
	OPENSSL_STACK *untrusted = later(o)->X509_STORE_CTX_get0_untrusted
				       ? later(o)->X509_STORE_CTX_get0_untrusted(v->ctx)
				       : NULL;
	if (v->demand)
		return which == WITH_NAME && demand_is_met_as(v->demand, value);
	const bool ruled = t->got_further || t->name_refused;
	X509_STORE_CTX *copy = private_copy(v, ruled ? t->untrusted : untrusted);
	bool good = false;
	if (!copy)
		return false;
	QUIET_BEGIN(o)
	if (ruled && t->trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, t->trusted);
	repair_param(o, o->X509_STORE_CTX_get0_param(copy), keys[which], value);
	good = as_verify(copy_real(v->copy, HOOK_X509_verify_cert))(copy) == 1 &&
	       o->X509_STORE_CTX_get_error(copy) == 0;
	o->X509_STORE_CTX_free(copy);
	QUIET_END(o)
	return good;
}

/* The certificates, from the client's context or from the copy that got further, and what might help. */
/* What a rule demands of the store, not the client. */
static void only_rule(const struct verification *v, struct evidence *e)
{
	const struct setting *s = trust_of(&v->rule);
	struct buf b;
	if (!trust_is_strict(&v->rule) || v->demand)
		return;
	buf_init(&b, 512);
	buf_puts(&b, s->section->source);
	if (s->line) {
		buf_putc(&b, ':');
		buf_uint(&b, s->line);
	}
	e->only_place = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	if (v->rule.closed)
		return;
	e->only_file = arena_strdup(&e->arena, s->value);
	e->anchor_count =
	    v->trust.anchors ? copy_api(v->copy)->OPENSSL_sk_num(v->trust.anchors->trusted) : 0;
	e->store_text = e->only_file;
	e->store_searched = e->store_unloaded = NULL;
	e->directory_count = 0;
}

static void certificates(struct verification *v, struct evidence *e, const X509_STORE_CTX *built)
{
	const struct openssl *o = copy_api(v->copy);
	const struct trust *t = &v->trust;
	struct chain_parts p = {.presented = t->client_untrusted};
	if (o->X509_STORE_CTX_get0_cert)
		p.leaf = o->X509_STORE_CTX_get0_cert(v->ctx);
	if (later(o)->X509_STORE_CTX_get0_store)
		p.store = later(o)->X509_STORE_CTX_get0_store(v->ctx);
	if (later(o)->X509_STORE_CTX_get0_chain)
		p.chain = later(o)->X509_STORE_CTX_get0_chain(built);
	if (!t->switched)
		p.presented = later(o)->X509_STORE_CTX_get0_untrusted
				  ? later(o)->X509_STORE_CTX_get0_untrusted(v->ctx)
				  : NULL;
	if (t->anchors)
		p.rule = t->anchors->all;
	evidence_chain(e, o, &p);
	loaded_describe(e, v->copy, p.store);
	e->dane = v->ssl && openssl_uses_dane(o, v->ssl);
	const struct evidence_trial trial = {
	    .passes = passes, .passes_with = passes_with, .arg = v};
	if ((e->code || e->event_count) && !t->switched &&
	    (built == v->ctx || verification_has_idle_limit(v)) && !trust_is_strict(&v->rule))
		evidence_try(e, o, &p, e->dane ? NULL : &trial);
	if ((e->code || e->event_count) && !t->switched && v->ssl && !e->dane)
		evidence_try_keys(e, &trial);
	evidence_homes(e, o);
}

/* What the client's callback saw and answered. */
static void events(const struct verification *v, struct evidence *e)
{
	e->events = arena_alloc(&e->arena, sizeof v->events);
	if (!e->events)
		return;
	memcpy(e->events, v->events, v->event_count * sizeof v->events[0]);
	e->event_count = v->event_count;
}

/* Qt's own verification is told by its callback; .NET's by nothing but that it has no connection. */
static enum framework framework_of(const struct verification *v)
{
	static const char qt[][24] = {"/libQt5Network", "/libQt6Network", "/libqopensslbackend"};
	enum framework found = FRAMEWORK_NONE;
	if (!v->ssl)
		return afterwards_is_dotnet() ? FRAMEWORK_DOTNET : FRAMEWORK_NONE;
	const void *callback = ((union {
				       openssl_verify_cb *function;
				       void *object;
			       }){.function = v->client})
				   .object;
	struct object at;
	if (callback && loader_object_at(callback, &at))
		for (size_t i = 0; i < ARRAY_LENGTH(qt); i++)
			if (strstr(at.path, qt[i]))
				found = FRAMEWORK_QT;
	return found;
}

static bool have_leaf(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	if (!v->have_leaf)
		v->have_leaf = leaf_digest(o, leaf_of(o, v->ctx), v->leaf);
	return v->have_leaf;
}

/* What is known of a failure before anything is looked at. Only where the client's OpenSSL ends the handshake: what another client
 * makes of it shows later. 0: not known. */
static uint64_t look_of(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	const struct connection *n = v->connection;
	OPENSSL_STACK *sent = later(o)->X509_STORE_CTX_get0_untrusted
				  ? later(o)->X509_STORE_CTX_get0_untrusted(v->ctx)
				  : NULL;
	const int facts[] = {o->X509_STORE_CTX_get_error(v->ctx),
			     o->X509_STORE_CTX_get_error_depth(v->ctx),
			     sent ? o->OPENSSL_sk_num(sent) : 0,
			     (int)n->peer.port,
			     v->trust.got_further,
			     v->trust.name_refused,
			     v->trust.problem != NULL};
	if (v->event_count || !have_leaf(v))
		return 0;
	uint64_t hash = hash_bytes(HASH_SEED, facts, sizeof facts);
	hash = hash_bytes(hash, v->leaf, sizeof v->leaf);
	hash = n->peer.host ? hash_bytes(hash, n->peer.host, strlen(n->peer.host)) : hash;
	return hash_bytes(hash, n->peer.address, strlen(n->peer.address)) | 1;
}

/* A record of the same failure stands in the log already: one more to count, when the handshake ends. */
static struct evidence *repetition(uint64_t look)
{
	struct evidence *e = record_repeats(look) ? evidence_new(EVENT_VERIFY_FAILED) : NULL;
	if (e) {
		e->look = look;
		e->repetition = e->enforced = true;
	}
	return e;
}

/* What would have failed without that limit; code 0: nothing. */
static void take_first_error(const struct verification *v, struct evidence *e)
{
	const struct verify_error none = {0, -1}, first = e->error_count ? e->errors[0] : none;
	e->event_count = 0;
	e->code = first.code;
	e->depth = first.depth;
	e->code_text =
	    arena_strdup(&e->arena, copy_api(v->copy)->X509_verify_cert_error_string(first.code));
}

struct evidence *verification_failure(struct verification *v, int result)
{
	if (!record_wanted(LEVEL_ERROR))
		return NULL;
	const struct openssl *o = copy_api(v->copy);
	X509_STORE_CTX *ctx = v->ctx;
	enum { VERIFY_PEER = 1 };
	const bool verify_peer = v->ssl && o->SSL_get_verify_mode(v->ssl) & VERIFY_PEER;
	const uint64_t look = v->connection && verify_peer && result <= 0 ? look_of(v) : 0;
	struct evidence *e = repetition(look);
	if (e)
		return e;
	e = verification_evidence(v);
	if (!e)
		return NULL;
	e->look = look;
	e->have_verification = true;
	e->framework = framework_of(v);
	e->enforced = v->ssl ? verify_peer && result <= 0 : result <= 0;
	e->verify_peer = verify_peer;
	e->code = o->X509_STORE_CTX_get_error(ctx);
	e->depth = o->X509_STORE_CTX_get_error_depth(ctx);
	e->code_text = arena_strdup(&e->arena, o->X509_verify_cert_error_string(e->code));
	parameters(e, o, ctx);
	e->passed = result > 0;
	events(v, e);
	X509_STORE_CTX *copy = e->code || e->event_count ? collect_errors(v, e) : NULL;
	bool ruled = copy && (v->trust.got_further || v->trust.name_refused);
	const bool unlimited = copy && verification_has_idle_limit(v);
	if (unlimited)
		take_first_error(v, e);
	for (size_t i = 0; !copy && i < e->event_count; i++)
		if (e->events[i].code)
			evidence_add_error(e, e->events[i].code, e->events[i].depth);
	if (e->error_count == 0 && e->event_count == 0 && e->code != 0)
		evidence_add_error(e, e->code, e->depth);
	e->rule_refused_name = v->trust.name_refused;
	e->rule_problem =
	    v->trust.setting && v->trust.problem ? arena_strdup(&e->arena, v->trust.problem) : NULL;
	certificates(v, e, ruled || unlimited ? copy : ctx);
	only_rule(v, e);
	if (copy) {
		QUIET_BEGIN(o)
		o->X509_STORE_CTX_free(copy);
		QUIET_END(o)
	}
	if (!unlimited || e->code)
		return e;
	evidence_free(e);
	return NULL;
}
