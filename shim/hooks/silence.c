/* SPDX-License-Identifier: ISC
 *
 * Handshakes that end without an answer, or in the middle of one, and without a word from OpenSSL: the client waits, and then
 * frees its SSL.
 */
#include <string.h>

#include <tlsmend/evidence.h>

#include "../openssl/versions.h"
#include "hooks.h"

/* Does the client hand the bytes to OpenSSL itself? Then the end of the connection does not reach OpenSSL, if it does not hand on that. */
static bool in_memory(const struct openssl *o, BIO *b)
{
	const char *name = b && o->BIO_method_name ? o->BIO_method_name(b) : NULL;
	return name && strcmp(name, "memory buffer") == 0;
}

static bool fed_by_client(const struct openssl *o, SSL *ssl)
{
	return in_memory(o, o->SSL_get_rbio(ssl));
}

/* What such a client never took from OpenSSL, nobody could answer. */
static bool was_sent(const struct openssl *o, SSL *ssl)
{
	BIO *out = o->SSL_get_wbio(ssl);
	return !in_memory(o, out) || !o->BIO_number_read || o->BIO_number_read(out) > 0;
}

/* Did the client's last attempt end with nothing to read? */
static bool waits_for_peer(const struct openssl *o, SSL *ssl)
{
	BIO *in = o->SSL_get_rbio(ssl);
	return o->SSL_want(ssl) == SSL_WANT_READING && in &&
	       o->BIO_test_flags(in, BIO_FLAG_SHOULD_RETRY) != 0;
}

static bool anything_came(const struct openssl *o, const struct connection *n, SSL *ssl)
{
	return n->heard_ms != 0 || connection_received(o, ssl) > n->read_before;
}

static void report(struct connection *n, SSL *ssl, uint64_t waited)
{
	struct evidence *e = connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED);
	n->reported = true;
	if (e && e->bytes_sent == 0) {
		evidence_free(e);
		return;
	}
	if (e) {
		e->given_up = true;
		e->waited_seconds = (unsigned)((waited + 500) / 1000);
	}
	connection_report(n, e);
}

/* The client gives up a handshake to which no byte of an answer came, or no more: its time is over, or it saw the end of a
 * connection that it feeds to OpenSSL itself (asyncio). One that it lets go at once it may have had no more use for. */
void silence_report(struct connection *n, SSL *ssl)
{
	enum { PATIENCE_MS = 1000 };
	const struct openssl *o = copy_api(n->copy);
	if (n->done || n->reported || n->pending || n->last_sent < 0 || n->alert_sent >= 0 ||
	    n->alert_received >= 0 || n->datagram || !was_sent(o, ssl))
		return;
	const bool answered = anything_came(o, n, ssl);
	const uint64_t waited = clock_monotonic_ms() - (n->heard_ms ? n->heard_ms : n->began_ms);
	if (waited < PATIENCE_MS ? answered || !fed_by_client(o, ssl)
				 : answered && !waits_for_peer(o, ssl))
		return;
	report(n, ssl, waited);
}
