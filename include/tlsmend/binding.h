/* SPDX-License-Identifier: ISC
 *
 * Finding the copies of OpenSSL in the process, and for each hooked call the copy that was meant.
 *
 * Nothing here calls into OpenSSL, except for its version number: a copy may be bound long before the host
 * initialises it, in its own way (OPENSSL_init_ssl with options, CRYPTO_set_mem_functions).
 */
#ifndef TLSMEND_BINDING_H
#define TLSMEND_BINDING_H

#include <tlsmend/openssl.h>

enum hook {
#define HOOK(lib, ret, name, none, tell, params, args) HOOK_##name,
#define HOOK_VOID(lib, name, params, args)             HOOK_##name,
#include "../../shim/hooks/hooks.def"
	HOOK_COUNT
};
/* Index of a hook's name, or -1. */
int hook_by_name(const char *name);

/* Once, after a copy was found that lacks a function that we need: what to say about it, and the library's path. NULL: nothing. */
const char *binding_problem(const char **path);

/* For `tlsmend check`, which looks at files: the first function that a copy of this version would have to have and does not; "": the
 * version itself is too old; NULL: none. has(): is there a function of that name? */
const char *binding_lacks(unsigned long version, bool ssl, bool (*has)(void *arg, const char *name),
			  void *arg);

/* What is kept at OpenSSL's objects. */
enum kept_name {
#define CLASS(class, kept) kept
#define KEPT(class, name)  KEPT_##name,
#include "../../shim/openssl/kept.def"
#undef KEPT
	KEPT_COUNT
};
enum kept_class {
#define KEPT(class, name)
#undef CLASS
#define CLASS(class, kept) KEPT_AT_##class,
#include "../../shim/openssl/kept.def"
#undef CLASS
#undef KEPT
	KEPT_CLASSES
};

enum { COPIES_MAX = 8 };

/* Where a library of a copy lies, as it was found. */
struct extent {
	_Atomic uintptr_t low,
	    size; /* size 0: it is not known of this copy (yet); last, behind the table that tells of it */
	atomic_bool stays; /* was there at the start */
};
enum library { LIBRARY_ssl, LIBRARY_crypto, LIBRARIES };

/* One copy of OpenSSL: a libcrypto, and the libssl on it once that is known. Lives as long as the process, as do the
 * objects behind it (binding_pin()). */
struct copy {
	unsigned slot;
	_Atomic(const struct openssl *) api; /* immutable; replaced once, when libssl joins */
	struct extent extent[LIBRARIES];
	_Atomic(void *) real[HOOK_COUNT];  /* see copy_real() */
	_Atomic uint32_t size[HOOK_COUNT]; /* of that, in bytes */
	/* ex_data indices, taken at first use (after the host initialised the copy); -1: not yet, -2: refused */
	_Atomic int index[KEPT_CLASSES];
	atomic_bool pinned; /* see binding_pin() */
	/* libssl's own call of X509_verify_cert() does not come by our export: RTLD_DEEPBIND, or one object with libcrypto */
	atomic_bool past_us;
};

/* Who called: the program (or one of its libraries), or OpenSSL itself across a library border. */
enum caller { CALLER_HOST, CALLER_LIBSSL, CALLER_LIBCRYPTO };

/* Where a hooked call has to go. */
struct target {
	struct copy *copy; /* NULL: pass the call through, nothing of ours */
	void *real;        /* never NULL in a target that binding_target() returned true for */
	enum caller caller;
};

/* For an exported hook: which function did the caller mean? `caller` is the return address, `tell` an argument that lies in the
 * data of the copy (an SSL_METHOD) or NULL. False: the process has no such function at all. */
bool binding_target(enum hook h, void *caller, const void *tell, struct target *t);
/* Where a library's own call of this function goes, if it is one, and that is known; NULL: ask binding_target(). */
void *binding_own_call(enum hook h, const void *caller);
/* The copy that this thread works for at the moment, inside a hook or a callback of ours. libssl tail-calls its own exports through
 * the PLT, so that calls of ours come back to our exports with a return address of ours: they are passed straight on. */
extern _Thread_local struct copy *binding_current HIDDEN;
/* For dlsym: the copy that `function` belongs to, bound now if need be. NULL: no OpenSSL that we know. */
struct copy *binding_copy_of(enum hook h, void *function);
/* The copy in a slot below COPIES_MAX, bound or not. */
extern struct copy binding_copies[] HIDDEN;
static inline struct copy *binding_slot(unsigned slot)
{
	return &binding_copies[slot];
}
/* What the caller's own scope has for this name when we are left out: what dlsym(RTLD_DEFAULT, name) would
 * give without the preload. NULL: nothing. */
void *binding_default_lookup(enum hook h, const void *caller);
/* Does any loaded object but us define this name? */
bool binding_defined_elsewhere(enum hook h);
/* Is an OpenSSL loaded that we know, libssl and all, whether it was called yet or not? One is bound then. */
bool binding_present(void);
/* Is this address in the preload library itself? */
bool binding_is_own(const void *address);
/* ... in the copy's libcrypto, where that is an object of its own? */
bool binding_in_libcrypto(struct copy *c, const void *address);
/* The loader's functions, past our own exports (design.md#dlsym). */
typedef void *dlsym_fn(void *handle, const char *name);
typedef void *dlopen_fn(const char *file, int mode);
typedef int dlclose_fn(void *handle);
extern dlsym_fn *real_dlsym;
extern dlopen_fn *real_dlopen;
extern dlclose_fn *real_dlclose;
bool binding_start(
    void); /* fills them; idempotent; any time, even before constructors ran. False: not loaded yet */

/* The host calls dlclose(3): the only moment when a copy could go away, and one when this thread takes the loader's locks anyway. All
 * copies that are known are kept from now on. */
void binding_pin(void);
/* dlerror(3) has nothing to tell from now on, as after a call that succeeded. */
void binding_no_error(void);

/* From now on these functions are called for what is kept under that name when an object of its class goes (also where nothing was, with
 * NULL) or is copied; NULL: nothing has to be freed, the copy has the same. False: nothing can be kept there. */
bool kept_watch(struct copy *c, enum kept_name which, openssl_ex_dup *dup_fn,
		openssl_ex_free *free_fn);
/* False: it is as it was, for want of memory or because nothing can be kept there. */
bool kept_set(struct copy *c, enum kept_name which, void *object, void *value);
/* ... and *value, which is not NULL, is what was kept there before. */
bool kept_exchange(struct copy *c, enum kept_name which, void *object, void **value);
/* NULL: nothing is kept there. Takes no lock. */
void *kept_get(struct copy *c, enum kept_name which, const void *object);
/* For what belongs to one object: OpenSSL copies pointers (SSL_dup()), and passes the address of the copied one. */
int kept_not_copied(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		    long argl, void *argp);

/* The copy's own function of that name; NULL: it lacks that one. Looked up when it is first asked for, in the copy's symbols alone. */
void *copy_real(struct copy *c, enum hook h);
static inline const struct openssl *copy_api(struct copy *c)
{
	return atomic_load_explicit(&c->api, memory_order_acquire);
}

/* As binding_own_call(), in the usual process, which has one copy that stays. NULL: ask that one. */
static inline void *binding_usual_own_call(enum hook h, enum library library, const void *caller)
{
	struct copy *c = binding_slot(0);
	const struct extent *e = &c->extent[library];
	const uintptr_t size = atomic_load_explicit(&e->size, memory_order_acquire);
	if ((uintptr_t)caller - atomic_load_explicit(&e->low, memory_order_relaxed) >= size ||
	    !atomic_load_explicit(&e->stays, memory_order_relaxed))
		return NULL;
	void *real = atomic_load_explicit(&c->real[h], memory_order_acquire);
	/* that function itself is a wrapper, which means another one */
	const uint32_t bytes = atomic_load_explicit(&c->size[h], memory_order_relaxed);
	return real && (uintptr_t)caller - (uintptr_t)real > bytes ? real : NULL;
}

#endif
