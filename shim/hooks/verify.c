/* SPDX-License-Identifier: ISC
 *
 * X509_verify_cert, the choke point of verification (DESIGN 2.3): where a rule's trust comes in, and where a failed
 * verification is looked at. Whether it ends up as a failure or as ignored is the client's decision, which shows later
 * (2.10): with a connection the evidence waits there.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/log.h>

#include "../openssl/versions.h"
#include "verification.h"

#include <bsd/string.h>

_Thread_local X509_STORE_CTX *verifying;

static bool digest(const struct openssl *o, const X509 *leaf, uint8_t out[32])
{
	unsigned n = 0;
	if (!leaf)
		return false;
	QUIET_BEGIN(o)
	if (!o->X509_digest(leaf, o->EVP_sha256(), out, &n))
		n = 0;
	QUIET_END(o)
	return n == 32;
}

static bool leaf_digest(const struct openssl *o, X509_STORE_CTX *ctx, uint8_t out[32])
{
	return o->X509_STORE_CTX_get0_cert && digest(o, o->X509_STORE_CTX_get0_cert(ctx), out);
}

SSL *verification_ssl(const struct openssl *o, X509_STORE_CTX *ctx)
{
	if (!o->complete)
		return NULL;
	int index = -1;
	QUIET_BEGIN(o)
	index = o->SSL_get_ex_data_X509_STORE_CTX_idx();
	QUIET_END(o)
	return index < 0 ? NULL : o->X509_STORE_CTX_get_ex_data(ctx, index);
}

static void rule_of_host(struct verification *v, const struct recent_host *h, struct rule *rule)
{
	struct peer peer = {.host = h->host[0] ? h->host : NULL,
			    .address = h->address[0] ? h->address : NULL,
			    .port = h->port};
	policy_lookup(policy_of(v->policy), &peer, clock_realtime_ms() / 1000, rule);
}

/* One of several hosts is meant: OnlyCAFile of any of them holds, and a further CA only where all have the same. */
static void find_rule_of_several(struct verification *v, const struct recent_host *hosts,
				 unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct rule rule;
		rule_of_host(v, &hosts[i], &rule);
		const struct setting *first = trust_of(&v->rule), *s = trust_of(&rule);
		if (i == 0 || trust_is_strict(&rule)) {
			v->rule = rule;
			if (trust_is_strict(&rule))
				return;
		} else if (!first || !s || strcmp(first->value, s->value) != 0) {
			v->rule.set[KEY_EXTRA_CA_FILE] = NULL;
		}
	}
}

/* Whose rule is it, in a verification without a connection? A connection of this process that has the very same leaf at the moment
 * tells; only where there is none do the leaf's own names (DESIGN 1.5). */
static void find_rule_without_connection(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	X509 *leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(v->ctx) : NULL;
	struct recent_host *hosts = calloc(RECENT_HOSTS, sizeof *hosts);
	unsigned count = 0;
	v->policy = policy_acquire();
	if (v->have_leaf && hosts)
		v->recent = recent_find(v->leaf, hosts, &count);
	if (hosts && v->recent == RECENT_ONE) {
		strlcpy(v->host, hosts[0].host, sizeof v->host);
		strlcpy(v->address, hosts[0].address, sizeof v->address);
		v->port = hosts[0].port;
	}
	if (v->policy && leaf && hosts && v->recent == RECENT_ONE)
		rule_of_host(v, &hosts[0], &v->rule);
	else if (v->policy && leaf && hosts && v->recent == RECENT_SEVERAL)
		find_rule_of_several(v, hosts, count);
	else if (v->policy && leaf && hosts)
		trust_rule_by_leaf(o, leaf, policy_of(v->policy), &v->rule);
	free(hosts);
}

static void find_rule(struct verification *v)
{
	struct connection *n = v->connection;
	if (!n) {
		find_rule_without_connection(v);
		return;
	}
	v->rule = n->rule;
	v->port = n->port;
	if (n->host)
		strlcpy(v->host, n->host, sizeof v->host);
	strlcpy(v->address, n->address, sizeof v->address);
}

/* ---- a failure ---------------------------------------------------------------------------------------------------- */

/* Clients without a connection verify a bad chain twice or three times (.NET: once plainly, then to collect all
 * errors): one failure, one record. */
static bool seen_just_now(const struct verification *v, int code)
{
	static struct lock lock;
	static uint8_t last_leaf[32];
	static int last_code;
	static uint64_t last_ms;
	enum { SAME_FAILURE_MS = 1000 };
	uint64_t now = clock_monotonic_ms();
	bool same = false;
	if (!v->have_leaf || !lock_enter(&lock, NULL))
		return false;
	same = last_ms && now - last_ms < SAME_FAILURE_MS && last_code == code &&
	       memcmp(last_leaf, v->leaf, sizeof last_leaf) == 0;
	memcpy(last_leaf, v->leaf, sizeof last_leaf);
	last_code = code;
	last_ms = now;
	lock_leave(&lock);
	return same;
}

/* A client that does not care fails at every connection, and a look at why takes milliseconds: once a minute for each
 * leaf is enough. */
static bool looked_at_lately(struct verification *v)
{
	static struct lately lately;
	if (!v->have_leaf)
		v->have_leaf = leaf_digest(copy_api(v->copy), v->ctx, v->leaf);
	return v->have_leaf && lately_seen(&lately, v->leaf);
}

static void failed(struct verification *v, int result)
{
	const struct openssl *o = copy_api(v->copy);
	struct connection *n = v->connection;
	if (!n && v->recent != RECENT_NONE) {
		recent_failed(v->leaf, verification_failure(v, result));
	} else if (!n) {
		if (!seen_just_now(v, o->X509_STORE_CTX_get_error(v->ctx)))
			connection_report(NULL, verification_failure(v, result));
	} else {
		bool let_pass = result > 0 || n->left_to_client;
		n->told = v->event_count > 0;
		evidence_free(n->pending);
		n->pending = NULL;
		if (!let_pass || !(recent_client_verifies() || looked_at_lately(v)))
			n->pending = verification_failure(v, result);
	}
}

/* ---- success under a rule -------------------------------------------------------------------------------------- */

static void mended(struct verification *v)
{
	if (v->connection) {
		/* whether the client looks at it at all shows later */
		v->connection->mended = !v->connection->left_to_client || !recent_client_verifies();
		session_mark(v->connection, v->ssl);
		return;
	}
	if (!record_wanted(LEVEL_WARNING))
		return;
	struct evidence *e = verification_evidence(v);
	if (!e)
		return;
	e->event = EVENT_MENDED;
	evidence_key(e, v->trust.setting, e->host);
	connection_report(NULL, e);
}

/* One that needed no further anchor, but another look. */
static void repaired(struct verification *v)
{
	v->connection->repaired = v->repair.mended;
	session_mark(v->connection, v->ssl);
}

/* Did the client have OpenSSL check a name? Before 3.0 that cannot be asked; a check that passed leaves the name that it found. */
static bool name_was_checked(const struct openssl *o, X509_VERIFY_PARAM *param)
{
	if (o->X509_VERIFY_PARAM_get0_host)
		return o->X509_VERIFY_PARAM_get0_host(param, 0) != NULL;
	return !o->X509_VERIFY_PARAM_get0_peername || o->X509_VERIFY_PARAM_get0_peername(param);
}

/* The client connected to an address, as far as is known, and the leaf does not contain it; what the client makes of its names
 * shows later (names_read.c). */
static bool leaf_lacks_address(struct verification *v, X509 *leaf)
{
	const struct openssl *o = copy_api(v->copy);
	struct connection *n = v->connection;
	int match = 1;
	if (!n->address[0] || !n->host || strcmp(n->host, n->address) != 0 || !o->X509_check_ip_asc)
		return false;
	QUIET_BEGIN(o)
	match = o->X509_check_ip_asc(leaf, n->address, 0);
	QUIET_END(o)
	if (match != 0 || !digest(o, leaf, n->leaf))
		return false;
	return n->by_address = names_watch(n->leaf);
}

/* The host that the client asked for by name, and a leaf that is not for it. */
static bool leaf_is_for_another(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	const struct connection *n = v->connection;
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(v->ctx);
	X509 *leaf = o->X509_STORE_CTX_get0_cert ? o->X509_STORE_CTX_get0_cert(v->ctx) : NULL;
	int match = 1;
	if (!n || !leaf || !o->X509_check_host || !param || name_was_checked(o, param))
		return false;
	if (!n->sni)
		return leaf_lacks_address(v, leaf);
	QUIET_BEGIN(o)
	match = o->X509_check_host(leaf, n->sni, 0, 0, NULL);
	QUIET_END(o)
	return match == 0 && !(n->left_to_client && looked_at_lately(v));
}

static void passed(struct verification *v)
{
	if (v->connection)
		v->connection->passed = true;
	if (v->connection && leaf_is_for_another(v)) {
		evidence_free(v->connection->unnamed);
		v->connection->unnamed = verification_failure(v, 1);
	}
	bool first =
	    v->connection || !v->have_leaf || v->recent == RECENT_NONE || recent_passed(v->leaf);
	if (v->trust.switched && first)
		mended(v);
	else if (v->repair.mended && v->connection)
		repaired(v);
}

/* ---- the hook ------------------------------------------------------------------------------------------------------ */

/* The client has turned verification off: it may do it by itself, or not at all. */
static void note_leaf(struct verification *v)
{
	struct connection *n = v->connection;
	if (!n || !v->have_leaf || n->left_to_client)
		return;
	n->left_to_client = true;
	memcpy(n->leaf, v->leaf, sizeof n->leaf);
	recent_note(v->leaf, n);
}

/* A resumed session brings its leaf along, unverified; a client that verifies by itself does so now. */
void verify_note_resumed(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	if (n->left_to_client || !recent_client_verifies() || !o->SSL_get1_peer_certificate ||
	    o->SSL_get_verify_mode(ssl) != 0)
		return;
	X509 *leaf = o->SSL_get1_peer_certificate(ssl);
	n->left_to_client = digest(o, leaf, n->leaf);
	if (n->left_to_client)
		recent_note(n->leaf, n);
	if (leaf)
		o->X509_free(leaf);
}

static void before(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	v->have_leaf = (!v->connection || o->SSL_get_verify_mode(v->ssl) == 0) &&
		       leaf_digest(o, v->ctx, v->leaf);
	note_leaf(v);
	find_rule(v);
	verify_fn *real = as_verify(atomic_load(&v->copy->real[HOOK_X509_verify_cert]));
	char expected[256];
	repair_begin(&v->repair, v->copy, v->ctx, real, &v->rule, v->ssl != NULL);
	if (trust_of(&v->rule))
		trust_begin(&v->trust, v->copy, v->ctx, real, &v->rule,
			    repair_expected(&v->rule, v->host[0] ? v->host : NULL, expected));
}

static void after(struct verification *v, int result)
{
	const struct openssl *o = copy_api(v->copy);
	/* a callback may have taken the error back */
	bool bad = result <= 0 || o->X509_STORE_CTX_get_error(v->ctx) != 0 ||
		   (v->connection && v->event_count);
	dry_run_verified(v, !bad);
	if (bad)
		failed(v, result);
	else
		passed(v);
	if (v->trust.setting)
		trust_end(&v->trust, v->ctx);
	repair_end(&v->repair, v->ctx);
	v->trust = (struct trust){0};
}

void verification_free(struct verification *v)
{
	if (v->trust.setting)
		trust_drop(&v->trust);
	policy_release(v->policy);
	free(v);
}

static int plainly(const struct target *t, X509_STORE_CTX *ctx)
{
	return as_verify(t->real)(ctx);
}

/* Not a client's look at its peer: OpenSSL on the way from one function to the other, libssl building the chain of the program's own
 * certificate, a server's look at its client. */
static bool is_other_business(const struct target *t, X509_STORE_CTX *ctx, SSL **ssl)
{
	const struct openssl *o = copy_api(t->copy);
	if ((verifying && verifying == ctx) || events_under_way(t->copy, ctx))
		return true;
	*ssl = verification_ssl(o, ctx);
	if (!*ssl)
		return t->caller != CALLER_HOST;
	return openssl_is_server(o, *ssl);
}

static int verify(const struct target *t, X509_STORE_CTX *ctx)
{
	SSL *ssl = NULL;
	if (!ctx || is_other_business(t, ctx, &ssl))
		return plainly(t, ctx);
	const int entry_errno = errno;
	/* off the stack: threads of the host may have little of it */
	struct verification *v = calloc(1, sizeof *v);
	if (!v) {
		errno = entry_errno;
		return plainly(t, ctx);
	}
	v->copy = t->copy;
	v->ctx = ctx;
	v->ssl = ssl;
	v->connection = ssl ? connection_of(t->copy, ssl) : NULL;
	v->outer = verifying;
	verifying = ctx;
	if (!ssl || v->connection) {
		before(v);
		events_begin(v);
	}
	errno = entry_errno;
	int result = plainly(t, ctx);
	KEEP_ERRNO_BEGIN
	if (!ssl || v->connection) {
		events_end(v);
		after(v, result);
	}
	verifying = v->outer;
	verification_free(v);
	KEEP_ERRNO_END
	return result;
}

static int verify_as_demanded(const struct target *t, X509_STORE_CTX *ctx)
{
	struct demanded d;
	KEEP_ERRNO_BEGIN
	demanded_begin(&d, t->copy, ctx, ctx ? verification_ssl(copy_api(t->copy), ctx) : NULL);
	KEEP_ERRNO_END
	int result = verify(t, ctx);
	KEEP_ERRNO_BEGIN
	result = demanded_end(&d, result);
	KEEP_ERRNO_END
	return result;
}

int hook_X509_verify_cert(const struct target *t, X509_STORE_CTX *ctx)
{
	return verify_as_demanded(t, ctx);
}

int hook_X509_STORE_CTX_verify(const struct target *t, X509_STORE_CTX *ctx)
{
	return verify_as_demanded(t, ctx);
}

/* ---- the client asks for the result ------------------------------------------------------------------------------------ */

/* curl from 8.2x on verifies nothing in the handshake and looks at the names first: where they are wrong, it never asks for the
 * result. A client that only fetches a certificate does not read its names. */
void *hook_X509_get_ext_d2i(const struct target *t, const X509 *x, int nid, int *critical,
			    int *index)
{
	uint8_t leaf[32];
	KEEP_ERRNO_BEGIN
	if (nid == NID_subject_alt_name_ && t->caller == CALLER_HOST &&
	    (recent_waiting() || names_watched()) && digest(copy_api(t->copy), x, leaf)) {
		recent_read_names(leaf);
		names_note_read(leaf);
	}
	KEEP_ERRNO_END
	return ((union {
		       void *object;
		       void *(*function)(const X509 *, int, int *, int *);
	       }){.object = t->real})
	    .function(x, nid, critical, index);
}

/* It acts on it, then, or goes on knowingly (curl -k): what it sends, if anything, tells. */
long hook_SSL_get_verify_result(const struct target *t, const SSL *ssl)
{
	long result = ((union {
			      void *object;
			      long (*function)(const SSL *);
		      }){.object = t->real})
			  .function(ssl);
	KEEP_ERRNO_BEGIN
	struct connection *n = connection_of(t->copy, ssl);
	if (n && n->done && result != 0)
		n->asked = true;
	if (n && n->done && n->left_to_client && result == 0)
		n->relied = true;
	if (n && n->done && n->mended && n->left_to_client && result == 0) {
		n->mended = false;
		connection_mended(n, writable_ssl(ssl), connection_trust(n));
	}
	KEEP_ERRNO_END
	return result;
}
