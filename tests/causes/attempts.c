/* SPDX-License-Identifier: ISC
 *
 * A client that tries several passphrases on one file, as many do: none, then the one that it was given.
 *
 * attempts p12 FILE PASSPHRASE...                      exit code 1: none of them was right
 * attempts memory FILE PASSPHRASE...                   the same, and OpenSSL does not see the file
 * attempts key CERTIFICATE FILE PASSPHRASE...
 */
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

static PKCS12 *from_memory(FILE *f)
{
	static char bytes[65536];
	BIO *bio = f ? BIO_new_mem_buf(bytes, (int)fread(bytes, 1, sizeof bytes, f)) : NULL;
	PKCS12 *p12 = bio ? d2i_PKCS12_bio(bio, NULL) : NULL;

	BIO_free(bio);
	return p12;
}

static int from_pkcs12(const char *path, const char *passphrase, int memory)
{
	FILE *f = fopen(path, "rb");
	PKCS12 *p12 = memory ? from_memory(f) : f ? d2i_PKCS12_fp(f, NULL) : NULL;
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	int r = p12 && PKCS12_parse(p12, passphrase, &key, &certificate, NULL) == 1;

	EVP_PKEY_free(key);
	X509_free(certificate);
	PKCS12_free(p12);
	if (f)
		fclose(f);
	return r;
}

static int give(char *buf, int size, int writing, void *passphrase)
{
	(void)writing;
	return snprintf(buf, (size_t)size, "%s", (const char *)passphrase);
}

int main(int argc, char **argv)
{
	const int memory = argc > 2 && strcmp(argv[1], "memory") == 0;
	const int pkcs12 = memory || (argc > 2 && strcmp(argv[1], "p12") == 0);
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int i, r = 0;

	if (argc < 4 || !ctx ||
	    (!pkcs12 && SSL_CTX_use_certificate_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1))
		return 99;
	SSL_CTX_set_default_passwd_cb(ctx, give);
	for (i = pkcs12 ? 3 : 4; i < argc && !r; i++) {
		SSL_CTX_set_default_passwd_cb_userdata(ctx, argv[i]);
		r = pkcs12 ? from_pkcs12(argv[2], argv[i], memory)
			   : SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) == 1;
	}
	ERR_print_errors_fp(stderr);
	SSL_CTX_free(ctx);
	return !r;
}
