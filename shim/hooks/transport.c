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
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <string.h>
#include <sys/socket.h>

#include "connection.h"
#include "transport.h"

#ifndef SO_PEERNAME
#define SO_PEERNAME 28
#endif

/* As getpeername(2), but it answers for a connection that was reset, too (socket(7) does not list it). gVisor does not know it. */
static bool peer_name(int fd, struct sockaddr *peer, socklen_t size)
{
	if (getsockopt(fd, SOL_SOCKET, SO_PEERNAME, peer, &size) == 0)
		return true;
	return errno == ENOPROTOOPT && getpeername(fd, peer, &size) == 0;
}

bool transport_peer(int fd, char address[46], unsigned *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} peer = {.any = {0}};
	/* it gives the beginning of an address, but no more than there is */
	const void *raw;
	if (!peer_name(fd, &peer.any, sizeof peer.in) ||
	    (peer.any.sa_family == AF_INET6 && !peer_name(fd, &peer.any, sizeof peer.in6)))
		return false;
	if (peer.any.sa_family == AF_INET) {
		*port = ntohs(peer.in.sin_port);
		raw = &peer.in.sin_addr;
	} else if (peer.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&peer.in6.sin6_addr)) {
		*port = ntohs(peer.in6.sin6_port);
		raw = &peer.in6.sin6_addr.s6_addr[12];
		peer.any.sa_family = AF_INET;
	} else if (peer.any.sa_family == AF_INET6) {
		*port = ntohs(peer.in6.sin6_port);
		raw = &peer.in6.sin6_addr;
	} else {
		return false;
	}
	return inet_ntop(peer.any.sa_family, raw, address, 46) != NULL;
}

/* A filter of the client's own may say something on its socket before, or between: then it is not the SSL's own. */
static bool is_descriptor(const struct openssl *o, BIO *b)
{
	return b && (!o->BIO_method_type || o->BIO_method_type(b) & BIO_TYPE_DESCRIPTOR_);
}

int transport_descriptor(const struct openssl *o, const SSL *ssl)
{
	int fd = -1;
	if (!is_descriptor(o, o->SSL_get_rbio(ssl)))
		return -1;
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

bool transport_ended_by_peer(int fd, int most_unread, bool *reset)
{
	uint8_t state = 0; /* tcpi_state is the first byte */
	socklen_t size = sizeof state;
	int unread = 0;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &size) != 0 ||
	    (ioctl(fd, FIONREAD, &unread) == 0 && unread > most_unread))
		return false;
	*reset = state == TCP_CLOSE;
	return state == TCP_CLOSE_WAIT || state == TCP_CLOSE || state == TCP_LAST_ACK ||
	       state == TCP_CLOSING || state == TCP_TIME_WAIT;
}

/* Does the transport say which socket it works on? Then nothing is to be guessed, also where that socket does not tell its peer; and
 * where there never was a transport (later it may have been taken away). */
bool transport_is_plain(const struct connection *n, const SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	BIO *in = o->SSL_get_rbio(ssl);
	if (!in)
		return !n->story.done;
	return o->BIO_method_type && is_descriptor(o, in);
}

/* ---- what a socket has carried ----------------------------------------------------------------------------------- */

struct traffic {
	uint64_t sent, received; /* bytes of the program's, those in the send buffer included */
};

/* struct tcp_info of linux/tcp.h; bytes_sent is there from 4.19 on, and glibc's copy of the structure is older. */
static bool traffic_of(int fd, struct traffic *t)
{
	enum {
		STATE = 0,
		BYTES_RECEIVED = 128,
		NOTSENT = 144,
		BYTES_SENT = 200,
		BYTES_RETRANS = 208,
		END = 216
	};
	uint8_t info[END];
	socklen_t size = sizeof info;
	uint64_t sent, again;
	uint32_t waiting;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) != 0 || size < END)
		return false;
	memcpy(&sent, info + BYTES_SENT, sizeof sent);
	memcpy(&again, info + BYTES_RETRANS, sizeof again);
	memcpy(&waiting, info + NOTSENT, sizeof waiting);
	memcpy(&t->received, info + BYTES_RECEIVED, sizeof t->received);
	/* before the first packet of TCP Fast Open the kernel counts what is not there yet */
	if (info[STATE] == TCP_SYN_SENT && sent == 0)
		waiting = 0;
	t->sent = sent - again + waiting;
	return true;
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
	uint64_t waiting = not_taken(o, o->SSL_get_wbio(ssl)) + n->before.written;
	return written > waiting ? written - waiting : 0;
}

/* PostgreSQL's SSLRequest, eight bytes, and the one byte that answers it (its manual, "SSL Session Encryption"): nothing that a proxy
 * would understand is that short. */
static bool asked_for_tls_only(const struct traffic *t)
{
	return t->sent == 8 && t->received == 1;
}

bool transport_is_own(const struct connection *n, SSL *ssl, int fd)
{
	struct traffic t;
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
	struct traffic t;
	const int fd = transport_descriptor(copy_api(n->copy), ssl);
	return fd >= 0 && traffic_of(fd, &t) && t.sent == transport_taken(n, ssl) + REQUEST;
}

void transport_begin(struct connection *n, int fd)
{
	struct traffic t;
	n->socket.asked_first = traffic_of(fd, &t) && asked_for_tls_only(&t);
}

/* The handshakes under way whose socket is not known: while there are two, either may be the one that a socket carries. Each process counts
 * its own, in the low half, beside its generation: those that other threads had under way at a fork are not in the child. */
static _Atomic uint64_t guessing;

static uint64_t count_of(uint64_t all, uint32_t process)
{
	return all >> 32 == process ? all : (uint64_t)process << 32;
}

static void set_guessing(struct connection *n, bool now)
{
	const uint32_t process = process_generation();
	uint64_t all = atomic_load(&guessing), next;
	if ((n->socket.guessing == process) == now)
		return;
	n->socket.guessing = now ? process : 0;
	do {
		next = count_of(all, process) + (now ? 1 : UINT64_MAX);
	} while (!atomic_compare_exchange_weak(&guessing, &all, next));
}

void transport_guess(struct connection *n)
{
	char address[46];
	unsigned port;
	struct traffic t;
	set_guessing(n, true);
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS; fd++)
		if (transport_peer(fd, address, &port) && traffic_of(fd, &t) && t.sent == 0 &&
		    t.received == 0)
			n->before.silent[fd / 64] |= UINT64_C(1) << fd % 64;
}

void transport_settled(struct connection *n)
{
	set_guessing(n, false);
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
		if (silent_only ? !(n->before.silent[fd / 64] >> fd % 64 & 1)
				: !transport_peer(fd, address, &port))
			continue;
		if (!transport_is_own(n, ssl, fd))
			continue;
		if (found >= 0)
			return -1;
		found = fd;
	}
	return found;
}

int transport_find(const struct connection *n, SSL *ssl)
{
	const uint64_t now = count_of(atomic_load(&guessing), process_generation());
	return (uint32_t)now == 1 ? find(n, ssl, true) : -1;
}

int transport_find_for_record(const struct connection *n, SSL *ssl)
{
	return find(n, ssl, false);
}

bool transport_has_brought(const struct connection *n, int fd)
{
	char address[46];
	unsigned port;
	struct traffic t;
	if (!transport_peer(fd, address, &port) || !traffic_of(fd, &t) ||
	    (n->port && (port != n->port || strcmp(address, n->address) != 0)))
		return false;
	/* the peer's FIN counts as a byte */
	const uint64_t came = n->before.read + n->received;
	return t.received == came || t.received == came + 1;
}

/* ---- which ones may carry it --------------------------------------------------------------------------------------- */

static bool is_of_kind(int fd, bool datagram)
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
	struct traffic t;
	uint64_t came = transport_received(copy_api(n->copy), ssl);
	if (!is_of_kind(fd, n->datagram))
		return false;
	if (!traffic_of(fd, &t))
		return true;
	came -= came >= n->before.read ? n->before.read : 0;
	return came > 0 && t.received >= came && transport_is_own(n, ssl, fd);
}

int transport_possible(const struct connection *n, SSL *ssl, int from)
{
	struct traffic t;
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
