/* SPDX-License-Identifier: ISC
 *
 * What the kernel tells of one socket (socket.c).
 */
#ifndef TLSMEND_HOOKS_SOCKET_H
#define TLSMEND_HOOKS_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

union socket_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};
/* False: it has none, or is no TCP or UDP socket. */
bool socket_peer(int fd, union socket_address *peer);
bool socket_address_text(const union socket_address *peer, char address[46], unsigned *port);

/* A socket of TCP. */
struct socket_facts {
	union socket_address peer; /* of no family: not known */
	uint64_t sent, received;   /* bytes of the program's, those in the send buffer included */
	bool counted;              /* false: this kernel does not count (before 4.19) */
	uint8_t state;
	uint32_t quiet_ms; /* since something came last */
	int unread;        /* bytes that wait */
	/* where the peer has ended it: it may have answered the client, who had shut the connection down */
	bool own_end;
};
/* Only looks, whoever calls: no lock, no memory, no function but system calls. False: it is none. */
bool socket_look(int fd, struct socket_facts *f);
/* Something that came and was not read speaks against it, if it is more than `most_unread` bytes. `reset` is left as it was where it is not so. */
enum { SOCKET_AN_ALERT = 64 };
bool socket_ended_by_peer(const struct socket_facts *f, int most_unread, bool *reset);

#endif
