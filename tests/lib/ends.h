/* SPDX-License-Identifier: ISC
 *
 * The two ends of a connection in one process.
 */
#ifndef TESTS_ENDS_H
#define TESTS_ENDS_H

#include <openssl/ssl.h>

#include "need.h"

/* Each end's buffer holds `size` bytes; 0: OpenSSL's default, some 17,000. */
static inline void tie_ends(SSL *client, SSL *server, size_t size)
{
	BIO *a, *b;

	NEED(BIO_new_bio_pair(&a, size, &b, size) == 1);
	SSL_set_bio(client, a, a);
	SSL_set_bio(server, b, b);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
}

#endif
