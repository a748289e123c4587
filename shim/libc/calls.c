/* SPDX-License-Identifier: ISC
 *
 * System calls, and what the kernel told at the start, under the names that libc has for them. Hidden: whoever writes getpid() in this library
 * gets this one, and not one of the host's.
 */
#include <tlsmend/loader.h>

#include <tlsmend/system.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long pointer(const void *p)
{
	return (long)(intptr_t)p;
}

/* The ones that know user numbers of 32 bits. */
#if UINTPTR_MAX == UINT32_MAX
#define CALL_GETEUID   SYS_geteuid32
#define CALL_GETEGID   SYS_getegid32
#define CALL_GETGROUPS SYS_getgroups32
#else
#define CALL_GETEUID   SYS_geteuid
#define CALL_GETEGID   SYS_getegid
#define CALL_GETGROUPS SYS_getgroups
#endif

pid_t getpid(void)
{
	return sys_getpid();
}

uid_t geteuid(void)
{
	return (uid_t)sys_call(CALL_GETEUID, 0, 0, 0, 0, 0, 0);
}

gid_t getegid(void)
{
	return (gid_t)sys_call(CALL_GETEGID, 0, 0, 0, 0, 0, 0);
}

int getgroups(int room, gid_t *groups)
{
	return (int)sys_answer(sys_call(CALL_GETGROUPS, room, pointer(groups), 0, 0, 0, 0));
}

int getpeername(int fd, __SOCKADDR_ARG address, socklen_t *size)
{
	return (int)sys_answer(
	    sys_call(SYS_getpeername, fd, pointer(address.__sockaddr__), pointer(size), 0, 0, 0));
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	return (int)sys_answer(
	    sys_call(SYS_getsockopt, fd, level, name, pointer(value), pointer(size), 0));
}

ssize_t recv(int fd, void *data, size_t n, int flags)
{
	return sys_answer(sys_call(SYS_recvfrom, fd, pointer(data), (long)n, flags, 0, 0));
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	return (int)sys_answer(sys_ioctl(fd, request, argument));
}

unsigned long getauxval(unsigned long type)
{
	return process_auxiliary(type);
}

/* Of the environment that the process began with: the host may be changing its own in another thread. */
char *getenv(const char *name)
{
	const size_t n = strlen(name);
	for (char *const *e = process_start()->environment; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

#ifdef __arm__
/* What the compiler's own functions for division call where the divisor is 0. libgcc's send a signal, by the host's raise(3). */
int __aeabi_idiv0(int result);
long long __aeabi_ldiv0(long long result);

int __aeabi_idiv0(int result)
{
	return result;
}

long long __aeabi_ldiv0(long long result)
{
	return result;
}
#endif
