/* SPDX-License-Identifier: ISC
 *
 * Trap: connections that resumed one session present one and the same certificate object. .NET verifies it for each of them, and its first
 * attempt fails for want of the intermediates that its second one has. What fails on one is not what the other went on in spite of.
 *
 * verify_shared passes|fails LEAF HOST      what the elder one comes to, after the younger one has sent its request
 */
#include "common.h"
#include <pthread.h>

static SSL_CTX *cctx, *sctx;
static SSL_SESSION *session;
static const char *host;
struct pair {
	SSL *client, *server;
};

static struct pair begin(void)
{
	struct pair p = {SSL_new(cctx), SSL_new(sctx)};
	NEED(SSL_set_tlsext_host_name(p.client, host) == 1);
	NEED(!session || SSL_set_session(p.client, session) == 1);
	connect_ends(p.client, p.server);
	NEED(handshake(p.client, p.server) == 1);
	printf("resumed: %d\n", SSL_session_reused(p.client));
	return p;
}

static void end(struct pair p)
{
	SSL_shutdown(p.client);
	SSL_free(p.client);
	SSL_free(p.server);
}

static void verify(SSL *ssl, const char *anchors)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509 *leaf = SSL_get1_peer_certificate(ssl);
	NEED(X509_STORE_load_locations(store, cert_path(anchors, ".pem"), NULL) == 1);
	NEED(X509_STORE_CTX_init(ctx, store, leaf, SSL_get_peer_cert_chain(ssl)) == 1);
	printf("own chain: %d\n", X509_verify_cert(ctx));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(leaf);
}

static void *younger(void *arg)
{
	struct pair *p = arg;
	*p = begin();
	verify(p->client, "root");
	printf("request: %d\n", SSL_write(p->client, "GET /", 5));
	return NULL;
}

static void answer(struct pair p)
{
	char block[16];
	NEED(SSL_read(p.server, block, sizeof block) == 5 && SSL_write(p.server, "hello", 5) == 5);
	printf("answer: %d\n", SSL_read(p.client, block, sizeof block));
}

int main(int argc, char **argv)
{
	struct pair a, b;
	pthread_t thread;
	NEED(argc == 4);
	cctx = client_context("root");
	SSL_CTX_set_verify(cctx, SSL_VERIFY_NONE, NULL);
	sctx = server_context(argv[2]);
	NEED(SSL_CTX_set_max_proto_version(cctx, TLS1_2_VERSION) == 1);
	host = argv[3];
	a = begin();
	verify(a.client, "root");
	session = SSL_get1_session(a.client);
	end(a);
	a = begin();
	NEED(pthread_create(&thread, NULL, younger, &b) == 0);
	NEED(pthread_join(thread, NULL) == 0);
	NEED(SSL_get0_peer_certificate(a.client) == SSL_get0_peer_certificate(b.client));
	verify(a.client, "unrelated");
	answer(b);
	if (strcmp(argv[1], "passes") == 0)
		verify(a.client, "root");
	end(a);
	end(b);
	SSL_SESSION_free(session);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
