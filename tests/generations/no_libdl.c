/* SPDX-License-Identifier: ISC
 *
 * Needs libc alone, which before glibc 2.34 has no dlsym(3): names, threads, a child, its own environment.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct addrinfo hint = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *list = NULL;
	const int found = getaddrinfo("127.0.0.1", "443", &hint, &list);
	int status = 0;

	if (argc > 1)
		return 3;
	setenv("SOMETHING", "new", 1);
	if (list)
		freeaddrinfo(list);
	fflush(stdout);
	if (fork() == 0) {
		execl(argv[0], argv[0], "again", (char *)NULL);
		_exit(4);
	}
	wait(&status);
	printf("%d %d %s\n", found, WEXITSTATUS(status), getenv("SOMETHING"));
	return 0;
}
