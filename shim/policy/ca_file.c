/* SPDX-License-Identifier: ISC
 *
 * The text of a CA file as certificates of one copy of OpenSSL. Block by block, so that nothing ever asks for a passphrase, and
 * that a damaged block is not taken for the end.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/versions.h>
#include "private.h"

void anchors_retain(struct anchors *a)
{
	atomic_fetch_add(&a->references, 1);
}

void anchors_release(struct anchors *a)
{
	if (!a || atomic_fetch_sub(&a->references, 1) != 1)
		return;
	const struct openssl *o = copy_api(a->copy);
	union {
		void (*free_x509)(X509 *);
		void (*free_any)(void *);
	} f = {.free_x509 = o->X509_free};
	o->OPENSSL_sk_free(a->trusted);
	o->OPENSSL_sk_free(a->intermediates);
	o->OPENSSL_sk_free(a->rejected);
	o->OPENSSL_sk_pop_free(a->all, f.free_any);
	free(a);
}

struct block {
	char *name, *header;
	unsigned char *data;
	long length;
};

static void block_free(const struct openssl *o, struct block *b)
{
	o->CRYPTO_free(b->name, "", 0);
	o->CRYPTO_free(b->header, "", 0);
	o->CRYPTO_free(b->data, "", 0);
}

/* OpenSSL's own failure, not the text's. Two numbers: before 3.0, and since. */
static bool out_of_memory(const struct openssl *o)
{
	enum { MALLOC_FAILURE = 65, MALLOC_FAILURE_3 = 0xc0100 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return reason == MALLOC_FAILURE || (reason == MALLOC_FAILURE_3 && library != ERR_LIB_SYS_);
}

static bool at_end(const struct openssl *o)
{
	enum { NO_START_LINE = 108 };
	int library = 0, reason = 0;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return library == ERR_LIB_PEM_ && reason == NO_START_LINE;
}

static bool is_certificate(const char *name)
{
	return strcmp(name, "CERTIFICATE") == 0 || strcmp(name, "X509 CERTIFICATE") == 0 ||
	       strcmp(name, "TRUSTED CERTIFICATE") == 0;
}

bool certificate_is_rejected(const struct openssl *o, X509 *x)
{
	enum { TRUST_SSL_SERVER = 3, TRUST_REJECTED = 2 };
	/* asked first, because the answer to the second question parses its extensions */
	if (later(o)->X509_trusted && !later(o)->X509_trusted(x))
		return false;
	return o->X509_check_trust(x, TRUST_SSL_SERVER, 0) == TRUST_REJECTED;
}

/* Self-issued certificates are anchors, the others intermediates (tlsmend.conf(5)); a mark of trust makes no anchor of an intermediate. */
static bool take(struct anchors *a, const struct openssl *o, X509 *x)
{
	bool self_issued =
	    o->X509_NAME_cmp(o->X509_get_subject_name(x), o->X509_get_issuer_name(x)) == 0;
	OPENSSL_STACK *kind = certificate_is_rejected(o, x) ? a->rejected
			      : self_issued                 ? a->trusted
							    : a->intermediates;
	if (!o->OPENSSL_sk_push(a->all, x)) {
		o->X509_free(x);
		return false;
	}
	return o->OPENSSL_sk_push(kind, x) > 0;
}

/* NULL: it counts, or is none of ours. */
static const char *take_block(struct anchors *a, const struct openssl *o, const struct block *b,
			      bool *passes)
{
	const unsigned char *der = b->data;
	if (!is_certificate(b->name))
		return NULL;
	if (b->header[0])
		return "holds an encrypted certificate; write it without a passphrase";
	X509 *x = o->d2i_X509_AUX(NULL, &der, b->length);
	if (x && take(a, o, x))
		return NULL;
	*passes = x || out_of_memory(o);
	return "holds a damaged certificate; get the file again from the CA";
}

/* NULL: all of it was read. */
static const char *read_blocks(struct anchors *a, const struct openssl *o, const struct buf *text,
			       bool *passes)
{
	const char *why = NULL;
	BIO *bio = o->BIO_new_mem_buf(text->data, (int)text->len);
	*passes = !bio;
	while (bio && !why) {
		struct block b = {0};
		if (!o->PEM_read_bio(bio, &b.name, &b.header, &b.data, &b.length)) {
			*passes = out_of_memory(o);
			if (!at_end(o))
				why = "holds a damaged PEM block; get the file again from the CA";
			break;
		}
		why = take_block(a, o, &b, passes);
		block_free(o, &b);
	}
	if (bio)
		o->BIO_free(bio);
	return *passes && !why ? "cannot be read: out of memory" : why;
}

/* Why the content of a file gave no certificate. */
static const char *content_problem(const struct buf *text)
{
	const unsigned char *d = (const unsigned char *)text->data;
	if (text->len == 0)
		return "is empty; put the CA certificate in PEM form into it";
	if (d[0] == 0x30 && !memmem(text->data, text->len, "-----BEGIN", 10))
		return "is DER, not PEM; convert it: openssl x509 -inform DER -in FILE -out "
		       "FILE.pem";
	if (memmem(text->data, text->len, "CERTIFICATE-----", 16))
		return "holds a damaged certificate; get the file again from the CA";
	if (memmem(text->data, text->len, "PRIVATE KEY-----", 16))
		return "holds a private key and no certificate; name the CA certificate here";
	return "holds no PEM certificate; it must have a line -----BEGIN CERTIFICATE-----";
}

struct anchors *ca_file_parse(struct copy *c, const struct buf *text, const char **why,
			      bool *passes)
{
	const struct openssl *o = copy_api(c);
	struct anchors *a = calloc(1, sizeof *a);
	*why = "cannot be read: out of memory";
	*passes = true;
	if (!a)
		return NULL;
	a->copy = c;
	a->content = hash_bytes(HASH_SEED, text->data, text->len);
	atomic_store(&a->references, 1);
	QUIET_BEGIN(o)
	a->trusted = o->OPENSSL_sk_new_null();
	a->intermediates = o->OPENSSL_sk_new_null();
	a->rejected = o->OPENSSL_sk_new_null();
	a->all = o->OPENSSL_sk_new_null();
	if (a->trusted && a->intermediates && a->rejected && a->all) {
		*passes = false;
		*why = text->len ? read_blocks(a, o, text, passes) : NULL;
		if (!*why && o->OPENSSL_sk_num(a->all) == 0)
			*why = content_problem(text);
	}
	QUIET_END(o)
	if (!*why)
		return a;
	anchors_release(a);
	return NULL;
}
