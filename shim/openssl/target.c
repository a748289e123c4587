/* SPDX-License-Identifier: ISC
 *
 * Which function did the caller of a hook mean?
 */
#include <dlfcn.h>
#include <stdlib.h>

#include "internal.h"

struct found {
	void *real; /* what the call has to go to; NULL: nothing */
	void *
	    owner; /* the same name in the copy of OpenSSL behind it; differs where another interposer stands between */
	bool lasting; /* holds for every call from this place */
};

/* A function that only the real library has beside the hooked one. */
static const char *companion(enum hook h)
{
	return hook_library[h] == LIBRARY_ssl ? "SSL_get_ex_data" : "X509_STORE_CTX_get_error";
}

/* Skips a definition of our own. */
static void *not_own(void *p)
{
	return p && !binding_is_own(p) ? p : NULL;
}

static bool in_openssl(enum hook h, const void *function, struct object *scratch)
{
	return function && loader_object_at(function, scratch) &&
	       loader_symbol(scratch, companion(h));
}

/* Looked up in the caller's own scope. Only where the global one does not do: dlopen(3) looks at every loaded object. */
static void *in_scope_of(const struct object *caller, const char *name, const char *version)
{
	if (!caller || caller->path_cut)
		return NULL;
	void *handle = real_dlopen(caller->path[0] ? caller->path : NULL, RTLD_LAZY | RTLD_NOLOAD);
	if (!handle)
		return NULL;
	void *p = version ? real_dlvsym(handle, name, version) : real_dlsym(handle, name);
	real_dlclose(handle);
	return not_own(p);
}

/* The caller imports the symbol: as ld.so binds it for this caller without us, global scope first, in the version that the caller
 * was linked against, then the caller's own scope. dlvsym(3) passes over a definition without a version, which ld.so takes: that
 * is another interposer, and the call goes through it. */
static struct found found_imported(enum hook h, const struct object *caller, const char *version,
				   struct object *scratch)
{
	const char *name = hook_names[h];
	struct found f = {.lasting = true};
	void *next = not_own(real_dlsym(RTLD_NEXT, name));
	if (version)
		f.owner = not_own(real_dlvsym(RTLD_NEXT, name, version));
	if (version && !f.owner)
		f.owner = in_scope_of(caller, name, version);
	if (!version && in_openssl(h, next, scratch))
		f.owner = next;
	if (!f.owner)
		f.owner = in_scope_of(caller, name, NULL);
	bool interposer = next && next != f.owner && !in_openssl(h, next, scratch);
	f.real = interposer || !f.owner ? next : f.owner;
	return f;
}

/* The caller does not import it: libssl's own tail calls make the return address somebody else's (DESIGN 2.5), or an interposer
 * calls on. `tell` points into the copy that is meant, where an argument does. Never into the caller's own object: it
 * would call us again, without end. */
static struct found found_otherwise(enum hook h, const struct object *caller, const void *tell,
				    struct object *scratch)
{
	const char *name = hook_names[h];
	struct found f = {.lasting = false};
	if (tell && loader_object_at(tell, scratch))
		f.owner = not_own(loader_symbol(scratch, name));
	void *next = not_own(real_dlsym(RTLD_NEXT, name));
	if (next && !in_openssl(h, next, scratch) && scratch->low != (caller ? caller->low : 0))
		f.real = next;
	if (!f.owner)
		f.owner = in_openssl(h, next, scratch) ? next : NULL;
	if (!f.owner && caller) {
		void *p = in_scope_of(caller, name, NULL);
		if (in_openssl(h, p, scratch) && scratch->low != caller->low)
			f.owner = p;
	}
	if (!f.owner)
		f.owner = loader_definer(name, companion(h), binding_own_base());
	if (!f.real)
		f.real = f.owner;
	return f;
}

/* A library without -Bsymbolic calls its own function through the PLT: it means the one that works on its objects, and never
 * that of another copy in the process. Not where the function of that name itself is what calls: that is a wrapper, which would
 * call us again, without end. */
static void *own_definition(enum hook h, const struct object *caller, const void *return_address)
{
	void *own_one = not_own(loader_symbol(caller, hook_names[h]));
	if (!own_one || !loader_symbol(caller, companion(h)) ||
	    loader_within(caller, hook_names[h], return_address))
		return NULL;
	return own_one;
}

static struct found find(enum hook h, const struct object *caller, const void *return_address,
			 const void *tell)
{
	const char *version = NULL;
	struct found f = {NULL, NULL, false};
	struct object *scratch = malloc(sizeof *scratch);
	bool imports = caller && loader_import(caller, hook_names[h], &version);
	if (scratch && imports)
		f = found_imported(h, caller, version, scratch);
	else if (caller && (f.real = own_definition(h, caller, return_address)) != NULL)
		f = (struct found){.real = f.real, .owner = f.real, .lasting = true};
	if (scratch && !f.real)
		f = found_otherwise(h, caller, tell, scratch);
	free(scratch);
	return f;
}

void *binding_default_lookup(enum hook h, void *caller)
{
	struct object *at = malloc(sizeof *at);
	void *p = NULL;
	KEEP_ERRNO_BEGIN
	p = not_own(real_dlsym(RTLD_NEXT, hook_names[h]));
	if (!p && at && loader_object_at(caller, at))
		p = in_scope_of(at, hook_names[h], NULL);
	free(at);
	KEEP_ERRNO_END
	return p;
}

bool binding_defined_elsewhere(enum hook h)
{
	bool defined = false;
	KEEP_ERRNO_BEGIN
	defined = loader_definer(hook_names[h], hook_names[h], binding_own_base()) != NULL;
	KEEP_ERRNO_END
	return defined;
}
static enum caller caller_kind(uintptr_t low)
{
	if (copy_known((void *)low, LIBRARY_ssl))
		return CALLER_LIBSSL;
	return copy_known((void *)low, LIBRARY_crypto) ? CALLER_LIBCRYPTO : CALLER_HOST;
}

static bool resolve(enum hook h, void *caller, const void *tell, struct object *at,
		    struct target *t, bool *lasting)
{
	bool known_caller = loader_object_at(caller, at);
	const uintptr_t low = at->low;
	struct found f = find(h, known_caller ? at : NULL, caller, tell);
	t->real = f.real;
	t->copy = f.owner && loader_object_at(f.owner, at) ? bind_copy(h, f.owner, at) : NULL;
	/* last, since OpenSSL's own call may be the first that we hear of it (openssl.cnf is read through BIO_new_file) */
	t->caller = known_caller ? caller_kind(low) : CALLER_HOST;
	*lasting = f.lasting;
	return t->real != NULL;
}

/* Without memory: the plain answer, and nothing of ours. */
static bool resolve_plainly(enum hook h, const void *caller, struct target *t)
{
	struct object at;
	t->copy = NULL;
	t->caller = CALLER_HOST;
	t->real = not_own(real_dlsym(RTLD_NEXT, hook_names[h]));
	if (!t->real && loader_object_at(caller, &at))
		t->real = in_scope_of(&at, hook_names[h], NULL);
	if (!t->real)
		t->real = copies_any_real(h);
	return t->real != NULL;
}

bool binding_target(enum hook h, void *caller, const void *tell, struct target *t)
{
	bool found = false, lasting = false;
	if (!binding_start())
		return false;
	if (binding_current && binding_is_own(caller)) {
		t->copy = NULL;
		t->caller = CALLER_LIBSSL;
		t->real = atomic_load(&binding_current->real[h]);
		if (t->real)
			return true;
	}
	const struct code code = code_around(caller);
	if (site_find(h, caller, &code, t))
		return true;
	KEEP_ERRNO_BEGIN
	char *pending = dlerror_take();
	struct object *at = malloc(sizeof *at);
	found = (at && resolve(h, caller, tell, at, t, &lasting)) || resolve_plainly(h, caller, t);
	dlerror_give_back(pending);
	if (at && found && lasting)
		site_write(h, caller, &code, t);
	free(at);
	KEEP_ERRNO_END
	return found;
}
