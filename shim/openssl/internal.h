/* SPDX-License-Identifier: ISC
 *
 * What the files of binding share among themselves. Other rooms use <tlsmend/binding.h>.
 */
#ifndef TLSMEND_OPENSSL_INTERNAL_H
#define TLSMEND_OPENSSL_INTERNAL_H

#include <tlsmend/binding.h>
#include <tlsmend/loader.h>

/* ---- binding.c --------------------------------------------------------------------------------- */
struct hooked {
	char name[40];
	uint32_t hash;
	uint8_t length, lib; /* enum library */
};
extern const struct hooked hooked[HOOK_COUNT] HIDDEN;
static inline struct symbol_name hook_symbol(enum hook h)
{
	return (struct symbol_name){hooked[h].name, hooked[h].length, hooked[h].hash};
}
static inline enum library hook_library(enum hook h)
{
	return (enum library)hooked[h].lib;
}
/* Does an address lie in a function of this size? A return address may stand right behind the last instruction. */
static inline bool is_within(const void *address, const void *function, size_t size)
{
	return (uintptr_t)address - (uintptr_t)function <= size;
}

/* ---- copies.c ---------------------------------------------------------------------------------- */
/* The copy with that libssl (or libcrypto), or NULL. */
struct copy *copy_known(const void *base, enum library library);
/* How many there are. */
extern _Atomic unsigned copy_count HIDDEN;
/* Does an address lie in that library, as it was found? */
static inline bool copy_contains(struct copy *c, enum library library, const void *address)
{
	const struct extent *e = &c->extent[library];
	const uintptr_t size = atomic_load_explicit(&e->size, memory_order_acquire);
	return (uintptr_t)address - atomic_load_explicit(&e->low, memory_order_relaxed) < size;
}
/* The copy that has it in that library; NULL: none. Most processes have one. */
static inline struct copy *copy_around(enum library library, const void *address)
{
	struct copy *c = binding_copies, *end;
	if (copy_contains(c, library, address))
		return c;
	end = c + atomic_load_explicit(&copy_count, memory_order_acquire);
	while (c < end && !copy_contains(c, library, address))
		c++;
	return c < end ? c : NULL;
}
/* Not where something that we need of its libssl is missing: its connections are left alone. */
static inline bool copy_is_usable(const struct openssl *o, enum library library)
{
	return library == LIBRARY_crypto || o->complete;
}
/* A copy calls this hook's function, `real`, in its own library: is it known what it means? */
static inline bool copy_means_itself(struct copy *c, enum hook h, void *real,
				     const void *return_address, struct target *t)
{
	const enum library library = hook_library(h);
	const struct openssl *o = copy_api(c);
	const bool ssl = library == LIBRARY_ssl || o->ssl_base == o->crypto_base;
	/* else another one may lie there by now: a dlclose(3) of which we do not know */
	if (!atomic_load_explicit(&c->extent[library].stays, memory_order_relaxed) &&
	    !atomic_load(&c->pinned))
		return false;
	t->real = real;
	t->copy = copy_is_usable(o, library) ? c : NULL;
	t->caller = ssl ? CALLER_LIBSSL : CALLER_LIBCRYPTO;
	/* that function itself is a wrapper, which means another one */
	return real && !is_within(return_address, real, c->size[h]);
}
/* The copy that `function`, found under the name of hook h in the object `at`, belongs to; bound now if need be. */
struct copy *bind_copy(enum hook h, const void *function, const struct object *at);
/* The copy that has it, as its own definition of that name, of those that were bound before and stay. */
struct copy *copy_known_by(enum hook h, void *function, size_t size);
/* The function of any copy that has it; NULL: none. */
void *copies_any_real(enum hook h);

/* ---- sites.c ----------------------------------------------------------------------------------- */
/* What is known of a place; takes no lock. */
bool site_find(enum hook h, void *caller, struct target *t);
/* The code around `caller` may be read. */
void site_write(enum hook h, void *caller, const struct target *t);

#endif
