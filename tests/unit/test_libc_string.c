/* SPDX-License-Identifier: ISC
 *
 * The library's own memory and string functions against libc's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWN(name) own_##name
#include "shim/libc/string.c"

enum { ROOM = 1200 };
static unsigned char here[ROOM], there[ROOM], expected[ROOM];
static uint32_t seed = 1;

static uint32_t number(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Few letters, so that runs are equal and words are found; few zeros. */
static void fill(unsigned char *p)
{
	for (size_t i = 0; i < ROOM; i++)
		p[i] = number(200) == 0 ? 0 : (unsigned char)"aAbB\x80\xff"[number(6)];
	p[ROOM - 1] = 0;
}

static void test_memory(void **unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++) {
		const size_t n = number(i % 8 ? 40 : ROOM / 2), a = number(ROOM / 2),
			     b = number(ROOM / 2);
		fill(here);
		memcpy(there, here, ROOM);
		memcpy(expected, here, ROOM);
		assert_ptr_equal(own_memmove(there + a, there + b, n), there + a);
		memmove(expected + a, expected + b, n);
		assert_memory_equal(there, expected, ROOM);
		assert_ptr_equal(own_memcpy(there + a, here + b, n), there + a);
		memcpy(expected + a, here + b, n);
		assert_memory_equal(there, expected, ROOM);
		assert_int_equal(sign(own_memcmp(here + a, here + b, n)),
				 sign(memcmp(here + a, here + b, n)));
		assert_ptr_equal(own_memchr(here + a, 'a', n), memchr(here + a, 'a', n));
		assert_ptr_equal(own_memchr(here + a, 0, n), memchr(here + a, 0, n));
		assert_ptr_equal(own_memrchr(here + a, 0xff, n), memrchr(here + a, 0xff, n));
		assert_ptr_equal(own_memset(there + a, (int)n, n), there + a);
		memset(expected + a, (int)n, n);
		assert_memory_equal(there, expected, ROOM);
	}
}

static void test_strings(void **unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++) {
		const char *a = (char *)here + number(ROOM), *b = (char *)here + number(ROOM);
		const size_t n = number(50);
		char word[4] = {0};
		fill(here);
		strncpy(word, b, number(4));
		assert_int_equal(own_strlen(a), strlen(a));
		assert_int_equal(own_strnlen(a, n), strnlen(a, n));
		assert_int_equal(sign(own_strcmp(a, b)), sign(strcmp(a, b)));
		assert_int_equal(sign(own_strncmp(a, b, n)), sign(strncmp(a, b, n)));
		assert_ptr_equal(own_strchr(a, 'b'), strchr(a, 'b'));
		assert_ptr_equal(own_strchr(a, 0), strchr(a, 0));
		assert_ptr_equal(own_strrchr(a, 'b'), strrchr(a, 'b'));
		assert_ptr_equal(own_strrchr(a, 0), strrchr(a, 0));
		assert_int_equal(own_strspn(a, word), strspn(a, word));
		assert_int_equal(own_strcspn(a, word), strcspn(a, word));
		assert_ptr_equal(own_strcasestr(a, word), strcasestr(a, word));
		char *copy = own_strndup(a, n), *same = strndup(a, n);
		assert_string_equal(copy, same);
		free(copy);
		free(same);
		copy = own_strdup(a);
		assert_string_equal(copy, a);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory),
					   cmocka_unit_test(test_strings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
