/* SPDX-License-Identifier: ISC
 *
 * What a client loaded from files, kept as ex_data of the object that it went into (trust store, SSL_CTX, SSL) and freed with it.
 * A short list: one allocation for each file, at most LOADED_MAX of them, the same file once.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>

#include "loaded.h"

enum { LOADED_MAX = 16 };

struct loaded {
	struct loaded *next;
	enum loaded_kind kind;
	bool ok;
	char path[]; /* "" where the path is OpenSSL's own */
};

/* Lists are changed and read under it; a store may be shared by threads. */
static struct lock lock;

void loaded_free(struct loaded *first)
{
	struct loaded *next;
	for (struct loaded *l = first; l; l = next) {
		next = l->next;
		free(l);
	}
}

static struct loaded *new_entry(enum loaded_kind kind, const char *path, bool ok)
{
	const size_t n = strnlen(path, LOADED_BYTES - 1);
	struct loaded *l = malloc(sizeof *l + n + 1);
	if (!l)
		return NULL;
	l->next = NULL;
	l->kind = kind;
	l->ok = ok;
	memcpy(l->path, path, n);
	l->path[n] = '\0';
	return l;
}

/* An object has one certificate, one key and one cipher list, a trust store any number of files. */
static bool same_place(const struct loaded *l, enum loaded_kind kind, const char *path)
{
	return l->kind == kind &&
	       (kind >= LOADED_CERTIFICATE || strncmp(l->path, path, LOADED_BYTES - 1) == 0);
}

static void put(const struct loaded_into *at, enum loaded_kind kind, const char *path, bool ok)
{
	unsigned n = 0;
	struct loaded *first = kept_get(at->copy, at->list, at->object), *old = NULL, *last = NULL;
	for (struct loaded *l = first; l && !old; l = l->next, n++) {
		if (same_place(l, kind, path))
			old = l;
		else
			last = l;
	}
	if (old && (kind < LOADED_CERTIFICATE || strncmp(old->path, path, LOADED_BYTES - 1) == 0)) {
		old->ok = ok;
		return;
	}
	struct loaded *l = n < LOADED_MAX || old ? new_entry(kind, path, ok) : NULL;
	if (!l)
		return;
	if (old)
		l->next = old->next;
	if (last)
		last->next = l;
	else if (!kept_set(at->copy, at->list, at->object, l)) {
		free(l);
		return;
	}
	free(old);
}

void loaded_put(const struct loaded_into *at, enum loaded_kind kind, const char *path, bool ok)
{
	if (!lock_enter(&lock, NULL))
		return;
	put(at, kind, path ? path : "", ok);
	lock_leave(&lock);
}

bool loaded_by_client(struct copy *c, const X509_STORE *store)
{
	bool found = false;
	if (!store || !lock_enter(&lock, NULL))
		return false;
	for (const struct loaded *l = kept_get(c, KEPT_STORE_FILES, store); l; l = l->next)
		found = found || l->kind == LOADED_FILE || l->kind == LOADED_DIRECTORY ||
			l->kind == LOADED_URI;
	lock_leave(&lock);
	return found;
}

static const char *path_of(struct evidence *e, const struct loaded_into *at, enum loaded_kind kind,
			   bool ok)
{
	const char *path = NULL;
	if (!at->object || !lock_enter(&lock, NULL))
		return NULL;
	for (const struct loaded *l = kept_get(at->copy, at->list, at->object); l && !path;
	     l = l->next)
		if (l->kind == kind && l->ok == ok)
			path = arena_strdup(&e->arena, l->path);
	lock_leave(&lock);
	return path;
}

const char *loaded_path(struct evidence *e, const struct loaded_into *at, enum loaded_kind kind)
{
	return path_of(e, at, kind, true);
}

const char *loaded_path_of_ssl(struct evidence *e, struct copy *c, SSL *ssl, enum loaded_kind kind)
{
	const struct loaded_into own = {c, KEPT_SSL_FILES, ssl};
	const struct loaded_into context = {c, KEPT_CTX_FILES, copy_api(c)->SSL_get_SSL_CTX(ssl)};
	const char *path = loaded_path(e, &own, kind);
	return path ? path : loaded_path(e, &context, kind);
}

const char *loaded_refused(struct evidence *e, const struct loaded_into *at, enum loaded_kind kind)
{
	return path_of(e, at, kind, false);
}

/* ---- the store line ------------------------------------------------------------------------------------------- */

struct lists {
	struct buf files, searched, failed;
	bool uris; /* what is added now are stores */
};

struct entry {
	enum loaded_kind kind;
	bool ok;
	const char *path;
};

static void add(struct buf *b, const char *what, const char *more)
{
	if (!what || !what[0])
		return;
	buf_puts(b, b->len ? ", " : "");
	escape_text(b, what, strlen(what), 256);
	buf_puts(b, more);
}

/* One of a list that is separated by colons, or a store's URI. */
static void add_one_directory(struct lists *t, struct evidence *e, const struct openssl *o,
			      const char *path)
{
	const struct ca_directory *d = evidence_directory(e, o, path);
	const char *more = "";
	if (!d || (d->is_file && t->uris))
		e->store_has_lookups = true; /* read whole, or not looked at */
	else if (d->is_file)
		more = " (which is a file)";
	else if (d->error == EACCES || d->error == EPERM)
		more = " (which this process may not enter)";
	else if (d->error)
		more = " (which is not there)";
	else if (d->unlisted || d->bounded || d->wanted_there || d->hashed)
		e->store_has_lookups = true;
	else
		more = d->files ? " (where no file is called after a hash)" : " (which is empty)";
	add(&t->searched, path, more);
}

static void add_directories(struct lists *t, struct evidence *e, const struct openssl *o,
			    const char *list)
{
	const char *end;
	for (; list && *list; list = *end ? end + 1 : end) {
		end = t->uris ? list + strlen(list) : list + strcspn(list, ":");
		char *path =
		    end > list ? arena_strndup(&e->arena, list, (size_t)(end - list)) : NULL;
		if (path)
			add_one_directory(t, e, o, path);
	}
}

static void add_uri(struct lists *t, struct evidence *e, const struct openssl *o, const char *uri)
{
	if (strncmp(uri, "file:", 5) == 0)
		uri += strncmp(uri, "file:///", 8) == 0 ? 7 : 5;
	else if (strchr(uri, ':')) { /* of a provider: pkcs11:... */
		e->store_has_lookups = true;
		add(&t->searched, uri, "");
		return;
	}
	t->uris = true;
	add_directories(t, e, o, uri);
	t->uris = false;
}

/* libpq looks for a revocation list in the user's home, and goes on without one. */
static bool need_not_be_there(const char *path)
{
	struct file_id id;
	const char *end = path + strlen(path);
	return end - path > 4 && memcmp(end - 4, ".crl", 4) == 0 &&
	       file_identify(path, &id) == ENOENT;
}

static void keep_file(struct evidence *e, const char *path)
{
	if (e->store_file_count < ARRAY_LENGTH(e->store_files))
		e->store_files[e->store_file_count++] = path;
}

static void add_entry(struct lists *t, struct evidence *e, const struct openssl *o,
		      const struct entry *l)
{
	switch (l->kind) {
	case LOADED_FILE:
		if (!l->ok && need_not_be_there(l->path))
			break;
		add(l->ok ? &t->files : &t->failed, l->path, "");
		if (l->ok)
			keep_file(e, l->path);
		break;
	case LOADED_DIRECTORY:
		add_directories(t, e, o, l->path);
		break;
	case LOADED_URI: /* looked at when a name is wanted, like a directory */
		if (l->ok)
			add_uri(t, e, o, l->path);
		else
			add(&t->failed, l->path, "");
		break;
	case LOADED_DEFAULT_FILE:
		evidence_default_file(e, o, l->path);
		e->default_file_asked = true;
		if (e->default_file_exists) {
			add(&t->files, e->default_file, "");
			keep_file(e, e->default_file);
		}
		break;
	case LOADED_DEFAULT_DIRECTORY:
		evidence_default_directory(e, o, l->path);
		add_directories(t, e, o, e->default_dir);
		break;
	default:
		break;
	}
}

static const char *finish(struct evidence *e, struct buf *b)
{
	const char *text = b->len ? arena_strdup(&e->arena, buf_str(b)) : NULL;
	buf_free(b);
	return text;
}

/* A copy of the list, in e's arena: what is looked at on disk is not looked at under the lock. Returns how many. */
static unsigned copy_list(struct evidence *e, const struct loaded *l, struct entry *entries)
{
	unsigned n = 0;
	for (; l && n < LOADED_MAX; l = l->next) {
		entries[n] = (struct entry){l->kind, l->ok, arena_strdup(&e->arena, l->path)};
		if (entries[n].path)
			n++;
	}
	return n;
}

void loaded_describe(struct evidence *e, struct copy *c, X509_STORE *store)
{
	enum { LINE_LIMIT = 1024 };
	const struct openssl *o = copy_api(c);
	struct lists t = {.uris = false};
	struct entry *entries = arena_alloc(&e->arena, LOADED_MAX * sizeof *entries);
	if (!store || !entries || !o->X509_STORE_get_ex_data || !o->X509_STORE_set_ex_data ||
	    !lock_enter(&lock, NULL))
		return;
	const struct loaded *first = kept_get(c, KEPT_STORE_FILES, store);
	unsigned n = copy_list(e, first, entries);
	lock_leave(&lock);
	e->store_by_hand = !first && e->anchor_count > 0;
	e->store_untouched = !first && e->anchor_count == 0;
	buf_init(&t.files, LINE_LIMIT);
	buf_init(&t.searched, LINE_LIMIT);
	buf_init(&t.failed, LINE_LIMIT);
	e->store_has_lookups = false;
	for (unsigned i = 0; i < n; i++)
		add_entry(&t, e, o, &entries[i]);
	e->store_text = finish(e, &t.files);
	e->store_searched = finish(e, &t.searched);
	e->store_unloaded = finish(e, &t.failed);
}
