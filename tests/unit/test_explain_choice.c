/* SPDX-License-Identifier: ISC
 *
 * choice.c: which group and scheme a server chose, and bytes that say nothing.
 */
#include <tlsmend/diagnose.h>
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* ServerKeyExchange: brainpoolP256r1, a point of four bytes, ecdsa_secp256r1_sha256, a signature. */
static const uint8_t key_exchange[] = {3, 0, 26, 4, 1, 2, 3, 4, 4, 3, 0, 2, 9, 9};
static const uint8_t verify[] = {8, 8, 0, 2, 9, 9};
static const uint8_t retry[] = {3,    3,    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe,
				0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16,
				0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33,
				0x9c, 2,    7,    7,    0x13, 1,    0,    0,    12,   0,    43,
				0,    2,    3,    4,    0,    51,   0,    2,    0,    31};

/* Every length, in memory of exactly that size. */
static struct server_choice read_all(unsigned type, const uint8_t *body, size_t n, unsigned version)
{
	struct server_choice c = {0, 0};
	size_t i;

	for (i = 0; i <= n; i++) {
		uint8_t *part = malloc(i + 1);

		memcpy(part, body, i);
		c = (struct server_choice){0, 0};
		choice_read(&c, type, part, i, version);
		free(part);
	}
	return c;
}

static void what_the_server_chose(void **state)
{
	struct server_choice c;

	(void)state;
	c = read_all(12, key_exchange, sizeof(key_exchange), 0x0303);
	assert_true(c.group == 26 && c.scheme == 0x0403);
	c = read_all(12, key_exchange, sizeof(key_exchange), 0x0302);
	assert_true(c.group == 26 && c.scheme == 0);
	c = read_all(15, verify, sizeof(verify), 0x0304);
	assert_true(c.group == 0 && c.scheme == 0x0808);
	c = read_all(2, retry, sizeof(retry), 0x0304);
	assert_int_equal(c.group, 31);
	c = read_all(2, key_exchange, sizeof(key_exchange), 0x0303);
	assert_int_equal(c.group, 0);
}

static void named_with_a_rule(void **state)
{
	struct evidence *e = failed_handshake(370, -1);
	struct record r;

	(void)state;
	e->choice.scheme = 0x0808;
	e->last_received = 15;
	e->server_version = 0x0304;
	diagnose(e, &r);
	assert_non_null(strstr(r.why, "ed448"));
	assert_null(strstr(r.why, "security level"));
	assert_string_equal(r.help[1], "    [legacy.example.com]");
	assert_true(strncmp(r.help[2], "    SignatureAlgorithms = ed448:", 32) == 0);
	evidence_free(e);
	e = failed_handshake(370, -1); /* SHA-1: that is what the level is about */
	e->choice.scheme = 0x0201;
	e->server_version = 0x0303;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_LEGACY_SIGNATURE);
	assert_null(strstr(r.message, "does not offer"));
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_server_chose),
	    cmocka_unit_test(named_with_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
