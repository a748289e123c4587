/* SPDX-License-Identifier: ISC
 *
 * The client connections whose story is not over. Whoever frees one waits while the list is looked through.
 */
#include <string.h>

#include <bsd/sys/queue.h>

#include "connection.h"

static LIST_HEAD(, connection) open_ones;
static unsigned
    list_number; /* another one where the list was begun anew: who was in the old one is in none */
static struct lock lock;
static _Atomic uint32_t walker; /* thread that looks through them; 0: none */
static atomic_bool told_of_end[COPIES_MAX];

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) { /* a fork in the middle of a change */
		LIST_INIT(&open_ones);
		list_number++;
		atomic_store(&walker, 0);
	}
	return true;
}

/* Once for each copy. */
static void ask_to_be_told(struct copy *c)
{
	const struct openssl *o = copy_api(c);
	if (!o->OPENSSL_atexit || atomic_exchange(&told_of_end[c->slot], true))
		return;
	QUIET_BEGIN(o)
	o->OPENSSL_atexit(observer_end(c));
	QUIET_END(o)
}

void open_note(struct connection *n, SSL *ssl)
{
	ask_to_be_told(n->copy);
	n->process = process_generation();
	n->ssl = ssl;
	if (!enter())
		return;
	if (!n->open.listed || n->open.list != list_number)
		LIST_INSERT_HEAD(&open_ones, n, open.entry);
	n->open.listed = true;
	n->open.list = list_number;
	lock_leave(&lock);
}

bool open_forget(struct connection *n)
{
	if (!n->open.listed)
		return true;
	if (!enter())
		return false;
	if (n->open.list == list_number)
		LIST_REMOVE(n, open.entry);
	n->open.listed = false;
	lock_leave(&lock);
	return true;
}

bool open_any(void)
{
	return __atomic_load_n(&LIST_FIRST(&open_ones), __ATOMIC_ACQUIRE) != NULL;
}

void open_each(void (*visit)(struct connection *n, void *arg), void *arg)
{
	struct connection *n;
	const uint32_t thread = thread_number();
	/* one that is visited may ask about the others */
	const bool within = atomic_load(&walker) == thread;
	if (!within && !enter())
		return;
	atomic_store(&walker, thread);
	LIST_FOREACH(n, &open_ones, open.entry)
	visit(n, arg);
	if (within)
		return;
	atomic_store(&walker, 0);
	lock_leave(&lock);
}
