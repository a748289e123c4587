/* SPDX-License-Identifier: ISC
 *
 * Many programs end without SSL_free(): when the process ends, so do all of its stories.
 *
 * OpenSSL tells when it goes (OPENSSL_atexit(), called out of exit(3), before anything of it is gone); a program that keeps it from doing so
 * still has all of it when our own destructor runs. Other threads may be in the middle of a read then: what is theirs is not touched, and
 * only what was kept of it is told.
 */
#include "connection.h"
#include "story.h"

static atomic_bool gone[COPIES_MAX];

static bool count_up(void *arg, const char *name)
{
	unsigned *count = arg;
	*count += *name != '.';
	return *count < 2;
}

bool open_is_alone(void)
{
	unsigned threads = 0;
	return !sandbox_entered() && file_list("/proc/self/task", count_up, &threads) == 0 &&
	       threads == 1;
}

void open_end(struct connection *n, SSL *ssl, int how)
{
	struct copy *outer = binding_current;
	binding_current = n->copy;
	if (ssl)
		connection_end(n, ssl, how);
	else
		story_ends(n, NULL, how);
	binding_current = outer;
}

struct ending {
	const struct copy *copy; /* NULL: all but those that are gone */
	bool looked, alone;
};

static void end(struct connection *n, void *arg)
{
	struct ending *e = arg;
	if (n->process != process_generation() || n->story.ended ||
	    (e->copy ? n->copy != e->copy : atomic_load(&gone[n->copy->slot])))
		return;
	const bool own = n->thread == thread_number();
	if (!own && !e->looked) {
		e->alone = open_is_alone();
		e->looked = true;
	}
	open_end(n, own || e->alone ? n->ssl : NULL, END_PROCESS);
}

static void end_all(const struct copy *c)
{
	struct ending e = {.copy = c};
	open_each(end, &e);
}

void observe_end(struct copy *c)
{
	KEEP_ERRNO_BEGIN
	/* OpenSSL refuses already what it has not set up yet, and other threads are in the middle of their handshakes (librdkafka's) */
	atomic_store(&gone[c->slot], true);
	end_all(c);
	KEEP_ERRNO_END
}

bool observe_ended(const struct copy *c)
{
	return atomic_load(&gone[c->slot]);
}

/* Most processes have none, and end without a lock. */
__attribute__((destructor)) static void at_exit(void)
{
	if (!open_any())
		return;
	KEEP_ERRNO_BEGIN
	end_all(NULL);
	KEEP_ERRNO_END
}
