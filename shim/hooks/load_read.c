/* SPDX-License-Identifier: ISC
 *
 * Files that a client reads by itself, through a BIO or a stream, and hands over as objects: a PKCS #12 file (curl), certificate and
 * key (nginx). Of a PKCS #12 file that it read into memory (Ruby, PHP) not even the name is known.
 *
 * Nothing ties such a file to a connection but time: it was read by the thread that made an SSL_CTX and has not used it yet. What
 * cannot be read then is told when this SSL_CTX goes without a connection. Any sign that the process goes on, an SSL_new() or a
 * certificate or key that OpenSSL takes, and it was a probe: the failure is forgotten (failed.c).
 */
#include <stdio.h>
#include <string.h>

#include <tlsmend/evidence.h>

#include "load.h"
#include "loaded.h"

enum { PKCS12_FILES = 4, READ_BIOS = 8 };

/* A PKCS #12 file is read by one call and decrypted by another. */
static struct pkcs12 {
	const void *p12, *ctx;
	char path[256];
} pkcs12_files[PKCS12_FILES];
static unsigned next_pkcs12;
static struct lock lock;

static bool enter(void)
{
	return lock_enter_table(&lock, pkcs12_files, sizeof pkcs12_files);
}

/* ---- which file is behind a BIO or a stream --------------------------------------------------------------------------- */

static bool stream_path(FILE *stream, char *path, size_t size)
{
	char link[32] = "/proc/self/fd/";
	struct buf b;
	const int fd = stream ? fileno(stream) : -1;
	if (fd < 0)
		return false;
	buf_init(&b, sizeof link);
	buf_puts(&b, link);
	buf_uint(&b, (uint64_t)fd);
	const bool found = file_link(buf_str(&b), path, size) && path[0] == '/';
	buf_free(&b);
	return found;
}

static bool bio_path(const struct openssl *o, BIO *bio, char *path, size_t size)
{
	enum { FILE_TYPE = 0x402, GET_FILE_PTR = 107 };
	FILE *stream = NULL;
	if (!bio || !o->BIO_method_type || o->BIO_method_type(bio) != FILE_TYPE)
		return false;
	QUIET_BEGIN(o)
	o->BIO_ctrl(bio, GET_FILE_PTR, 0, &stream);
	QUIET_END(o)
	return stream_path(stream, path, size);
}

/* ---- one failure -------------------------------------------------------------------------------------------------------- */

static void failed(const struct target *t, enum file_role role, const char *path, const char *call,
		   bool clean)
{
	const void *ctx = load_context_of_thread(t->copy);
	if (!ctx || failed_known(ctx, role, path, call))
		return;
	struct evidence *e = load_failure(t->copy, role, path, call);
	if (!e)
		return;
	e->file_read = true;
	load_note_method(e, t->copy, clean);
	if (role == FILE_OTHER && e->system_errno == 0)
		evidence_free(e); /* not the file itself was what failed */
	else
		failed_wait(ctx, e);
}

/* The end of a file that certificates were read from is met by one attempt more. */
static _Atomic(const void *) read_bios[READ_BIOS];

static bool was_read_from(const BIO *bio)
{
	bool found = false;
	for (unsigned i = 0; i < READ_BIOS; i++)
		found = found || atomic_load_explicit(&read_bios[i], memory_order_relaxed) == bio;
	return found;
}

/* A new BIO where a freed one was. */
static void forget_bio(const BIO *bio)
{
	for (unsigned i = 0; i < READ_BIOS; i++) {
		const void *expected = bio;
		atomic_compare_exchange_strong(&read_bios[i], &expected, NULL);
	}
}

/* A program opens files of many kinds through BIOs. One that is not there can only be told by its name. */
static bool named_like_a_credential(const char *path)
{
	static const char parts[][8] = {".pem", ".crt", ".cer", ".key",  ".der",  ".p12", ".pfx",
					".p7b", ".crl", "cert", "/ssl/", "/tls/", "/pki/"};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (strstr(path, parts[i]))
			return true;
	return false;
}

BIO *hook_BIO_new_file(const struct target *t, const char *path, const char *mode)
{
	BIO *bio = LOAD_REAL(BIO *, const char *, const char *)(path, mode);
	if (t->caller != CALLER_HOST)
		return bio;
	if (bio) {
		if (was_read_from(bio))
			forget_bio(bio);
	} else if (path && mode && mode[0] == 'r' && !strchr(mode, '+') &&
		   named_like_a_credential(path)) {
		KEEP_ERRNO_BEGIN
		failed(t, FILE_OTHER, path, LOAD_CALL, false);
		KEEP_ERRNO_END
	}
	return bio;
}

static void *object_read(const struct target *t, BIO *bio, enum file_role role, void *result,
			 const char *call, bool clean)
{
	static _Atomic unsigned next;
	char path[256];
	if (t->caller != CALLER_HOST || !bio || (role == FILE_CERTIFICATE && was_read_from(bio)))
		return result;
	KEEP_ERRNO_BEGIN
	if (result && role == FILE_CERTIFICATE)
		atomic_store(&read_bios[atomic_fetch_add(&next, 1) % READ_BIOS], bio);
	else if (!result && bio_path(copy_api(t->copy), bio, path, sizeof path))
		failed(t, role, path, call, clean);
	KEEP_ERRNO_END
	return result;
}

X509 *hook_PEM_read_bio_X509(const struct target *t, BIO *bio, X509 **x,
			     openssl_pem_password_cb *callback, void *arg)
{
	X509 *r = LOAD_REAL(X509 *, BIO *, X509 **, openssl_pem_password_cb *,
			    void *)(bio, x, callback, arg);
	return object_read(t, bio, FILE_CERTIFICATE, r, LOAD_CALL, false);
}

X509 *hook_PEM_read_bio_X509_AUX(const struct target *t, BIO *bio, X509 **x,
				 openssl_pem_password_cb *callback, void *arg)
{
	X509 *r = LOAD_REAL(X509 *, BIO *, X509 **, openssl_pem_password_cb *,
			    void *)(bio, x, callback, arg);
	return object_read(t, bio, FILE_CERTIFICATE, r, LOAD_CALL, false);
}

EVP_PKEY *hook_PEM_read_bio_PrivateKey(const struct target *t, BIO *bio, EVP_PKEY **key,
				       openssl_pem_password_cb *callback, void *arg)
{
	const bool clean = load_queue_is_empty(t->copy);
	EVP_PKEY *r = LOAD_REAL(EVP_PKEY *, BIO *, EVP_PKEY **, openssl_pem_password_cb *,
				void *)(bio, key, callback, arg);
	return object_read(t, bio, FILE_KEY, r, LOAD_CALL, clean);
}

/* ---- PKCS #12 ------------------------------------------------------------------------------------------------------------ */

/* Remembers where it came from, or that it came from no file that we know. */
static void note_pkcs12(const struct copy *c, const void *p12, const char *path)
{
	const void *ctx = path ? load_context_of_thread(c) : NULL;
	if (!enter())
		return;
	for (unsigned i = 0; i < PKCS12_FILES; i++)
		if (pkcs12_files[i].p12 == p12)
			pkcs12_files[i].p12 = NULL;
	if (ctx && strlen(path) < sizeof pkcs12_files[0].path) {
		struct pkcs12 *slot = &pkcs12_files[next_pkcs12++ % PKCS12_FILES];
		slot->p12 = p12;
		slot->ctx = ctx;
		memcpy(slot->path, path, strlen(path) + 1);
	}
	lock_leave(&lock);
}

static bool pkcs12_path(const struct copy *c, const void *p12, char path[256])
{
	const void *ctx = load_context_of_thread(c);
	bool found = false;
	if (!ctx || !enter())
		return false;
	for (unsigned i = 0; i < PKCS12_FILES && !found; i++) {
		found = pkcs12_files[i].p12 == p12 && pkcs12_files[i].ctx == ctx;
		if (found)
			memcpy(path, pkcs12_files[i].path, sizeof pkcs12_files[i].path);
	}
	lock_leave(&lock);
	return found;
}

static void *pkcs12_read(const struct target *t, void *result, const char *path, const char *call)
{
	if (t->caller != CALLER_HOST)
		return result;
	if (result)
		note_pkcs12(t->copy, result, path);
	else if (path)
		failed(t, FILE_PKCS12, path, call, false);
	return result;
}

void *hook_d2i_PKCS12_bio(const struct target *t, BIO *bio, void **p12)
{
	char path[256];
	void *r = LOAD_REAL(void *, BIO *, void **)(bio, p12);
	KEEP_ERRNO_BEGIN
	const bool known = bio_path(copy_api(t->copy), bio, path, sizeof path);
	pkcs12_read(t, r, known ? path : NULL, LOAD_CALL);
	KEEP_ERRNO_END
	return r;
}

void *hook_d2i_PKCS12_fp(const struct target *t, void *stream, void **p12)
{
	char path[256];
	void *r = LOAD_REAL(void *, void *, void **)(stream, p12);
	KEEP_ERRNO_BEGIN
	const bool known = stream_path(stream, path, sizeof path);
	pkcs12_read(t, r, known ? path : NULL, LOAD_CALL);
	KEEP_ERRNO_END
	return r;
}

/* From memory, and mostly before there is a context. Then it waits for the end of the process, and only what is true whatever the program
 * goes on to try is told: who looks for the right passphrase may mean to, but one that is right opens nothing here. */
static void failed_in_memory(const struct target *t, const char *call, bool clean)
{
	static const char anywhere;
	const void *ctx = load_context_of_thread(t->copy);
	const void *object = ctx ? ctx : &anywhere;
	struct evidence *e = failed_known(object, FILE_PKCS12, "", call)
				 ? NULL
				 : load_begin(t->copy, FILE_PKCS12, call);
	if (!e)
		return;
	e->file_read = true;
	e->file_path = "";
	e->file_form = FORM_PKCS12;
	load_note_method(e, t->copy, clean);
	if (!e->file_method_unsupported && !(ctx && e->file_wrong_passphrase)) {
		evidence_free(e);
		return;
	}
	if (ctx) /* the same once more, now that there is one */
		failed_settle(&anywhere, ROLE_READ, false);
	failed_wait(object, e);
}

int hook_PKCS12_parse(const struct target *t, void *p12, const char *passphrase, EVP_PKEY **key,
		      X509 **certificate, OPENSSL_STACK **chain)
{
	char path[256];
	const bool clean = load_queue_is_empty(t->copy);
	int r = LOAD_REAL(int, void *, const char *, EVP_PKEY **, X509 **,
			  OPENSSL_STACK **)(p12, passphrase, key, certificate, chain);
	if (t->caller != CALLER_HOST)
		return r;
	KEEP_ERRNO_BEGIN
	if (r == 1)
		failed_settle(NULL, ROLE_READ, false);
	else if (pkcs12_path(t->copy, p12, path))
		failed(t, FILE_PKCS12, path, LOAD_CALL, clean);
	else if (p12)
		failed_in_memory(t, LOAD_CALL, clean);
	KEEP_ERRNO_END
	return r;
}
