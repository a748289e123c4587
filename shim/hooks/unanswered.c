/* SPDX-License-Identifier: ISC
 *
 * The client's own certificate. Under TLS 1.3 the handshake is over for the client before the server looks at it: a server that
 * does not want it says so in an alert at the first read (handshake.c), or just ends the connection. OpenSSL tells nobody about that,
 * so it is read off the connection when the client has met the end, or closes.
 */
#include <string.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <tlsmend/evidence.h>

#include <tlsmend/versions.h>
#include "certificate.h"
#include "connection.h"
#include "loaded.h"
#include "peer.h"
#include "story.h"
#include "transport.h"

/* ---- what was sent ------------------------------------------------------------------------------------------------ */

/* RFC 5246 section 7.4.2: a list of certificates, each after its length; RFC 8446 section 4.4.2: after a context, and
 * each with extensions behind it. NULL: compressed, and never empty then. */
int own_certificate_note(struct connection *n, const uint8_t *body, size_t size, bool tls13)
{
	unsigned count = 0;
	size_t at = tls13 && size > 0 && body ? 1u + body[0] : 0;
	if (body && size < at + 3)
		return -1;
	for (at += 3; body && at + 3 <= size; count++) {
		at += 3 + ((size_t)body[at] << 16 | (size_t)body[at + 1] << 8 | body[at + 2]);
		if (tls13 && at + 2 <= size)
			at += 2 + ((size_t)body[at] << 8 | body[at + 1]);
	}
	n->shown.count = count < UINT8_MAX ? (uint8_t)count : UINT8_MAX;
	n->shown.sent = !body || count > 0;
	return body ? (int)count : 1;
}

/* A certificate that is set after a key which does not fit it makes OpenSSL drop the key without a word. */
static void compare_pair(struct connection *n, SSL *ssl, struct evidence *e)
{
	const struct openssl *o = copy_api(n->copy);
	e->file_path = loaded_path_of_ssl(e, n->copy, ssl, LOADED_KEY);
	if (!e->file_path)
		return;
	e->file_other = e->own.file;
	evidence_pair(e, o, later(o)->SSL_get_certificate(ssl), NULL);
}

void own_certificate_evidence(struct connection *n, SSL *ssl, struct evidence *e)
{
	if (!n->story.requested)
		return;
	e->own.sent = n->shown.count;
	evidence_own(e, copy_api(n->copy), ssl);
	if (e->own.count == 0)
		return;
	e->own.file = n->shown.of_rule
			  ? arena_strdup(&e->arena, n->rule.set[KEY_CERTIFICATE]->value)
			  : loaded_path_of_ssl(e, n->copy, ssl, LOADED_CERTIFICATE);
	evidence_own_renewed(e, copy_api(n->copy));
	if (!e->own.has_key && n->story.shown_nothing)
		compare_pair(n, ssl, e);
}

/* ---- no answer ------------------------------------------------------------------------------------------------------ */

/* The client's last read or write met the end of the connection: OpenSSL still says what it wanted, and the transport does not
 * say that it should be tried again. Where a write failed and the client then tried another one, OpenSSL does not take that, and forgets what it wanted; what it
 * had made of the first one is still not gone. */
static bool met_end(const struct connection *n, const SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	const struct story *s = &n->story;
	int want = openssl_want(o, ssl);
	BIO *b = want == SSL_WANT_READING   ? o->SSL_get_rbio(ssl)
		 : want == SSL_WANT_WRITING ? o->SSL_get_wbio(ssl)
					    : NULL;
	if (b)
		return !o->BIO_test_flags(b, BIO_FLAG_SHOULD_RETRY);
	return want == SSL_WANT_NOTHING && s->data_sent && !s->data_taken &&
	       transport_is_plain(n, ssl) && transport_taken(n, ssl) <= s->data_mark;
}

/* A protocol that has TLS in packets of its own (OpenVPN), and so more on its socket than OpenSSL gave, waits to be answered. Who speaks it meets the end by
 * itself, and need not tell OpenSSL: it had said something, and its peer had ended the connection before it did. Where TLS is all there is, it
 * may have said what it had to, and read no more. */
static bool met_end_itself(const struct connection *n, const SSL *ssl, const struct socket_facts *f)
{
	return n->story.memory && n->story.data_sent && carrier_of(n) >= 0 && f->counted &&
	       !transport_is_all(n, ssl, f);
}

/* Of a client that has met an end: whose was it? Where it had ended its own side before, as ncat does with its input, its peer's FIN would count as
 * a byte, and a reset does not. */
static bool was_end_of_peer(const struct connection *n, const struct socket_facts *f, bool *reset)
{
	if (!f->own_end)
		return socket_ended_by_peer(f, SOCKET_AN_ALERT, reset);
	*reset = f->received == n->wire.before.read + n->wire.received + (unsigned)f->unread;
	return *reset;
}

/* Where there is no socket to be seen (a BIO of the client's own), nothing speaks against the peer. */
static bool nothing_speaks_against_peer(const struct connection *n, int fd, bool *reset)
{
	struct socket_facts f;
	return fd < 0 || !socket_look(fd, &f) || was_end_of_peer(n, &f, reset);
}

static int socket_of(const struct connection *n, SSL *ssl)
{
	const int fd = transport_descriptor(copy_api(n->copy), ssl);
	return fd < 0 && !sandbox_entered() ? transport_find_for_record(n, ssl) : fd;
}

/* How a socket is known as the one that carried a connection: transport_has_brought(), or, where none is, transport_has_brought_after(). */
typedef bool carries(const struct connection *n, const SSL *ssl, const struct socket_facts *f);
enum found { FOUND_NONE, FOUND_ONE, FOUND_SEVERAL };

static bool has_brought(const struct connection *n, const SSL *ssl, int fd, carries *fits,
			struct socket_facts *f)
{
	return socket_look(fd, f) && socket_peer(fd, &f->peer) && fits(n, ssl, f) &&
	       carrier_may_be(n, fd);
}

/* After the handshake an alert may have come that a reset kept from the client. */
static bool was_ended(const struct connection *n, const struct socket_facts *f, bool *reset)
{
	return socket_ended_by_peer(f, transport_kept_alert(n, f) ? SOCKET_AN_ALERT : 0, reset);
}

/* ---- a socket that the client has closed ----------------------------------------------------------------------------- */

enum way { WAY_OWN, WAY_ENDED, WAY_RESET };

static enum way way_of(const struct connection *n, const struct socket_facts *f)
{
	bool reset = false;
	return !was_ended(n, f, &reset) ? WAY_OWN : reset ? WAY_RESET : WAY_ENDED;
}

static bool closed_descriptor(const struct connection *n, int fd, struct closed_socket *s)
{
	uint32_t number = n->closing.since;
	while (closed_next(&number, s)) {
		if (s->fd != fd)
			continue;
		closed_take(number - 1);
		return true;
	}
	return false;
}

static bool same_peer(const struct socket_facts *a, const struct socket_facts *b)
{
	char one[46], other[46];
	unsigned port, others;
	return socket_address_text(&a->peer, one, &port) &&
	       socket_address_text(&b->peer, other, &others) && port == others &&
	       strcmp(one, other) == 0;
}

/* One more that may be the one. Of several all must have gone the same way; then it is only not known where to. */
static enum found add(const struct connection *n, enum found before, struct socket_facts *found,
		      const struct socket_facts *f)
{
	if (before == FOUND_NONE)
		*found = *f;
	else if (way_of(n, f) != way_of(n, found))
		return FOUND_SEVERAL;
	else if (!same_peer(f, found))
		found->peer.any.sa_family = AF_UNSPEC;
	return before == FOUND_SEVERAL ? before : FOUND_ONE;
}

/* Those that are still open, but for `except`. `before`: what was found elsewhere. */
static enum found find_open(const struct connection *n, SSL *ssl, carries *fits, enum found before,
			    struct socket_facts *found, int except)
{
	struct socket_facts f;
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS && before != FOUND_SEVERAL; fd++)
		if (fd != except && has_brought(n, ssl, fd, fits, &f))
			before = add(n, before, found, &f);
	return before;
}

static enum found carrier_left(const struct connection *n, SSL *ssl, struct socket_facts *found)
{
	const enum found exact = find_open(n, ssl, transport_has_brought, FOUND_NONE, found, -1);
	if (exact != FOUND_NONE)
		return exact;
	return find_open(n, ssl, transport_has_brought_after, FOUND_NONE, found, -1) == FOUND_ONE &&
		       !found->own_end
		   ? FOUND_ONE
		   : FOUND_NONE;
}

static enum found find_among_closed(const struct connection *n, SSL *ssl, carries *fits,
				    struct closed_socket *s, uint32_t *mine)
{
	struct closed_socket other;
	enum found found = FOUND_NONE;
	uint32_t number = n->closing.since;
	while (closed_next(&number, &other) && found != FOUND_SEVERAL) {
		if (!fits(n, ssl, &other.facts) || !carrier_may_be(n, other.fd))
			continue;
		if (found == FOUND_NONE) {
			*s = other;
			*mine = number - 1;
		}
		found = add(n, found, &s->facts, &other.facts);
	}
	return found;
}

/* Another one that is not closed yet, may as well be the one, and went another way, speaks against it. Where something was said before, so does each that
 * carried nothing else, and that the client ended it, too: which of the two was first is not known (.NET shuts down what its peer has ended). */
static bool closed_carrier(const struct connection *n, SSL *ssl, struct closed_socket *s)
{
	struct socket_facts other;
	carries *fits = transport_has_brought;
	uint32_t mine = 0;
	enum found found = find_among_closed(n, ssl, fits, s, &mine);
	if (found == FOUND_NONE && find_open(n, ssl, fits, FOUND_NONE, &other, -1) == FOUND_NONE) {
		fits = transport_has_brought_after;
		found = find_among_closed(n, ssl, fits, s, &mine);
	}
	if (found != FOUND_ONE ||
	    find_open(n, ssl, fits, found, &s->facts, s->shut ? s->fd : -1) != FOUND_ONE ||
	    (fits == transport_has_brought_after && s->facts.own_end))
		return false;
	closed_take(mine);
	return true;
}

/* Who reads the answer first, as .NET does, stops at once at what is no TLS. What was said before its ClientHello, by either, would count as well; and who has waited for more was
 * told a part of a record. */
static uint64_t kept_back(const struct connection *n, SSL *ssl, const struct socket_facts *f)
{
	enum { AT_ONCE_MS = 1000 };
	const uint64_t fin = f->state == TCP_CLOSE_WAIT || f->state == TCP_LAST_ACK;
	const uint64_t unread = fin + (f->unread > 0 ? (uint64_t)f->unread : 0);
	if (n->story.done || n->wire.received > 0 || f->quiet_ms > AT_ONCE_MS ||
	    !transport_is_all(n, ssl, f) || f->received <= unread)
		return 0;
	return f->received - unread;
}

/* The one that its ClientHello went out on. Where something else was said on it before, that may have been to a proxy, unless it leads to where the host's name does. */
static bool closed_known(struct connection *n, SSL *ssl, int fd, struct closed_socket *s)
{
	if (!closed_descriptor(n, fd, s))
		return false;
	n->wire.kept_back = kept_back(n, ssl, &s->facts);
	if (n->wire.kept_back > 0) {
		connection_was_carried_by(n, &s->facts.peer);
		return false;
	}
	if (!transport_is_all(n, ssl, &s->facts) && !transport_has_brought_after(n, ssl, &s->facts))
		s->facts.peer.any.sa_family = AF_UNSPEC;
	return true;
}

static bool find_closed(struct connection *n, SSL *ssl, struct closed_socket *s)
{
	const int carrier = carrier_of(n);
	const int fd = ssl ? transport_descriptor(copy_api(n->copy), ssl) : n->closing.fd;
	if (n->closing.watched != process_generation() || sandbox_entered())
		return false;
	if (fd >= 0)
		return closed_descriptor(n, fd, s);
	if (carrier >= 0)
		return closed_known(n, ssl, carrier, s);
	return !(ssl && transport_is_plain(n, ssl)) && closed_carrier(n, ssl, s);
}

bool unanswered_closed(struct connection *n, SSL *ssl, struct closed_socket *s,
		       struct circumstances *c)
{
	if (!find_closed(n, ssl, s))
		return false;
	c->met = n->story.done && ssl && met_end(n, ssl);
	c->peer =
	    c->met ? was_end_of_peer(n, &s->facts, &c->reset) : was_ended(n, &s->facts, &c->reset);
	c->met = c->met || c->reset || (c->peer && met_end_itself(n, ssl, &s->facts));
	return true;
}

/* ---- one that it still has ---------------------------------------------------------------------------------------------- */

void unanswered_in_handshake(struct connection *n, SSL *ssl, struct circumstances *c)
{
	const int fd = socket_of(n, ssl);
	struct socket_facts f, own;
	bool known =
	    fd >= 0 && (n->story.memory ? has_brought(n, ssl, fd, transport_has_brought, &f)
					: socket_look(fd, &f));
	if (fd < 0 && !transport_is_plain(n, ssl) && !sandbox_entered())
		known = carrier_left(n, ssl, &f) == FOUND_ONE;
	/* a client that hands over the bytes may have kept to itself what came (.NET, where that is no TLS) */
	if (n->story.memory && carrier_of(n) >= 0 && !n->wire.kept_back && !sandbox_entered() &&
	    socket_look(carrier_of(n), &own))
		n->wire.kept_back = kept_back(n, ssl, &own);
	c->met = c->peer = known && socket_ended_by_peer(&f, 0, &c->reset);
}

/* The reset of a socket that the SSL does not know. */
static bool was_reset(const struct connection *n)
{
	struct socket_facts f;
	bool reset = false;
	const int carrier = carrier_of(n);
	const bool known = carrier >= 0 && socket_look(carrier, &f) &&
			   (transport_brought_no_more(n, &f) || transport_kept_alert(n, &f));
	if (known || carrier_left(n, NULL, &f) == FOUND_ONE)
		was_ended(n, &f, &reset);
	return reset;
}

static bool met_end_of_carrier(const struct connection *n, const SSL *ssl)
{
	struct socket_facts f;
	bool reset;
	return carrier_of(n) >= 0 && !sandbox_entered() && socket_look(carrier_of(n), &f) &&
	       met_end_itself(n, ssl, &f) && socket_ended_by_peer(&f, 0, &reset);
}

/* The SSL is not at hand: the process ends while other threads run, or libssl let go of it by itself (PHP's curl, design.md#deepbind). */
bool unanswered_left(const struct connection *n, struct socket_facts *left)
{
	return !sandbox_entered() && n->wire.written > 0 &&
	       carrier_left(n, NULL, left) == FOUND_ONE;
}

void unanswered_after(const struct connection *n, SSL *ssl, struct circumstances *c)
{
	c->met = c->met || (ssl && met_end(n, ssl));
	if (c->met) {
		c->peer = nothing_speaks_against_peer(
		    n, transport_descriptor(copy_api(n->copy), ssl), &c->reset);
		return;
	}
	/* a client that reads its socket by itself may have met a reset there */
	const int fd = ssl ? transport_descriptor(copy_api(n->copy), ssl) : -1;
	struct socket_facts f;
	bool reset = false;
	if (fd >= 0 && socket_look(fd, &f)) {
		was_ended(n, &f, &reset);
	} else if (fd < 0 && !(ssl && transport_is_plain(n, ssl)) && !sandbox_entered()) {
		reset = was_reset(n);
	}
	if (reset)
		c->met = c->peer = c->reset = true;
	else if (met_end_of_carrier(n, ssl))
		c->met = c->peer = true;
}
