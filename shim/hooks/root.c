/* SPDX-License-Identifier: ISC
 *
 * A process is about to go into another root directory: chroot(2), as Postfix, haproxy, OpenVPN, stunnel and unbound do once they have read their own files.
 * What rules name is not there any more afterwards, so it is read now. A program that has no OpenSSL pays for one look whether it has.
 */
#include <sys/syscall.h>

#include <tlsmend/loader.h>
#include <tlsmend/system.h>

#include "hooks.h"
#include "jump.h"

static int chroot_itself(const char *path)
{
	return (int)sys_answer(sys_call(SYS_chroot, (long)(intptr_t)path, 0, 0, 0, 0, 0));
}

JUMP_OF(chroot);

/* A child of vfork(2), or of clone(2) itself, has the memory of a thread with another number, and execs soon. */
static bool has_its_own_memory(void)
{
	return thread_number() == (uint32_t)sys_gettid();
}

/* What was forked off where there were several threads has OpenSSL's locks as those threads left them, some held for ever: it only may do what a
 * signal handler may. glibc 2.32 and later tell, as the variable keeps its value in the child; of others it is not known. */
static bool may_call_openssl(void)
{
	enum { STARTED_PROCESS = 1 };
	const struct lookup q = {.name = LOADER_NAME("__libc_single_threaded")};
	if (process_generation() == STARTED_PROCESS)
		return true;
	const char *single = loader_definer(&q, NULL);
	return single && *(const volatile char *)single;
}

any_fn *root_asked_chroot(uintptr_t path, uintptr_t unused)
{
	any_fn *const next = jump_next(&jump_chroot, (any_fn *)chroot_itself);
	(void)path;
	(void)unused;
	KEEP_ERRNO_BEGIN
	if (has_its_own_memory() && binding_start() && !hooks_inert() && !sandbox_entered() &&
	    binding_present())
		policy_stock_up(may_call_openssl());
	KEEP_ERRNO_END
	return next;
}
