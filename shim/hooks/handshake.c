/* SPDX-License-Identifier: ISC
 *
 * The observer: one info callback sees every handshake, whichever way the client got into it (design.md#observer), and a message
 * callback, set for the time of the handshake only, what went over the wire (2.2); from OpenSSL 3.2 on it is on the context too, since
 * an SSL must have it before its handshake begins (callbacks.c). Nothing on the bulk path is hooked.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "callbacks.h"
#include "certificate.h"
#include "connection.h"
#include "demanded.h"
#include "dry_run.h"
#include "loaded.h"
#include "peer.h"
#include "sent_list.h"
#include "session.h"
#include "story.h"
#include "uses.h"
#include "verification.h"

/* ---- the handshake's events ---------------------------------------------------------------------------------- */

static void on_start(struct copy *c, SSL *ssl)
{
	struct connection *before = connection_of(c, ssl);
	const struct openssl *o = copy_api(c);
	fixed_hold(c, ssl);
	record_environment_problems();
	record_catch_up();
	/* a renegotiation keeps what holds for its connection; a message callback is enough */
	if (before && before->story.done && o->SSL_get_current_cipher(ssl) &&
	    !(o->SSL_in_before && o->SSL_in_before(ssl))) {
		before->late.repeats = true;
		rule_of_renamed(before, ssl);
		apply_name(o, ssl, &before->rule, &before->applied);
		observe_messages(c, ssl, before->observing = true);
		return;
	}
	if (before && before->copy)
		certificate_take_back(before, ssl);
	left_behind(c, ssl);
	struct connection *n = connection_start(c, ssl);
	if (!n) {
		demanded_unknown(c, ssl);
		session_unknown(c, ssl);
		return;
	}
	struct peer peer;
	connection_peer(n, &peer);
	if (!n->datagram) {
		apply_bounds(o, ssl, &n->applied.client_min, &n->applied.client_max);
		n->applied.min = n->applied.client_min;
		n->applied.max = n->applied.client_max;
		n->applying = true;
		if (n->policy)
			apply_rule(c, ssl, policy_of(n->policy), &peer, &n->rule, &n->applied);
		n->applying = false;
		certificate_offer(n, ssl);
	}
	connection_weakened(n, ssl);
	connection_expired(n, ssl);
	demanded_start(n, ssl);
	session_check(n, ssl);
	n->observing = true;
	observe_messages(c, ssl, true);
}

static void stop_observing(struct connection *n, SSL *ssl)
{
	if (!n->observing)
		return;
	n->observing = false;
	observe_messages(n->copy, ssl, false);
}

/* What is sent and received after the handshake is counted only as long as it tells anything. */
static void stop_counting(struct connection *n, SSL *ssl)
{
	if (!story_asks_for_data(&n->story))
		stop_observing(n, ssl);
}

/* Did a protocol bound of a rule make the difference? It did where the negotiated version lies outside what the client had. */
static bool bound_mended(const struct connection *n, int version)
{
	const struct applied *a = &n->applied;
	return (a->client_max && version > a->client_max && a->max != a->client_max) ||
	       (a->client_min && version < a->client_min && a->min != a->client_min);
}

static void on_done(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	apply_name_back(o, ssl, &n->applied, false);
	const bool allowed = demanded_done(n, ssl);
	if (!allowed || n->story.done) {
		stop_counting(n, ssl);
		return;
	}
	TELL(n, ssl, DONE, o->SSL_version(ssl));
	spare_note(n);
	list_forget(n);
	verify_done(n, ssl);
	if (afterwards_is_misnamed(n, ssl))
		TELL(n, ssl, UNNAMED, 0);
	stop_counting(n, ssl);
	load_settle(n, ssl, false);
	session_mark_identity(n, ssl);
	certificate_mended(n, ssl, false);
	if (n->mended.by_trust || n->mended.by_key)
		session_mark_again(n, ssl);
	/* where the client left verification off, it shows later whether it cares */
	if (n->mended.by_trust && !n->story.left)
		connection_mended(n, ssl, connection_trust(n));
	if (n->mended.by_key && !n->story.left)
		connection_mended(n, ssl, n->mended.by_key);
	if (!n->datagram && bound_mended(n, o->SSL_version(ssl)))
		connection_mended(n, ssl,
				  n->rule.set[KEY_MIN_PROTOCOL] ? n->rule.set[KEY_MIN_PROTOCOL]
								: n->rule.set[KEY_MAX_PROTOCOL]);
	dry_run_done(n, ssl);
	if (record_wanted(LEVEL_DEBUG))
		connection_report(n, connection_evidence(n, ssl, EVENT_HANDSHAKE_OK));
}

/* A result <= 0 of the handshake is no failure where the client is to try again: when the BIO wants to, or while a
 * callback of the client's is under way. SSL_want() alone does not tell: it still says "reading" after a read that met the end. */
static bool is_retry(const struct connection *n, const SSL *ssl, int host_errno, BIO **stuck)
{
	const struct openssl *o = copy_api(n->copy);
	int want = openssl_want(o, ssl);
	*stuck = NULL;
	if (want == 0) /* QUIC, which has no BIO of TLS */
		return n->story.alert_sent < 0 && n->story.alert_received < 0 &&
		       !(n->held.failed && n->held.failed->enforced);
	if (want == SSL_WANT_READING)
		*stuck = o->SSL_get_rbio(ssl);
	else if (want == SSL_WANT_WRITING)
		*stuck = o->SSL_get_wbio(ssl);
	else
		return want != SSL_WANT_NOTHING;
	/* haproxy leaves it set from another time */
	if (host_errno == ECONNRESET || host_errno == EPIPE)
		return false;
	/* as SSL_get_error() does: an error comes before a flag, which the client's own BIO may have left from another time */
	if (!*stuck || o->ERR_peek_last_error() != 0)
		return false;
	/* ... or set on another BIO than this one (libmongoc): whether the client tries again shows by its trying again */
	return o->BIO_test_flags(*stuck, BIO_FLAG_SHOULD_RETRY) != 0 || host_errno == EAGAIN ||
	       host_errno == EINTR;
}

/* Does the last error say that a verification failed? */
static bool verification_failed(const struct openssl *o)
{
	enum { CERTIFICATE_VERIFY_FAILED = 134 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == ERR_LIB_SSL_ && reason == CERTIFICATE_VERIFY_FAILED;
}

/* A client that meets the end by itself closes its socket before it lets go of the SSL, and only then there is something to tell. */
static void remember_socket(struct connection *n, SSL *ssl)
{
	if (sandbox_entered() || !record_wanted(LEVEL_ERROR))
		return;
	connection_remember_peer(n, ssl);
	if (!story_asks_for_closed(&n->story, n->wire.received))
		return;
	closed_watch(n, transport_descriptor(copy_api(n->copy), ssl));
}

static void on_exit(struct connection *n, SSL *ssl, int value, int host_errno)
{
	const struct openssl *o = copy_api(n->copy);
	BIO *stuck;
	if (value > 0 || n->story.done || story_told(&n->story))
		return;
	if (is_retry(n, ssl, host_errno, &stuck)) {
		remember_socket(n, ssl);
		story_pauses(n, ssl);
		/* libssl 1.0 has a BIO of its own in front of a socket, which keeps what that does not take yet */
		if (!n->story.memory && !transport_is_plain(n, ssl) && transport_keeps(o, ssl))
			TELL(n, ssl, KEEPS, 0);
		return;
	}
	stop_observing(n, ssl);
	apply_name_back(o, ssl, &n->applied, false);
	demanded_exit(n, ssl);
	/* what fails now says nothing of the connection (librdkafka's threads) */
	if (observe_ended(n->copy))
		return;
	const struct circumstances c = {.host_errno = host_errno, .stuck = stuck};
	const bool file = load_settle(n, ssl, true);
	story_own(n, ssl);
	story_event(
	    n, ssl,
	    (struct happening){
		.what = HAPPENING_EXITED,
		.exited = {.result = value, .verify = verification_failed(o), .file = file}},
	    &c);
	list_forget(n);
}

/* From 3.0 on OpenSSL answers an end of the connection that it met while reading with an alert: decode_error. */
static bool met_end(const struct openssl *o, int description)
{
	enum { DECODE_ERROR = 50 };
	int library = 0, reason = 0;
	if (description != DECODE_ERROR)
		return false;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == ERR_LIB_SSL_ && openssl_is_end_of_file(o, reason);
}

static void on_alert(struct connection *n, SSL *ssl, int where, int value)
{
	enum { FATAL = 2 };
	const int number = value & 0xff, fatal = value >> 8 == FATAL;
	struct circumstances c = {.met = false};
	if (!(where & SSL_CB_WRITE_)) {
		TELL(n, ssl, ALERT_RECEIVED, number, fatal);
		return;
	}
	c.met = n->story.done && fatal && met_end(copy_api(n->copy), number);
	if (c.met)
		story_looks(n, ssl, &c);
	story_event(n, ssl,
		    (struct happening){.what = HAPPENING_ALERT_SENT,
				       .alert_sent = {.number = number,
						      .fatal = fatal,
						      .eof = c.met,
						      .peer = circumstances_peer(&c)}},
		    &c);
}

static void observe(struct copy *c, SSL *ssl, int where, int value, int host_errno)
{
	if (openssl_is_server(copy_api(c), ssl)) {
		if (where == SSL_CB_HANDSHAKE_START_) {
			fixed_hold(c, ssl);
			observe_no_server(c, ssl);
			connection_known(c, ssl);
		}
		return;
	}
	if (where == SSL_CB_HANDSHAKE_START_) {
		on_start(c, ssl);
		return;
	}
	struct connection *n = connection_of(c, ssl);
	if (!n && where == SSL_CB_HANDSHAKE_DONE_)
		demanded_unknown_done(c, ssl);
	if (!n)
		return;
	if (where & SSL_CB_ALERT_)
		on_alert(n, ssl, where, value);
	else if (where == SSL_CB_HANDSHAKE_DONE_)
		on_done(n, ssl);
	else
		on_exit(n, ssl, value, host_errno);
}

/* Most calls tell of a step within a handshake, which only a client's own callback would look at. */
static bool is_step(int where)
{
	return where != SSL_CB_HANDSHAKE_START_ && where != SSL_CB_HANDSHAKE_DONE_ &&
	       where != SSL_CB_CONNECT_EXIT_ && !(where & SSL_CB_ALERT_);
}

bool observe_step_of_nobody(int where)
{
	return is_step(where) && !client_has_info_callback();
}

void observe_info(struct copy *c, const SSL *ssl, int where, int value)
{
	openssl_info_cb *client = client_info_callback(c, ssl);
	if (is_step(where)) {
		if (client)
			client(ssl, where, value);
		return;
	}
	/* the client's changes at the start come before ours; at a failure it may empty the error queue */
	if (client && where == SSL_CB_HANDSHAKE_START_)
		client(ssl, where, value);
	KEEP_ERRNO_BEGIN
	observe(c, writable_ssl(ssl), where, value, kept_errno_);
	KEEP_ERRNO_END
	if (client && where != SSL_CB_HANDSHAKE_START_)
		client(ssl, where, value);
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

enum {
	CONTENT_HANDSHAKE = 22,
	CONTENT_RECORD_HEADER = 256,
	CONTENT_INNER_TYPE = 257,
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_COMPRESSED = 25, /* a Certificate (RFC 8879) */
};

/* The length of a message's header: type and length, with DTLS also its number and the place of this part (RFC 6347 section 4.2.2). */
static size_t header_size(const struct openssl *o, const SSL *ssl)
{
	enum { DTLS_MAJOR = 0xfe, TLS_HEADER = 4, DTLS_HEADER = 12 };
	return (unsigned)o->SSL_version(ssl) >> 8 == DTLS_MAJOR ? DTLS_HEADER : TLS_HEADER;
}

/* What the server sends once its answer to the name has been looked at: that stands in ServerHello, or with TLS 1.3 in
 * EncryptedExtensions. A HelloRetryRequest, which is a ServerHello too, has the name sent once more. */
static bool after_name(uint8_t received)
{
	enum { HELLO_REQUEST = 0, HELLO_VERIFY_REQUEST = 3, ENCRYPTED_EXTENSIONS = 8 };
	return received != HELLO_REQUEST && received != MESSAGE_SERVER_HELLO &&
	       received != HELLO_VERIFY_REQUEST && received != ENCRYPTED_EXTENSIONS;
}

/* The first one tells what the client offers. With a later one it is certain which name goes out, also after a session was resumed; where a rule exchanged it,
 * that was known before. */
static void note_hello(struct connection *n, SSL *ssl, const uint8_t *message, size_t size)
{
	if (n->hellos.client.size == 0 && !n->datagram)
		hello_read(&n->hellos.client, message, size);
	carrier_hello(n, message, size);
	if (n->late.repeats && !n->applied.kept.named)
		rule_of_renamed(n, ssl);
}

static void note_message(struct connection *n, bool sent, SSL *ssl, const uint8_t *message,
			 size_t size)
{
	const struct openssl *o = copy_api(n->copy);
	const size_t header = header_size(o, ssl);
	if (size < header)
		return;
	const uint8_t *body = message + header;
	if (sent)
		TELL(n, ssl, SENT, message[0]);
	else
		TELL(n, ssl, RECEIVED, message[0]);
	if (sent && message[0] == MESSAGE_CLIENT_HELLO)
		note_hello(n, ssl, message, size);
	if (!sent && n->story.requested)
		remember_socket(n, ssl);
	if (!sent && after_name(message[0]))
		apply_name_back(o, ssl, &n->applied, false);
	if (!sent && message[0] == MESSAGE_SERVER_HELLO && size >= header + 2)
		n->hellos.version = openssl_as_tls_version(body[0] << 8 | body[1]);
	if (!sent)
		choice_read(&n->hellos.server, message[0], body, size - header,
			    (unsigned)o->SSL_version(ssl));
	if (!sent && message[0] == MESSAGE_CERTIFICATE) {
		const bool tls13 = o->SSL_version(ssl) == PROTOCOL_TLS1_3;
		list_keep(n, body, size - header, tls13);
		verify_note_leaf(n, body, size - header, tls13);
	}
	if (sent && (message[0] == MESSAGE_CERTIFICATE || message[0] == MESSAGE_COMPRESSED)) {
		const int shown =
		    own_certificate_note(n, message[0] == MESSAGE_CERTIFICATE ? body : NULL,
					 size - header, o->SSL_version(ssl) == PROTOCOL_TLS1_3);
		if (shown >= 0)
			TELL(n, ssl, SHOWN, shown);
	}
}

static void note_first_bytes(struct connection *n, const uint8_t *header, size_t size)
{
	if (n->wire.first.count || n->story.last_received >= 0)
		return;
	n->wire.first.count =
	    (uint8_t)(size < sizeof n->wire.first.bytes ? size : sizeof n->wire.first.bytes);
	memcpy(n->wire.first.bytes, header, n->wire.first.count);
}

/* Records of application data. With TLS 1.3 the header does not tell, but what it stands for comes right behind it. */
static void note_record(struct connection *n, bool sent, SSL *ssl, int content_type,
			const uint8_t *at, size_t size)
{
	enum { APPLICATION_DATA = 23, HEADER = 5, TLS1_3 = 0x0304 };
	const bool outer = content_type == CONTENT_RECORD_HEADER;
	if (outer && size >= HEADER)
		n->wire.record_bytes = (uint16_t)(at[size - 2] << 8 | at[size - 1]);
	if (size == 0 || at[0] != APPLICATION_DATA || outer == (n->story.version == TLS1_3))
		return;
	story_own(n, ssl);
	if (sent)
		TELL(n, ssl, DATA_SENT, n->wire.record_bytes,
		     !n->story.data_sent && transport_spoke_first(n, ssl));
	else
		TELL(n, ssl, DATA_RECEIVED, n->wire.record_bytes);
	stop_counting(n, ssl);
}

void observe_msg(struct copy *c, int write_p, int version, int content_type, const void *buf,
		 size_t len, SSL *ssl, void *arg)
{
	openssl_msg_cb *client = client_msg_callback(c, ssl);
	struct connection *n = connection_of(c, ssl);
	KEEP_ERRNO_BEGIN
	if (n && content_type == CONTENT_HANDSHAKE)
		note_message(n, write_p != 0, ssl, buf, len);
	else if (n && n->story.done &&
		 (content_type == CONTENT_RECORD_HEADER || content_type == CONTENT_INNER_TYPE))
		note_record(n, write_p != 0, ssl, content_type, buf, len);
	/* what is in a record comes right behind its header, and is told of by itself */
	else if (n && !write_p && !n->story.done && content_type != CONTENT_INNER_TYPE) {
		TELL(n, ssl, HEARD, 0);
		if (content_type == CONTENT_RECORD_HEADER)
			note_first_bytes(n, buf, len);
	}
	KEEP_ERRNO_END
	if (client)
		client(write_p, version, content_type, buf, len, ssl, arg);
}
