/* SPDX-License-Identifier: ISC
 *
 * Trap: what a client's verify callback answers is the client's decision, and whether it minded shows only later. A callback
 * that says yes may have collected the errors for a look after the handshake (Qt), may have grounds of its own, or may not care.
 *
 * waive CALLBACK AFTERWARDS ANCHORS LEAF HOST
 */
#include "common.h"

static const char *mode;

static int is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static int collected;

static int answer(int ok, X509_STORE_CTX *ctx)
{
	int code = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);

	printf("verify(%d,%d,%d) ", ok, code, depth);
	collected += !ok;
	if (is("reset"))
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	if (is("waive-issuer"))
		return ok || code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
		       code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
	if (is("refuse"))
		return depth != 0;
	if (is("refuse-reason") && ok && depth == 0) {
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_REVOKED);
		return 0;
	}
	if (is("mark") && ok && depth == 0)
		X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
	return is("pass") || is("refuse-reason") ? ok : 1;
}

static int whole(X509_STORE_CTX *ctx, void *arg)
{
	int ok = X509_verify_cert(ctx);

	(void)arg;
	printf("whole(%d,%d) ", ok, X509_STORE_CTX_get_error(ctx));
	return is("whole-yes");
}

static void afterwards(const char *how, SSL *client, SSL *server)
{
	char block[16];

	printf("\nconnected, verify result %ld, collected %d\n", SSL_get_verify_result(client),
	       collected);
	if (strcmp(how, "on") == 0) {
		printf("request: %d\n", SSL_write(client, "GET /", 5));
		printf("arrived: %d\n", SSL_read(server, block, sizeof(block)));
	}
	SSL_shutdown(client);
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;
	SSL *client, *server;

	NEED(argc == 6);
	mode = argv[1];
	cctx = client_context(argv[3]);
	sctx = server_context(argv[4]);
	if (is("whole-yes") || is("whole-no"))
		SSL_CTX_set_cert_verify_callback(cctx, whole, NULL);
	else
		SSL_CTX_set_verify(cctx, is("none") ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, answer);
	client = SSL_new(cctx);
	NEED(client && SSL_set_tlsext_host_name(client, argv[5]) == 1);
	server = SSL_new(sctx);
	connect_ends(client, server);
	if (handshake(client, server))
		afterwards(argv[2], client, server);
	else
		printf("\nfailed, verify result %ld\n", SSL_get_verify_result(client));
	print_queue("at the end");
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
