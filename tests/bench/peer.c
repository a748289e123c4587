/* SPDX-License-Identifier: ISC
 *
 * The two ends of a measurement, as plain as can be:
 *   peer serve PORT CERT KEY            a thread for each connection; prints the port on which it listens (0: a free one)
 *   peer connect PORT COUNT CA THREADS HOSTS    COUNT handshakes in each thread, with HOSTS names in turn (h0.bench.test, ...; 0: bench.test);
 *                                       CA "": none; clear: no TLS at all. One that fails is counted. Prints seconds, failures and KiB of private memory
 */
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static SSL_CTX *ctx;
static struct sockaddr_in address;
static int count, hosts, clear;
static _Atomic int failures;

static void *answer(void *arg)
{
	SSL *ssl = arg;
	char buf[4096];

	if (SSL_accept(ssl) == 1) {
		while (SSL_read(ssl, buf, sizeof(buf)) > 0)
			SSL_write(ssl, "x\n", 2);
		SSL_shutdown(ssl);
	}
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
	return NULL;
}

static int serve(const char *cert, const char *key)
{
	const int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (void *)&address, sizeof(address)) != 0 || listen(listener, 512) != 0)
		return 3;
	ctx = SSL_CTX_new(TLS_server_method());
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		return 4;
	getsockname(listener, (void *)&address, &size);
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	for (;;) {
		const int fd = accept(listener, NULL, NULL);
		SSL *ssl = SSL_new(ctx);
		pthread_t thread;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		SSL_set_fd(ssl, fd);
		if (pthread_create(&thread, NULL, answer, ssl) != 0)
			return 5;
		pthread_detach(thread);
	}
}

static int connected(void)
{
	const int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (void *)&address, sizeof(address)) != 0)
		exit(6);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void speak_in_the_clear(void)
{
	const int fd = connected();
	char buf[16];

	if (write(fd, "x\n", 2) != 2 || read(fd, buf, sizeof(buf)) != 2)
		failures++;
	close(fd);
}

static void shake(const char *host)
{
	const int fd = connected();
	SSL *ssl = SSL_new(ctx);
	char buf[16];

	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, host);
	SSL_set1_host(ssl, host);
	if (SSL_connect(ssl) == 1 && SSL_write(ssl, "x\n", 2) == 2 &&
	    SSL_read(ssl, buf, sizeof(buf)) == 2)
		SSL_shutdown(ssl);
	else
		failures++;
	SSL_free(ssl);
	close(fd);
}

static void *shake_all(void *unused)
{
	char host[64] = "bench.test";

	for (int i = 0; i < count; i++) {
		if (hosts > 0)
			snprintf(host, sizeof(host), "h%d.bench.test", i % hosts);
		if (clear)
			speak_in_the_clear();
		else
			shake(host);
	}
	return unused;
}

static int private_memory(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	int kib = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %d", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static int connect_all(const char *ca, int threads)
{
	pthread_t thread[256];
	struct timespec a, b;

	ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	clear = strcmp(ca, "clear") == 0;
	if (*ca && !clear && SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
		return 7;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 1; i < threads; i++)
		if (pthread_create(&thread[i], NULL, shake_all, NULL) != 0)
			return 8;
	shake_all(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%.6f %d %d\n",
	       (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, failures,
	       private_memory());
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 5)
		return 2;
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)atoi(argv[2]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(argv[1], "serve") == 0)
		return serve(argv[3], argv[4]);
	count = atoi(argv[3]);
	hosts = argc > 6 ? atoi(argv[6]) : 0;
	return connect_all(argv[4], argc > 5 ? atoi(argv[5]) : 1);
}
