/* SPDX-License-Identifier: ISC
 *
 * QUIC within one process: `quic CERTIFICATE KEY HOST [CA [no-protocol]]`, the client by OSSL_QUIC_client_method(), with a blocking SSL. Without CA
 * it does not verify; no-protocol: the server takes none of the client's.
 * Says "good" where an answer came to what the client said, else "refused".
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/quic.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEED_SAYS() ERR_print_errors_fp(stderr)
#include "../lib/need.h"

static const unsigned char protocols[] = "\4quic";
static char **arguments;
static void *refuses; /* not NULL: any protocol */
static int server_fd;

static int choose(SSL *ssl, const unsigned char **out, unsigned char *size, const unsigned char *in,
		  unsigned n, void *arg)
{
	(void)ssl, (void)in, (void)n;
	if (arg)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = protocols + 1;
	*size = 4;
	return SSL_TLSEXT_ERR_OK;
}

static void *serve(void *arg)
{
	SSL_CTX *ctx = SSL_CTX_new(OSSL_QUIC_server_method());
	SSL *listener, *connection;
	char buf[16];
	size_t n;

	(void)arg;
	NEED(ctx && SSL_CTX_use_certificate_chain_file(ctx, arguments[1]) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(ctx, arguments[2], SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose, refuses);
	listener = SSL_new_listener(ctx, 0);
	NEED(listener && SSL_set_fd(listener, server_fd) == 1 && SSL_listen(listener) == 1);
	connection = SSL_accept_connection(listener, 0);
	if (connection && SSL_read_ex(connection, buf, sizeof(buf), &n))
		SSL_write_ex(connection, buf, n, &n);
	pause();
	return NULL;
}

static struct sockaddr_in loopback(int fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);

	NEED(bind(fd, (struct sockaddr *)&a, size) == 0);
	NEED(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
	return a;
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	BIO_ADDR *peer = BIO_ADDR_new();
	SSL_CTX *ctx = SSL_CTX_new(OSSL_QUIC_client_method());
	pthread_t thread;
	char buf[16];
	size_t n = 0;

	arguments = argv;
	refuses = argc > 5 ? argv : NULL;
	alarm(20);
	server_fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = loopback(server_fd);
	NEED(pthread_create(&thread, NULL, serve, NULL) == 0);
	NEED(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	NEED(BIO_ADDR_rawmake(peer, AF_INET, &a.sin_addr, sizeof(a.sin_addr), a.sin_port));
	if (argc > 4) {
		NEED(SSL_CTX_load_verify_locations(ctx, argv[4], NULL) == 1);
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	}
	SSL *ssl = SSL_new(ctx);
	NEED(ssl && SSL_set_fd(ssl, fd) == 1 && SSL_set1_initial_peer_addr(ssl, peer) == 1);
	NEED(SSL_set_tlsext_host_name(ssl, argv[3]) == 1 && SSL_set1_host(ssl, argv[3]) == 1);
	NEED(SSL_set_alpn_protos(ssl, protocols, 5) == 0);
	int good = SSL_connect(ssl) == 1 && SSL_write_ex(ssl, "ping", 4, &n) &&
		   SSL_read_ex(ssl, buf, sizeof(buf), &n) && n == 4;
	printf("%s\n", good ? "good" : "refused");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	fflush(stdout);
	_exit(0);
}
