/* SPDX-License-Identifier: ISC
 *
 * What the traps share: contexts made from the certificates that conftest.py writes to $TRAP_CERTS, a TLS
 * connection whose two ends live in this process, and printing. A trap prints facts that must be the
 * same with and without the library: no pointers, no ports, no lengths that vary from run to run.
 */
#ifndef TRAP_COMMON_H
#define TRAP_COMMON_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/ends.h"

#define HELPER static __attribute__((unused))

/* Path of a file in the certificate directory. Each thread has two buffers, used in turn. */
HELPER const char *cert_path(const char *name, const char *extension)
{
	static _Thread_local char path[2][512];
	static _Thread_local int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s%s", getenv("TRAP_CERTS"), name, extension);
	return path[turn];
}

/* A server's context with certificate and key of `leaf` ("legacy", "other", ...). */
HELPER SSL_CTX *server_context(const char *leaf)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	NEED(ctx != NULL);
	NEED(SSL_CTX_use_certificate_chain_file(ctx, cert_path(leaf, ".crt")) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(ctx, cert_path(leaf, ".key"), SSL_FILETYPE_PEM) == 1);
	return ctx;
}

/* A client's context that verifies against the certificates of `anchors`: "root" signs every leaf here, "unrelated"
 * none. */
HELPER SSL_CTX *client_context(const char *anchors)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	NEED(ctx != NULL);
	NEED(SSL_CTX_load_verify_locations(ctx, cert_path(anchors, ".pem"), NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return ctx;
}

HELPER SSL *client_for(SSL_CTX *ctx, const char *host)
{
	SSL *ssl = SSL_new(ctx);

	NEED(ssl != NULL);
	NEED(SSL_set_tlsext_host_name(ssl, host) == 1);
	NEED(SSL_set1_host(ssl, host) == 1);
	return ssl;
}

/* Ties both ends together in memory. */
HELPER void connect_ends(SSL *client, SSL *server)
{
	tie_ends(client, server, 0);
}

HELPER int is_retry(int ssl_error)
{
	return ssl_error == SSL_ERROR_WANT_READ || ssl_error == SSL_ERROR_WANT_WRITE;
}

/* Runs the handshake of two ends. Returns 1, or 0 where the client failed; the client's step is always the last
 * call, so that the error queue is the client's. */
HELPER int handshake(SSL *client, SSL *server)
{
	for (int i = 0; i < 100; i++) {
		int r = SSL_do_handshake(client);

		if (r == 1) {
			SSL_do_handshake(server);
			return 1;
		}
		if (!is_retry(SSL_get_error(client, r)))
			return 0;
		SSL_do_handshake(server);
	}
	NEED(!"handshake does not end");
	return 0;
}

/* A whole connection: context, handshake, a line with the outcome, cleaning up. Returns as handshake(). */
HELPER int try_host(const char *anchors, const char *leaf, const char *host)
{
	SSL_CTX *cctx = client_context(anchors), *sctx = server_context(leaf);
	SSL *client = client_for(cctx, host), *server = SSL_new(sctx);
	int ok;

	connect_ends(client, server);
	ok = handshake(client, server);
	printf("%s: %s, verify result %ld\n", host, ok ? "connected" : "failed",
	       SSL_get_verify_result(client));
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	ERR_clear_error();
	return ok;
}

#ifndef TRAP_FEW_FUNCTIONS
/* Everything in this thread's error queue, emptying it. */
HELPER void print_queue(const char *when)
{
	unsigned long code;
	const char *data;
	int flags;

	printf("  queue %s:", when);
	while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0)
		printf(" %lx[%s]", code, (flags & ERR_TXT_STRING) ? data : "");
	printf("\n");
}

HELPER X509 *load_certificate(const char *leaf)
{
	BIO *in = BIO_new_file(cert_path(leaf, ".crt"), "r");
	X509 *x;

	NEED(in != NULL);
	x = PEM_read_bio_X509(in, NULL, NULL, NULL);
	NEED(x != NULL);
	BIO_free(in);
	return x;
}

#endif

HELPER int tcp_connect(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	NEED(fd >= 0);
	NEED(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	return fd;
}

#endif
