/* SPDX-License-Identifier: ISC
 *
 * An object that files are loaded into (trust store, SSL_CTX, SSL): what it got is noted at it, and when it goes, what it did not get is
 * reported.
 */
#include "load.h"
#include "loaded.h"

static void object_gone(const void *object)
{
	load_context_settled(object);
	failed_settle(object, ROLE_ALL, true);
}

/* ex_data: the object goes. */
static void object_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	KEEP_ERRNO_BEGIN
	loaded_free(ptr);
	object_gone(parent);
	KEEP_ERRNO_END
}

bool loaded_watch(struct copy *c, enum kept_name which)
{
	return kept_watch(c, which, kept_not_copied, object_free);
}

void loaded_note(const struct loaded_into *at, enum loaded_kind kind, const char *path, bool ok)
{
	if (at->object && loaded_watch(at->copy, at->list))
		loaded_put(at, kind, path, ok);
}
