/* SPDX-License-Identifier: ISC
 *
 * What curl looks at by itself once OpenSSL has found nothing wrong: the server's public key, which it writes out and compares with a pin. Nothing of
 * what it finds reaches OpenSSL. (Of an answer about revocation that is stapled, curl's other own look, it is not known who minds that there is none:
 * Perl asks for one each time, and does not.)
 */
#include <string.h>

#include "connection.h"
#include "live.h"
#include "load.h"
#include "names.h"
#include "story.h"
#include "verification.h"

/* Keys that were written out lately, by the first eight bytes of what a leaf is known by. 0: none (any more). */
enum { KEYS = 8 };
static _Atomic uint64_t keys[KEYS];
static atomic_uint next;

static uint64_t key_digest(const uint8_t *der, size_t size)
{
	uint8_t digest[32];
	uint64_t key;
	leaf_digest_of(der, size, digest);
	memcpy(&key, digest, sizeof key);
	return key | 1;
}

int hook_i2d_X509_PUBKEY(const struct target *t, const X509_PUBKEY *key, unsigned char **out)
{
	const unsigned char *at = out ? *out : NULL;
	const int size = LOAD_REAL(int, const X509_PUBKEY *, unsigned char **)(key, out);
	if (size > 0 && out && *out && t->caller == CALLER_HOST &&
	    (live_any() || names_watched())) {
		KEEP_ERRNO_BEGIN
		const unsigned at_place = atomic_fetch_add(&next, 1) % KEYS;
		atomic_store(&keys[at_place], key_digest(at ? at : *out, (size_t)size));
		KEEP_ERRNO_END
	}
	return size;
}

static bool any_key(void)
{
	for (unsigned i = 0; i < KEYS; i++)
		if (atomic_load_explicit(&keys[i], memory_order_relaxed) != 0)
			return true;
	return false;
}

static bool was_written(uint64_t key)
{
	for (unsigned i = 0; i < KEYS; i++)
		if (atomic_load(&keys[i]) == key)
			return true;
	return false;
}

static void forget(uint64_t key)
{
	for (unsigned i = 0; i < KEYS; i++) {
		uint64_t expected = key;
		atomic_compare_exchange_strong(&keys[i], &expected, 0);
	}
}

/* 0: none. */
static uint64_t key_of(const struct openssl *o, const X509 *x)
{
	unsigned char *der = NULL;
	uint64_t key = 0;
	QUIET_BEGIN(o)
	const int size = o->i2d_X509_PUBKEY(o->X509_get_X509_PUBKEY(x), &der);
	if (size > 0 && der)
		key = key_digest(der, (size_t)size);
	if (der)
		o->CRYPTO_free(der, "", 0);
	QUIET_END(o)
	return key;
}

/* 0: none, or nobody wrote out any. */
static uint64_t key_of_peer(const struct openssl *o, SSL *ssl)
{
	X509 *leaf =
	    any_key() && o->SSL_get1_peer_certificate ? o->SSL_get1_peer_certificate(ssl) : NULL;
	if (!leaf)
		return 0;
	const uint64_t key = key_of(o, leaf);
	o->X509_free(leaf);
	return key;
}

void own_checks_goes_on(const struct openssl *o, const X509 *x)
{
	const uint64_t key = any_key() ? key_of(o, x) : 0;
	if (key)
		forget(key);
}

void own_checks_asks(const struct openssl *o, SSL *ssl)
{
	const uint64_t key = key_of_peer(o, ssl);
	if (key)
		forget(key);
}

bool own_checks_look(const struct connection *n, SSL *ssl, struct happening *h)
{
	const struct openssl *o = copy_api(n->copy);
	if (!n->story.done || n->story.outcome != OUTCOME_OPEN || n->datagram)
		return false;
	*h = (struct happening){.what = HAPPENING_CHECKS};
	const uint64_t key = key_of_peer(o, ssl);
	return key && was_written(key);
}
