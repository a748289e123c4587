/* SPDX-License-Identifier: ISC
 *
 * Limits of what is taken out of certificates, and the helpers that evidence.c and certificate.c share (private to
 * the room "evidence"). A peer decides what stands in a certificate; these numbers decide how much of it is kept.
 */
#ifndef TLSMEND_EVIDENCE_CERTIFICATE_H
#define TLSMEND_EVIDENCE_CERTIFICATE_H

#include <tlsmend/evidence.h>

#include "name_list.h"

enum {
	EVIDENCE_MAX_CERTIFICATES = 32,
	EVIDENCE_MAX_NAMES = 100,
	EVIDENCE_MAX_NAME_BYTES = 4096,
	EVIDENCE_MAX_NEAR = 8,
	OWN_NAMES = 8, /* CAs that a server accepts */
	EVIDENCE_MAX_ERRORS = 32,
};

/* One certificate into *out, strings in the arena. */
void evidence_certificate(struct evidence *e, const struct openssl *o, X509 *x, enum cert_from from,
			  struct cert_info *out);
/* Does the key of `issuer` verify the signature of x? TRIED_NOT: it cannot be told, or would cost too much. */
enum tried evidence_signed_by(struct evidence *e, const struct openssl *o, X509 *issuer, X509 *x);
/* A copy of at most EVIDENCE_MAX_NAME_BYTES in the arena, after `prefix`. n == 0 when memory is out. */
struct text evidence_text(struct evidence *e, const char *prefix, const void *s, size_t n);
/* RFC 4514 string form. */
struct text evidence_name(struct evidence *e, const struct openssl *o, const X509_NAME *name);
/* Names of the leaf and the like, subjectAltName and caIssuers (names.c). */
void evidence_san(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out);
void evidence_ca_issuers(struct evidence *e, const struct openssl *o, X509 *x,
			 struct cert_info *out);
struct text evidence_common_name(struct evidence *e, const struct openssl *o, X509_NAME *name);
/* A name or address (GEN_EMAIL, _DNS, _URI, _IPADD) of these bytes. */
struct text evidence_plain_name(struct evidence *e, int kind, const uint8_t *p, size_t n);
/* One name of a list; n == 0: a kind that a record does not show. */
struct text evidence_general_name(struct evidence *e, const struct openssl *o,
				  const GENERAL_NAME *g);
/* What sentences show of further extensions (details.c). */
void evidence_details(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out);
/* (values.c) Hex; NULL: none. */
const char *evidence_serial(struct evidence *e, const struct openssl *o, const ASN1_STRING *s);
/* How many extensions of that kind it has, at most 2. *value: of the last one, which the certificate owns; empty where this OpenSSL cannot give it. */
unsigned evidence_extension(const struct openssl *o, X509 *x, int nid, struct span *value);
/* Extension flags, usages, identifiers, and what is wrong with extensions (extensions.c). */
void evidence_extensions(struct evidence *e, const struct openssl *o, X509 *x,
			 struct cert_info *out);
/* "1.2.643.7.1.1.1.1 (GOST R 34.10-2012)": an object identifier's contents (key_names.c). */
const char *evidence_oid(struct evidence *e, const uint8_t *oid, size_t n);
/* A key that OpenSSL cannot use, by its SubjectPublicKeyInfo. */
void evidence_unknown_key(struct evidence *e, const uint8_t *spki, size_t n, struct cert_info *out);
/* SHA-256 of its SubjectPublicKeyInfo. */
void evidence_spki(const struct openssl *o, X509 *x, uint8_t digest[32]);
/* "RSA 2048", "EC P-256". Under QUIET_BEGIN. */
const char *evidence_key_text(struct evidence *e, const struct openssl *o, const EVP_PKEY *key);
/* A certificate that bears this name and that fits() takes. */
struct look_for {
	X509_NAME *name;
	bool (*fits)(void *arg, X509 *x);
	void *arg;
};
/* The first one of the system's bundle (bundle.c); owned by the caller. *path says where it was, static or in the arena. NULL: none, or not
 * found within the bounds. */
X509 *evidence_from_bundle(struct evidence *e, const struct openssl *o,
			   const struct look_for *wanted, const char **path);
/* ... of this file in PEM form. */
X509 *evidence_from_file(struct evidence *e, const struct openssl *o, const struct look_for *wanted,
			 const char *path);
/* Does it stand in this file in PEM form? TRIED_NOT: it cannot be told. */
enum tried evidence_in_file(struct evidence *e, const struct openssl *o, const uint8_t sha256[32],
			    const char *path);
/* What the files of the client's store tell where no anchor was found: e->renewed, e->default_file_unusable. `info` is about `top`, the last
 * certificate of the chain (store_files.c). */
void evidence_store_files(struct evidence *e, const struct openssl *o, X509 *top,
			  const struct cert_info *info, X509_STORE *store);

#endif
