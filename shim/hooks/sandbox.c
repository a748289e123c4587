/* SPDX-License-Identifier: ISC
 *
 * A process that locks itself up (seccomp) does so by prctl(2), or by number through syscall(2), as libseccomp does. From then on a system call that the
 * host does not make itself may end it, so nothing is looked at again: rules stay as they were. That it gains no privileges any more
 * (PR_SET_NO_NEW_PRIVS, which the kernel wants first) forbids nothing: haproxy and many a service stop there.
 */
#include "closed.h"
#include "hooks.h"
#include "jump.h"

#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tlsmend/system.h>

enum { SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 }; /* prctl(2) */

/* As in libc, where the system call is all there is to it. */
static int prctl_and_note(int option, unsigned long a, unsigned long b, unsigned long c,
			  unsigned long d)
{
#ifdef JUMPS_IN_ASSEMBLER
	const bool locks = option == SET_SECCOMP;
#else
	/* syscall(2) is not seen */
	const bool locks = option == SET_SECCOMP || option == SET_NO_NEW_PRIVS;
#endif
	const int result =
	    (int)sys_answer(sys_call(SYS_prctl, option, (long)a, (long)b, (long)c, (long)d, 0));
	if (result == 0 && locks)
		sandbox_note();
	return result;
}

#ifdef JUMPS_IN_ASSEMBLER
JUMP_OF(prctl);
JUMP_OF(syscall);

static long syscall_itself(long number, ...)
{
	long a[6];
	va_list rest;
	va_start(rest, number);
	for (unsigned i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	return sys_answer(sys_call(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* What comes back may be a descriptor, or the thread that kept it from holding for all. */
static long seccomp_and_note(long number, long operation, long flags, long arguments)
{
	const long result = sys_answer(sys_call(number, operation, flags, arguments, 0, 0, 0));
	if (result >= 0)
		sandbox_note();
	return result;
}

/* Another's gets all that it may take, and is believed before it was called. */
static any_fn *locks(struct jump *j, any_fn *libcs)
{
	if (jump_is_libcs(j))
		return libcs;
	sandbox_note();
	return atomic_load(&j->next);
}

any_fn *sandbox_asked_prctl(uintptr_t option, uintptr_t unused)
{
	any_fn *const next = jump_next(&jump_prctl, (any_fn *)prctl_and_note);
	(void)unused;
	jump_turn(&jump_prctl, NULL, NULL);
	return (unsigned)option == SET_SECCOMP ? locks(&jump_prctl, (any_fn *)prctl_and_note)
					       : next;
}

/* libuv closes its sockets so: Node.js, dig (design.md#lost). */
any_fn *sandbox_asked_syscall(uintptr_t number, uintptr_t first)
{
	enum { SET_MODE_STRICT, SET_MODE_FILTER };
	any_fn *const next = jump_next(&jump_syscall, (any_fn *)syscall_itself);
	jump_turn(&jump_syscall, NULL, NULL);
	if (number == SYS_close)
		closed_is_next((int)first);
	if (number == SYS_seccomp &&
	    ((unsigned)first == SET_MODE_STRICT || (unsigned)first == SET_MODE_FILTER))
		return locks(&jump_syscall, (any_fn *)seccomp_and_note);
	return next;
}
#else
__attribute__((visibility("default"))) int prctl(int option, unsigned long a, unsigned long b,
						 unsigned long c, unsigned long d);

int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return prctl_and_note(option, a, b, c, d);
}
#endif
