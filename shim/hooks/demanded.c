/* SPDX-License-Identifier: ISC
 *
 * EnforceVerification and PinSHA256 of a connection: where its chain is judged (policy/demand.c decides), and how a refusal ends it.
 *
 * Usually libssl's own call of X509_verify_cert, or of the client's function in its place, is where that happens. libssl looks at the
 * verify mode only after that call, so that a refusal sets SSL_VERIFY_PEER there and then: no getter tells of it before, and nothing that the
 * client sets meanwhile takes it back. Handshakes in which no certificate is verified (a resumed session, a pre-shared key, an anonymous
 * suite) are looked at when they are done; one that must not be has an SSL that is shut down from then on, which neither reads nor
 * writes a byte.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "demanded.h"
#include "loaded.h"
#include "peer.h"
#include "rule_of_peer.h"
#include "session.h"
#include "story.h"
#include "verification.h"

enum { VERIFY_PEER_ = 1, SHUTDOWN_BOTH = 3 };

/* A key that both sides know already shows no certificate, and sends data before any would come. */
static void forget_keys(const struct openssl *o, SSL *ssl)
{
	if (later(o)->SSL_set_psk_client_callback)
		later(o)->SSL_set_psk_client_callback(ssl, NULL);
	if (later(o)->SSL_set_psk_use_session_callback)
		later(o)->SSL_set_psk_use_session_callback(ssl, NULL);
}

void demanded_start(struct connection *n, SSL *ssl)
{
	if (demand_exists(&n->rule))
		forget_keys(copy_api(n->copy), ssl);
}

static bool any_is_strict(void)
{
	struct policy_ref *rules = policy_acquire();
	const bool any = rules && policy_strict(policy_of(rules));
	policy_release(rules);
	return any;
}

/* There is no connection to keep a rule at, so that it is not known what is demanded: where anything is of any host, nothing goes out early ... */
void demanded_unknown(struct copy *c, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	if (!any_is_strict())
		return;
	forget_keys(o, ssl);
	QUIET_BEGIN(o)
	o->SSL_set_session(ssl, NULL);
	QUIET_END(o)
}

/* ... and no byte comes in. Not before: OpenSSL opens it for the ClientHello. */
void demanded_unknown_done(struct copy *c, SSL *ssl)
{
	if (any_is_strict())
		copy_api(c)->SSL_set_shutdown(ssl, SHUTDOWN_BOTH);
}

/* ---- the record of a refusal ------------------------------------------------------------------------------------- */

static const char *problem_text(struct arena *a, const struct demand_look *l)
{
	struct buf b;
	buf_init(&b, 1024);
	if (l->problem_of) {
		buf_puts(&b, "its CA file ");
		escape_text(&b, l->problem_of, strlen(l->problem_of), 512);
		buf_putc(&b, ' ');
	}
	buf_puts(&b, l->problem);
	const char *text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text;
}

static void describe(struct evidence *e, const struct connection *n, const struct demand_look *l,
		     bool went_on)
{
	const struct setting *pins = n->rule.set[KEY_PIN_SHA256];
	struct buf b;
	buf_init(&b, 512);
	buf_strs(&b, key_table[l->setting->key].name, " at ", l->setting->section->source, NULL);
	if (l->setting->line) {
		buf_putc(&b, ':');
		buf_uint(&b, l->setting->line);
	}
	e->demand = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	e->demand_went_on = went_on;
	e->demand_problem = l->problem ? problem_text(&e->arena, l) : NULL;
	e->pins = l->pin_missed && pins ? arena_strdup(&e->arena, pins->value) : NULL;
	if (l->by_rule) {
		e->anchor_count = copy_api(n->copy)->OPENSSL_sk_num(l->anchors->trusted);
		e->store_text = arena_strdup(&e->arena, trust_of(&n->rule)->value);
		e->store_searched = NULL;
		e->directory_count = 0;
	}
	e->have_verification = e->enforced = true;
	e->event = EVENT_VERIFY_FAILED;
}

/* What our own verification found; where there was none, what is known of the connection. */
static struct evidence *refusal(struct connection *n, SSL *ssl, const struct demand_view *w,
				const struct demand_look *l)
{
	struct verification *v = l->ctx ? calloc(1, sizeof *v) : NULL;
	if (!v)
		return connection_evidence(n, ssl, EVENT_VERIFY_FAILED);
	v->copy = n->copy;
	v->ctx = l->ctx;
	v->ssl = ssl;
	v->connection = n;
	v->rule = n->rule;
	v->demand = w;
	struct evidence *e = verification_failure(v, 0);
	free(v);
	return e;
}

/* ---- the version ------------------------------------------------------------------------------------------------- */

/* MinProtocol is a bound on the SSL, which leaves nothing to look at; but OpenSSL may not know a version that high, the client may have
 * set another bound since, and of a rule that is found in the course of the handshake it comes too late; and datagrams have none of ours. */
static const struct setting *version_missed(const struct connection *n, SSL *ssl)
{
	const struct setting *s = n->rule.set[KEY_MIN_PROTOCOL];
	return s && openssl_version_in_tls(copy_api(n->copy), ssl) < s->protocol ? s : NULL;
}

static bool is_met(const struct connection *n, SSL *ssl, const struct demand_view *w,
		   struct demand_look *l)
{
	enum { APPLICATION_VERIFICATION = 50 };
	const struct setting *missed = version_missed(n, ssl);
	if (!missed || n->rule.closed)
		return demand_is_met(w, l);
	*l = (struct demand_look){.copy = n->copy,
				  .setting = missed,
				  .error = APPLICATION_VERIFICATION,
				  .problem = "client and server agreed on an older version"};
	return false;
}

/* ---- the judge ------------------------------------------------------------------------------------------------------ */

static bool judge(struct connection *n, SSL *ssl, struct demand_view *w, bool went_on)
{
	struct demand_look l;
	struct peer peer;
	char expected[256];
	uint8_t leaf[32];
	const struct openssl *o = copy_api(n->copy);
	bool known = leaf_digest(o, w->leaf, leaf);
	if (n->demand.judged && known && memcmp(n->demand.leaf, leaf, sizeof leaf) == 0)
		return n->demand.met;
	w->copy = n->copy;
	w->rule = &n->rule;
	connection_peer(n, &peer);
	w->name = repair_expected(&n->rule, peer.host, expected);
	w->verify = as_verify(copy_real(n->copy, HOOK_X509_verify_cert));
	n->demand.met = is_met(n, ssl, w, &l);
	n->demand.judged = known;
	n->demand.anchors = n->demand.met && l.by_rule ? l.anchors->content : 0;
	memcpy(n->demand.leaf, leaf, sizeof leaf);
	/* one record, of what ended it; and none where all is well */
	evidence_free(n->held.failed);
	evidence_free(n->held.unnamed);
	n->held.failed = n->held.unnamed = NULL;
	if (!n->demand.met) {
		n->demand.error = l.error;
		n->held.failed = refusal(n, ssl, w, &l);
		if (n->held.failed)
			describe(n->held.failed, n, &l, went_on);
	}
	TELL(n, ssl, DEMANDED, n->held.failed != NULL);
	demand_look_free(&l);
	return n->demand.met;
}

/* The context may be changed by whoever verifies it: what was shown is taken before. */
void demanded_begin(struct demanded *d, struct copy *c, X509_STORE_CTX *ctx, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	struct connection *n = ssl ? connection_of(c, ssl) : NULL;
	*d = (struct demanded){.connection = NULL};
	if (n)
		rule_of_peer(n, ssl, leaf_of(o, ctx));
	if (!n || openssl_is_server(o, ssl) ||
	    (!demand_exists(&n->rule) && !version_missed(n, ssl)))
		return;
	d->connection = n;
	d->ssl = ssl;
	d->ctx = ctx;
	d->view = (struct demand_view){
	    .store = later(o)->X509_STORE_CTX_get0_store ? later(o)->X509_STORE_CTX_get0_store(ctx)
							 : NULL,
	    .leaf = leaf_of(o, ctx),
	    .untrusted = later(o)->X509_STORE_CTX_get0_untrusted
			     ? later(o)->X509_STORE_CTX_get0_untrusted(ctx)
			     : NULL,
	    .param = o->X509_STORE_CTX_get0_param(ctx),
	    .level = -1,
	    .unverified = o->SSL_get_verify_mode(ssl) == 0};
	d->view.store_is_meant = loaded_by_client(c, d->view.store);
}

int demanded_end(struct demanded *d, int result)
{
	struct connection *n = d->connection;
	if (!n)
		return result;
	const struct openssl *o = copy_api(n->copy);
	const int mode = o->SSL_get_verify_mode(d->ssl);
	const bool refused = result <= 0 && mode & VERIFY_PEER_;
	/* its own refusal has its own record */
	if (refused && !n->rule.closed)
		return result;
	if (judge(n, d->ssl, &d->view, !refused)) {
		session_mark(n, d->ssl);
		return result;
	}
	o->X509_STORE_CTX_set_error(d->ctx, n->demand.error);
	if (!(mode & VERIFY_PEER_)) {
		n->demand.mode = mode + 1;
		o->SSL_set_verify(d->ssl, mode | VERIFY_PEER_, NULL);
	}
	return 0;
}

void demanded_exit(struct connection *n, SSL *ssl)
{
	if (n->demand.mode)
		copy_api(n->copy)->SSL_set_verify(ssl, n->demand.mode - 1, NULL);
	n->demand.mode = 0;
}

/* ---- the handshake is done ---------------------------------------------------------------------------------------- */

static bool judge_afterwards(struct connection *n, SSL *ssl, X509 *leaf)
{
	const struct openssl *o = copy_api(n->copy);
	if (o->SSL_session_reused && o->SSL_session_reused(ssl) && session_is_ours(n, ssl) &&
	    !version_missed(n, ssl))
		return true;
	struct demand_view w = {
	    .store = o->SSL_CTX_get_cert_store ? o->SSL_CTX_get_cert_store(o->SSL_get_SSL_CTX(ssl))
					       : NULL,
	    .leaf = leaf,
	    .untrusted =
		later(o)->SSL_get_peer_cert_chain ? later(o)->SSL_get_peer_cert_chain(ssl) : NULL,
	    .param = o->SSL_get0_param ? o->SSL_get0_param(ssl) : NULL,
	    .level = later(o)->SSL_get_security_level ? later(o)->SSL_get_security_level(ssl) : -1,
	    .unverified = o->SSL_get_verify_mode(ssl) == 0};
	w.store_is_meant = loaded_by_client(n->copy, w.store);
	const bool met = (w.param || !leaf) && judge(n, ssl, &w, true);
	if (met)
		session_mark(n, ssl);
	return met;
}

/* Early data goes out (TLS 1.3): OpenSSL says "done" before the server has answered, and once more at the end. Only a session that was
 * made by a handshake of this host, under this rule, was left in place for it. */
static bool is_early(const struct openssl *o, const SSL *ssl)
{
	enum { STATE_OK = 1 };
	return o->SSL_get_state && o->SSL_get_state(ssl) != STATE_OK;
}

/* A session that was made, or a chain that was verified, without OnlyCAFile, before it was known that this host
 * has it, or may have it (rule_of_peer.c); or that of another host, which the client renegotiated with: OpenSSL takes none off
 * in the middle of a connection. */
static bool resumed_too_early(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	struct demand_look l = {
	    .setting = n->late.of_another ? n->late.of_another : trust_of(&n->rule),
	    .problem = "it was verified before it was certain that this rule holds for its peer"};
	const bool late = n->late.proven && trust_is_strict(&n->rule) && !session_is_ours(n, ssl);
	const bool reused = o->SSL_session_reused && o->SSL_session_reused(ssl) &&
			    (late || session_is_of_another(n, ssl));
	if (!reused && !n->late.after_verification)
		return false;
	session_spoil(n, ssl);
	evidence_free(n->held.failed);
	n->held.failed = connection_evidence(n, ssl, EVENT_VERIFY_FAILED);
	if (n->held.failed)
		describe(n->held.failed, n, &l, true);
	return true;
}

static bool allowed(struct connection *n, SSL *ssl, X509 *leaf)
{
	rule_of_peer(n, ssl, leaf);
	if (resumed_too_early(n, ssl))
		return false;
	return (!demand_exists(&n->rule) && !version_missed(n, ssl)) ||
	       judge_afterwards(n, ssl, leaf);
}

/* Most rules demand nothing, and nothing can show any more that does. */
static bool may_deny(const struct connection *n)
{
	const struct policy *p = policy_of(n->policy);
	return policy_strict(p) || policy_uses_peer(p) || n->socket.gave_host || !n->peer.host ||
	       n->late.proven || n->late.repeats || demand_exists(&n->rule) ||
	       n->rule.set[KEY_MIN_PROTOCOL];
}

bool demanded_done(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	if (!n->policy || !may_deny(n) || is_early(o, ssl))
		return true;
	X509 *leaf = o->SSL_get1_peer_certificate ? o->SSL_get1_peer_certificate(ssl) : NULL;
	const bool good = allowed(n, ssl, leaf);
	if (leaf)
		o->X509_free(leaf);
	if (good)
		return true;
	n->demand.refused = true;
	o->SSL_set_shutdown(ssl, SHUTDOWN_BOTH);
	TELL(n, ssl, DENIED, 0);
	return false;
}

/* Not even the client opens it again. */
void hook_SSL_set_shutdown(const struct target *t, SSL *ssl, int mode)
{
	KEEP_ERRNO_BEGIN
	const struct connection *n = ssl ? connection_of(t->copy, ssl) : NULL;
	if (n && n->demand.refused)
		mode |= SHUTDOWN_BOTH;
	KEEP_ERRNO_END((union {
		void *object;
		void (*function)(SSL *, int);
	}){.object = t->real})
	    .function(ssl, mode);
}
