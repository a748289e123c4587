/* SPDX-License-Identifier: ISC
 *
 * Loaded with RTLD_DEEPBIND, as PHP loads its extensions: its calls go past whoever is preloaded.
 */
#include <openssl/ssl.h>

void past(SSL *ssl, SSL_CTX *ctx);
void past(SSL *ssl, SSL_CTX *ctx)
{
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}
