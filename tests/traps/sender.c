/* SPDX-License-Identifier: ISC
 *
 * Another preloaded library that has send(2), which it hands on through dlsym(RTLD_NEXT), and calls it when it is loaded, before the constructors of
 * others.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

void sender_print(void);

static unsigned long calls;

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	static ssize_t (*real)(int, const void *, size_t, int);

	calls++;
	if (!real)
		real = ((union {
			       void *object;
			       ssize_t (*function)(int, const void *, size_t, int);
		       }){dlsym(RTLD_NEXT, "send")})
			   .function;
	return real(fd, data, size, flags);
}

__attribute__((constructor)) static void at_load(void)
{
	errno = 0;
	if (send(-1, "", 0, 0) != -1 || errno != EBADF)
		printf("sender: no EBADF\n");
}

void sender_print(void)
{
	printf("sender: %s\n", calls > 50 ? "called" : "passed by");
}
