/* SPDX-License-Identifier: ISC
 *
 * What the files of binding share among themselves. Other rooms use <tlsmend/binding.h>.
 */
#ifndef TLSMEND_OPENSSL_INTERNAL_H
#define TLSMEND_OPENSSL_INTERNAL_H

#include <tlsmend/binding.h>

#include "loader.h"

/* ---- binding.c --------------------------------------------------------------------------------- */
enum library { LIBRARY_ssl, LIBRARY_crypto };
extern const char *const hook_names[HOOK_COUNT];
extern const uint8_t hook_library[HOOK_COUNT]; /* enum library */

/* As real_dlsym: filled by binding_start(). */
extern void *(*real_dlvsym)(void *handle, const char *name, const char *version);
extern int (*real_dlclose)(void *handle);
extern char *(*real_dlerror)(void);
/* dlpi_addr of the preload library */
uintptr_t binding_own_base(void);

/* dlerror(3) is the host's: takes the error that it has not asked for yet (NULL: none), and puts it back. */
char *dlerror_take(void);
void dlerror_give_back(char *pending); /* frees it */

/* ---- copies.c ---------------------------------------------------------------------------------- */
/* The copy with that libssl (or libcrypto), or NULL. */
struct copy *copy_known(const void *base, enum library library);
/* The copy that `function`, found under the name of hook h in the object `at`, belongs to; bound now if need be. */
struct copy *bind_copy(enum hook h, const void *function, const struct object *at);
/* The function of any copy that has it; NULL: none. */
void *copies_any_real(enum hook h);

/* ---- sites.c ----------------------------------------------------------------------------------- */
/* The call instruction and what follows it. */
struct code {
	uint64_t before, after;
};
struct code code_around(const void *return_address);
/* What is known of a place; takes no lock. */
bool site_find(enum hook h, void *caller, const struct code *code, struct target *t);
void site_write(enum hook h, void *caller, const struct code *code, const struct target *t);

#endif
