/* SPDX-License-Identifier: ISC
 *
 * What is told of a connection: an evidence with all that is known of it, and the record that comes of one.
 */
#include <string.h>

#include <tlsmend/diagnose.h>
#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include "connection.h"
#include "live.h"
#include "dry_run.h"
#include "offer.h"
#include "peer.h"
#include "rule_text.h"
#include "transport.h"

static void handshake_facts(struct evidence *e, const struct connection *n)
{
	e->alert_sent = n->story.alert_sent;
	e->alert_received = n->story.alert_received;
	e->last_sent = n->story.last_sent;
	e->last_received = n->story.last_received;
	e->server_version = n->hellos.version;
	e->hello = n->hellos.client;
	e->choice = n->hellos.server;
	e->certificate_requested = n->story.requested;
	e->certificate_sent = n->shown.sent;
	e->empty_certificate_sent = n->story.shown_nothing;
	e->first_count = n->wire.first.count;
	memcpy(e->first_bytes, n->wire.first.bytes, n->wire.first.count);
	e->client_min = n->applied.client_min;
	e->client_max = n->applied.client_max;
	e->min_offered = n->applied.min;
	e->max_offered = n->applied.max;
}

/* Without what was said in plain text before, as with STARTTLS over the same BIO. */
static void transfer_facts(struct evidence *e, const struct connection *n, SSL *ssl)
{
	e->bytes_received = transport_received(copy_api(n->copy), ssl);
	e->bytes_sent = transport_sent(copy_api(n->copy), ssl);
	e->bytes_received -= e->bytes_received >= n->wire.before.read ? n->wire.before.read : 0;
	e->bytes_sent -= e->bytes_sent >= n->wire.before.written ? n->wire.before.written : 0;
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
	e->security_level =
	    later(o)->SSL_get_security_level ? later(o)->SSL_get_security_level(ssl) : -1;
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
	e->names_unread = n->leaf.live && !live_names_read(n);
	e->datagram = n->datagram;
	e->host = arena_strdup(&e->arena, n->peer.host);
	e->sni = apply_name_sent(&e->arena, &n->applied, n->peer.sni);
	e->address = n->peer.address[0] ? arena_strdup(&e->arena, n->peer.address) : NULL;
	e->port = n->peer.port;
	e->rule = rule_text(&e->arena, &n->rule);
	e->expired = expired_text(&e->arena, &n->rule);
	handshake_facts(e, n);
	if (ssl) {
		ssl_facts(e, n, ssl);
	} else {
		e->bytes_received = n->wire.received;
		e->bytes_sent = n->wire.taken;
	}
	e->shown_late = ssl && connection_shows_late(n, ssl);
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
