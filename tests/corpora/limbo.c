/* SPDX-License-Identifier: ISC
 *
 * x509-limbo (github.com/C2SP/x509-limbo): cases of a path validation test suite. Twice: as a TLS client of Debian verifies, and as
 * Python 3.13 does, with the strict flag and partial chains.
 */
#include <stdlib.h>

#include "../unit/openssl_direct.h"
#include "corpora.h"
#include "names.h"

/* Cases that name no time are valid in this one. */
#define NOW 1795298400 /* 2026-11-21 */

static X509 *certificate(const json_t *pem)
{
	const struct openssl *o = openssl_direct();
	const char *s = json_string_value(pem);
	BIO *bio = o->BIO_new_mem_buf(s, (int)strlen(s));
	X509 *x = o->PEM_read_bio_X509(bio, NULL, NULL, NULL);

	o->BIO_free(bio);
	return x;
}

static void certificates(const json_t *list, OPENSSL_STACK *to)
{
	const json_t *pem;
	size_t i;

	json_array_foreach(list, i, pem)
	{
		X509 *x = certificate(pem);

		if (x)
			openssl_direct()->OPENSSL_sk_push(to, x);
	}
}

static void revocation_lists(const json_t *list, struct chain_case *c)
{
	const struct openssl *o = openssl_direct();
	const json_t *pem;
	size_t i;

	json_array_foreach(list, i, pem)
	{
		const char *s = json_string_value(pem);
		BIO *bio = o->BIO_new_mem_buf(s, (int)strlen(s));
		X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);

		if (crl && c->crl_count < CASE_CRLS)
			c->crls[c->crl_count++] = crl;
		o->BIO_free(bio);
	}
	if (json_array_size(list) > 0)
		c->flags |= FLAG_CRL_CHECK;
}

/* "2024-01-01T00:00:00+00:00", always UTC. */
static time_t time_of(const json_t *text)
{
	const char *s = json_string_value(text);
	struct tm t;

	memset(&t, 0, sizeof(t));
	if (!s || !strptime(s, "%Y-%m-%dT%H:%M:%S", &t))
		return NOW;
	return timegm(&t);
}

static void run(const json_t *test, const char *profile, unsigned long flags, const char *only)
{
	const char *kind = json_string_value(json_object_get(test, "validation_kind"));
	const json_t *depth = json_object_get(test, "max_chain_depth");
	const struct names names = names_of(test);
	struct chain_case c;

	case_init(&c);
	snprintf(c.id, sizeof(c.id), "%s/%s", profile,
		 json_string_value(json_object_get(test, "id")));
	c.leaf = certificate(json_object_get(test, "peer_certificate"));
	certificates(json_object_get(test, "untrusted_intermediates"), c.untrusted);
	certificates(json_object_get(test, "trusted_certs"), c.trusted);
	certificates(json_object_get(test, "further_ca"), c.further); /* forge.py */
	revocation_lists(json_object_get(test, "crls"), &c);
	c.time = time_of(json_object_get(test, "validation_time"));
	c.purpose = kind && strcmp(kind, "CLIENT") == 0 ? PURPOSE_SSL_CLIENT : PURPOSE_SSL_SERVER;
	c.depth = json_is_integer(depth) ? (int)json_integer_value(depth) : -1;
	c.level = 2;
	c.flags |= flags;
	c.host = names.host;
	c.address = names.address;
	c.email = names.email;
	if (!c.leaf)
		printf("%s\t-\t-\tnot-parsed\t-\n",
		       c.id); /* libssl stops before any verification */
	else if (!only || strstr(c.id, only))
		case_run(&c, only != NULL);
	case_free(&c);
}

bool limbo_run(const char *directory, const char *only)
{
	json_error_t error;
	json_t *corpus, *test;
	char path[4096];
	size_t i;

	snprintf(path, sizeof(path), "%s/limbo-core.json", directory);
	corpus = json_load_file(path, 0, &error);
	if (!corpus) {
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
		return false;
	}
	json_array_foreach(json_object_get(corpus, "testcases"), i, test)
	{
		run(test, "limbo", 0, only);
		run(test, "limbo-strict", FLAG_X509_STRICT | FLAG_PARTIAL_CHAIN, only);
	}
	json_decref(corpus);
	return true;
}
