/* SPDX-License-Identifier: ISC
 *
 * What is remembered of a Certificate message is remembered of these bytes, read in this way, and of no others.
 */
#include "../../shim/hooks/sent_list.c" /* of that room nothing else is needed */

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SIZE = 933, HASH = 7 };
static const uint8_t leaf[32] = {1, 2, 3};
static uint8_t body[SIZE];

static struct connection *under_rules(const uint8_t *bytes, size_t size, bool tls13)
{
	struct connection *n = calloc(1, sizeof *n);
	n->policy = (void *)n; /* there are some, and nothing looks at them */
	list_keep(n, bytes, size, tls13);
	assert_int_equal(n->sent.size, size);
	assert_memory_equal(n->sent.body, bytes, size);
	return n;
}

static void gone(struct connection *n)
{
	list_forget(n);
	assert_null(n->sent.body);
	free(n);
}

/* Once it was seen, with what was made of it. */
static void remember(void)
{
	struct connection *n = under_rules(body, SIZE, true);
	if (!n->sent.hash) {
		n->sent.hash = HASH;
		list_remember(n, leaf);
	}
	gone(n);
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		body[i] = (uint8_t)(i * 7 + i / 256);
	return 0;
}

static void the_same_message_is_known(void **state)
{
	(void)state;
	remember();
	struct connection *n = under_rules(body, SIZE, true);
	assert_int_equal(n->sent.hash, HASH);
	assert_memory_equal(n->sent.bytes->leaf, leaf, sizeof leaf);
	gone(n);
}

static void another_byte_anywhere_makes_it_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE; i++) {
		remember();
		body[i] ^= 0x40;
		struct connection *n = under_rules(body, SIZE, true);
		body[i] ^= 0x40;
		assert_int_equal(n->sent.hash, 0);
		gone(n);
	}
}

static void so_does_another_size_or_version(void **state)
{
	(void)state;
	remember();
	struct connection *shorter = under_rules(body, SIZE - 1, true),
			  *older = under_rules(body, SIZE, false);
	assert_int_equal(shorter->sent.hash, 0);
	assert_int_equal(older->sent.hash, 0);
	gone(shorter);
	gone(older);
}

/* It lives as long as a connection needs it, whoever took its place. */
static void one_in_use_outlives_its_place(void **state)
{
	(void)state;
	remember();
	struct connection *n = under_rules(body, SIZE, true);
	uint8_t other[SIZE];
	for (unsigned i = 0; i < 4096; i++) {
		memset(other, (int)i, sizeof other);
		memcpy(other, &i, sizeof i);
		struct connection *next = under_rules(other, SIZE - i % 64, true);
		next->sent.hash = next->sent.hash ? next->sent.hash : HASH + i;
		list_remember(next, leaf);
		gone(next);
	}
	assert_memory_equal(n->sent.body, body, SIZE);
	assert_int_equal(n->sent.hash, HASH);
	gone(n);
}

static void a_large_one_is_kept_and_not_remembered(void **state)
{
	enum { LARGE = 20000 };
	(void)state;
	uint8_t *large = calloc(1, LARGE);
	for (int i = 0; i < 2; i++) {
		struct connection *n = under_rules(large, LARGE, true);
		assert_int_equal(n->sent.hash, 0);
		n->sent.hash = HASH;
		list_remember(n, leaf);
		gone(n);
	}
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_message_is_known),
	    cmocka_unit_test(another_byte_anywhere_makes_it_another),
	    cmocka_unit_test(so_does_another_size_or_version),
	    cmocka_unit_test(one_in_use_outlives_its_place),
	    cmocka_unit_test(a_large_one_is_kept_and_not_remembered),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
