/* SPDX-License-Identifier: ISC
 *
 * What we keep at OpenSSL's objects: one ex_data for each class of them, with room for all that is kept at one object.
 */
#include <stdlib.h>

#include "internal.h"

#define KEPT(class, name) void *name;
#define CLASS(class, kept)                                                                         \
	struct at_##class                                                                          \
	{                                                                                          \
		kept                                                                               \
	};
#include "kept.def"
#undef KEPT
#undef CLASS

static const struct {
	uint8_t class, slot;
} place_of[KEPT_COUNT] = {
#define CLASS(class, kept) kept
#define KEPT(class, name)                                                                          \
	[KEPT_##name] = {KEPT_AT_##class, offsetof(struct at_##class, name) / sizeof(void *)},
#include "kept.def"
#undef KEPT
};

static const struct {
	uint8_t number, first, slots;
} class_of[KEPT_CLASSES] = {
#define KEPT(class, name) KEPT_##name,
#define FIRST(...)        FIRST_(__VA_ARGS__)
#define FIRST_(name, ...) name
#undef CLASS
#define CLASS(class, kept)                                                                         \
	[KEPT_AT_##                                                                                \
	    class] = {EX_INDEX_##class, FIRST(kept), sizeof(struct at_##class) / sizeof(void *)},
#include "kept.def"
#undef CLASS
#undef KEPT
};

static struct lock lock;

/* The functions of what is kept, known from kept_watch() on. */
static _Atomic(openssl_ex_dup *) dup_of[KEPT_COUNT];
static _Atomic(openssl_ex_free *) free_of[KEPT_COUNT];

static int dup_slots(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		     long class, void *c)
{
	const unsigned first = class_of[class].first, count = class_of[class].slots;
	void ***copied = from_d, **own = *copied, **slots = NULL;
	if (!own)
		return 1;
	KEEP_ERRNO_BEGIN
	slots = malloc(count * sizeof *slots);
	KEEP_ERRNO_END
	*copied = slots;
	for (unsigned i = 0; slots && i < count; i++) {
		openssl_ex_dup *function =
		    atomic_load_explicit(&dup_of[first + i], memory_order_acquire);
		slots[i] = own[i];
		if (function)
			function(to, from, &slots[i], idx, first + i, c);
	}
	return slots != NULL;
}

/* Also of an object where nothing was kept. */
static void free_slots(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long class, void *c)
{
	const unsigned first = class_of[class].first, count = class_of[class].slots;
	void **slots = ptr;
	for (unsigned i = 0; i < count; i++) {
		openssl_ex_free *function =
		    atomic_load_explicit(&free_of[first + i], memory_order_acquire);
		void *kept = slots ? slots[i] : NULL;
		if (slots)
			slots[i] = NULL;
		if (function)
			function(parent, kept, ad, idx, first + i, c);
	}
	KEEP_ERRNO_BEGIN
	free(slots);
	KEEP_ERRNO_END
}

int kept_not_copied(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
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

/* Some copies have no such functions; and where a session has a field for what is kept (session.c), nothing is kept beside it: a handshake makes and
 * frees several of them. */
static bool has_room(const struct openssl *o, unsigned class)
{
	if (class == KEPT_AT_SSL_SESSION)
		return o->SSL_SESSION_get_ex_data && o->SSL_SESSION_set_ex_data &&
		       !(o->SSL_SESSION_get0_ticket_appdata && o->SSL_SESSION_set1_ticket_appdata);
	return class != KEPT_AT_X509_STORE ||
	       (o->X509_STORE_get_ex_data && o->X509_STORE_set_ex_data);
}

/* ---- the numbers of our ex_data in each copy ------------------------------------------------------------------------- */

/* 1.0.2 counts the classes from another start. */
static int class_in(const struct openssl *o, int class)
{
	return class + (o->version < 0x10100000UL && class < EX_INDEX_X509);
}

/* All at once, with the first object that a host makes, not in the middle of what it does later: the lock of OpenSSL's that this takes may be
 * held for ever in a child after fork(2), by a thread that is not there any more (tests/traps/fork_hook.c). Under the lock.
 *
 * Some way behind what the host has, if it has any: Qt (5 and 6) puts data at the two numbers behind the one that it registered. What the host
 * registers later comes behind ours. */
static void reserve(struct copy *c)
{
	enum { GAP = 2 };
	static const int gaps[] = {EX_INDEX_SSL, EX_INDEX_SSL_CTX};
	const struct openssl *o = copy_api(c);
	const int lowest = o->version < 0x10100000UL ? 0 : 1;
	QUIET_BEGIN(o)
	for (size_t i = 0; i < ARRAY_LENGTH(gaps); i++)
		for (int gap = 0, last = -1; gap < GAP && last != lowest; gap++)
			last = o->CRYPTO_get_ex_new_index(class_in(o, gaps[i]), 0, NULL, NULL, NULL,
							  NULL);
	for (int i = 0; i < KEPT_CLASSES; i++) {
		const int index =
		    has_room(o, (unsigned)i)
			? o->CRYPTO_get_ex_new_index(class_in(o, class_of[i].number), i, c, NULL,
						     dup_slots, free_slots)
			: -1;
		atomic_store_explicit(&c->index[i], index < 0 ? -2 : index, memory_order_release);
	}
	QUIET_END(o)
}

/* Of this class; -1: there is none. */
static int known_index(struct copy *c, enum kept_name which)
{
	const int index =
	    atomic_load_explicit(&c->index[place_of[which].class], memory_order_acquire);
	return index < 0 ? -1 : index;
}

__attribute__((noinline)) static void reserve_once(struct copy *c, const _Atomic int *index)
{
	if (!lock_enter(&lock, NULL))
		return;
	if (atomic_load(index) == -1)
		reserve(c);
	lock_leave(&lock);
}

static inline int index_of(struct copy *c, enum kept_name which)
{
	const _Atomic int *index = &c->index[place_of[which].class];
	if (atomic_load_explicit(index, memory_order_acquire) == -1)
		reserve_once(c, index);
	return known_index(c, which);
}

/* ---- what is kept ------------------------------------------------------------------------------------------------------ */

static inline void **slots_at(const struct openssl *o, unsigned class, int index,
			      const void *object)
{
	switch (class) {
	case KEPT_AT_SSL:
		return o->SSL_get_ex_data(object, index);
	case KEPT_AT_SSL_CTX:
		return o->SSL_CTX_get_ex_data(object, index);
	case KEPT_AT_SSL_SESSION:
		return o->SSL_SESSION_get_ex_data ? o->SSL_SESSION_get_ex_data(object, index)
						  : NULL;
	case KEPT_AT_X509_STORE:
		return o->X509_STORE_get_ex_data ? o->X509_STORE_get_ex_data(object, index) : NULL;
	default:
		return o->X509_STORE_CTX_get_ex_data(object, index);
	}
}

static int set_slots(const struct openssl *o, unsigned class, int index, void *object, void **slots)
{
	switch (class) {
	case KEPT_AT_SSL:
		return o->SSL_set_ex_data(object, index, slots);
	case KEPT_AT_SSL_CTX:
		return o->SSL_CTX_set_ex_data(object, index, slots);
	case KEPT_AT_SSL_SESSION:
		return o->SSL_SESSION_set_ex_data(object, index, slots);
	case KEPT_AT_X509_STORE:
		return o->X509_STORE_set_ex_data(object, index, slots);
	default:
		return o->X509_STORE_CTX_set_ex_data(object, index, slots);
	}
}

static void **new_slots(const struct openssl *o, unsigned class, int index, void *object)
{
	void **slots = NULL;
	QUIET_BEGIN(o)
	slots = calloc(class_of[class].slots, sizeof *slots);
	if (slots && set_slots(o, class, index, object, slots) != 1) {
		free(slots);
		slots = NULL;
	}
	QUIET_END(o)
	return slots;
}

/* Of an object that threads share: the first of them makes the room for all. */
static void **room_at(const struct openssl *o, unsigned class, int index, void *object)
{
	static struct lock making;
	void **slots = slots_at(o, class, index, object);
	if (slots || !lock_enter(&making, NULL))
		return slots;
	slots = slots_at(o, class, index, object);
	if (!slots)
		slots = new_slots(o, class, index, object);
	lock_leave(&making);
	return slots;
}

bool kept_watch(struct copy *c, enum kept_name which, openssl_ex_dup *dup_fn,
		openssl_ex_free *free_fn)
{
	if (!has_room(copy_api(c), place_of[which].class))
		return false;
	atomic_store_explicit(&dup_of[which], dup_fn, memory_order_release);
	atomic_store_explicit(&free_of[which], free_fn, memory_order_release);
	return index_of(c, which) >= 0;
}

bool kept_set(struct copy *c, enum kept_name which, void *object, void *value)
{
	const struct openssl *o = copy_api(c);
	const unsigned class = place_of[which].class;
	const int index = object && has_room(o, class) ? index_of(c, which) : -1;
	if (index < 0)
		return false;
	/* NULL wants no room, and so no memory: a context is observed without any (tests/attacks/test_attacks_memory.py) */
	void **slots = value ? room_at(o, class, index, object) : slots_at(o, class, index, object);
	if (slots)
		slots[place_of[which].slot] = value;
	return slots || !value;
}

bool kept_exchange(struct copy *c, enum kept_name which, void *object, void **value)
{
	const struct openssl *o = copy_api(c);
	const unsigned class = place_of[which].class;
	const int index = has_room(o, class) ? index_of(c, which) : -1;
	void **slots = index < 0 ? NULL : room_at(o, class, index, object), *before;
	if (!slots)
		return false;
	before = slots[place_of[which].slot];
	slots[place_of[which].slot] = *value;
	*value = before;
	return true;
}

/* Asked for some fifty times in a handshake, most often of an SSL. */
void *kept_get(struct copy *c, enum kept_name which, const void *object)
{
	const unsigned class = place_of[which].class;
	const int index = atomic_load_explicit(&c->index[class], memory_order_acquire);
	if (!object || index < 0)
		return NULL;
	const struct openssl *o = copy_api(c);
	void **slots = class == KEPT_AT_SSL ? o->SSL_get_ex_data(object, index)
					    : slots_at(o, class, index, object);
	return slots ? slots[place_of[which].slot] : NULL;
}
