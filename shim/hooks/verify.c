/* SPDX-License-Identifier: ISC
 *
 * X509_verify_cert, the choke point of verification (design.md#verification): where a rule's trust comes in, and where a failed
 * verification is looked at. Whether it ends up as a failure or as ignored is the client's decision, which shows later
 * (design.md#net): with a connection the evidence waits there.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/name_fit.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "dry_run.h"
#include "known.h"
#include "lately.h"
#include "live.h"
#include "names.h"
#include "peer.h"
#include "rule_of_peer.h"
#include "session.h"
#include "story.h"
#include "uses.h"
#include "verification.h"

#include <bsd/string.h>

/* Whose look is it, in a verification without an SSL? That of the connection that this leaf was presented on, which decides alone
 * (design.md#host). False: nobody's. */
static bool find_live(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	const X509 *leaf = leaf_of(o, v->ctx);
	v->have_leaf = leaf_digest(o, leaf, v->leaf);
	if (!v->have_leaf)
		return false;
	v->policy = policy_acquire();
	if (!live_find(leaf, v->leaf, v->policy ? policy_of(v->policy) : NULL, &v->match))
		return false;
	v->rule = v->match.rule;
	if (v->match.hosts == 1 || v->rule.set[KEY_ONLY_CA_FILE]) {
		strlcpy(v->host, v->match.peer.host, sizeof v->host);
		strlcpy(v->address, v->match.peer.address, sizeof v->address);
		v->port = v->match.peer.port;
	}
	return true;
}

static void find_rule(struct verification *v)
{
	struct connection *n = v->connection;
	struct peer peer;
	v->rule = n->rule;
	connection_peer(n, &peer);
	strlcpy(v->host, peer.host ? peer.host : "", sizeof v->host);
	strlcpy(v->address, n->peer.address, sizeof v->address);
	v->port = n->peer.port;
}

/* ---- a failure ---------------------------------------------------------------------------------------------------- */

/* A client that does not care fails at every connection, and a look at why takes milliseconds: once a minute for each
 * leaf is enough. */
static bool looked_at_lately(struct verification *v, struct lately *lately)
{
	if (!v->have_leaf)
		v->have_leaf =
		    leaf_digest(copy_api(v->copy), leaf_of(copy_api(v->copy), v->ctx), v->leaf);
	return v->have_leaf && lately_seen(lately, v->leaf);
}

/* A client that knows a root by itself hands it over beside what was sent, where the chain may end anywhere. */
static void note_roots(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	OPENSSL_STACK *untrusted = later(o)->X509_STORE_CTX_get0_untrusted
				       ? later(o)->X509_STORE_CTX_get0_untrusted(v->ctx)
				       : NULL;
	OPENSSL_STACK *chain = later(o)->X509_STORE_CTX_get0_chain
				   ? later(o)->X509_STORE_CTX_get0_chain(v->ctx)
				   : NULL;
	const int depth = chain ? o->OPENSSL_sk_num(chain) : 0;
	const X509 *top = depth > 1 ? o->OPENSSL_sk_value(chain, depth - 1) : NULL;
	const int count = top && untrusted ? o->OPENSSL_sk_num(untrusted) : 0;
	size_t found = 0;
	QUIET_BEGIN(o)
	for (int i = 0; i < count && found < LIVE_ROOTS; i++) {
		const X509 *x = o->OPENSSL_sk_value(untrusted, i);
		if (x == top || o->X509_cmp(x, top) == 0)
			v->match.roots[found++] = x;
	}
	QUIET_END(o)
}

static void passed(struct verification *v);

static void failed(struct verification *v, int result)
{
	static struct lately lately;
	struct connection *n = v->connection;
	if (!n) {
		/* .NET closes the socket before the connection ends */
		if (v->port == 0 && record_wanted(LEVEL_ERROR) && !sandbox_entered())
			peer_of_host(v->host[0] ? v->host : v->match.peer.host, v->address,
				     &v->port);
		note_roots(v);
		live_failed(&v->match, v->leaf, verification_failure(v, result));
		return;
	}
	const bool let_pass = result > 0 || n->story.left;
	const bool looked = !let_pass || !(live_client_verifies() || looked_at_lately(v, &lately) ||
					   (n->story.left && afterwards_is_dotnet()));
	evidence_free(n->held.failed);
	n->held.failed = looked ? verification_failure(v, result) : NULL;
	if (looked && !n->held.failed && verification_has_idle_limit(v)) {
		passed(v);
		return;
	}
	TELL(n, v->ssl, BAD, n->held.failed != NULL, n->held.failed && n->held.failed->enforced,
	     v->event_count > 0,
	     n->held.failed && !n->held.failed->repetition &&
		 evidence_headline(n->held.failed).code == 0);
}

/* ---- success under a rule -------------------------------------------------------------------------------------- */

/* By .NET and the like, which verify after the handshake. */
static void mended_later(struct verification *v, const struct setting *by)
{
	if (!record_wanted(LEVEL_WARNING))
		return;
	struct evidence *e = verification_evidence(v);
	if (!e)
		return;
	e->event = EVENT_MENDED;
	evidence_key(e, by, e->host);
	connection_report(NULL, e);
}

static void mended(struct verification *v)
{
	if (!v->connection) {
		mended_later(v, v->trust.setting);
		return;
	}
	/* whether the client looks at it at all shows later */
	v->connection->mended.by_trust = !v->connection->story.left || !live_client_verifies();
	session_mark_verified(v->connection, v->ssl, v->trust.anchors, v->by_libssl);
}

/* One that needed no further anchor, but another look. */
static void repaired(struct verification *v)
{
	if (!v->connection) {
		mended_later(v, v->repair.mended);
		return;
	}
	v->connection->mended.by_key = v->repair.mended;
	session_mark_verified(v->connection, v->ssl, v->trust.anchors, v->by_libssl);
}

/* Did the client have OpenSSL check a name? Before 3.0 that cannot be asked; a check that passed leaves the name that it found. */
static bool name_was_checked(const struct openssl *o, X509_VERIFY_PARAM *param)
{
	if (o->X509_VERIFY_PARAM_get0_host)
		return o->X509_VERIFY_PARAM_get0_host(param, 0) != NULL;
	if (!later(o)->X509_VERIFY_PARAM_set1_host) /* 1.0.1 checks none */
		return false;
	return !o->X509_VERIFY_PARAM_get0_peername || o->X509_VERIFY_PARAM_get0_peername(param);
}

/* A wildcard stands for no label with an underscore, as OpenSSL has it; clients that compare by themselves take it as any other. */
static int matches(const struct openssl *o, X509 *leaf, const char *name)
{
	char lenient[256];
	int match;
	QUIET_BEGIN(o)
	match = o->X509_check_host(leaf, name, 0, 0, NULL);
	if (match == 0 && strchr(name, '_') &&
	    strlcpy(lenient, name, sizeof lenient) < sizeof lenient) {
		char *p = lenient;
		for (; *p && *p != '.'; p++)
			*p = *p == '_' ? 'x' : *p;
		/* OpenSSL takes no wildcard with one in its own labels either: what those clients make of it is not known */
		match = strchr(p, '_') ? 1 : o->X509_check_host(leaf, lenient, 0, 0, NULL);
	}
	QUIET_END(o)
	return match;
}

/* Is it sure that the leaf of this verification, which is the one that the server sent, bears the name? */
static bool sent_name(const struct verification *v, const char *name, unsigned flags)
{
	const struct openssl *o = copy_api(v->copy);
	return verify_sent_name(v->connection, leaf_of(o, v->ctx),
				o->SSL_version(v->ssl) == PROTOCOL_TLS1_3, name, flags);
}

static bool watch_names(const struct connection *n, const X509 *leaf)
{
	const struct openssl *o = copy_api(n->copy);
	return names_watch(n->leaf.digest, leaf, leaf ? o->X509_get_subject_name(leaf) : NULL);
}

/* The host that the client asked for by name, and a leaf that is not for it. */
static bool leaf_is_for_another(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	static struct lately lately;
	const struct connection *n = v->connection;
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(v->ctx);
	X509 *leaf = leaf_of(o, v->ctx);
	int match = 1;
	if (!n || !leaf || !o->X509_check_host || !param || name_was_checked(o, param))
		return false;
	if (!n->peer.sni) {
		/* an address perhaps, which it compares by itself: that shows at the end (connection.c) */
		if (n->leaf.known && (n->story.left || watch_names(n, leaf)))
			TELL(v->connection, v->ssl, NAMELESS, 0);
		return false;
	}
	if (n->leaf.known)
		watch_names(n, leaf);
	if (sent_name(v, n->peer.sni, 0))
		return false;
	match = matches(o, leaf, n->peer.sni);
	return match == 0 && !(n->story.left && looked_at_lately(v, &lately));
}

static void passed(struct verification *v)
{
	if (v->connection)
		TELL(v->connection, v->ssl, GOOD, 0);
	if (v->connection && leaf_is_for_another(v)) {
		evidence_free(v->connection->held.unnamed);
		v->connection->held.unnamed = verification_failure(v, 1);
		if (v->connection->held.unnamed)
			TELL(v->connection, v->ssl, UNNAMED, 0);
	}
	const struct openssl *o = copy_api(v->copy);
	bool first =
	    v->connection || live_passed(&v->match, o->X509_STORE_CTX_get0_cert(v->ctx), v->leaf);
	if (v->trust.switched && first && !(v->ssl && openssl_dane_made_good(o, v->ssl)))
		mended(v);
	else if (v->repair.mended && first)
		repaired(v);
}

/* ---- the hook ------------------------------------------------------------------------------------------------------ */

/* The client has turned verification off: it may do it by itself, or not at all. */
static void note_unverified(struct verification *v)
{
	const struct openssl *o = copy_api(v->copy);
	struct connection *n = v->connection;
	uint8_t leaf[32];
	if (n->story.left || o->SSL_get_verify_mode(v->ssl) != 0)
		return;
	if (!n->leaf.known &&
	    leaf_digest(o, leaf_of(o, v->ctx), leaf)) /* a compressed certificate (RFC 8879) */
		verify_take_leaf(n, leaf);
	if (n->leaf.known) {
		watch_names(n, leaf_of(o, v->ctx));
		TELL(n, v->ssl, LEFT, 0);
	}
	live_left_to_client(n);
}

static bool borne(const void *of, const char *host)
{
	return !host_is_address(host) && sent_name(of, host, CHECK_NO_PARTIAL);
}

/* Where libssl looks at what was sent. */
static void note_presented(const struct verification *v, struct trust_asked *a)
{
	const struct openssl *o = copy_api(v->copy);
	if (!v->presented || !a->host ||
	    !leaf_seems(o, leaf_of(o, v->ctx), v->connection->leaf.digest))
		return;
	a->presented = v->presented;
}

static void before(struct verification *v)
{
	if (v->connection) {
		note_unverified(v);
		find_rule(v);
	}
	verify_fn *real = as_verify(copy_real(v->copy, HOOK_X509_verify_cert));
	repair_begin(&v->repair, v->copy, v->ctx, real, &v->rule, v->ssl != NULL);
	if (!trust_of(&v->rule))
		return;
	struct trust_asked asked = {.copy = v->copy,
				    .ctx = v->ctx,
				    .verify = real,
				    .rule = &v->rule,
				    .borne = v->presented ? borne : NULL,
				    .of = v,
				    .ssl = v->ssl};
	asked.host = repair_expected(&v->rule, v->host[0] ? v->host : NULL, v->expected);
	note_presented(v, &asked);
	trust_begin(&v->trust, &asked);
}

static void after(struct verification *v, int result)
{
	const struct openssl *o = copy_api(v->copy);
	/* a callback may have taken the error back */
	bool bad = result <= 0 || o->X509_STORE_CTX_get_error(v->ctx) != 0 ||
		   (v->connection && v->event_count);
	dry_run_verified(v, !bad);
	if (bad && v->trust.setting)
		trust_missed(&v->trust);
	if (bad)
		failed(v, result);
	else
		passed(v);
	if (v->trust.setting)
		trust_end(&v->trust, v->ctx);
	repair_end(&v->repair, v->ctx);
	v->trust = (struct trust){0};
}

static int plainly(const struct target *t, X509_STORE_CTX *ctx)
{
	return as_verify(t->real)(ctx);
}

/* Not a client's look at its peer: OpenSSL on the way from one function to the other, libssl building the chain of the program's own
 * certificate, a server's look at its client, anything while there is no connection. */
static bool is_other_business(const struct target *t, X509_STORE_CTX *ctx, SSL **ssl)
{
	const struct openssl *o = copy_api(t->copy);
	if (events_under_way(t->copy, ctx))
		return true;
	*ssl = verification_ssl(o, ctx, t->caller);
	if (!*ssl && t->caller == CALLER_HOST)
		events_own_call();
	if (!*ssl)
		return t->caller != CALLER_HOST || !live_any();
	return openssl_is_server(o, *ssl);
}

/* Does some rule demand more than the client does? */
static bool rules_demand(void)
{
	struct policy_ref *rules = policy_acquire();
	bool demand = rules && policy_demands(policy_of(rules));
	policy_release(rules);
	return demand;
}

/* No memory to look at it. Where more may be demanded of this host than the client asks for, it fails rather than goes without; an
 * SSL without a connection of ours is one that there was no memory for. */
static int without_memory(const struct target *t, X509_STORE_CTX *ctx, const struct connection *n)
{
	enum { OUT_OF_MEMORY = 17 };
	const struct openssl *o = copy_api(t->copy);
	if (n ? !rule_strengthens(&n->rule) : !rules_demand())
		return plainly(t, ctx);
	o->X509_STORE_CTX_set_error(ctx, OUT_OF_MEMORY);
	return -1;
}

static int look_at(struct verification *v, const struct target *t, int entry_errno)
{
	before(v);
	if (!events_begin(v) && rule_strengthens(&v->rule))
		return without_memory(t, v->ctx, v->connection);
	if (v->connection)
		v->connection->held.under_way = v;
	errno = entry_errno;
	int result = plainly(t, v->ctx);
	KEEP_ERRNO_BEGIN
	if (v->connection)
		v->connection->held.under_way = NULL;
	events_end(v);
	after(v, result);
	KEEP_ERRNO_END
	return result;
}

/* Nobody takes the context back that libssl made for it: it is as the callback left it. Up to 1.0.2 it lay on the stack. What a client that verifies by
 * itself within its callback found there is not known. */
void verification_left(struct connection *n, SSL *ssl)
{
	struct verification *v = n->held.under_way;
	if (!v || !ssl || !v->told_bad || n->story.left || n->thread != thread_number() ||
	    v->own_calls != events_own_calls() || !copy_api(v->copy)->X509_STORE_CTX_get0_cert)
		return;
	dry_run_verified(v, false);
	if (v->trust.setting)
		trust_missed(&v->trust);
	failed(v, 0);
}

static int verify(const struct target *t, X509_STORE_CTX *ctx)
{
	SSL *ssl = NULL;
	if (!ctx || is_other_business(t, ctx, &ssl))
		return plainly(t, ctx);
	const int entry_errno = errno;
	/* off the stack: threads of the host may have little of it */
	struct verification *v = malloc(sizeof *v);
	if (v)
		memset(v, 0, offsetof(struct verification, expected));
	struct connection *n = ssl ? connection_of(t->copy, ssl) : NULL;
	errno = entry_errno;
	if (!v || (ssl && !n)) {
		free(v);
		return without_memory(t, ctx, n);
	}
	v->copy = t->copy;
	v->ctx = ctx;
	v->ssl = ssl;
	v->connection = n;
	/* of a client's own call it is not known what it made of them */
	v->by_libssl = t->caller == CALLER_LIBSSL;
	if (n && v->by_libssl)
		v->presented = n->sent.hash;
	if (n) {
		n->mended.anchors = 0;
		rule_of_peer(n, ssl, leaf_of(copy_api(n->copy), ctx));
	}
	if (!ssl && !find_live(v)) {
		/* without memory a leaf is not known again */
		const bool blind =
		    live_blind() || (!v->have_leaf && leaf_of(copy_api(t->copy), ctx));
		verification_free(v);
		errno = entry_errno;
		return blind ? without_memory(t, ctx, NULL) : plainly(t, ctx);
	}
	const int result = look_at(v, t, entry_errno);
	if (n) {
		/* before the session is handed out, which up to TLS 1.2 comes before the handshake is done */
		session_mark_identity(n, ssl);
		n->late.verified = true;
		n->late.verified_under = trust_is_strict(&v->rule) ? trust_of(&v->rule) : NULL;
	}
	verification_free(v);
	return result;
}

static int verify_as_demanded(const struct target *t, X509_STORE_CTX *ctx)
{
	struct demanded d;
	KEEP_ERRNO_BEGIN
	demanded_begin(&d, t->copy, ctx,
		       ctx ? verification_ssl(copy_api(t->copy), ctx, t->caller) : NULL);
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
	if (n && n->story.done) {
		own_checks_asks(copy_api(n->copy), writable_ssl(ssl));
		TELL(n, writable_ssl(ssl), ASKED, result == 0);
	}
	if (n && n->story.done && n->mended.by_trust && n->story.left && result == 0) {
		n->mended.by_trust = false;
		connection_mended(n, writable_ssl(ssl), connection_trust(n));
	}
	KEEP_ERRNO_END
	return result;
}
