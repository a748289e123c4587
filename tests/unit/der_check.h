/* SPDX-License-Identifier: ISC
 *
 * What must hold between the own walk over a certificate and OpenSSL's decoder, whatever the bytes. Shared by a unit and a fuzz target.
 */
#ifndef TLSMEND_TEST_DER_CHECK_H
#define TLSMEND_TEST_DER_CHECK_H

#include "../../shim/evidence/der.h"
#include "../../shim/evidence/name_list.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "require.h"

/* The value of the one extension of that kind. */
static inline bool der_check_value(X509 *x, int nid, struct span *value)
{
	const int at = X509_get_ext_by_NID(x, nid, -1);
	const ASN1_STRING *data;

	if (at < 0 || X509_get_ext_by_NID(x, nid, at) >= 0)
		return false;
	data = X509_EXTENSION_get_data(X509_get_ext(x, at));
	value->p = ASN1_STRING_get0_data(data);
	value->end = value->p + ASN1_STRING_length(data);
	return true;
}

static inline void der_check_name(const GENERAL_NAME *name, uint8_t tag, struct span bytes)
{
	int type = -1;
	const ASN1_STRING *s = GENERAL_NAME_get0_value(name, &type);

	REQUIRE(type == (tag & NAME_KIND));
	REQUIRE(ASN1_STRING_length(s) == bytes.end - bytes.p &&
		memcmp(ASN1_STRING_get0_data(s), bytes.p, (size_t)(bytes.end - bytes.p)) == 0);
}

/* The same names, in their order; and the same word about a host. */
static inline bool der_check_names(X509 *x, const char *const *hosts, size_t count)
{
	struct name_list list;
	struct span value, bytes;
	uint8_t tag;

	if (!der_check_value(x, NID_subject_alt_name, &value) || !name_list_read(value, &list))
		return false;
	for (size_t i = 0; i < count; i++) {
		const enum host_there there = name_list_has_host(list.names, hosts[i], 0);

		REQUIRE(there == HOST_UNSURE ||
			(there == HOST_THERE) == (X509_check_host(x, hosts[i], 0, 0, NULL) == 1));
	}
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	REQUIRE(names && (size_t)sk_GENERAL_NAME_num(names) == list.count);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		REQUIRE(name_list_take(&list.names, &tag, &bytes));
		der_check_name(sk_GENERAL_NAME_value(names, i), tag, bytes);
	}
	REQUIRE(list.names.p == list.names.end);
	GENERAL_NAMES_free(names);
	return true;
}

static inline void der_check_trees(STACK_OF(GENERAL_SUBTREE) *trees, struct name_list list)
{
	struct span bytes;
	uint8_t tag;

	REQUIRE((trees ? (size_t)sk_GENERAL_SUBTREE_num(trees) : 0) == list.count);
	for (int i = 0; trees && i < sk_GENERAL_SUBTREE_num(trees); i++) {
		const GENERAL_SUBTREE *tree = sk_GENERAL_SUBTREE_value(trees, i);

		REQUIRE(name_list_take_limit(&list.names, &tag, &bytes));
		REQUIRE(!tree->minimum && !tree->maximum);
		der_check_name(tree->base, tag, bytes);
	}
}

static inline bool der_check_limits(X509 *x)
{
	struct name_limits limits;
	struct span value;

	if (!der_check_value(x, NID_name_constraints, &value) ||
	    !name_list_read_limits(value, &limits))
		return false;
	NAME_CONSTRAINTS *nc = X509_get_ext_d2i(x, NID_name_constraints, NULL, NULL);

	REQUIRE(nc);
	der_check_trees(nc->permittedSubtrees, limits.permitted);
	der_check_trees(nc->excludedSubtrees, limits.excluded);
	NAME_CONSTRAINTS_free(nc);
	return true;
}

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
	if (x) {
		static const char *const hosts[] = {"legacy.example.com", "a.test"};

		der_check_names(x, hosts, ARRAY_LENGTH(hosts));
		der_check_limits(x);
	}
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
