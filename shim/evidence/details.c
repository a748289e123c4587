/* SPDX-License-Identifier: ISC
 *
 * Extensions whose content a sentence shows: which names a CA may certify, for which uses and under which policies, where the revocation
 * list is, which issuer and serial number are wanted.
 */
#include "clash.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	NID_authority_key_identifier = 90,
	NID_certificate_policies = 89,
	NID_crl_distribution_points = 103,
	NID_name_constraints = 666,
	SHOWN = 16, /* of a list */
	LIST_BYTES = 1024,
};

/* Public structs of x509v3.h, the same in all generations. */
struct policy_info {
	ASN1_OBJECT *policy;
	OPENSSL_STACK *qualifiers;
};
struct distribution_point_name {
	int type; /* 0: full name */
	OPENSSL_STACK *names;
	X509_NAME *relative;
};
struct distribution_point {
	struct distribution_point_name *name;
	void *reasons, *issuer;
	int flags;
};
struct general_subtree {
	GENERAL_NAME *base;
	void *minimum, *maximum;
};
struct name_constraints {
	OPENSSL_STACK *permitted, *excluded;
};

/* "1.2.3, anyPolicy": the objects that `take` finds in the elements of a stack. */
static const char *objects(struct evidence *e, const struct openssl *o, OPENSSL_STACK *list,
			   const ASN1_OBJECT *(*take)(const void *))
{
	struct buf b;
	char text[80];
	buf_init(&b, LIST_BYTES);
	for (int i = 0; i < o->OPENSSL_sk_num(list) && i < SHOWN; i++) {
		const ASN1_OBJECT *object = take(o->OPENSSL_sk_value(list, i));
		const int nid = o->OBJ_obj2nid(object);
		const char *name = nid > 0 ? o->OBJ_nid2sn(nid) : NULL;
		if (!name)
			name = o->OBJ_obj2txt(text, sizeof text, object, 1) > 0 ? text : "?";
		buf_strs(&b, b.len > 0 ? ", " : "", name, (char *)NULL);
	}
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static const ASN1_OBJECT *itself(const void *element)
{
	return element;
}

static const ASN1_OBJECT *policy_of(const void *element)
{
	return ((const struct policy_info *)element)->policy;
}

static void usages(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	OPENSSL_STACK *list = o->X509_get_ext_d2i(x, NID_ext_key_usage_, NULL, NULL);
	if (!list)
		return;
	out->extended_key_usages = objects(e, o, list, itself);
	if (later(o)->EXTENDED_KEY_USAGE_free)
		later(o)->EXTENDED_KEY_USAGE_free(list);
}

static void policies(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	if (!later(o)->CERTIFICATEPOLICIES_free)
		return;
	OPENSSL_STACK *list = o->X509_get_ext_d2i(x, NID_certificate_policies, NULL, NULL);
	if (!list)
		return;
	out->policies = objects(e, o, list, policy_of);
	later(o)->CERTIFICATEPOLICIES_free(list);
}

/* An OCTET STRING with a list that has anything in it (RFC 6962 section 3.3); its lengths in one, two or three bytes. */
static bool has_timestamps(const struct openssl *o, X509_EXTENSION *extension)
{
	enum { TAG_OCTETS = 0x04 };
	const ASN1_STRING *data =
	    later(o)->X509_EXTENSION_get_data ? later(o)->X509_EXTENSION_get_data(extension) : NULL;
	const unsigned char *p = data ? o->ASN1_STRING_get0_data(data) : NULL;
	const int n = data ? o->ASN1_STRING_length(data) : 0;
	const int head = n < 2 ? n : p[1] < 0x80 ? 2 : 2 + (p[1] & 0x7f);
	return p && n > head + 2 && p[0] == TAG_OCTETS &&
	       (p[head] << 8 | p[head + 1]) == n - head - 2;
}

/* Signed certificate timestamps in it, or a policy of the CA/Browser Forum: then a public CA issued it, and those issue from
 * intermediates only. */
static void public_ca(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	static const char timestamps[] = "1.3.6.1.4.1.11129.2.4.2", forum[] = "2.23.140.1.";
	char oid[80];
	for (int i = 0; i < o->X509_get_ext_count(x) && i < EVIDENCE_MAX_NAMES; i++) {
		X509_EXTENSION *extension = o->X509_get_ext(x, i);
		if (o->OBJ_obj2txt(oid, sizeof oid, o->X509_EXTENSION_get_object(extension), 1) >
			0 &&
		    strcmp(oid, timestamps) == 0 && has_timestamps(o, extension))
			out->public_ca = "signed certificate timestamps";
	}
	if (!later(o)->CERTIFICATEPOLICIES_free || !out->policies)
		return;
	OPENSSL_STACK *list = o->X509_get_ext_d2i(x, NID_certificate_policies, NULL, NULL);
	for (int i = 0; list && i < o->OPENSSL_sk_num(list) && i < SHOWN; i++) {
		if (o->OBJ_obj2txt(oid, sizeof oid, policy_of(o->OPENSSL_sk_value(list, i)), 1) >
			0 &&
		    strncmp(oid, forum, sizeof forum - 1) == 0)
			out->public_ca = evidence_text(e, "policy ", oid, strlen(oid)).s;
	}
	if (list)
		later(o)->CERTIFICATEPOLICIES_free(list);
}

static void crl_address(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	if (!later(o)->CRL_DIST_POINTS_free)
		return;
	OPENSSL_STACK *list = o->X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	for (int i = 0; list && i < o->OPENSSL_sk_num(list) && i < SHOWN; i++) {
		const struct distribution_point *p = o->OPENSSL_sk_value(list, i);
		OPENSSL_STACK *names = p->name && p->name->type == 0 ? p->name->names : NULL;
		for (int k = 0; names && k < o->OPENSSL_sk_num(names) && k < SHOWN; k++) {
			const struct text t =
			    evidence_general_name(e, o, o->OPENSSL_sk_value(names, k));
			if (out->crl_url.n == 0 && t.n > 4 && memcmp(t.s, "URI:", 4) == 0)
				out->crl_url = (struct text){t.s + 4, t.n - 4};
		}
	}
	if (list)
		later(o)->CRL_DIST_POINTS_free(list);
}

/* An address and its mask (RFC 5280 section 4.2.1.10). */
static struct text network(struct evidence *e, const uint8_t *p, size_t n)
{
	const int family = n == 8 ? AF_INET : AF_INET6;
	char address[INET6_ADDRSTRLEN], mask[INET6_ADDRSTRLEN];
	struct text t = {NULL, 0};
	struct buf b;
	if ((n != 8 && n != 32) || !inet_ntop(family, p, address, sizeof address) ||
	    !inet_ntop(family, p + n / 2, mask, sizeof mask))
		return t;
	buf_init(&b, 0);
	buf_strs(&b, address, "/", mask, (char *)NULL);
	t = evidence_text(e, "IP:", buf_str(&b), b.len);
	buf_free(&b);
	return t;
}

static struct text plain_limit(struct evidence *e, int kind, const uint8_t *p, size_t n)
{
	const struct text t = kind == GEN_IPADD_ ? network(e, p, n) : (struct text){NULL, 0};
	return t.n > 0 ? t : evidence_plain_name(e, kind, p, n);
}

struct text evidence_subtree(struct evidence *e, const struct openssl *o, const GENERAL_NAME *base)
{
	int type = -1;
	const ASN1_STRING *s = o->GENERAL_NAME_get0_value(base, &type);
	const int n = s && type == GEN_IPADD_ ? o->ASN1_STRING_length(s) : 0;
	return n > 0 ? plain_limit(e, type, o->ASN1_STRING_get0_data(s), (size_t)n)
		     : evidence_general_name(e, o, base);
}

/* Room for those of a list that are shown. False: there are none, or memory is out. */
static bool begin_limits(struct evidence *e, size_t n, struct text **out)
{
	*out = n > 0 ? arena_alloc(&e->arena, SHOWN * sizeof **out) : NULL;
	return *out;
}

static size_t plain_limits(struct evidence *e, struct name_list list, struct text **out)
{
	size_t count = 0;
	struct span bytes;
	uint8_t tag;
	if (!begin_limits(e, list.count, out))
		return 0;
	while (count < SHOWN && name_list_take_limit(&list.names, &tag, &bytes)) {
		const struct text t =
		    plain_limit(e, tag & NAME_KIND, bytes.p, (size_t)(bytes.end - bytes.p));
		if (t.n == 0) /* memory is out */
			break;
		(*out)[count++] = t;
	}
	return count;
}

/* Read by OpenSSL. */
static size_t subtrees(struct evidence *e, const struct openssl *o, OPENSSL_STACK *list,
		       struct text **out)
{
	const int n = list ? o->OPENSSL_sk_num(list) : 0;
	size_t count = 0;
	if (!begin_limits(e, n > 0 ? (size_t)n : 0, out))
		return 0;
	for (int i = 0; i < n && count < SHOWN; i++) {
		const struct general_subtree *tree = o->OPENSSL_sk_value(list, i);
		const struct text t = evidence_subtree(e, o, tree->base);
		if (t.n > 0)
			(*out)[count++] = t;
	}
	return count;
}

static void decoded_constraints(struct evidence *e, const struct openssl *o, X509 *x,
				struct cert_info *out)
{
	struct name_constraints *nc = o->X509_get_ext_d2i(x, NID_name_constraints, NULL, NULL);
	if (!nc)
		return;
	out->permitted_count = subtrees(e, o, nc->permitted, &out->permitted);
	out->excluded_count = subtrees(e, o, nc->excluded, &out->excluded);
	if (later(o)->NAME_CONSTRAINTS_free)
		later(o)->NAME_CONSTRAINTS_free(nc);
}

static void constraints(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	struct name_limits l;
	struct span value;
	const unsigned found = evidence_extension(o, x, NID_name_constraints, &value);
	out->has_name_constraints = found > 0;
	if (found == 1 && name_list_read_limits(value, &l)) {
		out->permitted_count = plain_limits(e, l.permitted, &out->permitted);
		out->excluded_count = plain_limits(e, l.excluded, &out->excluded);
	} else if (found > 0)
		decoded_constraints(e, o, x, out);
}

static void wanted_serial(struct evidence *e, const struct openssl *o, X509 *x,
			  struct cert_info *out)
{
	const ASN1_STRING *serial =
	    later(o)->X509_get0_authority_serial ? later(o)->X509_get0_authority_serial(x) : NULL;
	out->authority_serial = evidence_serial(e, o, serial);
}

void evidence_details(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	QUIET_BEGIN(o)
	usages(e, o, x, out);
	QUIET_END(o)
	QUIET_BEGIN(o)
	policies(e, o, x, out);
	public_ca(e, o, x, out);
	QUIET_END(o)
	QUIET_BEGIN(o)
	crl_address(e, o, x, out);
	QUIET_END(o)
	QUIET_BEGIN(o)
	constraints(e, o, x, out);
	wanted_serial(e, o, x, out);
	QUIET_END(o)
}
