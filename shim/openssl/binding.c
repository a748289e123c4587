/* SPDX-License-Identifier: ISC
 *
 * The hooks' names, and the loader past our own exports.
 */
#include <string.h>

#include "internal.h"

dlsym_fn *real_dlsym;
dlopen_fn *real_dlopen;
dlclose_fn *real_dlclose;
static char *(*real_dlerror)(void);

#define HOOKED(lib, name)                                                                          \
	[HOOK_##name] = {#name, LOADER_HASH(#name), sizeof #name - 1, LIBRARY_##lib},
const struct hooked hooked[HOOK_COUNT] = {
#define HOOK(lib, ret, name, none, tell, params, args) HOOKED(lib, name)
#define HOOK_VOID(lib, name, params, args)             HOOKED(lib, name)
#include "../hooks/hooks.def"
};

_Thread_local struct copy *binding_current;

int hook_by_name(const char *name)
{
	/* what hooked names begin with; dlsym(3) is asked for many others */
	if (!strchr("BPSXd", name[0]))
		return -1;
	for (int h = 0; h < HOOK_COUNT; h++)
		if (strcmp(name, hooked[h].name) == 0)
			return h;
	return -1;
}

/* Stores what every other thread would store too. */
#define STORE(pointer, value)                                                                      \
	do {                                                                                       \
		union {                                                                            \
			void *object;                                                              \
			__typeof__(pointer) function;                                              \
		} as_ = {.object = (value)};                                                       \
		__atomic_store_n(&(pointer), as_.function, __ATOMIC_RELEASE);                      \
	} while (0)

/* Past our own exports to what stands behind them: another interposer's, or libc's, which have only an old version on some
 * architectures. */
static void *behind_us(struct symbol_name name)
{
	const struct lookup q = {.name = name};
	void *p = loader_next(&q);
	return p ? p : loader_libc_function(&name);
}

/* Idempotent and without a lock. Does nothing while libdl of an old glibc is not loaded: there is no OpenSSL then. Not before somebody looks for
 * a function or lets go of a library: most processes do neither. */
bool binding_start(void)
{
	if (__atomic_load_n(&real_dlopen, __ATOMIC_ACQUIRE))
		return true;
	STORE(real_dlerror, loader_libc_function(&LOADER_NAME("dlerror")));
	STORE(real_dlsym, behind_us(LOADER_NAME("dlsym")));
	STORE(real_dlclose, behind_us(LOADER_NAME("dlclose")));
	if (!real_dlerror || !real_dlsym || !real_dlclose)
		return false;
	STORE(real_dlopen, behind_us(LOADER_NAME("dlopen")));
	return real_dlopen != NULL;
}

bool binding_is_own(const void *address)
{
	/* the linker's */
	extern const char __ehdr_start[] HIDDEN, _end[] HIDDEN;
	return (uintptr_t)address - (uintptr_t)__ehdr_start <
	       (uintptr_t)_end - (uintptr_t)__ehdr_start;
}

void binding_no_error(void)
{
	real_dlerror();
}
