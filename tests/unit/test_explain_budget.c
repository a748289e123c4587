/* SPDX-License-Identifier: ISC
 *
 * What a signature costs, by its key; and what a look at one failure may spend.
 */
#include "../../shim/evidence/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct bytes {
	uint8_t data[4096];
	size_t n;
};

static void wrap(struct bytes *b, uint8_t tag)
{
	const uint8_t head[] = {tag, 0x82, (uint8_t)(b->n >> 8), (uint8_t)b->n};

	memmove(b->data + sizeof(head), b->data, b->n);
	memcpy(b->data, head, sizeof(head));
	b->n += sizeof(head);
}

static void add(struct bytes *b, const void *data, size_t n)
{
	memcpy(b->data + b->n, data, n);
	b->n += n;
}

static struct bytes integer(unsigned bits)
{
	struct bytes b = {.n = 1 + bits / 8};

	memset(b.data + 1, 0xa5, bits / 8);
	if (bits == 17)
		b = (struct bytes){{1, 0, 1}, 3};
	wrap(&b, 0x02);
	return b;
}

static struct bytes rsa(unsigned modulus, unsigned exponent)
{
	static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					    0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	struct bytes key = {.n = 0}, spki = {.n = 0}, n = integer(modulus), e = integer(exponent);

	add(&key, n.data, n.n);
	add(&key, e.data, e.n);
	wrap(&key, 0x30);
	memmove(key.data + 1, key.data, key.n++);
	key.data[0] = 0;
	wrap(&key, 0x03);
	add(&spki, algorithm, sizeof(algorithm));
	add(&spki, key.data, key.n);
	wrap(&spki, 0x30);
	return spki;
}

static unsigned cost(struct bytes b)
{
	return budget_signature(b.data, b.n);
}

static void test_rsa(void **state)
{
	(void)state;
	assert_in_range(cost(rsa(2048, 17)), 10, 60);
	assert_in_range(cost(rsa(3072, 17)), 20, 100);
	assert_in_range(cost(rsa(4096, 17)), 50, 200);
	/* measured: 6 ms */
	assert_in_range(cost(rsa(3072, 3072)), 3000, 12000);
	assert_in_range(cost(rsa(16384, 64)), 2000, 12000);
}

static void test_curves(void **state)
{
	static const uint8_t p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
				       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
				       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
	static const uint8_t p384[] = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
				       0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
				       0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04};
	/* parameters written out */
	static const uint8_t own[] = {0x30, 0x13, 0x30, 0x0b, 0x06, 0x07, 0x2a,
				      0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x30,
				      0x00, 0x03, 0x04, 0x00, 0x04, 0x01, 0x02};
	struct bytes b = {.n = 0x5b};

	(void)state;
	memcpy(b.data, p256, sizeof(p256));
	assert_in_range(cost(b), 50, 200);
	b.n = 0x78;
	memcpy(b.data, p384, sizeof(p384));
	assert_in_range(cost(b), 500, 1500);
	assert_true(budget_signature(own, sizeof(own)) >= 2000);
}

/* What is cut or no key at all is no cheap one. */
static void test_unknown(void **state)
{
	struct bytes b = rsa(2048, 17);

	(void)state;
	for (size_t n = 0; n < b.n; n++)
		assert_true(budget_signature(b.data, n) >= 2000);
	memset(b.data, 0xff, sizeof(b.data));
	assert_true(cost(b) >= 2000);
}

static void test_purse(void **state)
{
	struct evidence *e = evidence_new(EVENT_VERIFY_FAILED);
	unsigned spent = 0;

	(void)state;
	assert_non_null(e);
	while (evidence_afford(e, LOOK_TRIALS, 700))
		spent += 700;
	assert_in_range(spent, 3000, 10000); /* microseconds */
	assert_int_equal(e->unlooked, LOOK_TRIALS);
	assert_true(evidence_afford(e, LOOK_FILES, 10)); /* what is left is for who needs less */
	assert_false(evidence_afford(e, LOOK_FILES, UINT32_MAX));
	assert_int_equal(e->unlooked, LOOK_TRIALS | LOOK_FILES);
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rsa),
	    cmocka_unit_test(test_curves),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_purse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
