/* SPDX-License-Identifier: ISC
 *
 * The functions that load the client's own certificate and key, from files or as objects; two that do not belong together.
 */
#include <tlsmend/evidence.h>

#include "connection.h"
#include "load.h"
#include "loaded.h"

#define REAL LOAD_REAL
#define CALL LOAD_CALL

enum { TYPE_ASN1 = 2 };

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

static enum kept_name index_of(const struct owner *w)
{
	return w->ssl ? KEPT_SSL_FILES : KEPT_CTX_FILES;
}

static const char *path_of(struct evidence *e, const struct owner *w, enum loaded_kind kind)
{
	return w->ssl
		   ? loaded_path_of_ssl(e, w->copy, w->ssl, kind)
		   : loaded_path(e, &(struct loaded_into){w->copy, KEPT_CTX_FILES, w->ctx}, kind);
}

static X509 *certificate_of(const struct owner *w)
{
	const struct openssl *o = copy_api(w->copy);
	if (w->ssl)
		return later(o)->SSL_get_certificate ? later(o)->SSL_get_certificate(w->ssl) : NULL;
	return later(o)->SSL_CTX_get0_certificate ? later(o)->SSL_CTX_get0_certificate(w->ctx)
						  : NULL;
}

static int level_of(const struct owner *w)
{
	const struct openssl *o = copy_api(w->copy);
	if (w->ssl)
		return later(o)->SSL_get_security_level ? later(o)->SSL_get_security_level(w->ssl)
							: -1;
	return o->SSL_CTX_get_security_level ? o->SSL_CTX_get_security_level(w->ctx) : -1;
}

/* The host, where the program loads it for a connection whose handshake has begun: a rule for that host has been applied by then. */
static void note_host(struct evidence *e, const struct owner *w)
{
	const struct connection *n = w->ssl ? connection_of(w->copy, w->ssl) : NULL;
	if (!n || !n->peer.host)
		return;
	e->host = arena_strdup(&e->arena, n->peer.host);
	e->port = n->peer.port;
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
static void own_failed(const struct owner *w, enum file_role role, const char *path, int type,
		       const char *call)
{
	if (failed_known(object_of(w), role, path, call) || !loaded_watch(w->copy, index_of(w)))
		return;
	struct evidence *e = load_failure(w->copy, role, path, call);
	if (!e)
		return;
	e->file_der_wanted = type == TYPE_ASN1;
	load_note_method(e, w->copy, w->clean);
	if (role == FILE_CERTIFICATE && evidence_is_weak_certificate(e)) {
		evidence_own_file(e, copy_api(w->copy));
		e->security_level = level_of(w);
		note_host(e, w);
	}
	if (role == FILE_KEY && evidence_is_key_mismatch(e)) {
		e->file_other = path_of(e, w, LOADED_CERTIFICATE);
		evidence_pair(e, copy_api(w->copy), certificate_of(w), NULL);
	}
	failed_wait(object_of(w), e);
}

/* The object got what it wanted. */
static void own_settled(const struct owner *w, enum file_role role)
{
	failed_settle(object_of(w), role == FILE_KEY ? ROLE_KEY | ROLE_PAIR : ROLE_CERTIFICATE,
		      false);
	failed_settle(NULL, ROLE_READ, false);
}

static int own_loaded(const struct owner *w, enum file_role role, const char *path, int type,
		      int result, const char *call)
{
	if (!object_of(w) || !path)
		return result;
	KEEP_ERRNO_BEGIN
	went_on_from_ca(w);
	if (result == 1) {
		loaded_note(&(struct loaded_into){w->copy, index_of(w), object_of(w)},
			    role == FILE_KEY ? LOADED_KEY : LOADED_CERTIFICATE, path, true);
		own_settled(w, role);
	} else {
		own_failed(w, role, path, type, call);
	}
	KEEP_ERRNO_END
	return result;
}

/* Of objects, not of one file. NULL: known, nobody wants to know, or no memory. */
static struct evidence *object_failure(const struct owner *w, enum file_role role, const char *call)
{
	if (failed_known(object_of(w), role, "", call) || !loaded_watch(w->copy, index_of(w)))
		return NULL;
	return load_begin(w->copy, role, call);
}

/* The two were loaded one after the other and do not belong together. OpenSSL drops a key silently when a certificate of another
 * key is loaded after it, and says only here that there is none. */
static void pair_failed(const struct owner *w, const char *call)
{
	struct evidence *e = object_failure(w, FILE_PAIR, call);
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
#define OF_CTX(c, clean) (&(struct owner){t->copy, (c), NULL, (clean)})
#define OF_SSL(s, clean) (&(struct owner){t->copy, NULL, (s), (clean)})

int hook_SSL_CTX_use_certificate_file(const struct target *t, SSL_CTX *ctx, const char *file,
				      int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx, clean), FILE_CERTIFICATE, file, type, r, CALL);
}

int hook_SSL_CTX_use_certificate_chain_file(const struct target *t, SSL_CTX *ctx, const char *file)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *)(ctx, file);
	return own_loaded(OF_CTX(ctx, clean), FILE_CERTIFICATE, file, 0, r, CALL);
}

int hook_SSL_CTX_use_PrivateKey_file(const struct target *t, SSL_CTX *ctx, const char *file,
				     int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx, clean), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_CTX_check_private_key(const struct target *t, const SSL_CTX *ctx)
{
	int r = REAL(int, const SSL_CTX *)(ctx);
	return pair_checked(OF_CTX(WRITABLE(SSL_CTX, ctx), false), r, CALL);
}

int hook_SSL_use_certificate_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl, clean), FILE_CERTIFICATE, file, type, r, CALL);
}

int hook_SSL_use_certificate_chain_file(const struct target *t, SSL *ssl, const char *file)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *)(ssl, file);
	return own_loaded(OF_SSL(ssl, clean), FILE_CERTIFICATE, file, 0, r, CALL);
}

int hook_SSL_use_PrivateKey_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl, clean), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_check_private_key(const struct target *t, const SSL *ssl)
{
	int r = REAL(int, const SSL *)(ssl);
	return pair_checked(OF_SSL(WRITABLE(SSL, ssl), false), r, CALL);
}

int hook_SSL_CTX_use_RSAPrivateKey_file(const struct target *t, SSL_CTX *ctx, const char *file,
					int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL_CTX *, const char *, int)(ctx, file, type);
	return own_loaded(OF_CTX(ctx, clean), FILE_KEY, file, type, r, CALL);
}

int hook_SSL_use_RSAPrivateKey_file(const struct target *t, SSL *ssl, const char *file, int type)
{
	const bool clean = load_queue_is_empty(t->copy);
	int r = REAL(int, SSL *, const char *, int)(ssl, file, type);
	return own_loaded(OF_SSL(ssl, clean), FILE_KEY, file, type, r, CALL);
}

/* ---- objects that the client has from somewhere --------------------------------------------------------------------- */

static void key_refused(const struct owner *w, EVP_PKEY *key, const char *call)
{
	struct evidence *e = object_failure(w, FILE_PAIR, call);
	if (!e)
		return;
	e->file_other = path_of(e, w, LOADED_CERTIFICATE);
	if (e->file_library == ERR_LIB_X509_ && evidence_is_key_mismatch(e) &&
	    evidence_pair(e, copy_api(w->copy), certificate_of(w), key))
		failed_wait(object_of(w), e);
	else
		evidence_free(e);
}

/* openssl s_client, .NET and others parse files by themselves. */
static void certificate_refused(const struct owner *w, X509 *x, const char *call)
{
	struct evidence *e = object_failure(w, FILE_CERTIFICATE, call);
	if (!e)
		return;
	if (!evidence_is_weak_certificate(e)) {
		evidence_free(e);
		return;
	}
	e->file_path = "";
	e->security_level = level_of(w);
	note_host(e, w);
	evidence_own_certificate(e, copy_api(w->copy), x);
	failed_wait(object_of(w), e);
}

/* Through libssl's own functions for files it comes here too; those tell better. */
static bool is_clients(const struct target *t, const struct owner *w, const void *object)
{
	return t->caller == CALLER_HOST && object_of(w) && object;
}

static int key_used(const struct target *t, const struct owner *w, EVP_PKEY *key, int result,
		    const char *call)
{
	if (!is_clients(t, w, key))
		return result;
	KEEP_ERRNO_BEGIN
	if (result == 1)
		own_settled(w, FILE_KEY);
	else
		key_refused(w, key, call);
	KEEP_ERRNO_END
	return result;
}

static int certificate_used(const struct target *t, const struct owner *w, X509 *x, int result,
			    const char *call)
{
	if (!is_clients(t, w, x))
		return result;
	KEEP_ERRNO_BEGIN
	if (result == 1)
		own_settled(w, FILE_CERTIFICATE);
	else
		certificate_refused(w, x, call);
	KEEP_ERRNO_END
	return result;
}

int hook_SSL_CTX_use_PrivateKey(const struct target *t, SSL_CTX *ctx, EVP_PKEY *key)
{
	int r = REAL(int, SSL_CTX *, EVP_PKEY *)(ctx, key);
	return key_used(t, OF_CTX(ctx, false), key, r, CALL);
}

int hook_SSL_use_PrivateKey(const struct target *t, SSL *ssl, EVP_PKEY *key)
{
	int r = REAL(int, SSL *, EVP_PKEY *)(ssl, key);
	return key_used(t, OF_SSL(ssl, false), key, r, CALL);
}

int hook_SSL_CTX_use_certificate(const struct target *t, SSL_CTX *ctx, X509 *x)
{
	int r = REAL(int, SSL_CTX *, X509 *)(ctx, x);
	return certificate_used(t, OF_CTX(ctx, false), x, r, CALL);
}

int hook_SSL_use_certificate(const struct target *t, SSL *ssl, X509 *x)
{
	int r = REAL(int, SSL *, X509 *)(ssl, x);
	return certificate_used(t, OF_SSL(ssl, false), x, r, CALL);
}
