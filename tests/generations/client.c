/* SPDX-License-Identifier: ISC
 *
 * One GET over TLS, with what a client can ask of OpenSSL. Compiled with the headers of each generation, and linked with its
 * libraries: what a program of that time gets.
 *
 *   client HOST PORT [--ca FILE] [--cert FILE] [--key FILE] [--alpn NAME] [--ciphers STRING] [--max 0xVERSION]
 *          [--method tls1|tls1_2] [--flags N: of the verification] [--instead: a function that says yes, without a look] [--no-verify] [--waive] [--callbacks] [--stapled]
 */
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	const char *ca, *cert, *key, *alpn, *ciphers, *max, *method, *flags;
	bool no_verify, waive, callbacks, stapled, instead;
} wanted;
static unsigned infos, messages;

static void fail(const SSL *ssl)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	printf("REFUSED %ld %s\n", ssl ? SSL_get_verify_result(ssl) : -1L,
	       reason ? reason : "no reason");
	exit(1);
}

static void on_info(const SSL *ssl, int where, int value)
{
	(void)ssl;
	(void)where;
	(void)value;
	infos++;
}

static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
		       void *arg)
{
	(void)sent;
	(void)version;
	(void)type;
	(void)data;
	(void)size;
	(void)ssl;
	(void)arg;
	messages++;
}

static int say_yes(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

static int say_yes_instead(X509_STORE_CTX *ctx, void *arg)
{
	(void)ctx;
	(void)arg;
	return 1;
}

static int cannot_tell(SSL *ssl, void *arg)
{
	(void)ssl;
	(void)arg;
	return -1;
}

static const SSL_METHOD *method(void)
{
#if OPENSSL_VERSION_NUMBER < 0x40000000L
	if (wanted.method && strcmp(wanted.method, "tls1") == 0)
		return TLSv1_client_method();
	if (wanted.method && strcmp(wanted.method, "tls1_2") == 0)
		return TLSv1_2_client_method();
#endif
	return TLS_client_method();
}

/* Nothing may be at a number that nobody had before. */
static void look_at_new_number(const SSL_CTX *ctx)
{
	int number = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);

	if (SSL_CTX_get_ex_data(ctx, number))
		printf("somebody's data is at a new number\n");
}

static SSL_CTX *make_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(method());

	if (!ctx)
		fail(NULL);
	look_at_new_number(ctx);
	SSL_CTX_set_verify(ctx, wanted.no_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
			   wanted.waive ? say_yes : NULL);
	if (wanted.instead)
		SSL_CTX_set_cert_verify_callback(ctx, say_yes_instead, NULL);
	if (wanted.flags)
		X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
					    strtoul(wanted.flags, NULL, 0));
	if (wanted.max)
		SSL_CTX_set_max_proto_version(ctx, (int)strtol(wanted.max, NULL, 16));
	if (wanted.max && strtol(wanted.max, NULL, 16) < TLS1_2_VERSION)
		SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	if (wanted.ciphers && SSL_CTX_set_cipher_list(ctx, wanted.ciphers) != 1)
		fail(NULL);
	if ((wanted.ca ? SSL_CTX_load_verify_locations(ctx, wanted.ca, NULL)
			       : SSL_CTX_set_default_verify_paths(ctx)) != 1)
		fail(NULL);
	if (wanted.cert &&
	    (SSL_CTX_use_certificate_chain_file(ctx, wanted.cert) != 1 ||
	     SSL_CTX_use_PrivateKey_file(ctx, wanted.key, SSL_FILETYPE_PEM) != 1))
		fail(NULL);
	if (wanted.alpn) {
		unsigned char list[64] = {(unsigned char)strlen(wanted.alpn)};
		memcpy(list + 1, wanted.alpn, list[0]);
		SSL_CTX_set_alpn_protos(ctx, list, list[0] + 1u);
	}
	if (wanted.stapled) {
		SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
		SSL_CTX_set_tlsext_status_cb(ctx, cannot_tell);
	}
	if (wanted.callbacks) {
		SSL_CTX_set_info_callback(ctx, on_info);
		SSL_CTX_set_msg_callback(ctx, on_message);
	}
	return ctx;
}

static int connected(const char *host, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET};
	struct addrinfo *found = NULL;
	int s = -1;

	if (getaddrinfo(host, port, &hints, &found) == 0)
		s = socket(AF_INET, SOCK_STREAM, 0);
	if (s < 0 || connect(s, found->ai_addr, found->ai_addrlen) != 0) {
		perror("connect");
		exit(2);
	}
	freeaddrinfo(found);
	return s;
}

static const char **option(const char *name)
{
	const struct {
		const char *name, **value;
	} table[] = {
	    {"--ca", &wanted.ca},         {"--cert", &wanted.cert},       {"--key", &wanted.key},
	    {"--alpn", &wanted.alpn},     {"--ciphers", &wanted.ciphers}, {"--max", &wanted.max},
	    {"--method", &wanted.method}, {"--flags", &wanted.flags},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].value;
	return NULL;
}

int main(int argc, char **argv)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	char answer[4096];

	for (int i = 3; i < argc; i++) {
		const char **value = option(argv[i]);
		if (value && i + 1 < argc)
			*value = argv[++i];
		else if (strcmp(argv[i], "--no-verify") == 0)
			wanted.no_verify = true;
		else if (strcmp(argv[i], "--waive") == 0)
			wanted.waive = true;
		else if (strcmp(argv[i], "--instead") == 0)
			wanted.instead = true;
		else if (strcmp(argv[i], "--callbacks") == 0)
			wanted.callbacks = true;
		else if (strcmp(argv[i], "--stapled") == 0)
			wanted.stapled = true;
		else
			return 2;
	}
	SSL_CTX *ctx = make_context();
	SSL *ssl = SSL_new(ctx);
	SSL_set_fd(ssl, connected(argv[1], argv[2]));
	SSL_set_tlsext_host_name(ssl, argv[1]);
	SSL_set1_host(ssl, argv[1]);
	if (SSL_connect(ssl) != 1)
		fail(ssl);
	SSL_write(ssl, request, (int)sizeof request - 1);
	int n = SSL_read(ssl, answer, (int)sizeof answer);
	if (n <= 0)
		fail(ssl);
	printf("OK %s %.12s\n", SSL_get_version(ssl), answer);
	if (wanted.callbacks)
		printf("%u infos, %u messages\n", infos, messages);
	SSL_shutdown(ssl);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return 0;
}
