/* SPDX-License-Identifier: ISC
 *
 * One chain of a public corpus, verified in-process as its description says (private to tests/corpora).
 *
 * The types are those of <tlsmend/openssl.h>, which cannot be included together with OpenSSL's own headers, so the few functions
 * that set a case up and that tlsmend itself never calls are declared here, as their manual pages have them.
 */
#ifndef TLSMEND_TEST_CORPORA_H
#define TLSMEND_TEST_CORPORA_H

#include <jansson.h>
#include <tlsmend/evidence.h>

typedef struct X509_crl_st X509_CRL;

extern X509_STORE *X509_STORE_new(void);
extern void X509_STORE_free(X509_STORE *store);
extern int X509_STORE_add_cert(X509_STORE *store, X509 *x);
extern int X509_STORE_add_crl(X509_STORE *store, X509_CRL *crl);
extern X509_CRL *PEM_read_bio_X509_CRL(BIO *bio, X509_CRL **crl, openssl_pem_password_cb *cb,
				       void *u);
extern X509_CRL *d2i_X509_CRL(X509_CRL **crl, const unsigned char **in, long n);
extern void X509_CRL_free(X509_CRL *crl);
extern ASN1_OBJECT *OBJ_txt2obj(const char *s, int no_name);
extern void X509_VERIFY_PARAM_set_time(X509_VERIFY_PARAM *param, time_t t);
extern int X509_VERIFY_PARAM_set_purpose(X509_VERIFY_PARAM *param, int purpose);
extern void X509_VERIFY_PARAM_set_depth(X509_VERIFY_PARAM *param, int depth);
extern void X509_VERIFY_PARAM_set_auth_level(X509_VERIFY_PARAM *param, int level);
extern int X509_VERIFY_PARAM_set1_host(X509_VERIFY_PARAM *param, const char *name, size_t n);
extern int X509_VERIFY_PARAM_set1_ip_asc(X509_VERIFY_PARAM *param, const char *address);
extern int X509_VERIFY_PARAM_set1_email(X509_VERIFY_PARAM *param, const char *email, size_t n);
extern int X509_VERIFY_PARAM_add0_policy(X509_VERIFY_PARAM *param, ASN1_OBJECT *policy);
extern int X509_verify_cert(X509_STORE_CTX *ctx);
extern const char *X509_verify_cert_error_string(long code);

enum {
	FLAG_CRL_CHECK = 0x4,
	FLAG_CRL_CHECK_ALL = 0x8,
	FLAG_X509_STRICT = 0x20,
	FLAG_POLICY_CHECK = 0x80,
	FLAG_EXPLICIT_POLICY = 0x100,
	FLAG_INHIBIT_ANY = 0x200,
	FLAG_INHIBIT_MAP = 0x400,
	FLAG_EXTENDED_CRL = 0x1000,
	FLAG_USE_DELTAS = 0x2000,
	FLAG_PARTIAL_CHAIN = 0x80000,
	PURPOSE_SSL_CLIENT = 1,
	PURPOSE_SSL_SERVER = 2,
};

enum { CASE_CRLS = 16, CASE_POLICIES = 8 };

/* Owned: everything but the strings, which live as long as the corpus' JSON. */
struct chain_case {
	char id[256];
	X509 *leaf;
	OPENSSL_STACK *untrusted, *trusted; /* never NULL */
	OPENSSL_STACK *further; /* CAs that nobody has here, but that could be got; never NULL */
	X509_CRL *crls[CASE_CRLS];
	size_t crl_count;
	time_t time;
	int purpose; /* 0: any */
	int depth;   /* -1: OpenSSL's */
	int level;   /* security level; -1: OpenSSL's */
	unsigned long flags;
	const char *host, *address, *email;
	char policies[CASE_POLICIES][64];
	size_t policy_count;
};

void case_init(struct chain_case *c);
void case_free(struct chain_case *c);
/* Verifies, diagnoses, and prints a line for a chain that OpenSSL rejects:
 *   id, code, depth, cause, help ("-": no CA is proposed; "ca": one is, and it helps; "ca-not-here": the wanted CA is not part of the
 *   case; "ca-useless": one is proposed, and with it the chain still fails)
 * With `verbose` the record follows. */
void case_run(const struct chain_case *c, bool verbose);

/* Each prints all of its cases; false: the corpus cannot be read. `only` NULL: all. */
bool limbo_run(const char *directory, const char *only);
bool pkits_run(const char *directory, const char *only);

#endif
