/* SPDX-License-Identifier: ISC
 *
 * Trap: stderr is a pipe whose reader is gone (a write raises SIGPIPE, which kills), or a pipe that is full (a write blocks for
 * ever). The host must neither die nor wait, and its signal mask, pending signals and the pipe's flags are as before.
 * Proves the contract of record_submit().
 *
 * signals closed|full|closed-socket default|blocked|pending|handled
 */
#include "common.h"
#include <fcntl.h>
#include <signal.h>

static volatile sig_atomic_t caught;

static void handler(int number)
{
	(void)number;
	caught++;
}

static void make_stderr(const char *kind)
{
	int pair[2];

	if (strcmp(kind, "closed-socket") == 0)
		NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	else
		NEED(pipe(pair) == 0);
	if (strcmp(kind, "full") == 0) {
		fcntl(pair[1], F_SETFL, O_NONBLOCK);
		while (write(pair[1], "0123456789abcdef", 16) > 0)
			;
		while (write(pair[1], "0", 1) > 0)
			;
		fcntl(pair[1], F_SETFL, 0);
	} else {
		close(pair[0]);
	}
	NEED(dup2(pair[1], 2) == 2);
	close(pair[1]);
}

static void print_signals(const char *when)
{
	sigset_t blocked, pending;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	sigpending(&pending);
	printf("%s:", when);
	for (int i = 1; i < 64; i++)
		if (sigismember(&blocked, i) == 1 || sigismember(&pending, i) == 1)
			printf(" %d(blocked %d, pending %d)", i, sigismember(&blocked, i),
			       sigismember(&pending, i));
	printf("; caught %d, flags of stderr %x\n", (int)caught, (unsigned)fcntl(2, F_GETFL));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	sigset_t set;

	NEED(argc == 3);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (strcmp(argv[2], "blocked") == 0 || strcmp(argv[2], "pending") == 0)
		sigprocmask(SIG_BLOCK, &set, NULL);
	if (strcmp(argv[2], "pending") == 0)
		raise(SIGPIPE);
	if (strcmp(argv[2], "handled") == 0)
		signal(SIGPIPE, handler);
	make_stderr(argv[1]);
	print_signals("before");
	for (int i = 0; i < 3; i++)
		try_host("unrelated", "legacy", "legacy.test");
	print_signals("after");
	return 0;
}
