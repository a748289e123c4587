/* SPDX-License-Identifier: ISC
 *
 * The state of one client connection: who the peer is (peer.c), what rule holds, what was seen. It hangs on the SSL as ex_data and
 * goes with it.
 */
#include <tlsmend/diagnose.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "certificate.h"
#include "connection.h"
#include "dry_run.h"
#include "known.h"
#include "live.h"
#include "loaded.h"
#include "offer.h"
#include "peer.h"
#include "rule_of_peer.h"
#include "story.h"
#include "transport.h"
#include "uses.h"

static void connection_clear(struct connection *n)
{
	/* freed by libssl itself, where we do not see it */
	if (n->copy && !n->story.ended)
		story_ends(n, NULL, END_FREED);
	live_end(n);
	transport_settled(n);
	buf_free(&n->text);
	evidence_free(n->pending);
	evidence_free(n->unnamed);
	if (n->copy)
		apply_forget(copy_api(n->copy), &n->applied);
	policy_release(n->policy);
	free(n->host);
	free(n->sni);
	free(n->sent.body);
	memset((char *)n + offsetof(struct connection, copy), 0,
	       sizeof *n - offsetof(struct connection, copy));
}

/* ex_data: the SSL goes. Of the SSL itself not much may be left (3.2 and later), so it is not looked at; see hook_SSL_free. */
static void state_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct connection *n = ptr;
	(void)ad;
	(void)idx;
	(void)argl;
	KEEP_ERRNO_BEGIN
	known_remove(parent);
	KEEP_ERRNO_END
	if (!n)
		return;
	KEEP_ERRNO_BEGIN
	struct copy *outer = binding_current;
	binding_current = argp;
	connection_clear(n);
	/* leaked rather than freed under somebody's hands */
	if (open_forget(n))
		free(n);
	binding_current = outer;
	KEEP_ERRNO_END
}

struct connection *connection_of(struct copy *c, const SSL *ssl)
{
	int index = binding_index_used(c, INDEX_SSL_STATE);
	return index < 0 ? NULL : copy_api(c)->SSL_get_ex_data(ssl, index);
}

void connection_known(struct copy *c, const SSL *ssl)
{
	if (binding_index(c, INDEX_SSL_STATE, binding_not_copied, state_free) >= 0)
		known_add(ssl);
}

static struct connection *connection_new(struct copy *c, SSL *ssl)
{
	const struct openssl *o = copy_api(c);
	int index = binding_index(c, INDEX_SSL_STATE, binding_not_copied, state_free), stored = 0;
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
	connection_known(c, ssl);
	if (!n)
		n = connection_new(c, ssl);
	if (!n)
		return NULL;
	if (n->copy)
		connection_end(n, ssl, END_AGAIN);
	connection_clear(n);
	n->copy = c;
	n->datagram = !openssl_is_stream(copy_api(c), ssl);
	n->load_failures = load_failures();
	n->before.read = connection_received(copy_api(c), ssl);
	n->before.written = connection_sent(copy_api(c), ssl);
	n->policy = policy_acquire();
	connection_identify(n, ssl, n->policy ? policy_of(n->policy) : NULL);
	open_note(n, ssl);
	TELL(n, ssl, BEGINS, transport_in_memory(copy_api(c), copy_api(c)->SSL_get_rbio(ssl)),
	     n->datagram, openssl_is_quic(copy_api(c), ssl));
	if (n->policy) {
		struct peer peer;
		connection_peer(n, &peer);
		policy_lookup(policy_of(n->policy), &peer, clock_realtime_ms() / 1000, &n->rule);
		if (n->datagram) /* nothing counts what such a socket carries, so that nothing more will show */
			rule_of_peer(n, ssl, NULL);
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
	e->alert_sent = n->story.alert_sent;
	e->alert_received = n->story.alert_received;
	e->last_sent = n->story.last_sent;
	e->last_received = n->story.last_received;
	e->server_version = n->server_version;
	e->hello = n->hello;
	e->choice = n->choice;
	e->certificate_requested = n->story.requested;
	e->certificate_sent = n->certificate_sent;
	e->empty_certificate_sent = n->story.shown_nothing;
	e->first_count = n->first.count;
	memcpy(e->first_bytes, n->first.bytes, n->first.count);
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
	e->bytes_received -= e->bytes_received >= n->before.read ? n->before.read : 0;
	e->bytes_sent -= e->bytes_sent >= n->before.written ? n->before.written : 0;
}

static void ssl_facts(struct evidence *e, struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	const SSL_CIPHER *cipher = o->SSL_get_current_cipher(ssl);
	if (cipher) {
		e->cipher = arena_strdup(&e->arena, o->SSL_CIPHER_get_name(cipher));
		e->protocol = arena_strdup(&e->arena, o->SSL_get_version(ssl));
	}
	e->resumed = o->SSL_session_reused && o->SSL_session_reused(ssl);
	e->security_level = o->SSL_get_security_level ? o->SSL_get_security_level(ssl) : -1;
	if (e->event == EVENT_HANDSHAKE_FAILED || e->event == EVENT_VERIFY_FAILED)
		offer_describe(e, n, ssl);
	transfer_facts(e, n, ssl);
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
	handshake_facts(e, n);
	if (ssl)
		ssl_facts(e, n, ssl);
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
		e->alert_sent = n->story.alert_sent;
		e->alert_received = n->story.alert_received;
	}
	diagnose(e, &r);
	r.look = e->look;
	record_submit(&r);
	evidence_free(e);
}

const struct setting *connection_trust(const struct connection *n)
{
	return trust_of(&n->rule);
}

/* Under TLS 1.3 it shows only now whether the server could do without a certificate that the client has not got. */
static bool did_without(const struct story *s)
{
	return s->done && s->requested && s->shown_nothing && !story_told(s);
}

void connection_end(struct connection *n, SSL *ssl, int how)
{
	if (n->story.ended)
		return;
	story_ends(n, ssl, how);
	certificate_mended(n, ssl, true);
	if (did_without(&n->story))
		load_settle(n, ssl, false);
	if (n->mended && n->story.done && n->story.left && !live_client_verifies() &&
	    n->story.data_taken)
		connection_mended(n, ssl, connection_trust(n));
	n->mended = false;
}
