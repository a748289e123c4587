/* SPDX-License-Identifier: ISC
 *
 * A process is about to go into another root directory: chroot(2), as Postfix, haproxy, OpenVPN, stunnel and unbound do once they have read their own files.
 * What rules name is not there any more afterwards, so it is read now. A program that has no OpenSSL pays for one look whether it has.
 */
#include <sys/syscall.h>

#include <tlsmend/system.h>

#include "hooks.h"
#include "jump.h"

static int chroot_itself(const char *path)
{
	return (int)sys_answer(sys_call(SYS_chroot, (long)(intptr_t)path, 0, 0, 0, 0, 0));
}

JUMP_OF(chroot);

any_fn *root_asked_chroot(uintptr_t path, uintptr_t unused)
{
	any_fn *const next = jump_next(&jump_chroot, (any_fn *)chroot_itself);
	(void)path;
	(void)unused;
	KEEP_ERRNO_BEGIN
	if (binding_start() && !hooks_inert() && !sandbox_entered() && binding_present())
		policy_stock_up();
	KEEP_ERRNO_END
	return next;
}
