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
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) /* half written, of the parent's: let go of */
		memset(seen, 0, sizeof seen);
	return true;
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
