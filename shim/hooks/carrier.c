/* SPDX-License-Identifier: ISC
 *
 * Which of several sockets carries a connection (design.md#lost): the one that its SSL works on, or else the one that its ClientHello went out on.
 */
#include <tlsmend/record.h>

#include "carrier.h"
#include "connection.h"
#include "sent.h"

void carrier_begin(struct connection *n, int fd)
{
	atomic_store(&n->carrier.fd, fd + 1);
}

void carrier_hello(struct connection *n, const uint8_t *message, size_t size)
{
	struct carrier *c = &n->carrier;
	if (c->key || atomic_load(&c->fd) > 0 || n->datagram || !record_wanted(LEVEL_ERROR))
		return;
	c->key = sent_key(message, size);
	c->place = sent_expect(c->key) + 1;
}

static int seen(const struct carrier *c)
{
	return sent_on(c->place - 1, c->key);
}

void carrier_settled(struct connection *n)
{
	struct carrier *c = &n->carrier;
	if (!c->place)
		return;
	if (atomic_load(&c->fd) == 0)
		atomic_store(&c->fd, seen(c) + 1);
	sent_forget(c->place - 1, c->key);
	c->place = 0;
}

int carrier_of(const struct connection *n)
{
	const int known = atomic_load(&n->carrier.fd);
	return known > 0 ? known - 1 : seen(&n->carrier);
}

struct claimed {
	const struct connection *of;
	int fd;
	bool by_another;
};

static void ask(struct connection *n, void *arg)
{
	struct claimed *q = arg;
	if (n != q->of && n->process == q->of->process && !n->story.ended && carrier_of(n) == q->fd)
		q->by_another = true;
}

bool carrier_may_be(const struct connection *n, int fd)
{
	struct claimed q = {.of = n, .fd = fd};
	if (carrier_of(n) >= 0)
		return carrier_of(n) == fd;
	open_each(ask, &q);
	return !q.by_another;
}

bool carrier_has_rivals(const struct connection *n)
{
	return carrier_of(n) < 0 && sent_not_others(n->carrier.place - 1);
}
