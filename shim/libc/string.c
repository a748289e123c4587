/* SPDX-License-Identifier: ISC
 *
 * Memory and strings. Sanitizers and other hosts define functions of these names, which may not be called before they are ready, and the
 * first dlsym(3) is earlier. The compiler makes calls of its own, too. Here they are ours: hidden, so that the linker binds every call
 * within the library to them. Compiled without the compiler's knowledge of what these functions do (Makefile), or it would
 * make each of them call itself.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef __clang__
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* The unit test calls them by other names. */
#ifndef OWN
#define OWN(name) name
#endif
#define DEFINE(ret, name, params)                                                                  \
	ret OWN(name) params;                                                                      \
	ret OWN(name)                                                                              \
	params

typedef uint64_t __attribute__((may_alias, aligned(1))) eight;
enum { WORD = sizeof(eight), LARGE = 512 };

static const uint64_t ones = 0x0101010101010101u;

/* Where the first byte of the word that is 0 stands; WORD: there is none. */
static size_t zero_in(uint64_t word)
{
	const uint64_t zeros = (word - ones) & ~word & ones << 7;
	if (!zeros)
		return WORD;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	/* above it there may be others that only seem to be */
	return (size_t)__builtin_ctzll(zeros) / 8;
#else
	size_t at = 0;
	while (word >> (WORD - 1 - at) * 8 & 0xff)
		at++;
	return at;
#endif
}

/* ---- memory -------------------------------------------------------------------------------------------------- */

static void copy_up(unsigned char *d, const unsigned char *s, size_t n)
{
#ifdef __x86_64__
	if (n >= LARGE) {
		size_t words = n / WORD;
		__asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
		n %= WORD;
	}
#endif
	for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
		*(eight *)d = *(const eight *)s;
	while (n--)
		*d++ = *s++;
}

static void copy_down(unsigned char *d, const unsigned char *s, size_t n)
{
	for (d += n, s += n; n >= WORD; n -= WORD) {
		d -= WORD;
		s -= WORD;
		*(eight *)d = *(const eight *)s;
	}
	while (n--)
		*--d = *--s;
}

DEFINE(void *, memcpy, (void *to, const void *from, size_t n))
{
	copy_up(to, from, n);
	return to;
}

DEFINE(void *, memmove, (void *to, const void *from, size_t n))
{
	if ((uintptr_t)to - (uintptr_t)from >= n)
		copy_up(to, from, n);
	else
		copy_down(to, from, n);
	return to;
}

DEFINE(void *, memset, (void *to, int byte, size_t n))
{
	const uint64_t pattern = 0x0101010101010101u * (unsigned char)byte;
	unsigned char *d = to;
#ifdef __x86_64__
	if (n >= LARGE) {
		size_t words = n / WORD;
		__asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
		n %= WORD;
	}
#endif
	for (; n >= WORD; n -= WORD, d += WORD)
		*(eight *)d = pattern;
	while (n--)
		*d++ = (unsigned char)byte;
	return to;
}

DEFINE(int, memcmp, (const void *a, const void *b, size_t n))
{
	const unsigned char *x = a, *y = b;
	for (; n >= WORD && *(const eight *)x == *(const eight *)y; n -= WORD) {
		x += WORD;
		y += WORD;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

/* clang's own idea */
DEFINE(int, bcmp, (const void *a, const void *b, size_t n))
{
	return OWN(memcmp)(a, b, n);
}

DEFINE(void *, memchr, (const void *s, int byte, size_t n))
{
	const uint64_t pattern = ones * (unsigned char)byte;
	const unsigned char *p = s;
	/* C11 7.24.5.1: it stops at the first one, so that `n` may reach beyond what is readable. A word in its place does not cross a page. */
	for (; n && (uintptr_t)p % WORD; n--, p++)
		if (*p == (unsigned char)byte)
			return (void *)(uintptr_t)p;
	for (; n >= WORD; n -= WORD, p += WORD) {
		const size_t at = zero_in(*(const eight *)p ^ pattern);
		if (at < WORD)
			return (void *)(uintptr_t)(p + at);
	}
	for (; n; n--, p++)
		if (*p == (unsigned char)byte)
			return (void *)(uintptr_t)p;
	return NULL;
}

DEFINE(void *, memrchr, (const void *s, int byte, size_t n))
{
	for (const unsigned char *p = s; n; n--)
		if (p[n - 1] == (unsigned char)byte)
			return (void *)(uintptr_t)(p + n - 1);
	return NULL;
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

DEFINE(size_t, strlen, (const char *s))
{
	const char *end = s;
	/* a word in its place does not cross a page */
	for (; (uintptr_t)end % WORD; end++)
		if (!*end)
			return (size_t)(end - s);
	for (;; end += WORD) {
		const size_t at = zero_in(*(const eight *)end);
		if (at < WORD)
			return (size_t)(end - s) + at;
	}
}

DEFINE(size_t, strnlen, (const char *s, size_t most))
{
	/* by bytes: what stands behind the NUL need not be readable, and `most` says nothing about it */
	size_t n = 0;
	while (n < most && s[n])
		n++;
	return n;
}

DEFINE(int, strcmp, (const char *a, const char *b))
{
	for (; *a && *a == *b; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

DEFINE(int, strncmp, (const char *a, const char *b, size_t n))
{
	for (; n && *a && *a == *b; a++, b++)
		n--;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

DEFINE(char *, strchr, (const char *s, int c))
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

DEFINE(char *, strrchr, (const char *s, int c))
{
	return OWN(memrchr)(s, c, OWN(strlen)(s) + 1);
}

/* How many bytes from the start on are of the set (`in`), or are not. The terminating NUL ends both. */
static size_t span(const char *s, const char *set, int in)
{
	uint32_t has[8] = {in ? 0 : 1};
	size_t n = 0;
	for (const unsigned char *c = (const unsigned char *)set; *c; c++)
		has[*c / 32] |= (uint32_t)1 << *c % 32;
	for (const unsigned char *c = (const unsigned char *)s;
	     (int)(has[c[n] / 32] >> c[n] % 32 & 1) == in; n++)
		;
	return n;
}

DEFINE(size_t, strspn, (const char *s, const char *set))
{
	return span(s, set, 1);
}

DEFINE(size_t, strcspn, (const char *s, const char *set))
{
	return span(s, set, 0);
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* ASCII, whatever the locale is. */
DEFINE(char *, strcasestr, (const char *s, const char *word))
{
	for (;; s++) {
		size_t n = 0;
		while (word[n] && lower(word[n]) == lower(s[n]))
			n++;
		if (!word[n])
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

DEFINE(char *, strndup, (const char *s, size_t most))
{
	const size_t n = OWN(strnlen)(s, most);
	char *copy = n >= PTRDIFF_MAX ? NULL : malloc(n + 1);
	if (!copy)
		return NULL;
	copy_up((unsigned char *)copy, (const unsigned char *)s, n);
	copy[n] = '\0';
	return copy;
}

DEFINE(char *, strdup, (const char *s))
{
	return OWN(strndup)(s, SIZE_MAX - 1);
}

/* One name less that ld.so has to look up at the start of every process. */
DEFINE(void *, calloc, (size_t count, size_t size))
{
	size_t n;
	void *p = __builtin_mul_overflow(count, size, &n) ? NULL : malloc(n);
	return p ? OWN(memset)(p, 0, n) : NULL;
}

/* ---- what the compiler's checks call ----------------------------------------------------------------------------- */

/* musl has none of these. */
DEFINE(void *, __memcpy_chk, (void *to, const void *from, size_t n, size_t room))
{
	if (n > room)
		__builtin_trap();
	return OWN(memcpy)(to, from, n);
}

DEFINE(void *, __memmove_chk, (void *to, const void *from, size_t n, size_t room))
{
	if (n > room)
		__builtin_trap();
	return OWN(memmove)(to, from, n);
}

DEFINE(void *, __memset_chk, (void *to, int byte, size_t n, size_t room))
{
	if (n > room)
		__builtin_trap();
	return OWN(memset)(to, byte, n);
}

DEFINE(_Noreturn void, __stack_chk_fail, (void))
{
	__builtin_trap();
}
