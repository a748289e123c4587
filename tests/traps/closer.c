/* SPDX-License-Identifier: ISC
 *
 * Another preloaded library that has close(2), which it hands on through dlsym(RTLD_NEXT), and calls it when it is loaded, before the constructors of
 * others.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

int close(int fd);
void closer_print(void);

static unsigned long calls;

int close(int fd)
{
	static int (*real)(int);

	calls++;
	if (!real)
		real = ((union {
			       void *object;
			       int (*function)(int);
		       }){dlsym(RTLD_NEXT, "close")})
			   .function;
	return real(fd);
}

__attribute__((constructor)) static void at_load(void)
{
	errno = 0;
	if (close(-1) != -1 || errno != EBADF)
		printf("closer: no EBADF\n");
}

void closer_print(void)
{
	printf("closer: %s\n", calls > 100 ? "called" : "passed by");
}
