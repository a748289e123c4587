/* SPDX-License-Identifier: ISC
 *
 * hello.c: ClientHellos as OpenSSL writes them, and bytes that are none.
 */
#include <tlsmend/seen.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>

/* What a client put on the wire, without the header of the record. */
static size_t client_hello(SSL_CTX *ctx, const char *name, uint8_t *out, size_t room)
{
	enum { RECORD_HEADER = 5 };
	uint8_t wire[4096];
	SSL *ssl = SSL_new(ctx);
	BIO *in = BIO_new(BIO_s_mem()), *sent = BIO_new(BIO_s_mem());
	int n;

	assert_non_null(ssl);
	SSL_set_bio(ssl, in, sent);
	if (name)
		assert_int_equal(SSL_set_tlsext_host_name(ssl, name), 1);
	assert_int_equal(SSL_connect(ssl), -1);
	n = BIO_read(sent, wire, sizeof(wire));
	assert_true(n > RECORD_HEADER && (size_t)n - RECORD_HEADER <= room);
	memcpy(out, wire + RECORD_HEADER, (size_t)n - RECORD_HEADER);
	SSL_free(ssl);
	return (size_t)n - RECORD_HEADER;
}

static SSL_CTX *context(const char *ciphers)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	assert_non_null(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	assert_int_equal(SSL_CTX_set_cipher_list(ctx, ciphers), 1);
	return ctx;
}

static void a_full_offer(void **state)
{
	static const uint8_t names[] = "\002h2\010http/1.1";
	uint8_t bytes[4096];
	struct hello h;
	SSL_CTX *ctx = context("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384");
	size_t n;

	(void)state;
	assert_int_equal(SSL_CTX_set_min_proto_version(ctx, TLS1_1_VERSION), 1);
	assert_int_equal(SSL_CTX_set1_groups_list(ctx, "P-256:P-384"), 1);
	assert_int_equal(SSL_CTX_set_alpn_protos(ctx, names, sizeof(names) - 1), 0);
	n = client_hello(ctx, "legacy.example.com", bytes, sizeof(bytes));
	assert_true(hello_read(&h, bytes, n));
	assert_int_equal(h.size, n);
	assert_int_equal(h.min_version, TLS1_1_VERSION);
	assert_int_equal(h.max_version, TLS1_3_VERSION);
	assert_int_equal(h.ciphers, 5);
	assert_int_equal(h.ciphers13, 3);
	assert_int_equal(h.groups, 2);
	assert_int_equal(h.first_group, 23);
	assert_true(h.signatures > 5);
	assert_true(h.key_share_size >= 65);
	assert_true(h.sni);
	assert_false(h.alpn_cut);
	assert_int_equal(h.alpn_size, sizeof(names) - 1);
	assert_memory_equal(h.alpn, names, sizeof(names) - 1);
	SSL_CTX_free(ctx);
}

static void a_bare_offer(void **state)
{
	uint8_t bytes[4096];
	struct hello h;
	SSL_CTX *ctx = context("AES128-SHA");
	size_t n;

	(void)state;
	assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION), 1);
	n = client_hello(ctx, NULL, bytes, sizeof(bytes));
	assert_true(hello_read(&h, bytes, n));
	assert_int_equal(h.min_version, 0);
	assert_int_equal(h.max_version, TLS1_1_VERSION);
	assert_int_equal(h.ciphers, 1);
	assert_int_equal(h.ciphers13, 0);
	assert_int_equal(h.key_share_size, 0);
	assert_int_equal(h.alpn_size, 0);
	assert_false(h.sni);
	SSL_CTX_free(ctx);
}

static unsigned shared_key(SSL *ssl, const char *hint, char *name, unsigned name_room,
			   unsigned char *key, unsigned key_room)
{
	(void)ssl;
	(void)hint;
	assert_true(name_room > 5 && key_room >= 4);
	memcpy(name, "meter", 6);
	memset(key, 7, 4);
	return 4;
}

/* What is no text is a session's ticket. */
static void a_shared_key(void **state)
{
	uint8_t bytes[4096];
	struct hello h;
	SSL_CTX *ctx = context("DEFAULT");
	size_t n = client_hello(ctx, NULL, bytes, sizeof(bytes));

	(void)state;
	assert_true(hello_read(&h, bytes, n));
	assert_false(h.shared_key);
	SSL_CTX_set_psk_client_callback(ctx, shared_key);
	n = client_hello(ctx, NULL, bytes, sizeof(bytes));
	assert_true(hello_read(&h, bytes, n));
	assert_true(h.shared_key);
	uint8_t *name = memmem(bytes, n, "meter", 5);
	assert_non_null(name);
	name[1] = 0xe9;
	assert_true(hello_read(&h, bytes, n));
	assert_false(h.shared_key);
	SSL_CTX_free(ctx);
}

static void a_long_list_of_names(void **state)
{
	uint8_t bytes[4096], names[30 * 8];
	struct hello h;
	SSL_CTX *ctx = context("DEFAULT");
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(names); i += 8)
		memcpy(names + i, "\007name-01", 8);
	assert_int_equal(SSL_CTX_set_alpn_protos(ctx, names, sizeof(names)), 0);
	n = client_hello(ctx, NULL, bytes, sizeof(bytes));
	assert_true(hello_read(&h, bytes, n));
	assert_true(h.alpn_cut);
	assert_int_equal(h.alpn_size, 64);
	SSL_CTX_free(ctx);
}

/* Every prefix, and every byte changed in turn: sanitizers watch. */
static void broken_ones(void **state)
{
	uint8_t bytes[4096];
	struct hello h;
	SSL_CTX *ctx = context("DEFAULT");
	size_t n = client_hello(ctx, "legacy.example.com", bytes, sizeof(bytes)), i;

	(void)state;
	for (i = 0; i < n; i++) {
		uint8_t *cut = malloc(i > 0 ? i : 1);

		assert_non_null(cut);
		memcpy(cut, bytes, i);
		assert_false(hello_read(&h, cut, i));
		assert_int_equal(h.size, 0);
		/* a length that fits, so that the rest is looked at */
		if (i >= 4) {
			cut[2] = (uint8_t)((i - 4) >> 8);
			cut[3] = (uint8_t)(i - 4);
			if (!hello_read(&h, cut, i))
				assert_int_equal(h.ciphers, 0);
		}
		free(cut);
	}
	for (i = 0; i < n; i++) {
		bytes[i] ^= 0xff;
		hello_read(&h, bytes, n);
		assert_true(h.alpn_size <= sizeof(h.alpn));
		bytes[i] ^= 0xff;
	}
	SSL_CTX_free(ctx);
}

static void other_messages(void **state)
{
	static const uint8_t finished[] = {20, 0, 0, 2, 1, 2};
	/* DTLS: message number, offset and length of a fragment before the body */
	static const uint8_t datagram[12 + 34] = {1, 0, 0, 34, 0, 0, 0, 0, 0, 0, 0, 34, 254, 253};
	struct hello h;

	(void)state;
	assert_false(hello_read(&h, finished, sizeof(finished)));
	assert_false(hello_read(&h, datagram, sizeof(datagram)));
	assert_false(hello_read(&h, finished, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_full_offer),         cmocka_unit_test(a_bare_offer),
	    cmocka_unit_test(a_long_list_of_names), cmocka_unit_test(broken_ones),
	    cmocka_unit_test(other_messages),       cmocka_unit_test(a_shared_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
