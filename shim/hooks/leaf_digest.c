/* SPDX-License-Identifier: ISC
 *
 * By what a leaf that a server presents is known again in this process: SipHash-1-3 of its bytes, with a key that the kernel gave and that
 * nobody outside knows, so that no two can be made that are taken for one another; beside it how many they are and the last of them. A SHA-256 of
 * each leaf was the largest part of what a working connection cost.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/loader.h>

#include "verification.h"

enum { WORD = sizeof(uint64_t), DIGEST = 32 };

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t rotated(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline struct sip round_of(struct sip s)
{
	s.a += s.b;
	s.c += s.d;
	s.b = rotated(s.b, 13) ^ s.a;
	s.d = rotated(s.d, 16) ^ s.c;
	s.a = rotated(s.a, 32);
	s.c += s.b;
	s.a += s.d;
	s.b = rotated(s.b, 17) ^ s.c;
	s.d = rotated(s.d, 21) ^ s.a;
	s.c = rotated(s.c, 32);
	return s;
}

static inline uint64_t word_at(const uint8_t *at, size_t size)
{
	uint64_t word = 0;
	memcpy(&word, at, size);
	return word;
}

/* It stays where it is. */
static const uint8_t *random_bytes(void)
{
	static _Atomic uintptr_t found;
	uintptr_t at = atomic_load_explicit(&found, memory_order_relaxed);
	if (!at) {
		at = (uintptr_t)process_auxiliary(AT_RANDOM);
		atomic_store_explicit(&found, at, memory_order_relaxed);
	}
	return (const void *)at;
}

static struct sip keyed(void)
{
	const uint8_t *random = random_bytes();
	const uint64_t x = random ? word_at(random, WORD) : 0,
		       y = random ? word_at(random + WORD, WORD) : 0;
	return (struct sip){x ^ 0x736f6d6570736575u, y ^ 0x646f72616e646f6du,
			    x ^ 0x6c7967656e657261u, y ^ 0x7465646279746573u};
}

static inline struct sip with_word(struct sip s, uint64_t word)
{
	s.d ^= word;
	s = round_of(s);
	s.a ^= word;
	return s;
}

static uint64_t sip_hash(struct sip s, const uint8_t *at, size_t size)
{
	for (size_t left = size; left >= WORD; left -= WORD, at += WORD)
		s = with_word(s, word_at(at, WORD));
	s = with_word(s, word_at(at, size % WORD) | (uint64_t)size << 56);
	s.c ^= 0xff;
	s = round_of(round_of(round_of(s)));
	return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t leaf_hash_on(uint64_t before, const void *more, size_t size)
{
	return sip_hash(with_word(keyed(), before), more, size);
}

void leaf_digest_of(const uint8_t *der, size_t size, uint8_t out[32])
{
	const uint64_t words[] = {sip_hash(keyed(), der, size), size};
	const size_t end = size < DIGEST - sizeof words ? size : DIGEST - sizeof words;
	memset(out, 0, DIGEST);
	memcpy(out, words, sizeof words);
	memcpy(out + sizeof words, der + size - end, end);
}

/* What a certificate ends with. */
static const uint8_t *signature_of(const struct openssl *o, const X509 *leaf, size_t *size)
{
	const ASN1_STRING *signature = NULL;
	const void *algorithm;
	if (!leaf || !o->X509_get0_signature)
		return NULL;
	o->X509_get0_signature(&signature, &algorithm, leaf);
	const int n = signature ? o->ASN1_STRING_length(signature) : 0;
	*size = n > 0 ? (size_t)n : 0;
	return *size ? o->ASN1_STRING_get0_data(signature) : NULL;
}

bool leaf_ends(const struct openssl *o, const X509 *leaf, const uint8_t *der, size_t size)
{
	enum { SHORTEST = 32 };
	size_t n;
	const uint8_t *signature = signature_of(o, leaf, &n);
	return signature && n >= SHORTEST && n < size && memcmp(signature, der + size - n, n) == 0;
}

bool leaf_seems(const struct openssl *o, const X509 *leaf, const uint8_t digest[32])
{
	enum { END = DIGEST - 2 * WORD };
	size_t n;
	const uint8_t *signature = signature_of(o, leaf, &n);
	return signature && n >= END &&
	       memcmp(signature + n - END, digest + DIGEST - END, END) == 0;
}

/* Its bytes, to be freed; NULL: no memory. */
static uint8_t *bytes_of(const struct openssl *o, const X509 *leaf, size_t *size)
{
	const int n = later(o)->i2d_X509 ? later(o)->i2d_X509(leaf, NULL) : 0;
	uint8_t *der = n > 0 ? malloc((size_t)n) : NULL, *end = der;
	if (der && later(o)->i2d_X509(leaf, &end) == n) {
		*size = (size_t)n;
		return der;
	}
	free(der);
	return NULL;
}

bool leaf_digest(const struct openssl *o, const X509 *leaf, uint8_t out[32])
{
	size_t size;
	if (!leaf)
		return false;
	QUIET_BEGIN(o)
	uint8_t *der = bytes_of(o, leaf, &size);
	if (der)
		leaf_digest_of(der, size, out);
	free(der);
	leaf = der ? leaf : NULL;
	QUIET_END(o)
	return leaf != NULL;
}
