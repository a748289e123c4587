/* SPDX-License-Identifier: ISC
 *
 * A process that locks itself up (seccomp) does so by prctl(2), or by number through syscall(2), as libseccomp does. From then on a system call that the
 * host does not make itself may end it, so nothing is looked at again: rules stay as they were. That it gains no privileges any more
 * (PR_SET_NO_NEW_PRIVS, which the kernel wants first) forbids nothing: haproxy and many a service stop there.
 */
#include "closed.h"
#include "hooks.h"

#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tlsmend/loader.h>
#include <tlsmend/system.h>

#if defined __x86_64__ || defined __aarch64__ || defined __arm__ || defined __i386__
#define SEES_SYSCALL 1 /* syscall_ARCH.S */
#else
#define SEES_SYSCALL 0
#endif

static long answer(long result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

__attribute__((visibility("default"))) int prctl(int option, unsigned long a, unsigned long b,
						 unsigned long c, unsigned long d);

/* The system call is all there is to it in libc. No look for who else defines it: a child of fork(2) may be the caller. */
int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	enum { SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };
	const int result =
	    (int)answer(sys_call(SYS_prctl, option, (long)a, (long)b, (long)c, (long)d, 0));
	if (result == 0 && (option == SET_SECCOMP || (!SEES_SYSCALL && option == SET_NO_NEW_PRIVS)))
		sandbox_note();
	return result;
}

/* ---- syscall(2): what the stub does not hand on ----------------------------------------------------------------------- */

typedef long syscall_fn(long number, ...);

/* The one behind ours; NULL: not looked for yet. Each caller would find the same. The stub jumps there. */
_Atomic(syscall_fn *) sandbox_next;

long sandbox_seccomp(long number, long operation, long flags, long arguments);
long sandbox_close(long number, long fd);
void sandbox_find(void);

/* What comes back may be a descriptor, or the thread that kept it from holding for all. */
long sandbox_seccomp(long number, long operation, long flags, long arguments)
{
	enum { SET_MODE_STRICT, SET_MODE_FILTER };
	const long result = answer(sys_call(number, operation, flags, arguments, 0, 0, 0));
	if (result >= 0 && (operation == SET_MODE_STRICT || operation == SET_MODE_FILTER))
		sandbox_note();
	return result;
}

/* libuv closes its sockets so: Node.js, dig (design.md#lost). */
long sandbox_close(long number, long fd)
{
	closed_is_next((int)fd);
	if (!atomic_load_explicit(&sandbox_next, memory_order_relaxed))
		sandbox_find();
	return atomic_load_explicit(&sandbox_next, memory_order_relaxed)(number, fd);
}

static long syscall_itself(long number, ...)
{
	long a[6];
	va_list rest;
	va_start(rest, number);
	for (unsigned i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	return answer(sys_call(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

void sandbox_find(void)
{
	const struct lookup q = {.name = "syscall"};
	const union {
		void *object;
		syscall_fn *function;
	} found = {.object = loader_next(&q)};
	KEEP_ERRNO_BEGIN
	atomic_store_explicit(&sandbox_next, found.object ? found.function : syscall_itself,
			      memory_order_relaxed);
	KEEP_ERRNO_END
}
