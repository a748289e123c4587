/* SPDX-License-Identifier: ISC
 *
 * Trap: close(2) is called by signal handlers, by children of vfork(2), with numbers that are none, and is a cancellation point. Here all of that happens
 * while a handshake is under way whose socket its end may show at, and while none is. Proves design.md#lost.
 *
 * closes before|within reset|alive      before: without a handshake; what becomes of the connection in the end
 */
#include "common.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

__attribute__((weak)) void closer_print(void);

static volatile sig_atomic_t ticks;

static void on_tick(int number)
{
	const int saved = errno;
	close(dup(0));
	close(-1);
	errno = saved;
	ticks++;
	(void)number;
}

static void wrong_numbers(const char *when)
{
	int ends[2];
	NEED(pipe(ends) == 0);
	errno = 0;
	printf("%s: %d", when, close(-1));
	printf(" %s", strerror(errno));
	errno = 77;
	printf(", %d %d", close(ends[0]), close(ends[1]));
	printf(" errno %d", errno);
	printf(", again %d", close(ends[0]));
	printf(" %s\n", strerror(errno));
}

static void interrupted(int fd)
{
	const struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
	signal(SIGALRM, on_tick);
	setitimer(ITIMER_REAL, &often, NULL);
	while (ticks < 50)
		NEED(close(dup(fd)) == 0);
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

/* As those who start programs do: what the parent has open is closed, in its memory, but not its descriptors. */
static void children(int fd)
{
	int status;
	const pid_t v = vfork();
	if (v == 0) {
		for (int i = 3; i < 64; i++)
			close(i);
		_exit(errno == EBADF ? 0 : 1);
	}
	NEED(waitpid(v, &status, 0) == v && status == 0);
	const pid_t f = fork();
	if (f == 0) {
		close(fd);
		_exit(close(fd) == -1 && errno == EBADF ? 0 : 1);
	}
	NEED(waitpid(f, &status, 0) == f && status == 0);
	printf("the parent has it: %s\n", fcntl(fd, F_GETFD) >= 0 ? "yes" : "no");
}

static void *cancelled(void *arg)
{
	int old;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	close(*(int *)arg);
	return NULL;
}

static void cancellation(int fd)
{
	pthread_t thread;
	void *result = NULL;
	int other = dup(fd);
	NEED(pthread_create(&thread, NULL, cancelled, &other) == 0);
	NEED(pthread_join(thread, &result) == 0);
	printf("cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");
	close(other);
}

static int dial(int *server)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	NEED(listen(listener, 1) == 0 && getsockname(listener, (struct sockaddr *)&a, &size) == 0);
	NEED(connect(fd, (struct sockaddr *)&a, size) == 0);
	*server = accept(listener, NULL, NULL);
	NEED(*server >= 0 && close(listener) == 0);
	return fd;
}

static SSL *begin(SSL_CTX *ctx, int fd, int server)
{
	char some[4096];
	SSL *ssl = client_for(ctx, "legacy.test");
	int n;
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	NEED(SSL_connect(ssl) == -1 && SSL_want_read(ssl));
	n = BIO_read(SSL_get_wbio(ssl), some, sizeof(some));
	NEED(write(fd, some, (size_t)n) == n && read(server, some, sizeof(some)) == n);
	return ssl;
}

static void reset(int fd)
{
	const struct linger at_once = {1, 0};
	NEED(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
	close(fd);
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx;
	SSL *ssl = NULL;
	int fd, server;

	NEED(argc == 3);
	ctx = client_context("root");
	fd = dial(&server);
	if (strcmp(argv[1], "within") == 0)
		ssl = begin(ctx, fd, server);
	wrong_numbers(argv[1]);
	interrupted(fd);
	children(fd);
	cancellation(fd);
	if (strcmp(argv[2], "reset") == 0)
		reset(server);
	NEED(close(fd) == 0);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (closer_print)
		closer_print();
	return 0;
}
