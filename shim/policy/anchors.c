/* SPDX-License-Identifier: ISC
 *
 * CA files as certificates of one copy of OpenSSL: parsed once per process and version of the file, not per connection. What cannot
 * be looked at, or read no more, leaves what it was; a file that is gone counts no more: that is how somebody takes trust away.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>
#include "private.h"

enum {
	CA_FILE_MAX_BYTES = 16 * 1024 * 1024,
	RETRY_MS = 100,
	FIRST_BUCKETS = 64,
	FORGET_MS =
	    600 * 1000 /* of what no rule has asked for since; when the table is full only */
};

struct cached {
	struct cached *next;
	uint64_t hash;
	struct anchors *anchors; /* one reference; NULL: the file cannot be used */
	struct copy *copy;
	char *path;
	size_t path_size; /* with its NUL */
	struct file_id id;
	struct file_place place;
	bool gone;        /* at the last look */
	bool untold;      /* it was read beforehand, and what is wrong is for whoever needs it */
	int told;         /* the error of a look that was told last */
	const char *why;  /* static; NULL: usable */
	uint64_t look_ms; /* the next one; 0: never looked at */
	uint64_t used_ms;
};

static struct lock lock;
static bool beforehand; /* under the lock: for nobody in particular */
static struct cached **buckets;
static size_t bucket_count, used;
static unsigned table = 1; /* another one where an entry of it may be gone */

/* ---- what is told --------------------------------------------------------------------------------------------- */

static const char *file_problem(int error)
{
	switch (error) {
	case ENOENT:
		return "is not there; create it or mend the path";
	case EACCES:
	case EPERM:
		return "may not be read by this process; make it readable (chmod a+r, and a+x for "
		       "its directories)";
	case EISDIR:
		return "is a directory; name a file with PEM certificates";
	case EFBIG:
		return "is larger than 16777216 bytes; name a file with the CA certificates of "
		       "this host only";
	case EINVAL:
		return "is no regular file; name a file with PEM certificates";
	case EMFILE:
		return "cannot be read: too many open files; raise the limit of descriptors of "
		       "this process";
	case ENOMEM:
		return "cannot be read: out of memory";
	case FILE_OTHER_ROOT:
		return "was not read before this process went into another root directory; see "
		       "that it is there and may be read when the program starts";
	default:
		return "cannot be read; see that the process may open it";
	}
}

/* "ExtraCAFile /etc/tlsmend/corp.pem is not there; create it or mend the path" */
static void complain(const struct setting *s, const char *why, const char *more, const char *end)
{
	struct buf b;
	buf_init(&b, 1024);
	buf_strs(&b, key_table[s->key].name, " ", NULL);
	escape_text(&b, s->value, strlen(s->value), 512);
	buf_strs(&b, " ", why, more, end, NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
}

/* For later; else it is told now. */
static bool keeps_for_later(struct cached *e)
{
	e->untold = beforehand;
	return beforehand;
}

static void complain_failed(struct cached *e, const struct setting *s, int error)
{
	if (e->told == error)
		return;
	e->told = error;
	if (keeps_for_later(e))
		return;
	if (e->anchors)
		complain(s, "cannot be read (", look_text(error),
			 "); what it held before still counts");
	else
		complain(s, file_problem(error), NULL, NULL);
}

/* ---- reading, under the lock ------------------------------------------------------------------------------------ */

/* True: again soon. */
static bool could_not_look(struct cached *e, const struct setting *s, int error)
{
	/* a process that goes into a root directory of its own has read what it needs; what was wrong with it still is */
	if (error == FILE_OTHER_ROOT && (e->anchors || e->why))
		return false;
	complain_failed(e, s, error);
	e->why = e->anchors ? NULL : file_problem(error);
	return look_passes(error);
}

static void put(struct cached *e, struct anchors *fresh)
{
	anchors_release(e->anchors);
	e->anchors = fresh;
}

static void gone(struct cached *e, const struct setting *s)
{
	e->gone = true;
	e->id = (struct file_id){0};
	e->why = file_problem(ENOENT);
	put(e, NULL);
	if (!keeps_for_later(e))
		complain(s, e->why, NULL, NULL);
}

static bool all_expired(const struct openssl *o, const OPENSSL_STACK *trusted)
{
	bool valid = false;
	const int n = o->OPENSSL_sk_num(trusted);
	if (!later(o)->X509_get0_notAfter || !later(o)->X509_cmp_current_time)
		return false;
	QUIET_BEGIN(o)
	for (int i = 0; i < n && !valid; i++) {
		const X509 *x = o->OPENSSL_sk_value(trusted, i);
		valid = later(o)->X509_cmp_current_time(later(o)->X509_get0_notAfter(x)) >= 0;
	}
	QUIET_END(o)
	return n > 0 && !valid;
}

/* It can be used, but it will not do what it was written for. */
static void complain_of_content(const struct anchors *a, const struct setting *s)
{
	const struct openssl *o = copy_api(a->copy);
	if (s->key == KEY_ONLY_CA_FILE && o->OPENSSL_sk_num(a->trusted) == 0)
		complain(s,
			 "holds no self-issued certificate, so no chain can end there; add "
			 "the root CA's certificate",
			 NULL, NULL);
	if (all_expired(o, a->trusted))
		complain(s,
			 "holds only CA certificates that have expired; get the present one from "
			 "whoever runs the CA",
			 NULL, NULL);
}

/* True: again soon. */
static bool read_content(struct cached *e, const struct setting *s, const struct buf *text)
{
	bool passes;
	const char *why;
	struct anchors *fresh = ca_file_parse(e->copy, text, &why, &passes);
	if (fresh) {
		put(e, fresh);
		e->why = NULL;
		if (!keeps_for_later(e))
			complain_of_content(fresh, s);
		return false;
	}
	if (passes)
		return could_not_look(e, s, ENOMEM);
	e->why = e->anchors ? NULL : why;
	if (!keeps_for_later(e))
		complain(s, why, e->anchors ? "; what it held before still counts" : NULL, NULL);
	return false;
}

/* True: again soon. */
static bool load(struct cached *e, const struct setting *s)
{
	struct buf text;
	struct file_seen seen = {.error = 0};
	bool soon = false;
	buf_init(&text, 0);
	switch (file_look_read(e->path, &e->place, CA_FILE_MAX_BYTES, &text, &seen)) {
	case FILE_GONE:
		gone(e, s);
		break;
	case FILE_UNSEEN:
		soon = could_not_look(e, s, seen.error);
		if (!soon) /* so that the same version is not complained about again */
			file_identify(e->path, &e->id);
		break;
	case FILE_THERE:
		soon = read_content(e, s, &text);
		if (soon)
			break;
		e->id = seen.id;
		e->gone = false;
		e->told = 0;
		file_place_note(e->path, &e->place);
	}
	buf_free(&text);
	return soon;
}

/* Looks, and reads where it is another version. True: again soon. */
static bool look(struct cached *e, const struct setting *s)
{
	struct file_id id;
	int error;
	if (e->look_ms == 0)
		return load(e, s);
	switch (file_look(e->path, &e->place, &id, &error)) {
	case FILE_GONE:
		if (!e->gone)
			gone(e, s);
		return false;
	case FILE_UNSEEN:
		return could_not_look(e, s, error);
	case FILE_THERE:
		return (e->gone || !file_id_same(&id, &e->id)) && load(e, s);
	}
	return false;
}

/* ---- the table ---------------------------------------------------------------------------------------------------- */

static void entry_free(struct cached *e)
{
	anchors_release(e->anchors);
	free(e->path);
	free(e);
}

/* Twice as many places, without what nobody has asked for lately. */
static void grow(uint64_t now)
{
	const size_t count = bucket_count ? bucket_count * 2 : FIRST_BUCKETS;
	struct cached **fresh = calloc(count, sizeof *fresh), *e, *next;
	if (!fresh)
		return; /* longer chains, then */
	table++;
	for (size_t i = 0; i < bucket_count; i++) {
		for (e = buckets[i]; e; e = next) {
			next = e->next;
			if (e->used_ms + FORGET_MS < now) {
				entry_free(e);
				used--;
				continue;
			}
			e->next = fresh[e->hash & (count - 1)];
			fresh[e->hash & (count - 1)] = e;
		}
	}
	free(buckets);
	buckets = fresh;
	bucket_count = count;
}

static uint64_t hash_of(const struct copy *c, const char *path, size_t size)
{
	const uint64_t h = hash_bytes(HASH_SEED + c->slot, path, size);
	return h ^ h >> 29;
}

static struct cached *entry_new(struct copy *c, const char *path, size_t size, uint64_t hash)
{
	struct cached *e = calloc(1, sizeof *e);
	char *copy = e ? strdup(path) : NULL;
	if (!copy) {
		free(e);
		return NULL;
	}
	*e = (struct cached){.hash = hash, .copy = c, .path = copy, .path_size = size};
	policy_place(&e->place);
	return e;
}

static struct cached *entry_for(struct copy *c, const char *path, uint64_t now)
{
	const size_t size = strlen(path) + 1;
	const uint64_t hash = hash_of(c, path, size);
	struct cached *e;
	for (e = bucket_count ? buckets[hash & (bucket_count - 1)] : NULL; e; e = e->next)
		if (e->hash == hash && e->copy == c && e->path_size == size &&
		    memcmp(e->path, path, size) == 0)
			return e;
	if (used >= bucket_count)
		grow(now);
	e = bucket_count ? entry_new(c, path, size, hash) : NULL;
	if (!e)
		return NULL;
	e->next = buckets[hash & (bucket_count - 1)];
	buckets[hash & (bucket_count - 1)] = e;
	used++;
	return e;
}

/* That of a setting does not change as long as the table stays. */
static struct cached *entry_of(struct copy *c, const struct setting *s, uint64_t now)
{
	struct setting *const kept = (struct setting *)(uintptr_t)s;
	struct cached *e = s->file.table == table ? s->file.entry : NULL;
	if (e && e->copy == c)
		return e;
	e = entry_for(c, s->value, now);
	kept->file.entry = e;
	kept->file.table = table;
	return e;
}

static void tell_kept(struct cached *e, const struct setting *s)
{
	e->untold = false;
	if (e->anchors)
		complain_of_content(e->anchors, s);
	else if (e->why)
		complain(s, e->why, NULL, NULL);
}

struct anchors *anchors_acquire(struct copy *c, const struct setting *s, const char **why)
{
	return anchors_acquire_at(c, s, clock_monotonic_ms(), why);
}

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	beforehand = false;
	if (stale) {
		/* a fork in the middle of a change: begin anew, and let go of what may be half done */
		buckets = NULL;
		bucket_count = used = 0;
		table++;
	}
	return true;
}

/* Under the lock. */
static struct anchors *acquire(struct copy *c, const struct setting *s, uint64_t now,
			       const char **why)
{
	struct anchors *a = NULL;
	struct cached *e = entry_of(c, s, now);
	/* in a sandbox, a look that nothing forces may be the last */
	const bool due = e && now >= e->look_ms && !(e->look_ms && sandbox_entered());
	if (due)
		e->look_ms = now + (look(e, s) ? RETRY_MS : RELOAD_INTERVAL_MS);
	if (e && e->untold && !beforehand)
		tell_kept(e, s);
	*why = e ? e->why : "cannot be read: out of memory";
	if (e)
		e->used_ms = now;
	if (e && e->anchors) {
		a = e->anchors;
		anchors_retain(a);
	}
	return a;
}

struct anchors *anchors_acquire_at(struct copy *c, const struct setting *s, uint64_t now,
				   const char **why)
{
	*why = "is being read";
	if (!enter())
		return NULL;
	struct anchors *a = acquire(c, s, now, why);
	lock_leave(&lock);
	return a;
}

void anchors_stock(struct copy *c, const struct setting *s)
{
	const char *why;
	if (!enter())
		return;
	beforehand = true;
	anchors_release(acquire(c, s, clock_monotonic_ms(), &why));
	lock_leave(&lock);
}
