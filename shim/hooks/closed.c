/* SPDX-License-Identifier: ISC
 *
 * The last facts of a socket (design.md#lost). Clients that read their sockets by themselves (asyncio, Qt, serf) meet a reset there, close the descriptor, and
 * only then let go of the SSL; nothing of it reaches OpenSSL. So while a handshake is under way, or a server is to decide about the
 * client's certificate, it is written down here how the sockets looked that are closed. Which of them was the connection's shows when that ends.
 * Some shut a connection down first (asio): from then on the kernel does not tell who had ended it.
 *
 * close(2) is called by signal handlers, by children of vfork(2), and before anything of us was initialised. So there is no lock in here, no
 * memory, and no call but to the kernel; where no connection waits for it, it is a jump.
 */
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <tlsmend/system.h>

#include "closed.h"
#include "connection.h"
#include "jump.h"
#include "tally.h"

/* Whoever finds a place taken by another, or by what it interrupted, leaves it alone. */
enum { PLACES = 256, PLACE_FREE = 0, PLACE_IN_USE, PLACE_FULL };
static struct place {
	atomic_uint state;
	uint32_t number;
	struct closed_socket socket;
} places[PLACES];
static _Atomic uint32_t next = 1; /* number of the next one */
static tally watching;
static atomic_int watcher; /* process */

static bool enter(struct place *p, unsigned from)
{
	return atomic_compare_exchange_strong(&p->state, &from, PLACE_IN_USE);
}

static void leave(struct place *p, unsigned state)
{
	atomic_store_explicit(&p->state, state, memory_order_release);
}

/* ---- the client closes ------------------------------------------------------------------------------------------ */

static void write_down(int fd, const struct socket_facts *f, bool shut)
{
	const uint32_t number = atomic_fetch_add(&next, 1);
	struct place *p = &places[number % PLACES];
	if (!enter(p, PLACE_FREE) && !enter(p, PLACE_FULL))
		return;
	p->number = number;
	p->socket =
	    (struct closed_socket){.facts = *f, .ms = clock_monotonic_ms(), .fd = fd, .shut = shut};
	leave(p, PLACE_FULL);
}

/* What is known of it from before it was shut down tells more than what is left to be seen. */
static bool was_shut(int fd, bool still_open)
{
	bool was = false;
	for (unsigned i = 0; i < PLACES; i++) {
		struct place *p = &places[i];
		if (!enter(p, PLACE_FULL))
			continue;
		was = was || (p->socket.shut && p->socket.fd == fd);
		p->socket.shut = p->socket.shut && (still_open || p->socket.fd != fd);
		leave(p, PLACE_FULL);
	}
	return was;
}

/* What a child closes is still open in its parent, and a child of vfork(2) has the parent's memory. */
static void look(int fd, bool shuts)
{
	struct socket_facts f;
	bool reset = false;
	KEEP_ERRNO_BEGIN
	if (!sandbox_entered() && sys_getpid() == atomic_load(&watcher) && socket_look(fd, &f) &&
	    f.sent > 0 && !was_shut(fd, shuts) &&
	    (!shuts || socket_ended_by_peer(&f, INT_MAX, &reset))) {
		socket_peer(fd, &f.peer);
		write_down(fd, &f, shuts);
	}
	KEEP_ERRNO_END
}

void closed_is_next(int fd)
{
	if (tally_any(&watching))
		look(fd, false);
}

static int close_itself(int fd)
{
	return (int)sys_answer(sys_close(fd));
}

static int shutdown_itself(int fd, int how)
{
	return (int)sys_answer(sys_call(SYS_shutdown, fd, how, 0, 0, 0, 0));
}

JUMP_OF(close);
JUMP_OF(shutdown);

static bool is_watched(void)
{
	return tally_any(&watching);
}

any_fn *closed_asked_close(uintptr_t fd, uintptr_t unused)
{
	any_fn *const behind = jump_next(&jump_close, (any_fn *)close_itself);
	(void)unused;
	if (is_watched())
		look((int)fd, false);
	else
		jump_turn(&jump_close, is_watched, close_asks);
	return behind;
}

any_fn *closed_asked_shutdown(uintptr_t fd, uintptr_t how)
{
	any_fn *const behind = jump_next(&jump_shutdown, (any_fn *)shutdown_itself);
	if (!is_watched())
		jump_turn(&jump_shutdown, is_watched, shutdown_asks);
	else if ((int)how != SHUT_RD)
		look((int)fd, true);
	return behind;
}

/* ---- a connection asks ------------------------------------------------------------------------------------------- */

void closed_watch(struct connection *n, int fd)
{
	if (n->closing.watched == process_generation() || sandbox_entered())
		return;
	n->closing.since = atomic_load(&next);
	n->closing.fd = fd;
	atomic_store(&watcher, sys_getpid());
	tally_set(&watching, &n->closing.watched, true);
	jump_turn(&jump_close, is_watched, close_asks);
	jump_turn(&jump_shutdown, is_watched, shutdown_asks);
}

/* The next close(2) is the last to ask. */
void closed_unwatch(struct connection *n)
{
	tally_set(&watching, &n->closing.watched, false);
}

bool closed_next(uint32_t *number, struct closed_socket *s)
{
	const uint32_t end = atomic_load(&next);
	bool found = false;
	if (end - *number > PLACES)
		*number = end - PLACES;
	while (!found && *number != end) {
		struct place *p = &places[*number % PLACES];
		if (enter(p, PLACE_FULL)) {
			found = p->number == *number;
			*s = p->socket;
			leave(p, PLACE_FULL);
		}
		++*number;
	}
	return found;
}

void closed_take(uint32_t number)
{
	struct place *p = &places[number % PLACES];
	if (enter(p, PLACE_FULL))
		leave(p, p->number == number ? PLACE_FREE : PLACE_FULL);
}
