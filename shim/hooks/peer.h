/* SPDX-License-Identifier: ISC
 *
 * Who is the peer (peer.c), and which names led to an address (resolver.c).
 */
#ifndef TLSMEND_HOOKS_PEER_H
#define TLSMEND_HOOKS_PEER_H

#include "hooks.h"
#include "socket.h"

struct connection;

void connection_identify(struct connection *n, SSL *ssl, const struct policy *p); /* at the start */
/* Of the names that it gave OpenSSL, to send and to check, the one with this number, from 0 on; "": that one is no host name. False: there are not so many. */
bool connection_name(const struct connection *n, SSL *ssl, unsigned number, char host[256]);
/* In a renegotiation: does the client ask for another host by now? From here on it is that one. False also where that cannot be asked. */
bool connection_renamed(struct connection *n, SSL *ssl);
/* As far as a rule may count on it: no address of a socket that is not known to carry this connection. */
void connection_peer(const struct connection *n, struct peer *peer);
/* By what was sent until now: is there one socket that carries this connection and nothing else, or is its own connected only by now? True: from now on it is
 * known. */
bool connection_prove(struct connection *n, SSL *ssl);
/* For a record: where the SSL does not tell, among the sockets of the process; without the port where a proxy stands there. */
void connection_find_peer(struct connection *n, SSL *ssl);
/* A client that tells OpenSSL neither a name nor its socket: which host it is shows only by what the socket has carried. */
bool connection_shows_late(const struct connection *n, const SSL *ssl);
/* The only peer among this process's sockets that this name was resolved to; else both are left as they were. */
void peer_of_host(const char *host, char address[46], unsigned *port);
/* In the middle of the handshake, while the socket is there: for what is told at its end. */
void connection_remember_peer(struct connection *n, SSL *ssl);
/* For a record: by the socket that carried it, which is closed. */
void connection_was_carried_by(struct connection *n, const union socket_address *peer);
/* The one descriptor of this process that is connected there; -1: none, or several. */
int connection_descriptor(const struct connection *n);

/* The one name that this process resolved to the address; false: none, or another one may have led there, too. */
bool resolver_name(const char *address, char host[256]);
/* Of all names that may have led there the one with this number, from 0 on; false: there are not so many. */
bool resolver_name_at(const char *address, unsigned number, char host[256]);
/* A name may have led there that is forgotten, and by rules of today, or with more room, would bring one along that strengthens. */
bool resolver_forgot(const char *address, const struct policy *p);
/* Was the host found at that address? */
bool resolver_led(const char *host, const char *address);
/* This process looked up the host, and found it elsewhere; what it found at this address has other names. */
bool resolver_elsewhere(const char *address, const char *host);

#endif
