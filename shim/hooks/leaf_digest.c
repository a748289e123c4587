/* SPDX-License-Identifier: ISC
 *
 * SHA-256 of the leaf that a server presents. A client sees the same ones again and again, and to compare a thousand bytes is a fiftieth of
 * the work of a digest.
 */
#include <stdlib.h>
#include <string.h>

#include "verification.h"

enum { LEAVES = 16, LONGEST = 4096 };

static struct {
	uint8_t *der;
	size_t size;
	uint8_t digest[32];
} seen[LEAVES];
static struct lock lock;

static bool enter(void)
{
	return lock_enter_table(&lock, seen, sizeof seen);
}

static bool compute(const struct openssl *o, const uint8_t *der, size_t size, uint8_t out[32])
{
	unsigned n = 0;
	QUIET_BEGIN(o)
	if (!o->EVP_Digest(der, size, out, &n, o->EVP_sha256(), NULL))
		n = 0;
	QUIET_END(o)
	return n == 32;
}

static void keep(unsigned place, const uint8_t *der, size_t size, const uint8_t digest[32])
{
	uint8_t *copy = NULL, *old;
	KEEP_ERRNO_BEGIN
	copy = size && size <= LONGEST ? malloc(size) : NULL;
	KEEP_ERRNO_END
	if (!copy)
		return;
	memcpy(copy, der, size);
	if (!enter()) {
		free(copy);
		return;
	}
	old = seen[place].der;
	seen[place].der = copy;
	seen[place].size = size;
	memcpy(seen[place].digest, digest, sizeof seen[place].digest);
	lock_leave(&lock);
	free(old);
}

bool leaf_sha256(const struct openssl *o, const uint8_t *der, size_t size, uint8_t out[32])
{
	/* its end is the signature */
	const unsigned place = (der[size - 1] ^ der[size / 2]) % LEAVES;
	bool known = false;
	if (enter()) {
		known = seen[place].size == size && seen[place].der &&
			memcmp(seen[place].der, der, size) == 0;
		if (known)
			memcpy(out, seen[place].digest, 32);
		lock_leave(&lock);
	}
	if (known)
		return true;
	if (!compute(o, der, size, out))
		return false;
	keep(place, der, size, out);
	return true;
}

/* Its bytes, to be freed; NULL: no memory, or they are longer than what is kept. */
static uint8_t *bytes_of(const struct openssl *o, const X509 *leaf, size_t *size)
{
	const int n = o->i2d_X509 ? o->i2d_X509(leaf, NULL) : 0;
	uint8_t *der = n > 0 && n <= LONGEST ? malloc((size_t)n) : NULL, *end = der;
	if (der && o->i2d_X509(leaf, &end) == n) {
		*size = (size_t)n;
		return der;
	}
	free(der);
	return NULL;
}

bool leaf_digest(const struct openssl *o, const X509 *leaf, uint8_t out[32])
{
	unsigned n = 0;
	size_t size;
	if (!leaf)
		return false;
	QUIET_BEGIN(o)
	uint8_t *der = bytes_of(o, leaf, &size);
	if (der && leaf_sha256(o, der, size, out))
		n = 32;
	else if (!o->X509_digest(leaf, o->EVP_sha256(), out, &n))
		n = 0;
	free(der);
	QUIET_END(o)
	return n == 32;
}
