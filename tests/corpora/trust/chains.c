/* SPDX-License-Identifier: ISC
 *
 * Chains of public corpora through the preloaded library: chains CORPORA WAY CONFIG CAFILE. Every chain is verified in a child of its own,
 * which reads CONFIG, written a moment before, when it asks for the first time. One line for each verification:
 *   id, way in (leaf: without a connection; ssl: on one), error, depth, length of the chain, errors in the queue, name valid for the host
 *
 * WAY: plain       the client's store has the case's roots, no rule
 *      extra       the same, and a rule with them for the case's host
 *      empty       the client's store is empty, and the rule has the roots
 *      other       ... the client's store has another case's roots
 *      elsewhere   the store is empty, and the rule is for another host
 *      only-wrong  the client's store has the roots, and OnlyCAFile names other ones
 *      only-right  the client's store is empty, and OnlyCAFile names the roots
 *      trusted-first, strict-no, expect-same, expect-other, pin-wrong   the client's store has the roots, and the rule has that key alone
 */
#include <jansson.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/need.h"
#include "../names.h"

enum { CRLS = 16, NOW = 1795298400 /* 2026-11-21, for cases that name no time */ };

struct chain_case {
	char id[256];
	X509 *leaf;
	STACK_OF(X509) *untrusted, *trusted;
	X509_CRL *crls[CRLS];
	int crl_count, purpose, depth, level;
	unsigned long flags;
	time_t time;
	const char *host, *address, *email, *policies;
	int use_policies;
};

static const char *corpora, *way, *config_path, *ca_path;
static STACK_OF(X509) *foreign; /* roots of no case */
static SSL_CTX *client_context;

/* ---- rules ------------------------------------------------------------------------------------------------- */
static void write_certificates(STACK_OF(X509) *list)
{
	FILE *f = fopen(ca_path, "w");

	NEED(f);
	for (int i = 0; i < sk_X509_num(list); i++)
		PEM_write_X509(f, sk_X509_value(list, i));
	fclose(f);
}

static int way_is(const char *name)
{
	return strcmp(way, name) == 0;
}

static const char *host_of(const struct chain_case *c)
{
	return c->host ? c->host : c->address ? c->address : "host.test";
}

/* The key of a way that adds no trust; NULL: it is none of them. */
static const char *lone_key(const struct chain_case *c)
{
	static char text[512];

	if (way_is("trusted-first"))
		return "TrustedFirst = yes";
	if (way_is("strict-no"))
		return "Strict = no\nReason = test\nUntil = 2999-12-31";
	if (way_is("pin-wrong"))
		return "PinSHA256 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	if (!way_is("expect-same") && !way_is("expect-other"))
		return NULL;
	snprintf(text, sizeof(text), "ExpectName = %s",
		 way_is("expect-same") ? host_of(c) : "elsewhere.invalid");
	return text;
}

static void write_rule(const struct chain_case *c)
{
	int only = strncmp(way, "only", 4) == 0;
	FILE *f = fopen(config_path, "w");

	NEED(f);
	if (lone_key(c)) {
		fprintf(f, "[%s]\n%s\n", host_of(c), lone_key(c));
	} else if (!way_is("plain")) {
		fprintf(f, "[%s]\n%s = %s\n",
			way_is("elsewhere") ? "elsewhere.invalid" : host_of(c),
			only ? "OnlyCAFile" : "ExtraCAFile", ca_path);
		write_certificates(way_is("only-wrong") ? foreign : c->trusted);
	}
	fclose(f);
}

/* ---- one verification ---------------------------------------------------------------------------------------- */
static X509_STORE *new_store(const struct chain_case *c)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *roots =
	    way_is("plain") || way_is("extra") || way_is("only-wrong") || lone_key(c) ? c->trusted
	    : way_is("other")                                                         ? foreign
										      : NULL;

	for (int i = 0; i < sk_X509_num(roots); i++)
		X509_STORE_add_cert(store, sk_X509_value(roots, i));
	for (int i = 0; i < c->crl_count; i++)
		X509_STORE_add_crl(store, c->crls[i]);
	return store;
}

static void set_policies(X509_VERIFY_PARAM *param, const char *s)
{
	char oid[64];

	if (!s)
		X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj("2.5.29.32.0", 1));
	while (s && (s = strstr(s, "NIST-test-policy-")) != NULL) {
		s += strlen("NIST-test-policy-");
		snprintf(oid, sizeof(oid), "2.16.840.1.101.3.2.1.48.%d", atoi(s));
		X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj(oid, 1));
	}
}

static void set_parameters(const struct chain_case *c, X509_VERIFY_PARAM *param)
{
	X509_VERIFY_PARAM_set_time(param, c->time);
	X509_VERIFY_PARAM_set_depth(param,
				    c->depth >= 0 ? c->depth : X509_VERIFY_PARAM_get_depth(param));
	if (c->purpose)
		X509_VERIFY_PARAM_set_purpose(param, c->purpose);
	if (c->level >= 0)
		X509_VERIFY_PARAM_set_auth_level(param, c->level);
	if (c->host)
		X509_VERIFY_PARAM_set1_host(param, c->host, 0);
	if (c->address)
		X509_VERIFY_PARAM_set1_ip_asc(param, c->address);
	if (c->email)
		X509_VERIFY_PARAM_set1_email(param, c->email, 0);
	if (c->use_policies)
		set_policies(param, c->policies);
	X509_VERIFY_PARAM_set_flags(param, c->flags);
}

/* A client that has begun a handshake with the case's host. */
static SSL *new_connection(const struct chain_case *c)
{
	SSL *ssl = SSL_new(client_context);
	BIO *a, *b;

	SSL_set_tlsext_host_name(ssl, (char *)(uintptr_t)host_of(c));
	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	NEED(BIO_new_bio_pair(&a, 0, &b, 0) == 1);
	SSL_set_bio(ssl, a, a);
	NEED(SSL_connect(ssl) <= 0);
	ERR_clear_error();
	return ssl;
}

static int valid_for_host(const struct chain_case *c)
{
	int ok = c->address ? X509_check_ip_asc(c->leaf, c->address, 0)
			    : X509_check_host(c->leaf, host_of(c), 0, 0, NULL);

	ERR_clear_error();
	return ok == 1;
}

static void verify(const struct chain_case *c, int connected)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE *store = new_store(c);
	SSL *ssl = connected ? new_connection(c) : NULL;
	char queue[1024] = "";
	unsigned long code;
	int r;

	NEED(X509_STORE_CTX_init(ctx, store, c->leaf, c->untrusted) == 1);
	set_parameters(c, X509_STORE_CTX_get0_param(ctx));
	if (ssl)
		X509_STORE_CTX_set_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl);
	ERR_clear_error();
	r = X509_verify_cert(ctx);
	while ((code = ERR_get_error()) != 0)
		snprintf(queue + strlen(queue), sizeof(queue) - strlen(queue), "%lx,", code);
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	NEED((r == 1) == (X509_STORE_CTX_get_error(ctx) == 0));
	printf("%s\t%s\t%d\t%d\t%d\t%s\t%d\n", c->id, connected ? "ssl" : "leaf",
	       X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx),
	       chain ? sk_X509_num(chain) : 0, queue[0] ? queue : "-", valid_for_host(c));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	SSL_free(ssl);
}

static void run_case(const struct chain_case *c)
{
	if (!c->leaf)
		return;
	for (int connected = 0; connected < 2; connected++) {
		write_rule(c);
		fflush(stdout);
		pid_t child = fork();
		int status;
		NEED(child >= 0);
		if (child == 0) {
			verify(c, connected);
			fflush(stdout);
			_exit(0);
		}
		NEED(waitpid(child, &status, 0) == child);
		if (status != 0)
			printf("%s\t%s\tdied\t%d\t0\t-\t0\n", c->id, connected ? "ssl" : "leaf",
			       status);
	}
}

static void begin_case(struct chain_case *c)
{
	memset(c, 0, sizeof(*c));
	c->untrusted = sk_X509_new_null();
	c->trusted = sk_X509_new_null();
	c->depth = c->level = -1;
	c->time = NOW;
}

static void end_case(struct chain_case *c)
{
	X509_free(c->leaf);
	sk_X509_pop_free(c->untrusted, X509_free);
	sk_X509_pop_free(c->trusted, X509_free);
	for (int i = 0; i < c->crl_count; i++)
		X509_CRL_free(c->crls[i]);
}

/* ---- x509-limbo ------------------------------------------------------------------------------------------------ */
static X509 *from_pem(const json_t *pem)
{
	BIO *bio = BIO_new_mem_buf(json_string_value(pem), -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return x;
}

static void list_from_pem(const json_t *list, STACK_OF(X509) *to)
{
	const json_t *pem;
	size_t i;

	json_array_foreach(list, i, pem)
	{
		X509 *x = from_pem(pem);
		if (x)
			sk_X509_push(to, x);
	}
}

static void crls_from_pem(const json_t *list, struct chain_case *c)
{
	const json_t *pem;
	size_t i;

	json_array_foreach(list, i, pem)
	{
		BIO *bio = BIO_new_mem_buf(json_string_value(pem), -1);
		X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
		BIO_free(bio);
		if (crl && c->crl_count < CRLS)
			c->crls[c->crl_count++] = crl;
		c->flags |= X509_V_FLAG_CRL_CHECK;
	}
}

static void limbo_case(const json_t *test, const char *profile, unsigned long flags)
{
	const char *kind = json_string_value(json_object_get(test, "validation_kind"));
	const char *when = json_string_value(json_object_get(test, "validation_time"));
	const json_t *depth = json_object_get(test, "max_chain_depth");
	const struct names names = names_of(test);
	struct chain_case c;
	struct tm t = {0};

	begin_case(&c);
	snprintf(c.id, sizeof(c.id), "%s/%s", profile,
		 json_string_value(json_object_get(test, "id")));
	c.leaf = from_pem(json_object_get(test, "peer_certificate"));
	list_from_pem(json_object_get(test, "untrusted_intermediates"), c.untrusted);
	list_from_pem(json_object_get(test, "trusted_certs"), c.trusted);
	crls_from_pem(json_object_get(test, "crls"), &c);
	if (when && strptime(when, "%Y-%m-%dT%H:%M:%S", &t))
		c.time = timegm(&t);
	c.purpose =
	    kind && strcmp(kind, "CLIENT") == 0 ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;
	c.depth = json_is_integer(depth) ? (int)json_integer_value(depth) : -1;
	c.level = 2;
	c.flags |= flags;
	c.host = names.host;
	c.address = names.address;
	c.email = names.email;
	ERR_clear_error();
	run_case(&c);
	end_case(&c);
}

static json_t *load(const char *name)
{
	char path[4096];
	json_t *j;

	snprintf(path, sizeof(path), "%s/%s", corpora, name);
	j = json_load_file(path, 0, NULL);
	NEED(j);
	return j;
}

/* ---- PKITS --------------------------------------------------------------------------------------------------------- */
static long slurp(const char *kind, const json_t *name, const char *ending, unsigned char *data,
		  size_t size)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/pkits/%s/%s.%s", corpora, kind, json_string_value(name),
		 ending);
	FILE *f = fopen(path, "rb");
	NEED(f);
	size_t n = fread(data, 1, size, f);
	fclose(f);
	return (long)n;
}

static void pkits_case(const json_t *test)
{
	const json_t *certs = json_object_get(test, "certs"), *item;
	unsigned char data[16384];
	const unsigned char *p;
	struct chain_case c;
	size_t i;
	long n;

	begin_case(&c);
	snprintf(c.id, sizeof(c.id), "pkits/%s %s",
		 json_string_value(json_object_get(test, "number")),
		 json_string_value(json_object_get(test, "title")));
	json_array_foreach(certs, i, item)
	{
		n = slurp("certs", item, "crt", data, sizeof(data));
		p = data;
		X509 *x = d2i_X509(NULL, &p, n);
		if (i == json_array_size(certs) - 1)
			c.leaf = x;
		else if (x)
			sk_X509_push(i == 0 ? c.trusted : c.untrusted, x);
	}
	json_array_foreach(json_object_get(test, "crls"), i, item)
	{
		n = slurp("crls", item, "crl", data, sizeof(data));
		p = data;
		X509_CRL *crl = d2i_X509_CRL(NULL, &p, n);
		if (crl && c.crl_count < CRLS)
			c.crls[c.crl_count++] = crl;
	}
	c.use_policies = 1;
	c.policies = json_string_value(json_object_get(test, "initial_policy_set"));
	c.flags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_POLICY_CHECK |
		  X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
	if (json_is_true(json_object_get(test, "initial_explicit_policy")))
		c.flags |= X509_V_FLAG_EXPLICIT_POLICY;
	if (json_is_true(json_object_get(test, "initial_policy_mapping_inhibit")))
		c.flags |= X509_V_FLAG_INHIBIT_MAP;
	if (json_is_true(json_object_get(test, "initial_inhibit_any_policy")))
		c.flags |= X509_V_FLAG_INHIBIT_ANY;
	ERR_clear_error();
	run_case(&c);
	end_case(&c);
}

/* What OpenSSL does once in a process, so that not every child does it. The first context reads the rules, of which there are none yet:
 * by the first case, it is time to look at them again. */
static void warm_up(void)
{
	unsigned char data[16384];
	const unsigned char *p = data;
	json_t *name = json_string("TrustAnchorRootCertificate");
	long n = slurp("certs", name, "crt", data, sizeof(data));
	X509 *rsa = d2i_X509(NULL, &p, n);

	NEED(rsa && X509_self_signed(rsa, 1) == 1);
	NEED(X509_self_signed(sk_X509_value(foreign, 0), 1) == 1);
	client_context = SSL_CTX_new(TLS_client_method());
	sleep(3);
	NEED(client_context);
	X509_free(rsa);
	json_decref(name);
}

int main(int argc, char **argv)
{
	json_t *limbo, *pkits, *test;
	size_t i;

	NEED(argc == 6);
	corpora = argv[1];
	way = argv[2];
	config_path = argv[3];
	ca_path = argv[4];
	foreign = sk_X509_new_null();
	FILE *f = fopen(argv[5], "r");
	NEED(f);
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	NEED(x);
	fclose(f);
	sk_X509_push(foreign, x);
	warm_up();
	limbo = load("limbo-core.json");
	pkits = load("pkits/index.json");
	json_array_foreach(json_object_get(limbo, "testcases"), i, test)
	{
		limbo_case(test, "limbo", 0);
		limbo_case(test, "limbo-strict",
			   X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN);
	}
	json_array_foreach(json_object_get(pkits, "tests"), i, test) pkits_case(test);
	return 0;
}
