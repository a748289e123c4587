/* SPDX-License-Identifier: ISC
 * buf, escape, arena, text, errno_text */
#include <tlsmend/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- buf
 * ------------------------------------------------------------------------------------------ */
static void buf_keeps_what_fits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_string_equal(buf_str(&b), "");
	buf_puts(&b, "abc");
	assert_false(b.truncated);
	buf_puts(&b, "defg");
	assert_string_equal(buf_str(&b), "abcde");
	assert_true(b.truncated);
	buf_puts(&b, "x");
	assert_int_equal(b.len, 5);
	buf_clear(&b);
	assert_false(b.truncated);
	buf_puts(&b, "12345");
	assert_false(b.truncated);
	assert_string_equal(buf_str(&b), "12345");
	assert_false(buf_reserve(&b, 1));
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.limit, 5);
}

static void buf_refuses_sizes_that_overflow(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_puts(&b, "x");
	errno = 4711;
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_reserve(&b, SIZE_MAX - 1));
	assert_int_equal(errno, 4711);
	assert_string_equal(buf_str(&b), "x");
	buf_free(&b);
}

static void buf_formats(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_uint(&b, 0);
	buf_putc(&b, ' ');
	buf_uint(&b, UINT64_MAX);
	buf_putc(&b, ' ');
	buf_int(&b, INT64_MIN);
	buf_putc(&b, ' ');
	buf_hex(&b, "\x0a\xff\x00", 3, ':');
	buf_hex(&b, "\x1b", 1, 0);
	buf_strs(&b, "[", "x", "]", NULL);
	assert_string_equal(buf_str(&b),
			    "0 18446744073709551615 -9223372036854775808 0A:FF:001B[x]");
	buf_clear(&b);
	buf_puts(&b, "ab");
	buf_pad(&b, 5, 0);
	buf_pad(&b, 3, 0);
	buf_pad(&b, 3, 100);
	assert_string_equal(buf_str(&b), "ab   ");
	buf_puts(&b, NULL);
	assert_int_equal(b.len, 5);
	buf_free(&b);
}

/* ---- escaping
 * --------------------------------------------------------------------------------------- */
struct escape_case {
	const char *in;
	size_t n, max;
	const char *text, *json;
};

#define S(s) s, sizeof s - 1
static const struct escape_case escapes[] = {
    {S("plain"), 0, "plain", "plain"},
    {S(""), 0, "", ""},
    {S("a\0b"), 0, "a\\x00b", "a\\u0000b"},
    {S("a\nb\tc\rd"), 0, "a\\nb\\tc\\x0Dd", "a\\nb\\tc\\rd"},
    {S("\x1b[2J"), 0, "\\x1B[2J", "\\u001B[2J"},
    {S("\x7f"), 0, "\\x7F", "\\u007F"},
    {S("back\\slash \"q\""), 0, "back\\\\slash \"q\"", "back\\\\slash \\\"q\\\""},
    {S("\xc2\x9b"), 0, "\\u{009B}", "\\u009B"},                   /* C1 CSI */
    {S("\x9b"), 0, "\\x9B", "\xef\xbf\xbd"},                      /* the same as a raw byte */
    {S("\xc0\xaf"), 0, "\\xC0\\xAF", "\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong "/" */
    {S("\xe0\x80\x8a"), 0, "\\xE0\\x80\\x8A", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {S("\xf0\x80\x80\x8a"), 0, "\\xF0\\x80\\x80\\x8A",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {S("\xed\xa0\x80"), 0, "\\xED\\xA0\\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {S("\xf4\x90\x80\x80"), 0, "\\xF4\\x90\\x80\\x80",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {S("\xc3"), 0, "\\xC3", "\xef\xbf\xbd"},
    {S("gr\xc3\xbc\xc3\x9f"), 0, "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
    {S("\xf0\x9f\x94\x92"), 0, "\xf0\x9f\x94\x92", "\xf0\x9f\x94\x92"},
    {S("x\xe2\x80\xaegpj"), 0, "x\\u{202E}gpj", "x\\u202Egpj"},
    {S("\xe2\x80\x8e\xe2\x80\xa8\xe2\x81\xa6"), 0, "\\u{200E}\\u{2028}\\u{2066}",
     "\\u200E\\u2028\\u2066"},
    {S("\xef\xbb\xbf\xe2\x80\x8b\xc2\xad"), 0, "\\u{FEFF}\\u{200B}\\u{00AD}",
     "\\uFEFF\\u200B\\u00AD"},
    {S("\xf3\xa0\x80\x81"), 0, "\\u{E0001}", "\\uDB40\\uDC01"}, /* a tag character */
    {S("abcdef"), 3, "abc...", "abc..."},
    {S("abc"), 3, "abc", "abc"},
    {S("ab\xc3\xbcx"), 3, "ab...", "ab..."}, /* cut in front of the character, not in it */
    {S("ab\xc3\xbc"), 4, "ab\xc3\xbc", "ab\xc3\xbc"},
};

static void escaping(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++) {
		const struct escape_case *c = &escapes[i];

		buf_clear(&b);
		escape_text(&b, c->in, c->n, c->max);
		assert_string_equal(buf_str(&b), c->text);
		buf_clear(&b);
		escape_json(&b, c->in, c->n, c->max);
		assert_string_equal(buf_str(&b), c->json);
	}
	buf_free(&b);
}

static void assert_harmless(const struct buf *b)
{
	for (size_t at = 0; at < b->len;) {
		uint32_t c = 0;
		const size_t n = utf8_length(b->data + at, b->len - at, &c);

		assert_true(n > 0);
		assert_true(c >= 0x20 && (c < 0x7f || c > 0x9f));
		assert_false(c >= 0x202a && c <= 0x202e);
		at += n;
	}
}

/* Whatever 64 KiB come in, at any limit of the buffer: valid, printable UTF-8. */
static void escaping_64_kib_of_anything(void **state)
{
	enum { SIZE = 65536 };
	char *bytes = malloc(SIZE);
	uint32_t random = 1;
	struct buf b;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < SIZE; i++) {
		random = random * 1664525u + 1013904223u;
		bytes[i] = (char)(random >> 24);
	}
	for (size_t limit = 0; limit < 200; limit++) {
		buf_init(&b, limit);
		escape_text(&b, bytes + limit, SIZE - limit, limit & 1 ? 0 : 300);
		assert_harmless(&b);
		assert_true(!limit || b.len <= limit);
		buf_free(&b);
		buf_init(&b, limit);
		escape_json(&b, bytes + limit, SIZE - limit, limit & 1 ? 0 : 300);
		assert_harmless(&b);
		buf_free(&b);
	}
	free(bytes);
}

/* ---- arena
 * ------------------------------------------------------------------------------------------ */
static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t n = 0; n < 9000; n += 37) {
		char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		if (n)
			memset(p, 0xee, n);
	}
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_null(arena_strdup(&a, NULL));
	assert_false(a.failed);
	arena_free(&a);
	assert_null(a.blocks);
}

static void arena_failure_is_sticky(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_non_null(arena_alloc(&a, 8));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_true(a.failed);
	assert_null(arena_alloc(&a, 8));
	arena_free(&a);
	assert_false(a.failed);
}

/* ---- small things
 * --------------------------------------------------------------------------------- */
static void ascii_ignores_case(void **state)
{
	(void)state;
	assert_int_equal(ascii_casecmp("MinProtocol", "minPROTOCOL"), 0);
	assert_true(ascii_casecmp("a", "B") < 0);
	assert_true(ascii_casecmp("ab", "A") > 0);
	assert_true(ascii_casecmp("\xff", "a") > 0);
	assert_int_not_equal(ascii_casecmp("@", "`"), 0);
	assert_int_equal(ascii_lower('\xc4'), '\xc4');
	assert_true(ascii_is_space('\v') && ascii_is_space(' ') && !ascii_is_space('\0'));
	assert_true(ascii_is_digit('0') && ascii_is_digit('9') && !ascii_is_digit(':'));
	assert_int_not_equal(hash_bytes(HASH_SEED, "ab", 2), hash_bytes(HASH_SEED, "ba", 2));
}

static void nearest_names(void **state)
{
	static const char *const names[] = {"ExtraCAFile", "MinProtocol", "MaxProtocol", "Until",
					    NULL};
	char longest[200];

	(void)state;
	assert_string_equal(nearest_name("MinProtcol", names), "MinProtocol");
	assert_string_equal(nearest_name("extracafile", names), "ExtraCAFile");
	assert_string_equal(nearest_name("MaxProtocoll", names), "MaxProtocol");
	assert_string_equal(nearest_name("Untill", names), "Until");
	assert_null(nearest_name("Banana", names));
	assert_null(nearest_name("", names));
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_null(nearest_name(longest, names));
}

static void errno_texts(void **state)
{
	static const int numbers[] = {ENOENT, EACCES, EPERM, EISDIR, EFBIG,
				      ENXIO,  ENOSPC, EROFS, ELOOP};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		assert_string_equal(errno_text(numbers[i]), strerror(numbers[i]));
	assert_string_equal(errno_text(-1), "unknown error");
	assert_string_equal(errno_text(0), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buf_keeps_what_fits),
	    cmocka_unit_test(buf_refuses_sizes_that_overflow),
	    cmocka_unit_test(buf_formats),
	    cmocka_unit_test(escaping),
	    cmocka_unit_test(escaping_64_kib_of_anything),
	    cmocka_unit_test(arena_gives_zeroed_aligned_memory),
	    cmocka_unit_test(arena_failure_is_sticky),
	    cmocka_unit_test(ascii_ignores_case),
	    cmocka_unit_test(nearest_names),
	    cmocka_unit_test(errno_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
