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

/* All of a class at once, some way behind what the host has: Qt (5 and 6) puts data at the two numbers behind the one that it
 * registered. What the host registers later comes behind ours. Under the lock. */
static void reserve_class(struct copy *c, enum binding_index first)
{
	enum { GAP = 3 };
	const struct openssl *o = copy_api(c);
	/* 1.0.2 counts the classes from another start */
	int class =
	    class_of[first] + (o->version < 0x10100000UL && class_of[first] < EX_INDEX_X509);
	bool gap = class_of[first] == EX_INDEX_SSL || class_of[first] == EX_INDEX_SSL_CTX;
	QUIET_BEGIN(o)
	for (int i = 0; gap && i < GAP; i++)
		o->CRYPTO_get_ex_new_index(class, 0, NULL, NULL, NULL, NULL);
	for (int i = 0; i < INDEX_COUNT; i++) {
		if (class_of[i] != class_of[first])
			continue;
		int index = o->CRYPTO_get_ex_new_index(class, i, c, NULL, dup_data, free_data);
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
			reserve_class(c, which);
		index = c->reserved[which];
		atomic_store_explicit(&c->index[which], index, memory_order_release);
	}
	lock_leave(&lock);
	return index < 0 ? -1 : index;
}
