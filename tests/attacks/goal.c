/* SPDX-License-Identifier: ISC
 *
 * goal CAFILE HOST:PORT [SNI]: a client as OpenSSL's own manual has it, whose BIO connects once the handshake has begun. Says good or bad.
 * goal CAFILE :PORT: ... which has a socket of its own, to 127.0.0.1, that is connected with the first bytes (TCP Fast Open).
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../lib/need.h"

static int fast_open(SSL_CTX *ctx, int port)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	const struct sockaddr_in a = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	SSL *ssl = SSL_new(ctx);

	/* an older kernel connects at once */
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &yes, sizeof(yes));
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, &yes, sizeof(yes));
	NEED(connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0);
	NEED(ssl && SSL_set_fd(ssl, fd) == 1);
	puts(SSL_connect(ssl) == 1 ? "good" : "bad");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return 0;
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;

	NEED(argc > 2 && SSL_CTX_load_verify_locations(ctx, argv[1], NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (argv[2][0] == ':')
		return fast_open(ctx, atoi(argv[2] + 1));
	BIO *bio = BIO_new_ssl_connect(ctx);
	NEED(bio && BIO_set_conn_hostname(bio, argv[2]) == 1);
	NEED(BIO_get_ssl(bio, &ssl) == 1);
	if (argc > 3)
		NEED(SSL_set_tlsext_host_name(ssl, argv[3]) == 1);
	puts(BIO_do_connect(bio) > 0 ? "good" : "bad");
	BIO_free_all(bio);
	SSL_CTX_free(ctx);
	return 0;
}
