/* SPDX-License-Identifier: ISC
 *
 * Trap: Qt (5 and 6) registers one ex_data number for its SSLs and puts further data at the two numbers behind it. OpenSSL lets
 * it, and whoever registers the next number finds Qt's pointers there, and Qt finds his.
 *
 * unregistered_index ANCHORS LEAF HOST
 */
#include "common.h"

int main(int argc, char **argv)
{
	static int data[3];
	SSL_CTX *cctx, *sctx;
	int ctx_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	int index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);

	NEED(argc == 4);
	cctx = client_context(argv[1]);
	sctx = server_context(argv[2]);
	printf("in the context: %s\n",
	       !SSL_CTX_get_ex_data(cctx, ctx_index + 1) ? "nothing" : "something");
	for (int i = 0; i < 2; i++) {
		SSL *client = client_for(cctx, argv[3]), *server = SSL_new(sctx);

		for (int k = 0; k < 3 && i == 1; k++)
			NEED(SSL_set_ex_data(client, index + k, &data[k]) == 1);
		connect_ends(client, server);
		printf("handshake %d, verify result %ld\n", handshake(client, server),
		       SSL_get_verify_result(client));
		for (int k = 0; k < 3; k++)
			NEED(SSL_get_ex_data(client, index + k) == (i == 1 ? &data[k] : NULL));
		SSL_free(client);
		SSL_free(server);
		ERR_clear_error();
	}
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
