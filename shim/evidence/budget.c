/* SPDX-License-Identifier: ISC
 *
 * What a look may cost. The peer decides how dear its certificates are to verify: a chain of 70 RSA keys with exponents of 3072 bits takes
 * a third of a second where OpenSSL itself, which stops at the first error, has not checked a single signature. So whatever is verified once
 * more, compared or read for the sake of a record is paid for beforehand, out of one purse for all looks at one failure. A unit is about
 * a microsecond of a machine of 2020.
 */
#include "budget.h"
#include "der_values.h"

#include <string.h>

enum {
	BUDGET = 8000,
	MOST_CERTIFICATES = 256,
	MOST_EXTENSIONS = 64,
	NID_name_constraints = 666,
	CRL_FLAGS = 0x4 | 0x8, /* X509_V_FLAG_CRL_CHECK, _CRL_CHECK_ALL */
};

bool evidence_afford(struct evidence *e, enum look what, unsigned cost)
{
	if (cost > BUDGET - e->spent) {
		e->unlooked |= what;
		return false;
	}
	e->spent += cost;
	return true;
}

/* ---- one signature --------------------------------------------------------------------------------------------- */

enum {
	COST_SMALL = 50, /* everything about a certificate but its signature */
	COST_UNKNOWN = 2000,
	COST_OTHER_CURVE = 4000,
};

static size_t size_of(const struct span *s)
{
	return (size_t)(s->end - s->p);
}

static bool is_oid(const struct span *oid, const char *bytes, size_t n)
{
	return size_of(oid) == n && memcmp(oid->p, bytes, n) == 0;
}
#define IS_OID(oid, bytes) is_oid(oid, bytes, sizeof(bytes) - 1)

static unsigned bits_of(const struct span *integer)
{
	const uint8_t *p = integer->p;
	unsigned top = 0;
	while (p < integer->end && *p == 0)
		p++;
	for (unsigned v = p < integer->end ? *p : 0; v != 0; v >>= 1)
		top++;
	return top == 0 ? 0 : (unsigned)(integer->end - p - 1) * 8 + top;
}

/* As many products of numbers of this length; 0.8 ns for each pair of machine words. */
static unsigned products(unsigned bits, unsigned count)
{
	const uint64_t words = (bits + 63) / 64, ns = words * words * count * 4 / 5;
	return ns / 1000 > UINT16_MAX ? UINT16_MAX : (unsigned)(ns / 1000);
}

static unsigned rsa_cost(struct span key)
{
	struct span sequence, modulus, exponent;
	if (!der_take_one(&key, SEQUENCE, &sequence) ||
	    !der_take_one(&sequence, INTEGER, &modulus) ||
	    !der_take_one(&sequence, INTEGER, &exponent))
		return COST_UNKNOWN;
	return products(bits_of(&modulus), bits_of(&exponent) * 5 / 4 + 6);
}

static unsigned dsa_cost(struct span parameters)
{
	struct span sequence, p, q;
	if (!der_take_one(&parameters, SEQUENCE, &sequence) ||
	    !der_take_one(&sequence, INTEGER, &p) || !der_take_one(&sequence, INTEGER, &q))
		return COST_UNKNOWN;
	return products(bits_of(&p), bits_of(&q) * 5 / 4 + 6);
}

/* By the curve, or else by the length of a coordinate. */
static unsigned ec_cost(struct span parameters, const struct span *point)
{
	struct span curve;
	if (!der_take_one(&parameters, OID, &curve) || size_of(point) == 0)
		return COST_OTHER_CURVE;
	if (IS_OID(&curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07")) /* P-256 */
		return 80;
	size_t n = size_of(point) - 1;
	if (point->p[0] == 4)
		n /= 2;
	return n <= 32 ? 500 : n <= 48 ? 800 : n <= 66 ? 1400 : COST_OTHER_CURVE;
}

unsigned budget_signature(const uint8_t *spki, size_t n)
{
	struct span all = {spki, spki + n}, sequence, algorithm, oid, key;
	if (!der_take_one(&all, SEQUENCE, &sequence) ||
	    !der_take_one(&sequence, SEQUENCE, &algorithm) ||
	    !der_take_one(&algorithm, OID, &oid) || !der_take_one(&sequence, BIT_STRING, &key) ||
	    size_of(&key) == 0)
		return COST_UNKNOWN;
	key.p++; /* number of unused bits */
	if (IS_OID(&oid, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") ||
	    IS_OID(&oid, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")) /* RSA, RSA-PSS */
		return rsa_cost(key);
	if (IS_OID(&oid, "\x2a\x86\x48\xce\x3d\x02\x01"))
		return ec_cost(algorithm, &key);
	if (IS_OID(&oid, "\x2a\x86\x48\xce\x38\x04\x01"))
		return dsa_cost(algorithm);
	if (IS_OID(&oid, "\x2b\x65\x70")) /* Ed25519 */
		return 150;
	if (IS_OID(&oid, "\x2b\x65\x71")) /* Ed448 */
		return 400;
	return COST_UNKNOWN;
}

/* ---- one verification -------------------------------------------------------------------------------------------- */

struct sum {
	const struct openssl *o;
	OPENSSL_STACK *untrusted;
	unsigned signatures;
	uint64_t names,
	    constraints; /* bytes in certificates: every name is compared with every constraint above it */
	bool beyond;
	uint8_t seen[MOST_CERTIFICATES];
	uint8_t reached[MOST_CERTIFICATES];
	unsigned reached_count;
};

static void add_key(struct sum *s, X509 *x)
{
	const struct openssl *o = s->o;
	unsigned char *der = NULL;
	int n = -1;
	QUIET_BEGIN(o)
	n = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	s->signatures +=
	    COST_SMALL + (n > 0 && der ? budget_signature(der, (size_t)n) : (unsigned)COST_UNKNOWN);
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
}

unsigned budget_subject_names(const struct openssl *o, X509 *x)
{
	enum { NID_email_address = 48 };
	static const int kinds[] = {NID_common_name, NID_email_address};
	X509_NAME *subject = o->X509_get_subject_name(x);
	unsigned count = 0;
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
		for (int i = -1; (i = o->X509_NAME_get_index_by_NID(subject, kinds[k], i)) >= 0;)
			count++;
	}
	return count;
}

static void add_names(struct sum *s, X509 *x)
{
	enum { BYTES_A_NAME = 4 };
	const struct openssl *o = s->o;
	const int n = o->X509_get_ext_count(x);
	s->names += (uint64_t)BYTES_A_NAME * budget_subject_names(o, x);
	s->beyond = s->beyond || n > MOST_EXTENSIONS;
	for (int i = 0; i < n && i < MOST_EXTENSIONS && later(o)->X509_EXTENSION_get_data; i++) {
		X509_EXTENSION *extension = o->X509_get_ext(x, i);
		const int nid = o->OBJ_obj2nid(o->X509_EXTENSION_get_object(extension));
		const ASN1_STRING *data = later(o)->X509_EXTENSION_get_data(extension);
		const unsigned size = data ? (unsigned)o->ASN1_STRING_length(data) : 0;
		if (nid == NID_subject_alt_name_)
			s->names += size;
		else if (nid == NID_name_constraints)
			s->constraints += size;
	}
}

static void add_issuers(struct sum *s, X509 *x)
{
	const struct openssl *o = s->o;
	const X509_NAME *issuer = o->X509_get_issuer_name(x);
	const int n = s->untrusted ? o->OPENSSL_sk_num(s->untrusted) : 0;
	s->signatures += (unsigned)n / 16;
	for (int i = 0; i < n && i < MOST_CERTIFICATES; i++) {
		X509 *candidate = o->OPENSSL_sk_value(s->untrusted, i);
		if (s->seen[i] ||
		    o->X509_NAME_cmp(o->X509_get_subject_name(candidate), issuer) != 0)
			continue;
		s->seen[i] = 1;
		s->reached[s->reached_count++] = (uint8_t)i;
		add_key(s, candidate);
		add_names(s, candidate);
	}
}

unsigned budget_verification(const struct openssl *o, X509 *leaf, OPENSSL_STACK *untrusted,
			     unsigned long flags)
{
	enum { ANCHOR = 200 };
	struct sum s = {.o = o, .untrusted = untrusted, .signatures = ANCHOR};
	uint64_t cost;
	s.beyond = untrusted && o->OPENSSL_sk_num(untrusted) > MOST_CERTIFICATES;
	QUIET_BEGIN(o)
	add_names(&s, leaf);
	if (o->X509_NAME_cmp(o->X509_get_subject_name(leaf), o->X509_get_issuer_name(leaf)) == 0)
		add_key(&s, leaf);
	add_issuers(&s, leaf);
	for (unsigned i = 0; i < s.reached_count && s.signatures <= BUDGET && !s.beyond; i++)
		add_issuers(&s, o->OPENSSL_sk_value(untrusted, s.reached[i]));
	QUIET_END(o)
	cost = s.signatures * (flags & CRL_FLAGS ? 3u : 1u);
	/* four bytes a name, six a constraint, 30 ns for each pair */
	cost += s.names / 4 * (s.constraints / 6) * 3 / 100;
	return s.beyond || cost > BUDGET ? BUDGET + 1 : (unsigned)cost;
}
