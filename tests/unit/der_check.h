/* SPDX-License-Identifier: ISC
 *
 * What must hold between the own walk over a certificate and OpenSSL's decoder, whatever the bytes. Shared by a unit and a fuzz target.
 */
#ifndef TLSMEND_TEST_DER_CHECK_H
#define TLSMEND_TEST_DER_CHECK_H

#include "../../shim/evidence/der.h"

#include <openssl/x509.h>
#include <string.h>

#include "require.h"

/* Returns the walk's verdict; *taken: OpenSSL decodes it. */
static inline enum der_verdict der_check(const uint8_t *der, size_t n, bool *taken,
					 struct der_place *place)
{
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)n);
	const enum der_verdict verdict = der_certificate(der, n, place);
	struct der_algorithm key;
	char text[64];

	*taken = x != NULL;
	X509_free(x);
	/* nothing is called broken that OpenSSL takes */
	REQUIRE(!(*taken && verdict == DER_BROKEN));
	REQUIRE(verdict == DER_SOUND || (place->part && place->what));
	REQUIRE(verdict == DER_SOUND || place->at <= n);
	REQUIRE(place->size <= n && place->oid_size <= n && place->name_size <= n);
	REQUIRE(!place->oid || (place->oid >= der && place->oid + place->oid_size <= der + n));
	REQUIRE(!place->name || (place->name >= der && place->name + place->name_size <= der + n));
	/* the same end, so that what follows is counted rightly */
	REQUIRE(!*taken || verdict != DER_SOUND || place->size == (size_t)(p - der));
	if (der_certificate_key(der, n, &key)) {
		REQUIRE(key.oid >= der && key.oid + key.oid_size <= der + n);
		REQUIRE(key.parameters_size <= n);
		der_oid_text(key.oid, key.oid_size, text, sizeof(text));
		REQUIRE(strlen(text) < sizeof(text));
	}
	return verdict;
}

#endif
