/* SPDX-License-Identifier: ISC
 *
 * Names out of certificates: distinguished names, common name, subjectAltName, caIssuers. Raw bytes as the peer sent
 * them, bounded; the renderers escape.
 */
#include "certificate.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	/* X509_NAME_print_ex(3). RFC 2253 escaping, but UTF-8 stays readable (no ASN1_STRFLGS_ESC_MSB). */
	STRFLGS_ESC_2253 = 0x1,
	STRFLGS_ESC_CTRL = 0x2,
	STRFLGS_ESC_MSB = 0x4,
	STRFLGS_UTF8_CONVERT = 0x10,
	STRFLGS_DUMP_UNKNOWN = 0x100,
	STRFLGS_DUMP_DER = 0x200,
	XN_SEP_COMMA_PLUS = 1 << 16,
	XN_DN_REV = 1 << 20,
	XN_DUMP_UNKNOWN_FIELDS = 1 << 24,
	NAME_FLAGS = STRFLGS_ESC_2253 | STRFLGS_ESC_CTRL | STRFLGS_DUMP_UNKNOWN | STRFLGS_DUMP_DER |
		     XN_SEP_COMMA_PLUS | XN_DN_REV | XN_DUMP_UNKNOWN_FIELDS,
};

struct text evidence_text(struct evidence *e, const char *prefix, const void *s, size_t n)
{
	const size_t start = strlen(prefix);
	struct text t = {NULL, 0};
	if (n > EVIDENCE_MAX_NAME_BYTES)
		n = EVIDENCE_MAX_NAME_BYTES;
	char *copy = arena_alloc(&e->arena, start + n + 1);
	if (!copy)
		return t;
	memcpy(copy, prefix, start);
	if (n > 0)
		memcpy(copy + start, s, n);
	t.s = copy;
	t.n = start + n;
	return t;
}

/* Into a pair of BIOs that takes no more than is kept: OpenSSL stops there, however long the name goes on. */
static bool print_name(struct evidence *e, const struct openssl *o, const X509_NAME *name,
		       unsigned long flags, struct text *t)
{
	BIO *in = NULL, *out = NULL;
	char *data = NULL;
	if (!later(o)->BIO_new_bio_pair ||
	    later(o)->BIO_new_bio_pair(&in, EVIDENCE_MAX_NAME_BYTES, &out, 1) != 1)
		return false;
	const bool whole = o->X509_NAME_print_ex(in, name, 0, flags) >= 0;
	const long n = o->BIO_ctrl(out, BIO_C_NREAD0_, 0, &data);
	const bool done = whole || n == EVIDENCE_MAX_NAME_BYTES;
	if (done)
		*t = evidence_text(e, "", data, n > 0 && data ? (size_t)n : 0);
	o->BIO_free(in);
	o->BIO_free(out);
	return done;
}

struct text evidence_name(struct evidence *e, const struct openssl *o, const X509_NAME *name)
{
	struct text t = {NULL, 0};
	bool done = false;
	if (!name)
		return t;
	QUIET_BEGIN(o)
	done = print_name(e, o, name, NAME_FLAGS | STRFLGS_UTF8_CONVERT, &t);
	QUIET_END(o)
	if (!done) {
		/* A string that is not in the encoding that it says: its bytes then, as \XX. */
		QUIET_BEGIN(o)
		done = print_name(e, o, name, NAME_FLAGS | STRFLGS_ESC_MSB, &t);
		QUIET_END(o)
	}
	if (!done)
		t = evidence_text(e, "", "(unreadable name)", 17);
	return t;
}

struct text evidence_common_name(struct evidence *e, const struct openssl *o, X509_NAME *name)
{
	struct text t = {NULL, 0};
	unsigned char *utf8 = NULL;
	int i = -1, last = -1, n;
	if (!name)
		return t;
	QUIET_BEGIN(o)
	while ((i = o->X509_NAME_get_index_by_NID(name, NID_common_name, i)) >= 0)
		last = i;
	const ASN1_STRING *data =
	    last >= 0 ? o->X509_NAME_ENTRY_get_data(o->X509_NAME_get_entry(name, last)) : NULL;
	if (data) {
		n = o->ASN1_STRING_to_UTF8(&utf8, data);
		if (n >= 0 && utf8)
			t = evidence_text(e, "", utf8, (size_t)n);
		else
			t = evidence_text(e, "", o->ASN1_STRING_get0_data(data),
					  (size_t)o->ASN1_STRING_length(data));
		if (utf8)
			o->CRYPTO_free(utf8, "", 0);
	}
	QUIET_END(o)
	return t;
}

static struct text address_name(struct evidence *e, const uint8_t *p, size_t n)
{
	char text[INET6_ADDRSTRLEN];
	if ((n == 4 || n == 16) && inet_ntop(n == 4 ? AF_INET : AF_INET6, p, text, sizeof text))
		return evidence_text(e, "IP:", text, strlen(text));
	return evidence_text(e, "IP:", "(malformed)", 11);
}

struct text evidence_plain_name(struct evidence *e, int kind, const uint8_t *p, size_t n)
{
	switch (kind) {
	case GEN_DNS_:
		return evidence_text(e, "DNS:", p, n);
	case GEN_URI_:
		return evidence_text(e, "URI:", p, n);
	case GEN_EMAIL_:
		return evidence_text(e, "email:", p, n);
	default:
		return address_name(e, p, n);
	}
}

/* x509v3.h; a public struct, the same in all generations. */
struct other_name {
	ASN1_OBJECT *type;
	void *value;
};

/* The kind of an otherName, or a registeredID. */
static struct text oid_name(struct evidence *e, const struct openssl *o, const char *prefix,
			    const ASN1_OBJECT *oid)
{
	char number[80];
	const int n = oid ? o->OBJ_obj2txt(number, sizeof number, oid, 1) : 0;
	return evidence_text(e, prefix, number,
			     n <= 0                   ? 0
			     : n < (int)sizeof number ? (size_t)n
						      : sizeof number - 1);
}

static size_t string_size(const struct openssl *o, const ASN1_STRING *s)
{
	const int n = o->ASN1_STRING_length(s);
	return n > 0 ? (size_t)n : 0;
}

struct text evidence_general_name(struct evidence *e, const struct openssl *o,
				  const GENERAL_NAME *g)
{
	enum { GEN_OTHERNAME = 0, GEN_X400 = 3, GEN_EDIPARTY = 5, GEN_RID = 8 };
	const struct text none = {NULL, 0};
	struct text t;
	int type = -1;
	const void *value = o->GENERAL_NAME_get0_value(g, &type);
	if (!value)
		return none;
	switch (type) {
	case GEN_DNS_:
	case GEN_IPADD_:
	case GEN_URI_:
	case GEN_EMAIL_:
		return evidence_plain_name(e, type, o->ASN1_STRING_get0_data(value),
					   string_size(o, value));
	case GEN_DIRNAME_:
		t = evidence_name(e, o, value);
		return evidence_text(e, "DirName:", t.s, t.n);
	case GEN_OTHERNAME:
		return oid_name(e, o, "otherName:", ((const struct other_name *)value)->type);
	case GEN_RID:
		return oid_name(e, o, "RID:", value);
	case GEN_X400:
		return evidence_text(e, "x400Address", "", 0);
	case GEN_EDIPARTY:
		return evidence_text(e, "ediPartyName", "", 0);
	default:
		return none;
	}
}

bool has_dns_name(const struct cert_info *c)
{
	for (size_t i = 0; i < c->san_count; i++) {
		/* an empty one too: then OpenSSL reads no common name */
		if (c->san[i].n >= 4 && memcmp(c->san[i].s, "DNS:", 4) == 0)
			return true;
	}
	return false;
}

/* Room for the first of so many names. False: there are none, or memory is out. */
static bool begin_names(struct evidence *e, size_t count, struct cert_info *out)
{
	const size_t shown = count < EVIDENCE_MAX_NAMES ? count : EVIDENCE_MAX_NAMES;
	out->san_in_all = count;
	out->san = count > 0 ? arena_alloc(&e->arena, shown * sizeof *out->san) : NULL;
	return out->san;
}

static void add_name(struct cert_info *out, struct text t)
{
	if (t.n > 0)
		out->san[out->san_count++] = t;
}

static void take_plain(struct evidence *e, struct name_list list, struct cert_info *out)
{
	struct span bytes;
	uint8_t tag;
	if (!begin_names(e, list.count, out))
		return;
	for (int i = 0; i < EVIDENCE_MAX_NAMES && name_list_take(&list.names, &tag, &bytes); i++)
		add_name(out, evidence_plain_name(e, tag & NAME_KIND, bytes.p,
						  (size_t)(bytes.end - bytes.p)));
}

/* Read by OpenSSL. */
static void take_names(struct evidence *e, const struct openssl *o, OPENSSL_STACK *names,
		       struct cert_info *out)
{
	const int n = o->OPENSSL_sk_num(names);
	if (!begin_names(e, n > 0 ? (size_t)n : 0, out))
		return;
	for (int i = 0; i < n && i < EVIDENCE_MAX_NAMES; i++)
		add_name(out, evidence_general_name(e, o, o->OPENSSL_sk_value(names, i)));
}

void evidence_san(struct evidence *e, const struct openssl *o, X509 *x, struct cert_info *out)
{
	OPENSSL_STACK *names = NULL;
	struct name_list list;
	struct span value;
	QUIET_BEGIN(o)
	const unsigned found = evidence_extension(o, x, NID_subject_alt_name_, &value);
	if (found == 1 && name_list_read(value, &list))
		take_plain(e, list, out);
	else if (found > 0)
		names = o->X509_get_ext_d2i(x, NID_subject_alt_name_, NULL, NULL);
	if (names) {
		take_names(e, o, names, out);
		o->GENERAL_NAMES_free(names);
	}
	QUIET_END(o)
}

/* x509v3.h; a public struct, the same in all generations. */
struct access_description {
	ASN1_OBJECT *method;
	GENERAL_NAME *location;
};

void evidence_ca_issuers(struct evidence *e, const struct openssl *o, X509 *x,
			 struct cert_info *out)
{
	OPENSSL_STACK *list;
	const struct access_description *a;
	const void *value;
	int type;
	if (!later(o)->AUTHORITY_INFO_ACCESS_free)
		return;
	QUIET_BEGIN(o)
	list = o->X509_get_ext_d2i(x, NID_info_access_, NULL, NULL);
	for (int i = 0; list && i < o->OPENSSL_sk_num(list) && i < EVIDENCE_MAX_NAMES; i++) {
		a = o->OPENSSL_sk_value(list, i);
		if (o->OBJ_obj2nid(a->method) != NID_ad_ca_issuers_)
			continue;
		type = -1;
		value = o->GENERAL_NAME_get0_value(a->location, &type);
		if (type != GEN_URI_ || !value)
			continue;
		out->ca_issuers_url =
		    evidence_text(e, "", o->ASN1_STRING_get0_data(value), string_size(o, value));
		break;
	}
	if (list)
		later(o)->AUTHORITY_INFO_ACCESS_free(list);
	QUIET_END(o)
}
