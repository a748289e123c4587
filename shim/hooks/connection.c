/* SPDX-License-Identifier: ISC
 *
 * The state of one client connection: who the peer is (peer.c), what rule holds, what was seen. It hangs on the SSL as ex_data and
 * goes with it.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/log.h>

#include "../openssl/versions.h"
#include "live.h"

static void connection_clear(struct connection *n)
{
	live_end(n);
	transport_settled(n);
	evidence_free(n->pending);
	evidence_free(n->unnamed);
	if (n->copy)
		apply_forget(copy_api(n->copy), &n->applied);
	policy_release(n->policy);
	free(n->host);
	free(n->sni);
	free(n->sent_list);
	memset(n, 0, sizeof *n);
}

/* ex_data: the SSL goes. Of the SSL itself not much may be left (3.2 and later), so only memory is given back here; see hook_SSL_free. */
static void state_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct connection *n = ptr;
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	if (!n)
		return;
	KEEP_ERRNO_BEGIN
	struct copy *outer = binding_current;
	binding_current = argp;
	connection_clear(n);
	free(n);
	binding_current = outer;
	KEEP_ERRNO_END
}

/* ex_data: SSL_dup() copies pointers; two SSLs must not share one state. OpenSSL passes the address of the copied pointer. */
static int state_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		     long argl, void *argp)
{
	(void)to;
	(void)from;
	(void)idx;
	(void)argl;
	(void)argp;
	*(void **)from_d = NULL;
	return 1;
}

struct connection *connection_of(struct copy *c, const SSL *ssl)
{
	int index = binding_index(c, INDEX_SSL_STATE, state_dup, state_free);
	return index < 0 ? NULL : copy_api(c)->SSL_get_ex_data(ssl, index);
}

static struct connection *connection_new(struct copy *c, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	int index = binding_index(c, INDEX_SSL_STATE, state_dup, state_free), stored = 0;
	struct connection *n = index < 0 ? NULL : calloc(1, sizeof *n);
	if (!n)
		return NULL;
	QUIET_BEGIN(o)
	stored = o->SSL_set_ex_data(ssl, index, n);
	QUIET_END(o)
	if (stored != 1) {
		free(n);
		return NULL;
	}
	return n;
}

struct connection *connection_start(struct copy *c, SSL *ssl)
{
	struct connection *n = connection_of(c, ssl);
	if (!n)
		n = connection_new(c, ssl);
	if (!n)
		return NULL;
	connection_end(n, ssl); /* an SSL that is used again */
	connection_clear(n);
	n->copy = c;
	n->datagram = !openssl_is_stream(copy_api(c), ssl);
	n->load_failures = load_failures();
	n->began_ms = clock_monotonic_ms();
	n->alert_sent = n->alert_received = n->last_sent = n->last_received = -1;
	n->read_before = connection_received(copy_api(c), ssl);
	n->written_before = connection_sent(copy_api(c), ssl);
	n->policy = policy_acquire();
	connection_identify(n, ssl, n->policy ? policy_of(n->policy) : NULL);
	if (n->policy) {
		struct peer peer;
		connection_peer(n, &peer);
		policy_lookup(policy_of(n->policy), &peer, clock_realtime_ms() / 1000, &n->rule);
		if (n->name_lost && !n->rule.closed)
			n->rule.closed = policy_strict(policy_of(n->policy));
	}
	return n;
}

/* ---- what is reported of it ------------------------------------------------------------------------------- */

/* "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile, MinProtocol" */
static const char *rule_text(struct arena *a, const struct rule *rule)
{
	struct buf b;
	const struct section *last = NULL;
	if (rule->count == 0 && !rule->closed)
		return NULL;
	buf_init(&b, 512);
	for (int k = -1; k < KEY_COUNT; k++) {
		const struct setting *s = k < 0 ? rule->closed : rule->set[k];
		if (!s || k == KEY_REASON || k == KEY_UNTIL)
			continue;
		if (s->section != last) {
			buf_puts(&b, b.len ? "; " : "");
			buf_puts(&b, s->section->source);
			if (s->section->line) {
				buf_putc(&b, ':');
				buf_uint(&b, s->section->line);
			}
			buf_strs(&b, " [", s->pattern, "] ", NULL);
			last = s->section;
		} else {
			buf_puts(&b, ", ");
		}
		buf_puts(&b, key_table[s->key].name);
	}
	const char *text = b.len ? arena_strdup(a, buf_str(&b)) : NULL;
	buf_free(&b);
	return text;
}

static void handshake_facts(struct evidence *e, const struct connection *n)
{
	e->alert_sent = n->alert_sent;
	e->alert_received = n->alert_received;
	e->last_sent = n->last_sent;
	e->last_received = n->last_received;
	e->server_version = n->server_version;
	e->hello = n->hello;
	e->certificate_requested = n->certificate_requested;
	e->certificate_sent = n->certificate_sent;
	e->empty_certificate_sent = n->empty_certificate_sent;
	e->first_count = n->first_count;
	memcpy(e->first_bytes, n->first_bytes, n->first_count);
	e->client_min = n->applied.client_min;
	e->client_max = n->applied.client_max;
	e->min_offered = n->applied.min;
	e->max_offered = n->applied.max;
}

uint64_t connection_received(const struct openssl *o, const SSL *ssl)
{
	BIO *in = o->SSL_get_rbio(ssl);
	return in && o->BIO_number_read ? o->BIO_number_read(in) : 0;
}

uint64_t connection_sent(const struct openssl *o, const SSL *ssl)
{
	BIO *out = o->SSL_get_wbio(ssl);
	return out && o->BIO_number_written ? o->BIO_number_written(out) : 0;
}

/* Without what was said in plain text before, as with STARTTLS over the same BIO. */
static void transfer_facts(struct evidence *e, const struct connection *n, SSL *ssl)
{
	e->bytes_received = connection_received(copy_api(n->copy), ssl);
	e->bytes_sent = connection_sent(copy_api(n->copy), ssl);
	e->bytes_received -= e->bytes_received >= n->read_before ? n->read_before : 0;
	e->bytes_sent -= e->bytes_sent >= n->written_before ? n->written_before : 0;
}

struct evidence *connection_evidence(struct connection *n, SSL *ssl, enum event event)
{
	const struct openssl *o = copy_api(n->copy);
	/* nothing is looked at for a log that is off */
	struct evidence *e = record_wanted(LEVEL_ERROR) ? evidence_new(event) : NULL;
	if (!e)
		return NULL;
	connection_find_peer(n, ssl);
	evidence_library(e, o);
	e->have_connection = true;
	e->datagram = n->datagram;
	e->host = arena_strdup(&e->arena, n->host);
	e->sni = apply_name_sent(&e->arena, &n->applied, n->sni);
	e->address = n->address[0] ? arena_strdup(&e->arena, n->address) : NULL;
	e->port = n->port;
	e->rule = rule_text(&e->arena, &n->rule);
	e->expired = expired_text(&e->arena, &n->rule);
	const SSL_CIPHER *cipher = o->SSL_get_current_cipher(ssl);
	if (cipher) {
		e->cipher = arena_strdup(&e->arena, o->SSL_CIPHER_get_name(cipher));
		e->protocol = arena_strdup(&e->arena, o->SSL_get_version(ssl));
	}
	e->resumed = o->SSL_session_reused && o->SSL_session_reused(ssl);
	e->security_level = o->SSL_get_security_level ? o->SSL_get_security_level(ssl) : -1;
	handshake_facts(e, n);
	if (event == EVENT_HANDSHAKE_FAILED || event == EVENT_VERIFY_FAILED)
		offer_describe(e, n, ssl);
	transfer_facts(e, n, ssl);
	return e;
}

void connection_report(struct connection *n, struct evidence *e)
{
	struct record r;
	if (!e)
		return;
	if (e->repetition) {
		record_repeated(e->look);
		evidence_free(e);
		return;
	}
	/* what only showed after the evidence was taken */
	if (n) {
		dry_run_notes(e, n);
		e->alert_sent = n->alert_sent;
		e->alert_received = n->alert_received;
	}
	diagnose(e, &r);
	r.look = e->look;
	record_submit(&r);
	evidence_free(e);
}

/* Some clients only read (FTP data). A server that speaks first sends little before it is answered, and session tickets
 * are small. */
static bool received_much(const struct connection *n, const SSL *ssl)
{
	enum { MUCH = 16384 };
	return connection_received(copy_api(n->copy), ssl) > n->read_at_done + MUCH;
}

/* Did the client send anything of its own after the handshake? An alert that closes the connection is not its own. */
static bool sent_something(const struct connection *n, const SSL *ssl)
{
	enum {
		ALERT_TLS13 = 24,
		ALERT_AT_MOST = 100
	}; /* a record with an alert, whatever the cipher */
	const struct openssl *o = copy_api(n->copy);
	uint64_t closing = o->SSL_version(ssl) == PROTOCOL_TLS1_3 ? ALERT_TLS13 : ALERT_AT_MOST;
	return connection_sent(o, ssl) > n->written_at_done + (n->closing ? closing : 0);
}

/* Did a client with verification turned off look at the certificate's names by itself? */
static bool read_names(const struct connection *n)
{
	return n->left_to_client && live_names_read(n);
}

/* What became of a failed verification that did not end the handshake: the client went on all the same, or it knew of the
 * result, because it asked or by its callback, and ended the connection. One that did neither was not interested in this connection.
 * One that went on in spite of an objection of its own, and of nothing else, knows what it does. */
static void report_let_pass(struct connection *n, SSL *ssl)
{
	struct evidence *e = n->pending;
	if (!e || !n->done || live_client_verifies())
		return;
	bool went_on = sent_something(n, ssl) || received_much(n, ssl);
	if (went_on ? evidence_headline(e).code == 0 : !n->asked && !n->told && !read_names(n))
		return;
	n->pending = NULL;
	if (went_on)
		e->event = EVENT_VERIFY_IGNORED;
	connection_report(n, e);
}

/* A good chain for another host, and OpenSSL was not asked about the name. A client that checks names by itself (curl) ends the
 * connection without a word of its own; one that does not goes on. */
static void report_unnamed(struct connection *n, SSL *ssl)
{
	struct evidence *e = n->unnamed;
	if (!e || !n->done)
		return;
	n->unnamed = NULL;
	/* with verification off and no interest in its result, the name is the least of what is not checked; see afterwards.c for a
	 * client that verifies by itself */
	if (n->left_to_client && (live_client_verifies() || (!n->relied && !read_names(n)))) {
		evidence_free(e);
		return;
	}
	if (sent_something(n, ssl))
		e->event = EVENT_VERIFY_IGNORED;
	connection_report(n, e);
}

const struct setting *connection_trust(const struct connection *n)
{
	return trust_of(&n->rule);
}

void connection_end(struct connection *n, SSL *ssl)
{
	report_let_pass(n, ssl);
	report_unnamed(n, ssl);
	if (n->by_address && n->done && !n->reported && !sent_something(n, ssl) &&
	    !received_much(n, ssl) && names_were_read(n->leaf))
		afterwards_address(n, ssl);
	unanswered_settle(n, ssl, false);
	certificate_mended(n, ssl, true);
	n->closed = true;
	if (n->done_ms && n->empty_certificate_sent && !n->reported)
		load_settle(n, ssl, false);
	const bool afterwards = n->left_to_client && live_client_verifies();
	if (live_has_failed(n))
		connection_find_peer(n, ssl);
	if (n->done && (afterwards || live_has_failed(n)))
		n->ending = sent_something(n, ssl) || received_much(n, ssl) ? ENDING_WENT_ON
									    : ENDING_GAVE_UP;
	if (n->done && afterwards)
		afterwards_end(n, ssl);
	if (n->mended && n->done && n->left_to_client && !live_client_verifies() &&
	    sent_something(n, ssl))
		connection_mended(n, ssl, connection_trust(n));
	n->mended = false;
}
