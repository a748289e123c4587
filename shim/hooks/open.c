/* SPDX-License-Identifier: ISC
 *
 * The client connections whose story is not over. Many programs end without SSL_free(): when the process ends, so do all of its stories.
 *
 * OpenSSL tells when it goes (OPENSSL_atexit(), called out of exit(3), before anything of it is gone); a program that keeps it from doing so
 * still has all of it when our own destructor runs. Other threads may be in the middle of a read then: what is theirs is not touched, and
 * only what was kept of it is told. Memory is held, since whoever frees an SSL waits for this list.
 */
#include <string.h>

#include <bsd/sys/queue.h>

#include "connection.h"
#include "story.h"

static LIST_HEAD(, connection) open_ones;
static unsigned
    list_number; /* another one where the list was begun anew: who was in the old one is in none */
static struct lock lock;
static atomic_bool told_of_end[COPIES_MAX], gone[COPIES_MAX];

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale) { /* a fork in the middle of a change */
		LIST_INIT(&open_ones);
		list_number++;
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
	if (!n->listed || n->list_number != list_number)
		LIST_INSERT_HEAD(&open_ones, n, open);
	n->listed = true;
	n->list_number = list_number;
	lock_leave(&lock);
}

bool open_forget(struct connection *n)
{
	if (!n->listed)
		return true;
	if (!enter())
		return false;
	if (n->list_number == list_number)
		LIST_REMOVE(n, open);
	n->listed = false;
	lock_leave(&lock);
	return true;
}

/* ---- the end ----------------------------------------------------------------------------------------------------------- */

static bool count_up(void *arg, const char *name)
{
	unsigned *count = arg;
	*count += *name != '.';
	return *count < 2;
}

/* Is nobody else there who might use an SSL at this moment? */
static bool is_alone(void)
{
	unsigned threads = 0;
	return !sandbox_entered() && file_list("/proc/self/task", count_up, &threads) == 0 &&
	       threads == 1;
}

static void end(struct connection *n, bool alone)
{
	if (alone || n->thread == thread_number())
		connection_end(n, n->ssl, END_PROCESS);
	else
		story_ends(n, NULL, END_PROCESS);
}

/* c NULL: all copies but those that are gone. */
static void end_all(const struct copy *c)
{
	struct connection *n;
	if (!enter())
		return;
	bool alone = false, looked = false;
	LIST_FOREACH(n, &open_ones, open)
	{
		if (n->process != process_generation() || n->story.ended ||
		    (c ? n->copy != c : atomic_load(&gone[n->copy->slot])))
			continue;
		if (!looked && n->thread != thread_number())
			alone = is_alone();
		looked = looked || n->thread != thread_number();
		struct copy *outer = binding_current;
		binding_current = n->copy;
		end(n, alone);
		binding_current = outer;
	}
	lock_leave(&lock);
}

void observe_end(struct copy *c)
{
	KEEP_ERRNO_BEGIN
	end_all(c);
	atomic_store(&gone[c->slot], true);
	KEEP_ERRNO_END
}

/* Most processes have none, and end without a lock. */
__attribute__((destructor)) static void at_exit(void)
{
	if (!__atomic_load_n(&LIST_FIRST(&open_ones), __ATOMIC_ACQUIRE))
		return;
	KEEP_ERRNO_BEGIN
	end_all(NULL);
	KEEP_ERRNO_END
}
