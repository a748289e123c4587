/* SPDX-License-Identifier: ISC
 *
 * Trap: a dynamic program without a libc (a Go program with one external function, something made by hand). ld.so brings libc for the
 * preloaded library alone. It asks for a hook's function, if there is somebody to ask.
 */
#include <sys/syscall.h>

extern void *dlsym(void *handle, const char *name) __attribute__((weak));
void _start(void);

static long call(long number, long a, const void *b, long c)
{
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

__attribute__((force_align_arg_pointer, noreturn)) void _start(void)
{
	long found = 0;
	call(SYS_write, 1, "hello\n", 6);
	for (int i = 0; dlsym && i < 3; i++)
		found += dlsym((void *)0, i ? "SSL_connect" : "no_such_function") != (void *)0;
	call(SYS_exit, found, 0, 0);
	for (;;)
		;
}
