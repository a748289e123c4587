/* SPDX-License-Identifier: ISC
 *
 * A program that lives long and loses a connection without SSL_free() would be told of it when it ends, days later. So whenever another one
 * begins, those in which a fault was found and whose socket is gone are told: the client has closed it, or gave it to the new one, or the peer
 * ended it and nobody has read that for a while. One that may still go on is let alone, however long it is quiet: pools keep them.
 *
 * Only where the program has one thread. Of several, another one may be about to use the SSL.
 */
#include <errno.h>
#include <sys/socket.h>

#include <tlsmend/record.h>

#include "connection.h"
#include "transport.h"

enum { LOOKED_EVERY_MS = 1000, QUIET_MS = 5000 };

struct look {
	uint64_t now;
	const SSL *begins;
	int taken; /* its socket */
	bool asked, alone;
};

static bool is_closed(int fd)
{
	int type = 0;
	socklen_t size = sizeof type;
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 && errno == EBADF;
}

static bool is_gone(const struct connection *n, const struct look *l)
{
	const int fd = transport_descriptor(copy_api(n->copy), n->ssl);
	struct socket_facts f;
	bool reset;
	/* one UDP socket may carry several connections */
	return fd >= 0 && ((fd == l->taken && !n->datagram) || is_closed(fd) ||
			   (l->now - n->last_ms >= QUIET_MS && socket_look(fd, &f) &&
			    socket_ended_by_peer(&f, SOCKET_AN_ALERT, &reset)));
}

static void visit(struct connection *n, void *arg)
{
	struct look *l = arg;
	if (n->ssl == l->begins || n->process != process_generation() || !story_waits(&n->story) ||
	    observe_ended(n->copy))
		return;
	if (!l->asked)
		l->alone = open_is_alone();
	l->asked = true;
	if (l->alone && is_gone(n, l))
		open_end(n, n->ssl, END_FREED);
}

void left_behind(struct copy *c, const SSL *begins)
{
	static _Atomic uint64_t next_ms;
	struct look l = {.now = clock_monotonic_ms(), .begins = begins};
	if (!open_any() || !record_wanted(LEVEL_ERROR) ||
	    l.now < atomic_load_explicit(&next_ms, memory_order_relaxed) || sandbox_entered())
		return;
	atomic_store_explicit(&next_ms, l.now + LOOKED_EVERY_MS, memory_order_relaxed);
	l.taken = transport_descriptor(copy_api(c), begins);
	open_each(visit, &l);
}
