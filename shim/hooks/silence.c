/* SPDX-License-Identifier: ISC
 *
 * Handshakes that end without an answer and without a word from OpenSSL: the client waits for an answer, and then frees its SSL.
 */
#include <string.h>

#include <tlsmend/evidence.h>

#include "../openssl/versions.h"
#include "hooks.h"

/* Does the client hand the bytes to OpenSSL itself? Then the end of the connection does not reach OpenSSL, if it does not hand on that. */
static bool fed_by_client(const struct openssl *o, SSL *ssl)
{
	BIO *in = o->SSL_get_rbio(ssl);
	const char *name = in && o->BIO_method_name ? o->BIO_method_name(in) : NULL;
	return name && strcmp(name, "memory buffer") == 0;
}

/* The client gives up a handshake to which no byte of an answer came: its time is over, or it saw the end of a connection that it
 * feeds to OpenSSL itself (asyncio). One that it lets go at once it may have had no more use for. */
void silence_report(struct connection *n, SSL *ssl)
{
	enum { CLIENT_HELLO = 1, PATIENCE_MS = 1000 };
	const struct openssl *o = copy_api(n->copy);
	if (n->done || n->reported || n->pending || n->last_sent != CLIENT_HELLO ||
	    n->last_received >= 0 || n->first_count || n->alert_sent >= 0 ||
	    n->alert_received >= 0 || n->datagram)
		return;
	uint64_t waited = clock_monotonic_ms() - n->began_ms;
	if (waited < PATIENCE_MS && !fed_by_client(o, ssl))
		return;
	struct evidence *e = connection_evidence(n, ssl, EVENT_HANDSHAKE_FAILED);
	n->reported = true;
	if (e && (e->bytes_received > 0 || e->bytes_sent == 0)) {
		evidence_free(e);
		return;
	}
	if (e) {
		e->given_up = true;
		e->waited_seconds = (unsigned)((waited + 500) / 1000);
	}
	connection_report(n, e);
}
