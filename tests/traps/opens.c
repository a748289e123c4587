/* SPDX-License-Identifier: ISC
 *
 * opens OUT PROGRAM [ARG...]: runs PROGRAM under ptrace(2) and writes one line to OUT for each file that it opens and each
 * socket that it makes, so that a test needs no strace. x86-64 and aarch64; exits with 77 where tracing is not allowed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* As in linux/ptrace.h, which does not go together with sys/ptrace.h on older systems. */
struct syscall_info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t instruction_pointer, stack_pointer, number, args[6];
};
enum { OP_ENTRY = 1 };

static void print_path(FILE *out, pid_t pid, uint64_t address)
{
	char path[4096] = "";

	for (size_t i = 0; i + 1 < sizeof(path); i++) {
		struct iovec to = {path + i, 1}, from = {(void *)(uintptr_t)(address + i), 1};

		if (process_vm_readv(pid, &to, 1, &from, 1, 0) != 1 || path[i] == '\0')
			break;
	}
	fprintf(out, "open %s\n", path);
}

static void print_call(FILE *out, pid_t pid)
{
	struct syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <= 0 ||
	    info.op != OP_ENTRY)
		return;
	if (info.number == SYS_openat)
		print_path(out, pid, info.args[1]);
#ifdef SYS_open
	if (info.number == SYS_open)
		print_path(out, pid, info.args[0]);
#endif
	if (info.number == SYS_socket)
		fprintf(out, "socket %d\n", (int)info.args[0]);
	if (info.number == SYS_clone)
		fprintf(out, "clone\n");
}

int main(int argc, char **argv)
{
	FILE *out;
	pid_t pid;
	int status;

	if (argc < 3)
		return 95;
	pid = fork();
	if (pid == 0) {
		/* Only the traced program is preloaded. */
		const char *preload = getenv("TRACED_PRELOAD");

		if (preload)
			setenv("LD_PRELOAD", preload, 1);
		unsetenv("TRACED_PRELOAD");
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(77);
		raise(SIGSTOP);
		execv(argv[2], argv + 2);
		_exit(127);
	}
	out = fopen(argv[1], "w");
	if (!out || waitpid(pid, &status, 0) != pid)
		return 94;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	for (int signal_number = 0;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal_number) != 0 ||
		    waitpid(pid, &status, 0) != pid)
			return 93;
		if (WIFEXITED(status) || WIFSIGNALED(status))
			break;
		signal_number = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			print_call(out, pid);
		else if (WSTOPSIG(status) != SIGTRAP)
			signal_number = WSTOPSIG(status);
	}
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
