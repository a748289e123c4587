/* SPDX-License-Identifier: ISC
 *
 * CA files as certificates of one copy of OpenSSL: parsed once per process and version of the file, not per connection.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/apply.h>
#include <tlsmend/log.h>

enum { CA_FILE_MAX_BYTES = 16 * 1024 * 1024, CACHE = 256 };

struct cached {
	struct anchors *anchors; /* one reference; NULL: the file cannot be used */
	struct copy *copy;
	char *path;
	struct file_id id;
	int error;       /* of the last look */
	const char *why; /* static; NULL: usable */
	uint64_t next_look_ms;
};

static struct lock lock;
static struct cached cache[CACHE];
static unsigned used;

void anchors_retain(struct anchors *a)
{
	atomic_fetch_add(&a->references, 1);
}

void anchors_release(struct anchors *a)
{
	if (!a || atomic_fetch_sub(&a->references, 1) != 1)
		return;
	const struct openssl *o = copy_api(a->copy);
	union {
		void (*free_x509)(X509 *);
		void (*free_any)(void *);
	} f = {.free_x509 = o->X509_free};
	o->OPENSSL_sk_free(a->trusted);
	o->OPENSSL_sk_free(a->intermediates);
	o->OPENSSL_sk_pop_free(a->all, f.free_any);
	free(a);
}

/* Self-issued certificates are anchors, the others intermediates (DESIGN 1.4). */
static bool take(struct anchors *a, const struct openssl *o, X509 *x)
{
	bool self_issued =
	    o->X509_NAME_cmp(o->X509_get_subject_name(x), o->X509_get_issuer_name(x)) == 0;
	if (!o->OPENSSL_sk_push(a->all, x)) {
		o->X509_free(x);
		return false;
	}
	return o->OPENSSL_sk_push(self_issued ? a->trusted : a->intermediates, x) > 0;
}

static int parse_pem(struct anchors *a, const struct openssl *o, const struct buf *text)
{
	int count = 0;
	BIO *bio = o->BIO_new_mem_buf(text->data, (int)text->len);
	X509 *x;
	while (bio && (x = o->PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (take(a, o, x))
			count++;
	if (bio)
		o->BIO_free(bio);
	return count;
}

static struct anchors *parse(struct copy *c, const char *path, const struct buf *text)
{
	const struct openssl *o = copy_api(c);
	size_t n = strlen(path) + 1;
	struct anchors *a = calloc(1, sizeof *a + n);
	int count = 0;
	if (!a)
		return NULL;
	memcpy(a->path, path, n);
	a->copy = c;
	a->content = hash_bytes(HASH_SEED, text->data, text->len);
	atomic_store(&a->references, 1);
	QUIET_BEGIN(o)
	a->trusted = o->OPENSSL_sk_new_null();
	a->intermediates = o->OPENSSL_sk_new_null();
	a->all = o->OPENSSL_sk_new_null();
	if (a->trusted && a->intermediates && a->all && text->len)
		count = parse_pem(a, o, text);
	QUIET_END(o)
	if (count == 0) {
		anchors_release(a);
		a = NULL;
	}
	return a;
}

/* Why the content of a file gave no certificate. */
static const char *content_problem(const struct buf *text)
{
	const unsigned char *d = (const unsigned char *)text->data;
	if (text->len == 0)
		return "is empty; put the CA certificate in PEM form into it";
	if (d[0] == 0x30 && text->len > 2 && (d[1] & 0x80 || d[1] < 0x80) &&
	    !memchr(d, '-', text->len < 64 ? text->len : 64))
		return "is DER, not PEM; convert it: openssl x509 -inform DER -in FILE -out "
		       "FILE.pem";
	if (memmem(text->data, text->len, "-----BEGIN CERTIFICATE-----", 27))
		return "holds a damaged certificate; get the file again from the CA";
	if (memmem(text->data, text->len, "PRIVATE KEY-----", 16))
		return "holds a private key and no certificate; name the CA certificate here";
	return "holds no PEM certificate; it must have a line -----BEGIN CERTIFICATE-----";
}

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
	default:
		return "cannot be read; see that the process may open it";
	}
}

/* "ExtraCAFile /etc/tlsmend/corp.pem is not there; create it or mend the path" */
static void complain(const struct setting *s, const char *why)
{
	struct buf b;
	buf_init(&b, 1024);
	buf_strs(&b, key_table[s->key].name, " ", NULL);
	escape_text(&b, s->value, strlen(s->value), 512);
	buf_strs(&b, " ", why, NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
}

/* Under the lock. What was usable before stays in force when the new content is not; a file that is gone does not
 * count any more: that is how somebody takes trust away. */
static void load(struct cached *e, const struct setting *s)
{
	struct buf text;
	buf_init(&text, 0);
	e->error = file_read(e->path, CA_FILE_MAX_BYTES, &text, &e->id, NULL, NULL);
	struct anchors *fresh = e->error ? NULL : parse(e->copy, e->path, &text);
	const char *why = fresh ? NULL : e->error ? file_problem(e->error) : content_problem(&text);
	if (why)
		complain(s, why);
	if (e->error)
		file_identify(e->path,
			      &e->id); /* so that the same version is not complained about again */
	if (fresh || e->error == ENOENT) {
		anchors_release(e->anchors);
		e->anchors = fresh;
	}
	e->why = e->anchors ? NULL : why;
	buf_free(&text);
}

static bool changed(struct cached *e)
{
	struct file_id id;
	int error = file_identify(e->path, &id);
	if ((error == ENOENT) != (e->error == ENOENT))
		return true;
	return error == 0 && !file_id_same(&id, &e->id);
}

static struct cached *entry_for(struct copy *c, const char *path)
{
	for (unsigned i = 0; i < used; i++)
		if (cache[i].copy == c && strcmp(cache[i].path, path) == 0)
			return &cache[i];
	/* full: the place of the first goes to the newcomer; who uses its certificates holds a reference */
	struct cached *e = used < CACHE ? &cache[used] : &cache[0];
	char *copy = strdup(path);
	if (!copy)
		return NULL;
	if (used < CACHE)
		used++;
	anchors_release(e->anchors);
	free(e->path);
	memset(e, 0, sizeof *e);
	e->copy = c;
	e->path = copy;
	return e;
}

struct anchors *anchors_acquire(struct copy *c, const struct setting *s, const char **why)
{
	struct anchors *a = NULL;
	bool stale = false;
	*why = "is being read";
	if (!lock_enter(&lock, &stale))
		return NULL;
	if (stale) {
		/* a fork in the middle of a change: begin anew, and let go of what may be half done */
		memset(cache, 0, sizeof cache);
		used = 0;
	}
	struct cached *e = entry_for(c, s->value);
	uint64_t now = clock_monotonic_ms();
	if (e && (e->next_look_ms == 0 || (now >= e->next_look_ms && changed(e))))
		load(e, s);
	if (e && (e->next_look_ms == 0 || now >= e->next_look_ms))
		e->next_look_ms = now + RELOAD_INTERVAL_MS;
	*why = e ? e->why : "cannot be read: out of memory";
	if (e && e->anchors) {
		a = e->anchors;
		anchors_retain(a);
	}
	lock_leave(&lock);
	return a;
}
