/* SPDX-License-Identifier: ISC
 *
 * Trap: one process is server and client. The server verifies client certificates through the same X509_verify_cert: an
 * observer that does not ask which side it is mends a client's certificate (lets a stranger in) or reports it as a failed
 * connection to a host. Proves design.md#net (servers are never touched).
 *
 * server_side SERVER_ANCHORS CLIENT_LEAF
 */
#include "common.h"

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;
	SSL *client, *server;
	char byte = 'x';
	int ok, accepted;

	NEED(argc == 3);
	cctx = client_context("root");
	sctx = server_context("legacy");
	NEED(SSL_CTX_load_verify_locations(sctx, cert_path(argv[1], ".pem"), NULL) == 1);
	SSL_CTX_set_verify(sctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	NEED(SSL_CTX_use_certificate_chain_file(cctx, cert_path(argv[2], ".crt")) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(cctx, cert_path(argv[2], ".key"), SSL_FILETYPE_PEM) == 1);
	client = client_for(cctx, "legacy.test");
	server = SSL_new(sctx);
	/* A server that also names a peer, as mail servers do. */
	SSL_set1_host(server, "client.test");
	connect_ends(client, server);
	ok = handshake(client, server);
	accepted = SSL_is_init_finished(server);
	printf("client: %s, verify result %ld\n", ok ? "connected" : "failed",
	       SSL_get_verify_result(client));
	printf("server: %s, verify result %ld\n", accepted ? "accepted" : "refused",
	       SSL_get_verify_result(server));
	printf("read: %d\n", SSL_read(client, &byte, 1));
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
