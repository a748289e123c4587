/* SPDX-License-Identifier: ISC
 *
 * A write may raise SIGPIPE (nobody reads), SIGXFSZ (file size limit) or SIGTTOU (background job on a
 * terminal with "stty tostop"). The first two kill the host, the third stops it. All are held back in
 * this thread for the moment of the write, and one that the write caused is taken away again. By system call:
 * pthread_sigmask(3) and sigtimedwait(3) belong to the thread library of old glibc. */
#include "destination.h"

#include <tlsmend/system.h>

#include <signal.h>
#include <sys/syscall.h>

enum { KERNEL_SET_SIZE = sizeof(uint64_t) };

static uint64_t bit(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

static long address(const void *p)
{
	return (long)(intptr_t)p;
}

void signals_hold(struct held_signals *s)
{
	const uint64_t set = bit(SIGPIPE) | bit(SIGXFSZ) | bit(SIGTTOU);
	*s = (struct held_signals){0};
	s->held = !sys_call(SYS_rt_sigprocmask, SIG_BLOCK, address(&set), address(&s->mask),
			    KERNEL_SET_SIZE, 0, 0);
	sys_call(SYS_rt_sigpending, address(&s->pending), KERNEL_SET_SIZE, 0, 0, 0, 0);
}

void signals_release(const struct held_signals *s, int write_error)
{
	const struct timespec now = {0, 0};
	uint64_t caused = write_error == EPIPE   ? bit(SIGPIPE)
			  : write_error == EFBIG ? bit(SIGXFSZ)
						 : 0;
	if (!s->held)
		return;
	caused &= ~s->pending; /* one that waited before is the host's */
	if (caused)
		sys_call(SYS_rt_sigtimedwait, address(&caused), 0, address(&now), KERNEL_SET_SIZE,
			 0, 0);
	sys_call(SYS_rt_sigprocmask, SIG_SETMASK, address(&s->mask), 0, KERNEL_SET_SIZE, 0, 0);
}
