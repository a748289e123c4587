/* SPDX-License-Identifier: ISC
 *
 * Trap, as a second preloaded library: malloc, calloc and realloc give NULL for the call number $FAIL_AT that comes from within
 * libtlsmend (told by the return address), or from that call on with FAIL_FROM. The program and OpenSSL always get
 * their memory. How many calls there were goes to the file $FAIL_COUNT. Proves "no allocation failure may crash", and that a
 * failed allocation never makes a bad chain good.
 */
#include <fcntl.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static uintptr_t low, high;
static long fail_at, fail_from;
static atomic_long calls;

static int find(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size, (void)arg;
	if (!info->dlpi_name || !strstr(info->dlpi_name, "libtlsmend"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (low == 0 || info->dlpi_addr + p->p_vaddr < low)
			low = info->dlpi_addr + p->p_vaddr;
		if (info->dlpi_addr + p->p_vaddr + p->p_memsz > high)
			high = info->dlpi_addr + p->p_vaddr + p->p_memsz;
	}
	return 1;
}

/* Initialised by hand: libtlsmend's own constructor may run first. */
static int refuse(const void *caller)
{
	static int ready;
	long n;

	if (!ready) {
		ready = 1;
		if (getenv("FAIL_AT"))
			fail_at = atol(getenv("FAIL_AT"));
		if (getenv("FAIL_FROM"))
			fail_from = atol(getenv("FAIL_FROM"));
		dl_iterate_phdr(find, NULL);
	}
	if ((uintptr_t)caller < low || (uintptr_t)caller >= high)
		return 0;
	n = ++calls;
	if (n == fail_at || (fail_from != 0 && n >= fail_from)) {
		errno = ENOMEM;
		return 1;
	}
	return 0;
}

void *malloc(size_t n)
{
	return refuse(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return refuse(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return refuse(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("FAIL_COUNT");
	char text[32];
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%ld\n", (long)calls);
	if (write(fd, text, strlen(text)) < 0)
		_exit(94);
	close(fd);
}
