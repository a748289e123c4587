/* SPDX-License-Identifier: ISC
 *
 * One certificate as plain data.
 */
#include "certificate.h"

#include <string.h>

enum {
	NID_rsa = 6,
	NID_dsa = 116,
	NID_ec = 408,
	NID_rsa_pss = 912,
	NID_ed25519 = 1087,
	NID_ed448 = 1088,
};

static const char *curve_text(const struct openssl *o, const EVP_PKEY *key, char *name, size_t size)
{
	size_t n = 0;
	if (!later(o)->EVP_PKEY_get_group_name ||
	    later(o)->EVP_PKEY_get_group_name(key, name, size, &n) != 1)
		return NULL;
	if (strcmp(name, "prime256v1") == 0)
		return "P-256";
	if (strcmp(name, "secp384r1") == 0)
		return "P-384";
	if (strcmp(name, "secp521r1") == 0)
		return "P-521";
	return name;
}

static const char *key_kind(const struct openssl *o, const EVP_PKEY *key, int id)
{
	switch (id) {
	case NID_rsa:
		return "RSA";
	case NID_rsa_pss:
		return "RSA-PSS";
	case NID_dsa:
		return "DSA";
	case NID_ec:
		return "EC";
	case NID_ed25519:
		return "Ed25519";
	case NID_ed448:
		return "Ed448";
	default:
		if (later(o)->EVP_PKEY_get0_type_name && later(o)->EVP_PKEY_get0_type_name(key))
			return later(o)->EVP_PKEY_get0_type_name(key);
		return id > 0 && o->OBJ_nid2sn(id) ? o->OBJ_nid2sn(id) : "unknown";
	}
}

const char *evidence_key_text(struct evidence *e, const struct openssl *o, const EVP_PKEY *key)
{
	const int bits = later(o)->EVP_PKEY_get_bits ? later(o)->EVP_PKEY_get_bits(key) : 0;
	const int id = later(o)->EVP_PKEY_get_base_id ? later(o)->EVP_PKEY_get_base_id(key) : 0;
	const char *copy, *curve = NULL;
	char name[64];
	struct buf b;
	buf_init(&b, 160);
	buf_puts(&b, key_kind(o, key, id));
	if (id == NID_ec)
		curve = curve_text(o, key, name, sizeof name);
	if (curve)
		buf_strs(&b, " ", curve, (char *)NULL);
	else if (bits > 0 && id != NID_ed25519 && id != NID_ed448) {
		buf_putc(&b, ' ');
		buf_uint(&b, (unsigned)bits);
	}
	copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static void key_evidence(struct evidence *e, const struct openssl *o, X509 *x,
			 struct cert_info *out)
{
	EVP_PKEY *key;
	int bits;
	QUIET_BEGIN(o)
	key = o->X509_get_pubkey(x);
	if (key) {
		bits = later(o)->EVP_PKEY_get_bits ? later(o)->EVP_PKEY_get_bits(key) : 0;
		out->key_bits = bits > 0 ? (unsigned)bits : 0;
		out->key = evidence_key_text(e, o, key);
		o->EVP_PKEY_free(key);
	}
	QUIET_END(o)
}

void evidence_spki(const struct openssl *o, X509 *x, uint8_t digest[32])
{
	unsigned char *der = NULL;
	unsigned int n = 0;
	int length;
	QUIET_BEGIN(o)
	length = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	if (length > 0 && der)
		o->EVP_Digest(der, (size_t)length, digest, &n, o->EVP_sha256(), NULL);
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
}

static void digests(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	unsigned char *der = NULL;
	unsigned int n = 0;
	QUIET_BEGIN(o)
	out->have_sha256 = o->X509_digest(x, o->EVP_sha256(), out->sha256, &n) == 1 && n == 32;
	int length = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	if (length > 0 && der)
		o->EVP_Digest(der, (size_t)length, out->spki_sha256, &n, o->EVP_sha256(), NULL);
	if (length > 0 && der && !out->key)
		evidence_unknown_key(e, der, (size_t)length, out);
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
}

/* By its number, where this OpenSSL has no name for it. */
static const char *unknown_signature(struct evidence *e, const struct openssl *o, X509 *x)
{
	const ASN1_OBJECT *algorithm = NULL;
	char number[80];
	later(o)->X509_ALGOR_get0(&algorithm, NULL, NULL, later(o)->X509_get0_tbs_sigalg(x));
	if (!algorithm || o->OBJ_obj2txt(number, sizeof number, algorithm, 1) <= 0)
		return NULL;
	return arena_strdup(&e->arena, number);
}

static const char *signature_text(struct evidence *e, const struct openssl *o, X509 *x)
{
	const int nid = o->X509_get_signature_nid ? o->X509_get_signature_nid(x) : 0;
	if (nid <= 0 && later(o)->X509_get0_tbs_sigalg && later(o)->X509_ALGOR_get0)
		return unknown_signature(e, o, x);
	const char *name = NULL;
	if (nid > 0) {
		QUIET_BEGIN(o)
		name = o->OBJ_nid2sn(nid);
		QUIET_END(o)
	}
	return arena_strdup(&e->arena, name);
}

static bool is_marked_for_uses(const struct openssl *o, X509 *x)
{
	if (!later(o)->X509_get0_trust_objects || !later(o)->X509_get0_reject_objects)
		return false;
	const OPENSSL_STACK *trust = later(o)->X509_get0_trust_objects(x);
	const OPENSSL_STACK *reject = later(o)->X509_get0_reject_objects(x);
	return trust && o->OPENSSL_sk_num(trust) > 0 && (!reject || o->OPENSSL_sk_num(reject) <= 0);
}

void evidence_certificate(struct evidence *e, const struct openssl *o, X509 *x, enum cert_from from,
			  struct cert_info *out)
{
	memset(out, 0, sizeof *out);
	out->from = from;
	X509_NAME *subject = o->X509_get_subject_name(x);
	X509_NAME *issuer = o->X509_get_issuer_name(x);
	out->subject = evidence_name(e, o, subject);
	out->issuer = evidence_name(e, o, issuer);
	out->common_name = evidence_common_name(e, o, subject);
	QUIET_BEGIN(o)
	out->self_issued = o->X509_NAME_cmp(subject, issuer) == 0;
	out->serial = evidence_serial(e, o, o->X509_get_serialNumber(x));
	QUIET_END(o)
	out->not_before = out->not_after = INT64_MIN;
	if (later(o)->X509_get0_notBefore && later(o)->X509_get0_notAfter) {
		out->not_before = evidence_time(o, later(o)->X509_get0_notBefore(x));
		out->not_after = evidence_time(o, later(o)->X509_get0_notAfter(x));
	}
	evidence_san(e, o, x, out);
	key_evidence(e, o, x, out);
	out->signature = signature_text(e, o, x);
	out->for_other_uses = is_marked_for_uses(o, x);
	digests(e, o, x, out);
	evidence_extensions(e, o, x, out);
	evidence_ca_issuers(e, o, x, out);
	evidence_details(e, o, x, out);
}
