/* SPDX-License-Identifier: ISC
 *
 * Who is the peer of a connection (design.md#host): host, address and port, out of what the client told OpenSSL, its sockets, and the names
 * that it resolved.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>

#include <tlsmend/versions.h>

#include "closed.h"
#include "connection.h"
#include "peer.h"
#include "transport.h"

#include <bsd/string.h>

static bool is_another(int fd, const char *host, const char *address)
{
	struct socket_facts f;
	return (socket_look(fd, &f) && f.counted && f.sent == 0) ||
	       (host && resolver_elsewhere(address, host));
}

/* The peer that sockets of the process lead to, where it is one. */
struct only {
	char address[46];
	unsigned port; /* 0: there was none yet */
	bool several;
	bool named; /* the host's name was resolved to it */
};

static void consider(struct only *o, const char *host, const char *address, unsigned port)
{
	char name[256];
	const bool fits = host ? resolver_led(host, address) : resolver_name(address, name);
	if (o->named && !fits)
		return;
	if (o->port && fits == o->named && (port != o->port || strcmp(address, o->address) != 0))
		o->several = true;
	else if (fits && !o->named)
		o->several = false;
	o->named = o->named || fits;
	strlcpy(o->address, address, sizeof o->address);
	o->port = port;
}

static void consider_closed(const struct connection *n, struct only *o)
{
	struct closed_socket s;
	char address[46];
	unsigned port;
	uint32_t number = n->closing.since;
	while (n->closing.since && closed_next(&number, &s))
		if (carrier_may_be(n, s.fd) && socket_address_text(&s.facts.peer, address, &port))
			consider(o, n->peer.host, address, port);
}

/* A client with a BIO of its own (curl since 7.87, .NET) does not tell its socket. Where the process has sockets to one
 * peer only, that is it (one of datagrams, as to a name server or to RADIUS, carries no TLS); where there are several, those to an address that the host's name was resolved to; any name, where that is not known. */
static void search_descriptors(struct connection *n)
{
	struct only o = {.port = 0};
	char address[46];
	unsigned port;
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS; fd++)
		if (transport_peer(fd, address, &port) && transport_is_of_kind(fd, n->datagram))
			consider(&o, n->peer.host, address, port);
	if (o.several || !o.port)
		return;
	strlcpy(n->peer.address, o.address, sizeof n->peer.address);
	n->peer.port = o.port;
}

/* ... at its end, when its own may be closed, and others are not it: those that have carried nothing yet (.NET fetches lists and issuers meanwhile), that
 * are known to lead elsewhere, or to be another connection's. */
static void search_descriptors_at_end(struct connection *n)
{
	struct only o = {.port = 0};
	char address[46];
	unsigned port;
	if (carrier_has_rivals(n))
		return;
	for (int fd = 0; fd < TRANSPORT_DESCRIPTORS; fd++)
		if (transport_peer(fd, address, &port) && transport_is_of_kind(fd, n->datagram) &&
		    !is_another(fd, n->peer.host, address) && carrier_may_be(n, fd))
			consider(&o, n->peer.host, address, port);
	consider_closed(n, &o);
	if (o.several || !o.port)
		return;
	strlcpy(n->peer.address, o.address, sizeof n->peer.address);
	n->peer.port = o.port;
}

static void search(struct connection *n)
{
	if (story_told(&n->story) || carrier_of(n) >= 0)
		search_descriptors_at_end(n);
	else
		search_descriptors(n);
}

void peer_of_host(const char *host, char address[46], unsigned *port)
{
	struct only o = {.port = 0};
	char other[46];
	unsigned others;
	for (int fd = 0; host[0] && fd < TRANSPORT_DESCRIPTORS; fd++)
		if (transport_peer(fd, other, &others) && transport_is_of_kind(fd, false) &&
		    !is_another(fd, host, other))
			consider(&o, host, other, others);
	if (o.several || !o.port || !o.named)
		return;
	strlcpy(address, o.address, 46);
	*port = o.port;
}

int connection_descriptor(const struct connection *n)
{
	char address[46];
	unsigned port;
	int found = -1;
	for (int fd = 0; n->peer.port && fd < TRANSPORT_DESCRIPTORS; fd++) {
		if (!transport_peer(fd, address, &port) || port != n->peer.port ||
		    strcmp(address, n->peer.address) != 0)
			continue;
		if (found >= 0)
			return -1;
		found = fd;
	}
	return found;
}

/* An address that was resolved under another name than the one that is asked for: a proxy stands there, and its port is not
 * the host's. */
static void forget_port_of_proxy(struct connection *n)
{
	char name[256];
	if (n->peer.port && n->peer.host && !host_is_address(n->peer.host) &&
	    resolver_name(n->peer.address, name) && strcmp(name, n->peer.host) != 0)
		n->peer.port = 0;
}

static char *kept(struct connection *n, const char *name)
{
	char *copy = strdup(name);
	n->peer.lost = n->peer.lost || !copy;
	return copy;
}

static char *normal_copy(struct connection *n, const char *name)
{
	char normal[256];
	return name && host_normalise(name, normal) ? kept(n, normal) : NULL;
}

/* The name with this number, from 0 on, that the client told OpenSSL to check; behind the last one, the address. False: there are not so many. One that
 * is no host name is "". */
static bool asked_name(const struct openssl *o, SSL *ssl, unsigned number, char host[256])
{
	X509_VERIFY_PARAM *param = o->SSL_get0_param ? o->SSL_get0_param(ssl) : NULL;
	const char *name = NULL;
	char *ip = NULL;
	if (!param)
		return false;
	bool behind = number == 0;
	if (o->X509_VERIFY_PARAM_get0_host) {
		name = o->X509_VERIFY_PARAM_get0_host(param, (int)number);
		behind =
		    !name && (behind || o->X509_VERIFY_PARAM_get0_host(param, (int)number - 1));
	}
	if (behind && later(o)->X509_VERIFY_PARAM_get1_ip_asc) {
		QUIET_BEGIN(o)
		ip = later(o)->X509_VERIFY_PARAM_get1_ip_asc(param);
		QUIET_END(o)
	}
	const bool there = name || ip;
	if (!there || !host_normalise(name ? name : ip, host))
		host[0] = '\0';
	if (ip)
		o->CRYPTO_free(ip, "", 0);
	return there;
}

/* The first one that is a host name. */
static char *asked(struct connection *n, const struct openssl *o, SSL *ssl)
{
	char name[256];
	for (unsigned i = 0; asked_name(o, ssl, i, name); i++)
		if (name[0])
			return kept(n, name);
	return NULL;
}

bool connection_name(const struct connection *n, SSL *ssl, unsigned number, char host[256])
{
	const char *first = n->peer.sni ? n->peer.sni : n->peer.host;
	if (number > 0)
		return asked_name(copy_api(n->copy), ssl, number - 1, host);
	return first && strlcpy(host, first, 256) < 256;
}

/* It is not connected yet. Where OpenSSL is going to do that, it knows where to. */
static void look_at_goal(struct connection *n, SSL *ssl)
{
	char host[256];
	if (!transport_goal(copy_api(n->copy), ssl, host, &n->peer.port))
		return;
	if (host_is_address(host))
		strlcpy(n->peer.address, host, sizeof n->peer.address);
	if (n->peer.host)
		return;
	n->peer.host = kept(n, host);
	n->socket.gave_host = n->peer.address[0] != '\0';
}

/* What the socket tells. It is a guess where it may not be the one that carries this connection, or something was said on it before. */
static void look_at_socket(struct connection *n, SSL *ssl)
{
	char name[256];
	int fd = transport_descriptor(copy_api(n->copy), ssl);
	n->socket.looked = true;
	if (fd >= 0 && transport_peer(fd, n->peer.address, &n->peer.port)) {
		transport_begin(n, fd);
		n->socket.guessed = !transport_is_own(n, ssl, fd);
	} else if (fd >= 0 || transport_is_plain(n, ssl)) {
		look_at_goal(n, ssl);
	} else {
		if (!n->peer.port)
			search(n);
		n->socket.guessed = true;
		/* one that has been silent until now may be it, but only as long as it has said nothing itself */
		if (!n->story.done && transport_taken(n, ssl) == 0)
			transport_guess(n);
	}
	if (!n->peer.host && n->peer.address[0]) {
		const bool named = resolver_name(n->peer.address, name);
		n->peer.host = kept(n, named ? name : n->peer.address);
		/* The SSL's own socket, and the name that the client looked up for it: it is the host, also where the two spoke in plain text
		 * first (STARTTLS, a database's greeting). Were it a proxy, trust that is added would still count for the proxy's name only. */
		n->socket.gave_host = !(named && fd >= 0);
	}
	forget_port_of_proxy(n);
}

void connection_identify(struct connection *n, SSL *ssl, const struct policy *p)
{
	const struct openssl *o = copy_api(n->copy);
	bool known;
	const char *own = openssl_own_name(o, ssl, &known);
	n->met = own && n->policy ? policy_met(n->policy, own) : NULL;
	n->peer.sni = n->met ? kept(n, own) : normal_copy(n, own);
	n->peer.host = n->peer.sni ? kept(n, n->peer.sni) : asked(n, o, ssl);
	if (!n->peer.sni || !n->peer.host)
		n->met = NULL;
	/* no system call that no rule asks for: a sandbox may kill for it (tests/traps/test_traps_sandbox.py) */
	if (p && (!n->peer.host || policy_uses_peer(p)))
		look_at_socket(n, ssl);
}

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Where there is no memory for its name, it is another one. */
bool connection_renamed(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	const bool lost_before = n->peer.lost;
	bool known;
	const char *own = openssl_own_name(o, ssl, &known);
	if (!known)
		return false;
	n->peer.lost = false;
	char *sni = normal_copy(n, own);
	char *host = sni ? kept(n, sni) : asked(n, o, ssl);
	const bool same =
	    sni ? same_text(sni, n->peer.sni) : !host || same_text(host, n->peer.host);
	if (same && !n->peer.lost) {
		n->peer.lost = lost_before;
		free(sni);
		free(host);
		return false;
	}
	n->peer.lost = n->peer.lost || lost_before;
	free(n->peer.sni);
	free(n->peer.host);
	n->peer.sni = sni;
	n->peer.host = host;
	n->met = NULL;
	n->socket.gave_host = false;
	return true;
}

void connection_peer(const struct connection *n, struct peer *peer)
{
	const bool known = n->peer.host && !(n->socket.gave_host && n->socket.guessed);
	peer->host = known ? n->peer.host : NULL;
	peer->address = n->peer.address[0] && !n->socket.guessed ? n->peer.address : NULL;
	/* a port belongs to a host */
	peer->port = known ? n->peer.port : 0;
}

bool connection_shows_late(const struct connection *n, const SSL *ssl)
{
	return n->socket.gave_host && transport_descriptor(copy_api(n->copy), ssl) < 0;
}

static void set_peer(struct connection *n, const char address[46], unsigned port)
{
	char name[256];
	n->socket.guessed = false;
	strlcpy(n->peer.address, address, sizeof n->peer.address);
	n->peer.port = port;
	if (!n->peer.host || n->socket.gave_host) {
		free(n->peer.host);
		n->peer.host = kept(n, resolver_name(address, name) ? name : address);
		n->met = NULL;
		n->socket.gave_host = true;
	}
}

static bool is_carried_by(struct connection *n, int fd)
{
	char address[46];
	unsigned port;
	if (fd < 0 || !transport_peer(fd, address, &port))
		return false;
	set_peer(n, address, port);
	return true;
}

void connection_was_carried_by(struct connection *n, const union socket_address *peer)
{
	char address[46];
	unsigned port;
	n->socket.looked = true;
	n->socket.closed = !socket_address_text(peer, address, &port);
	if (!n->socket.closed)
		set_peer(n, address, port);
}

static bool to_be_found(const struct connection *n, const SSL *ssl)
{
	return n->socket.guessed && transport_descriptor(copy_api(n->copy), ssl) < 0;
}

void connection_remember_peer(struct connection *n, SSL *ssl)
{
	if (n->socket.looked || n->peer.port)
		return;
	if (transport_descriptor(copy_api(n->copy), ssl) >= 0)
		look_at_socket(n, ssl);
	else if (n->story.requested && !transport_is_plain(n, ssl))
		/* all of the process's: only where it is likely to be needed. It is still open */
		search(n);
}

/* It was not connected when the handshake began: nothing was said on it before, unless it says more now than this connection does. */
static bool is_connected_now(struct connection *n, SSL *ssl)
{
	const int fd = n->socket.looked && !n->socket.guessed && !n->peer.address[0]
			   ? transport_descriptor(copy_api(n->copy), ssl)
			   : -1;
	if (!is_carried_by(n, fd))
		return false;
	n->socket.guessed = !transport_is_own(n, ssl, fd);
	return true;
}

bool connection_prove(struct connection *n, SSL *ssl)
{
	if (is_connected_now(n, ssl))
		return true;
	return to_be_found(n, ssl) && is_carried_by(n, transport_find(n, ssl));
}

static void find_peer(struct connection *n, SSL *ssl)
{
	/* once the handshake is over, no rule is looked for any more */
	const bool late = n->story.done || story_told(&n->story);
	if (!n->socket.looked)
		look_at_socket(n, ssl);
	else if (n->peer.port == 0 && n->peer.address[0] == '\0' && !transport_is_plain(n, ssl))
		search(n);
	if (!connection_prove(n, ssl) && late && to_be_found(n, ssl))
		is_carried_by(n, transport_find_for_record(n, ssl));
}

void connection_find_peer(struct connection *n, SSL *ssl)
{
	if (ssl && !n->socket.closed)
		find_peer(n, ssl);
	forget_port_of_proxy(n);
}
