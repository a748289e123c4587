/* SPDX-License-Identifier: ISC
 *
 * Algorithms that this OpenSSL may not know, by name: it can only give their numbers.
 */
#include "certificate.h"
#include "der.h"

#include <string.h>

static const struct {
	char number[28], name[32];
} names[] = {
#define OID(number, name) {number, name},
#include "oids.def"
#undef OID
};

static const char *name_of(const char *number)
{
	static const char slh_dsa[] = "2.16.840.1.101.3.4.3."; /* 20 to 31 */
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (strcmp(names[i].number, number) == 0)
			return names[i].name;
	}
	if (strncmp(number, slh_dsa, sizeof slh_dsa - 1) == 0 &&
	    (number[sizeof slh_dsa - 1] == '2' || number[sizeof slh_dsa - 1] == '3'))
		return "SLH-DSA";
	return NULL;
}

const char *evidence_oid(struct evidence *e, const uint8_t *oid, size_t n)
{
	char number[128];
	struct buf b;
	der_oid_text(oid, n, number, sizeof number);
	const char *name = name_of(number);
	buf_init(&b, 0);
	buf_puts(&b, number);
	if (name)
		buf_strs(&b, " (", name, ")", (char *)NULL);
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

void evidence_unknown_key(struct evidence *e, const uint8_t *spki, size_t n, struct cert_info *out)
{
	static const uint8_t curve[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
	struct der_algorithm a;
	if (!der_key_algorithm(spki, n, &a))
		return;
	bool ec = a.oid_size == sizeof curve && memcmp(a.oid, curve, sizeof curve) == 0;
	out->explicit_curve = ec && a.parameters_size > 0 && a.parameters[0] == SEQUENCE;
	/* of a curve, which one says more */
	if (ec && a.parameters_size > 2 && a.parameters[0] == OID &&
	    a.parameters[1] == a.parameters_size - 2) {
		a.oid = a.parameters + 2;
		a.oid_size = a.parameters_size - 2;
	}
	out->unknown_key = evidence_oid(e, a.oid, a.oid_size);
}
