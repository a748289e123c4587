/* SPDX-License-Identifier: ISC
 *
 * Trap: a client keeps data of its own with each session, and its function for copying one takes for granted that the data is set
 * (stunnel 5.68). OpenSSL copies a session for each ticket of TLS 1.3, and calls that function only if something is set at that number
 * or behind it: ex_data of ours would be behind it. Proves design.md#guest.
 *
 * session_data ANCHORS LEAF HOST
 */
#include "common.h"

static int copies, unset;

static int copied(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **data, int index, long argl,
		  void *argp)
{
	(void)to, (void)from, (void)index, (void)argl, (void)argp;
	copies++;
	if (!*data)
		unset++;
	return 1;
}

static int sessions;

static int made(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl, (void)session;
	sessions++;
	return 0;
}

int main(int argc, char **argv)
{
	char byte = 0;
	int i;
	SSL_CTX *ctx, *server_ctx;
	SSL *client, *server;

	NEED(argc == 4);
	for (i = 0; i < 3; i++)
		NEED(SSL_SESSION_get_ex_new_index(0, NULL, NULL, copied, NULL) >= 0);
	ctx = client_context(argv[1]);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(ctx, made);
	server_ctx = server_context(argv[2]);
	client = client_for(ctx, argv[3]);
	server = SSL_new(server_ctx);
	NEED(server != NULL);
	connect_ends(client, server);
	i = handshake(client, server);
	printf("handshake %d\n", i);
	if (i == 1) {
		NEED(SSL_write(server, "x", 1) == 1);
		NEED(SSL_read(client, &byte, 1) == 1);
	}
	printf("%d sessions, %d copies, %d of them without data\n", sessions, copies, unset);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(ctx);
	SSL_CTX_free(server_ctx);
	return 0;
}
