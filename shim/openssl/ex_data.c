/* SPDX-License-Identifier: ISC
 *
 * The numbers of our ex_data in each copy.
 */
#include "internal.h"

static const uint8_t class_of[INDEX_COUNT] = {
#define INDEX(name, class) [INDEX_##name] = EX_INDEX_##class,
#include "indices.def"
#undef INDEX
};

static struct lock lock;

/* The functions of an index, known from the first question for it on. */
static _Atomic(openssl_ex_dup *) dup_of[INDEX_COUNT];
static _Atomic(openssl_ex_free *) free_of[INDEX_COUNT];

static int dup_data(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		    long which, void *c)
{
	openssl_ex_dup *function = atomic_load_explicit(&dup_of[which], memory_order_acquire);
	return function ? function(to, from, from_d, idx, which, c) : 1;
}

static void free_data(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long which, void *c)
{
	openssl_ex_free *function = atomic_load_explicit(&free_of[which], memory_order_acquire);
	if (function)
		function(parent, ptr, ad, idx, which, c);
}

int binding_not_copied(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		       long argl, void *argp)
{
	(void)to;
	(void)from;
	(void)idx;
	(void)argl;
	(void)argp;
	*(void **)from_d = NULL;
	return 1;
}

/* 1.0.2 counts the classes from another start. */
static int class_in(const struct openssl *o, int class)
{
	return class + (o->version < 0x10100000UL && class < EX_INDEX_X509);
}

/* All at once, with the first object that a host makes, not in the middle of what it does later: the lock of OpenSSL's that this takes may be
 * held for ever in a child after fork(2), by a thread that is not there any more (tests/traps/fork_hook.c). Under the lock.
 *
 * Some way behind what the host has: Qt (5 and 6) puts data at the two numbers behind the one that it registered. What the host
 * registers later comes behind ours. */
static void reserve(struct copy *c)
{
	enum { GAP = 3 };
	static const int gaps[] = {EX_INDEX_SSL, EX_INDEX_SSL_CTX};
	const struct openssl *o = copy_api(c);
	QUIET_BEGIN(o)
	for (size_t i = 0; i < GAP * ARRAY_LENGTH(gaps); i++)
		o->CRYPTO_get_ex_new_index(class_in(o, gaps[i / GAP]), 0, NULL, NULL, NULL, NULL);
	for (int i = 0; i < INDEX_COUNT; i++) {
		int index = o->CRYPTO_get_ex_new_index(class_in(o, class_of[i]), i, c, NULL,
						       dup_data, free_data);
		c->reserved[i] = index < 0 ? -2 : index;
	}
	QUIET_END(o)
}

int binding_index(struct copy *c, enum binding_index which, openssl_ex_dup *dup_fn,
		  openssl_ex_free *free_fn)
{
	int index = atomic_load_explicit(&c->index[which], memory_order_acquire);
	if (index != -1)
		return index < 0 ? -1 : index;
	if (!lock_enter(&lock, NULL))
		return -1;
	index = atomic_load(&c->index[which]);
	if (index == -1) {
		atomic_store(&dup_of[which], dup_fn);
		atomic_store(&free_of[which], free_fn);
		if (c->reserved[which] == -1)
			reserve(c);
		index = c->reserved[which];
		atomic_store_explicit(&c->index[which], index, memory_order_release);
	}
	lock_leave(&lock);
	return index < 0 ? -1 : index;
}

int binding_index_used(struct copy *c, enum binding_index which)
{
	int index = atomic_load_explicit(&c->index[which], memory_order_acquire);
	return index < 0 ? -1 : index;
}
