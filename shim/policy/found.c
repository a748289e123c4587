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

enum { KEPT = 64, KEPT_MS = 60000, FLAG_USE_CHECK_TIME = 0x2, HOST_SIZE = 256 };

static struct {
	struct question question;
	enum found what;
	uint64_t since_ms;
	uint64_t unmarked_until_ms; /* no longer than rules and their files count unseen */
	char host[HOST_SIZE];
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
	uint64_t h = HASH_SEED;
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		h = (h ^ (uint64_t)numbers[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return o->X509_VERIFY_PARAM_get0_host
		   ? mix_text(h, o->X509_VERIFY_PARAM_get0_host(param, 0))
		   : h;
}

void question_of(struct question *q, struct copy *c, X509_STORE_CTX *ctx,
		 const struct anchors *anchors, uint64_t presented, const char *host)
{
	const struct openssl *o = copy_api(c);
	X509_STORE *store =
	    later(o)->X509_STORE_CTX_get0_store ? later(o)->X509_STORE_CTX_get0_store(ctx) : NULL;
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	memset(q, 0, sizeof *q);
	const size_t size = host ? strlen(host) + 1 : 0;
	if (!presented || !host || size > HOST_SIZE || !store || !param ||
	    !later(o)->X509_STORE_get0_objects || !trust_store_is_plain(o, store) ||
	    !(q->store = number_of(c, store)))
		return;
	q->copy = c;
	q->anchors = anchors->content;
	q->objects = o->OPENSSL_sk_num(later(o)->X509_STORE_get0_objects(store));
	q->parameters = hash_parameters(o, param);
	q->presented = presented;
	q->host = host;
	q->host_size = size;
}

/* ---- the answers -------------------------------------------------------------------------------------------------- */

static bool enter(void)
{
	return lock_enter_table(&lock, kept, sizeof kept);
}

static unsigned place_of(const struct question *q)
{
	return (unsigned)(hash_bytes(q->presented ^ q->store * 31 ^ q->parameters, q->host,
				     q->host_size) %
			  KEPT);
}

/* Is it about that question that the place knows? */
static bool is_about(unsigned place, const struct question *b)
{
	const struct question *const a = &kept[place].question;
	return a->presented == b->presented && a->anchors == b->anchors && a->store == b->store &&
	       a->parameters == b->parameters && a->copy == b->copy && a->objects == b->objects &&
	       a->host_size == b->host_size && memcmp(kept[place].host, b->host, b->host_size) == 0;
}

enum found found_before(const struct question *q, uint64_t now, bool *unmarked)
{
	enum found what = FOUND_NOTHING;
	*unmarked = false;
	if (!q->presented || !enter())
		return FOUND_NOTHING;
	const unsigned i = place_of(q);
	if (is_about(i, q) && now - kept[i].since_ms < KEPT_MS) {
		what = kept[i].what;
		*unmarked = now < kept[i].unmarked_until_ms;
	}
	lock_leave(&lock);
	return what;
}

void found_unmarked(const struct question *q)
{
	if (!q->presented || !enter())
		return;
	const unsigned i = place_of(q);
	if (is_about(i, q))
		kept[i].unmarked_until_ms = clock_monotonic_ms() + RELOAD_INTERVAL_MS;
	lock_leave(&lock);
}

void found_now(const struct question *q, enum found what)
{
	if (!q->presented || !enter())
		return;
	const unsigned i = place_of(q);
	if (what != FOUND_NOTHING || is_about(i, q)) {
		kept[i].question = *q;
		kept[i].question.host = NULL;
		memcpy(kept[i].host, q->host, q->host_size);
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
