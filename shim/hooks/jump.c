/* SPDX-License-Identifier: ISC */
#include "jump.h"

#include <tlsmend/loader.h>

/* What we do in its place means what libc's does. */
enum { LIBCS = 1, ANOTHERS };

any_fn *jump_next(struct jump *j, any_fn *itself)
{
	any_fn *f = atomic_load_explicit(&j->next, memory_order_relaxed);
	if (f)
		return f;
	KEEP_ERRNO_BEGIN
	const union {
		void *object;
		any_fn *function;
	} found = {.object = loader_next_named(j->name)};
	f = found.object ? found.function : itself;
	if (!found.object)
		atomic_store(&j->whose, LIBCS);
	atomic_store(&j->next, f);
	KEEP_ERRNO_END
	return f;
}

static bool is_libcs(const char *function, const void *found)
{
	const struct symbol_name name = loader_name(function);
	return found == loader_libc_function(&name);
}

bool jump_is_libcs(struct jump *j)
{
	const union {
		any_fn *function;
		void *object;
	} next = {.function = atomic_load(&j->next)};
	if (next.object && !atomic_load(&j->whose))
		atomic_store(&j->whose, is_libcs(j->name, next.object) ? LIBCS : ANOTHERS);
	return atomic_load(&j->whose) == LIBCS;
}

/* Another thread may turn it the other way at this moment: what is watched in the end decides. */
void jump_turn(struct jump *j, bool (*watched)(void), any_fn *watcher)
{
	any_fn *const next = atomic_load(&j->next);
	bool is;
	if (!next)
		return;
	do {
		is = watched && watched();
		atomic_store(&j->to, is ? watcher : next);
	} while (watched && is != watched());
}

#ifndef JUMPS_IN_ASSEMBLER
/* ---- with numbers alone, as many as any of them has --------------------------------------------------------------------- */

#define NUMBERS   uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e, uintptr_t f
#define ARGUMENTS a, b, c, d, e, f
typedef long numbers_fn(NUMBERS);

#define JUMP(name, asked)                                                                          \
	HIDDEN long asks_##name(NUMBERS) __asm__(#name "_asks");                                   \
	long asks_##name(NUMBERS)                                                                  \
	{                                                                                          \
		return ((numbers_fn *)asked(a, b))(ARGUMENTS);                                     \
	}                                                                                          \
	__attribute__((visibility("default"))) long jumps_##name(NUMBERS) __asm__(#name);          \
	long jumps_##name(NUMBERS)                                                                 \
	{                                                                                          \
		return ((numbers_fn *)atomic_load_explicit(&jump_##name.to,                        \
							   memory_order_relaxed))(ARGUMENTS);      \
	}
/* syscall(2) comes back twice, and is not watched. */
#include "hooks.def"
#endif
