/* SPDX-License-Identifier: ISC
 *
 * Which function did the caller of a hook mean?
 */
#include "internal.h"

struct found {
	void *real; /* what the call has to go to; NULL: nothing */
	/* the same name in the copy of OpenSSL behind it; differs where another interposer stands between */
	void *owner;
	bool lasting; /* holds for every call from this place */
};

/* A function that only the real library has beside the hooked one. */
static struct symbol_name companion(enum hook h)
{
	return hook_library(h) == LIBRARY_ssl ? LOADER_NAME("SSL_get_ex_data")
					      : LOADER_NAME("X509_STORE_CTX_get_error");
}

static const struct link_map *map_of(const struct object *o)
{
	return o ? o->map : NULL;
}

/* The object of a function, where it is an OpenSSL. */
static bool in_openssl(enum hook h, const void *function, struct object *at)
{
	const struct symbol_name beside = companion(h);
	struct symbols room;
	if (!function || !loader_object_at(function, at))
		return false;
	if (copy_known((void *)at->low, hook_library(h)))
		return true;
	const struct symbols *s = loader_symbols_kept(at->map, &room);
	return s && loader_symbol_named(s, &beside);
}

/* The caller imports the symbol: as ld.so binds it for this caller without us, in the version that the caller was linked against. That may
 * be another interposer, and the call goes through it. */
static struct found found_imported(enum hook h, const struct object *caller, const char *version)
{
	struct lookup q = {.name = hook_symbol(h), .version = version};
	struct found f = {.lasting = true};
	struct object at;
	f.real = loader_bind(&q, caller->map, true);
	f.owner = in_openssl(h, f.real, &at) ? f.real : NULL;
	q.companion = companion(h).text;
	if (f.real && !f.owner)
		f.owner = loader_bind(&q, caller->map, true);
	return f;
}

/* The caller does not import it: libssl's own tail calls make the return address somebody else's (design.md#copies), or an interposer
 * calls on. `tell` points into the copy that is meant, where an argument does. Never into the caller's own object: it
 * would call us again, without end. */
static struct found found_otherwise(enum hook h, const struct object *caller, const void *tell)
{
	struct lookup q = {.name = hook_symbol(h)};
	struct found f = {.lasting = false};
	struct object at;
	void *next = loader_next(&q);
	const bool real_one = in_openssl(h, next, &at);
	if (next && !real_one && loader_object_at(next, &at) && at.map != map_of(caller))
		f.real = next;
	q.companion = companion(h).text;
	if (tell && loader_object_at(tell, &at) && at.map != loader_own())
		f.owner = loader_symbol(at.map, hooked[h].name);
	if (!f.owner && real_one)
		f.owner = next;
	if (!f.owner && caller) {
		f.owner = loader_bind(&q, caller->map, true);
		if (f.owner && loader_object_at(f.owner, &at) && at.map == caller->map)
			f.owner = NULL;
	}
	if (!f.owner)
		f.owner = loader_definer(&q, NULL);
	if (!f.real)
		f.real = f.owner;
	return f;
}

/* A library without -Bsymbolic calls its own function through the PLT: it means the one that works on its objects, and never
 * that of another copy in the process. Not where the function of that name itself is what calls: that is a wrapper, which would
 * call us again, without end. */
static void *own_definition(enum hook h, const struct symbols *s, const void *return_address)
{
	const struct symbol_name name = hook_symbol(h), beside = companion(h);
	size_t size;
	void *own_one = loader_function(s, &name, &size);
	if (!own_one || !loader_symbol_named(s, &beside) ||
	    is_within(return_address, own_one, size))
		return NULL;
	return own_one;
}

/* OpenSSL's own calls first: they are the most, and a look through all that a library imports is dear. */
static struct found find(enum hook h, const struct object *caller, const void *return_address,
			 const void *tell)
{
	const struct symbol_name name = hook_symbol(h);
	const char *version = NULL;
	struct found f = {NULL, NULL, false};
	struct symbols room;
	const struct symbols *s =
	    caller && caller->map != loader_own() ? loader_symbols_kept(caller->map, &room) : NULL;
	if (s) {
		f.real = own_definition(h, s, return_address);
		if (f.real)
			f = (struct found){.real = f.real, .owner = f.real, .lasting = true};
		else if (loader_import(s, &name, &version))
			f = found_imported(h, caller, version);
	}
	return f.real ? f : found_otherwise(h, caller, tell);
}

void *binding_default_lookup(enum hook h, const void *caller)
{
	const struct lookup q = {.name = hook_symbol(h)};
	struct object at;
	void *p = NULL;
	KEEP_ERRNO_BEGIN
	p = loader_bind(&q, loader_object_at(caller, &at) ? at.map : NULL, false);
	KEEP_ERRNO_END
	return p;
}

bool binding_defined_elsewhere(enum hook h)
{
	const struct lookup q = {.name = hook_symbol(h)};
	bool defined = false;
	KEEP_ERRNO_BEGIN
	defined = loader_definer(&q, NULL) != NULL;
	KEEP_ERRNO_END
	return defined;
}

bool binding_present(void)
{
	const struct lookup q = {.name = hook_symbol(HOOK_SSL_CTX_new)};
	bool present = false;
	for (unsigned i = 0; !present && i < atomic_load(&copy_count); i++)
		present = copy_api(&binding_copies[i])->complete;
	if (present)
		return true;
	KEEP_ERRNO_BEGIN
	void *const function = loader_definer(&q, NULL);
	present = function && binding_copy_of(HOOK_SSL_CTX_new, function);
	KEEP_ERRNO_END
	return present;
}

static enum caller caller_kind(uintptr_t low)
{
	if (copy_known((void *)low, LIBRARY_ssl))
		return CALLER_LIBSSL;
	return copy_known((void *)low, LIBRARY_crypto) ? CALLER_LIBCRYPTO : CALLER_HOST;
}

/* ---- the usual process: one OpenSSL, and nothing was loaded since the start --------------------------------------- */

static _Atomic(struct copy *) sole[HOOK_COUNT];
static atomic_bool sole_sought[HOOK_COUNT];

/* Whoever calls means that one; but for the library itself, whose own function may stand before another one. */
static bool sole_target(enum hook h, const void *return_address, struct target *t)
{
	struct copy *c = atomic_load_explicit(&sole[h], memory_order_acquire);
	if (!c || !loader_is_as_at_start() || copy_contains(c, hook_library(h), return_address))
		return false;
	t->copy = c;
	t->real = copy_real(c, h);
	t->caller = CALLER_HOST;
	if (copy_contains(c, LIBRARY_ssl, return_address))
		t->caller = CALLER_LIBSSL;
	else if (copy_contains(c, LIBRARY_crypto, return_address))
		t->caller = CALLER_LIBCRYPTO;
	return true;
}

static void sole_seek(enum hook h)
{
	const struct symbol_name name = hook_symbol(h);
	struct object at;
	if (!loader_is_as_at_start() || atomic_exchange(&sole_sought[h], true))
		return;
	size_t size;
	void *function = loader_sole(&name, &size);
	struct copy *c = function ? copy_known_by(h, function, size) : NULL;
	if (!c && in_openssl(h, function, &at))
		c = bind_copy(h, function, &at);
	atomic_store_explicit(&sole[h], c, memory_order_release);
}

static bool sole_is_unsought(enum hook h)
{
	return !atomic_load_explicit(&sole_sought[h], memory_order_relaxed) &&
	       loader_is_as_at_start();
}

static bool of_itself(enum hook h, const void *caller, struct target *t)
{
	struct copy *c = copy_around(hook_library(h), caller);
	return c && copy_means_itself(c, h, copy_real(c, h), caller, t);
}

static bool resolve(enum hook h, void *caller, const void *tell, struct target *t, bool *lasting)
{
	struct object from, at;
	const bool known = loader_object_at(caller, &from);
	struct found f = find(h, known ? &from : NULL, caller, tell);
	t->real = f.real;
	t->copy = f.owner && loader_object_at(f.owner, &at) ? bind_copy(h, f.owner, &at) : NULL;
	/* last, since OpenSSL's own call may be the first that we hear of it (openssl.cnf is read through BIO_new_file) */
	t->caller = known ? caller_kind(from.low) : CALLER_HOST;
	/* the place is known again by its code */
	*lasting = f.lasting && loader_readable(&from, caller);
	if (!t->real) /* without memory: any, and nothing of ours */
		t->real = copies_any_real(h);
	return t->real != NULL;
}

__attribute__((noinline)) static bool find_target(enum hook h, void *caller, const void *tell,
						  struct target *t)
{
	bool found = false, lasting = false;
	if (binding_current && binding_is_own(caller)) {
		t->copy = NULL;
		t->caller = CALLER_LIBSSL;
		t->real = copy_real(binding_current, h);
		if (t->real)
			return true;
	}
	if (sole_target(h, caller, t) || (!sole_is_unsought(h) && site_find(h, caller, t)))
		return true;
	KEEP_ERRNO_BEGIN
	sole_seek(h);
	/* the copy may have been bound just now */
	found = sole_target(h, caller, t) || of_itself(h, caller, t) ||
		resolve(h, caller, tell, t, &lasting);
	if (found && lasting)
		site_write(h, caller, t);
	KEEP_ERRNO_END
	return found;
}

void *binding_own_call(enum hook h, const void *caller)
{
	struct target t;
	struct copy *c = copy_around(hook_library(h), caller);
	void *real = c ? atomic_load_explicit(&c->real[h], memory_order_acquire) : NULL;
	return real && copy_means_itself(c, h, real, caller, &t) ? real : NULL;
}

__attribute__((noinline)) static bool find_in_copy(enum hook h, void *caller, const void *tell,
						   struct target *t)
{
	return of_itself(h, caller, t) || find_target(h, caller, tell, t);
}

/* Most calls are OpenSSL's own, of a function that was called before. */
bool binding_target(enum hook h, void *caller, const void *tell, struct target *t)
{
	struct copy *c = copy_around(hook_library(h), caller);
	if (!c)
		return find_target(h, caller, tell, t);
	void *real = atomic_load_explicit(&c->real[h], memory_order_acquire);
	return (real && copy_means_itself(c, h, real, caller, t)) ||
	       find_in_copy(h, caller, tell, t);
}
