/* SPDX-License-Identifier: ISC
 *
 * The functions that load a trust store from files: what they loaded is remembered (loaded.c), what they could not load is looked at
 * while it is fresh (load_failure.c), and told when the client minds it (failed.c).
 *
 * libssl's functions call libcrypto's, and those each other, through our exports where the library was built so. Each notes the same
 * path at the same object, which counts once; the outermost name is the one that is told.
 */
#include <string.h>

#include <tlsmend/loader.h>

#include "load.h"
#include "loaded.h"

#include <bsd/string.h>

#define REAL LOAD_REAL
#define CALL LOAD_CALL

enum { TYPE_DEFAULT = 3, LOOKUP_FILE = 1, LOOKUP_DIRECTORY = 2 };
static X509_STORE *store_of(const struct target *t, const SSL_CTX *ctx)
{
	const struct openssl *o = copy_api(t->copy);
	return ctx && o->SSL_CTX_get_cert_store ? o->SSL_CTX_get_cert_store(ctx) : NULL;
}

static void store_failed(struct copy *c, X509_STORE *store, enum file_role role, const char *path,
			 const char *call)
{
	if (failed_known(store, role, path, call))
		return;
	struct evidence *e = load_failure(c, role, path, call);
	if (e)
		failed_wait(store, e);
}

/* After a call that was to load `file` and to search `directory`; either may be NULL. */
static int store_loaded(const struct target *t, X509_STORE *store, const char *file,
			const char *directory, int result, const char *call)
{
	const struct loaded_into at = {t->copy, KEPT_STORE_FILES, store};
	KEEP_ERRNO_BEGIN
	if (store && directory)
		loaded_note(&at, LOADED_DIRECTORY, directory, true);
	if (store && file) {
		loaded_note(&at, LOADED_FILE, file, result == 1);
		if (result == 1)
			failed_settle(store, ROLE_CA, false);
		else
			store_failed(t->copy, store, FILE_CA, file, call);
	}
	KEEP_ERRNO_END
	return result;
}

/* A variable of the host's as it is now, when the host has OpenSSL read it in this very call; at any other time another thread may be
 * changing it. A program may set it by itself (Python's certifi). "": not set, or longer than what is kept. */
static const char *variable_now(const char *name, char out[LOADED_BYTES])
{
	static _Atomic(char ***) known;
	char ***environment = atomic_load_explicit(&known, memory_order_relaxed);
	const size_t n = strlen(name);
	out[0] = '\0';
	if (!environment) {
		/* the program's own copy counts, where it has one */
		environment = loader_bind(&(struct lookup){.name = LOADER_NAME("environ")},
					  loader_own(), false);
		atomic_store_explicit(&known, environment, memory_order_relaxed);
	}
	if (!environment || environment_is_secure())
		return out;
	for (char **v = *environment; v && *v; v++)
		if (strncmp(*v, name, n) == 0 && (*v)[n] == '=') {
			if (strlcpy(out, *v + n + 1, LOADED_BYTES) >= LOADED_BYTES)
				out[0] = '\0';
			break;
		}
	return out;
}

/* OpenSSL's own paths need not be there. */
static int defaults_loaded(const struct target *t, X509_STORE *store, bool file, bool directory,
			   int result)
{
	const struct loaded_into at = {t->copy, KEPT_STORE_FILES, store};
	char value[LOADED_BYTES];
	KEEP_ERRNO_BEGIN
	if (file)
		loaded_note(&at, LOADED_DEFAULT_FILE, variable_now("SSL_CERT_FILE", value), true);
	if (directory)
		loaded_note(&at, LOADED_DEFAULT_DIRECTORY, variable_now("SSL_CERT_DIR", value),
			    true);
	KEEP_ERRNO_END
	return result;
}

int hook_SSL_CTX_load_verify_locations(const struct target *t, SSL_CTX *ctx, const char *file,
				       const char *directory)
{
	int r = REAL(int, SSL_CTX *, const char *, const char *)(ctx, file, directory);
	return store_loaded(t, store_of(t, ctx), file, directory, r, CALL);
}

int hook_SSL_CTX_load_verify_file(const struct target *t, SSL_CTX *ctx, const char *file)
{
	int r = REAL(int, SSL_CTX *, const char *)(ctx, file);
	return store_loaded(t, store_of(t, ctx), file, NULL, r, CALL);
}

int hook_SSL_CTX_load_verify_dir(const struct target *t, SSL_CTX *ctx, const char *directory)
{
	int r = REAL(int, SSL_CTX *, const char *)(ctx, directory);
	return store_loaded(t, store_of(t, ctx), NULL, directory, r, CALL);
}

int hook_SSL_CTX_load_verify_store(const struct target *t, SSL_CTX *ctx, const char *uri)
{
	int r = REAL(int, SSL_CTX *, const char *)(ctx, uri);
	KEEP_ERRNO_BEGIN
	loaded_note(&(struct loaded_into){t->copy, KEPT_STORE_FILES, store_of(t, ctx)}, LOADED_URI,
		    uri, r == 1);
	if (store_of(t, ctx) && uri && r != 1 && !strchr(uri, ':'))
		store_failed(t->copy, store_of(t, ctx), FILE_CA, uri, CALL);
	KEEP_ERRNO_END
	return r;
}

int hook_SSL_CTX_set_default_verify_paths(const struct target *t, SSL_CTX *ctx)
{
	int r = REAL(int, SSL_CTX *)(ctx);
	return defaults_loaded(t, store_of(t, ctx), true, true, r);
}

int hook_SSL_CTX_set_default_verify_file(const struct target *t, SSL_CTX *ctx)
{
	int r = REAL(int, SSL_CTX *)(ctx);
	return defaults_loaded(t, store_of(t, ctx), true, false, r);
}

int hook_SSL_CTX_set_default_verify_dir(const struct target *t, SSL_CTX *ctx)
{
	int r = REAL(int, SSL_CTX *)(ctx);
	return defaults_loaded(t, store_of(t, ctx), false, true, r);
}

int hook_X509_STORE_load_locations(const struct target *t, X509_STORE *store, const char *file,
				   const char *directory)
{
	int r = REAL(int, X509_STORE *, const char *, const char *)(store, file, directory);
	return store_loaded(t, store, file, directory, r, CALL);
}

int hook_X509_STORE_load_locations_ex(const struct target *t, X509_STORE *store, const char *file,
				      const char *directory, OSSL_LIB_CTX *libctx,
				      const char *propq)
{
	int r = REAL(int, X509_STORE *, const char *, const char *, OSSL_LIB_CTX *,
		     const char *)(store, file, directory, libctx, propq);
	return store_loaded(t, store, file, directory, r, CALL);
}

int hook_X509_STORE_load_file(const struct target *t, X509_STORE *store, const char *file)
{
	int r = REAL(int, X509_STORE *, const char *)(store, file);
	return store_loaded(t, store, file, NULL, r, CALL);
}

int hook_X509_STORE_load_file_ex(const struct target *t, X509_STORE *store, const char *file,
				 OSSL_LIB_CTX *libctx, const char *propq)
{
	int r = REAL(int, X509_STORE *, const char *, OSSL_LIB_CTX *, const char *)(store, file,
										    libctx, propq);
	return store_loaded(t, store, file, NULL, r, CALL);
}

int hook_X509_STORE_load_path(const struct target *t, X509_STORE *store, const char *directory)
{
	int r = REAL(int, X509_STORE *, const char *)(store, directory);
	return store_loaded(t, store, NULL, directory, r, CALL);
}

int hook_X509_STORE_set_default_paths(const struct target *t, X509_STORE *store)
{
	int r = REAL(int, X509_STORE *)(store);
	return defaults_loaded(t, store, true, true, r);
}

int hook_X509_STORE_set_default_paths_ex(const struct target *t, X509_STORE *store,
					 OSSL_LIB_CTX *libctx, const char *propq)
{
	int r = REAL(int, X509_STORE *, OSSL_LIB_CTX *, const char *)(store, libctx, propq);
	return defaults_loaded(t, store, true, true, r);
}

static X509_STORE *store_of_lookup(const struct target *t, const X509_LOOKUP *lookup)
{
	const struct openssl *o = copy_api(t->copy);
	return lookup && o->X509_LOOKUP_get_store ? o->X509_LOOKUP_get_store(lookup) : NULL;
}

struct lookup_call {
	int command;
	const char *path;
	long type;
	const char *name; /* of the function */
};
/* What X509_LOOKUP_load_file() and X509_LOOKUP_add_dir() are made of: Ruby and others build their stores so. */
static int lookup_used(const struct target *t, X509_STORE *store, const struct lookup_call *l,
		       int result)
{
	const int command = l->command;
	if (!store || (command != LOOKUP_FILE && command != LOOKUP_DIRECTORY))
		return result;
	if (l->type == TYPE_DEFAULT)
		return defaults_loaded(t, store, command == LOOKUP_FILE,
				       command == LOOKUP_DIRECTORY, result);
	/* the number of certificates where it worked */
	store_loaded(t, store, command == LOOKUP_FILE ? l->path : NULL,
		     command == LOOKUP_DIRECTORY ? l->path : NULL, result > 0, l->name);
	return result;
}

int hook_X509_LOOKUP_ctrl(const struct target *t, X509_LOOKUP *lookup, int command,
			  const char *path, long type, char **out)
{
	int r = REAL(int, X509_LOOKUP *, int, const char *, long, char **)(lookup, command, path,
									   type, out);
	return lookup_used(t, store_of_lookup(t, lookup),
			   &(struct lookup_call){command, path, type, CALL}, r);
}

int hook_X509_LOOKUP_ctrl_ex(const struct target *t, X509_LOOKUP *lookup, int command,
			     const char *path, long type, char **out, OSSL_LIB_CTX *libctx,
			     const char *propq)
{
	int r = REAL(int, X509_LOOKUP *, int, const char *, long, char **, OSSL_LIB_CTX *,
		     const char *)(lookup, command, path, type, out, libctx, propq);
	return lookup_used(t, store_of_lookup(t, lookup),
			   &(struct lookup_call){command, path, type, CALL}, r);
}

/* A file of certificates, or of CRLs, of the given type (curl: --crlfile). */
static int lookup_loaded(const struct target *t, X509_STORE *store, enum file_role role,
			 const struct lookup_call *l, int result)
{
	/* from 1.1.1 itself: one of several places to look at, which the call that the host made answers for */
	if (t->caller != CALLER_HOST || !store || !l->path || l->type == TYPE_DEFAULT)
		return result;
	KEEP_ERRNO_BEGIN
	if (role == FILE_CA)
		store_loaded(t, store, l->path, NULL, result > 0, l->name);
	else if (result > 0)
		failed_settle(store, ROLE_CA, false);
	else
		store_failed(t->copy, store, role, l->path, l->name);
	KEEP_ERRNO_END
	return result;
}

int hook_X509_load_cert_file(const struct target *t, X509_LOOKUP *lookup, const char *file,
			     int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, store_of_lookup(t, lookup), FILE_CA,
			     &(struct lookup_call){LOOKUP_FILE, file, type, CALL}, r);
}

int hook_X509_load_cert_crl_file(const struct target *t, X509_LOOKUP *lookup, const char *file,
				 int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, store_of_lookup(t, lookup), FILE_CA,
			     &(struct lookup_call){LOOKUP_FILE, file, type, CALL}, r);
}

int hook_X509_load_crl_file(const struct target *t, X509_LOOKUP *lookup, const char *file, int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, store_of_lookup(t, lookup), FILE_CRL,
			     &(struct lookup_call){LOOKUP_FILE, file, type, CALL}, r);
}
