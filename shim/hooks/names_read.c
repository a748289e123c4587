/* SPDX-License-Identifier: ISC
 *
 * Did the client look at the names of a certificate by itself, and what did it find? curl reads them after a handshake that OpenSSL found
 * good; nginx, MariaDB and others have OpenSSL compare them then (X509_check_host() and the like).
 */
#include <string.h>

#include "names.h"

#include <bsd/string.h>

enum { WATCHED = 16 };
static struct watched {
	uint8_t leaf[32];
	const X509 *object;
	const X509_NAME *subject; /* only compared with */
	bool used, taken, common;
	enum names_looked looked;
	char asked[256]; /* where OpenSSL compared: the last name or address that it did not find */
} watched[WATCHED];
static unsigned next;
static atomic_bool any;
static struct lock lock;

static bool enter(void)
{
	return lock_enter_table(&lock, watched, sizeof watched);
}

static struct watched *find(const uint8_t leaf[32])
{
	for (unsigned i = 0; i < WATCHED; i++)
		if (watched[i].used && memcmp(watched[i].leaf, leaf, sizeof watched[i].leaf) == 0)
			return &watched[i];
	return NULL;
}

bool names_watch(const uint8_t leaf[32], const X509 *object, const X509_NAME *subject)
{
	if (!enter())
		return false;
	struct watched *w = find(leaf);
	const bool unread = w && w->looked == NAMES_UNREAD;
	if (!w)
		w = &watched[next++ % WATCHED];
	memcpy(w->leaf, leaf, sizeof w->leaf);
	w->object = object;
	w->used = true;
	w->subject = subject;
	w->taken = w->common = false;
	w->looked = NAMES_UNREAD;
	w->asked[0] = '\0';
	lock_leave(&lock);
	atomic_store(&any, true);
	return !unread;
}

bool names_object(const X509 *object, uint8_t leaf[32])
{
	const struct watched *found = NULL;
	if (!enter())
		return false;
	for (unsigned i = 0; i < WATCHED && !found; i++)
		if (watched[i].used && watched[i].object == object)
			found = &watched[i];
	if (found)
		memcpy(leaf, found->leaf, sizeof found->leaf);
	lock_leave(&lock);
	return found;
}

bool names_watched(void)
{
	return atomic_load_explicit(&any, memory_order_relaxed);
}

/* A client may try several names: one that fits is enough. */
void names_note(const uint8_t leaf[32], enum names_looked how, const char *asked)
{
	if (!enter())
		return;
	struct watched *w = find(leaf);
	if (w && how > w->looked)
		w->looked = how;
	if (w && asked)
		strlcpy(w->asked, asked, sizeof w->asked);
	lock_leave(&lock);
}

enum names_looked names_looked_at(const uint8_t leaf[32], char asked[256])
{
	enum names_looked looked = NAMES_UNREAD;
	if (!enter())
		return looked;
	const struct watched *w = find(leaf);
	if (w)
		looked = w->looked;
	if (asked)
		strlcpy(asked, w ? w->asked : "", 256);
	lock_leave(&lock);
	return looked;
}

void names_note_taken(const uint8_t leaf[32])
{
	if (!enter())
		return;
	struct watched *w = find(leaf);
	if (w)
		w->taken = true;
	lock_leave(&lock);
}

bool names_taken(const uint8_t leaf[32])
{
	if (!names_watched() || !enter())
		return false;
	const struct watched *w = find(leaf);
	const bool taken = w && w->taken;
	lock_leave(&lock);
	return taken;
}

void names_note_common(const X509_NAME *subject)
{
	if (!enter())
		return;
	for (unsigned i = 0; i < WATCHED; i++)
		if (watched[i].used && watched[i].subject == subject)
			watched[i].common = true;
	lock_leave(&lock);
}

bool names_common(const uint8_t leaf[32])
{
	if (!names_watched() || !enter())
		return false;
	const struct watched *w = find(leaf);
	const bool common = w && w->common;
	lock_leave(&lock);
	return common;
}
