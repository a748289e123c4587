/* SPDX-License-Identifier: ISC
 *
 * Trap: a library of the program's has a send() of its own, with more arguments and another meaning, a sendmsg() that returns a double, and a shutdown() and a close() of long numbers. All are called as without us, also while
 * a ClientHello is on its way. Proves design.md#lost.
 */
#ifdef FOREIGN_LIBRARY

long send(long a, long b, long c, long d, long e, long f, long g);
double sendmsg(double x, const char *y);

long send(long a, long b, long c, long d, long e, long f, long g)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g;
}

long shutdown(long a, long b);
long close(long a);

long close(long a)
{
	return a + 1;
}

long shutdown(long a, long b)
{
	return a + b;
}

double sendmsg(double x, const char *y)
{
	return x * (y ? 2 : 1);
}

#else

#define send     socket_send
#define sendmsg  socket_sendmsg
#define shutdown socket_shutdown
#define close    file_close
#include "common.h"
#undef send
#undef sendmsg
#undef shutdown
#undef close

long close(long a);
long shutdown(long a, long b);

long send(long a, long b, long c, long d, long e, long f, long g);
double sendmsg(double x, const char *y);

static void call(const char *when)
{
	for (int i = 0; i < 2; i++)
		printf("%s: %ld %.1f %ld %ld\n", when, send(-1, 1, 1L << 40, 3, 4, 5, 6),
		       sendmsg(2.25, "x"), shutdown((1L << 41) - 1, 1), close((1L << 42) - 1));
}

int main(void)
{
	SSL_CTX *ctx = client_context("root");
	SSL *ssl = client_for(ctx, "legacy.test");
	call("before");
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	NEED(SSL_connect(ssl) == -1 && SSL_want_read(ssl));
	call("within");
	SSL_free(ssl);
	call("behind");
	SSL_CTX_free(ctx);
	return 0;
}

#endif
