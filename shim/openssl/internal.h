/* SPDX-License-Identifier: ISC
 *
 * What the files of binding share among themselves. Other rooms use <tlsmend/binding.h>.
 */
#ifndef TLSMEND_OPENSSL_INTERNAL_H
#define TLSMEND_OPENSSL_INTERNAL_H

#include <tlsmend/binding.h>
#include <tlsmend/loader.h>

/* ---- binding.c --------------------------------------------------------------------------------- */
enum library { LIBRARY_ssl, LIBRARY_crypto, LIBRARIES };
struct hooked {
	char name[40];
	uint32_t hash;
	uint8_t length, lib; /* enum library */
};
extern const struct hooked hooked[HOOK_COUNT];
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
/* Does a copy call this hook's function in its own library? Then it is known what it means. */
bool copy_calls_itself(enum hook h, const void *return_address, struct target *t);
/* The copy that `function`, found under the name of hook h in the object `at`, belongs to; bound now if need be. */
struct copy *bind_copy(enum hook h, const void *function, const struct object *at);
/* The copy that has it, as its own definition of that name, of those that were bound before and stay. */
struct copy *copy_known_by(enum hook h, void *function, size_t size);
/* Does an address lie in that library, as it was found? */
bool copy_contains(struct copy *c, enum library library, const void *address);
/* The function of any copy that has it; NULL: none. */
void *copies_any_real(enum hook h);

/* ---- sites.c ----------------------------------------------------------------------------------- */
/* What is known of a place; takes no lock. */
bool site_find(enum hook h, void *caller, struct target *t);
/* The code around `caller` may be read. */
void site_write(enum hook h, void *caller, const struct target *t);

#endif
