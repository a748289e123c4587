/* SPDX-License-Identifier: ISC
 *
 * Handshakes in ASYNC jobs (SSL_MODE_ASYNC), suspended in the middle of the verification by the client's own certificate lookup, as one that
 * asks a directory over the network does. `jobs JOBS HELD`: connects to a.test three times, to c.test in JOBS suspended jobs at once, which
 * go on in another order, and to a.test again, while HELD new store contexts lie where old ones were. Prints how many of each were good.
 */
#include <openssl/async.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/ends.h"

enum { JOBS_MAX = 8, STEPS = 40, AFTERWARDS = 20 };
struct pair {
	SSL *client, *server;
	int state; /* 0: under way; 1: good; -1: bad */
};

static X509 *root;
static int suspending, suspended;
static SSL_CTX *context;

static const char *file(const char *name)
{
	static char path[4][512];
	static int turn;
	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", getenv("ATTACK_CERTS"), name);
	return path[turn];
}

static int find(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *out)
{
	(void)lookup;
	if (type != X509_LU_X509 || X509_NAME_cmp(name, X509_get_subject_name(root)) != 0)
		return 0;
	if (suspending && ASYNC_get_current_job()) {
		suspended++;
		ASYNC_pause_job();
	}
	return X509_OBJECT_set1_X509(out, root);
}

static SSL_CTX *server_for(const char *leaf, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (SSL_CTX_use_certificate_chain_file(ctx, file(leaf)) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, file(key), SSL_FILETYPE_PEM) != 1)
		exit(99);
	return ctx;
}

static struct pair make(const char *host, SSL_CTX *server_context)
{
	struct pair p = {SSL_new(context), SSL_new(server_context), 0};
	tie_ends(p.client, p.server, 65536);
	SSL_set_tlsext_host_name(p.client, host);
	return p;
}

static void step(struct pair *p)
{
	if (p->state)
		return;
	int r = SSL_do_handshake(p->client), e = SSL_get_error(p->client, r);
	if (r == 1)
		p->state = 1;
	else if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_ASYNC)
		p->state = -1;
	ERR_clear_error();
	SSL_do_handshake(p->server);
	ERR_clear_error();
}

static void end(struct pair *p)
{
	SSL_free(p->client);
	SSL_free(p->server);
}

static int good_of(int count, SSL_CTX *server_context)
{
	int good = 0;
	for (int i = 0; i < count; i++) {
		struct pair p = make("a.test", server_context);
		for (int k = 0; k < STEPS && !p.state; k++)
			step(&p);
		good += p.state == 1;
		end(&p);
	}
	return good;
}

int main(int argc, char **argv)
{
	int jobs = argc > 1 ? atoi(argv[1]) : 2, held = argc > 2 ? atoi(argv[2]) : 0, good = 0;
	struct pair p[JOBS_MAX];
	X509_STORE_CTX *contexts[JOBS_MAX];
	BIO *in = BIO_new_file(file("public.pem"), "r");
	X509_LOOKUP_METHOD *method = X509_LOOKUP_meth_new("suspending");
	root = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	X509_LOOKUP_meth_set_get_by_subject(method, find);
	if (!root || !X509_STORE_add_lookup(SSL_CTX_get_cert_store(context), method) ||
	    jobs > JOBS_MAX || held > JOBS_MAX || !ASYNC_is_capable())
		return 99;
	SSL_CTX *a = server_for("a-public.pem", "a-public.key"),
		*c = server_for("c-public.pem", "c-public.key");
	printf("before %d\n", good_of(3, a));
	suspending = 1;
	for (int i = 0; i < jobs; i++) {
		p[i] = make("c.test", c);
		SSL_set_mode(p[i].client, SSL_MODE_ASYNC);
	}
	for (int k = 0; k < STEPS; k++)
		for (int i = 0; i < jobs; i++)
			step(&p[k % 2 ? i : jobs - 1 - i]);
	for (int i = 0; i < jobs; i++) {
		good += p[i].state == 1;
		end(&p[i]);
	}
	suspending = 0;
	printf("jobs %d suspended %d\n", good, suspended > 0);
	for (int i = 0; i < held; i++)
		contexts[i] = X509_STORE_CTX_new();
	printf("after %d\n", good_of(AFTERWARDS, a));
	for (int i = 0; i < held; i++)
		X509_STORE_CTX_free(contexts[i]);
	return 0;
}
