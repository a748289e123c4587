/* SPDX-License-Identifier: ISC
 *
 * Trap: a client that loads good and bad files with every function that loads files, and looks at what comes back: result,
 * errno, and the whole error queue behind entries of its own. The library looks at each failure, and must leave no trace of it.
 *
 * load_files DIRECTORY   also built as a shared object, for load_files_local, and without a libssl, for load_files_dlsym
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef FIND
static void *find(const char *name);
#define F(name) ((__typeof__(&name))find(#name))
#else
#define F(name) name
#endif

static char path[512];
static SSL_CTX *ctx;
static SSL *ssl;
static X509_STORE *store;
static X509_LOOKUP *lookup;

static int use_locations(void)
{
	return F(SSL_CTX_load_verify_locations)(ctx, path, NULL);
}

static int use_both(void)
{
	return F(SSL_CTX_load_verify_locations)(ctx, path, path);
}

static int use_file(void)
{
	return F(SSL_CTX_load_verify_file)(ctx, path);
}

static int use_dir(void)
{
	return F(SSL_CTX_load_verify_dir)(ctx, path);
}

static int use_uri(void)
{
	return F(SSL_CTX_load_verify_store)(ctx, path);
}

static int use_defaults(void)
{
	return F(SSL_CTX_set_default_verify_paths)(ctx) +
	       2 * F(SSL_CTX_set_default_verify_file)(ctx) +
	       4 * F(SSL_CTX_set_default_verify_dir)(ctx);
}

static int use_store_locations(void)
{
	return F(X509_STORE_load_locations)(store, path, NULL);
}

static int use_store_locations_ex(void)
{
	return F(X509_STORE_load_locations_ex)(store, path, path, NULL, NULL);
}

static int use_store_file(void)
{
	return F(X509_STORE_load_file)(store, path);
}

static int use_store_file_ex(void)
{
	return F(X509_STORE_load_file_ex)(store, path, NULL, NULL);
}

static int use_store_path(void)
{
	return F(X509_STORE_load_path)(store, path);
}

static int use_store_defaults(void)
{
	return F(X509_STORE_set_default_paths)(store) +
	       2 * F(X509_STORE_set_default_paths_ex)(store, NULL, NULL);
}

static int use_lookup(void)
{
	return F(X509_LOOKUP_ctrl)(lookup, X509_L_FILE_LOAD, path, X509_FILETYPE_PEM, NULL);
}

static int use_lookup_ex(void)
{
	return F(X509_LOOKUP_ctrl_ex)(lookup, X509_L_FILE_LOAD, path, X509_FILETYPE_DEFAULT, NULL,
				      NULL, NULL);
}

static int use_nothing(void)
{
	return F(SSL_CTX_load_verify_locations)(ctx, NULL, NULL) +
	       F(X509_STORE_load_locations)(store, NULL, NULL);
}

static int ctx_certificate(void)
{
	return F(SSL_CTX_use_certificate_file)(ctx, path, SSL_FILETYPE_PEM);
}

static int ctx_certificate_der(void)
{
	return F(SSL_CTX_use_certificate_file)(ctx, path, SSL_FILETYPE_ASN1);
}

static int ctx_chain(void)
{
	return F(SSL_CTX_use_certificate_chain_file)(ctx, path);
}

static int ctx_key(void)
{
	return F(SSL_CTX_use_PrivateKey_file)(ctx, path, SSL_FILETYPE_PEM);
}

static int ctx_key_der(void)
{
	return F(SSL_CTX_use_PrivateKey_file)(ctx, path, SSL_FILETYPE_ASN1);
}

static int ctx_check(void)
{
	return F(SSL_CTX_check_private_key)(ctx);
}

static int ssl_certificate(void)
{
	return F(SSL_use_certificate_file)(ssl, path, SSL_FILETYPE_PEM);
}

static int ssl_chain(void)
{
	return F(SSL_use_certificate_chain_file)(ssl, path);
}

static int ssl_key(void)
{
	return F(SSL_use_PrivateKey_file)(ssl, path, SSL_FILETYPE_PEM);
}

static int ssl_check(void)
{
	return F(SSL_check_private_key)(ssl);
}

static int no_passphrase(char *buf, int size, int writing, void *arg);

static int load_certificates(void)
{
	return F(X509_load_cert_file)(lookup, path, X509_FILETYPE_PEM) +
	       100 * F(X509_load_cert_crl_file)(lookup, path, X509_FILETYPE_PEM);
}

static int load_crls(void)
{
	return F(X509_load_crl_file)(lookup, path, X509_FILETYPE_PEM);
}

static int rsa_key(void)
{
	return F(SSL_CTX_use_RSAPrivateKey_file)(ctx, path, SSL_FILETYPE_PEM) +
	       2 * F(SSL_use_RSAPrivateKey_file)(ssl, path, SSL_FILETYPE_PEM);
}

static int read_certificates(void)
{
	int n = 0;
	X509 *x;
	BIO *bio = F(BIO_new_file)(path, "r");

	if (!bio)
		return -1;
	while ((x = F(PEM_read_bio_X509)(bio, NULL, NULL, NULL)) != NULL) {
		n += 1 + 10 * F(SSL_CTX_use_certificate)(ctx, x) +
		     100 * F(SSL_use_certificate)(ssl, x);
		F(X509_free)(x);
	}
	F(BIO_free)(bio);
	return n;
}

static int read_certificate(void)
{
	BIO *bio = F(BIO_new_file)(path, "rb");
	X509 *x = bio ? F(PEM_read_bio_X509_AUX)(bio, NULL, NULL, NULL) : NULL;

	F(X509_free)(x);
	F(BIO_free)(bio);
	return x != NULL;
}

static int read_key(void)
{
	int n = 0;
	BIO *bio = F(BIO_new_file)(path, "r");
	EVP_PKEY *key = bio ? F(PEM_read_bio_PrivateKey)(bio, NULL, no_passphrase, NULL) : NULL;

	if (key)
		n = 1 + 2 * F(SSL_CTX_use_PrivateKey)(ctx, key) +
		    4 * F(SSL_use_PrivateKey)(ssl, key);
	F(EVP_PKEY_free)(key);
	F(BIO_free)(bio);
	return n;
}

static int parse(PKCS12 *p12, const char *passphrase)
{
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	int r = p12 ? F(PKCS12_parse)(p12, passphrase, &key, &x, NULL) : -1;

	F(EVP_PKEY_free)(key);
	F(X509_free)(x);
	return r;
}

static int read_pkcs12(void)
{
	BIO *bio = F(BIO_new_file)(path, "rb");
	PKCS12 *p12 = bio ? F(d2i_PKCS12_bio)(bio, NULL) : NULL;
	int r = parse(p12, "wrong") + 10 * parse(p12, "right") + 100 * parse(p12, NULL);

	F(PKCS12_free)(p12);
	F(BIO_free)(bio);
	return r;
}

static int read_pkcs12_stream(void)
{
	FILE *stream = fopen(path, "rb");
	PKCS12 *p12 = stream ? F(d2i_PKCS12_fp)(stream, NULL) : NULL;
	int r = parse(p12, "wrong");

	F(PKCS12_free)(p12);
	if (stream)
		fclose(stream);
	return r;
}

static int read_memory(void)
{
	BIO *bio = F(BIO_new_mem_buf)("no PEM", 6);
	X509 *x = F(PEM_read_bio_X509)(bio, NULL, NULL, NULL);
	EVP_PKEY *key = F(PEM_read_bio_PrivateKey)(bio, NULL, NULL, NULL);
	PKCS12 *p12 = F(d2i_PKCS12_bio)(bio, NULL);

	F(BIO_free)(bio);
	return !x && !key && !p12;
}

static int read_null(void)
{
	BIO *bio = F(BIO_new_file)("/nonexistent/file", "w");

	return !bio && F(SSL_CTX_use_certificate)(ctx, NULL) == 0 &&
	       F(SSL_CTX_use_PrivateKey)(ctx, NULL) == 0 && !F(SSL_new)(NULL);
}

static int new_ssl(void)
{
	SSL *other = F(SSL_new)(ctx);

	F(SSL_free)(other);
	return other != NULL;
}

static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return 0;
}

static const struct step {
	const char *name;
	int (*call)(void);
} steps[] = {
#define STEP(name) {#name, name},
    STEP(use_locations) STEP(use_both) STEP(use_file) STEP(use_dir) STEP(use_uri) STEP(use_defaults)
	STEP(use_store_locations) STEP(use_store_locations_ex) STEP(use_store_file)
	    STEP(use_store_file_ex) STEP(use_store_path) STEP(use_store_defaults) STEP(use_lookup)
		STEP(use_lookup_ex) STEP(use_nothing) STEP(ctx_certificate)
		    STEP(ctx_certificate_der) STEP(ctx_check) STEP(ctx_chain) STEP(ctx_key)
			STEP(ctx_key_der) STEP(ctx_check) STEP(ssl_certificate) STEP(ssl_chain)
			    STEP(ssl_key) STEP(ssl_check) STEP(load_certificates) STEP(load_crls)
				STEP(rsa_key) STEP(read_certificates) STEP(read_certificate)
				    STEP(read_key) STEP(read_pkcs12) STEP(read_pkcs12_stream)
					STEP(read_memory) STEP(read_null) STEP(new_ssl)};

static void print_queue(void)
{
	unsigned long code;
	const char *data;
	int flags;

	while ((code = F(ERR_get_error_all)(NULL, NULL, NULL, &data, &flags)) != 0)
		printf(" %lx[%s]", code, (flags & ERR_TXT_STRING) ? data : "");
	printf("\n");
}

static void run_step(const struct step *s, int stale)
{
	int r, saved, popped;

	F(ERR_clear_error)();
	for (int i = 0; i < stale; i++) {
		F(ERR_new)();
		F(ERR_set_error)(ERR_LIB_USER, 100 + i, NULL);
	}
	F(ERR_set_mark)();
	errno = 77;
	r = s->call();
	saved = errno;
	popped = stale == 3 ? F(ERR_pop_to_mark)() : -1;
	printf("  %s: %d, errno %d, mark %d:", s->name, r, saved, popped);
	print_queue();
}

static void run_file(const char *directory, const char *name, int stale)
{
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	printf("%s, %d stale entries\n", name, stale);
	ctx = F(SSL_CTX_new)(F(TLS_client_method)());
	store = F(X509_STORE_new)();
	lookup = F(X509_STORE_add_lookup)(store, F(X509_LOOKUP_file)());
	F(SSL_CTX_set_default_passwd_cb)(ctx, no_passphrase);
	ssl = F(SSL_new)(ctx);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		run_step(&steps[i], stale);
	F(ERR_clear_error)();
	errno = 77;
	F(SSL_free)(ssl);
	F(SSL_CTX_free)(ctx);
	F(X509_STORE_free)(store);
	printf("  freed: errno %d", errno);
	print_queue();
}

int load_files_main(int argc, char **argv);
int load_files_main(int argc, char **argv)
{
	static const int counts[] = {0, 3, 16};
	static const char *const names[] = {
	    "legacy.crt",   "legacy.key",     "root.pem",
	    "other.key",    "missing.pem",    "no-directory/x.pem",
	    "directory",    "empty.pem",      "text.pem",
	    "cut.pem",      "cut.key",        "cert.der",
	    "key.der",      "encrypted.key",  "link.pem",
	    "locked/x.pem", "unreadable.pem", "both.p12",
	};

	if (argc != 2)
		return 95;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
			run_file(argv[1], names[i], counts[k]);
	fflush(stdout);
	return 0;
}

#ifndef LOAD_FILES_SHARED
int main(int argc, char **argv)
{
	return load_files_main(argc, argv);
}
#endif
