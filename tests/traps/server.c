/* SPDX-License-Identifier: ISC
 *
 * server LEAF: accepts TLS connections on a free loopback port, one after the other, until standard input closes. Run
 * without the library, for traps whose process must not hold a libssl of its own. Prints the port.
 */
#include "common.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>

static void *serve(void *arg)
{
	SSL *ssl = arg;

	if (SSL_accept(ssl) == 1) {
		char c;

		/* Ends with the peer's close; the byte is never used. */
		SSL_read(ssl, &c, 1);
	}
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	SSL_CTX *ctx;

	NEED(argc == 2);
	signal(SIGPIPE, SIG_IGN);
	ctx = server_context(argv[1]);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	NEED(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 64) == 0);
	NEED(getsockname(fd, (struct sockaddr *)&at, &length) == 0);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
		pthread_t thread;
		SSL *ssl;

		NEED(poll(wait, 2, -1) > 0);
		if (wait[1].revents != 0)
			return 0;
		ssl = SSL_new(ctx);
		SSL_set_fd(ssl, accept(fd, NULL, NULL));
		NEED(pthread_create(&thread, NULL, serve, ssl) == 0);
		pthread_detach(thread);
	}
}
