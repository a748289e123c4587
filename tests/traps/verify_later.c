/* SPDX-License-Identifier: ISC
 *
 * Trap: a handshake under SSL_VERIFY_NONE is no proof that the client ignores certificates. .NET builds the chain afterwards
 * by itself, on another thread, and a second time with a callback that always says yes; others ask SSL_get_verify_result;
 * some really do not care. Proves design.md#net: exactly one record, of the right kind.
 *
 * verify_later self|asks|never ANCHORS LEAF HOST
 */
#include "common.h"
#include <pthread.h>

static X509_STORE *store;
static X509 *peer;
static STACK_OF(X509) *sent;

static int always_yes(int ok, X509_STORE_CTX *ctx)
{
	(void)ok, (void)ctx;
	return 1;
}

static void *build_chain(void *arg)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int r;

	(void)arg;
	NEED(X509_STORE_CTX_init(ctx, store, peer, sent) == 1);
	r = X509_verify_cert(ctx);
	printf("own chain: %d, error %d\n", r, X509_STORE_CTX_get_error(ctx));
	if (r != 1) {
		X509_STORE_CTX_cleanup(ctx);
		NEED(X509_STORE_CTX_init(ctx, store, peer, sent) == 1);
		X509_STORE_CTX_set_verify_cb(ctx, always_yes);
		printf("own chain, waived: %d\n", X509_verify_cert(ctx));
	}
	X509_STORE_CTX_free(ctx);
	return (void *)(size_t)(r == 1);
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;
	SSL *client, *server;
	char block[16];
	int go_on = 1;

	NEED(argc == 5);
	cctx = client_context(argv[2]);
	sctx = server_context(argv[3]);
	SSL_CTX_set_verify(cctx, SSL_VERIFY_NONE, NULL);
	client = SSL_new(cctx);
	NEED(SSL_set_tlsext_host_name(client, argv[4]) == 1);
	server = SSL_new(sctx);
	connect_ends(client, server);
	NEED(handshake(client, server) == 1);
	if (strcmp(argv[1], "asks") == 0) {
		long result = SSL_get_verify_result(client);

		printf("asked: %ld\n", result);
		go_on = result == X509_V_OK;
	}
	if (strcmp(argv[1], "self") == 0) {
		pthread_t thread;
		void *good;

		store = SSL_CTX_get_cert_store(cctx);
		peer = SSL_get1_peer_certificate(client);
		sent = SSL_get_peer_cert_chain(client);
		NEED(pthread_create(&thread, NULL, build_chain, NULL) == 0);
		pthread_join(thread, &good);
		go_on = good != NULL;
	}
	if (go_on) {
		printf("request: %d\n", SSL_write(client, "GET /", 5));
		printf("arrived: %d\n", SSL_read(server, block, sizeof(block)));
	}
	SSL_shutdown(client);
	X509_free(peer);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
