/* SPDX-License-Identifier: ISC
 *
 * One SSL for one host after the other (SSL_clear() and a new name): what its server saw of it, and what it has afterwards.
 *
 *   again [OPTION]... HOST[,WORD]...
 *     --server FILE     the server's certificate and key       --ask          it asks for a certificate; --demand: and wants one
 *     --max 1.2|1.3     of both ends
 *     --own FILE        the client's own certificate and key, on its SSL_CTX
 *     --client-cb FILE|none   SSL_CTX_set_client_cert_cb()     --cert-cb FILE|none|later  SSL_CTX_set_cert_cb()
 *     --later           the server asks after the handshake (TLS 1.3)
 *     --groups LIST     that the server takes                  --again   renegotiation (TLS 1.2)
 *     --resume          each connection offers the session of the one before
 *     --handed          ... as SSL_CTX_sess_set_new_cb() got it, written down there and read again
 *     !full, !free: all descriptors are taken, and given back; !COMMAND: of the shell, and 2.2 s later
 *     WORD: fresh (a new SSL), dup (SSL_dup() of the one before), copy (a new one, SSL_copy_session_id() of the one before), nosni, own=FILE (on
 *     the SSL)
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define NEED_SAYS() ERR_print_errors_fp(stderr)
#include "../lib/ends.h"

static const char *group_list, *second_name = "-";
static const char *server_file, *own_file, *client_cb_file, *cert_cb_file;
static int asks, demands, again, top, later, resumes, handed, paused, calls;
static SSL_SESSION *session;

static int accept_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

static int any_name(SSL *ssl, int *alert, void *argument)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	second_name = name ? name : "-";
	(void)alert;
	(void)argument;
	return SSL_TLSEXT_ERR_OK;
}

static void use_file(SSL *ssl, const char *path)
{
	NEED(SSL_use_certificate_file(ssl, path, SSL_FILETYPE_PEM) == 1);
	NEED(SSL_use_PrivateKey_file(ssl, path, SSL_FILETYPE_PEM) == 1);
}

static int client_cb(SSL *ssl, X509 **x, EVP_PKEY **key)
{
	BIO *b;
	(void)ssl;
	calls++;
	if (strcmp(client_cb_file, "none") == 0)
		return 0;
	b = BIO_new_file(client_cb_file, "r");
	NEED(b && (*x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL);
	BIO_free(b);
	b = BIO_new_file(client_cb_file, "r");
	NEED(b && (*key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL)) != NULL);
	BIO_free(b);
	ERR_clear_error();
	return 1;
}

static int cert_cb(SSL *ssl, void *arg)
{
	NEED(arg == &calls);
	calls++;
	if (strcmp(cert_cb_file, "later") == 0)
		return paused++ ? 1 : -1;
	if (strcmp(cert_cb_file, "none") != 0)
		use_file(ssl, cert_cb_file);
	return 1;
}

static int take_session(SSL *ssl, SSL_SESSION *s)
{
	unsigned char *der = NULL;
	const unsigned char *at;
	const int n = i2d_SSL_SESSION(s, &der);

	(void)ssl;
	SSL_SESSION_free(session);
	at = der;
	session = d2i_SSL_SESSION(NULL, &at, n);
	NEED(session);
	OPENSSL_free(der);
	return 0;
}

static SSL_CTX *client_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	NEED(ctx);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	if (own_file) {
		NEED(SSL_CTX_use_certificate_file(ctx, own_file, SSL_FILETYPE_PEM) == 1);
		NEED(SSL_CTX_use_PrivateKey_file(ctx, own_file, SSL_FILETYPE_PEM) == 1);
	}
	if (client_cb_file)
		SSL_CTX_set_client_cert_cb(ctx, client_cb);
	if (cert_cb_file)
		SSL_CTX_set_cert_cb(ctx, cert_cb, &calls);
	if (top)
		NEED(SSL_CTX_set_max_proto_version(ctx, top) == 1);
	if (later)
		SSL_CTX_set_post_handshake_auth(ctx, 1);
	if (handed) {
		SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT |
							SSL_SESS_CACHE_NO_INTERNAL_STORE);
		SSL_CTX_sess_set_new_cb(ctx, take_session);
	}
	return ctx;
}

static SSL_CTX *server_context(void)
{
	static unsigned char keys[80];
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	NEED(ctx);
	NEED(SSL_CTX_use_certificate_file(ctx, server_file, SSL_FILETYPE_PEM) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(ctx, server_file, SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"all", 3);
	SSL_CTX_set_tlsext_ticket_keys(ctx, keys, sizeof(keys));
	SSL_CTX_set_tlsext_servername_callback(ctx, any_name);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_cipher_list(ctx, "ALL");
	if (group_list)
		NEED(SSL_CTX_set1_groups_list(ctx, group_list) == 1);
#ifdef SSL_OP_ALLOW_CLIENT_RENEGOTIATION
	SSL_CTX_set_options(ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
#endif
	if (asks && !later)
		SSL_CTX_set_verify(
		    ctx, SSL_VERIFY_PEER | (demands ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
		    accept_any);
	return ctx;
}

static int handshake(SSL *client, SSL *server)
{
	for (int i = 0; i < 50; i++) {
		int r = SSL_do_handshake(client), s = SSL_do_handshake(server);
		int e = SSL_get_error(client, r);

		if (r == 1 && s == 1)
			return 1;
		if (r != 1 && e == SSL_ERROR_WANT_X509_LOOKUP)
			printf("paused ");
		else if (r != 1 && e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
			return 0;
		if (SSL_get_error(server, s) == SSL_ERROR_SSL)
			return 0;
	}
	return 0;
}

static void talk(SSL *client, SSL *server)
{
	char buf[64];

	if (again) {
		second_name = "-";
		NEED(SSL_renegotiate(client) == 1);
		for (int i = 0; i < 10; i++) {
			SSL_do_handshake(client);
			SSL_read(server, buf, sizeof(buf));
		}
		NEED(!SSL_renegotiate_pending(client));
		printf("renegotiated=%s ", second_name);
	}
	if (later) {
		SSL_set_verify(server, SSL_VERIFY_PEER, accept_any);
		NEED(SSL_verify_client_post_handshake(server) == 1);
		NEED(SSL_do_handshake(server) == 1);
	}
	for (int i = 0; i < 2; i++) {
		NEED(SSL_write(server, "pong", 4) == 4);
		NEED(SSL_read(client, buf, sizeof(buf)) == 4);
		NEED(SSL_write(client, "ping", 4) == 4);
		NEED(SSL_read(server, buf, sizeof(buf)) == 4);
	}
}

static unsigned long sum(const void *data, size_t n)
{
	unsigned long h = 5381;

	for (size_t i = 0; i < n; i++)
		h = h * 33 + ((const unsigned char *)data)[i];
	return h & 0xffffff;
}

static const char *common_name(X509 *x, char out[64])
{
	if (!x || X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out, 64) < 0)
		return "-";
	return out;
}

/* What was offered, as the server has it. */
static void print_seen(SSL *server)
{
	int groups[64], n = (int)SSL_get1_groups(server, NULL);
	int count = SSL_get_sigalgs(server, -1, NULL, NULL, NULL, NULL, NULL);
	unsigned long algorithms = 5381;
	STACK_OF(SSL_CIPHER) *ciphers = SSL_get_client_ciphers(server);
	const char *sni = SSL_get_servername(server, TLSEXT_NAMETYPE_host_name);
	X509 *x = SSL_get_peer_certificate(server);
	char name[64];

	for (int i = 0; i < count; i++) {
		unsigned char one[2];
		SSL_get_sigalgs(server, i, NULL, NULL, NULL, &one[0], &one[1]);
		algorithms = algorithms * 33 + one[0] * 256u + one[1];
	}
	NEED(n <= 64);
	SSL_get1_groups(server, groups);
	printf("sni=%s peer=%s+%d ciphers=%d groups=%d/%lx algorithms=%d/%lx ", sni ? sni : "-",
	       common_name(x, name),
	       SSL_get_peer_cert_chain(server) ? sk_X509_num(SSL_get_peer_cert_chain(server)) : 0,
	       ciphers ? sk_SSL_CIPHER_num(ciphers) : -1, n, sum(groups, sizeof(int) * (size_t)n),
	       count, algorithms & 0xffffff);
	X509_free(x);
}

static void print_client(SSL *ssl)
{
	char ciphers[8192] = "", name[64];
	const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	STACK_OF(SSL_CIPHER) *list = SSL_get_ciphers(ssl);
	STACK_OF(X509) *chain = NULL;

	SSL_get0_chain_certs(ssl, &chain);
	for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
		strncat(ciphers, SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i)), 64);
	printf("%s resumed=%d name=%s own=%s key=%d chain=%d options=%lx level=%d min=%lx max=%lx "
	       "list=%ld ciphers=%lx calls=%d\n",
	       SSL_get_version(ssl), SSL_session_reused(ssl), sni ? sni : "-",
	       common_name(SSL_get_certificate(ssl), name), SSL_get_privatekey(ssl) != NULL,
	       chain ? sk_X509_num(chain) : 0, (unsigned long)SSL_get_options(ssl),
	       SSL_get_security_level(ssl), (unsigned long)SSL_get_min_proto_version(ssl),
	       (unsigned long)SSL_get_max_proto_version(ssl), (long)SSL_get_max_cert_list(ssl),
	       sum(ciphers, strlen(ciphers)), calls);
}

static void set_up(SSL *client, char *host)
{
	char *word = strchr(host, ',');
	int sni = 1;

	if (word)
		*word++ = '\0';
	for (; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL) {
		sni = sni && strncmp(word, "nosni", 5) != 0;
		if (strncmp(word, "own=", 4) == 0) {
			char path[512];
			snprintf(path, sizeof(path), "%.*s", (int)strcspn(word + 4, ","), word + 4);
			use_file(client, path);
		}
	}
	SSL_set_tlsext_host_name(client, sni ? host : NULL);
	NEED(SSL_set1_host(client, host) == 1);
}

static void order(const char *what)
{
	static int taken[4096], count;
	struct rlimit few;

	if (strcmp(what, "full") == 0) {
		NEED(getrlimit(RLIMIT_NOFILE, &few) == 0);
		few.rlim_cur = 64;
		NEED(setrlimit(RLIMIT_NOFILE, &few) == 0);
		while (count < 4096 &&
		       (taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
			count++;
		usleep(2200000);
	} else if (strcmp(what, "free") == 0) {
		while (count > 0)
			close(taken[--count]);
	} else {
		NEED(system(what) == 0);
		usleep(2200000);
	}
}

static const char **option(const char *name)
{
	static const struct {
		const char *name, **value;
	} table[] = {{"--server", &server_file},
		     {"--own", &own_file},
		     {"--groups", &group_list},
		     {"--client-cb", &client_cb_file},
		     {"--cert-cb", &cert_cb_file}};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].value;
	return NULL;
}

/* For the next connection. */
static SSL *next_ssl(SSL *before, SSL_CTX *ctx, const char *host)
{
	SSL *next = before;

	if (!before)
		return SSL_new(ctx);
	if (strstr(host, ",copy")) {
		next = SSL_new(ctx);
		NEED(SSL_copy_session_id(next, before) == 1);
	} else if (strstr(host, ",fresh")) {
		next = SSL_new(ctx);
	} else {
		NEED(SSL_clear(before) == 1);
	}
	if (strstr(host, ",dup"))
		NEED((next = SSL_dup(before)) != before);
	if (next != before)
		SSL_free(before);
	return next;
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx = NULL, *sctx = NULL;
	SSL *client = NULL;

	for (int i = 1; i < argc; i++) {
		if (option(argv[i])) {
			*option(argv[i]) = argv[i + 1];
			i++;
			continue;
		}
		if (strncmp(argv[i], "--", 2) == 0) {
			asks |= strcmp(argv[i], "--ask") == 0 || strcmp(argv[i], "--demand") == 0;
			demands |= strcmp(argv[i], "--demand") == 0;
			later |= strcmp(argv[i], "--later") == 0;
			again |= strcmp(argv[i], "--again") == 0;
			handed |= strcmp(argv[i], "--handed") == 0;
			resumes |= handed || strcmp(argv[i], "--resume") == 0;
			if (strcmp(argv[i], "--max") == 0)
				top =
				    strcmp(argv[++i], "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
			continue;
		}
		if (!sctx)
			sctx = server_context();
		if (argv[i][0] == '!') {
			order(argv[i] + 1);
			continue;
		}
		if (!cctx)
			cctx = client_context();
		client = next_ssl(client, cctx, argv[i]);
		SSL *server = SSL_new(sctx);
		set_up(client, argv[i]);
		NEED(SSL_set_session(client, resumes ? session : NULL) == 1);
		tie_ends(client, server, 65536);
		printf("%s ", argv[i]);
		if (handshake(client, server)) {
			talk(client, server);
			print_seen(server);
			print_client(client);
			if (!handed) {
				SSL_SESSION_free(session);
				session = SSL_get1_session(client);
			}
		} else {
			printf("failed\n");
		}
		if (ERR_peek_error() == 0 || !SSL_is_init_finished(client))
			ERR_clear_error();
		else
			printf("STRAY ERROR\n");
		SSL_shutdown(client);
		SSL_free(server);
	}
	SSL_CTX_free(sctx);
	SSL_free(client);
	SSL_SESSION_free(session);
	SSL_CTX_free(cctx);
	return 0;
}
