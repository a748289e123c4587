/* SPDX-License-Identifier: ISC */
#include "internal.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>

/* Of ld.so: where the stack began, with argc, argv, environment and auxiliary vector. Weak and without a version, as it is no part of
 * libc; where there is none, /proc tells. */
extern void *__libc_stack_end __attribute__((weak));

static char *const nothing[] = {NULL};
static const ElfW(auxv_t) no_auxiliary[1];

enum { AUXILIARY_MOST = 64 };

static bool is_auxiliary(const ElfW(auxv_t) * a)
{
	bool entry_size = false, page_size = false;
	for (unsigned i = 0; i < AUXILIARY_MOST && a[i].a_type != AT_NULL; i++) {
		if (a[i].a_type > 0xffff)
			return false;
		entry_size |= a[i].a_type == AT_PHENT && a[i].a_un.a_val == sizeof(ElfW(Phdr));
		page_size |= a[i].a_type == AT_PAGESZ && a[i].a_un.a_val >= 4096;
	}
	return entry_size && page_size;
}

/* musl gives constructors no arguments and keeps no such variable. But its own `environ` is what the kernel gave until somebody adds to
 * it, and argv stands below that. Anywhere else than on this stack, which is the first thread's, it is not looked at. */
static char **musl_stack(void)
{
	enum { ARGUMENTS_MOST = 1 << 20, STACK_MOST = 64 << 20 };
	char ***variable = loader_musl_symbol("__environ");
	char **end = variable ? *variable : NULL;
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	if ((uintptr_t)end <= here || (uintptr_t)end - here > STACK_MOST || *--end)
		return NULL;
	for (intptr_t n = 0; n < ARGUMENTS_MOST && (uintptr_t)--end > here; n++)
		if ((intptr_t)*end == n)
			return end;
	return NULL;
}

/* Behind the NULL that ends the environment; behind a later one, where somebody took variables out of it in place. The strings
 * are above all of that. */
static bool read_stack(struct process_start *s)
{
	char **at = &__libc_stack_end ? __libc_stack_end : musl_stack();
	long argc = at ? *(long *)(void *)at : -1;
	if (argc < 0 || argc > 1 << 24 || at[1 + argc])
		return false;
	s->argv = at + 1;
	at += 2 + argc;
	s->environment = at;
	const uintptr_t top = argc > 0 ? (uintptr_t)s->argv[0] : 0;
	const size_t most = top > (uintptr_t)at ? (top - (uintptr_t)at) / sizeof *at : 0;
	for (size_t i = 0; i < most; i++) {
		s->auxiliary = (const ElfW(auxv_t) *)(const void *)(at + i + 1);
		if (!at[i] && at[i + 1] && is_auxiliary(s->auxiliary))
			return true;
	}
	return false;
}

/* Another libc, or a stack that somebody wrote over. */
static bool read_proc(struct process_start *s)
{
	/* not among what every process touches: few need it */
	ElfW(auxv_t) *copy = sys_map_memory((AUXILIARY_MOST + 1) * sizeof *copy);
	const int fd = copy ? sys_open("/proc/self/auxv", O_RDONLY, 0) : -1;
	const long n = fd >= 0 ? sys_read(fd, copy, AUXILIARY_MOST * sizeof *copy) : -1;
	if (fd >= 0)
		sys_close(fd);
	s->argv = nothing;
	s->environment = nothing;
	s->auxiliary = copy;
	return n > 0 && is_auxiliary(copy);
}

const struct process_start *process_start(void)
{
	static struct process_start known;
	static atomic_bool ready;
	if (!atomic_load_explicit(&ready, memory_order_acquire)) {
		struct process_start s;
		if (!read_stack(&s) && !read_proc(&s))
			s.auxiliary = no_auxiliary;
		/* each thread would store the same */
		known = s;
		atomic_store_explicit(&ready, true, memory_order_release);
	}
	return &known;
}

unsigned long process_auxiliary(unsigned long type)
{
	for (const ElfW(auxv_t) *a = process_start()->auxiliary; a->a_type != AT_NULL; a++)
		if (a->a_type == type)
			return a->a_un.a_val;
	return 0;
}

/* Started as `ld.so PROGRAM`, argv[0] may still be ld.so's, but it sets AT_EXECFN to the program's. */
const char *process_name(void)
{
	const char *name = process_start()->argv[0];
	if (!loader_is_musl() && !process_auxiliary(AT_BASE) && process_auxiliary(AT_EXECFN))
		name = (const char *)(uintptr_t)process_auxiliary(AT_EXECFN);
	const char *slash = name ? strrchr(name, '/') : NULL;
	return slash ? slash + 1 : name ? name : "";
}
