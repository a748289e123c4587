/* SPDX-License-Identifier: ISC
 *
 * Is the wanted root in the system's bundle of CA certificates? One pass over the PEM text: every block is decoded and searched for
 * the bytes of the wanted name, and only a block that has them is parsed, so that 150 certificates take about a millisecond.
 */
#include "certificate.h"

#include <string.h>

enum {
	BUNDLE_LIMIT = 1024 * 1024, /* bytes, over all files */
	BYTES_A_UNIT = 200,
	BLOCK_MAX = 16384, /* bytes of a certificate */
	NO_DIGIT = 0xff,
};

static const char usual_files[][64] = {
#define BUNDLE(path) path,
#include "../policy/bundles.def"
#undef BUNDLE
};

struct search {
	struct evidence *e;
	const struct openssl *o;
	const unsigned char *name;
	size_t name_size;
	const struct look_for *wanted;
	unsigned char *der;    /* BLOCK_MAX bytes */
	const uint8_t *values; /* of base64 digits, by byte */
	size_t left;           /* bytes that may still be read */
};

static void base64_values(uint8_t values[256])
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	memset(values, NO_DIGIT, 256);
	for (size_t i = 0; i < 64; i++)
		values[(unsigned char)digits[i]] = (uint8_t)i;
}

/* Skips what is no base64, as PEM readers do with line ends. 0: too large. */
static size_t base64_decode(const uint8_t values[256], const char *s, size_t n, unsigned char *out)
{
	uint32_t bits = 0;
	size_t i, done = 0;
	unsigned have = 0;
	for (i = 0; i < n; i++) {
		const uint8_t v = values[(unsigned char)s[i]];
		if (v == NO_DIGIT)
			continue;
		bits = (bits << 6 | v) & 0xffffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (done == BLOCK_MAX)
			return 0;
		out[done++] = (unsigned char)(bits >> have);
	}
	return done;
}

static X509 *fitting(struct search *s, size_t n)
{
	const struct openssl *o = s->o;
	const unsigned char *p = s->der;
	X509 *x = NULL;
	if (n < s->name_size || !memmem(s->der, n, s->name, s->name_size))
		return NULL;
	QUIET_BEGIN(o)
	x = o->d2i_X509(NULL, &p, (long)n);
	if (x && !s->wanted->fits(s->wanted->arg, x)) {
		o->X509_free(x);
		x = NULL;
	}
	QUIET_END(o)
	return x;
}

static X509 *search_text(struct search *s, const char *text)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END";
	const char *from = text, *to;
	X509 *x;
	while ((from = strstr(from, begin)) != NULL) {
		from += sizeof begin - 1;
		to = strstr(from, end);
		if (!to)
			return NULL;
		x = fitting(s, base64_decode(s->values, from, (size_t)(to - from), s->der));
		if (x)
			return x;
		from = to;
	}
	return NULL;
}

static X509 *search_file(struct search *s, const char *path)
{
	struct file_status status;
	struct buf text;
	X509 *x = NULL;
	if (file_status(path, &status) != 0 || status.size > s->left ||
	    !evidence_afford(s->e, LOOK_FILES, (unsigned)(status.size / BYTES_A_UNIT)))
		return NULL;
	buf_init(&text, 0);
	if (file_read(path, s->left, &text, NULL, NULL, NULL) == 0) {
		s->left -= text.len < s->left ? text.len : s->left;
		x = search_text(s, buf_str(&text));
	}
	buf_free(&text);
	return x;
}

/* Where to search, and for which name; false: it cannot be encoded. *name is the caller's to free. */
static bool begin_search(struct search *s, uint8_t values[256], unsigned char **name)
{
	const struct openssl *o = s->o;
	int n = -1;
	QUIET_BEGIN(o)
	if (later(o)->i2d_X509_NAME)
		n = later(o)->i2d_X509_NAME(s->wanted->name, name);
	QUIET_END(o)
	base64_values(values);
	s->values = values;
	s->der = arena_alloc(&s->e->arena, BLOCK_MAX);
	s->name = *name;
	s->name_size = n > 0 ? (size_t)n : 0;
	return n > 0 && *name && s->der;
}

X509 *evidence_from_file(struct evidence *e, const struct openssl *o, const struct look_for *wanted,
			 const char *path)
{
	struct search s = {.e = e, .o = o, .wanted = wanted, .left = BUNDLE_LIMIT};
	unsigned char *der = NULL;
	uint8_t values[256];
	X509 *x = NULL;
	if (begin_search(&s, values, &der))
		x = search_file(&s, path);
	if (der)
		o->CRYPTO_free(der, "", 0);
	return x;
}

/* Of a text that has nothing else in it that OpenSSL takes for a certificate. */
static enum tried text_has(struct search *s, const char *text, const uint8_t sha256[32])
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END";
	const char *from = strstr(text, begin), *to;
	uint8_t digest[32];
	unsigned size = 0;
	if (!from || strstr(text, "TRUSTED CERTIFICATE") || strstr(text, "X509 CERTIFICATE"))
		return TRIED_NOT;
	for (; from; from = strstr(to, begin)) {
		from += sizeof begin - 1;
		to = strstr(from, end);
		if (!to)
			return TRIED_NOT;
		size_t n = base64_decode(s->values, from, (size_t)(to - from), s->der);
		if (n == 0 || !s->o->EVP_Digest(s->der, n, digest, &size, s->o->EVP_sha256(), NULL))
			return TRIED_NOT;
		if (memcmp(digest, sha256, sizeof digest) == 0)
			return TRIED_GOOD;
	}
	return TRIED_BAD;
}

enum tried evidence_in_file(struct evidence *e, const struct openssl *o, const uint8_t sha256[32],
			    const char *path)
{
	enum { BYTES_A_DIGEST_UNIT = 100 };
	struct search s = {.e = e, .o = o};
	enum tried found = TRIED_NOT;
	struct file_status status;
	uint8_t values[256];
	struct buf text;
	base64_values(values);
	s.values = values;
	s.der = arena_alloc(&e->arena, BLOCK_MAX);
	if (!s.der || !o->EVP_Digest || file_status(path, &status) != 0 ||
	    status.size > BUNDLE_LIMIT ||
	    !evidence_afford(e, LOOK_FILES, (unsigned)(status.size / BYTES_A_DIGEST_UNIT)))
		return TRIED_NOT;
	buf_init(&text, 0);
	if (file_read(path, BUNDLE_LIMIT, &text, NULL, NULL, NULL) == 0) {
		QUIET_BEGIN(o)
		found = text_has(&s, buf_str(&text), sha256);
		QUIET_END(o)
	}
	buf_free(&text);
	return found;
}

X509 *evidence_from_bundle(struct evidence *e, const struct openssl *o,
			   const struct look_for *wanted, const char **path)
{
	struct search s = {.e = e, .o = o, .wanted = wanted, .left = BUNDLE_LIMIT};
	unsigned char *der = NULL;
	uint8_t values[256];
	X509 *x = NULL;
	if (begin_search(&s, values, &der)) {
		/* one that the client loads itself has been looked into (store_files.c) */
		if (e->default_file_exists && !e->default_file_asked) {
			*path = e->default_file;
			x = search_file(&s, e->default_file);
		}
		for (size_t i = 0; !x && i < ARRAY_LENGTH(usual_files); i++) {
			if (e->default_file && strcmp(usual_files[i], e->default_file) == 0)
				continue;
			*path = usual_files[i];
			x = search_file(&s, usual_files[i]);
			if (!x && s.left < BUNDLE_LIMIT)
				break; /* one bundle: the others are links to it, or as good */
		}
	}
	if (der)
		o->CRYPTO_free(der, "", 0);
	return x;
}
