/* SPDX-License-Identifier: ISC
 *
 * A client that verifies in ways that no program of the tests does: another time, another depth, flags of OpenSSL 1.0.2, a
 * callback with errors of its own.
 *
 * CAFILE "-": it loads none.
 *
 * client HOST PORT CAFILE [OPTION[=NUMBER]...]    exit code 1: refused
 *   dane=USAGE     a TLSA record of that usage (RFC 6698), which fits nothing
 *   lookup-fails   the client's own store cannot look an issuer up
 *   renew=FILE     which takes the place of CAFILE once that was read
 *   own=FILE       its own certificate and key, loaded once the server asks for one; "-": it has none and gives up
 * client nothing                                  a verification without a certificate
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/need.h"

static int wanted_error = -1;
static unsigned long unwanted_flags;
static const char *cafile;
static int dane_usage = -1;

/* A program's own opinion, given where OpenSSL has none: at the leaf, which comes last. 0: no error is set. */
static int own_opinion(int ok, X509_STORE_CTX *ctx)
{
	if (!ok || X509_STORE_CTX_get_error_depth(ctx) != 0)
		return ok;
	if (wanted_error != 0)
		X509_STORE_CTX_set_error(ctx, wanted_error);
	return 0;
}

/* In place of OpenSSL's whole verification. */
static int own_verification(X509_STORE_CTX *ctx, void *arg)
{
	(void)ctx, (void)arg;
	return 0;
}

/* Contexts inherit the flags of OpenSSL's defaults, so that what is to be off can be turned off here only. */
static int without_flags(X509_STORE_CTX *ctx, void *arg)
{
	(void)arg;
	NEED(X509_VERIFY_PARAM_clear_flags(X509_STORE_CTX_get0_param(ctx), unwanted_flags));
	return X509_verify_cert(ctx);
}

/* A store of the client's own, as one over the network, which cannot be asked at the moment. */
static int no_issuer(X509 **issuer, X509_STORE_CTX *ctx, X509 *x)
{
	(void)issuer;
	(void)ctx;
	(void)x;
	return -1;
}

/* As .NET does: when the server has asked for it. */
static int load_own(SSL *ssl, void *file)
{
	return strcmp(file, "-") != 0 && SSL_use_certificate_chain_file(ssl, file) == 1 &&
	       SSL_use_PrivateKey_file(ssl, file, SSL_FILETYPE_PEM) == 1;
}

static void option(SSL_CTX *ctx, const char *s)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
	const char *equals = strchr(s, '=');
	const size_t n = equals ? (size_t)(equals - s) : strlen(s);
	const long value = equals ? strtol(equals + 1, NULL, 0) : 0;

	if (strncmp(s, "time", n) == 0)
		X509_VERIFY_PARAM_set_time(param, value);
	else if (strncmp(s, "depth", n) == 0)
		X509_VERIFY_PARAM_set_depth(param, (int)value);
	else if (strncmp(s, "set", n) == 0)
		NEED(X509_VERIFY_PARAM_set_flags(param, (unsigned long)value));
	else if (strncmp(s, "dane", n) == 0) {
		dane_usage = (int)value;
		NEED(SSL_CTX_dane_enable(ctx) == 1);
	} else if (strncmp(s, "clear", n) == 0) {
		unwanted_flags = (unsigned long)value;
		SSL_CTX_set_cert_verify_callback(ctx, without_flags, NULL);
	} else if (strncmp(s, "says", n) == 0) {
		wanted_error = (int)value;
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, own_opinion);
	} else if (strcmp(s, "lookup-fails") == 0) {
		X509_STORE_set_get_issuer(SSL_CTX_get_cert_store(ctx), no_issuer);
	} else if (strncmp(s, "renew=", 6) == 0) {
		NEED(rename(s + 6, cafile) == 0);
	} else if (strncmp(s, "own=", 4) == 0) {
		SSL_CTX_set_cert_cb(ctx, load_own, (void *)(s + 4));
	} else if (strcmp(s, "ct") == 0) {
		NEED(SSL_CTX_enable_ct(ctx, SSL_CT_VALIDATION_STRICT) == 1);
	} else {
		NEED(strcmp(s, "own") == 0);
		SSL_CTX_set_cert_verify_callback(ctx, own_verification, NULL);
	}
}

static void ask_the_dns(SSL *ssl, const char *host)
{
	enum { OF_THE_KEY = 1, SHA256 = 1 };
	static const uint8_t record[32] = {0xab};

	if (dane_usage < 0)
		return;
	NEED(SSL_dane_enable(ssl, host) == 1);
	NEED(SSL_dane_tlsa_add(ssl, (uint8_t)dane_usage, OF_THE_KEY, SHA256, record,
			       sizeof(record)) == 1);
}

static int connected(const char *host, const char *port)
{
	struct addrinfo *list, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	int fd;

	NEED(getaddrinfo(host, port, &hints, &list) == 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	NEED(connect(fd, list->ai_addr, list->ai_addrlen) == 0);
	freeaddrinfo(list);
	return fd;
}

static int nothing(void)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int r;

	NEED(X509_STORE_CTX_init(ctx, store, NULL, NULL) == 1);
	r = X509_verify_cert(ctx);
	printf("verified: %d, code=%d\n", r, X509_STORE_CTX_get_error(ctx));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return r != 1;
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	int i, r;

	if (argc == 2)
		return nothing();
	NEED(argc >= 4);
	if (strcmp(argv[3], "-") != 0)
		NEED(SSL_CTX_load_verify_locations(ctx, argv[3], NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	cafile = argv[3];
	for (i = 4; i < argc; i++)
		option(ctx, argv[i]);
	ssl = SSL_new(ctx);
	NEED(SSL_set_fd(ssl, connected(argv[1], argv[2])) == 1);
	NEED(SSL_set_tlsext_host_name(ssl, argv[1]) == 1 && SSL_set1_host(ssl, argv[1]) == 1);
	ask_the_dns(ssl, argv[1]);
	r = SSL_connect(ssl);
	printf("connected: %d, code=%ld\n", r, SSL_get_verify_result(ssl));
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return r != 1;
}
