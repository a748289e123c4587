/* SPDX-License-Identifier: ISC
 *
 * The functions that load certificates, keys and trust stores from files: what they loaded is remembered (loaded.c), what they
 * could not load is looked at while it is fresh (failed.c).
 *
 * libssl's functions call libcrypto's, and those each other, through our exports where the library was built so. Each notes the same
 * path at the same object, which counts once; the outermost name is the one that is told.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/log.h>

#include "../openssl/versions.h"
#include "load.h"

#define REAL LOAD_REAL
#define CALL LOAD_CALL

enum { TYPE_ASN1 = 2, TYPE_DEFAULT = 3, LOOKUP_FILE = 1, LOOKUP_DIRECTORY = 2 };

/* ---- one failure -------------------------------------------------------------------------------------------------- */

/* Only the end of the queue is this call's own, and it may be all that there is. */
static void last_error(struct evidence *e, const struct openssl *o)
{
	unsigned long code = o->ERR_peek_last_error();
	openssl_error_split(o, code, &e->file_library, &e->ssl_reason);
	e->ssl_reason_text =
	    code ? arena_strdup(&e->arena, o->ERR_reason_error_string(code)) : NULL;
}

/* Right after the call. */
static struct evidence *begin(struct copy *c, enum file_role role, const char *call)
{
	struct evidence *e = record_wanted(LEVEL_ERROR) ? evidence_new(EVENT_LOAD_FAILED) : NULL;
	if (!e)
		return NULL;
	evidence_library(e, copy_api(c));
	e->file_role = role;
	e->file_call = call; /* static */
	last_error(e, copy_api(c));
	return e;
}

struct evidence *load_failure(struct copy *c, enum file_role role, const char *path,
			      const char *call)
{
	struct evidence *e = begin(c, role, call);
	if (!e)
		return NULL;
	e->file_path = arena_strdup(&e->arena, path);
	if (e->file_path) {
		evidence_file(e);
		return e;
	}
	evidence_free(e);
	return NULL;
}

/* ---- trust stores ---------------------------------------------------------------------------------------------------- */

static X509_STORE *store_of(const struct target *t, const SSL_CTX *ctx)
{
	const struct openssl *o = copy_api(t->copy);
	return ctx && o->SSL_CTX_get_cert_store ? o->SSL_CTX_get_cert_store(ctx) : NULL;
}

static void store_failed(struct copy *c, X509_STORE *store, enum file_role role, const char *path,
			 const char *call)
{
	struct evidence *e;
	if (failed_known(store, role, path, call))
		return;
	e = load_failure(c, role, path, call);
	if (e)
		failed_wait(store, e);
}

/* After a call that was to load `file` and to search `directory`; either may be NULL. */
static int store_loaded(const struct target *t, X509_STORE *store, const char *file,
			const char *directory, int result, const char *call)
{
	KEEP_ERRNO_BEGIN
	if (store && directory)
		loaded_note(t->copy, INDEX_STORE_FILES, store, LOADED_DIRECTORY, directory, true);
	if (store && file) {
		loaded_note(t->copy, INDEX_STORE_FILES, store, LOADED_FILE, file, result == 1);
		if (result == 1)
			failed_settle(store, ROLE_CA, false);
		else
			store_failed(t->copy, store, FILE_CA, file, call);
	}
	KEEP_ERRNO_END
	return result;
}

/* OpenSSL's own paths need not be there. */
static int defaults_loaded(const struct target *t, X509_STORE *store, bool file, bool directory,
			   int result)
{
	KEEP_ERRNO_BEGIN
	if (file)
		loaded_note(t->copy, INDEX_STORE_FILES, store, LOADED_DEFAULT_FILE, NULL, true);
	if (directory)
		loaded_note(t->copy, INDEX_STORE_FILES, store, LOADED_DEFAULT_DIRECTORY, NULL,
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
	loaded_note(t->copy, INDEX_STORE_FILES, store_of(t, ctx), LOADED_URI, uri, r == 1);
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

/* What X509_LOOKUP_load_file() and X509_LOOKUP_add_dir() are made of: Ruby and others build their stores so. */
static int lookup_used(const struct target *t, X509_LOOKUP *lookup, int command, const char *path,
		       long type, int result, const char *call)
{
	const struct openssl *o = copy_api(t->copy);
	X509_STORE *store =
	    lookup && o->X509_LOOKUP_get_store ? o->X509_LOOKUP_get_store(lookup) : NULL;
	if (!store || (command != LOOKUP_FILE && command != LOOKUP_DIRECTORY))
		return result;
	if (type == TYPE_DEFAULT)
		return defaults_loaded(t, store, command == LOOKUP_FILE,
				       command == LOOKUP_DIRECTORY, result);
	/* the number of certificates where it worked */
	store_loaded(t, store, command == LOOKUP_FILE ? path : NULL,
		     command == LOOKUP_DIRECTORY ? path : NULL, result > 0, call);
	return result;
}

int hook_X509_LOOKUP_ctrl(const struct target *t, X509_LOOKUP *lookup, int command,
			  const char *path, long type, char **out)
{
	int r = REAL(int, X509_LOOKUP *, int, const char *, long, char **)(lookup, command, path,
									   type, out);
	return lookup_used(t, lookup, command, path, type, r, CALL);
}

int hook_X509_LOOKUP_ctrl_ex(const struct target *t, X509_LOOKUP *lookup, int command,
			     const char *path, long type, char **out, OSSL_LIB_CTX *libctx,
			     const char *propq)
{
	int r = REAL(int, X509_LOOKUP *, int, const char *, long, char **, OSSL_LIB_CTX *,
		     const char *)(lookup, command, path, type, out, libctx, propq);
	return lookup_used(t, lookup, command, path, type, r, CALL);
}

/* A file of certificates, or of CRLs, of the given type (curl: --crlfile). */
static int lookup_loaded(const struct target *t, X509_LOOKUP *lookup, enum file_role role,
			 const char *file, int type, int result, const char *call)
{
	const struct openssl *o = copy_api(t->copy);
	X509_STORE *store =
	    lookup && o->X509_LOOKUP_get_store ? o->X509_LOOKUP_get_store(lookup) : NULL;
	/* from 1.1.1 itself: one of several places to look at, which the call that the host made answers for */
	if (t->caller != CALLER_HOST || !store || !file || type == TYPE_DEFAULT)
		return result;
	KEEP_ERRNO_BEGIN
	if (role == FILE_CA)
		store_loaded(t, store, file, NULL, result > 0, call);
	else if (result > 0)
		failed_settle(store, ROLE_CA, false);
	else
		store_failed(t->copy, store, role, file, call);
	KEEP_ERRNO_END
	return result;
}

int hook_X509_load_cert_file(const struct target *t, X509_LOOKUP *lookup, const char *file,
			     int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, lookup, FILE_CA, file, type, r, CALL);
}

int hook_X509_load_cert_crl_file(const struct target *t, X509_LOOKUP *lookup, const char *file,
				 int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, lookup, FILE_CA, file, type, r, CALL);
}

int hook_X509_load_crl_file(const struct target *t, X509_LOOKUP *lookup, const char *file, int type)
{
	int r = REAL(int, X509_LOOKUP *, const char *, int)(lookup, file, type);
	return lookup_loaded(t, lookup, FILE_CRL, file, type, r, CALL);
}

/* ---- the client's own certificate and key ------------------------------------------------------------------------- */

/* Where a certificate or key goes: one of the two. */
struct owner {
	struct copy *copy;
	SSL_CTX *ctx;
	SSL *ssl;
	bool clean; /* the error queue was empty before the call */
};

static void *object_of(const struct owner *w)
{
	return w->ssl ? (void *)w->ssl : (void *)w->ctx;
}

static enum binding_index index_of(const struct owner *w)
{
	return w->ssl ? INDEX_SSL_FILES : INDEX_CTX_FILES;
}

/* The SSL's own file, or that of its context, which it began with. */
static const char *path_of(struct evidence *e, const struct owner *w, enum loaded_kind kind)
{
	const char *path = loaded_path(e, w->copy, index_of(w), object_of(w), kind);
	if (!path && w->ssl)
		path = loaded_path(e, w->copy, INDEX_CTX_FILES,
				   copy_api(w->copy)->SSL_get_SSL_CTX(w->ssl), kind);
	return path;
}

static X509 *certificate_of(const struct owner *w)
{
	const struct openssl *o = copy_api(w->copy);
	if (w->ssl)
		return o->SSL_get_certificate ? o->SSL_get_certificate(w->ssl) : NULL;
	return o->SSL_CTX_get0_certificate ? o->SSL_CTX_get0_certificate(w->ctx) : NULL;
}

static int level_of(const struct owner *w)
{
	const struct openssl *o = copy_api(w->copy);
	if (w->ssl)
		return o->SSL_get_security_level ? o->SSL_get_security_level(w->ssl) : -1;
	return o->SSL_CTX_get_security_level ? o->SSL_CTX_get_security_level(w->ctx) : -1;
}

/* It went on to its own certificate, so a CA file or CRL that could not be loaded before did not matter to it: libpq looks for a
 * CRL that need not be there. */
static void went_on_from_ca(const struct owner *w)
{
	const struct openssl *o = copy_api(w->copy);
	SSL_CTX *ctx = w->ssl ? o->SSL_get_SSL_CTX(w->ssl) : w->ctx;
	if (ctx && o->SSL_CTX_get_cert_store)
		failed_settle(o->SSL_CTX_get_cert_store(ctx), ROLE_CA, false);
}

/* A cipher or digest that moved to the legacy provider (3.0): a key that was encrypted with it cannot be read, whatever the passphrase.
 * Only the first entry of the queue says so, and says it of damaged files too. */
static bool first_error_is_unsupported(const struct openssl *o)
{
	enum { UNSUPPORTED = 0x8010c };
	int library, reason;
	openssl_error_split(o, o->ERR_peek_error(), &library, &reason);
	return reason == UNSUPPORTED;
}

bool load_queue_is_empty(struct copy *c)
{
	return copy_api(c)->ERR_peek_error() == 0;
}

void load_note_method(struct evidence *e, struct copy *c, bool clean)
{
	enum { PKCS12_LIBRARY = 35, MAC_VERIFY_FAILURE = 113 };
	const bool pkcs12 = e->file_role == FILE_PKCS12 && e->file_form == FORM_PKCS12;
	e->file_wrong_passphrase =
	    pkcs12 && e->file_library == PKCS12_LIBRARY && e->ssl_reason == MAC_VERIFY_FAILURE;
	e->file_method_unsupported =
	    (e->file_old_encryption || pkcs12) && clean && first_error_is_unsupported(copy_api(c));
}

static void own_failed(const struct owner *w, enum file_role role, const char *path, int type,
		       const char *call)
{
	struct evidence *e;
	if (failed_known(object_of(w), role, path, call) || !loaded_watch(w->copy, index_of(w)))
		return;
	e = load_failure(w->copy, role, path, call);
	if (!e)
		return;
	e->file_der_wanted = type == TYPE_ASN1;
	load_note_method(e, w->copy, w->clean);
	if (role == FILE_CERTIFICATE && evidence_is_weak_certificate(e)) {
		evidence_own_file(e, copy_api(w->copy));
		e->security_level = level_of(w);
	}
	if (role == FILE_KEY && evidence_is_key_mismatch(e)) {
		e->file_other = path_of(e, w, LOADED_CERTIFICATE);
		evidence_pair(e, copy_api(w->copy), certificate_of(w), NULL);
	}
	failed_wait(object_of(w), e);
}

static int own_loaded(const struct owner *w, enum file_role role, const char *path, int type,
		      int result, const char *call)
{
	if (!object_of(w) || !path)
		return result;
	KEEP_ERRNO_BEGIN
	went_on_from_ca(w);
	if (result == 1) {
		loaded_note(w->copy, index_of(w), object_of(w),
			    role == FILE_KEY ? LOADED_KEY : LOADED_CERTIFICATE, path, true);
		failed_settle(object_of(w),
			      role == FILE_KEY ? ROLE_KEY | ROLE_PAIR : ROLE_CERTIFICATE, false);
		failed_settle(NULL, ROLE_READ, false);
	} else {
		own_failed(w, role, path, type, call);
	}
	KEEP_ERRNO_END
	return result;
}

/* The two were loaded one after the other and do not belong together. OpenSSL drops a key silently when a certificate of another
 * key is loaded after it, and says only here that there is none. */
static void pair_failed(const struct owner *w, const char *call)
{
	struct evidence *e;
	if (failed_known(object_of(w), FILE_PAIR, "", call) || !loaded_watch(w->copy, index_of(w)))
		return;
	e = begin(w->copy, FILE_PAIR, call);
	if (!e)
		return;
	e->file_path = path_of(e, w, LOADED_KEY);
	e->file_other = path_of(e, w, LOADED_CERTIFICATE);
	if (e->file_path && e->file_other && evidence_is_key_mismatch(e) &&
	    evidence_pair(e, copy_api(w->copy), certificate_of(w), NULL)) {
		evidence_file(e);
		e->system_errno = 0; /* both were loaded */
		failed_wait(object_of(w), e);
		return;
	}
	evidence_free(e);
}

static int pair_checked(const struct owner *w, int result, const char *call)
{
	if (!object_of(w))
		return result;
	KEEP_ERRNO_BEGIN
	if (result == 1)
		failed_settle(object_of(w), ROLE_KEY | ROLE_PAIR, false);
	else
		pair_failed(w, call);
	KEEP_ERRNO_END
	return result;
}

/* OpenSSL asks with a pointer to const; only our ex_data of it is changed. */
#define WRITABLE(type, pointer)                                                                    \
	((union {                                                                                  \
		const type *given;                                                                 \
		type *writable;                                                                    \
	}){.given = (pointer)})                                                                    \
	    .writable
#define OF_CTX(c) (&(struct owner){t->copy, (c), NULL, clean})
#define OF_SSL(s) (&(struct owner){t->copy, NULL, (s), clean})

int hook_SSL_CTX_use_certificate_file(const struct target *t, SSL_CTX *ctx, const char *file,
				      int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx), FILE_CERTIFICATE, file, type, r, CALL);
}

int hook_SSL_CTX_use_certificate_chain_file(const struct target *t, SSL_CTX *ctx, const char *file)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *)(ctx, file);
	return own_loaded(OF_CTX(ctx), FILE_CERTIFICATE, file, 0, r, CALL);
}

int hook_SSL_CTX_use_PrivateKey_file(const struct target *t, SSL_CTX *ctx, const char *file,
				     int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_CTX_check_private_key(const struct target *t, const SSL_CTX *ctx)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, const SSL_CTX *)(ctx);
	return pair_checked(OF_CTX(WRITABLE(SSL_CTX, ctx)), r, CALL);
}

int hook_SSL_use_certificate_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl), FILE_CERTIFICATE, file, type, r, CALL);
}

int hook_SSL_use_certificate_chain_file(const struct target *t, SSL *ssl, const char *file)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *)(ssl, file);
	return own_loaded(OF_SSL(ssl), FILE_CERTIFICATE, file, 0, r, CALL);
}

int hook_SSL_use_PrivateKey_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_check_private_key(const struct target *t, const SSL *ssl)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, const SSL *)(ssl);
	return pair_checked(OF_SSL(WRITABLE(SSL, ssl)), r, CALL);
}

int hook_SSL_CTX_use_RSAPrivateKey_file(const struct target *t, SSL_CTX *ctx, const char *file,
					int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_use_RSAPrivateKey_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl), FILE_KEY, file, type, r, CALL);
}

/* ---- objects that the client has from somewhere --------------------------------------------------------------------- */

static void key_refused(const struct owner *w, EVP_PKEY *key, const char *call)
{
	struct evidence *e;
	if (failed_known(object_of(w), FILE_PAIR, "", call) || !loaded_watch(w->copy, index_of(w)))
		return;
	e = begin(w->copy, FILE_PAIR, call);
	if (!e)
		return;
	e->file_other = path_of(e, w, LOADED_CERTIFICATE);
	if (e->file_library == ERR_LIB_X509_ && evidence_is_key_mismatch(e) &&
	    evidence_pair(e, copy_api(w->copy), certificate_of(w), key))
		failed_wait(object_of(w), e);
	else
		evidence_free(e);
}

/* Through libssl's own functions for files it comes here too; those tell better. */
static int key_used(const struct target *t, const struct owner *w, EVP_PKEY *key, int result,
		    const char *call)
{
	if (t->caller != CALLER_HOST || !object_of(w) || !key)
		return result;
	KEEP_ERRNO_BEGIN
	if (result == 1) {
		failed_settle(object_of(w), ROLE_KEY | ROLE_PAIR, false);
		failed_settle(NULL, ROLE_READ, false);
	} else {
		key_refused(w, key, call);
	}
	KEEP_ERRNO_END
	return result;
}

int hook_SSL_CTX_use_PrivateKey(const struct target *t, SSL_CTX *ctx, EVP_PKEY *key)
{
	int r = REAL(int, SSL_CTX *, EVP_PKEY *)(ctx, key);
	return key_used(t, &(struct owner){t->copy, ctx, NULL, false}, key, r, CALL);
}

int hook_SSL_use_PrivateKey(const struct target *t, SSL *ssl, EVP_PKEY *key)
{
	int r = REAL(int, SSL *, EVP_PKEY *)(ssl, key);
	return key_used(t, &(struct owner){t->copy, NULL, ssl, false}, key, r, CALL);
}
