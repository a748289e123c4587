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

static int index_of(struct copy *c, enum binding_index which)
{
	return loaded_can_be_kept(copy_api(c), which)
		   ? binding_index(c, which, binding_not_copied, object_free)
		   : -1;
}

void loaded_note(struct copy *c, enum binding_index which, void *object, enum loaded_kind kind,
		 const char *path, bool ok)
{
	const int index = object ? index_of(c, which) : -1;
	if (index >= 0)
		loaded_put(c, which, index, object, kind, path, ok);
}

bool loaded_watch(struct copy *c, enum binding_index which)
{
	return index_of(c, which) >= 0;
}
