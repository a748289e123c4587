/* SPDX-License-Identifier: ISC
 *
 * Did the client look at the names of a certificate by itself? curl does so after a handshake that OpenSSL found good. To an
 * address it sends no SNI, and whether the address is what it was asked for is not known: some resolve names by themselves. So
 * only one that read the names and then ended the connection without a word has found them wrong.
 */
#include <string.h>

#include "hooks.h"

enum { WATCHED = 16 };
static struct watched {
	uint8_t leaf[32];
	bool used, read;
} watched[WATCHED];
static unsigned next;
static atomic_bool any;
static struct lock lock;

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	if (stale)
		memset(watched, 0, sizeof watched);
	return true;
}

static struct watched *find(const uint8_t leaf[32])
{
	for (unsigned i = 0; i < WATCHED; i++)
		if (watched[i].used && memcmp(watched[i].leaf, leaf, sizeof watched[i].leaf) == 0)
			return &watched[i];
	return NULL;
}

bool names_watch(const uint8_t leaf[32])
{
	if (!enter())
		return false;
	struct watched *w = find(leaf);
	const bool unread = w && !w->read;
	if (!w)
		w = &watched[next++ % WATCHED];
	memcpy(w->leaf, leaf, sizeof w->leaf);
	w->used = true;
	w->read = false;
	lock_leave(&lock);
	atomic_store(&any, true);
	return !unread;
}

bool names_watched(void)
{
	return atomic_load_explicit(&any, memory_order_relaxed);
}

void names_note_read(const uint8_t leaf[32])
{
	if (!enter())
		return;
	struct watched *w = find(leaf);
	if (w)
		w->read = true;
	lock_leave(&lock);
}

bool names_were_read(const uint8_t leaf[32])
{
	if (!enter())
		return false;
	const struct watched *w = find(leaf);
	const bool read = w && w->read;
	lock_leave(&lock);
	return read;
}
