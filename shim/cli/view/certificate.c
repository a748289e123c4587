/* SPDX-License-Identifier: ISC */
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "../passphrase.h"
#include "certificate.h"

enum { NAMES_MOST = 100, TEXT_MOST = 300 };

static char *printable(const char *s, size_t n)
{
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, s, n, TEXT_MOST);
	char *text = copy_string(buf_str(&b));
	buf_free(&b);
	return text;
}

static char *whole_name(const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *data = NULL;
	long n = 0;
	if (b && X509_NAME_print_ex(b, name, 0,
				    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_get_mem_data(b, &data);
	char *text = printable(data ? data : "", n > 0 ? (size_t)n : 0);
	BIO_free(b);
	return text;
}

/* The last common name, else all of it. */
static char *short_name(X509_NAME *name)
{
	int at = -1, next;
	unsigned char *utf8 = NULL;
	while ((next = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
		at = next;
	const int n = at >= 0 ? ASN1_STRING_to_UTF8(
				    &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)))
			      : -1;
	char *text = n > 0 ? printable((const char *)utf8, (size_t)n) : whole_name(name);
	OPENSSL_free(utf8);
	return text;
}

static char *general_name(const GENERAL_NAME *g)
{
	char *text = NULL;
	if (g->type == GEN_DNS || g->type == GEN_URI || g->type == GEN_EMAIL) {
		text = printable((const char *)ASN1_STRING_get0_data(g->d.ia5),
				 (size_t)ASN1_STRING_length(g->d.ia5));
	} else if (g->type == GEN_IPADD) {
		BIO *b = BIO_new(BIO_s_mem());
		char *data = NULL;
		long n = 0;
		if (b && GENERAL_NAME_print(b, (GENERAL_NAME *)(uintptr_t)g) == 1)
			n = BIO_get_mem_data(b, &data);
		const char *colon = data && n > 0 ? memchr(data, ':', (size_t)n) : NULL;
		if (colon)
			text = printable(colon + 1, (size_t)(data + n - colon - 1));
		BIO_free(b);
	}
	return text;
}

static char **alternative_names(X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	char **list = checked(calloc(NAMES_MOST + 2, sizeof *list));
	size_t n = 0;
	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		char *one = general_name(sk_GENERAL_NAME_value(names, i));
		if (one && n == NAMES_MOST) {
			free(one);
			list[n++] = copy_string("...");
			break;
		}
		if (one)
			list[n++] = one;
	}
	GENERAL_NAMES_free(names);
	return list;
}

/* 2027-03-31 12:00:00Z */
static void date(const ASN1_TIME *t, char out[32])
{
	struct tm tm;
	snprintf(out, 32, "not known");
	if (ASN1_TIME_to_tm(t, &tm) == 1)
		snprintf(out, 32, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void key_text(X509 *x, char out[64])
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const int id = key ? EVP_PKEY_base_id(key) : 0;
	if (!key)
		snprintf(out, 64, "unknown");
	else if (id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448)
		snprintf(out, 64, "%s", OBJ_nid2sn(id));
	else
		snprintf(out, 64, "%s %d",
			 id == EVP_PKEY_RSA  ? "RSA"
			 : id == EVP_PKEY_EC ? "EC"
					     : OBJ_nid2sn(id),
			 EVP_PKEY_bits(key));
}

static void fingerprint(X509 *x, char out[96])
{
	unsigned char digest[32];
	unsigned n = 0;
	out[0] = '\0';
	if (X509_digest(x, EVP_sha256(), digest, &n) != 1)
		return;
	for (unsigned i = 0; i < n; i++)
		snprintf(out + i * 3, 96 - i * 3, "%02X%s", digest[i], i + 1 < n ? ":" : "");
}

bool certificate_read(const char *pem, struct seen_certificate *c)
{
	BIO *b = BIO_new_mem_buf(pem, -1);
	int days = 0, seconds = 0;
	memset(c, 0, sizeof *c);
	c->x = b ? PEM_read_bio_X509(b, NULL, no_passphrase, NULL) : NULL;
	BIO_free(b);
	if (!c->x)
		return false;
	c->pem = copy_string(pem);
	c->name = short_name(X509_get_subject_name(c->x));
	c->issuer_name = short_name(X509_get_issuer_name(c->x));
	c->subject = whole_name(X509_get_subject_name(c->x));
	c->issuer = whole_name(X509_get_issuer_name(c->x));
	c->san = alternative_names(c->x);
	date(X509_get0_notBefore(c->x), c->not_before);
	date(X509_get0_notAfter(c->x), c->not_after);
	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(c->x)) == 1)
		c->days_left = days == 0 && seconds < 0 ? -1 : days;
	key_text(c->x, c->key);
	snprintf(c->signature, sizeof c->signature, "%s", OBJ_nid2sn(X509_get_signature_nid(c->x)));
	fingerprint(c->x, c->sha256);
	c->self_issued =
	    X509_NAME_cmp(X509_get_subject_name(c->x), X509_get_issuer_name(c->x)) == 0;
	return true;
}

void certificate_free(struct seen_certificate *c)
{
	for (char **s = c->san; s && *s; s++)
		free(*s);
	free(c->san);
	free(c->pem);
	free(c->name);
	free(c->issuer_name);
	free(c->subject);
	free(c->issuer);
	X509_free(c->x);
	memset(c, 0, sizeof *c);
}

bool certificate_same(const struct seen_certificate *a, const struct seen_certificate *b)
{
	return strcmp(a->sha256, b->sha256) == 0;
}

char *certificate_issuer_url(const struct seen_certificate *c)
{
	AUTHORITY_INFO_ACCESS *list = X509_get_ext_d2i(c->x, NID_info_access, NULL, NULL);
	char *url = NULL;
	for (int i = 0; !url && list && i < sk_ACCESS_DESCRIPTION_num(list); i++) {
		const ACCESS_DESCRIPTION *a = sk_ACCESS_DESCRIPTION_value(list, i);
		if (OBJ_obj2nid(a->method) != NID_ad_ca_issuers || a->location->type != GEN_URI)
			continue;
		const char *s = (const char *)ASN1_STRING_get0_data(a->location->d.ia5);
		const size_t n = (size_t)ASN1_STRING_length(a->location->d.ia5);
		if (n > 7 && n < 500 && strncmp(s, "http://", 7) == 0 && !memchr(s, '\0', n))
			url = checked(strndup(s, n));
	}
	AUTHORITY_INFO_ACCESS_free(list);
	return url;
}

void certificates_each(const char *pem, bool (*take)(void *arg, struct seen_certificate *c),
		       void *arg)
{
	static const char end[] = "-----END CERTIFICATE-----";
	const char *at = pem;
	while (at && (at = strstr(at, "-----BEGIN CERTIFICATE-----"))) {
		const char *stop = strstr(at, end);
		struct seen_certificate c;
		if (!stop)
			return;
		char *block = checked(strndup(at, (size_t)(stop - at) + sizeof end - 1));
		char *text = join(block, "\n", NULL);
		const bool good = certificate_read(text, &c);
		free(text);
		free(block);
		at = stop + sizeof end - 1;
		if (good && !take(arg, &c))
			return;
	}
}
