/* SPDX-License-Identifier: ISC
 *
 * What a peer that speaks no TLS says. OpenSSL takes the five bytes of a record header and gives up; "220 m" is the beginning of a
 * mail server's greeting as well as of an FTP server's, and which status an HTTP answer has comes later. The rest still waits where
 * OpenSSL would have read it: it is looked at there, and stays.
 */
#include <tlsmend/diagnose.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "connection.h"
#include "peer.h"
#include "story.h"

/* MSG_PEEK moves an offset where the host asked for one (SO_PEEK_OFF), and a read without data would take a pending error away. */
static size_t look_into_socket(int fd, uint8_t *to, size_t room)
{
	int offset = -1, waiting = 0;
	socklen_t size = sizeof offset;
	if (getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &size) == 0 && offset >= 0)
		return 0;
	if (ioctl(fd, FIONREAD, &waiting) != 0 || waiting <= 0)
		return 0;
	ssize_t n = recv(fd, to, room, MSG_PEEK | MSG_DONTWAIT);
	return n > 0 ? (size_t)n : 0;
}

static size_t look_into_memory(const struct openssl *o, BIO *in, uint8_t *to, size_t room)
{
	char *data = NULL;
	long n = 0;
	QUIET_BEGIN(o)
	n = o->BIO_ctrl(in, BIO_CTRL_INFO_, 0, &data);
	QUIET_END(o)
	if (n <= 0 || !data)
		return 0;
	size_t size = (size_t)n < room ? (size_t)n : room;
	memcpy(to, data, size);
	return size;
}

/* A BIO of the client's own does not tell its socket, and what lies in the socket that it seems to read from may be something
 * else: more of TLS inside TLS. Only what reads as a line of text is taken for what followed. */
static size_t look_behind(const struct connection *n, uint8_t *to, size_t room)
{
	int fd = connection_descriptor(n);
	size_t size = fd >= 0 ? look_into_socket(fd, to, room) : 0;
	for (size_t i = 0; i < size && to[i] != '\r' && to[i] != '\n'; i++)
		if (to[i] < ' ' || to[i] > '~')
			return 0;
	return size;
}

void greeting_rest(struct evidence *e, const struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	BIO *in = o->SSL_get_rbio(ssl);
	if (e->first_count == 0 || evidence_begins_as_tls(e) || !in || !o->BIO_method_type ||
	    !o->BIO_method_name)
		return;
	uint8_t *to = e->first_bytes + e->first_count;
	size_t room = sizeof e->first_bytes - e->first_count, more = 0;
	int type = o->BIO_method_type(in), fd = -1;
	const char *name = o->BIO_method_name(in);
	if (type & BIO_TYPE_DESCRIPTOR_) {
		QUIET_BEGIN(o)
		fd = o->SSL_get_fd(ssl);
		QUIET_END(o)
		more = fd >= 0 ? look_into_socket(fd, to, room) : 0;
	} else if (name && strcmp(name, "memory buffer") == 0) {
		/* by its name: curl's BIO has the type of a memory BIO */
		more = look_into_memory(o, in, to, room);
	} else if (!(type & BIO_TYPE_FILTER_) && !(name && strcmp(name, "BIO pair") == 0)) {
		more = look_behind(n, to, room);
	}
	e->first_count += more;
}
