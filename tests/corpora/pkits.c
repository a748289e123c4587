/* SPDX-License-Identifier: ISC
 *
 * NIST's Public Key Interoperability Test Suite: every certificate is checked for revocation, policies are evaluated.
 */
#include <stdlib.h>
#include <unistd.h>

#include "../unit/openssl_direct.h"
#include "corpora.h"

/* Certificates and lists are valid from 2010 to 2030. */
#define NOW        1795298400 /* 2026-11-21 */

#define ANY_POLICY "2.5.29.32.0"

static size_t read_file(const char *directory, const char *kind, const char *name,
			const char *ending, unsigned char *data, size_t size)
{
	char path[4096];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/pkits/%s/%s.%s", directory, kind, name, ending);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(data, 1, size, f);
	fclose(f);
	return n;
}

static X509 *certificate(const char *directory, const json_t *name)
{
	unsigned char data[16384];
	const unsigned char *p = data;
	const size_t n =
	    read_file(directory, "certs", json_string_value(name), "crt", data, sizeof(data));

	return openssl_direct()->d2i_X509(NULL, &p, (long)n);
}

static void revocation_list(const char *directory, const json_t *name, struct chain_case *c)
{
	unsigned char data[16384];
	const unsigned char *p = data;
	const size_t n =
	    read_file(directory, "crls", json_string_value(name), "crl", data, sizeof(data));
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)n);

	if (crl && c->crl_count < CASE_CRLS)
		c->crls[c->crl_count++] = crl;
}

/* "NIST-test-policy-1,NIST-test-policy-2" */
static void policies(const json_t *set, struct chain_case *c)
{
	const char *s = json_string_value(set);

	if (!s)
		snprintf(c->policies[c->policy_count++], sizeof(c->policies[0]), ANY_POLICY);
	while (s && c->policy_count < CASE_POLICIES &&
	       (s = strstr(s, "NIST-test-policy-")) != NULL) {
		s += strlen("NIST-test-policy-");
		snprintf(c->policies[c->policy_count++], sizeof(c->policies[0]),
			 "2.16.840.1.101.3.2.1.48.%d", atoi(s));
	}
}

/* Several tests of a number are parts: "4.8.1/2". */
static void make_id(const json_t *test, struct chain_case *c)
{
	const char *part = strstr(json_string_value(json_object_get(test, "title")), "(Subpart ");

	snprintf(c->id, sizeof(c->id), part ? "pkits/%s/%d" : "pkits/%s",
		 json_string_value(json_object_get(test, "number")),
		 part ? atoi(part + strlen("(Subpart ")) : 0);
}

static void run(const char *directory, const json_t *test, const char *only)
{
	const json_t *certs = json_object_get(test, "certs"), *item;
	const size_t n = json_array_size(certs);
	struct chain_case c;
	size_t i;

	case_init(&c);
	make_id(test, &c);
	if (only && *only != '\0' && strcmp(c.id, only) != 0)
		goto out;
	json_array_foreach(certs, i, item)
	{
		X509 *x = certificate(directory, item);

		if (i == n - 1)
			c.leaf = x;
		else
			openssl_direct()->OPENSSL_sk_push(i == 0 ? c.trusted : c.untrusted, x);
	}
	json_array_foreach(json_object_get(test, "crls"), i, item)
	    revocation_list(directory, item, &c);
	policies(json_object_get(test, "initial_policy_set"), &c);
	c.time = NOW;
	c.flags = FLAG_CRL_CHECK | FLAG_CRL_CHECK_ALL | FLAG_POLICY_CHECK | FLAG_EXTENDED_CRL |
		  FLAG_USE_DELTAS;
	if (json_is_true(json_object_get(test, "initial_explicit_policy")))
		c.flags |= FLAG_EXPLICIT_POLICY;
	if (json_is_true(json_object_get(test, "initial_policy_mapping_inhibit")))
		c.flags |= FLAG_INHIBIT_MAP;
	if (json_is_true(json_object_get(test, "initial_inhibit_any_policy")))
		c.flags |= FLAG_INHIBIT_ANY;
	case_run(&c, only != NULL);
out:
	case_free(&c);
}

bool pkits_run(const char *directory, const char *only)
{
	json_error_t error;
	json_t *index, *test;
	char path[4096];
	size_t i;

	snprintf(path, sizeof(path), "%s/pkits/index.json", directory);
	if (access(path, F_OK) != 0)
		return true; /* another corpus */
	index = json_load_file(path, 0, &error);
	if (!index) {
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
		return false;
	}
	json_array_foreach(json_object_get(index, "tests"), i, test) run(directory, test, only);
	json_decref(index);
	return true;
}
