/* SPDX-License-Identifier: ISC
 *
 * Trap: a library of the program's has functions of its own by the names of libc's that are watched, which take and give what theirs do not: more arguments than registers
 * hold, numbers of 64 bits, floating point, a varying number, structures. All are called as without us: the first time, while a ClientHello is on its way, and
 * behind it. Proves design.md#jump.
 */
#include <stdarg.h>

struct wide {
	double a, b;
	long long c;
	char text[40];
};

struct pair {
	long long a, b;
};

struct floats {
	float a, b, c;
};

#ifdef __i386__
/* what a library may have its arguments in */
#define IN_REGISTERS __attribute__((regparm(3)))
#else
#define IN_REGISTERS
#endif

#define FUNCTIONS                                                                                  \
	long long IN_REGISTERS send(long a, long long b, long c, double d, long e, float f,        \
				    long g, long h, long i, long j, long long k);                  \
	double sendmsg(double x, const char *y);                                                   \
	struct wide shutdown(long a, double b, double c, double d, double e, double f, double g,   \
			     double h, double i, double j, struct pair k);                         \
	long double close(int count, ...);                                                         \
	struct floats syscall(struct floats a, struct pair b, float c);                            \
	double prctl(long a, double b)

#ifdef FOREIGN_LIBRARY

FUNCTIONS;

long long IN_REGISTERS send(long a, long long b, long c, double d, long e, float f, long g, long h,
			    long i, long j, long long k)
{
	return a + 2 * b + 3 * c + (long long)(4 * d) + 5 * e + (long long)(6 * f) + 7 * g + 8 * h +
	       9 * i + 10 * j + 11 * k;
}

double sendmsg(double x, const char *y)
{
	return x * (y ? 2 : 1);
}

struct wide shutdown(long a, double b, double c, double d, double e, double f, double g, double h,
		     double i, double j, struct pair k)
{
	return (struct wide){(double)a + b + 2 * c + 3 * d + 4 * e + 5 * f,
			     6 * g + 7 * h + 8 * i + 9 * j, k.a - k.b, "a structure of its own"};
}

/* Each is a number, a long one, and a fraction. */
long double close(int count, ...)
{
	long double sum = 0;
	va_list list;
	va_start(list, count);
	for (int i = 1; i <= count; i++) {
		sum += i * va_arg(list, int);
		sum += i * (long double)va_arg(list, long long);
		sum += i * va_arg(list, double);
	}
	va_end(list);
	return sum;
}

struct floats syscall(struct floats a, struct pair b, float c)
{
	return (struct floats){a.a * c, a.b + (float)b.a, a.c - (float)b.b};
}

double prctl(long a, double b)
{
	return (double)a * b;
}

#else

#define send     socket_send
#define sendmsg  socket_sendmsg
#define shutdown socket_shutdown
#define close    file_close
#define syscall  by_number
#include "common.h"
#undef send
#undef sendmsg
#undef shutdown
#undef close
#undef syscall

FUNCTIONS;

static void call(const char *when)
{
	for (int i = 0; i < 2; i++) {
		const struct wide w =
		    shutdown(1, 2.25, 3, 4, 5, 6, 7, 8, 9, 10, (struct pair){1LL << 41, 1});
		const struct floats f =
		    syscall((struct floats){1.5f, 2, 3}, (struct pair){4, 5}, 3);
		printf("%s: %lld %.1f", when,
		       send(-1, 1LL << 40, 3, 0.25, 5, 0.5f, 7, 8, 9, 10, 1LL << 41),
		       sendmsg(2.25, "x"));
		printf(", %.2f %.1f %lld %s", w.a, w.b, w.c, w.text);
		printf(", %.3Lf", close(4, 1, 1LL << 42, 0.5, 2, 1LL << 43, 0.25, 3, 1LL << 44,
					0.125, 4, 1LL << 45, 0.75));
		printf(", %.2f %.2f %.2f", (double)f.a, (double)f.b, (double)f.c);
		/* as one that locks the process up */
		printf(", %.2f %.2f\n", prctl(2, 0.25), prctl(22, 0.75));
	}
}

int main(void)
{
	SSL_CTX *ctx;
	SSL *ssl;
	call("before");
	ctx = client_context("root");
	ssl = client_for(ctx, "legacy.test");
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	NEED(SSL_connect(ssl) == -1 && SSL_want_read(ssl));
	call("within");
	SSL_free(ssl);
	call("behind");
	SSL_CTX_free(ctx);
	return 0;
}

#endif
