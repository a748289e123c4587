/* SPDX-License-Identifier: ISC
 *
 * The machine's own trust store, for clients that never loaded one because they did not mean to verify: the default file and directory of
 * their copy of OpenSSL, which SSL_CERT_FILE and SSL_CERT_DIR replace as they do for OpenSSL, or where distributions keep their bundle. In a store of ours, made once for each copy and version of the file;
 * nothing of the client's gains by it.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { FILE_MAX_BYTES = 16 * 1024 * 1024, LOOKUP_ADD_DIRECTORY = 2, TYPE_PEM = 1 };

static struct lock lock;
static struct {
	struct system_store *store; /* one reference */
	uint64_t next_look_ms;
} known[COPIES_MAX];

void system_store_release(struct system_store *s)
{
	if (!s || atomic_fetch_sub(&s->references, 1) != 1)
		return;
	const struct openssl *o = copy_api(s->copy);
	if (s->store)
		later(o)->X509_STORE_free(s->store);
	free(s);
}

/* The first of them that is there. */
static const char *find_file(const struct openssl *o, struct file_id *id)
{
	const char *const files[] = {
	    later(o)->X509_get_default_cert_file ? later(o)->X509_get_default_cert_file() : NULL,
#define BUNDLE(path) path,
#include "bundles.def"
#undef BUNDLE
	};
	const char *given = environment_get()->cert_file;
	if (given)
		return file_identify(given, id) == 0 && id->size > 0 ? given : NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		if (files[i] && file_identify(files[i], id) == 0 && id->size > 0)
			return files[i];
	memset(id, 0, sizeof *id);
	return NULL;
}

static void add_file(struct system_store *s, const struct openssl *o, const char *path)
{
	struct buf text;
	X509 *x;
	buf_init(&text, 0);
	int error = file_read(path, FILE_MAX_BYTES, &text, &s->id, NULL, NULL);
	BIO *bio = error || !text.len ? NULL : o->BIO_new_mem_buf(text.data, (int)text.len);
	while (bio && (x = o->PEM_read_bio_X509(bio, NULL, openssl_no_passphrase, NULL)) != NULL) {
		if (later(o)->X509_STORE_add_cert(s->store, x) == 1)
			s->file = path;
		o->X509_free(x);
	}
	if (bio)
		o->BIO_free(bio);
	buf_free(&text);
}

static void add_directory(struct system_store *s, const struct openssl *o)
{
	struct file_id id;
	const char *path = environment_get()->cert_dir;
	if (!path && later(o)->X509_get_default_cert_dir)
		path = later(o)->X509_get_default_cert_dir();
	if (!path || !later(o)->X509_STORE_add_lookup || !later(o)->X509_LOOKUP_hash_dir ||
	    !later(o)->X509_LOOKUP_ctrl || (file_identify(path, &id) != 0 && !strchr(path, ':')))
		return;
	X509_LOOKUP *lookup =
	    later(o)->X509_STORE_add_lookup(s->store, later(o)->X509_LOOKUP_hash_dir());
	if (lookup &&
	    later(o)->X509_LOOKUP_ctrl(lookup, LOOKUP_ADD_DIRECTORY, path, TYPE_PEM, NULL) == 1)
		s->directory = path;
}

static struct system_store *make(struct copy *c)
{
	const struct openssl *o = copy_api(c);
	struct system_store *s = calloc(1, sizeof *s);
	struct file_id id;
	if (!s)
		return NULL;
	s->copy = c;
	atomic_store(&s->references, 1);
	QUIET_BEGIN(o)
	s->store = later(o)->X509_STORE_new ? later(o)->X509_STORE_new() : NULL;
	const char *path = s->store ? find_file(o, &id) : NULL;
	if (path && later(o)->X509_STORE_add_cert)
		add_file(s, o, path);
	if (s->store)
		add_directory(s, o);
	QUIET_END(o)
	if (s->file || s->directory)
		return s;
	system_store_release(s);
	return NULL;
}

static bool is_current(const struct system_store *s)
{
	struct file_id id;
	return s && (!s->file || (file_identify(s->file, &id) == 0 && file_id_same(&id, &s->id)));
}

struct system_store *system_store_acquire(struct copy *c)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return NULL;
	/* a fork in the middle of a change: let go of what may be half done */
	if (stale)
		memset(known, 0, sizeof known);
	const uint64_t now = clock_monotonic_ms();
	if (now >= known[c->slot].next_look_ms) {
		known[c->slot].next_look_ms = now + RELOAD_INTERVAL_MS;
		if (!is_current(known[c->slot].store)) {
			/* what cannot be read at the moment leaves in force what was there */
			struct system_store *fresh = make(c);
			if (fresh) {
				system_store_release(known[c->slot].store);
				known[c->slot].store = fresh;
			}
		}
	}
	struct system_store *s = known[c->slot].store;
	if (s)
		atomic_fetch_add(&s->references, 1);
	lock_leave(&lock);
	return s;
}
