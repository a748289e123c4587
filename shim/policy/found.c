/* SPDX-License-Identifier: ISC
 *
 * Trials cost as much as the verification itself, and copies of the certificates for them several times that (OpenSSL 3 decodes the
 * key of each). A client asks the same hosts again and again, so what they found is remembered for a minute.
 *
 * It only says what is put on offer: OpenSSL verifies each chain with the client's own parameters, callback and clock, whatever is
 * remembered, and has the last word. What is remembered and does not hold is forgotten.
 */
#include "found.h"

#include <string.h>

enum { KEPT = 64, KEPT_MS = 60000, FLAG_USE_CHECK_TIME = 0x2 };

static struct {
	struct question question;
	enum found what;
	uint64_t since_ms;
	uint64_t unmarked_until_ms; /* no longer than rules and their files count unseen */
} kept[KEPT];
static struct lock lock;

static _Atomic uint64_t clean[KEPT];

/* ---- the question ------------------------------------------------------------------------------------------------- */

/* Threads share a store, and OpenSSL changes what hangs on it without a lock. */
static uint64_t number_under_lock(struct copy *c, X509_STORE *store)
{
	static uintptr_t latest;
	const uintptr_t number = (uintptr_t)kept_get(c, KEPT_STORE_NUMBER, store);
	if (number)
		return number;
	return kept_set(c, KEPT_STORE_NUMBER, store, (void *)(latest + 1)) ? ++latest : 0;
}

/* An address may be that of another store by now: each has a number of its own, from 1. 0: it cannot be told. */
static uint64_t number_of(struct copy *c, X509_STORE *store)
{
	static struct lock numbering;
	if (!lock_enter(&numbering, NULL))
		return 0;
	const uint64_t number = number_under_lock(c, store);
	lock_leave(&numbering);
	return number;
}

static uint64_t mix_text(uint64_t h, const char *text)
{
	return text ? hash_bytes(h, text, strlen(text) + 1) : h * 31;
}

/* Not the address: OpenSSL puts an error into its queue where there is none, and a leaf that is not for it is for it under no other trust. */
static uint64_t hash_parameters(const struct openssl *o, X509_VERIFY_PARAM *param)
{
	const unsigned long flags = o->X509_VERIFY_PARAM_get_flags(param);
	const int64_t numbers[] = {
	    (int64_t)flags,
	    flags & FLAG_USE_CHECK_TIME && later(o)->X509_VERIFY_PARAM_get_time
		? later(o)->X509_VERIFY_PARAM_get_time(param)
		: 0,
	    later(o)->X509_VERIFY_PARAM_get_auth_level
		? later(o)->X509_VERIFY_PARAM_get_auth_level(param)
		: 0,
	    later(o)->X509_VERIFY_PARAM_get_depth ? later(o)->X509_VERIFY_PARAM_get_depth(param)
						  : 0,
	};
	const uint64_t h = hash_bytes(HASH_SEED, numbers, sizeof numbers);
	return o->X509_VERIFY_PARAM_get0_host
		   ? mix_text(h, o->X509_VERIFY_PARAM_get0_host(param, 0))
		   : h;
}

void question_of(struct question *q, struct copy *c, X509_STORE_CTX *ctx,
		 const struct anchors *anchors, uint64_t presented)
{
	const struct openssl *o = copy_api(c);
	X509_STORE *store =
	    later(o)->X509_STORE_CTX_get0_store ? later(o)->X509_STORE_CTX_get0_store(ctx) : NULL;
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	memset(q, 0, sizeof *q);
	if (!presented || !store || !param || !later(o)->X509_STORE_get0_objects ||
	    !trust_store_is_plain(o, store) || !(q->store = number_of(c, store)))
		return;
	q->copy = c;
	q->anchors = anchors->content;
	q->objects = o->OPENSSL_sk_num(later(o)->X509_STORE_get0_objects(store));
	q->parameters = hash_parameters(o, param);
	q->presented = presented;
}

/* ---- the answers -------------------------------------------------------------------------------------------------- */

static bool enter(void)
{
	return lock_enter_table(&lock, kept, sizeof kept);
}

static unsigned place_of(const struct question *q)
{
	return (unsigned)((q->presented ^ q->store * 31 ^ q->parameters) % KEPT);
}

static bool is_same(const struct question *a, const struct question *b)
{
	return a->presented == b->presented && a->anchors == b->anchors && a->store == b->store &&
	       a->parameters == b->parameters && a->copy == b->copy && a->objects == b->objects;
}

enum found found_before(const struct question *q, uint64_t now, bool *unmarked)
{
	const unsigned i = place_of(q);
	enum found what = FOUND_NOTHING;
	*unmarked = false;
	if (!q->presented || !enter())
		return FOUND_NOTHING;
	if (is_same(&kept[i].question, q) && now - kept[i].since_ms < KEPT_MS) {
		what = kept[i].what;
		*unmarked = now < kept[i].unmarked_until_ms;
	}
	lock_leave(&lock);
	return what;
}

void found_unmarked(const struct question *q)
{
	const unsigned i = place_of(q);
	if (!q->presented || !enter())
		return;
	if (is_same(&kept[i].question, q))
		kept[i].unmarked_until_ms = clock_monotonic_ms() + RELOAD_INTERVAL_MS;
	lock_leave(&lock);
}

void found_now(const struct question *q, enum found what)
{
	const unsigned i = place_of(q);
	if (!q->presented || !enter())
		return;
	if (what != FOUND_NOTHING || is_same(&kept[i].question, q)) {
		kept[i].question = *q;
		kept[i].what = what;
		kept[i].since_ms = clock_monotonic_ms();
		kept[i].unmarked_until_ms = 0;
	}
	lock_leave(&lock);
}

bool parses(uint64_t presented)
{
	return presented && atomic_load(&clean[presented % KEPT]) == presented;
}

void note_that_it_parses(uint64_t presented)
{
	if (presented)
		atomic_store(&clean[presented % KEPT], presented);
}
