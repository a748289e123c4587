/* SPDX-License-Identifier: ISC
 *
 * goal CAFILE HOST:PORT [SNI]: a client as OpenSSL's own manual has it, whose BIO connects once the handshake has begun. Says good or bad.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include "../lib/need.h"

int main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;

	NEED(argc > 2 && SSL_CTX_load_verify_locations(ctx, argv[1], NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	BIO *bio = BIO_new_ssl_connect(ctx);
	NEED(bio && BIO_set_conn_hostname(bio, argv[2]) == 1);
	NEED(BIO_get_ssl(bio, &ssl) == 1);
	if (argc > 3)
		NEED(SSL_set_tlsext_host_name(ssl, argv[3]) == 1);
	puts(BIO_do_connect(bio) > 0 ? "good" : "bad");
	BIO_free_all(bio);
	SSL_CTX_free(ctx);
	return 0;
}
