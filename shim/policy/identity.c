/* SPDX-License-Identifier: ISC
 *
 * Certificate and PrivateKey as objects of one copy of OpenSSL: read once per process and version of the files. The key has no
 * passphrase, since there is nobody to ask; its text is wiped from memory once it is read.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "onto_ssl.h"

enum { FILE_MAX_BYTES = 1024 * 1024, CACHE = 64 };

/* ---- counted ------------------------------------------------------------------------------------------------ */

void identity_retain(struct identity *i)
{
	atomic_fetch_add(&i->references, 1);
}

void identity_release(struct identity *i)
{
	if (!i || atomic_fetch_sub(&i->references, 1) != 1)
		return;
	const struct openssl *o = copy_api(i->copy);
	union {
		void (*free_x509)(X509 *);
		void (*free_any)(void *);
	} f = {.free_x509 = o->X509_free};
	if (i->leaf)
		o->X509_free(i->leaf);
	if (i->key)
		o->EVP_PKEY_free(i->key);
	if (i->chain)
		o->OPENSSL_sk_pop_free(i->chain, f.free_any);
	free(i);
}

/* ---- out of the text of two files ------------------------------------------------------------------------------ */

static bool read_certificates(struct identity *i, const struct openssl *o, const struct buf *text)
{
	BIO *bio = o->BIO_new_mem_buf(text->data, (int)text->len);
	X509 *x;
	i->chain = o->OPENSSL_sk_new_null();
	while (bio && i->chain &&
	       (x = o->PEM_read_bio_X509(bio, NULL, openssl_no_passphrase, NULL)) != NULL) {
		if (!i->leaf)
			i->leaf = x;
		else if (!o->OPENSSL_sk_push(i->chain, x))
			o->X509_free(x);
	}
	if (bio)
		o->BIO_free(bio);
	return i->leaf && i->chain;
}

static bool read_key(struct identity *i, const struct openssl *o, const struct buf *text)
{
	BIO *bio = o->BIO_new_mem_buf(text->data, (int)text->len);
	if (bio) {
		i->key = later(o)->PEM_read_bio_PrivateKey(bio, NULL, openssl_no_passphrase, NULL);
		o->BIO_free(bio);
	}
	return i->key != NULL;
}

static bool holds(const struct buf *text, const char *words)
{
	return text->len > 0 && memmem(text->data, text->len, words, strlen(words));
}

static const char *certificate_problem(const struct buf *text)
{
	if (text->len == 0)
		return "is empty; put the client certificate in PEM form into it, then its chain";
	if (holds(text, "-----BEGIN CERTIFICATE-----"))
		return "holds a damaged certificate; get the file again from whoever issued it";
	if (holds(text, "PRIVATE KEY-----"))
		return "holds a private key and no certificate; name the certificate here, and "
		       "this file as PrivateKey";
	return "holds no PEM certificate; convert it: openssl x509 -inform DER -in FILE -out "
	       "FILE.pem";
}

static const char *key_problem(const struct buf *text)
{
	if (holds(text, "ENCRYPTED"))
		return "holds a key with a passphrase, and nobody can be asked for it; write it "
		       "without one: openssl pkey -in FILE -out FILE.key";
	if (holds(text, "PRIVATE KEY-----"))
		return "holds a private key that this OpenSSL cannot read; convert it: openssl "
		       "pkey -in FILE -out FILE.key";
	return "holds no private key in PEM form; write PrivateKey = FILE with the one that "
	       "belongs to the certificate";
}

/* What is wrong with these two texts, and with which of them. NULL: nothing. */
static const char *parse(struct identity *i, const struct buf *certificate, const struct buf *key,
			 bool *of_key)
{
	const struct openssl *o = copy_api(i->copy);
	const char *why = NULL;
	QUIET_BEGIN(o)
	*of_key = false;
	if (!read_certificates(i, o, certificate)) {
		why = certificate_problem(certificate);
	} else if (!read_key(i, o, key)) {
		*of_key = true;
		why = key_problem(key);
	} else if (later(o)->X509_check_private_key(i->leaf, i->key) != 1) {
		*of_key = true;
		why = "holds a key that does not belong to the first certificate in the file of "
		      "Certificate; find the pair: openssl x509 -noout -pubkey -in CERTIFICATE "
		      "and openssl pkey -pubout -in KEY print the same for it";
	}
	QUIET_END(o)
	return why;
}

/* ---- the cache ---------------------------------------------------------------------------------------------------- */

struct cached {
	struct identity *identity; /* one reference; NULL: these files cannot be used */
	struct copy *copy;
	uint64_t next_look_ms;
	const char
	    *untold;   /* what was found wrong beforehand, for whoever needs it; NULL: nothing */
	char *path[2]; /* certificate and key; the same one where there is no PrivateKey */
	struct file_place place[2];
	struct file_id id[2];
	bool looked, untold_of_key;
};
static struct lock lock;
static bool beforehand; /* under the lock: for nobody in particular */
static struct cached cache[CACHE];
static unsigned used;

static const char *file_problem(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "is not there; create it or mend the path";
	case EACCES:
	case EPERM:
		return "may not be read by this process; make it readable for the program's user "
		       "(chown, chmod u+r)";
	case EISDIR:
	case EINVAL:
		return "is no regular file; name a file with PEM blocks";
	case EFBIG:
		return "is larger than 1048576 bytes; name a file with this certificate and its "
		       "chain only";
	case FILE_OTHER_ROOT:
		return "was not read before this process went into another root directory; see "
		       "that it is there and may be read when the program starts";
	default:
		return "cannot be read; see that the process may open it";
	}
}

/* It says nothing about the file, and may be over at the next handshake. */
static bool passes(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EINTR ||
	       error == EAGAIN || error == ENOBUFS;
}

/* Nor does what the process did to itself: its privileges and its root directory are others than when it read the file. */
static bool unseen(int error)
{
	return passes(error) || error == EACCES || error == EPERM || error == FILE_OTHER_ROOT ||
	       error == FILE_OTHER_SYSTEM;
}

/* "Certificate /etc/tlsmend/client.pem is not there; create it or mend the path; the section is left out until then" */
static void complain(const struct setting *s, const char *path, const char *why)
{
	struct buf b;
	buf_init(&b, 2048);
	buf_strs(&b, key_table[s->key].name, " ", NULL);
	escape_text(&b, path, strlen(path), 512);
	buf_strs(&b, " ", why, "; the section is left out until then", NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
}

static void wipe(struct buf *b)
{
	volatile char *p = b->data;
	for (size_t n = b->data ? b->cap : 0; n > 0; n--)
		*p++ = '\0';
	buf_free(b);
}

static struct identity *make(struct copy *c, const struct buf text[2])
{
	struct identity *i = calloc(1, sizeof *i);
	if (!i)
		return NULL;
	i->copy = c;
	i->content = hash_bytes(HASH_SEED, text[0].data, text[0].len);
	atomic_store(&i->references, 1);
	return i;
}

/* Under the lock. Files that cannot be looked at now leave what was in force; files that are no good do not. */
static void load(struct cached *e)
{
	struct buf text[2];
	struct file_seen seen[2];
	int error[2] = {0, 0};
	for (unsigned i = 0; i < 2; i++) {
		buf_init(&text[i], 0);
		file_look_read(e->path[i], &e->place[i], FILE_MAX_BYTES, &text[i], &seen[i]);
		error[i] = seen[i].error;
	}
	struct identity *fresh = NULL;
	bool of_key = error[0] == 0 && error[1] != 0, later = passes(error[0]) || passes(error[1]);
	later = later || (e->identity && (unseen(error[0]) || unseen(error[1])));
	const char *why = error[of_key] ? file_problem(error[of_key]) : NULL;
	if (!why && !later) {
		fresh = make(e->copy, text);
		later = !fresh;
		why = fresh ? parse(fresh, &text[0], &text[1], &of_key) : NULL;
	}
	if (later && !e->looked)
		why = "cannot be looked at now (too many open files, or no memory); it is tried "
		      "again at the next connection";
	e->untold = NULL;
	if (why && (!later || !e->looked)) {
		e->untold = why;
		e->untold_of_key = of_key;
	}
	if (why || later) {
		identity_release(fresh);
		fresh = NULL;
	}
	if (!later) {
		identity_release(e->identity);
		e->identity = fresh;
		/* so that the same version is not complained about again */
		for (unsigned i = 0; i < 2; i++)
			if (error[i]) {
				file_identify(e->path[i], &e->id[i]);
			} else {
				e->id[i] = seen[i].id;
				file_place_note(e->path[i], &e->place[i]);
			}
	}
	e->looked = !later || e->identity;
	wipe(&text[0]);
	wipe(&text[1]);
}

static bool changed(const struct cached *e)
{
	for (unsigned i = 0; i < 2; i++) {
		struct file_id id;
		int error = 0;
		file_look(e->path[i], &e->place[i], &id, &error);
		if (!unseen(error) && !file_id_same(&id, &e->id[i]))
			return true;
	}
	return false;
}

static struct cached *entry_for(struct copy *c, const char *const path[2])
{
	for (unsigned i = 0; i < used; i++)
		if (cache[i].copy == c && strcmp(cache[i].path[0], path[0]) == 0 &&
		    strcmp(cache[i].path[1], path[1]) == 0)
			return &cache[i];
	char *copies[2] = {strdup(path[0]), strdup(path[1])};
	if (!copies[0] || !copies[1]) {
		free(copies[0]);
		free(copies[1]);
		return NULL;
	}
	/* full: the place of the first goes to the newcomer; who uses its objects holds a reference */
	struct cached *e = &cache[used < CACHE ? used++ : 0];
	identity_release(e->identity);
	free(e->path[0]);
	free(e->path[1]);
	*e = (struct cached){.copy = c, .path = {copies[0], copies[1]}};
	policy_place(&e->place[0]);
	e->place[1] = e->place[0];
	return e;
}

static bool enter(void)
{
	bool stale = false;
	if (!lock_enter(&lock, &stale))
		return false;
	beforehand = false;
	if (stale) {
		/* a fork in the middle of a change: begin anew, and let go of what may be half done */
		memset(cache, 0, sizeof cache);
		used = 0;
	}
	return true;
}

bool identity_possible(const struct openssl *o)
{
	return later(o)->PEM_read_bio_PrivateKey && o->EVP_PKEY_free &&
	       later(o)->X509_check_private_key && later(o)->SSL_use_certificate &&
	       later(o)->SSL_use_PrivateKey && o->SSL_set_cert_cb && later(o)->SSL_certs_clear &&
	       later(o)->SSL_get_certificate;
}

/* Under the lock. */
static struct identity *acquire(struct copy *c, const struct setting *const of[2])
{
	const char *const path[2] = {of[0]->value, of[1]->value};
	struct cached *e = entry_for(c, path);
	uint64_t now = clock_monotonic_ms();
	if (!e)
		return NULL;
	if (!e->looked || (now >= e->next_look_ms && changed(e)))
		load(e);
	if (now >= e->next_look_ms)
		e->next_look_ms = now + RELOAD_INTERVAL_MS;
	if (e->untold && !beforehand) {
		complain(of[e->untold_of_key], e->path[e->untold_of_key], e->untold);
		e->untold = NULL;
	}
	if (e->identity)
		identity_retain(e->identity);
	return e->identity;
}

struct identity *identity_acquire(struct copy *c, const struct setting *certificate,
				  const struct setting *key)
{
	const struct setting *const of[2] = {certificate, key ? key : certificate};
	if (!identity_possible(copy_api(c)) || !enter())
		return NULL;
	struct identity *i = acquire(c, of);
	lock_leave(&lock);
	return i;
}

void identity_stock(struct copy *c, const struct setting *certificate, const struct setting *key)
{
	const struct setting *const of[2] = {certificate, key ? key : certificate};
	if (!identity_possible(copy_api(c)) || !enter())
		return;
	beforehand = true;
	/* else it would take the place of another one */
	if (used < CACHE)
		identity_release(acquire(c, of));
	lock_leave(&lock);
}

/* ---- does OpenSSL take it? ------------------------------------------------------------------------------------------- */

bool identity_set(const struct openssl *o, SSL *ssl, const struct identity *i)
{
	enum { CTRL_CHAIN = 88, COPY = 1 };
	return later(o)->SSL_use_certificate(ssl, i->leaf) == 1 &&
	       later(o)->SSL_use_PrivateKey(ssl, i->key) == 1 &&
	       (o->OPENSSL_sk_num(i->chain) == 0 ||
		o->SSL_ctrl(ssl, CTRL_CHAIN, COPY, i->chain) == 1);
}

static void complain_level(const struct openssl *o, const struct setting *s, int level,
			   unsigned long code)
{
	struct buf b;
	buf_init(&b, 2048);
	buf_strs(&b, "Certificate ", NULL);
	escape_text(&b, s->value, strlen(s->value), 512);
	buf_strs(&b, " is refused by ", o->version_text, NULL);
	if (level > 0) {
		buf_puts(&b, " at security level ");
		buf_uint(&b, (unsigned)level);
	}
	const char *reason = code ? o->ERR_reason_error_string(code) : NULL;
	buf_strs(&b, reason ? " (" : "", reason ? reason : "", reason ? ")" : "",
		 "; have it issued again, with RSA 3072 bits or P-256 and SHA-256; the section is "
		 "left out until then",
		 NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
}

bool identity_fits(struct copy *c, struct identity *i, SSL *ssl, int level, const struct setting *s)
{
	const struct openssl *o = copy_api(c);
	const uint8_t bit = (uint8_t)(1u << (level < 0 || level > 6 ? 7 : level));
	unsigned long code = 0;
	bool fits = false;
	if ((atomic_load(&i->fits) | atomic_load(&i->refused)) & bit)
		return atomic_load(&i->fits) & bit;
	SSL *trial;
	QUIET_BEGIN(o)
	trial = o->SSL_new ? o->SSL_new(o->SSL_get_SSL_CTX(ssl)) : NULL;
	if (trial) {
		if (level >= 0 && later(o)->SSL_set_security_level)
			later(o)->SSL_set_security_level(trial, level);
		fits = identity_set(o, trial, i);
		code = fits ? 0 : o->ERR_peek_last_error();
		o->SSL_free(trial);
	}
	QUIET_END(o)
	if (!trial)
		return false;
	atomic_fetch_or(fits ? &i->fits : &i->refused, bit);
	if (!fits)
		complain_level(o, s, level, code);
	return fits;
}
