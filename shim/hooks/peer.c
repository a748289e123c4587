/* SPDX-License-Identifier: ISC
 *
 * Who is the peer of a connection (DESIGN 1.5): host, address and port, out of what the client told OpenSSL, its sockets, and the names
 * that it resolved.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hooks.h"

#include <bsd/string.h>

static bool socket_peer(int fd, char address[46], unsigned *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} peer = {.any = {0}};
	socklen_t size = sizeof peer;
	const void *raw;
	if (getpeername(fd, &peer.any, &size) != 0)
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

enum { DESCRIPTORS = 256 };

/* A client with a BIO of its own (curl since 7.87, .NET) does not tell its socket. Where the process has sockets to one
 * peer only, that is it; where there are several, those to an address that the host's name was resolved to. */
static void search_descriptors(struct connection *n)
{
	char address[46], name[256], found[46] = "";
	unsigned port, found_port = 0;
	bool several = false, by_name = false;
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		if (!socket_peer(fd, address, &port))
			continue;
		bool fits = n->host && resolver_name(address, name) && strcmp(name, n->host) == 0;
		if (by_name && !fits)
			continue;
		if (found_port && (fits == by_name) &&
		    (port != found_port || strcmp(address, found) != 0))
			several = true;
		else if (fits && !by_name)
			several = false;
		by_name = by_name || fits;
		strlcpy(found, address, sizeof found);
		found_port = port;
	}
	if (!several && found_port) {
		strlcpy(n->address, found, sizeof n->address);
		n->port = found_port;
	}
}

int connection_descriptor(const struct connection *n)
{
	char address[46];
	unsigned port;
	int found = -1;
	for (int fd = 0; n->port && fd < DESCRIPTORS; fd++) {
		if (!socket_peer(fd, address, &port) || port != n->port ||
		    strcmp(address, n->address) != 0)
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
	if (n->port && n->host && !host_is_address(n->host) && resolver_name(n->address, name) &&
	    strcmp(name, n->host) != 0)
		n->port = 0;
}

static char *normal_copy(const char *name)
{
	char normal[256];
	return name && host_normalise(name, normal) ? strdup(normal) : NULL;
}

/* The name or address that the client told OpenSSL to check. */
static char *asked_name(const struct openssl *o, SSL *ssl)
{
	char *name = NULL;
	X509_VERIFY_PARAM *param = o->SSL_get0_param ? o->SSL_get0_param(ssl) : NULL;
	if (!param)
		return NULL;
	if (o->X509_VERIFY_PARAM_get0_host)
		name = normal_copy(o->X509_VERIFY_PARAM_get0_host(param, 0));
	if (!name && o->X509_VERIFY_PARAM_get1_ip_asc) {
		char *ip = NULL;
		QUIET_BEGIN(o)
		ip = o->X509_VERIFY_PARAM_get1_ip_asc(param);
		QUIET_END(o)
		name = normal_copy(ip);
		if (ip)
			o->CRYPTO_free(ip, "", 0);
	}
	return name;
}

void connection_identify(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	char name[256];
	int fd = -1;
	QUIET_BEGIN(o)
	fd = o->SSL_get_fd(ssl);
	QUIET_END(o)
	if (fd >= 0)
		socket_peer(fd, n->address, &n->port);
	const char *sni = o->SSL_get_servername(ssl, 0);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	/* TLS 1.2 and no SNI set: the name that the session was made with, which is not sent */
	if (sni && session && o->SSL_SESSION_get0_hostname &&
	    sni == o->SSL_SESSION_get0_hostname(session))
		sni = NULL;
	n->sni = normal_copy(sni);
	n->host = n->sni ? strdup(n->sni) : asked_name(o, ssl);
	if (!n->host && !n->address[0])
		search_descriptors(n);
	if (!n->host && n->address[0] && resolver_name(n->address, name))
		n->host = strdup(name);
	if (!n->host && n->address[0])
		n->host = strdup(n->address);
	forget_port_of_proxy(n);
}

void connection_peer(const struct connection *n, struct peer *peer)
{
	peer->host = n->host;
	peer->address = n->address[0] ? n->address : NULL;
	peer->port = n->port;
}

void connection_find_peer(struct connection *n)
{
	if (n->port != 0 || n->address[0] != '\0')
		return;
	search_descriptors(n);
	forget_port_of_proxy(n);
}
