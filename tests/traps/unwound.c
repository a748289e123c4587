/* SPDX-License-Identifier: ISC
 *
 * Trap: whoever looks up the stack at any instruction between a call of close(2) and the like and its end finds who called. Here it is a handler of SIGTRAP, step by step, where
 * the processor can (x86). And a thread that is cancelled in one of them has its handlers run. Proves design.md#jump.
 */
#include "common.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unwind.h>

static volatile sig_atomic_t looks, lost;

static int calls(int which);

static _Unwind_Reason_Code up(struct _Unwind_Context *context, void *found)
{
	*(bool *)found |= _Unwind_GetRegionStart(context) == (uintptr_t)calls;
	return _URC_NO_REASON;
}

static void look(int number)
{
	bool found = false;
	_Unwind_Backtrace(up, &found);
	looks++;
	lost += !found;
	(void)number;
}

/* The trap flag; off comes one that may be on or off. */
static inline __attribute__((always_inline)) void step_by_step(bool on)
{
#ifdef __x86_64__
	__asm__ volatile("subq $128, %%rsp\n pushfq\n andq $~0x100, (%%rsp)\n orq %0, (%%rsp)\n "
			 "popfq\n addq $128, %%rsp" ::"r"(on ? 0x100L : 0L)
			 : "cc", "memory");
#elif defined __i386__
	__asm__ volatile(
	    "pushfl\n andl $~0x100, (%%esp)\n orl %0, (%%esp)\n popfl" ::"r"(on ? 0x100L : 0L)
	    : "cc", "memory");
#else
	(void)on;
#endif
}

__attribute__((noinline)) static int calls(int which)
{
	char byte = 0;
	const struct msghdr m = {.msg_iov = NULL};
	long result = 0;
	errno = 0;
	step_by_step(true);
	switch (which) {
	case 0:
		result = close(-1);
		break;
	case 1:
		result = shutdown(-1, SHUT_RDWR);
		break;
	case 2:
		result = send(-1, &byte, 1, 0);
		break;
	case 3:
		result = sendmsg(-1, &m, 0);
		break;
	default:
		result = syscall(SYS_fchdir, -1);
		break;
	}
	step_by_step(false);
	return result == -1 && errno == EBADF;
}

static void handler(void *arg)
{
	++*(int *)arg;
}

static void *cancelled(void *arg)
{
	int old;
	pthread_cleanup_push(handler, arg);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	pthread_cleanup_push(handler, arg);
	send(-1, "x", 1, MSG_NOSIGNAL);
	close(-1);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancellation(const char *when)
{
	pthread_t thread;
	void *result = NULL;
	int handlers = 0;
	NEED(pthread_create(&thread, NULL, cancelled, &handlers) == 0);
	NEED(pthread_join(thread, &result) == 0);
	printf("%s: cancelled %d, %d handlers\n", when, result == PTHREAD_CANCELED, handlers);
}

int main(void)
{
	SSL_CTX *ctx;
	SSL *ssl;
	look(0);
	looks = lost = 0;
	signal(SIGTRAP, look);
	for (int i = 0; i < 10; i++)
		printf("call %d as it is: %d\n", i, calls(i / 2));
	printf("caller lost: %d, looked %s\n", lost, looks > 100 ? "often" : "never");
	ctx = client_context("root");
	ssl = client_for(ctx, "legacy.test");
	cancellation("before");
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	NEED(SSL_connect(ssl) == -1 && SSL_want_read(ssl));
	cancellation("within");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return 0;
}
