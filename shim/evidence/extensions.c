/* SPDX-License-Identifier: ISC
 *
 * Extensions: what a certificate may be used for, and which extension is broken.
 */
#include "certificate.h"

#include <string.h>

enum {
	/* x509v3.h, the same in all generations */
	EXFLAG_KUSAGE = 0x2,
	EXFLAG_XKUSAGE = 0x4,
	EXFLAG_NSCERT = 0x8,
	KU_KEY_CERT_SIGN = 0x4,
	XKU_SSL_SERVER = 0x1,
	XKU_SSL_CLIENT = 0x2,
	XKU_ANYEKU = 0x100,
	NID_subject_key_identifier = 82,
	NID_authority_key_identifier = 90,
	NID_name_constraints = 666,
	NID_crl_distribution_points = 103,
	NID_proxy_cert_info = 663,
	NID_netscape_cert_type = 71,
	NID_address_blocks = 290,
	NID_as_numbers = 291,
	NID_issuer_alt_name = 86,
	ASN1_NEG_INTEGER = 0x102,
};

static struct text octets(struct evidence *e, const struct openssl *o, const ASN1_STRING *s)
{
	struct text t = {NULL, 0};
	if (s && o->ASN1_STRING_length(s) > 0)
		t = evidence_text(e, "", o->ASN1_STRING_get0_data(s),
				  (size_t)o->ASN1_STRING_length(s));
	return t;
}

/* "1.3.6.1.5.5.7.1.11 (Subject Information Access)" */
static const char *named_oid(struct evidence *e, const struct openssl *o, X509_EXTENSION *x)
{
	char number[80], name[80];
	struct buf b;
	if (o->OBJ_obj2txt(number, sizeof number, o->X509_EXTENSION_get_object(x), 1) <= 0)
		return NULL;
	buf_init(&b, 0);
	buf_puts(&b, number);
	if (o->OBJ_obj2txt(name, sizeof name, o->X509_EXTENSION_get_object(x), 0) > 0 &&
	    strcmp(name, number) != 0)
		buf_strs(&b, " (", name, ")", (char *)NULL);
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static void find_unknown_critical(struct evidence *e, const struct openssl *o, X509 *x,
				  struct cert_info *out)
{
	if (!later(o)->X509_supported_extension)
		return;
	for (int i = 0; i < o->X509_get_ext_count(x) && i < EVIDENCE_MAX_NAMES; i++) {
		X509_EXTENSION *ext = o->X509_get_ext(x, i);
		if (o->X509_EXTENSION_get_critical(ext) &&
		    !later(o)->X509_supported_extension(ext)) {
			out->unknown_critical = named_oid(e, o, ext);
			return;
		}
	}
}

/* Extensions that OpenSSL reads when it looks at a certificate (crypto/x509/v3_purp.c). */
static const struct known_extension {
	int nid;
	char name[24];
} known_extensions[] = {
    {NID_basic_constraints_, "basicConstraints"},
    {NID_key_usage_, "keyUsage"},
    {NID_ext_key_usage_, "extendedKeyUsage"},
    {NID_subject_key_identifier, "subjectKeyIdentifier"},
    {NID_authority_key_identifier, "authorityKeyIdentifier"},
    {NID_subject_alt_name_, "subjectAltName"},
    {NID_name_constraints, "nameConstraints"},
    {NID_crl_distribution_points, "cRLDistributionPoints"},
    {NID_proxy_cert_info, "proxyCertInfo"},
    {NID_netscape_cert_type, "nsCertType"},
    {NID_address_blocks, "IPAddrBlocks"},
    {NID_as_numbers, "ASIdentifiers"},
};

static void release_address_blocks(const struct openssl *o, void *value)
{
	for (int i = 0; later(o)->IPAddressFamily_free && i < o->OPENSSL_sk_num(value); i++)
		later(o)->IPAddressFamily_free(o->OPENSSL_sk_value(value, i));
	o->OPENSSL_sk_free(value);
}

static void release(const struct openssl *o, int nid, void *value)
{
#define RELEASE(id, function)                                                                      \
	case id:                                                                                   \
		if (later(o)->function)                                                            \
			later(o)->function(value);                                                 \
		break;
	switch (nid) {
		RELEASE(NID_basic_constraints_, BASIC_CONSTRAINTS_free)
		RELEASE(NID_key_usage_, ASN1_BIT_STRING_free)
		RELEASE(NID_ext_key_usage_, EXTENDED_KEY_USAGE_free)
		RELEASE(NID_subject_key_identifier, ASN1_OCTET_STRING_free)
		RELEASE(NID_authority_key_identifier, AUTHORITY_KEYID_free)
		RELEASE(NID_name_constraints, NAME_CONSTRAINTS_free)
		RELEASE(NID_crl_distribution_points, CRL_DIST_POINTS_free)
		RELEASE(NID_proxy_cert_info, PROXY_CERT_INFO_EXTENSION_free)
		RELEASE(NID_netscape_cert_type, ASN1_BIT_STRING_free)
		RELEASE(NID_as_numbers, ASIdentifiers_free)
	case NID_subject_alt_name_:
		o->GENERAL_NAMES_free(value);
		break;
	case NID_address_blocks:
		release_address_blocks(o, value);
		break;
	default:
		break;
	}
#undef RELEASE
}

static char *complaint(struct evidence *e, const char *name, const char *what)
{
	const struct text t = evidence_text(e, name, what, strlen(what));
	return (char *)(uintptr_t)t.s; /* NUL-terminated: the arena zeroes */
}

static bool has_extension(const struct openssl *o, X509 *x, int nid)
{
	struct span value;
	return evidence_extension(o, x, nid, &value) > 0;
}

/* x509v3.h; a public struct, the same in all generations. */
struct basic_constraints {
	int ca;
	const ASN1_STRING *path_length;
};

static const char *senseless_path_length(const struct openssl *o, X509 *x)
{
	struct basic_constraints *b = o->X509_get_ext_d2i(x, NID_basic_constraints_, NULL, NULL);
	const char *what = NULL;
	if (b && b->path_length && o->ASN1_STRING_type(b->path_length) == ASN1_NEG_INTEGER)
		what = "basicConstraints has a negative number of CAs (pathlen)";
	else if (b && b->path_length && !b->ca && o->version < 0x30000000UL)
		what = "basicConstraints limits the CAs below (pathlen) of what is no CA";
	if (b)
		release(o, NID_basic_constraints_, b);
	return what;
}

static bool usage_is_empty(const struct openssl *o, X509 *x)
{
	ASN1_STRING *bits = o->X509_get_ext_d2i(x, NID_key_usage_, NULL, NULL);
	const unsigned char *octets = bits ? o->ASN1_STRING_get0_data(bits) : NULL;
	bool empty = bits;
	for (int i = 0; octets && i < o->ASN1_STRING_length(bits); i++)
		empty = empty && octets[i] == 0;
	if (bits)
		release(o, NID_key_usage_, bits);
	return empty;
}

/* Extensions that can be read, and make no sense. */
static const char *what_makes_no_sense(const struct openssl *o, X509 *x)
{
	if (usage_is_empty(o, x))
		return "keyUsage is empty";
	if (has_extension(o, x, NID_proxy_cert_info) &&
	    (has_extension(o, x, NID_subject_alt_name_) ||
	     has_extension(o, x, NID_issuer_alt_name)))
		return "proxyCertInfo stands beside a subjectAltName or issuerAltName, which a "
		       "proxy certificate must not have";
	return senseless_path_length(o, x);
}

/* Only called for a certificate that OpenSSL has marked as malformed. NULL: could not be found out. */
static const char *what_is_malformed(struct evidence *e, const struct openssl *o, X509 *x)
{
	for (size_t i = 0; i < ARRAY_LENGTH(known_extensions); i++) {
		const struct known_extension *k = &known_extensions[i];
		int critical = -1;
		void *value = o->X509_get_ext_d2i(x, k->nid, &critical, NULL);
		if (value)
			release(o, k->nid, value);
		else if (critical == -2)
			return complaint(e, k->name, " stands twice");
		else if (critical >= 0)
			return complaint(e, k->name, " cannot be read");
	}
	return what_makes_no_sense(o, x);
}

static const char *usage_names(struct evidence *e, uint32_t usage)
{
	static const struct {
		uint32_t bit;
		char name[20];
	} bits[] = {{0x80, "digitalSignature"}, {0x40, "nonRepudiation"}, {0x20, "keyEncipherment"},
		    {0x10, "dataEncipherment"}, {0x08, "keyAgreement"},   {0x04, "keyCertSign"},
		    {0x02, "cRLSign"},          {0x01, "encipherOnly"},   {0x8000, "decipherOnly"}};
	struct buf b;
	buf_init(&b, 256);
	for (size_t i = 0; i < ARRAY_LENGTH(bits); i++) {
		if ((usage & bits[i].bit) != 0)
			buf_strs(&b, b.len > 0 ? ", " : "", bits[i].name, (char *)NULL);
	}
	const char *copy = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return copy ? copy : "";
}

static void usages(struct evidence *e, const struct openssl *o, X509 *x, uint32_t flags,
		   struct cert_info *out)
{
	uint32_t usage;
	out->has_key_usage = (flags & EXFLAG_KUSAGE) != 0;
	out->key_usages = "";
	if (out->has_key_usage && later(o)->X509_get_key_usage) {
		out->key_usage = later(o)->X509_get_key_usage(x);
		out->key_usage_cert_sign = (out->key_usage & KU_KEY_CERT_SIGN) != 0;
		out->key_usages = usage_names(e, out->key_usage);
	}
	out->has_extended_key_usage = (flags & EXFLAG_XKUSAGE) != 0;
	if (out->has_extended_key_usage && later(o)->X509_get_extended_key_usage) {
		usage = later(o)->X509_get_extended_key_usage(x);
		out->eku_server = (usage & XKU_SSL_SERVER) != 0;
		out->eku_client = (usage & XKU_SSL_CLIENT) != 0;
		out->eku_any = (usage & XKU_ANYEKU) != 0;
	}
}

static void flags_and_usages(struct evidence *e, const struct openssl *o, X509 *x,
			     struct cert_info *out)
{
	long length;
	if (!later(o)->X509_get_extension_flags)
		return;
	uint32_t flags = later(o)->X509_get_extension_flags(x);
	out->has_basic_constraints = (flags & EXFLAG_BCONS_) != 0;
	out->marked_ca = (flags & EXFLAG_CA_) != 0;
	out->self_signed = out->self_issued && (flags & EXFLAG_SS_) != 0;
	usages(e, o, x, flags, out);
	out->has_netscape_type = (flags & EXFLAG_NSCERT) != 0;
	if (later(o)->X509_get_pathlen && (length = later(o)->X509_get_pathlen(x)) >= 0)
		out->path_length = length < 1000 ? (int)length : 1000;
	out->malformed = (flags & EXFLAG_INVALID_) != 0;
	/* OpenSSL gives no purposes of such a certificate, which is not to say that it has none */
	if (out->malformed)
		out->has_extended_key_usage = false;
	if (out->malformed)
		out->malformed_why = what_is_malformed(e, o, x);
}

void evidence_extensions(struct evidence *e, const struct openssl *o, X509 *x,
			 struct cert_info *out)
{
	int ca;
	out->path_length = -1;
	out->self_signed = out->self_issued;
	QUIET_BEGIN(o)
	flags_and_usages(e, o, x, out);
	QUIET_END(o)
	QUIET_BEGIN(o)
	/* 1: basicConstraints says so; 3: self-signed of version 1 (X509_check_ca(3)). */
	ca = o->X509_check_ca ? o->X509_check_ca(x) : 0;
	out->ca = ca == 1 || ca == 3;
	find_unknown_critical(e, o, x, out);
	if (later(o)->X509_get0_subject_key_id)
		out->subject_key_id = octets(e, o, later(o)->X509_get0_subject_key_id(x));
	if (later(o)->X509_get0_authority_key_id)
		out->authority_key_id = octets(e, o, later(o)->X509_get0_authority_key_id(x));
	QUIET_END(o)
}
