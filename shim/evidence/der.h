/* SPDX-License-Identifier: ISC
 *
 * A certificate that OpenSSL does not decode, read by an own walk over its DER: where is it broken? (private to the room "evidence" and its
 * tests). Pure and bounded: each byte is looked at a fixed number of times, nothing recurses, nothing is allocated.
 */
#ifndef TLSMEND_EVIDENCE_DER_H
#define TLSMEND_EVIDENCE_DER_H

#include <tlsmend/base.h>

enum der_verdict {
	DER_SOUND,   /* nothing is wrong with what OpenSSL looks at when it decodes */
	DER_BROKEN,  /* `part` and `what` say where and how */
	DER_UNCLEAR, /* BER that is no DER, which OpenSSL may take: the walk ends there */
};
struct der_place {
	const char *part;   /* static: "the issuer's name"; of an extension: oid, and its number */
	const char *what;   /* static: "is longer than what contains it" */
	size_t at;          /* byte, from 0 */
	const uint8_t *oid; /* of the extension, its contents; or NULL */
	size_t oid_size;
	unsigned number;     /* of the extension, from 1; 0: another part */
	const uint8_t *name; /* last common name of the subject, as far as the walk came; or NULL */
	size_t name_size;
	size_t
	    size; /* of the certificate, by its own head; what comes after does not belong to it. 0: not known */
};
enum der_verdict der_certificate(const uint8_t *der, size_t n, struct der_place *out);

/* The algorithm of a SubjectPublicKeyInfo. False: it cannot be read. parameters: of the contents after the OID; size 0: none. */
struct der_algorithm {
	const uint8_t *oid, *parameters;
	size_t oid_size, parameters_size;
};
bool der_key_algorithm(const uint8_t *spki, size_t n, struct der_algorithm *out);
/* ... out of a certificate. */
bool der_certificate_key(const uint8_t *der, size_t n, struct der_algorithm *out);

/* "1.2.840.10045.2.1"; as far as it can be read, at most `limit` bytes with the NUL. */
void der_oid_text(const uint8_t *oid, size_t n, char *text, size_t limit);

#endif
