/* SPDX-License-Identifier: ISC
 *
 * Which socket carries a connection? Where the SSL works on a socket, that is known; a client with a BIO of its own (curl since 7.87,
 * .NET, asyncio) does not tell. An address says who the peer is only where that very socket carries this connection and nothing else
 * was said on it before: to a proxy (CONNECT, SOCKS) something was. The kernel counts what was sent; OpenSSL counts what it wrote: where
 * both agree to the byte, it is proven (tests/attacks/test_attacks_peer.py).
 *
 * That is asked for before a rule adds anything. What strengthens must not be lost where it stays open: there every socket counts that may
 * carry the connection.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "connection.h"
#include "peer.h"
#include "tally.h"
#include "transport.h"

bool transport_peer(int fd, char address[46], unsigned *port)
{
	union socket_address peer;
	return socket_peer(fd, &peer) && socket_address_text(&peer, address, port);
}

/* A filter of the client's own may say something on its socket before, or between: then it is not the SSL's own. */
static bool is_descriptor(const struct openssl *o, BIO *b)
{
	return b && (!o->BIO_method_type || o->BIO_method_type(b) & BIO_TYPE_DESCRIPTOR_);
}

/* One of OpenSSL's own that work on a descriptor. */
static bool is_openssls(const struct openssl *o, BIO *b)
{
	static const char names[][20] = {"socket",          "socket connect",
					 "socket accept",   "file descriptor",
					 "datagram socket", "datagram sctp socket"};
	const char *is = o->BIO_method_name ? o->BIO_method_name(b) : names[0];
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (is && strcmp(is, names[i]) == 0)
			return true;
	return false;
}

/* OpenSSL's own leave nothing in the error queue. */
int transport_descriptor(const struct openssl *o, const SSL *ssl)
{
	int fd = -1;
	BIO *in = o->SSL_get_rbio(ssl);
	if (!is_descriptor(o, in))
		return -1;
	if (o->BIO_method_name && is_openssls(o, in))
		return o->SSL_get_fd(ssl);
	QUIET_BEGIN(o)
	fd = o->SSL_get_fd(ssl);
	QUIET_END(o)
	return fd;
}

static const char *told(const struct openssl *o, BIO *b, long which)
{
	enum { BIO_C_GET_CONNECT = 123 };
	const char *text = NULL;
	QUIET_BEGIN(o)
	if (o->BIO_ctrl(b, BIO_C_GET_CONNECT, which, &text) <= 0)
		text = NULL;
	QUIET_END(o)
	return text;
}

bool transport_goal(const struct openssl *o, const SSL *ssl, char host[256], unsigned *port)
{
	enum { BIO_TYPE_CONNECT = 0x50c, HOST = 0, SERVICE = 1 };
	BIO *b = o->SSL_get_rbio(ssl);
	unsigned number = 0;
	if (!b || !o->BIO_method_type || o->BIO_method_type(b) != BIO_TYPE_CONNECT ||
	    !host_normalise(told(o, b, HOST), host))
		return false;
	const char *service = told(o, b, SERVICE);
	for (; service && ascii_is_digit(*service) && number <= UINT16_MAX; service++)
		number = number * 10 + (unsigned)(*service - '0');
	if (service && !*service && number <= UINT16_MAX)
		*port = number;
	return true;
}

/* Does the transport say which socket it works on? Then nothing is to be guessed, also where that socket does not tell its peer; and
 * where there never was a transport (later it may have been taken away). A client's own may be of that type, and know nothing of a descriptor (h2o). */
bool transport_is_plain(const struct connection *n, const SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	BIO *in = o->SSL_get_rbio(ssl);
	if (!in)
		return !n->story.done;
	return o->BIO_method_type && is_descriptor(o, in) &&
	       (is_openssls(o, in) || transport_descriptor(o, ssl) >= 0);
}

/* ---- what a socket has carried ----------------------------------------------------------------------------------- */

/* False also where the kernel does not count. */
static bool traffic_of(int fd, struct socket_facts *t)
{
	return socket_look(fd, t) && t->counted;
}

static bool is_named(const struct openssl *o, BIO *b, const char *name)
{
	const char *is = b && o->BIO_method_name ? o->BIO_method_name(b) : NULL;
	return is && strcmp(is, name) == 0;
}

bool transport_in_memory(const struct openssl *o, BIO *b)
{
	return is_named(o, b, "memory buffer") || is_named(o, b, "BIO pair");
}

uint64_t transport_received(const struct openssl *o, const SSL *ssl)
{
	BIO *in = o->SSL_get_rbio(ssl);
	return in && o->BIO_number_read ? o->BIO_number_read(in) : 0;
}

uint64_t transport_sent(const struct openssl *o, const SSL *ssl)
{
	BIO *out = o->SSL_get_wbio(ssl);
	return out && o->BIO_number_written ? o->BIO_number_written(out) : 0;
}

/* What OpenSSL wrote into a BIO that keeps it until the client takes it. Of the type of a memory BIO are others, too: Node.js has one of its
 * own, which does so; that of curl hands all on. */
static uint64_t not_taken(const struct openssl *o, BIO *out)
{
	enum { BIO_CTRL_PENDING = 10, BIO_CTRL_WPENDING = 13, BIO_TYPE_MEMORY = 0x401 };
	long n = 0;
	int ask = 0;
	if (out && o->BIO_method_type && o->BIO_method_type(out) == BIO_TYPE_MEMORY)
		ask = BIO_CTRL_PENDING;
	else if (is_named(o, out, "BIO pair") || is_named(o, out, "buffer"))
		ask = BIO_CTRL_WPENDING;
	if (!ask)
		return 0;
	QUIET_BEGIN(o)
	n = o->BIO_ctrl(out, ask, 0, NULL);
	QUIET_END(o)
	return n > 0 ? (uint64_t)n : 0;
}

bool transport_keeps(const struct openssl *o, const SSL *ssl)
{
	return not_taken(o, o->SSL_get_wbio(ssl)) > 0;
}

uint64_t transport_taken(const struct connection *n, const SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	uint64_t written = transport_sent(o, ssl);
	uint64_t waiting = not_taken(o, o->SSL_get_wbio(ssl)) + n->wire.before.written;
	return written > waiting ? written - waiting : 0;
}

/* PostgreSQL's SSLRequest, eight bytes, and the one byte that answers it (its manual, "SSL Session Encryption"): nothing that a proxy
 * would understand is that short. */
static bool asked_for_tls_only(const struct socket_facts *t)
{
	return t->sent == 8 && t->received == 1;
}

bool transport_is_own(const struct connection *n, SSL *ssl, int fd)
{
	struct socket_facts t;
	const uint64_t own = transport_taken(n, ssl);
	if (!traffic_of(fd, &t))
		return false;
	if (t.sent == own || (own == 0 && asked_for_tls_only(&t)))
		return true;
	return n->socket.asked_first && t.sent == own + 8;
}

bool transport_asked_first(const struct connection *n, SSL *ssl)
{
	enum { REQUEST = 8 };
	struct socket_facts t;
	const int fd = transport_descriptor(copy_api(n->copy), ssl);
	return fd >= 0 && traffic_of(fd, &t) && t.sent == transport_taken(n, ssl) + REQUEST;
}

bool transport_spoke_first(const struct connection *n, SSL *ssl)
{
	struct socket_facts t;
	const int fd = sandbox_entered() ? -1 : transport_descriptor(copy_api(n->copy), ssl);
	return fd >= 0 && traffic_of(fd, &t) && t.sent > transport_taken(n, ssl);
}

void transport_begin(struct connection *n, int fd)
{
	struct socket_facts t;
	n->socket.asked_first = traffic_of(fd, &t) && asked_for_tls_only(&t);
}

/* The handshakes under way whose socket is not known: while there are two, either may be the one that a socket carries. */
static tally guessing;

void transport_guess(struct connection *n)
{
	char address[46];
	unsigned port;
	struct socket_facts t;
	tally_set(&guessing, &n->socket.guessing, true);
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS; fd++)
		if (transport_peer(fd, address, &port) && traffic_of(fd, &t) && t.sent == 0 &&
		    t.received == 0)
			n->wire.before.silent[fd / 64] |= UINT64_C(1) << fd % 64;
}

void transport_settled(struct connection *n)
{
	tally_set(&guessing, &n->socket.guessing, false);
}

/* The only one that has carried as much. */
static int find(const struct connection *n, SSL *ssl, bool silent_only)
{
	char address[46];
	unsigned port;
	int found = -1;
	if (transport_taken(n, ssl) == 0)
		return -1;
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS; fd++) {
		if (silent_only ? !(n->wire.before.silent[fd / 64] >> fd % 64 & 1)
				: !transport_peer(fd, address, &port) ||
				      (n->peer.host && resolver_elsewhere(address, n->peer.host)))
			continue;
		if (!transport_is_own(n, ssl, fd) || (!silent_only && !carrier_may_be(n, fd)))
			continue;
		if (found >= 0)
			return -1;
		found = fd;
	}
	return found;
}

int transport_find(const struct connection *n, SSL *ssl)
{
	return tally_count(&guessing) == 1 ? find(n, ssl, true) : -1;
}

int transport_find_for_record(const struct connection *n, SSL *ssl)
{
	const int fd = carrier_of(n);
	if (fd >= 0)
		return transport_is_own(n, ssl, fd) ? fd : -1;
	/* its own may be closed by now, and another one's look like it */
	return carrier_has_rivals(n) ? -1 : find(n, ssl, false);
}

static bool has_taken(const struct socket_facts *f, uint64_t given)
{
	return f->state == TCP_CLOSE ? f->sent <= given : f->sent == given;
}

bool transport_is_all(const struct connection *n, const SSL *ssl, const struct socket_facts *f)
{
	return f->counted && has_taken(f, ssl ? transport_taken(n, ssl) : n->wire.written);
}

bool transport_brought_no_more(const struct connection *n, const struct socket_facts *f)
{
	/* the peer's FIN counts as a byte */
	const uint64_t came = n->wire.before.read + n->wire.received;
	return f->received == came || f->received == came + 1;
}

bool transport_kept_alert(const struct connection *n, const struct socket_facts *f)
{
	const uint64_t came = n->wire.before.read + n->wire.received;
	/* where OpenSSL reads the socket by itself, a client that has not met its end does not wait for an answer */
	return n->carrier.key && n->story.done && f->state == TCP_CLOSE && f->received > came &&
	       f->received <= came + SOCKET_AN_ALERT;
}

bool transport_has_brought(const struct connection *n, const SSL *ssl, const struct socket_facts *f)
{
	char address[46];
	unsigned port;
	if (!f->counted || f->sent == 0 || !socket_address_text(&f->peer, address, &port) ||
	    (n->peer.port && !n->socket.guessed &&
	     (port != n->peer.port || strcmp(address, n->peer.address) != 0)) ||
	    (n->peer.host && resolver_elsewhere(address, n->peer.host)) ||
	    (ssl && !has_taken(f, transport_taken(n, ssl))) ||
	    (!ssl && !n->story.done && n->wire.written && !has_taken(f, n->wire.written)))
		return false;
	return transport_brought_no_more(n, f) || (ssl && transport_kept_alert(n, f));
}

bool transport_has_brought_after(const struct connection *n, const SSL *ssl,
				 const struct socket_facts *f)
{
	enum { PLAIN_AT_MOST = 16384 };
	char address[46];
	unsigned port;
	const uint64_t given = ssl ? transport_taken(n, ssl) : n->wire.written;
	const uint64_t came = n->wire.before.read + n->wire.received;
	if (!f->counted || !n->peer.host || !socket_address_text(&f->peer, address, &port) ||
	    (n->peer.port && (port != n->peer.port || strcmp(address, n->peer.address) != 0)) ||
	    !(strcmp(n->peer.host, address) == 0 || resolver_led(n->peer.host, address)))
		return false;
	/* as above */
	const uint64_t least = f->state == TCP_CLOSE ? 0 : given;
	return f->sent > least && f->sent <= given + PLAIN_AT_MOST && f->received > came &&
	       f->received <= came + PLAIN_AT_MOST;
}

/* ---- which ones may carry it --------------------------------------------------------------------------------------- */

bool transport_is_of_kind(int fd, bool datagram)
{
	int type = 0;
	socklen_t size = sizeof type;
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == (datagram ? SOCK_DGRAM : SOCK_STREAM);
}

/* What OpenSSL took in must have come on it, and all that it gave out gone, but nothing else. Where nobody counts (datagrams, old kernels)
 * nothing speaks against it. */
static bool may_be_own(const struct connection *n, SSL *ssl, int fd)
{
	struct socket_facts t;
	uint64_t came = transport_received(copy_api(n->copy), ssl);
	if (!transport_is_of_kind(fd, n->datagram))
		return false;
	if (!traffic_of(fd, &t))
		return true;
	came -= came >= n->wire.before.read ? n->wire.before.read : 0;
	return came > 0 && t.received >= came && transport_is_own(n, ssl, fd);
}

int transport_possible(const struct connection *n, SSL *ssl, int from)
{
	struct socket_facts t;
	char address[46];
	unsigned port, closed = 0;
	const int own = transport_descriptor(copy_api(n->copy), ssl);
	if (own >= 0)
		return from <= own && !traffic_of(own, &t) ? own : -1;
	/* all that there are: the system gives the lowest that is free */
	for (int fd = from; closed < TRANSPORT_DESCRIPTORS; fd++) {
		errno = 0;
		if (transport_peer(fd, address, &port) && may_be_own(n, ssl, fd))
			return fd;
		closed = errno == EBADF ? closed + 1 : 0;
	}
	return -1;
}
