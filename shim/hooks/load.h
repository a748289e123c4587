/* SPDX-License-Identifier: ISC
 *
 * Between load_store.c, load_own.c and load_read.c, which files and objects come to, load_failure.c and failed.c.
 */
#ifndef TLSMEND_LOAD_H
#define TLSMEND_LOAD_H

#include "hooks.h"

enum {
	ROLE_CA = 1u << FILE_CA | 1u << FILE_CRL,
	ROLE_CERTIFICATE = 1u << FILE_CERTIFICATE,
	ROLE_KEY = 1u << FILE_KEY,
	ROLE_PAIR = 1u << FILE_PAIR,
	ROLE_OWN = ROLE_CERTIFICATE | ROLE_KEY | ROLE_PAIR,
	ROLE_CIPHERS = 1u << 8, /* no file: a cipher string */
	ROLE_READ = 1u << 9,    /* whatever the client read by itself (load_read.c) */
	ROLE_ALL = ROLE_CA | ROLE_OWN | ROLE_CIPHERS | ROLE_READ,
};

/* The hooked function itself, and a hook's own name without "hook_". */
#define LOAD_REAL(ret, ...)                                                                        \
	((union {                                                                                  \
		void *object;                                                                      \
		ret (*function)(__VA_ARGS__);                                                      \
	}){.object = t->real})                                                                     \
	    .function
#define LOAD_CALL (__func__ + 5)

/* Right after a call that failed: what OpenSSL says of it, and with a path the file itself. NULL: nobody wants to know, or no memory.
 * `call` is static. */
struct evidence *load_begin(struct copy *c, enum file_role role, const char *call);
struct evidence *load_failure(struct copy *c, enum file_role role, const char *path,
			      const char *call);
bool load_queue_is_empty(struct copy *c);
/* Passphrase or method of encryption? `clean`: the error queue was empty before the call. */
void load_note_method(struct evidence *e, struct copy *c, bool clean);

/* Ends the waiting of an object's files of the given roles (a mask); object NULL: of all. Returns how many there were. */
unsigned failed_settle(const void *object, unsigned roles, bool report);
/* Is this failure known, from an inner call or an earlier attempt? The first one tells best what is wrong. */
bool failed_known(const void *object, enum file_role role, const char *path, const char *call);
/* Takes e over. The object's class is watched (loaded_watch()). */
void failed_wait(const void *object, struct evidence *e);

#endif
