/* SPDX-License-Identifier: ISC
 *
 * The hooks' names, and the loader past our own exports.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The version under which an old glibc has dlsym and dlopen. */
#if defined __x86_64__
#define GLIBC_BASE "GLIBC_2.2.5"
#elif defined __aarch64__
#define GLIBC_BASE "GLIBC_2.17"
#else
#error "no base version of glibc known for this architecture"
#endif
dlsym_fn *real_dlsym;
dlopen_fn *real_dlopen;
/* Found in the C library itself: one binary for glibc 2.17 and later, where they moved from libdl to libc (DESIGN 2.7). */
void *(*real_dlvsym)(void *handle, const char *name, const char *version);
int (*real_dlclose)(void *handle);
char *(*real_dlerror)(void);

const char *const hook_names[HOOK_COUNT] = {
#define HOOK(lib, ret, name, none, tell, params, args) [HOOK_##name] = #name,
#define HOOK_VOID(lib, name, params, args)             [HOOK_##name] = #name,
#define LIBC(ret, name, params, args)
#define STUB(name)
#include "../hooks/hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef LIBC
#undef STUB
};

const uint8_t hook_library[HOOK_COUNT] = {
#define HOOK(lib, ret, name, none, tell, params, args) [HOOK_##name] = LIBRARY_##lib,
#define HOOK_VOID(lib, name, params, args)             [HOOK_##name] = LIBRARY_##lib,
#define LIBC(ret, name, params, args)
#define STUB(name)
#include "../hooks/hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef LIBC
#undef STUB
};

_Thread_local struct copy *binding_current;

static struct object own;

int hook_by_name(const char *name)
{
	/* what hooked names begin with; dlsym(3) is asked for many others */
	if (!strchr("BPSXd", name[0]))
		return -1;
	for (int h = 0; h < HOOK_COUNT; h++)
		if (strcmp(name, hook_names[h]) == 0)
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

/* Past our own exports to what stands behind them: glibc's, or another interposer's. */
static void *behind_us(const char *name)
{
	void *p = real_dlvsym(RTLD_NEXT, name, "GLIBC_2.34");
	return p ? p : real_dlvsym(RTLD_NEXT, name, GLIBC_BASE);
}

/* Idempotent and without a lock. Does nothing while libdl of an old glibc is not loaded: there is no OpenSSL then. */
bool binding_start(void)
{
	if (__atomic_load_n(&real_dlopen, __ATOMIC_ACQUIRE))
		return true;
	STORE(real_dlvsym, loader_libc_function("dlvsym"));
	STORE(real_dlclose, loader_libc_function("dlclose"));
	STORE(real_dlerror, loader_libc_function("dlerror"));
	if (!real_dlvsym || !real_dlclose || !real_dlerror)
		return false;
	loader_object_at(&own, &own);
	STORE(real_dlsym, behind_us("dlsym"));
	STORE(real_dlopen, behind_us("dlopen"));
	real_dlerror();
	return real_dlopen != NULL;
}

bool binding_is_own(const void *address)
{
	return (uintptr_t)address >= own.low && (uintptr_t)address < own.high;
}

uintptr_t binding_own_base(void)
{
	return own.base;
}

/* ---- dlerror(3) is the host's ---------------------------------------------------------------------------- */

char *dlerror_take(void)
{
	const char *pending = real_dlerror();
	return pending ? strdup(pending) : NULL;
}

/* There is no way to put an error back but to fail in the same way once more: the two failures that a host meets,
 * dlopen(3) of a file that is not there and dlsym(3) of a name that is not there, do so without any other effect. */
void dlerror_give_back(char *pending)
{
	static const char no_file[] = ": cannot open shared object file: No such file or directory";
	static const char no_symbol[] = ": undefined symbol: ";
	real_dlerror();
	char *end = pending ? strstr(pending, no_file) : NULL;
	if (end) {
		*end = '\0';
		real_dlopen(pending, RTLD_LAZY);
	} else if (pending && (end = strstr(pending, no_symbol)) != NULL) {
		*end = '\0';
		void *handle = real_dlopen(pending, RTLD_LAZY | RTLD_NOLOAD);
		if (!handle)
			handle = real_dlopen(NULL, RTLD_LAZY);
		if (handle) {
			real_dlsym(handle, end + strlen(no_symbol));
			/* dlclose(3) would clear it again; one reference more to an object that is loaded stays */
		}
	}
	free(pending);
}
