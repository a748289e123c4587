/* SPDX-License-Identifier: ISC
 *
 * What the kernel tells of one socket: whom it is connected to, what it has carried, who ended it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <tlsmend/base.h>

#include "socket.h"

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

bool socket_peer(int fd, union socket_address *peer)
{
	memset(peer, 0, sizeof *peer);
	/* it gives the beginning of an address, but no more than there is */
	return peer_name(fd, &peer->any, sizeof peer->in) &&
	       (peer->any.sa_family == AF_INET ||
		(peer->any.sa_family == AF_INET6 && peer_name(fd, &peer->any, sizeof peer->in6)));
}

bool socket_address_text(const union socket_address *peer, char address[46], unsigned *port)
{
	int family = peer->any.sa_family;
	const void *raw = &peer->in.sin_addr;
	if (family == AF_INET6) {
		const bool mapped = IN6_IS_ADDR_V4MAPPED(&peer->in6.sin6_addr);
		raw = &peer->in6.sin6_addr.s6_addr[mapped ? 12 : 0];
		family = mapped ? AF_INET : AF_INET6;
	} else if (family != AF_INET) {
		return false;
	}
	*port = ntohs(peer->any.sa_family == AF_INET6 ? peer->in6.sin6_port : peer->in.sin_port);
	return inet_ntop(family, raw, address, 46) != NULL;
}

/* Whoever shuts down a connection of its own sends a FIN, which waits for its acknowledgement as a byte does, but was none: so the two counts differ from
 * there on. Once the peer has ended the connection, there is nothing left to shut down. The first that was acknowledged was the SYN. */
static bool has_shut(int fd, uint64_t sent, uint64_t acknowledged)
{
	int waiting = 0;
	return ioctl(fd, TIOCOUTQ, &waiting) == 0 && waiting >= 0 &&
	       (uint64_t)waiting + acknowledged > sent + 1;
}

static bool is_over(const struct socket_facts *f)
{
	return f->state == TCP_CLOSE || f->state == TCP_CLOSE_WAIT || f->state == TCP_LAST_ACK;
}

bool socket_look(int fd, struct socket_facts *f)
{
	/* struct tcp_info of linux/tcp.h; bytes_sent is there from 4.19 on, and glibc's copy of the structure is older */
	enum {
		STATE = 0,
		LAST_DATA_RECEIVED = 52,
		BYTES_ACKED = 120,
		BYTES_RECEIVED = 128,
		NOTSENT = 144,
		BYTES_SENT = 200,
		BYTES_RETRANS = 208,
		END = 216
	};
	uint8_t info[END] = {0};
	socklen_t size = sizeof info;
	uint64_t sent, again, acknowledged;
	uint32_t waiting, quiet;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) != 0)
		return false;
	memcpy(&acknowledged, info + BYTES_ACKED, sizeof acknowledged);
	memcpy(&sent, info + BYTES_SENT, sizeof sent);
	memcpy(&again, info + BYTES_RETRANS, sizeof again);
	memcpy(&waiting, info + NOTSENT, sizeof waiting);
	memcpy(&quiet, info + LAST_DATA_RECEIVED, sizeof quiet);
	/* before the first packet of TCP Fast Open the kernel counts what is not there yet */
	if (info[STATE] == TCP_SYN_SENT && sent == 0)
		waiting = 0;
	memset(f, 0, sizeof *f);
	f->state = info[STATE];
	f->quiet_ms = quiet;
	f->counted = size >= END;
	f->sent = sent - again + waiting;
	memcpy(&f->received, info + BYTES_RECEIVED, sizeof f->received);
	f->own_end = f->counted && f->state == TCP_CLOSE && has_shut(fd, f->sent, acknowledged);
	if (ioctl(fd, FIONREAD, &f->unread) != 0)
		f->unread = 0;
	return true;
}

bool socket_ended_by_peer(const struct socket_facts *f, int most_unread, bool *reset)
{
	if (!is_over(f) || f->unread > most_unread || f->own_end)
		return false;
	*reset = f->state == TCP_CLOSE;
	return true;
}
