/* SPDX-License-Identifier: ISC
 *
 * The certificates of a CA file, as OpenSSL reads them. The command may do what the library must not: it links libcrypto.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "authorities.h"
#include "../passphrase.h"

enum { SOON_DAYS = 30, DAY = 24 * 60 * 60, WEAK_RSA = 2048, WEAK_EC = 224, NAME_BYTES = 120 };

struct look {
	struct authorities *result;
	authority_report *report;
	void *arg;
	int64_t now;
	unsigned said;
};

/* "CN=Corp Root CA,O=Corp" */
static char *name_of(const X509_NAME *name)
{
	BIO *b = checked(BIO_new(BIO_s_mem()));
	char *text = NULL;
	X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	const long n = BIO_get_mem_data(b, &text);
	char *copy = checked(strndup(n > 0 ? text : "", n > 0 ? (size_t)n : 0));
	if (strlen(copy) > NAME_BYTES)
		copy[NAME_BYTES] = '\0';
	BIO_free(b);
	return copy;
}

static void tell(struct look *l, enum authority_finding what, const X509 *x, const char *first,
		 const char *second)
{
	char *subject = name_of(X509_get_subject_name(x));
	char *text = join("'", subject, "' ", first, second, NULL);
	if (l->said++ < AUTHORITY_MESSAGES)
		l->report(l->arg, what, text);
	free(text);
	free(subject);
}

/* ---- dates ------------------------------------------------------------------------------------------- */

/* Seconds until then; false: not a time. */
static bool seconds_until(const ASN1_TIME *t, int64_t *seconds)
{
	int days = 0, rest = 0;
	if (ASN1_TIME_diff(&days, &rest, NULL, t) != 1)
		return false;
	*seconds = (int64_t)days * DAY + rest;
	return true;
}

static char *date_of(const struct look *l, int64_t seconds)
{
	struct buf b;
	buf_init(&b, 0);
	buf_date(&b, l->now + seconds);
	char *text = copy_string(buf_str(&b));
	buf_free(&b);
	return text;
}

static void look_at_dates(struct look *l, const X509 *x)
{
	int64_t begins, ends;
	if (!seconds_until(X509_get0_notBefore(x), &begins) ||
	    !seconds_until(X509_get0_notAfter(x), &ends))
		return;
	char *date = date_of(l, begins > 0 ? begins : ends);
	char days[32];
	snprintf(days, sizeof days, " (%lld day%s)", (long long)(ends / DAY),
		 ends / DAY == 1 ? "" : "s");
	char *left =
	    join(date, days, "; put the certificate that follows it beside it in time", NULL);
	char *over = join(date,
			  ", so it makes no connection possible any more; put the certificate that "
			  "follows it into the file",
			  NULL);
	char *early = join(date, "; until then no chain with it is good", NULL);
	if (ends < 0)
		tell(l, AUTHORITY_ENDED, x, "expired on ", over);
	else if (begins > 0)
		tell(l, AUTHORITY_ENDED, x, "is not valid before ", early);
	else if (ends < (int64_t)SOON_DAYS * DAY)
		tell(l, AUTHORITY_ENDED, x, "ends on ", left);
	free(early);
	free(over);
	free(left);
	free(date);
}

/* ---- strength ---------------------------------------------------------------------------------------- */

static bool weak_digest(const X509 *x)
{
	int digest = NID_undef, key = NID_undef;
	OBJ_find_sigid_algs(X509_get_signature_nid(x), &digest, &key);
	return digest == NID_md2 || digest == NID_md4 || digest == NID_md5 || digest == NID_sha1;
}

static void look_at_strength(struct look *l, X509 *x, bool self_issued)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const int bits = key ? EVP_PKEY_bits(key) : 0, type = key ? EVP_PKEY_base_id(key) : 0;
	char text[64];
	snprintf(text, sizeof text, "%d bits", bits);
	if (((type == EVP_PKEY_RSA || type == EVP_PKEY_DSA) && bits < WEAK_RSA) ||
	    (type == EVP_PKEY_EC && bits < WEAK_EC))
		tell(l, AUTHORITY_WEAK, x, "has a weak key: ", text);
	/* a root's own signature proves nothing, so it cannot be weak */
	if (!self_issued && weak_digest(x))
		tell(l, AUTHORITY_WEAK, x, "is signed with a digest that is broken: ",
		     OBJ_nid2sn(X509_get_signature_nid(x)));
}

/* ---- the file ---------------------------------------------------------------------------------------- */

static void look_at(struct look *l, X509 *x)
{
	struct authorities *a = l->result;
	const bool self_issued =
	    X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0;
	const bool authority = X509_check_ca(x) > 0;
	a->certificates++;
	a->self_issued += self_issued;
	a->authorities += authority;
	/* who would be the anchor, were its certificate here */
	if (!self_issued && !a->issuer)
		a->issuer = name_of(X509_get_issuer_name(x));
	look_at_dates(l, x);
	look_at_strength(l, x, self_issued);
}

void authorities_look(const char *data, size_t n, struct authorities *result,
		      authority_report *report, void *arg)
{
	struct look l = {.result = result, .report = report, .arg = arg};
	BIO *b = checked(BIO_new_mem_buf(data, n < INT32_MAX ? (int)n : INT32_MAX));
	X509 *x;
	memset(result, 0, sizeof *result);
	l.now = clock_realtime_ms() / 1000;
	while ((x = PEM_read_bio_X509_AUX(b, NULL, no_passphrase, NULL)) != NULL) {
		look_at(&l, x);
		X509_free(x);
	}
	ERR_clear_error();
	BIO_free(b);
	result->omitted = l.said > AUTHORITY_MESSAGES ? l.said - AUTHORITY_MESSAGES : 0;
}
