/* SPDX-License-Identifier: ISC
 *
 * One certificate as plain data.
 */
#include "certificate.h"

#include <string.h>

enum {
	ASN1_UTCTIME = 23,
	ASN1_GENERALIZEDTIME = 24,
	ASN1_NEG_INTEGER = 0x102,
	NID_rsa = 6,
	NID_dsa = 116,
	NID_ec = 408,
	NID_rsa_pss = 912,
	NID_ed25519 = 1087,
	NID_ed448 = 1088,
};

static bool digits(const unsigned char *s, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit((char)s[i]))
			return false;
		*value = *value * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

/* RFC 5280 section 4.1.2.5: YYMMDDHHMMSSZ until 2049, YYYYMMDDHHMMSSZ from then on. No ASN1_TIME_to_tm(3): 1.1.1. */
int64_t evidence_time(const struct openssl *o, const ASN1_STRING *s)
{
	const unsigned char *d;
	unsigned year, field[5];

	if (!s || !(d = o->ASN1_STRING_get0_data(s)))
		return INT64_MIN;
	size_t n = (size_t)o->ASN1_STRING_length(s);
	size_t head = o->ASN1_STRING_type(s) == ASN1_UTCTIME ? 2 : 4;
	if (n != head + 11 || d[n - 1] != 'Z' || !digits(d, head, &year))
		return INT64_MIN;
	if (head == 2)
		year += year < 50 ? 2000 : 1900;
	for (size_t i = 0; i < 5; i++) {
		if (!digits(d + head + 2 * i, 2, &field[i]))
			return INT64_MIN;
	}
	struct civil_time t =
	    (struct civil_time){year, field[0], field[1], field[2], field[3], field[4]};
	return civil_valid(&t) ? civil_to_unix(&t) : INT64_MIN;
}

const char *evidence_serial(struct evidence *e, const struct openssl *o, const ASN1_STRING *s)
{
	struct buf b;

	if (!s)
		return NULL;
	int n = o->ASN1_STRING_length(s);
	buf_init(&b, 256);
	if (o->ASN1_STRING_type(s) == ASN1_NEG_INTEGER)
		buf_putc(&b, '-');
	if (n > 0)
		buf_hex(&b, o->ASN1_STRING_get0_data(s), n > 64 ? 64 : (size_t)n, 0);
	else
		buf_puts(&b, "00");
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static const char *curve_text(const struct openssl *o, const EVP_PKEY *key, char *name, size_t size)
{
	size_t n = 0;

	if (!o->EVP_PKEY_get_group_name || o->EVP_PKEY_get_group_name(key, name, size, &n) != 1)
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
		if (o->EVP_PKEY_get0_type_name && o->EVP_PKEY_get0_type_name(key))
			return o->EVP_PKEY_get0_type_name(key);
		return id > 0 && o->OBJ_nid2sn(id) ? o->OBJ_nid2sn(id) : "unknown";
	}
}

const char *evidence_key_text(struct evidence *e, const struct openssl *o, const EVP_PKEY *key)
{
	const int bits = o->EVP_PKEY_get_bits ? o->EVP_PKEY_get_bits(key) : 0;
	const int id = o->EVP_PKEY_get_base_id ? o->EVP_PKEY_get_base_id(key) : 0;
	const char *copy, *curve = NULL;
	char name[64];
	struct buf b;

	buf_init(&b, 160);
	buf_puts(&b, key_kind(o, key, id));
	if (id == NID_ec)
		curve = curve_text(o, key, name, sizeof(name));
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
		bits = o->EVP_PKEY_get_bits ? o->EVP_PKEY_get_bits(key) : 0;
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

static const char *signature_text(struct evidence *e, const struct openssl *o, X509 *x)
{
	const int nid = o->X509_get_signature_nid ? o->X509_get_signature_nid(x) : 0;
	const char *name = NULL;

	if (nid > 0) {
		QUIET_BEGIN(o)
		name = o->OBJ_nid2sn(nid);
		QUIET_END(o)
	}
	return arena_strdup(&e->arena, name);
}

void evidence_certificate(struct evidence *e, const struct openssl *o, X509 *x, enum cert_from from,
			  struct cert_info *out)
{
	memset(out, 0, sizeof(*out));
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
	if (o->X509_get0_notBefore && o->X509_get0_notAfter) {
		out->not_before = evidence_time(o, o->X509_get0_notBefore(x));
		out->not_after = evidence_time(o, o->X509_get0_notAfter(x));
	}
	evidence_san(e, o, x, out);
	key_evidence(e, o, x, out);
	out->signature = signature_text(e, o, x);
	digests(e, o, x, out);
	evidence_extensions(e, o, x, out);
	evidence_ca_issuers(e, o, x, out);
	evidence_details(e, o, x, out);
}
