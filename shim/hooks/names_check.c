/* SPDX-License-Identifier: ISC
 *
 * A client looks at the names of a certificate outside of a verification: it has OpenSSL compare them, whose answer is what it acts on, or
 * reads them by itself.
 */
#include <arpa/inet.h>
#include <string.h>

#include "live.h"
#include "load.h"
#include "names.h"
#include "story.h"
#include "verification.h"

/* A client looks at the object that was verified, most often, and to write it down as bytes once more is dear. */
static bool digest_of(const struct openssl *o, const X509 *x, uint8_t leaf[32])
{
	return (names_object(x, leaf) && leaf_seems(o, x, leaf)) || leaf_digest(o, x, leaf);
}

/* What was asked for, and the answer: 1 yes, 0 no, less: it could not tell. */
static void note(const struct target *t, X509 *x, const char *asked, int answer)
{
	const struct openssl *o = copy_api(t->copy);
	uint8_t leaf[32];
	if (t->caller != CALLER_HOST || !x || answer < 0 || !(live_any() || names_watched()))
		return;
	KEEP_ERRNO_BEGIN
	own_checks_goes_on(o, x);
	if (digest_of(o, x, leaf)) {
		live_read_names(x, leaf);
		names_note(leaf, answer ? NAMES_FIT : NAMES_DO_NOT_FIT, answer ? NULL : asked);
	}
	KEEP_ERRNO_END
}

/* `size` 0: it ends with a NUL. */
static const char *as_string(char to[256], const char *name, size_t size)
{
	if (!name)
		return NULL;
	size = size ? strnlen(name, size) : strlen(name);
	size = size < 255 ? size : 255;
	memcpy(to, name, size);
	to[size] = '\0';
	return to;
}

int hook_X509_check_host(const struct target *t, X509 *x, const char *name, size_t size,
			 unsigned int flags, char **peername)
{
	char text[256];
	int r = LOAD_REAL(int, X509 *, const char *, size_t, unsigned int,
			  char **)(x, name, size, flags, peername);
	note(t, x, as_string(text, name, size), r);
	return r;
}

int hook_X509_check_email(const struct target *t, X509 *x, const char *name, size_t size,
			  unsigned int flags)
{
	char text[256];
	int r = LOAD_REAL(int, X509 *, const char *, size_t, unsigned int)(x, name, size, flags);
	note(t, x, as_string(text, name, size), r);
	return r;
}

int hook_X509_check_ip(const struct target *t, X509 *x, const unsigned char *address, size_t size,
		       unsigned int flags)
{
	char text[INET6_ADDRSTRLEN];
	const char *asked = NULL;
	int r = LOAD_REAL(int, X509 *, const unsigned char *, size_t, unsigned int)(x, address,
										    size, flags);
	if (address && (size == 4 || size == 16))
		asked = inet_ntop(size == 4 ? AF_INET : AF_INET6, address, text, sizeof text);
	note(t, x, asked, r);
	return r;
}

int hook_X509_check_ip_asc(const struct target *t, X509 *x, const char *address, unsigned int flags)
{
	int r = LOAD_REAL(int, X509 *, const char *, unsigned int)(x, address, flags);
	note(t, x, address, r);
	return r;
}

/* curl from 8.2x on verifies nothing in the handshake and looks at the names first: where they are wrong, it never asks for the
 * result. A client that only fetches a certificate does not read its names. */
static void note_reading(const struct target *t, const X509 *x, int nid)
{
	uint8_t leaf[32];
	if (nid != NID_subject_alt_name_ || t->caller != CALLER_HOST ||
	    !(live_any() || names_watched()))
		return;
	own_checks_goes_on(copy_api(t->copy), x);
	if (!digest_of(copy_api(t->copy), x, leaf))
		return;
	live_read_names(x, leaf);
	names_note(leaf, NAMES_READ, NULL);
}

void *hook_X509_get_ext_d2i(const struct target *t, const X509 *x, int nid, int *critical,
			    int *index)
{
	if (nid == NID_subject_alt_name_ && t->caller == CALLER_HOST) {
		KEEP_ERRNO_BEGIN
		note_reading(t, x, nid);
		KEEP_ERRNO_END
	}
	return ((union {
		       void *object;
		       void *(*function)(const X509 *, int, int *, int *);
	       }){.object = t->real})
	    .function(x, nid, critical, index);
}

/* radsecproxy looks for the extension by itself. */
int hook_X509_get_ext_by_NID(const struct target *t, const X509 *x, int nid, int last)
{
	if (nid == NID_subject_alt_name_ && t->caller == CALLER_HOST) {
		KEEP_ERRNO_BEGIN
		note_reading(t, x, nid);
		KEEP_ERRNO_END
	}
	return ((union {
		       void *object;
		       int (*function)(const X509 *, int, int);
	       }){.object = t->real})
	    .function(x, nid, last);
}

/* Ruby reads all of them, one after the other. */
X509_EXTENSION *hook_X509_get_ext(const struct target *t, const X509 *x, int index)
{
	const struct openssl *o = copy_api(t->copy);
	X509_EXTENSION *found = LOAD_REAL(X509_EXTENSION *, const X509 *, int)(x, index);
	KEEP_ERRNO_BEGIN
	if (found && (live_any() || names_watched()))
		note_reading(t, x, o->OBJ_obj2nid(o->X509_EXTENSION_get_object(found)));
	KEEP_ERRNO_END
	return found;
}

/* ---- what it may look at where nobody sees it ---------------------------------------------------------------------------- */

static void note_taken(const struct target *t, const X509 *x)
{
	uint8_t leaf[32];
	if (t->caller != CALLER_HOST || !x || !names_watched())
		return;
	KEEP_ERRNO_BEGIN
	if (digest_of(copy_api(t->copy), x, leaf))
		names_note_taken(leaf);
	KEEP_ERRNO_END
}

int hook_i2d_X509(const struct target *t, const X509 *x, unsigned char **out)
{
	note_taken(t, x);
	return LOAD_REAL(int, const X509 *, unsigned char **)(x, out);
}

int hook_i2d_X509_bio(const struct target *t, BIO *bio, const X509 *x)
{
	note_taken(t, x);
	return LOAD_REAL(int, BIO *, const X509 *)(bio, x);
}

/* The common name, which is taken out of a part of the leaf. */
static void note_common(const struct target *t, const X509_NAME *name, int nid)
{
	enum { NID_COMMON_NAME = 13 };
	if (nid != NID_COMMON_NAME || t->caller != CALLER_HOST || !name || !names_watched())
		return;
	KEEP_ERRNO_BEGIN
	names_note_common(name);
	KEEP_ERRNO_END
}

int hook_X509_NAME_get_text_by_NID(const struct target *t, const X509_NAME *name, int nid, char *to,
				   int size)
{
	note_common(t, name, nid);
	return LOAD_REAL(int, const X509_NAME *, int, char *, int)(name, nid, to, size);
}

int hook_X509_NAME_get_index_by_NID(const struct target *t, const X509_NAME *name, int nid,
				    int last)
{
	note_common(t, name, nid);
	return LOAD_REAL(int, const X509_NAME *, int, int)(name, nid, last);
}
