/* SPDX-License-Identifier: ISC
 *
 * syscall(2), from a constructor on: six arguments, errors, a call that comes back twice, and seccomp(2) that is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((constructor)) static void at_load(void)
{
	errno = 0;
	const long result = syscall(SYS_close, -1);
	printf("close %ld %d\n", result, errno);
}

static void six_arguments(void)
{
	enum { PAGE = 4096 };
	const int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY);
#ifdef SYS_mmap2
	const long offset = 1, at = syscall(SYS_mmap2, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, offset);
#else
	const long offset = PAGE,
		   at = syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, offset);
#endif
	char mine[16] = "", file[16] = " ";
	memcpy(mine, (const void *)at, sizeof mine);
	printf("pread %ld\n", (long)pread(fd, file, sizeof file, PAGE));
	printf("mmap %d\n", at != -1 && memcmp(mine, file, sizeof mine) == 0);
}

int main(void)
{
	int status = 0;
	six_arguments();
	fflush(stdout);
	const long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(7);
	const bool ended = waitpid((pid_t)child, &status, 0) == child;
	printf("clone %d %d\n", ended, WEXITSTATUS(status));
	errno = 0;
	const long refused = syscall(SYS_seccomp, 99, 0, NULL);
	printf("seccomp %ld %d\n", refused, errno);
	return 0;
}
