/* SPDX-License-Identifier: ISC
 *
 * environment: the process's side, read once and kept. What a variable means stands in
 * environment_read.c. */
#include <tlsmend/base.h>
#include <tlsmend/loader.h>

#include "environment_read.h"
#include <tlsmend/system.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

static const char *const nothing_bad[] = {NULL};

/* For a signal handler that interrupts the first reading: inert, until the reading is done. */
static const struct environment not_yet = {
    .disabled = true, .program = "unknown", .bad = nothing_bad};

bool environment_is_secure(void)
{
	return process_auxiliary(AT_SECURE) != 0;
}

const char *environment_exe(void)
{
	enum { LONGEST = 4096 };
	static _Atomic(char *) published;
	char *path = atomic_load(&published), *none = NULL;
	if (path)
		return path;
	KEEP_ERRNO_BEGIN
	path = calloc(1, LONGEST);
	long n = path ? sys_readlink("/proc/self/exe", path, LONGEST - 1) : -1;
	if (n <= 0 || !atomic_compare_exchange_strong(&published, &none, path)) {
		free(path);
		path = none;
	}
	KEEP_ERRNO_END
	return path;
}

/* No allocation: this runs at the start of every process, and most have no TLS. */
static void read_program(struct environment *e)
{
	static char program[64];
	const char *name = process_name();
	strlcpy(program, *name ? name : "unknown", sizeof program);
	e->program = program;
}

static _Atomic(const struct environment *) published;

__attribute__((noinline)) static const struct environment *read_first(void)
{
	static struct environment environment;
	static struct arena arena;
	/* enough for what most have set: a process without TLS is no reason to begin with malloc(3) */
	static _Alignas(max_align_t) char room[1024];
	static struct lock lock;
	bool stale;
	if (!lock_enter(&lock, &stale))
		return &not_yet;
	const struct environment *e = atomic_load(&published);
	if (!e) {
		if (stale) /* half made by a thread of the parent: given up, not freed */
			arena = (struct arena){0};
		/* without memory it is not known which rules there are: asked again then, at once and at the next question */
		for (int tries = 0; tries == 0 || (arena.failed && tries < 2); tries++) {
			arena_free(&arena);
			arena = (struct arena){0};
			arena_lend(&arena, room, sizeof room);
			environment_read(&environment, &arena, process_start()->environment,
					 environment_is_secure(), TLSMEND_CONFIG_DEFAULT);
		}
		read_program(&environment);
		e = arena.failed ? &not_yet : &environment;
		if (!arena.failed)
			atomic_store(&published, e);
	}
	lock_leave(&lock);
	return e;
}

/* Asked in each call of a hook. */
const struct environment *environment_get(void)
{
	const struct environment *e = atomic_load_explicit(&published, memory_order_acquire);
	return e ? e : read_first();
}
