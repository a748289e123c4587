/* SPDX-License-Identifier: ISC
 *
 * Functions that are libc's own here, out of its symbol table, whoever else defines their names. What libc does not have is as if it
 * failed.
 */
#include <tlsmend/loader.h>

#include <tlsmend/system.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define BORROW(ret, name, params, args, otherwise)                                                 \
	static void *_Atomic own_##name;                                                           \
	__attribute__((noinline)) static void *find_##name(void)                                   \
	{                                                                                          \
		void *p = loader_libc_function(&LOADER_NAME(#name));                               \
		atomic_store_explicit(&own_##name, p, memory_order_relaxed);                       \
		return p;                                                                          \
	}                                                                                          \
	ret name params                                                                            \
	{                                                                                          \
		union {                                                                            \
			void *object;                                                              \
			ret(*function) params;                                                     \
		} f = {.object = atomic_load_explicit(&own_##name, memory_order_relaxed)};         \
		if (!f.object)                                                                     \
			f.object = find_##name();                                                  \
		return f.object ? f.function args : (otherwise);                                   \
	}

static long pointer(const void *p)
{
	return (long)(intptr_t)p;
}

/* Where errno is. libc sets its own and no other; before libc is found nothing can fail. */
static int no_errno;
BORROW(int *, __errno_location, (void), (), &no_errno)
/* From the vDSO where there is one: no system call, which a sandbox might not allow. */
BORROW(int, clock_gettime, (clockid_t which, struct timespec *t), (which, t),
       (int)sys_call(SYS_clock_gettime, which, pointer(t), 0, 0, 0, 0))
BORROW(int, inet_pton, (int family, const char *text, void *address), (family, text, address), -1)
BORROW(const char *, inet_ntop, (int family, const void *address, char *text, socklen_t room),
       (family, address, text, room), NULL)
/* The layout of a stream is libc's secret. */
BORROW(int, fileno, (FILE * stream), (stream), -1)
/* In time that grows with both lengths' sum and not their product: a peer chooses both. */
BORROW(void *, memmem, (const void *s, size_t n, const void *word, size_t length),
       (s, n, word, length), NULL)

/* libc's is chosen at run time, by a resolver of its own. */
/* Not by memmem(), which wants to know the length: a long text is searched on from each hit. */
char *strstr(const char *s, const char *word)
{
	for (;; s++) {
		size_t n = 0;
		while (word[n] && s[n] == word[n])
			n++;
		if (!word[n])
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}
