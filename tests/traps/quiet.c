/* SPDX-License-Identifier: ISC
 *
 * Trap: a program that never uses TLS, and is preloaded like every other in a container. It must not pay with files opened,
 * descriptors left, threads, signal handlers or changed state. Proves issue "parsed lazily, at the first handshake".
 */
#include <dirent.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

int main(void)
{
	struct addrinfo *list = NULL, hint = {.ai_flags = AI_NUMERICHOST};
	struct sigaction action;
	sigset_t set;
	mode_t mask;

	printf("getaddrinfo %d\n", getaddrinfo("127.0.0.1", "443", &hint, &list));
	printf("address %s\n", list && list->ai_next ? "and more" : "only");
	freeaddrinfo(list);
	printf("failing getaddrinfo %d\n", getaddrinfo("no numeric host", NULL, &hint, &list));
	printf("descriptors %d, threads %d\n", entries("/proc/self/fd"),
	       entries("/proc/self/task"));
	for (int i = 1; i < 64; i++)
		if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			printf("signal %d is not at its default\n", i);
	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int i = 1; i < 64; i++)
		if (sigismember(&set, i) == 1)
			printf("signal %d is blocked\n", i);
	mask = umask(0);
	printf("umask %o\n", (unsigned)mask);
	return 0;
}
