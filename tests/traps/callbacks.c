/* SPDX-License-Identifier: ISC
 *
 * Trap: the client has callbacks of its own. An observer that takes their place, calls them twice, shows itself in a getter
 * or adds events is noticed. Debian's SSL_CTX_new tail-calls SSL_CTX_new_ex through the PLT, so a context passes two
 * hooks. Proves design.md#observer (info callback chained, getters keep their meaning), design.md#messages (message callback), design.md#trust
 * (with a rule the client's callback sees one clean verification), design.md#copies (the return address is a hint only).
 *
 * callbacks CASE ANCHORS LEAF HOST
 */
#include "common.h"

static const char *mode;

static int is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static int tag_ctx, tag_ssl, tag_message;

static void print_event(const char *who, int where, int value)
{
	/* Values of loop events are always 1; the states in between are OpenSSL's business. */
	printf("%s(%x,%d) ", who, (unsigned)where, value);
}

static void info_ctx(const SSL *ssl, int where, int value)
{
	NEED(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) == &tag_ctx);
	print_event("ctx", where, value);
}

static void info_ssl(const SSL *ssl, int where, int value)
{
	NEED(SSL_get_app_data(ssl) == &tag_ssl);
	print_event("ssl", where, value);
}

static void message(int write_p, int version, int type, const void *data, size_t n, SSL *ssl,
		    void *arg)
{
	(void)ssl;
	NEED(arg == &tag_message && (n == 0 || data));
	printf("msg(%d,%x,%d,%d) ", write_p, (unsigned)version, type,
	       type == 22 ? ((const unsigned char *)data)[0] : -1);
}

static int verify(int ok, X509_STORE_CTX *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());

	NEED(ssl != NULL);
	printf("verify(%d,%d,%d) ", ok, X509_STORE_CTX_get_error(ctx),
	       X509_STORE_CTX_get_error_depth(ctx));
	return is("waive") ? 1 : ok;
}

static int verify_all(X509_STORE_CTX *ctx, void *arg)
{
	int ok = X509_verify_cert(ctx);

	NEED(arg == &tag_message);
	printf("whole(%d,%d) ", ok, X509_STORE_CTX_get_error(ctx));
	return is("whole-waive") ? 1 : ok;
}

static SSL_CTX *make_context(const char *anchors)
{
	SSL_CTX *ctx = is("new-ex")
			   ? SSL_CTX_new_ex(NULL, NULL, TLS_method())
			   : SSL_CTX_new(is("generic") ? TLS_method() : TLS_client_method());

	NEED(ctx != NULL);
	NEED(SSL_CTX_load_verify_locations(ctx, cert_path(anchors, ".pem"), NULL) == 1);
	SSL_CTX_set_app_data(ctx, &tag_ctx);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, is("verify") || is("waive") ? verify : NULL);
	printf("context getter: %s\n", !SSL_CTX_get_info_callback(ctx) ? "NULL" : "set");
	if (is("ctx-info") || is("new-ex") || is("generic") || is("both-info") || is("reuse"))
		SSL_CTX_set_info_callback(ctx, info_ctx);
	if (is("ctx-message"))
		SSL_CTX_set_msg_callback(ctx, message);
	SSL_CTX_set_msg_callback_arg(ctx, &tag_message);
	if (is("whole") || is("whole-waive"))
		SSL_CTX_set_cert_verify_callback(ctx, verify_all, &tag_message);
	printf("context getter: %s\n", !SSL_CTX_get_info_callback(ctx)              ? "NULL"
				       : SSL_CTX_get_info_callback(ctx) == info_ctx ? "own"
										    : "foreign");
	return ctx;
}

static void print_getter(const char *when, SSL *ssl)
{
	void (*set)(const SSL *, int, int) = SSL_get_info_callback(ssl);

	printf("\ngetter %s: %s\n", when,
	       !set              ? "NULL"
	       : set == info_ctx ? "the context's"
	       : set == info_ssl ? "the connection's"
				 : "foreign");
}

static SSL *make_client(SSL_CTX *ctx, const char *host)
{
	SSL *ssl = client_for(ctx, host);

	SSL_set_app_data(ssl, &tag_ssl);
	print_getter("at first", ssl);
	if (is("ssl-info") || is("both-info") || is("dup"))
		SSL_set_info_callback(ssl, info_ssl);
	if (is("ssl-message")) {
		SSL_set_msg_callback(ssl, message);
		SSL_set_msg_callback_arg(ssl, &tag_message);
	}
	if (is("taken-back")) {
		SSL_set_info_callback(ssl, info_ssl);
		SSL_set_info_callback(ssl, NULL);
	}
	print_getter("after setting", ssl);
	return ssl;
}

static void connect_once(SSL *client, SSL_CTX *sctx)
{
	SSL *server = SSL_new(sctx);
	char byte = 'x';
	int ok;

	connect_ends(client, server);
	ok = handshake(client, server);
	printf("\n%s, verify result %ld\n", ok ? "connected" : "failed",
	       SSL_get_verify_result(client));
	if (ok) {
		printf("data: %d ", SSL_write(server, &byte, 1));
		printf("%d", SSL_read(client, &byte, 1));
	}
	print_getter("afterwards", client);
	NEED(SSL_get_app_data(client) == &tag_ssl);
	if (ok)
		SSL_shutdown(client);
	SSL_free(server);
}

/* Sessions, ex_data and the like that a client may use on top. */
static void variations(SSL_CTX *ctx, SSL **client, SSL_CTX *sctx, const char *anchors)
{
	if (is("dup")) {
		SSL *copy = SSL_dup(*client);

		NEED(copy != NULL);
		print_getter("of the copy", copy);
		NEED(SSL_get_app_data(copy) == &tag_ssl);
		connect_once(copy, sctx);
		SSL_free(copy);
	}
	if (is("other-context")) {
		SSL_CTX *other = make_context(anchors);

		/* Which verification parameters hold afterwards is OpenSSL's business: equal is what counts. */
		SSL_CTX_set_info_callback(other, info_ctx);
		NEED(SSL_set_SSL_CTX(*client, other) == other);
		print_getter("after SSL_set_SSL_CTX", *client);
		SSL_CTX_free(other);
	}
	if (is("context-freed"))
		SSL_CTX_free(ctx);
}

static int freed;

static void free_data(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	freed += ptr == &tag_message;
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx, *sctx;
	SSL *client;
	int index_ctx, index_ssl;

	NEED(argc == 5);
	mode = argv[1];
	sctx = server_context(argv[3]);
	ctx = make_context(argv[2]);
	index_ctx = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_data);
	index_ssl = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_data);
	NEED(index_ctx > 0 && index_ssl > 0 && !SSL_CTX_get_ex_data(ctx, index_ctx));
	NEED(SSL_CTX_set_ex_data(ctx, index_ctx, &tag_message) == 1);
	client = make_client(ctx, argv[4]);
	NEED(!SSL_get_ex_data(client, index_ssl));
	NEED(SSL_set_ex_data(client, index_ssl, &tag_message) == 1);
	variations(ctx, &client, sctx, argv[2]);
	connect_once(client, sctx);
	if (is("reuse")) {
		for (int i = 0; i < 2; i++) {
			printf("SSL_clear: %d\n", SSL_clear(client));
			connect_once(client, sctx);
		}
	}
	NEED(SSL_get_ex_data(client, index_ssl) == &tag_message);
	SSL_free(client);
	if (!is("context-freed"))
		SSL_CTX_free(ctx);
	SSL_CTX_free(sctx);
	printf("own data freed %d times\n", freed);
	return 0;
}
