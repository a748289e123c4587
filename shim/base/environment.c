/* SPDX-License-Identifier: ISC
 *
 * environment: the process's side, read once and kept. What a variable means stands in
 * environment_read.c. */
#include <tlsmend/base.h>

#include "environment_read.h"
#include "system.h"

#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char *const nothing_bad[] = {NULL};

/* For a signal handler that interrupts the first reading: inert, until the reading is done. */
static const struct environment not_yet = {
    .disabled = true, .program = "unknown", .bad = nothing_bad};

bool environment_is_secure(void)
{
	bool secure;

	KEEP_ERRNO_BEGIN
	secure = getauxval(AT_SECURE) != 0;
	KEEP_ERRNO_END
	return secure;
}

static const char *read_exe(struct arena *a)
{
	enum { LONGEST = 4096 };
	char *path = arena_alloc(a, LONGEST);
	const long n = path ? sys_readlink("/proc/self/exe", path, LONGEST - 1) : -1;

	return n > 0 ? path : NULL; /* arena memory is zeroed: terminated */
}

static void read_process(struct environment *e, struct arena *a)
{
	const char *name = program_invocation_short_name;

	e->program = arena_strdup(a, name && *name ? name : "unknown");
	e->exe = read_exe(a);
	if (!e->program)
		e->program = "unknown";
}

const struct environment *environment_get(void)
{
	static _Atomic(const struct environment *) published;
	static struct environment environment;
	static struct arena arena;
	static struct lock lock;
	const struct environment *e = atomic_load(&published);
	bool stale;

	if (e)
		return e;
	if (!lock_enter(&lock, &stale))
		return &not_yet;
	e = atomic_load(&published);
	if (!e) {
		if (stale) /* half made by a thread of the parent: given up, not freed */
			arena = (struct arena){0};
		environment_read(&environment, &arena, environ, environment_is_secure(),
				 TLSMEND_CONFIG_DEFAULT);
		read_process(&environment, &arena);
		e = &environment;
		atomic_store(&published, e);
	}
	lock_leave(&lock);
	return e;
}
