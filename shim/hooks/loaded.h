/* SPDX-License-Identifier: ISC
 *
 * What was loaded from files (loaded.c, load_*.c, failed.c).
 */
#ifndef TLSMEND_HOOKS_LOADED_H
#define TLSMEND_HOOKS_LOADED_H

#include "hooks.h"

struct connection;

enum loaded_kind {
	LOADED_FILE,
	LOADED_DIRECTORY,
	LOADED_URI,
	LOADED_DEFAULT_FILE,
	LOADED_DEFAULT_DIRECTORY, /* into a trust store */
	LOADED_CERTIFICATE,
	LOADED_KEY, /* into an SSL_CTX or SSL */
	LOADED_CIPHERS,
	LOADED_CIPHERSUITES, /* strings, not files, which go the same way (ciphers.c) */
};
enum { LOADED_BYTES = 512 }; /* what is kept of a path or a string, its NUL included */
/* The object that files went into: a trust store, an SSL_CTX or an SSL, as `list` tells. */
struct loaded_into {
	struct copy *copy;
	enum kept_name list;
	void *object; /* NULL: none, of which nothing is remembered */
};
/* (load_object.c) Remembers a file at the object that it went into. path NULL: OpenSSL's own. */
void loaded_note(const struct loaded_into *at, enum loaded_kind kind, const char *path, bool ok);
/* ... From now on it is seen when an object of this class goes. False: it cannot be. */
bool loaded_watch(struct copy *c, enum kept_name which);
/* (loaded.c) The list at one object. */
struct loaded;
void loaded_put(const struct loaded_into *at, enum loaded_kind kind, const char *path, bool ok);
void loaded_free(struct loaded *first);
/* The last file of this kind that was loaded, in e's arena; NULL: none. */
const char *loaded_path(struct evidence *e, const struct loaded_into *at, enum loaded_kind kind);
/* ... the SSL's own, or that of its context, which it began with. */
const char *loaded_path_of_ssl(struct evidence *e, struct copy *c, SSL *ssl, enum loaded_kind kind);
/* ... where OpenSSL refused the last one. */
const char *loaded_refused(struct evidence *e, const struct loaded_into *at, enum loaded_kind kind);
/* The client named files, directories or the like for this trust store; OpenSSL's default ones are no word of its own. */
bool loaded_by_client(struct copy *c, const X509_STORE *store);
/* The store line: after evidence_chain(). */
void loaded_describe(struct evidence *e, struct copy *c, X509_STORE *store);
/* (load_context.c) An SSL_CTX was made: until load_context_settled(), what this thread reads from files may be for it. */
void load_context_made(struct copy *c, SSL_CTX *ctx);
void load_context_settled(const void *ctx);
/* The one that this thread made last, and has not used yet; NULL: none. */
const void *load_context_of_thread(const struct copy *c);
/* (failed.c) How many loads failed so far in this process. */
unsigned load_failures(void);
/* The handshake of this connection came to its end. True: the client ended it, because of a file that it loaded meanwhile and could
 * not use; that is reported. */
bool load_settle(struct connection *n, SSL *ssl, bool failed);
/* It waits for its server: it can do without a CA file that was not there before it began. */
void load_pauses(const struct connection *n, const SSL *ssl);

#endif
