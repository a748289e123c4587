/* SPDX-License-Identifier: ISC
 *
 * A client of OpenSSL 1.0.2, which needs nothing but its libraries: what its headers have as functions and macros stands here.
 *
 *   old_client HOST ADDRESS PORT [--ca FILE] [--ciphers STRING] [--tls1: a method of that version] [--no-tls12: an option]
 *              [--no-verify] [--waive] [--callbacks] [--later: no verification in the handshake, then by itself, with data of its own]
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct x509_st X509;
typedef struct x509_store_st X509_STORE;
typedef struct x509_store_ctx_st X509_STORE_CTX;

int SSL_library_init(void);
void SSL_load_error_strings(void);
const SSL_METHOD *SSLv23_client_method(void);
const SSL_METHOD *TLSv1_client_method(void);
SSL_CTX *SSL_CTX_new(const SSL_METHOD *);
void SSL_CTX_free(SSL_CTX *);
void SSL_CTX_set_verify(SSL_CTX *, int, int (*)(int, X509_STORE_CTX *));
int SSL_CTX_load_verify_locations(SSL_CTX *, const char *, const char *);
int SSL_CTX_set_cipher_list(SSL_CTX *, const char *);
long SSL_CTX_ctrl(SSL_CTX *, int, long, void *);
X509_STORE *SSL_CTX_get_cert_store(const SSL_CTX *);
void SSL_CTX_set_info_callback(SSL_CTX *, void (*)(const SSL *, int, int));
SSL *SSL_new(SSL_CTX *);
void SSL_free(SSL *);
int SSL_set_fd(SSL *, int);
long SSL_ctrl(SSL *, int, long, void *);
int SSL_connect(SSL *);
int SSL_read(SSL *, void *, int);
int SSL_write(SSL *, const void *, int);
int SSL_shutdown(SSL *);
long SSL_get_verify_result(const SSL *);
const char *SSL_get_version(const SSL *);
X509 *SSL_get_peer_certificate(const SSL *);
struct stack_st *SSL_get_peer_cert_chain(const SSL *);
void X509_free(X509 *);
X509_STORE_CTX *X509_STORE_CTX_new(void);
int X509_STORE_CTX_init(X509_STORE_CTX *, X509_STORE *, X509 *, struct stack_st *);
int X509_STORE_CTX_set_ex_data(X509_STORE_CTX *, int, void *);
void *X509_STORE_CTX_get_ex_data(X509_STORE_CTX *, int);
int X509_STORE_CTX_get_error(X509_STORE_CTX *);
void X509_STORE_CTX_free(X509_STORE_CTX *);
int X509_verify_cert(X509_STORE_CTX *);
unsigned long ERR_peek_last_error(void);
const char *ERR_reason_error_string(unsigned long);
unsigned long SSLeay(void);

enum { CTRL_OPTIONS = 32, CTRL_SET_HOSTNAME = 55, NO_TLS1_2 = 0x08000000, VERIFY_PEER = 1 };

static unsigned infos;

static void on_info(const SSL *ssl, int where, int value)
{
	(void)ssl;
	(void)where;
	(void)value;
	infos++;
}

static int say_yes(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

static int refused(const SSL *ssl)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	printf("REFUSED %ld %s\n", SSL_get_verify_result(ssl), reason ? reason : "no reason");
	return 1;
}

static int connected(const char *address, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((unsigned short)atoi(port))};
	const int s = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, address, &to.sin_addr);
	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("connect");
		exit(2);
	}
	return s;
}

/* As .NET does: with data of its own at the first number, which this generation keeps for nobody. */
static int verify_later(SSL_CTX *ctx, SSL *ssl)
{
	static char data[8] = "a host's";
	X509_STORE_CTX *v = X509_STORE_CTX_new();
	X509 *leaf = SSL_get_peer_certificate(ssl);
	int ok, error;

	X509_STORE_CTX_init(v, SSL_CTX_get_cert_store(ctx), leaf, SSL_get_peer_cert_chain(ssl));
	X509_STORE_CTX_set_ex_data(v, 0, data);
	ok = X509_verify_cert(v);
	error = X509_STORE_CTX_get_error(v);
	if (X509_STORE_CTX_get_ex_data(v, 0) != data)
		printf("somebody changed the data\n");
	X509_STORE_CTX_free(v);
	X509_free(leaf);
	if (ok != 1)
		printf("REFUSED later %d\n", error);
	return ok == 1;
}

int main(int argc, char **argv)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	const char *ca = NULL, *ciphers = NULL;
	bool tls1 = false, no_tls12 = false, no_verify = false, waive = false, callbacks = false,
	     later = false;
	char answer[4096];
	int n;

	for (int i = 4; i < argc; i++) {
		ca = strcmp(argv[i], "--ca") == 0 ? argv[i + 1] : ca;
		ciphers = strcmp(argv[i], "--ciphers") == 0 ? argv[i + 1] : ciphers;
		tls1 = tls1 || strcmp(argv[i], "--tls1") == 0;
		no_tls12 = no_tls12 || strcmp(argv[i], "--no-tls12") == 0;
		no_verify = no_verify || strcmp(argv[i], "--no-verify") == 0;
		waive = waive || strcmp(argv[i], "--waive") == 0;
		callbacks = callbacks || strcmp(argv[i], "--callbacks") == 0;
		later = later || strcmp(argv[i], "--later") == 0;
	}
	SSL_library_init();
	SSL_load_error_strings();
	SSL_CTX *ctx = SSL_CTX_new(tls1 ? TLSv1_client_method() : SSLv23_client_method());
	SSL_CTX_set_verify(ctx, no_verify || later ? 0 : VERIFY_PEER, waive ? say_yes : NULL);
	if (ca && SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
		return 2;
	if (ciphers && SSL_CTX_set_cipher_list(ctx, ciphers) != 1)
		return 2;
	if (no_tls12)
		SSL_CTX_ctrl(ctx, CTRL_OPTIONS, NO_TLS1_2, NULL);
	if (callbacks)
		SSL_CTX_set_info_callback(ctx, on_info);
	SSL *ssl = SSL_new(ctx);
	SSL_set_fd(ssl, connected(argv[2], argv[3]));
	SSL_ctrl(ssl, CTRL_SET_HOSTNAME, 0, argv[1]);
	if (SSL_connect(ssl) != 1)
		return refused(ssl);
	if (!later || verify_later(ctx, ssl)) {
		printf("%s %ld\n", SSL_get_version(ssl), SSL_get_verify_result(ssl));
		SSL_write(ssl, request, sizeof request - 1);
		while ((n = SSL_read(ssl, answer, sizeof answer)) > 0)
			fwrite(answer, 1, (size_t)n, stdout);
	}
	SSL_shutdown(ssl);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (callbacks)
		printf("%u\n", infos);
	return 0;
}
