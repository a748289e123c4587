/* SPDX-License-Identifier: ISC
 *
 * SSL_CTXs that are being configured, and by which thread: what that reads from files meanwhile may be for them (load_read.c).
 */

#include "loaded.h"

enum { CONFIGURING = 8 };

static struct configuring {
	_Atomic(const void *) ctx; /* NULL: free */
	struct copy *copy;
	uint32_t thread;
} configuring[CONFIGURING];
static unsigned next_configuring;
static struct lock lock;

static bool enter(void)
{
	return lock_enter_table(&lock, configuring, sizeof configuring);
}

void load_context_made(struct copy *c, SSL_CTX *ctx)
{
	if (!enter())
		return;
	const uint32_t thread = thread_number();
	struct configuring *slot = NULL;
	for (unsigned i = 0; i < CONFIGURING; i++)
		if (atomic_load(&configuring[i].ctx) && configuring[i].thread == thread)
			slot = &configuring[i];
	for (unsigned i = 0; i < CONFIGURING && !slot; i++)
		if (!atomic_load(&configuring[i].ctx))
			slot = &configuring[i];
	if (!slot)
		slot = &configuring[next_configuring++ % CONFIGURING];
	slot->thread = thread;
	slot->copy = c;
	atomic_store(&slot->ctx, ctx);
	lock_leave(&lock);
}

void load_context_settled(const void *ctx)
{
	bool there = false;
	for (unsigned i = 0; i < CONFIGURING; i++)
		there =
		    there || atomic_load_explicit(&configuring[i].ctx, memory_order_relaxed) == ctx;
	if (!ctx || !there || !enter())
		return;
	for (unsigned i = 0; i < CONFIGURING; i++)
		if (atomic_load(&configuring[i].ctx) == ctx)
			atomic_store(&configuring[i].ctx, NULL);
	lock_leave(&lock);
}

const void *load_context_of_thread(const struct copy *c)
{
	const uint32_t thread = thread_number();
	const void *ctx = NULL;
	if (!enter())
		return NULL;
	for (unsigned i = 0; i < CONFIGURING; i++)
		if (configuring[i].thread == thread && configuring[i].copy == c &&
		    atomic_load(&configuring[i].ctx))
			ctx = atomic_load(&configuring[i].ctx);
	lock_leave(&lock);
	return ctx;
}
