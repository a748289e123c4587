/* SPDX-License-Identifier: ISC
 *
 * Directories of CA certificates: is there anything in them that OpenSSL would look at? It asks for HASH.0, HASH.1 ... of the name
 * that it wants, so a file under any other name does not count until c_rehash(1ssl) has made the links.
 */
#include "certificate.h"

#include <string.h>
#include <sys/stat.h>

enum {
	DIRECTORIES = 8,
	ENTRIES = 4096,  /* names that are looked at */
	READ_FILES = 64, /* of them, files that are read for the wanted name */
	READ_BYTES = 65536,
	READ_COST = 60,
	NAMES_AT_ONCE = 64, /* for 16 units */
	PATH_BYTES = 512,
};

struct search {
	struct evidence *e;
	const struct openssl *o;
	struct ca_directory *d;
	struct text wanted; /* issuer of the chain's last certificate; n == 0: not known */
	char *path;         /* PATH_BYTES: the directory with a slash, and room for a name */
	size_t head;
	unsigned seen, read;
};

static bool is_hash_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' &&
	       (ascii_is_digit(name[9]) || (name[9] == 'r' && ascii_is_digit(name[10])));
}

static bool has_wanted_name(struct search *s, X509 *x)
{
	const struct text name = evidence_name(s->e, s->o, s->o->X509_get_subject_name(x));
	return name.n == s->wanted.n && memcmp(name.s, s->wanted.s, name.n) == 0;
}

/* Only its first certificate: that is what counts in a directory, too. */
static bool file_holds_wanted(struct search *s)
{
	const struct openssl *o = s->o;
	bool found = false;
	X509 *x = NULL;
	BIO *in = NULL;
	struct buf b;
	buf_init(&b, 0);
	QUIET_BEGIN(o)
	if (file_read(s->path, READ_BYTES, &b, NULL, NULL, NULL) == 0)
		in = o->BIO_new_mem_buf(buf_str(&b), (int)b.len);
	if (in)
		x = o->PEM_read_bio_X509(in, NULL, openssl_no_passphrase, NULL);
	if (x) {
		found = has_wanted_name(s, x);
		o->X509_free(x);
	}
	if (in)
		o->BIO_free(in);
	QUIET_END(o)
	buf_free(&b);
	return found;
}

static bool look_at(void *arg, const char *name)
{
	struct search *s = arg;
	struct ca_directory *d = s->d;
	if (++s->seen > ENTRIES ||
	    (s->seen % NAMES_AT_ONCE == 0 && !evidence_afford(s->e, LOOK_FILES, 16))) {
		d->bounded = true;
		return false;
	}
	d->files++;
	if (is_hash_name(name)) {
		d->hashed++;
		/* links of other names are no work for us, but for those of a c_rehash that was too old */
		if (s->e->former_hash[0] == '\0' || memcmp(name, s->e->former_hash, 8) != 0)
			return true;
	}
	if (d->holder || s->wanted.n == 0 || s->head + strlen(name) + 1 > PATH_BYTES)
		return true;
	if (s->read++ == READ_FILES || !evidence_afford(s->e, LOOK_FILES, READ_COST)) {
		d->bounded = true;
		s->wanted.n = 0;
		return true;
	}
	memcpy(s->path + s->head, name, strlen(name) + 1);
	if (file_holds_wanted(s))
		d->holder = arena_strdup(&s->e->arena, name);
	return true;
}

/* HASH.0 may be a link that leads nowhere, or not readable. */
static void look_for_wanted(struct search *s)
{
	struct file_status status;
	struct ca_directory *d = s->d;
	struct buf b;
	if (s->e->wanted_hash[0] == '\0' || s->head + 11 > PATH_BYTES)
		return;
	memcpy(s->path + s->head, s->e->wanted_hash, 8);
	memcpy(s->path + s->head + 8, ".0", 3);
	d->wanted_error = file_status(s->path, &status);
	d->wanted_there = d->wanted_error == 0;
	if (d->wanted_error == ENOENT && !file_is_link(s->path))
		d->wanted_error = 0;
	buf_init(&b, 0);
	if (d->wanted_there)
		d->wanted_error = file_read(s->path, READ_BYTES, &b, NULL, NULL, NULL);
	buf_free(&b);
}

static void search_directory(struct search *s)
{
	struct ca_directory *d = s->d;
	struct file_status status;
	/* its own entry "." can be asked for by who may search it */
	memcpy(s->path + s->head, ".", 2);
	d->error = file_status(s->path, &status);
	if (d->error == ENOTDIR) {
		d->is_file = true;
		return;
	}
	if (d->error != 0)
		return;
	look_for_wanted(s);
	d->unlisted = file_list(d->path, look_at, s) != 0;
}

const struct ca_directory *evidence_directory(struct evidence *e, const struct openssl *o,
					      const char *path)
{
	const struct cert_info *top = e->chain_count > 0       ? &e->chain[e->chain_count - 1]
				      : e->presented_count > 0 ? &e->presented[0]
							       : NULL;
	struct search s = {.e = e, .o = o};
	if (!e->directories)
		e->directories = arena_alloc(&e->arena, DIRECTORIES * sizeof *e->directories);
	s.path = arena_alloc(&e->arena, PATH_BYTES);
	s.head = strlen(path) + 1;
	if (!e->directories || !s.path || e->directory_count == DIRECTORIES ||
	    s.head + 2 > PATH_BYTES)
		return NULL;
	s.d = &e->directories[e->directory_count];
	s.d->path = arena_strdup(&e->arena, path);
	if (!s.d->path)
		return NULL;
	e->directory_count++;
	memcpy(s.path, path, s.head - 1);
	s.path[s.head - 1] = '/';
	if (top)
		s.wanted = top->issuer;
	search_directory(&s);
	return s.d;
}
