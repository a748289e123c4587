/* SPDX-License-Identifier: ISC
 *
 * Programs that find OpenSSL with dlsym(3) (design.md#dlsym). The exported stubs are in dlsym_ARCH.S: they ask the functions
 * here and else jump to the real ones, so that for those the caller stays the host.
 */
#include <dlfcn.h>
#include <stddef.h>

#include <tlsmend/loader.h>

#include "dlsym.h"

/* "Not ours: go on to the real dlsym." */
#define GO_ON ((void *)1)

/* Where the stubs jump to. */
HIDDEN void *dlsym_real_address, *dlopen_real_address, *dlclose_real_address;

static void prepare(void)
{
	union {
		dlsym_fn *find;
		dlopen_fn *open;
		dlclose_fn *close;
		void *object;
	} f;
	binding_start();
	f.find = real_dlsym;
	__atomic_store_n(&dlsym_real_address, f.object, __ATOMIC_RELAXED);
	f.open = real_dlopen;
	__atomic_store_n(&dlopen_real_address, f.object, __ATOMIC_RELAXED);
	f.close = real_dlclose;
	__atomic_store_n(&dlclose_real_address, f.object, __ATOMIC_RELAXED);
}

/* The host is to see NULL and an error from dlerror(3): asked of a library that has no such symbol. */
static void *not_found(const char *name)
{
	static _Atomic(void *) libc;
	void *handle = atomic_load(&libc);
	if (!handle) {
		handle = real_dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
		atomic_store(&libc, handle);
	}
	if (handle)
		real_dlsym(handle, name);
	return NULL;
}

static void *replace(void *handle, const char *name, void *caller, enum hook h)
{
	void *real;
	if (handle == RTLD_DEFAULT) {
		real = binding_default_lookup(h, caller);
		if (real)
			binding_no_error();
	} else {
		real = real_dlsym(handle, name);
		if (!real)
			return NULL;
		/* the program's own handle searches the global scope, where we stand */
		if (binding_is_own(real))
			real = binding_default_lookup(h, caller);
	}
	if (!real)
		return not_found(name);
	if (hooks_inert() || environment_get()->dlsym_off)
		return real;
	struct copy *c = binding_copy_of(h, real);
	return c ? thunk_of(c, h) : real;
}

/* RTLD_NEXT is another interposer's business, and where it leads to us, we go on to what is behind us. But where nothing is behind
 * us, the host is to find nothing. */
static void *next(const char *name, enum hook h)
{
	return binding_defined_elsewhere(h) ? GO_ON : not_found(name);
}

HIDDEN void *dlsym_choose(void *handle, const char *name, void *caller)
{
	void *answer = GO_ON;
	KEEP_ERRNO_BEGIN
	prepare();
	int h = name ? hook_by_name(name) : -1;
	if (h >= 0)
		answer = handle == RTLD_NEXT ? next(name, (enum hook)h)
					     : replace(handle, name, caller, (enum hook)h);
	KEEP_ERRNO_END
	return answer;
}

/* An extension that is loaded with RTLD_DEEPBIND calls past us (design.md#deepbind). Dropping the flag changes how the host's
 * symbols are resolved, so it is done on request only. Returns the mode to go on with. */
HIDDEN int dlopen_mode(const char *file, int mode)
{
	KEEP_ERRNO_BEGIN
	prepare();
	if ((mode & RTLD_DEEPBIND) && environment_get()->deepbind_drop && !hooks_inert())
		mode &= ~RTLD_DEEPBIND;
	loader_note_open(file, mode);
	KEEP_ERRNO_END
	return mode;
}

HIDDEN void dlclose_prepare(void)
{
	prepare();
	binding_pin();
}
