/* SPDX-License-Identifier: ISC
 *
 * Trap: send(2) and sendmsg(2) are called by signal handlers and by children of vfork(2), with numbers and addresses that are none, and are
 * cancellation points. Here all of that happens while a ClientHello is on its way whose socket they may show, and while none is. Proves design.md#lost.
 *
 * sends before|within      before: without a handshake
 */
#include "common.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

__attribute__((weak)) void sender_print(void);

static volatile sig_atomic_t ticks;
static int drain;

static ssize_t message(int fd, void *data, size_t size, size_t parts)
{
	struct iovec part[2] = {{data, size}, {data, size}};
	const struct msghdr m = {.msg_iov = part, .msg_iovlen = parts};
	return sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void on_tick(int number)
{
	const int saved = errno;
	char tick[64] = {22, 3, 1, 0, 59, 1};
	send(drain, tick, sizeof(tick), MSG_NOSIGNAL | MSG_DONTWAIT);
	message(drain, tick, sizeof(tick), 2);
	send(-1, tick, sizeof(tick), 0);
	errno = saved;
	ticks++;
	(void)number;
}

static void said(const char *what, ssize_t result)
{
	printf("%s: %zd %s\n", what, result, result < 0 ? strerror(errno) : "-");
}

/* What looks like a ClientHello, up to a page that cannot be read. */
static void wrong_ones(int fd)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *two =
	    mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *edge;
	NEED(two != MAP_FAILED && mprotect(two + page, page, PROT_NONE) == 0);
	edge = two + page - 6;
	memcpy(edge, "\x16\x03\x01\x00\x80\x01", 6);
	errno = 0;
	said("no socket", send(-1, edge, 6, 0));
	said("no socket, message", message(-1, edge, 6, 1));
	said("no address", send(fd, NULL, 64, MSG_NOSIGNAL));
	said("no address, message", message(fd, NULL, 64, 1));
	said("no message", sendmsg(fd, NULL, MSG_NOSIGNAL));
	said("no parts", message(fd, NULL, 0, 0));
	said("behind the edge", send(fd, edge + 6, 64, MSG_NOSIGNAL));
	said("nothing", send(fd, edge, 0, MSG_NOSIGNAL));
	said("up to the edge", send(fd, edge, 6, MSG_NOSIGNAL));
	said("up to the edge, twice", message(fd, edge, 6, 2));
	errno = 77;
	NEED(send(fd, edge, 1, MSG_NOSIGNAL) == 1 && message(fd, edge, 1, 1) == 1);
	printf("errno %d\n", errno);
	munmap(two, 2 * page);
}

static void interrupted(int fd)
{
	const struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
	char data[64] = {22, 3, 1, 0, 59, 1};
	signal(SIGALRM, on_tick);
	setitimer(ITIMER_REAL, &often, NULL);
	while (ticks < 50) {
		send(fd, data, sizeof(data), MSG_NOSIGNAL | MSG_DONTWAIT);
		message(fd, data, sizeof(data), 1);
		while (recv(drain, data, sizeof(data), MSG_DONTWAIT) > 0)
			;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

static void children(int fd)
{
	char data[64] = {22, 3, 1, 0, 59, 1};
	int status;
	const pid_t v = vfork();
	if (v == 0)
		_exit(send(fd, data, sizeof(data), 0) == sizeof(data) ? 0 : 1);
	NEED(waitpid(v, &status, 0) == v && status == 0);
	const pid_t f = fork();
	if (f == 0)
		_exit(message(fd, data, sizeof(data), 1) == sizeof(data) ? 0 : 1);
	NEED(waitpid(f, &status, 0) == f && status == 0);
}

static void *cancelled(void *arg)
{
	int old;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	send(*(int *)arg, "x", 1, MSG_NOSIGNAL);
	return NULL;
}

static void cancellation(int fd)
{
	pthread_t thread;
	void *result = NULL;
	NEED(pthread_create(&thread, NULL, cancelled, &fd) == 0);
	NEED(pthread_join(thread, &result) == 0);
	printf("cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx;
	SSL *ssl = NULL;
	char hello[4096], came[4096];
	int ends[2], n;

	NEED(argc == 2 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	drain = ends[1];
	ctx = client_context("root");
	if (strcmp(argv[1], "within") == 0) {
		ssl = client_for(ctx, "legacy.test");
		SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
		NEED(SSL_connect(ssl) == -1 && SSL_want_read(ssl));
	}
	wrong_ones(ends[0]);
	interrupted(ends[0]);
	children(ends[0]);
	cancellation(ends[0]);
	while (recv(drain, came, sizeof(came), MSG_DONTWAIT) > 0)
		;
	if (ssl) {
		n = BIO_read(SSL_get_wbio(ssl), hello, sizeof(hello));
		NEED(send(ends[0], hello, (size_t)n, MSG_NOSIGNAL) == n);
		NEED(recv(drain, came, sizeof(came), 0) == n &&
		     memcmp(hello, came, (size_t)n) == 0);
	}
	close(ends[0]);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (sender_print)
		sender_print();
	return 0;
}
