/* SPDX-License-Identifier: ISC
 *
 * What was loaded at the start: it stays for ever, and each of its tables is read once where much is bound. No lock, and nothing that could
 * go away.
 */
#include "internal.h"

#include <stdlib.h>

void *loader_look_into(const struct lookup *q, const struct symbols *t)
{
	/* musl knows no versions */
	void *p = loader_is_musl() ? loader_symbol_named(t, &q->name)
				   : loader_symbol_for(t, &q->name, q->version);
	return p && q->companion && !loader_symbol_of(t, q->companion) ? NULL : p;
}

/* In load order. Nearly all objects are only asked whether they define a name, and do not: the rest of an object's tables is read when it
 * does. */
enum { UNREAD, BEING_READ, READ };
struct table {
	const struct link_map *map;
	struct gnu_hash hash;
	atomic_uchar state;
	struct symbols symbols;
};
struct program {
	size_t count;
	struct table at[];
};
static struct program *_Atomic program;

static struct program *prepare(void)
{
	const struct link_map *last = loader_last_at_start(), *l = loader_first();
	struct program *before = NULL, *p = NULL;
	size_t count = 1;
	for (; l && l != last; l = l->l_next)
		count++;
	if (l)
		p = malloc(sizeof *p + count * sizeof p->at[0]);
	if (!p)
		return NULL;
	p->count = count;
	l = loader_first();
	for (struct table *t = p->at; t < p->at + count; t++, l = l->l_next) {
		t->map = l;
		t->hash = loader_gnu_hash(l);
		atomic_init(&t->state, UNREAD);
	}
	if (atomic_compare_exchange_strong(&program, &before, p))
		return p;
	free(p); /* another thread was faster */
	return before;
}

/* NULL: no memory. */
static struct program *known(void)
{
	struct program *p = atomic_load_explicit(&program, memory_order_acquire);
	return p ? p : prepare();
}

/* Read into `room` where another thread is about to keep it. */
static const struct symbols *table_of(struct table *t, struct symbols *room)
{
	unsigned char unread = UNREAD;
	if (atomic_load_explicit(&t->state, memory_order_acquire) == READ)
		return &t->symbols;
	const struct symbols *libc = loader_libc_known(t->map);
	if (libc)
		*room = *libc;
	else if (!loader_symbols(t->map, room))
		*room = (struct symbols){.base = 0};
	if (atomic_compare_exchange_strong(&t->state, &unread, BEING_READ)) {
		t->symbols = *room;
		atomic_store_explicit(&t->state, READ, memory_order_release);
	}
	return room;
}

const struct symbols *loader_symbols_kept(const struct link_map *l, struct symbols *room)
{
	struct program *p = known();
	for (size_t i = 0; p && i < p->count; i++)
		if (p->at[i].map == l) {
			const struct symbols *t = table_of(&p->at[i], room);
			return t->symbols && t->strings ? t : NULL;
		}
	return loader_symbols(l, room) ? room : NULL;
}

/* Without memory, or where only a few names are looked for. */
static void *in_list(const struct lookup *q, bool behind)
{
	const struct link_map *last = loader_last_at_start(), *own = loader_own();
	struct symbols t;
	void *p = NULL;
	for (const struct link_map *l = loader_first(); l && !p; l = l == last ? NULL : l->l_next) {
		const struct gnu_hash hash = loader_gnu_hash(l);
		if (l == own)
			behind = true;
		else if (behind && loader_may_define(&hash, &q->name) && loader_symbols(l, &t))
			p = loader_look_into(q, &t);
	}
	return p;
}

void *loader_in_program(const struct lookup *q, bool next)
{
	struct program *in = atomic_load_explicit(&program, memory_order_acquire);
	const struct link_map *own = loader_own();
	struct symbols room;
	bool behind = !next || !own;
	void *p = NULL;
	if (!in)
		return in_list(q, behind);
	for (size_t i = 0; i < in->count && !p; i++) {
		struct table *t = &in->at[i];
		if (t->map == own)
			behind = true;
		else if (behind && loader_may_define(&t->hash, &q->name))
			p = loader_look_into(q, table_of(t, &room));
	}
	return p;
}

bool loader_was_there_at_start(const struct link_map *l)
{
	const struct link_map *last = loader_last_at_start(), *at = loader_first();
	while (at && at != l && at != last)
		at = at->l_next;
	return at && at == l;
}

bool loader_is_as_at_start(void)
{
	const struct link_map *last = loader_last_at_start();
	return last && !loader_after(last);
}

void *loader_sole(const struct symbol_name *n, size_t *size)
{
	struct program *in = loader_is_as_at_start() ? known() : NULL;
	const struct link_map *own = loader_own();
	struct symbols room;
	void *sole = NULL;
	size_t bytes;
	bool several;
	if (!in)
		return NULL;
	const struct symbol_name name = *n; /* which no call can change */
	for (struct table *t = in->at, *end = t + in->count; t < end; t++) {
		if (!loader_may_define(&t->hash, &name) || t->map == own)
			continue;
		void *p = loader_symbol_only(table_of(t, &room), n, &several, &bytes);
		if (several || (p && sole))
			return NULL;
		if (p) {
			sole = p;
			*size = bytes;
		}
	}
	return sole;
}
