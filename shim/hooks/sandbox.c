/* SPDX-License-Identifier: ISC
 *
 * A process that locks itself up (seccomp) does so by prctl(2), or at least says by it that it gains no privileges any more, which the
 * kernel wants first of anybody but root. From then on a system call that the host does not make itself may end it, so nothing is
 * looked at again: rules stay as they were.
 */
#include "hooks.h"

#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) int prctl(int option, unsigned long a, unsigned long b,
						 unsigned long c, unsigned long d);

/* The system call is all there is to it in libc. No look for who else defines it: a child of fork(2) may be the caller. */
int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	enum { SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };
	const int result = (int)syscall(SYS_prctl, option, a, b, c, d);
	if (result == 0 && (option == SET_SECCOMP || option == SET_NO_NEW_PRIVS))
		sandbox_note();
	return result;
}
