/* SPDX-License-Identifier: ISC
 *
 * HOST PORT CA: verifies the chain, compares the host with the entry of the subject that is its common name, as old programs do, says goodbye, and ends
 * with 1 where it is another one.
 */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

static int names(const X509 *x, const char *host)
{
	const X509_NAME *subject = X509_get_subject_name(x);
	const int at = X509_NAME_get_index_by_NID((X509_NAME *)subject, NID_commonName, -1);
	const ASN1_STRING *name =
	    at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	return name && (size_t)ASN1_STRING_length(name) == strlen(host) &&
	       memcmp(ASN1_STRING_get0_data(name), host, strlen(host)) == 0;
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (argc != 4 || !ctx || !SSL_CTX_load_verify_locations(ctx, argv[3], NULL))
		return 2;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	BIO *bio = BIO_new_ssl_connect(ctx);
	SSL *ssl = NULL;
	BIO_get_ssl(bio, &ssl);
	SSL_set_tlsext_host_name(ssl, argv[1]);
	BIO_set_conn_hostname(bio, argv[1]);
	BIO_set_conn_port(bio, argv[2]);
	if (BIO_do_handshake(bio) != 1)
		return 3;
	X509 *x = SSL_get_peer_certificate(ssl);
	const int fits = names(x, argv[1]);
	char answer[64];
	if (fits && BIO_puts(bio, "GET / HTTP/1.0\r\n\r\n") > 0)
		while (BIO_read(bio, answer, sizeof answer) > 0)
			;
	SSL_shutdown(ssl);
	X509_free(x);
	BIO_free_all(bio);
	SSL_CTX_free(ctx);
	return !fits;
}
