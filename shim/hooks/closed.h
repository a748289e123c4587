/* SPDX-License-Identifier: ISC
 *
 * Sockets that the client has closed (closed.c).
 */
#ifndef TLSMEND_HOOKS_CLOSED_H
#define TLSMEND_HOOKS_CLOSED_H

#include "socket.h"

struct connection;

struct closed_socket {
	struct socket_facts facts;
	uint64_t ms; /* when */
	int fd;
	bool shut; /* it was shut down only, after its peer had ended it, and is still open */
};
/* The descriptor is about to be closed past close(2). */
void closed_is_next(int fd);
/* From here on it is of interest to this connection which sockets are closed, and then no more. `fd`: its own; -1: not known. */
void closed_watch(struct connection *n, int fd);
void closed_unwatch(struct connection *n);
/* The one with this number, or the next, that no connection has taken; from n->closing.since on. *number is behind it then. False: there are no more. */
bool closed_next(uint32_t *number, struct closed_socket *s);
/* It was the connection's that asks. */
void closed_take(uint32_t number);

#endif
