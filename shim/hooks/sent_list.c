/* SPDX-License-Identifier: ISC
 *
 * The server's Certificate message, kept until the handshake is done: what OpenSSL does not decode of it is nowhere else.
 *
 * Under rules it is also asked what is remembered of these certificates. To hash them is a large part of what a rule costs, and a host
 * shows the same ones again and again: so the messages that came last are kept, and one that is the same to the byte has the same
 * digest and hash.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "sent_list.h"

enum { LATEST = 32, REMEMBERED_MOST = 16384 };
static struct sent_bytes *latest[LATEST];
static struct lock lock;

static void release(struct sent_bytes *s)
{
	if (s && atomic_fetch_sub(&s->references, 1) == 1)
		free(s);
}

/* By some of its bytes: the leaf stands in the first half, most often, and what comes behind it is the same for many hosts. */
static unsigned place_of(const uint8_t *body, size_t size)
{
	uint64_t sum = size, some;
	for (size_t part = 1; part < 4 && size >= 8 * sizeof some; part++) {
		memcpy(&some, body + size / 8 * part, sizeof some);
		sum = (sum ^ some) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return (unsigned)(sum >> 32) % LATEST;
}

typedef uint64_t __attribute__((vector_size(16), may_alias, aligned(1))) lanes;

static inline lanes difference(const lanes x[4], const lanes y[4])
{
	return (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]);
}

/* To the end, whatever was found: where it is asked for they are the same, nearly always. */
static bool same_bytes_in(const uint8_t *a, const uint8_t *b, size_t size)
{
	enum { STEP = 4 * sizeof(lanes) };
	lanes differ = {0, 0};
	if (size < STEP)
		return memcmp(a, b, size) == 0;
	const uint8_t *const last = a + size - STEP, *const last_of_b = b + size - STEP;
	for (; a < last; a += STEP, b += STEP)
		differ |= difference((const void *)a, (const void *)b);
	/* it laps over the one before */
	differ |= difference((const void *)last, (const void *)last_of_b);
	return (differ[0] | differ[1]) == 0;
}

/* A reference; NULL: it is another one. */
static struct sent_bytes *known(const uint8_t *body, size_t size, bool tls13)
{
	if (!lock_enter_table(&lock, latest, sizeof latest))
		return NULL;
	struct sent_bytes *s = latest[place_of(body, size)];
	if (s && (s->size != size || s->tls13 != tls13 || !same_bytes_in(s->body, body, size)))
		s = NULL;
	if (s)
		atomic_fetch_add(&s->references, 1);
	lock_leave(&lock);
	return s;
}

void list_remember(struct connection *n, const uint8_t leaf[32])
{
	struct sent_bytes *s = n->sent.bytes, *before;
	if (!s || s->size > REMEMBERED_MOST || s->hash)
		return;
	memcpy(s->leaf, leaf, sizeof s->leaf);
	s->hash = n->sent.hash;
	if (!lock_enter_table(&lock, latest, sizeof latest))
		return;
	atomic_fetch_add(&s->references, 1);
	before = latest[place_of(s->body, s->size)];
	latest[place_of(s->body, s->size)] = s;
	lock_leave(&lock);
	release(before);
}

void list_forget(struct connection *n)
{
	if (n->sent.bytes)
		release(n->sent.bytes);
	else
		free(n->sent.body);
	n->sent = (struct sent_message){.body = NULL};
}

/* False: no memory. */
static bool keep_under_rules(struct connection *n, const uint8_t *body, size_t size, bool tls13)
{
	struct sent_bytes *s = known(body, size, tls13);
	if (!s) {
		s = malloc(sizeof *s + size);
		if (!s)
			return false;
		*s = (struct sent_bytes){.references = 1, .size = size, .tls13 = tls13};
		memcpy(s->body, body, size);
	}
	n->sent = (struct sent_message){.body = s->body, .size = size, .hash = s->hash, .bytes = s};
	return true;
}

void list_keep(struct connection *n, const uint8_t *body, size_t size, bool tls13)
{
	enum { MOST = 131072 }; /* more than OpenSSL takes (max_cert_list) where nobody raised it */
	list_forget(n);
	if (size > MOST)
		return;
	if (n->policy) {
		KEEP_ERRNO_BEGIN
		keep_under_rules(n, body, size, tls13);
		KEEP_ERRNO_END
		return;
	}
	if (!record_wanted(LEVEL_ERROR))
		return;
	KEEP_ERRNO_BEGIN
	n->sent.body = malloc(size ? size : 1);
	KEEP_ERRNO_END
	if (!n->sent.body)
		return;
	memcpy(n->sent.body, body, size);
	n->sent.size = size;
}

void list_evidence(struct evidence *e, const struct connection *n, const SSL *ssl)
{
	enum { CERTIFICATE = 11, CERTIFICATE_VERIFY = 15 };
	const struct openssl *o = copy_api(n->copy);
	if (n->sent.body && n->story.last_received >= CERTIFICATE &&
	    n->story.last_received <= CERTIFICATE_VERIFY && n->story.alert_received < 0)
		evidence_sent_list(e, o, n->sent.body, n->sent.size,
				   o->SSL_version(ssl) == PROTOCOL_TLS1_3);
}
