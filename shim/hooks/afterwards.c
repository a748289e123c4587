/* SPDX-License-Identifier: ISC
 *
 * What a client compares by itself, after a chain that OpenSSL found good: .NET the host's name and the purposes of the certificates,
 * curl an address. No function of OpenSSL that we see says how that went. So it is looked at here when such a connection ends.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/loader.h>
#include <tlsmend/record.h>

#include "connection.h"
#include "lately.h"
#include "live.h"
#include "names.h"
#include "peer.h"
#include "story.h"
#include "transport.h"
#include "verification.h"

/* ---- is it .NET? ---------------------------------------------------------------------------------------- */

/* .NET's native part for OpenSSL exports its functions; where it is linked into the program (single file, native ahead-of-time), the
 * runtime exports what debuggers look for. */
static bool has_dotnet(void)
{
	static const char symbols[][40] = {"CryptoNative_EnsureOpenSslInitialized",
					   "DotNetRuntimeInfo", "DotNetRuntimeDebugHeader"};
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		const struct lookup q = {.name = loader_name(symbols[i])};
		if (loader_definer(&q, NULL))
			return true;
	}
	return false;
}

bool afterwards_is_dotnet(void)
{
	static atomic_bool known;
	if (!atomic_load_explicit(&known, memory_order_relaxed) && has_dotnet())
		atomic_store(&known, true);
	return atomic_load_explicit(&known, memory_order_relaxed);
}

/* ---- name and purpose ----------------------------------------------------------------------------------- */

/* As .NET does: the name that it sent as SNI; it sends none where it was asked for an address. Which address that was is known only
 * from the peer's, so that a certificate for the peer's name will do too. */
static bool names_host(const struct openssl *o, const struct connection *n, X509 *leaf)
{
	enum { NO_PARTIAL_WILDCARDS = 0x4 };
	bool named = true;
	if (!o->X509_check_host || !o->X509_check_ip_asc)
		return true;
	QUIET_BEGIN(o)
	if (n->peer.sni)
		named = o->X509_check_host(leaf, n->peer.sni, 0, NO_PARTIAL_WILDCARDS, NULL) != 0;
	else if (n->peer.address[0])
		named = o->X509_check_ip_asc(leaf, n->peer.address, 0) != 0 ||
			o->X509_check_host(leaf, n->peer.address, 0, 0, NULL) != 0 ||
			(n->peer.host && o->X509_check_host(leaf, n->peer.host, 0, 0, NULL) != 0);
	QUIET_END(o)
	return named;
}

static bool suits_servers(const struct openssl *o, X509 *x)
{
	enum { XKU_SERVER = 0x1 };
	/* no extension: all bits; anyExtendedKeyUsage does not count in .NET */
	return !later(o)->X509_get_extended_key_usage ||
	       (later(o)->X509_get_extended_key_usage(x) & XKU_SERVER) != 0;
}

/* The depth of the first certificate that was not issued for servers; -1: none. */
static int unsuited(const struct openssl *o, X509 *leaf, OPENSSL_STACK *presented)
{
	int count = presented ? o->OPENSSL_sk_num(presented) : 0;
	if (!suits_servers(o, leaf))
		return 0;
	for (int i = 1; i < count; i++)
		if (!suits_servers(o, o->OPENSSL_sk_value(presented, i)))
			return i;
	return -1;
}

/* OpenSSL's number for a leaf that is not valid at this time; 0: it is. */
static int outdated_as(const struct openssl *o, const X509 *leaf)
{
	enum { NOT_YET_VALID = 9, HAS_EXPIRED = 10 };
	const int64_t now = clock_realtime_ms() / 1000;
	if (!later(o)->X509_get0_notBefore || !later(o)->X509_get0_notAfter)
		return 0;
	const int64_t from = evidence_time(o, later(o)->X509_get0_notBefore(leaf)),
		      until = evidence_time(o, later(o)->X509_get0_notAfter(leaf));
	if (until != INT64_MIN && until < now)
		return HAS_EXPIRED;
	return from != INT64_MIN && from > now ? NOT_YET_VALID : 0;
}

/* ... of a client that connected to an address and sent no name. One that was looked up by name may be compared with the name; that of a
 * proxy tells nothing. */
static bool is_for_address(const struct openssl *o, const struct connection *n, SSL *ssl,
			   X509 *leaf)
{
	int match = 1;
	if (!n->peer.address[0] || !n->peer.host || strcmp(n->peer.host, n->peer.address) != 0 ||
	    !o->X509_check_ip_asc || (n->socket.guessed && !transport_asked_first(n, ssl)))
		return true;
	QUIET_BEGIN(o)
	match = o->X509_check_ip_asc(leaf, n->peer.address, 0);
	QUIET_END(o)
	return match != 0;
}

/* A client that sends no name, and has OpenSSL check none, connected to an address that it looked up: that name is its host as much as one
 * that it had sent. Only where the socket is the SSL's own, or has carried just as much (haproxy, Tcl), and nothing was said on it before (to a proxy). To find
 * it means to look at all of the process's: once a minute for a leaf. */
bool afterwards_is_misnamed(struct connection *n, SSL *ssl)
{
	static struct lately lately, sought;
	const struct openssl *o = copy_api(n->copy);
	int match = 1;
	if (!n->story.nameless || !o->X509_check_host || !o->SSL_get1_peer_certificate ||
	    !record_wanted(LEVEL_WARNING) || sandbox_entered() ||
	    (!transport_is_plain(n, ssl) && lately_seen(&sought, n->leaf.digest)))
		return false;
	connection_find_peer(n, ssl);
	if ((n->socket.guessed && n->socket.gave_host) || !n->peer.host ||
	    host_is_address(n->peer.host))
		return false;
	X509 *leaf = o->SSL_get1_peer_certificate(ssl);
	if (!leaf)
		return false;
	QUIET_BEGIN(o)
	match = o->X509_check_host(leaf, n->peer.host, 0, 0, NULL);
	QUIET_END(o)
	o->X509_free(leaf);
	return match == 0 && !(n->story.left && lately_seen(&lately, n->leaf.digest));
}

static bool is_among(const struct openssl *o, OPENSSL_STACK *presented, const X509 *x)
{
	bool among = false;
	for (int i = 0; i < o->OPENSSL_sk_num(presented); i++)
		among = among || o->OPENSSL_sk_value(presented, i) == x;
	return among;
}

/* What the server did not send, the client has from elsewhere; and if it did, it has where it handed over another object of the same bytes than
 * the one that came. */
bool afterwards_brought_root(const struct connection *n, const SSL *ssl, bool *alone)
{
	const struct openssl *o = copy_api(n->copy);
	const X509 *roots[LIVE_ROOTS];
	uint8_t root[32], sent[32];
	unsigned size;
	if (!later(o)->SSL_get_peer_cert_chain || !live_failed_at_root(n, root, roots, alone))
		return false;
	OPENSSL_STACK *presented = later(o)->SSL_get_peer_cert_chain(ssl);
	if (!presented)
		return false;
	for (size_t i = 0; i < LIVE_ROOTS && roots[i]; i++) {
		if (!is_among(o, presented, roots[i]))
			return true;
	}
	bool brought = true;
	QUIET_BEGIN(o)
	for (int i = 0; brought && i < o->OPENSSL_sk_num(presented); i++)
		brought = o->X509_digest(o->OPENSSL_sk_value(presented, i), o->EVP_sha256(), sent,
					 &size) == 1 &&
			  memcmp(sent, root, sizeof root) != 0;
	QUIET_END(o)
	return brought;
}

bool afterwards_look(struct connection *n, SSL *ssl, struct happening *leaf_is)
{
	const struct openssl *o = copy_api(n->copy);
	X509 *leaf = o->SSL_get1_peer_certificate ? o->SSL_get1_peer_certificate(ssl) : NULL;
	if (!leaf)
		return false;
	if (!n->peer.sni)
		connection_find_peer(n, ssl);
	const bool address = n->story.nameless && !is_for_address(o, n, ssl, leaf);
	const bool outdated = outdated_as(o, leaf) != 0;
	/* .NET compares it; another one that found the chain good has taken the purpose, as xfreerdp takes any */
	const bool suited =
	    unsuited(o, leaf,
		     later(o)->SSL_get_peer_cert_chain ? later(o)->SSL_get_peer_cert_chain(ssl)
						       : NULL) < 0 ||
	    !afterwards_is_dotnet();
	*leaf_is = (struct happening){.what = HAPPENING_LEAF,
				      .leaf = {.named = names_host(o, n, leaf),
					       .suited = suited,
					       .address = address,
					       .outdated = outdated}};
	o->X509_free(leaf);
	return true;
}

/* The name that OpenSSL was asked for, and did not find. */
static const char *asked_for(struct evidence *e, const struct connection *n)
{
	char asked[256];
	if (n->story.names != NAMES_DO_NOT_FIT ||
	    names_looked_at(n->leaf.digest, asked) != NAMES_DO_NOT_FIT || !asked[0])
		return NULL;
	e->name_asked = true;
	return arena_strdup(&e->arena, asked);
}

static void describe(struct evidence *e, struct connection *n, SSL *ssl, X509 *leaf, bool went_on)
{
	enum { INVALID_PURPOSE = 26, DANE_NO_MATCH = 65 /* from 1.1.0 on */ };
	const struct openssl *o = copy_api(n->copy);
	OPENSSL_STACK *presented =
	    later(o)->SSL_get_peer_cert_chain ? later(o)->SSL_get_peer_cert_chain(ssl) : NULL;
	const bool name = n->story.reason == REASON_NAME || n->story.reason == REASON_ADDRESS;
	const int depth = name ? -1 : unsuited(o, leaf, presented);
	e->framework = afterwards_is_dotnet() ? FRAMEWORK_DOTNET : FRAMEWORK_NONE;
	e->have_verification = e->verify_peer = true;
	e->enforced = !went_on;
	e->passed = went_on;
	e->expected_name = asked_for(e, n);
	if (!e->expected_name && !n->peer.sni)
		e->expected_name = arena_strdup(
		    &e->arena, n->peer.host && n->story.unnamed ? n->peer.host : n->peer.address);
	/* the chain that .NET built is gone by now; it was good, so that what was presented shows it but for the root */
	evidence_chain(
	    e, o, &(struct chain_parts){.leaf = leaf, .presented = presented, .chain = presented});
	e->name_checked = true;
	e->name_matches = !name && !n->story.leaf_misnamed && n->story.names != NAMES_DO_NOT_FIT;
	e->own_pin = n->story.reason == REASON_OWN_CHECK;
	if (e->own_pin)
		evidence_add_error(e, DANE_NO_MATCH, 0);
	const int outdated = name ? 0 : outdated_as(o, leaf);
	if (outdated)
		evidence_add_error(e, outdated, 0);
	if (depth >= 0 && afterwards_is_dotnet())
		evidence_add_error(e, INVALID_PURPOSE, depth);
}

struct evidence *afterwards_evidence(struct connection *n, SSL *ssl, bool went_on)
{
	static struct lately lately;
	const struct openssl *o = copy_api(n->copy);
	X509 *leaf = ssl && o->SSL_get1_peer_certificate ? o->SSL_get1_peer_certificate(ssl) : NULL;
	struct evidence *e = NULL;
	if (leaf && !(went_on && lately_seen(&lately, n->leaf.digest)))
		e = connection_evidence(n, ssl,
					went_on ? EVENT_VERIFY_IGNORED : EVENT_VERIFY_FAILED);
	if (e)
		describe(e, n, ssl, leaf, went_on);
	if (leaf)
		o->X509_free(leaf);
	return e;
}
