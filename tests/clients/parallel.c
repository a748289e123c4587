/* SPDX-License-Identifier: ISC
 *
 * Many connections at once, each a thread's, which hands the bytes over by itself; every second one closes its socket before it frees the SSL.
 * Prints to which ports how many went well.
 *
 * parallel HOST CAFILE ROUNDS PORT...
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PORTS_MAX = 16, THREADS = 12 };

static SSL_CTX *ctx;
static const char *host;
static char **ports;
static int port_count, rounds, good[PORTS_MAX];

static int dial(const char *port)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	int fd;
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* With both of the functions that there are for it. */
static int flush(SSL *ssl, int fd, int with_message)
{
	char data[32768];
	int n;
	while ((n = BIO_read(SSL_get_wbio(ssl), data, sizeof(data))) > 0) {
		struct iovec part = {data, (size_t)n};
		const struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
		const ssize_t sent = with_message ? sendmsg(fd, &message, MSG_NOSIGNAL)
						  : send(fd, data, (size_t)n, MSG_NOSIGNAL);
		if (sent != n)
			return 0;
	}
	return 1;
}

static int fill(SSL *ssl, int fd)
{
	char data[32768];
	const ssize_t n = recv(fd, data, sizeof(data), 0);
	return n > 0 && BIO_write(SSL_get_rbio(ssl), data, (int)n) == n;
}

static int more(SSL *ssl, int result, int fd, int with_message)
{
	if (SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ) {
		flush(ssl, fd, with_message);
		return 0;
	}
	return flush(ssl, fd, with_message) && fill(ssl, fd);
}

static int talk(SSL *ssl, int fd, int with_message)
{
	char answer[1024];
	int n;
	while ((n = SSL_connect(ssl)) != 1)
		if (!more(ssl, n, fd, with_message))
			return 0;
	if (SSL_write(ssl, "GET / HTTP/1.0\r\n\r\n", 18) != 18 || !flush(ssl, fd, with_message))
		return 0;
	while ((n = SSL_read(ssl, answer, sizeof(answer))) <= 0)
		if (!more(ssl, n, fd, with_message))
			return 0;
	SSL_shutdown(ssl);
	return flush(ssl, fd, with_message);
}

static void once(int port, int first)
{
	const int fd = dial(ports[port]);
	SSL *ssl = SSL_new(ctx);
	if (fd < 0 || !ssl)
		abort();
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_tlsext_host_name(ssl, host);
	SSL_set1_host(ssl, host);
	ERR_clear_error();
	if (talk(ssl, fd, first))
		__atomic_fetch_add(&good[port], 1, __ATOMIC_RELAXED);
	if (first) {
		close(fd);
		SSL_free(ssl);
	} else {
		SSL_free(ssl);
		close(fd);
	}
}

static void *work(void *arg)
{
	const int number = (int)(size_t)arg;
	for (int i = 0; i < rounds; i++)
		for (int p = 0; p < port_count; p++)
			once((p + number) % port_count, (i + number) % 2);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	if (argc < 5 || argc - 4 > PORTS_MAX)
		return 2;
	host = argv[1];
	rounds = atoi(argv[3]);
	ports = argv + 4;
	port_count = argc - 4;
	ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx || SSL_CTX_load_verify_locations(ctx, argv[2], NULL) != 1)
		return 2;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int p = 0; p < port_count; p++)
		printf("%s %d\n", ports[p], good[p]);
	SSL_CTX_free(ctx);
	return 0;
}
