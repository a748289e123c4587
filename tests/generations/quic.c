/* SPDX-License-Identifier: ISC
 *
 * QUIC within one process: `quic CERTIFICATE KEY HOST [CA [HOW [OTHER]]]`, the client by OSSL_QUIC_client_method(), with a blocking SSL. Without CA, or
 * with "-", it does not verify. HOW: no-protocol, the server takes none of the client's; raw-key, it shows no certificate but its key (RFC 7250).
 * psk: a key that both sides know already. again: once more, with the session of the first time, for the host OTHER.
 * Says "good" where an answer came to what the client said, "resumed" where that was without a certificate, else "refused"; with "heard" where the server got what
 * the client said.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/quic.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEED_SAYS() ERR_print_errors_fp(stderr)
#include "../lib/need.h"

static const unsigned char protocols[] = "\4quic";
static char **arguments;
static const char *how = "";
static void *refuses; /* not NULL: any protocol */
static int server_fd;
static volatile int heard;
static SSL_SESSION *session;

static int choose(SSL *ssl, const unsigned char **out, unsigned char *size, const unsigned char *in,
		  unsigned n, void *arg)
{
	(void)ssl, (void)in, (void)n;
	if (arg)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = protocols + 1;
	*size = 4;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_SESSION *known_key(SSL *ssl)
{
	static const unsigned char tls13_aes128gcmsha256[] = {0x13, 1}, key[32] = {7};
	SSL_SESSION *s = SSL_SESSION_new();

	NEED(s && SSL_SESSION_set1_master_key(s, key, sizeof(key)) == 1);
	NEED(SSL_SESSION_set_cipher(s, SSL_CIPHER_find(ssl, tls13_aes128gcmsha256)) == 1);
	NEED(SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION) == 1);
	return s;
}

static int use_key(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *n, SSL_SESSION **s)
{
	(void)md;
	*id = (const unsigned char *)"me";
	*n = 2;
	*s = known_key(ssl);
	return 1;
}

static int find_key(SSL *ssl, const unsigned char *id, size_t n, SSL_SESSION **s)
{
	*s = n == 2 && memcmp(id, "me", n) == 0 ? known_key(ssl) : NULL;
	return 1;
}

static void *serve(void *arg)
{
	SSL_CTX *ctx = SSL_CTX_new(OSSL_QUIC_server_method());
	SSL *listener, *connection;
	char buf[16];
	size_t n;
	unsigned char raw[] = {TLSEXT_cert_type_rpk};

	(void)arg;
	NEED(ctx && SSL_CTX_use_certificate_chain_file(ctx, arguments[1]) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(ctx, arguments[2], SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_alpn_select_cb(ctx, choose, refuses);
	if (strcmp(how, "raw-key") == 0)
		NEED(SSL_CTX_set1_server_cert_type(ctx, raw, sizeof(raw)) == 1);
	if (strcmp(how, "psk") == 0)
		SSL_CTX_set_psk_find_session_callback(ctx, find_key);
	listener = SSL_new_listener(ctx, 0);
	NEED(listener && SSL_set_fd(listener, server_fd) == 1 && SSL_listen(listener) == 1);
	while ((connection = SSL_accept_connection(listener, 0)) != NULL)
		if (SSL_read_ex(connection, buf, sizeof(buf), &n)) {
			heard = 1;
			SSL_write_ex(connection, buf, n, &n);
		}
	pause();
	return NULL;
}

static struct sockaddr_in loopback(int fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);

	NEED(bind(fd, (struct sockaddr *)&a, size) == 0);
	NEED(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
	return a;
}

static SSL_CTX *client_context(const char *ca)
{
	SSL_CTX *ctx = SSL_CTX_new(OSSL_QUIC_client_method());
	unsigned char raw[] = {TLSEXT_cert_type_rpk};

	if (ca && strcmp(ca, "-") != 0) {
		NEED(SSL_CTX_load_verify_locations(ctx, ca, NULL) == 1);
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	}
	if (strcmp(how, "raw-key") == 0)
		NEED(SSL_CTX_set1_server_cert_type(ctx, raw, sizeof(raw)) == 1);
	return ctx;
}

static int talk(SSL_CTX *ctx, const struct sockaddr_in *a, const char *host)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	BIO_ADDR *peer = BIO_ADDR_new();
	SSL *ssl = SSL_new(ctx);
	char buf[16];
	size_t n = 0;

	NEED(connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0);
	NEED(BIO_ADDR_rawmake(peer, AF_INET, &a->sin_addr, sizeof(a->sin_addr), a->sin_port));
	NEED(ssl && SSL_set_fd(ssl, fd) == 1 && SSL_set1_initial_peer_addr(ssl, peer) == 1);
	NEED(SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1);
	NEED(SSL_set_alpn_protos(ssl, protocols, 5) == 0);
	if (strcmp(how, "psk") == 0) {
		SSL_set_psk_use_session_callback(ssl, use_key);
		NEED(SSL_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256") == 1);
	}
	if (session)
		NEED(SSL_set_session(ssl, session) == 1);
	int good = SSL_connect(ssl) == 1 && SSL_write_ex(ssl, "ping", 4, &n) &&
		   SSL_read_ex(ssl, buf, sizeof(buf), &n) && n == 4;
	if (good && SSL_session_reused(ssl))
		good = 2;
	/* a copy, since that of an SSL that goes without a farewell is not resumed */
	if (good && strcmp(how, "again") == 0)
		session = SSL_SESSION_dup(SSL_get0_session(ssl));
	SSL_free(ssl);
	BIO_ADDR_free(peer);
	return good;
}

static void tell(int got)
{
	printf("%s%s\n",
	       got == 2 ? "resumed"
	       : got    ? "good"
			: "refused",
	       !got && heard ? " heard" : "");
}

int main(int argc, char **argv)
{
	pthread_t thread;

	arguments = argv;
	how = argc > 5 ? argv[5] : "";
	refuses = strcmp(how, "no-protocol") == 0 ? argv : NULL;
	alarm(20);
	server_fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = loopback(server_fd);
	NEED(pthread_create(&thread, NULL, serve, NULL) == 0);
	SSL_CTX *ctx = client_context(argc > 4 ? argv[4] : NULL);
	tell(talk(ctx, &a, argv[3]));
	heard = 0;
	if (argc > 6)
		tell(talk(ctx, &a, argv[6]));
	SSL_CTX_free(ctx);
	fflush(stdout);
	_exit(0);
}
