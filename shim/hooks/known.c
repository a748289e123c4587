/* SPDX-License-Identifier: ISC
 *
 * Which pointers are SSLs? A verification's context carries its SSL at a number that libssl asked for. In 1.0.2 that may be the very number
 * at which a program keeps data of its own (.NET does), and the program's data is then taken for an SSL. So what is not given by libssl itself
 * is one only if a handshake of it was seen.
 */
#include <stdlib.h>

#include "known.h"

enum { BUCKETS = 512 };

struct known {
	struct known *next;
	const SSL *ssl;
};
static struct known *buckets[BUCKETS];
static struct lock lock;
static atomic_bool incomplete; /* there was no memory for one */

static struct known **place(const SSL *ssl)
{
	struct known **at = &buckets[hash_bytes(HASH_SEED, &ssl, sizeof ssl) % BUCKETS];
	while (*at && (*at)->ssl != ssl)
		at = &(*at)->next;
	return at;
}

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) { /* a fork in the middle of a change: what is there may be half a list */
		for (unsigned i = 0; i < BUCKETS; i++)
			buckets[i] = NULL;
		atomic_store(&incomplete, true);
	}
	return true;
}

void known_add(const SSL *ssl)
{
	struct known *k = calloc(1, sizeof *k);
	bool added = false;
	if (k && enter()) {
		struct known **at = place(ssl);
		k->ssl = ssl;
		added = true;
		if (!*at) {
			*at = k;
			k = NULL;
		}
		lock_leave(&lock);
	}
	if (!added)
		atomic_store(&incomplete, true);
	free(k);
}

void known_remove(const SSL *ssl)
{
	struct known *k = NULL;
	if (!enter())
		return;
	struct known **at = place(ssl);
	if ((k = *at))
		*at = k->next;
	lock_leave(&lock);
	free(k);
}

bool known_is(const struct openssl *o, const SSL *ssl)
{
	bool is = false;
	/* from 1.1.0 on the number is libssl's alone */
	if (o->version >= 0x10100000UL && atomic_load(&incomplete))
		return true;
	if (enter()) {
		is = *place(ssl) != NULL;
		lock_leave(&lock);
	}
	return is;
}

SSL *verification_ssl_given(const struct openssl *o, X509_STORE_CTX *ctx)
{
	/* it fails at the first call or never, and is asked twice in each handshake */
	static _Atomic(const struct openssl *) asked;
	int index = -1;
	if (!o->complete)
		return NULL;
	if (atomic_load_explicit(&asked, memory_order_relaxed) == o) {
		index = o->SSL_get_ex_data_X509_STORE_CTX_idx();
	} else {
		QUIET_BEGIN(o)
		index = o->SSL_get_ex_data_X509_STORE_CTX_idx();
		QUIET_END(o)
		if (index >= 0)
			atomic_store_explicit(&asked, o, memory_order_relaxed);
	}
	return index < 0 ? NULL : o->X509_STORE_CTX_get_ex_data(ctx, index);
}

SSL *verification_ssl(const struct openssl *o, X509_STORE_CTX *ctx, enum caller from)
{
	SSL *ssl = verification_ssl_given(o, ctx);
	return ssl && from != CALLER_LIBSSL && !known_is(o, ssl) ? NULL : ssl;
}
