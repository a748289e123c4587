/* SPDX-License-Identifier: ISC
 *
 * Certificate and private key that do not belong together: the public key of either.
 */
#include "certificate.h"
#include "file.h"

#include <string.h>

bool evidence_is_key_mismatch(const struct evidence *e)
{
	/* the last two, where both were loaded: OpenSSL drops a key of another pair when a certificate is loaded after it, and keeps
	 * keys of other types apart */
	enum {
		KEY_TYPE_MISMATCH = 115,
		KEY_VALUES_MISMATCH = 116,
		NO_CERTIFICATE_ASSIGNED = 177,
		NO_PRIVATE_KEY_ASSIGNED = 190
	};
	if (e->file_library == ERR_LIB_X509_)
		return e->ssl_reason == KEY_TYPE_MISMATCH || e->ssl_reason == KEY_VALUES_MISMATCH;
	return e->file_role == FILE_PAIR && e->file_library == ERR_LIB_SSL_ &&
	       (e->ssl_reason == NO_PRIVATE_KEY_ASSIGNED ||
		e->ssl_reason == NO_CERTIFICATE_ASSIGNED);
}

static void note_key(struct evidence *e, const struct openssl *o, int i, const EVP_PKEY *key)
{
	unsigned char *der = NULL;
	unsigned int n = 0;
	const int length = later(o)->i2d_PUBKEY ? later(o)->i2d_PUBKEY(key, &der) : 0;
	e->pair_key[i] = evidence_key_text(e, o, key);
	if (length > 0 && der)
		e->have_pair_spki[i] = o->EVP_Digest(der, (size_t)length, e->pair_spki[i], &n,
						     o->EVP_sha256(), NULL) == 1;
	if (der)
		o->CRYPTO_free(der, "", 0);
}

static void note_certificate(struct evidence *e, const struct openssl *o, X509 *x)
{
	EVP_PKEY *key = o->X509_get_pubkey(x);
	if (!key)
		return;
	note_key(e, o, 0, key);
	o->EVP_PKEY_free(key);
}

/* Only to tell the two apart: an encrypted key stays unknown. */
static void from_file(struct evidence *e, const struct openssl *o, int i, const char *path)
{
	X509 *x = NULL;
	EVP_PKEY *key = NULL;
	BIO *in = NULL;
	struct buf b;
	buf_init(&b, 0);
	if (path && file_read(path, 65536, &b, NULL, NULL, NULL) == 0)
		in = o->BIO_new_mem_buf(buf_str(&b), (int)b.len);
	if (in && i == 0)
		x = o->PEM_read_bio_X509(in, NULL, openssl_no_passphrase, NULL);
	else if (in && later(o)->PEM_read_bio_PrivateKey)
		key = later(o)->PEM_read_bio_PrivateKey(in, NULL, openssl_no_passphrase, NULL);
	if (x) {
		note_certificate(e, o, x);
		o->X509_free(x);
	}
	if (key) {
		note_key(e, o, 1, key);
		o->EVP_PKEY_free(key);
	}
	if (in)
		o->BIO_free(in);
	file_wipe(&b);
}

bool evidence_pair(struct evidence *e, const struct openssl *o, X509 *certificate, EVP_PKEY *key)
{
	QUIET_BEGIN(o)
	if (certificate)
		note_certificate(e, o, certificate);
	else
		from_file(e, o, 0, e->file_other);
	if (key)
		note_key(e, o, 1, key);
	else
		from_file(e, o, 1, e->file_path);
	QUIET_END(o)
	return !e->have_pair_spki[0] || !e->have_pair_spki[1] ||
	       memcmp(e->pair_spki[0], e->pair_spki[1], sizeof e->pair_spki[0]) != 0;
}
