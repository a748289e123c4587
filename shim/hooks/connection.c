/* SPDX-License-Identifier: ISC
 *
 * The state of one client connection: who the peer is (peer.c), what rule holds, what was seen. It hangs on the SSL as ex_data and
 * goes with it.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>

#include <tlsmend/versions.h>
#include "certificate.h"
#include "connection.h"
#include "known.h"
#include "live.h"
#include "loaded.h"
#include "peer.h"
#include "rule_of_peer.h"
#include "sent_list.h"
#include "story.h"
#include "transport.h"
#include "uses.h"
#include "verification.h"

static void connection_clear(struct connection *n)
{
	if (n->held.under_way)
		n->held.under_way->connection = NULL;
	/* freed by libssl itself, where we do not see it */
	if (n->copy && !n->story.ended)
		story_ends(n, NULL, END_PAST);
	live_end(n);
	transport_settled(n);
	closed_unwatch(n);
	carrier_settled(n);
	buf_free(&n->text);
	evidence_free(n->held.failed);
	evidence_free(n->held.unnamed);
	if (n->copy)
		apply_forget(copy_api(n->copy), &n->applied);
	policy_release(n->policy);
	free(n->peer.host);
	free(n->peer.sni);
	list_forget(n);
}

static void connection_zero(struct connection *n)
{
	memset((char *)n + offsetof(struct connection, copy), 0,
	       sizeof *n - offsetof(struct connection, copy));
}

/* ex_data: the SSL goes. Of the SSL itself not much may be left (3.2 and later), so it is not looked at; see hook_SSL_free. */
static void state_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct connection *n = ptr;
	(void)ad;
	(void)idx;
	(void)argl;
	KEEP_ERRNO_BEGIN
	known_remove(parent);
	KEEP_ERRNO_END
	if (!n)
		return;
	KEEP_ERRNO_BEGIN
	struct copy *outer = binding_current;
	binding_current = argp;
	connection_clear(n);
	/* who looks through those whose story is not over has nothing to see here from now on */
	memset((char *)n + offsetof(struct connection, copy), 0,
	       offsetof(struct connection, rule) - offsetof(struct connection, copy));
	/* leaked rather than freed under somebody's hands */
	if (open_forget(n))
		free(n);
	else
		connection_zero(n);
	binding_current = outer;
	KEEP_ERRNO_END
}

void connection_known(struct copy *c, const SSL *ssl)
{
	if (kept_watch(c, KEPT_SSL_STATE, kept_not_copied, state_free))
		known_add(ssl);
}

static struct connection *connection_new(struct copy *c, SSL *ssl)
{
	struct connection *n = calloc(1, sizeof *n);
	if (n && kept_set(c, KEPT_SSL_STATE, ssl, n))
		return n;
	free(n);
	return NULL;
}

struct connection *connection_start(struct copy *c, SSL *ssl)
{
	struct connection *n = connection_of(c, ssl);
	connection_known(c, ssl);
	if (!n)
		n = connection_new(c, ssl);
	if (!n)
		return NULL;
	/* a new one is clear */
	if (n->copy) {
		connection_end(n, ssl, END_AGAIN);
		connection_clear(n);
		connection_zero(n);
	}
	n->copy = c;
	n->datagram = !openssl_is_stream(copy_api(c), ssl);
	n->load_failures = load_failures();
	n->wire.before.read = transport_received(copy_api(c), ssl);
	n->wire.before.written = transport_sent(copy_api(c), ssl);
	carrier_begin(n, transport_descriptor(copy_api(c), ssl));
	n->policy = policy_acquire();
	connection_identify(n, ssl, n->policy ? policy_of(n->policy) : NULL);
	open_note(n, ssl);
	TELL(n, ssl, BEGINS, transport_in_memory(copy_api(c), copy_api(c)->SSL_get_rbio(ssl)),
	     n->datagram, openssl_is_quic(copy_api(c), ssl));
	if (n->policy) {
		struct peer peer;
		connection_peer(n, &peer);
		n->met = policy_lookup_again(n->policy, n->met, &peer, &n->rule);
		rule_of_names(n, ssl);
		if (n->datagram) /* nothing counts what such a socket carries, so that nothing more will show */
			rule_of_peer(n, ssl, NULL);
		if (n->peer.lost && !n->rule.closed)
			n->rule.closed = policy_strict(policy_of(n->policy));
	}
	return n;
}

/* Under TLS 1.3 it shows only now whether the server could do without a certificate that the client has not got. */
static bool did_without(const struct story *s)
{
	return s->done && s->requested && s->shown_nothing && !story_told(s);
}

void connection_end(struct connection *n, SSL *ssl, int how)
{
	if (n->story.ended)
		return;
	verification_left(n, ssl);
	story_ends(n, ssl, how);
	certificate_mended(n, ssl, true);
	if (did_without(&n->story))
		load_settle(n, ssl, false);
	if (n->mended.by_trust && n->story.done && n->story.left && !live_client_verifies() &&
	    n->story.data_taken)
		connection_mended(n, ssl, connection_trust(n));
	n->mended.by_trust = false;
}
