/* SPDX-License-Identifier: ISC
 *
 * A client whose SSL works on a filter of its own above the socket, which speaks to a proxy at the first write: `filter ANCHORS PORT [REQUEST-HOST]`.
 * It sends no SNI and checks no name. Without the last argument the filter only hands on. Says good or bad.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEED(c)                                                                                    \
	do {                                                                                       \
		if (!(c)) {                                                                        \
			fprintf(stderr, "%s:%d: needed: %s\n", __FILE__, __LINE__, #c);            \
			exit(99);                                                                  \
		}                                                                                  \
	} while (0)

static const char *host; /* that the proxy is still to be asked for */

static void ask(BIO *socket)
{
	char text[256], answer[512];

	snprintf(text, sizeof(text), "CONNECT %s:443 HTTP/1.1\r\n\r\n", host);
	host = NULL;
	NEED(BIO_write(socket, text, (int)strlen(text)) == (int)strlen(text));
	NEED(BIO_read(socket, answer, sizeof(answer)) > 0);
}

static int filter_write(BIO *b, const char *data, int n)
{
	if (host)
		ask(BIO_next(b));
	BIO_clear_retry_flags(b);
	return BIO_write(BIO_next(b), data, n);
}

static int filter_read(BIO *b, char *data, int n)
{
	BIO_clear_retry_flags(b);
	return BIO_read(BIO_next(b), data, n);
}

static long filter_ctrl(BIO *b, int command, long number, void *pointer)
{
	return BIO_next(b) ? BIO_ctrl(BIO_next(b), command, number, pointer) : 0;
}

static int filter_create(BIO *b)
{
	BIO_set_init(b, 1);
	return 1;
}

int main(int argc, char **argv)
{
	NEED(argc >= 3);
	alarm(30);
	host = argc > 3 ? argv[3] : NULL;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				.sin_port = htons((uint16_t)atoi(argv[2]))};
	NEED(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "proxy");
	NEED(method && BIO_meth_set_write(method, filter_write) &&
	     BIO_meth_set_read(method, filter_read) && BIO_meth_set_ctrl(method, filter_ctrl) &&
	     BIO_meth_set_create(method, filter_create));
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	NEED(SSL_CTX_load_verify_locations(ctx, argv[1], NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL *ssl = SSL_new(ctx);
	BIO *b = BIO_push(BIO_new(method), BIO_new_socket(fd, BIO_CLOSE));
	SSL_set_bio(ssl, b, b);
	printf("%s\n", SSL_connect(ssl) == 1 ? "good" : "bad");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	BIO_meth_free(method);
	return 0;
}
