/* SPDX-License-Identifier: ISC
 *
 * Which socket carries a connection (transport.c, no_transport.c).
 */
#ifndef TLSMEND_HOOKS_TRANSPORT_H
#define TLSMEND_HOOKS_TRANSPORT_H

#include "hooks.h"
#include "socket.h"

struct connection;

enum { TRANSPORT_DESCRIPTORS = 1024 }; /* that are looked at; more of them for what strengthens */

/* The peer of a TCP or UDP socket. */
bool transport_peer(int fd, char address[46], unsigned *port);
/* Of datagrams, or of a stream. */
bool transport_is_of_kind(int fd, bool datagram);
/* Of the SSL's own socket; -1: it works on something else. */
int transport_descriptor(const struct openssl *o, const SSL *ssl);
/* Where a BIO that connects by itself (BIO_s_connect()) is to lead, normalised. False: it is none, or was not told so; *port as it was, where that is no number. */
bool transport_goal(const struct openssl *o, const SSL *ssl, char host[256], unsigned *port);
bool transport_is_plain(const struct connection *n, const SSL *ssl);
/* no_transport.c. A handshake failed; `stuck`: the BIO that OpenSSL waited for, or NULL. After the error queue was looked at. */
void transport_evidence(struct evidence *e, const struct openssl *o, const SSL *ssl, BIO *stuck,
			int host_errno);
/* Before the first byte of the handshake. */
void transport_begin(struct connection *n, int fd);
/* Does the client hand the bytes over itself? Then the end of the connection does not reach OpenSSL, if it does not hand on that. */
bool transport_in_memory(const struct openssl *o, BIO *b);
/* ... for whatever BIO it is, once OpenSSL has written something. */
bool transport_keeps(const struct openssl *o, const SSL *ssl);
/* Bytes on the SSL's transport so far; 0 where it is gone, or not known. */
uint64_t transport_received(const struct openssl *o, const SSL *ssl);
uint64_t transport_sent(const struct openssl *o, const SSL *ssl);
/* Bytes that this connection's transport has taken so far: not those that still lie in a BIO, where the client has to fetch them. */
uint64_t transport_taken(const struct connection *n, const SSL *ssl);
/* Has this socket carried this connection, and nothing else? False also where the kernel does not count (before 4.19). */
bool transport_is_own(const struct connection *n, SSL *ssl, int fd);
/* Was nothing said on this connection's socket before it but the eight bytes with which a PostgreSQL client asks for TLS? Told at any time, by what was
 * sent alone: good enough for the words of a record, never for a rule. */
bool transport_asked_first(const struct connection *n, SSL *ssl);
/* Had the client said anything on its socket, in plain text, before this connection? False where that is not known. */
bool transport_spoke_first(const struct connection *n, SSL *ssl);
/* Before the first byte of a handshake whose socket is not known: one that is connected and has carried nothing yet may be it. Until
 * transport_settled(), at the end of the handshake or of the connection. */
void transport_guess(struct connection *n);
void transport_settled(struct connection *n);
/* The one of them that has carried this connection and nothing else since, where no other connection may claim it; else -1. */
int transport_find(const struct connection *n, SSL *ssl);
/* The one socket that has carried as much as this connection; -1: none, or several. Good enough for the words of a record, never for a rule. */
int transport_find_for_record(const struct connection *n, SSL *ssl);
/* Has nothing else been said on it but this connection's? */
bool transport_is_all(const struct connection *n, const SSL *ssl, const struct socket_facts *f);
/* Has it brought what was handed to OpenSSL, and nothing else? ... and in the end an alert, which a reset kept from the client? */
bool transport_brought_no_more(const struct connection *n, const struct socket_facts *f);
bool transport_kept_alert(const struct connection *n, const struct socket_facts *f);
/* May this socket have brought what came of the connection, and nothing else? What it was given last it may not have taken (it was reset). `ssl`
 * NULL: what it was given is not known. */
bool transport_has_brought(const struct connection *n, const SSL *ssl,
			   const struct socket_facts *f);
/* ... and before it what was said in plain text (STARTTLS), which went both ways: one at an address that the host's name led to. Another connection's may look the same. */
bool transport_has_brought_after(const struct connection *n, const SSL *ssl,
				 const struct socket_facts *f);
/* The first descriptor from `from` on that may carry this connection, whatever else may; -1: none. What is said before (to a proxy) still
 * speaks against it. For what strengthens. */
int transport_possible(const struct connection *n, SSL *ssl, int from);

#endif
