/* SPDX-License-Identifier: ISC
 *
 * Trap: the host has entries in OpenSSL's error queue, marks of its own and a value in errno. The ring holds 16: one stray
 * push drops the host's oldest entry, one stray pop its newest, and a mark that is not taken off is found by the host's
 * next ERR_pop_to_mark. Proves design.md#guest.
 *
 * error_queue ANCHORS LEAF HOST
 */
#include "common.h"

static void fill(int entries)
{
	ERR_clear_error();
	for (int i = 0; i < entries; i++)
		ERR_raise_data(ERR_LIB_USER, 100 + i, "stale %d", i);
}

static void report(const char *what, long result, int saved)
{
	printf(" %s: %ld, errno %d\n", what, result, saved);
}

static X509_STORE_CTX *store_context(X509_STORE *store, X509 *leaf)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	NEED(X509_STORE_CTX_init(ctx, store, leaf, NULL) == 1);
	X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
	return ctx;
}

/* Without a connection: X509_verify_cert does not clear the queue, so every stale entry must survive. */
static void verify_alone(SSL_CTX *cctx, X509 *leaf, int entries)
{
	X509_STORE_CTX *ctx = store_context(SSL_CTX_get_cert_store(cctx), leaf);
	int r;

	fill(entries);
	errno = 77;
	r = X509_verify_cert(ctx);
	report("X509_verify_cert", r, errno);
	print_queue("after it");
	X509_STORE_CTX_free(ctx);

	ctx = store_context(SSL_CTX_get_cert_store(cctx), leaf);
	fill(entries);
	ERR_set_mark();
	ERR_raise(ERR_LIB_USER, 500);
	r = X509_verify_cert(ctx);
	ERR_raise(ERR_LIB_USER, 501);
	printf(" with a mark: %d, pop_to_mark %d\n", r, ERR_pop_to_mark());
	print_queue("after the mark");
	X509_STORE_CTX_free(ctx);
}

static void connection(SSL_CTX *cctx, SSL_CTX *sctx, const char *host, int entries)
{
	SSL *client = client_for(cctx, host), *server = SSL_new(sctx);
	int r = -1, e = SSL_ERROR_WANT_READ, saved = 0;

	connect_ends(client, server);
	for (int i = 0; i < 20 && r != 1 && is_retry(e); i++) {
		fill(entries);
		ERR_set_mark();
		errno = 77;
		r = SSL_connect(client);
		saved = errno;
		e = SSL_get_error(client, r);
		printf(" SSL_connect: %d, error %d, errno %d, pop_to_mark %d\n", r, e, saved,
		       ERR_pop_to_mark());
		if (r == 1 || !is_retry(e))
			break;
		print_queue("between");
		SSL_accept(server);
	}
	print_queue("after SSL_connect");
	fill(entries);
	errno = 77;
	SSL_free(client);
	report("SSL_free", 0, errno);
	print_queue("after SSL_free");
	SSL_free(server);
}

/* The end of SSL_connect clears what stood before, so the failing call is also made without a mark and without fill. */
static void failing_queue(SSL_CTX *cctx, SSL_CTX *sctx, const char *host)
{
	SSL *client = client_for(cctx, host), *server = SSL_new(sctx);

	connect_ends(client, server);
	handshake(client, server);
	print_queue("of the plain handshake");
	SSL_free(client);
	SSL_free(server);
}

int main(int argc, char **argv)
{
	static const int counts[] = {0, 1, 15, 16, 17};
	SSL_CTX *cctx, *sctx;
	X509 *leaf;

	NEED(argc == 4 || argc == 5); /* a fourth one: nothing without a connection */
	sctx = server_context(argv[2]);
	leaf = load_certificate(argv[2]);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		printf("%d stale entries\n", counts[i]);
		fill(counts[i]);
		errno = 77;
		cctx = SSL_CTX_new(TLS_client_method());
		report("SSL_CTX_new", cctx != NULL, errno);
		print_queue("after SSL_CTX_new");
		SSL_CTX_free(cctx);

		cctx = client_context(argv[1]);
		if (argc == 4)
			verify_alone(cctx, leaf, counts[i]);
		connection(cctx, sctx, argv[3], counts[i]);
		failing_queue(cctx, sctx, argv[3]);
		fill(counts[i]);
		errno = 77;
		SSL_CTX_free(cctx);
		report("SSL_CTX_free", 0, errno);
		print_queue("after SSL_CTX_free");
	}
	X509_free(leaf);
	SSL_CTX_free(sctx);
	return 0;
}
