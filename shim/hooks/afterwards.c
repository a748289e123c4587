/* SPDX-License-Identifier: ISC
 *
 * What a client compares by itself, after a chain that OpenSSL found good: .NET the host's name and the purposes of the certificates,
 * curl an address. No function of OpenSSL that we see says how that went. So it is looked at here when such a connection ends.
 */
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/loader.h>

#include "live.h"

/* ---- is it .NET? ---------------------------------------------------------------------------------------- */

/* .NET's native part for OpenSSL exports its functions; where it is linked into the program (single file, native ahead-of-time), the
 * runtime exports what debuggers look for. */
static bool has_dotnet(void)
{
	static const char *const symbols[] = {"CryptoNative_EnsureOpenSslInitialized",
					      "DotNetRuntimeInfo", "DotNetRuntimeDebugHeader"};
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		const struct lookup q = {.name = symbols[i]};
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
	if (n->sni)
		named = o->X509_check_host(leaf, n->sni, 0, NO_PARTIAL_WILDCARDS, NULL) != 0;
	else if (n->address[0])
		named = o->X509_check_ip_asc(leaf, n->address, 0) != 0 ||
			o->X509_check_host(leaf, n->address, 0, 0, NULL) != 0 ||
			(n->host && o->X509_check_host(leaf, n->host, 0, 0, NULL) != 0);
	QUIET_END(o)
	return named;
}

static bool suits_servers(const struct openssl *o, X509 *x)
{
	enum { XKU_SERVER = 0x1 };
	/* no extension: all bits; anyExtendedKeyUsage does not count in .NET */
	return !o->X509_get_extended_key_usage ||
	       (o->X509_get_extended_key_usage(x) & XKU_SERVER) != 0;
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

static void report(struct connection *n, SSL *ssl, X509 *leaf, bool named, int depth)
{
	enum { INVALID_PURPOSE = 26 };
	const struct openssl *o = copy_api(n->copy);
	bool went_on = n->ending == ENDING_WENT_ON;
	OPENSSL_STACK *presented =
	    o->SSL_get_peer_cert_chain ? o->SSL_get_peer_cert_chain(ssl) : NULL;
	struct evidence *e =
	    connection_evidence(n, ssl, went_on ? EVENT_VERIFY_IGNORED : EVENT_VERIFY_FAILED);
	if (!e)
		return;
	e->framework = afterwards_is_dotnet() ? FRAMEWORK_DOTNET : FRAMEWORK_NONE;
	e->have_verification = e->verify_peer = true;
	e->enforced = !went_on;
	e->passed = went_on;
	if (!n->sni)
		e->expected_name = arena_strdup(&e->arena, n->address);
	/* the chain that .NET built is gone by now; it was good, so that what was presented shows it but for the root */
	evidence_chain(e, o, leaf, presented, presented, NULL, NULL);
	e->name_checked = true;
	e->name_matches = named;
	if (depth >= 0)
		evidence_add_error(e, INVALID_PURPOSE, depth);
	connection_report(n, e);
}

void afterwards_address(struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	X509 *leaf = NULL;
	int match = 1;
	connection_find_peer(n, ssl);
	/* one that was looked up by name may be compared with the name; that of a proxy tells nothing */
	if (n->address[0] && !n->guessed && n->host && strcmp(n->host, n->address) == 0 &&
	    o->X509_check_ip_asc && o->SSL_get1_peer_certificate)
		leaf = o->SSL_get1_peer_certificate(ssl);
	if (!leaf)
		return;
	QUIET_BEGIN(o)
	match = o->X509_check_ip_asc(leaf, n->address, 0);
	QUIET_END(o)
	if (match == 0)
		report(n, ssl, leaf, false, -1);
	o->X509_free(leaf);
}

void afterwards_end(struct connection *n, SSL *ssl)
{
	static struct lately lately;
	const struct openssl *o = copy_api(n->copy);
	if (!o->SSL_get1_peer_certificate || !live_is_good(n))
		return;
	X509 *leaf = o->SSL_get1_peer_certificate(ssl);
	if (!leaf)
		return;
	bool named = names_host(o, n, leaf);
	int depth =
	    unsuited(o, leaf, o->SSL_get_peer_cert_chain ? o->SSL_get_peer_cert_chain(ssl) : NULL);
	if ((!named || depth >= 0) &&
	    !(n->ending == ENDING_WENT_ON && lately_seen(&lately, n->leaf)))
		report(n, ssl, leaf, named, depth);
	o->X509_free(leaf);
}
