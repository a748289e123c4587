/* SPDX-License-Identifier: ISC
 *
 * Trap: a program that defines functions and variables of libc's names, as caches of dl_iterate_phdr(3), sanitizers, mocks and libraries
 * for user-level networking do. Each finds the next of its name with dlsym(3), as those do, also before anything was
 * initialised; what the preloaded library calls of them is one call too many. Its `environ` and its program name are not libc's.
 *
 * own_names ANCHORS LEAF HOST
 */
#include <arpa/inet.h>
#include <errno.h>
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int in_main;

/* Not with functions that are defined here. */
static int is_part_of(const char *path, const char *part)
{
	for (; path && *path; path++) {
		size_t i = 0;
		while (part[i] && path[i] == part[i])
			i++;
		if (!part[i])
			return 1;
	}
	return 0;
}

static void say(const char *text)
{
	const char *end = text;
	while (*end)
		end++;
	if (write(STDERR_FILENO, text, (size_t)(end - text)) < 0)
		_exit(87);
}

static void check_caller(const char *name, void *caller)
{
	Dl_info info;
	if (!dladdr(caller, &info) || !is_part_of(info.dli_fname, "libtlsmend"))
		return;
	say(name);
	say(in_main ? " was called by the library\n" : " was called by the library before main\n");
	_exit(88);
}

#define WRAP(ret, name, params, args)                                                              \
	ret name params                                                                            \
	{                                                                                          \
		static union {                                                                     \
			void *object;                                                              \
			ret(*function) params;                                                     \
		} next;                                                                            \
		check_caller(#name, __builtin_return_address(0));                                  \
		if (!next.object)                                                                  \
			next.object = dlsym(RTLD_NEXT, #name);                                     \
		return next.function args;                                                         \
	}

typedef int phdr_callback(struct dl_phdr_info *, size_t, void *);
WRAP(int, dl_iterate_phdr, (phdr_callback * callback, void *data), (callback, data))
WRAP(void *, memcpy, (void *d, const void *s, size_t n), (d, s, n))
WRAP(void *, memmove, (void *d, const void *s, size_t n), (d, s, n))
WRAP(void *, memset, (void *d, int c, size_t n), (d, c, n))
WRAP(int, memcmp, (const void *a, const void *b, size_t n), (a, b, n))
WRAP(void *, memchr, (const void *s, int c, size_t n), (s, c, n))
WRAP(void *, memrchr, (const void *s, int c, size_t n), (s, c, n))
WRAP(void *, memmem, (const void *s, size_t n, const void *w, size_t m), (s, n, w, m))
WRAP(size_t, strlen, (const char *s), (s))
WRAP(size_t, strnlen, (const char *s, size_t n), (s, n))
WRAP(int, strcmp, (const char *a, const char *b), (a, b))
WRAP(int, strncmp, (const char *a, const char *b, size_t n), (a, b, n))
WRAP(char *, strchr, (const char *s, int c), (s, c))
WRAP(char *, strrchr, (const char *s, int c), (s, c))
WRAP(char *, strstr, (const char *s, const char *w), (s, w))
WRAP(size_t, strspn, (const char *s, const char *w), (s, w))
WRAP(size_t, strcspn, (const char *s, const char *w), (s, w))
WRAP(char *, strdup, (const char *s), (s))
WRAP(char *, strndup, (const char *s, size_t n), (s, n))
WRAP(char *, getenv, (const char *name), (name))
WRAP(unsigned long, getauxval, (unsigned long type), (type))
WRAP(pid_t, getpid, (void), ())
WRAP(uid_t, geteuid, (void), ())
WRAP(gid_t, getegid, (void), ())
WRAP(int, getgroups, (int n, gid_t *list), (n, list))
WRAP(int, fileno, (FILE * stream), (stream))
WRAP(int, clock_gettime, (clockid_t which, struct timespec *t), (which, t))
WRAP(int, inet_pton, (int family, const char *text, void *out), (family, text, out))
WRAP(const char *, inet_ntop, (int family, const void *a, char *text, socklen_t n),
     (family, a, text, n))
WRAP(ssize_t, recv, (int fd, void *data, size_t n, int flags), (fd, data, n, flags))
WRAP(int, getsockopt, (int fd, int level, int name, void *v, socklen_t *n), (fd, level, name, v, n))
WRAP(int, getpeername, (int fd, __SOCKADDR_ARG a, socklen_t *n), (fd, a, n))
WRAP(int *, __errno_location, (void), ())

/* These nobody else here calls. */
int ioctl(int fd, unsigned long request, ...)
{
	(void)fd;
	(void)request;
	check_caller("ioctl", __builtin_return_address(0));
	return -1;
}

long syscall(long number, ...)
{
	(void)number;
	check_caller("syscall", __builtin_return_address(0));
	_exit(86);
}

#define NOBODYS(name)                                                                              \
	int name(void);                                                                            \
	int name(void)                                                                             \
	{                                                                                          \
		check_caller(#name, __builtin_return_address(0));                                  \
		_exit(85);                                                                         \
	}
NOBODYS(strlcpy)
NOBODYS(strlcat)
NOBODYS(strtonum)
NOBODYS(fparseln)

static char *nothing[] = {NULL};
char **environ = nothing;
char *program_invocation_short_name, *__progname;

/* Where sanitizers begin: before any constructor. */
static void early(void)
{
	static char text[32];
	if (!dlsym(RTLD_NEXT, "malloc") || dlsym(RTLD_DEFAULT, "no_such_function"))
		_exit(84);
	strncmp(memcpy(text, "some", 5), "more", 4);
	dlerror();
}
__attribute__((section(".preinit_array"), used)) static void (*first)(void) = early;

#include "common.h"

int main(int argc, char **argv)
{
	NEED(argc == 4);
	in_main = 1;
	return !try_host(argv[1], argv[2], argv[3]);
}
