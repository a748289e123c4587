/* SPDX-License-Identifier: ISC
 *
 * A handshake on something that carries no connection: the program's own fault, which nobody else may be blamed for.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "transport.h"

/* A write to a socket of TCP that takes none. Whoever connects acknowledges at least the peer's SYN, which the kernel counts: where it
 * counts nothing, there never was a connection. */
static enum own_transport broken_pipe(int fd)
{
	enum {
		BYTES_ACKED = 120,
		END = 136,
		STATES_OF_OWN_END =
		    1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2 | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING
	};
	uint8_t info[END];
	socklen_t size = sizeof info;
	uint64_t acknowledged, received;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) != 0 || size < END)
		return TRANSPORT_GIVEN;
	memcpy(&acknowledged, info + BYTES_ACKED, sizeof acknowledged);
	memcpy(&received, info + BYTES_ACKED + 8, sizeof received);
	if (info[0] < 16 && 1 << info[0] & STATES_OF_OWN_END)
		return TRANSPORT_SHUT;
	return info[0] == TCP_CLOSE && acknowledged == 0 && received == 0 ? TRANSPORT_UNCONNECTED
									  : TRANSPORT_GIVEN;
}

static enum own_transport missing(int fd, int host_errno)
{
	if (fd < 0)
		return TRANSPORT_NO_DESCRIPTOR;
	switch (host_errno) {
	case EBADF:
	case ENOTSOCK:
	case EISDIR:
		return TRANSPORT_CLOSED;
	case ENOTCONN:
	case EDESTADDRREQ:
		return TRANSPORT_UNCONNECTED;
	case EPIPE:
		return broken_pipe(fd);
	default:
		return TRANSPORT_GIVEN;
	}
}

void transport_evidence(struct evidence *e, const struct openssl *o, const SSL *ssl, BIO *stuck,
			int host_errno)
{
	enum { BIO_NOT_SET = 128 };
	const bool whole = o->SSL_get_rbio(ssl) && o->SSL_get_wbio(ssl);
	long fd = -1;
	if (!whole && (e->ssl_reason == 0 || e->ssl_reason == BIO_NOT_SET))
		e->transport = TRANSPORT_NONE;
	if (!whole || e->ssl_reason != 0 || !stuck || !o->BIO_method_type ||
	    !(o->BIO_method_type(stuck) & BIO_TYPE_DESCRIPTOR_))
		return;
	QUIET_BEGIN(o)
	fd = o->BIO_ctrl(stuck, BIO_C_GET_FD_, 0, NULL);
	QUIET_END(o)
	e->transport = missing((int)fd, host_errno);
	e->descriptor = (int)fd;
}
