/* SPDX-License-Identifier: ISC
 *
 * The leaf that the server of a connection presents: out of its Certificate message, of a verification, or of the session that is resumed.
 */
#include <string.h>

#include "connection.h"
#include "live.h"
#include "sent_list.h"
#include "story.h"
#include "transport.h"
#include "verification.h"

void verify_take_leaf(struct connection *n, const uint8_t leaf[32])
{
	memcpy(n->leaf.digest, leaf, sizeof n->leaf.digest);
	n->leaf.known = true;
	live_note(n, n->leaf.digest);
}

/* RFC 5246 section 7.4.2: a list of certificates, each after its length; RFC 8446 section 4.4.2: after a context. NULL: none. */
static const uint8_t *first_of(const uint8_t *body, size_t size, bool tls13, size_t *bytes)
{
	const size_t start = (tls13 && size > 0 ? 1u + body[0] : 0) + 6;
	if (size < start)
		return NULL;
	const uint8_t *at = body + start - 3;
	*bytes = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
	return *bytes == 0 || size - start < *bytes ? NULL : body + start;
}

/* Of the whole message: what stands before the leaf follows from the rest. */
static uint64_t hash_of_all(const uint8_t leaf[32], const uint8_t *behind, size_t size)
{
	uint64_t of_leaf;
	memcpy(&of_leaf, leaf, sizeof of_leaf);
	return leaf_hash_on(of_leaf, behind, size);
}

void verify_note_leaf(struct connection *n, const uint8_t *body, size_t size, bool tls13)
{
	uint8_t leaf[32];
	size_t bytes;
	if (n->sent.hash) { /* it is remembered */
		verify_take_leaf(n, n->sent.bytes->leaf);
		return;
	}
	const uint8_t *der = first_of(body, size, tls13, &bytes);
	if (!der)
		return;
	leaf_digest_of(der, bytes, leaf);
	verify_take_leaf(n, leaf);
	if (!n->policy)
		return;
	n->sent.hash = hash_of_all(leaf, der + bytes, (size_t)(body + size - der) - bytes);
	list_remember(n, leaf);
}

bool verify_sent_name(const struct connection *n, const X509 *leaf, bool tls13, const char *name,
		      unsigned flags)
{
	size_t bytes;
	const uint8_t *der =
	    n->sent.body ? first_of(n->sent.body, n->sent.size, tls13, &bytes) : NULL;
	return der && leaf_ends(copy_api(n->copy), leaf, der, bytes) &&
	       evidence_has_host(der, bytes, name, flags);
}

/* A resumed session brings its leaf along, unverified; a client that verifies by itself does so now. */
void verify_done(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	uint8_t leaf[32];
	const bool unverified = o->SSL_get_verify_mode(ssl) == 0;
	bool failed = false;
	X509 *object = NULL;
	if (o->SSL_get1_peer_certificate && (n->leaf.live || unverified || n->policy))
		object = o->SSL_get1_peer_certificate(ssl);
	if (object && !n->leaf.known && leaf_digest(o, object, leaf))
		verify_take_leaf(n, leaf);
	if (!n->story.left && unverified && live_client_verifies() && n->leaf.known) {
		TELL(n, ssl, LEFT, 0);
		live_left_to_client(n);
	}
	live_done(n, object);
	transport_settled(n);
	/* nobody will ask for it any more, but a client that was told of a failure and has looked by itself */
	if (!n->story.left && !n->policy && !live_is_good(n, &failed) && !failed)
		live_end(n);
}
