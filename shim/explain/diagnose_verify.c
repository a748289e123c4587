/* SPDX-License-Identifier: ISC
 *
 * Everything that a verification finds besides a missing anchor (CAUSES 1.2): time, name, purpose, signature,
 * strength, revocation. Added trust never acts on these.
 */
#include "diagnosis.h"

#include <string.h>

/* A day on which this source already existed; a clock before it is wrong. Not __DATE__: builds are reproducible. */
#ifndef TLSMEND_BUILD_EPOCH
#define TLSMEND_BUILD_EPOCH 1793491200 /* 2026-11-01 */
#endif

enum { DAY = 86400, YEAR = 365 * DAY };
enum {
	USE_CHECK_TIME = 0x2
}; /* X509_V_FLAG_USE_CHECK_TIME: the client chose the time, so no clock is to blame */

static const char *clock_name(const struct evidence *e)
{
	return (e->verify_flags & USE_CHECK_TIME) != 0 ? "the time that the client chose"
						       : "this machine's clock";
}

/* ---- refinement: what the code alone does not tell ----------------------------------------------------- */
static bool clock_before_all(const struct evidence *e)
{
	size_t i;

	if (e->now == 0 || e->chain_count == 0)
		return false;
	for (i = 0; i < e->chain_count; i++) {
		if (e->chain[i].not_before == INT64_MIN ||
		    e->now > e->chain[i].not_before - 2 * (int64_t)YEAR)
			return false;
	}
	return true;
}

/* An expired certificate is expired all the more where the clock is slow, so only "not yet valid" can be its fault. */
static bool clock_is_wrong(const struct evidence *e)
{
	return e->now != 0 && (e->verify_flags & USE_CHECK_TIME) == 0 &&
	       (e->now < TLSMEND_BUILD_EPOCH || clock_before_all(e));
}

static enum cause refine(const struct diagnosis *d)
{
	const struct cert_info *c = d->culprit;

	if (d->first.code == 0 && d->r->cause == CAUSE_NAME_MISMATCH)
		return name_cause(d);
	switch (d->symbol) {
	case VERIFY_CERT_NOT_YET_VALID:
		return clock_is_wrong(d->e) ? CAUSE_CLOCK_WRONG : CAUSE_NOT_YET_VALID;
	case VERIFY_HOSTNAME_MISMATCH:
		return name_cause(d);
	case VERIFY_UNSPECIFIED:
		if (c != NULL && c->malformed)
			return CAUSE_MALFORMED_CERTIFICATE;
		/* OpenSSL gives up where names times limits are too many to compare. */
		return constraining_ca(d) != NULL ? CAUSE_NAME_CONSTRAINT : d->r->cause;
	case VERIFY_INVALID_PURPOSE:
	case VERIFY_INVALID_CA:
		/* How some versions report an extension that does not parse. */
		return c != NULL && c->malformed ? CAUSE_MALFORMED_CERTIFICATE : d->r->cause;
	default:
		return d->r->cause;
	}
}

/* ---- time --------------------------------------------------------------------------------------------- */
static const char *days(struct diagnosis *d, int64_t seconds)
{
	const int64_t n = seconds / DAY;

	return n == 1 ? "1 day" : say(d->e, say_int(d->e, n), " days", (char *)NULL);
}

static void say_expired(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	d->r->message =
	    say(e, "cannot trust ", d->who, ": ", whose(d), " has expired", (char *)NULL);
	if (c != NULL && c->not_after != INT64_MIN)
		d->r->why = say(e, whose(d), " was valid until ", say_date(e, c->not_after),
				e->now > c->not_after ? say(e, ", ", days(d, e->now - c->not_after),
							    " ago by ", clock_name(e), " (",
							    say_date(e, e->now), ")", (char *)NULL)
						      : "",
				(char *)NULL);
	if (d->first.depth > 0)
		help_line(d, "the server's operator has to send a newer certificate of that CA, or "
			     "none if it is an old cross-signed one; where it comes from this "
			     "machine, update its CA certificates");
	else
		help_line(d, "the server's operator has to renew the certificate, and to restart "
			     "the service if it still uses the old one");
}

static void say_not_yet(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	d->r->message =
	    say(e, "cannot trust ", d->who, ": ", whose(d), " is not valid yet", (char *)NULL);
	if (c != NULL && c->not_before != INT64_MIN)
		d->r->why = say(e, whose(d), " is valid from ", say_date(e, c->not_before), "; ",
				clock_name(e), " says ", say_date(e, e->now), (char *)NULL);
	help_line(d, "check this machine's clock; if it is right, the server's operator has to use "
		     "the former certificate until that day");
}

static void say_clock(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->message =
	    say(e, "cannot trust ", d->who, ": the clock of this machine is wrong", (char *)NULL);
	d->r->why = say(e, "this machine's clock says ", say_date(e, e->now),
			e->now < TLSMEND_BUILD_EPOCH
			    ? ", which is before this version of tlsmend was made"
			    : ", which is years before every certificate of the chain",
			(char *)NULL);
	help_line(d, "set the clock, and start this service only after time synchronisation "
		     "(systemd: After=time-sync.target)");
}

/* ---- the rest, one sentence and one help each --------------------------------------------------------- */
static void say_signature(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	if (d->symbol == VERIFY_SIGNATURE_ALGORITHM_INCONSISTENCY) {
		d->r->why = say(e, whose(d),
				" names two different algorithms for its signature, one of them "
				"outside of what is signed",
				(char *)NULL);
		help_line(d, "whoever issued the certificate has to issue it again");
		return;
	}
	if (c != NULL)
		d->r->why = say(e, "the signature of ", say_subject(e, c),
				" does not fit the key of its issuer ", say_issuer(e, c),
				" as it is known here", (char *)NULL);
	help_line(
	    d, "there are probably two CAs of that name, or the CA has a new key: get its present "
	       "certificate from who runs it, compare the fingerprint, and replace the old one");
}

static void say_critical(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->why = say(
	    e, whose(d), " carries a critical extension that this OpenSSL does not understand",
	    d->culprit != NULL && d->culprit->unknown_critical != NULL ? ": " : "",
	    d->culprit != NULL ? say_string(e, d->culprit->unknown_critical) : "", (char *)NULL);
	help_line(d, "the certificate has to be issued again without it (or with it not critical), "
		     "or the client needs a newer OpenSSL that knows it");
}

static void say_purpose(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	const char *uses = "other uses";

	if (c != NULL && c->has_extended_key_usage && c->eku_client && !c->eku_server)
		uses = "TLS clients";
	if (c != NULL && c == d->leaf && c->ca && (!c->has_extended_key_usage || c->eku_server)) {
		d->r->why = say(e, whose(d),
				" is that of a CA, and its keyUsage does not allow it to act as a "
				"server",
				(char *)NULL);
		help_line(d, "the server needs a certificate of its own, issued by that CA");
		return;
	}
	d->r->expected = "extendedKeyUsage serverAuth";
	d->r->why =
	    c != NULL && c->has_extended_key_usage && !c->eku_server && !c->eku_any
		? say(e, whose(d), " was issued for ", uses,
		      ", not for a TLS server (extendedKeyUsage without serverAuth)", (char *)NULL)
		: say(e, whose(d), " was not issued for this use", (char *)NULL);
	help_line(d, "the certificate has to be issued again with extendedKeyUsage serverAuth");
}

static void say_not_ca(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	if (d->symbol == VERIFY_INVALID_NON_CA ||
	    d->symbol == VERIFY_KEYUSAGE_NO_DIGITAL_SIGNATURE ||
	    d->symbol == VERIFY_PROXY_CERTIFICATES_NOT_ALLOWED)
		d->r->why = say(e, whose(d), " is of a kind that may not be used in this place",
				(char *)NULL);
	else
		d->r->why = say(
		    e, c != NULL ? say_subject(e, c) : "a certificate",
		    " stands in the chain as an issuer, but it is no CA",
		    c != NULL && !c->has_basic_constraints ? " (it has no basicConstraints)" : "",
		    c != NULL && c->has_key_usage && !c->key_usage_cert_sign
			? " (its keyUsage lacks keyCertSign)"
			: "",
		    (char *)NULL);
	help_line(d, "who runs that CA has to issue its certificate again as a CA certificate "
		     "(basicConstraints CA:TRUE, keyUsage keyCertSign)");
}

static void say_path_length(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	d->r->why = c != NULL && c->path_length >= 0
			? say(e, say_subject(e, c), " allows ", say_int(e, c->path_length),
			      " CA certificates below it, and the chain has more", (char *)NULL)
			: "a CA of the chain allows fewer CA certificates below it than there are";
	help_line(d, "the server needs a certificate from a CA that may issue it, or the CA "
		     "certificate a higher limit (pathlen)");
}

/* The shortest keys that each security level takes: bits of strength as in SSL_CTX_set_security_level(3), and NIST SP 800-57. */
static const struct {
	unsigned rsa, ec;
	const char *enough, *line;
} levels[] = {
    {0, 0, NULL, "CipherString = DEFAULT:@SECLEVEL=0"},
    {1024, 160, "RSA 2048 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=1"},
    {2048, 224, "RSA 2048 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=2"},
    {3072, 256, "RSA 3072 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=3"},
    {7680, 384, "RSA 7680 bits or more, or P-384", "CipherString = DEFAULT:@SECLEVEL=4"},
    {15360, 512, "P-521", NULL},
};

/* The highest level at which the key is long enough. */
static const char *level_for_key(const struct cert_info *c)
{
	const bool ec = c != NULL && c->key != NULL && strncmp(c->key, "EC", 2) == 0;
	const unsigned bits = c != NULL ? c->key_bits : 0;
	size_t i = 0;

	while (i + 2 < ARRAY_LENGTH(levels) && bits >= (ec ? levels[i + 1].ec : levels[i + 1].rsa))
		i++;
	return levels[i].line;
}

/* What a new key must be like. */
static const char *key_enough(const struct evidence *e)
{
	const int level = e->security_level;

	return levels[level < 1 || level >= (int)ARRAY_LENGTH(levels) ? 2 : level].enough;
}

static void say_weak_key(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	expect_level(d);
	d->r->presented = c != NULL && c->key != NULL ? say_string(e, c->key) : NULL;
	d->r->why =
	    say(e, "the key of ", whose(d), c != NULL && c->key != NULL ? " (" : "",
		c != NULL ? say_string(e, c->key) : "", c != NULL && c->key != NULL ? ")" : "",
		" is weaker than this client's ", security_level(d), " demands", (char *)NULL);
	help_line(d, say(e, "a new key (", key_enough(e), ") and a new certificate are needed",
			 (char *)NULL));
	help_level(d, level_for_key(c), "key too short, to be replaced by ...");
}

/* The highest level that takes a digest, by the end of OpenSSL's name for the signature; SHA-1 and older reach none. */
static const struct {
	const char *digest;
	const char *line;
} digests[] = {
    {"SHA224", "CipherString = DEFAULT:@SECLEVEL=2"},
    {"SHA256", "CipherString = DEFAULT:@SECLEVEL=3"},
    {"SHA384", "CipherString = DEFAULT:@SECLEVEL=4"},
};

static const char *level_for_digest(const struct cert_info *c)
{
	size_t i;

	for (i = 0; c != NULL && c->signature != NULL && i < ARRAY_LENGTH(digests); i++) {
		if (strstr(c->signature, digests[i].digest) != NULL)
			return digests[i].line;
	}
	return "CipherString = DEFAULT:@SECLEVEL=0";
}

static void say_weak_digest(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;

	expect_level(d);
	d->r->presented = c != NULL && c->signature != NULL ? say_string(e, c->signature) : NULL;
	d->r->why = say(
	    e, whose(d), " is signed with ",
	    c != NULL && c->signature != NULL ? say_string(e, c->signature) : "an outdated digest",
	    ", which this client's ", security_level(d), " does not accept", (char *)NULL);
	help_line(d, say(e, "the certificate has to be issued again with ",
			 e->security_level <= 3   ? "SHA-256"
			 : e->security_level == 4 ? "SHA-384"
						  : "SHA-512",
			 (char *)NULL));
	if (d->symbol == VERIFY_CA_MD_TOO_WEAK)
		help_level(d, level_for_digest(c), "outdated signature, to be replaced by ...");
}

static void say_strict(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->why = say(e, whose(d), " breaks a formal rule (",
			e->code_text != NULL ? say_string(e, e->code_text) : "see the code below",
			"), and this client checks strictly", (char *)NULL);
	help_line(d, "the certificate has to be issued again according to RFC 5280");
	if (key_is_known("Strict"))
		help_weaken(d, "Strict = no",
			    "private CA with a formal fault, to be replaced by ...");
}

struct plain_words {
	enum cause cause;
	const char *why, *help;
};

/* Causes that need no more than their own words. */
static const struct plain_words plain[] = {
    {CAUSE_EXPLICIT_CURVE,
     "a key of the chain uses an elliptic curve given by its parameters instead of its name",
     "its holder needs a new key on a named curve such as P-256"},
    {CAUSE_DISTRUSTED,
     "this client's trust store says explicitly that a certificate of the chain must not be "
     "trusted",
     "respect it; the server needs a certificate from another CA"},
    {CAUSE_REVOKED, "its CA has withdrawn a certificate of the chain",
     "the server's operator needs a new key and a new certificate"},
    {CAUSE_CRL_UNAVAILABLE,
     "this client demands a revocation list for every CA that it checks, and one is missing or "
     "does not belong to the certificate",
     "load the CA's present revocation list (CRL) into the client; OpenSSL does not fetch it"},
    {CAUSE_CRL_INVALID,
     "a revocation list that this client loaded is out of date, not valid yet, or cannot be "
     "verified",
     "load the CA's present revocation list (CRL)"},
    {CAUSE_OCSP,
     "this client demands a signed proof (OCSP) that the certificate is not revoked, and there is "
     "none that holds",
     "the server's operator has to look after OCSP stapling and its access to the CA's responder"},
    {CAUSE_POLICY, "the chain does not carry the certificate policy that this client demands",
     "ask the CA for a certificate under that policy, or correct the client's policy setting"},
    {CAUSE_PINNED_ELSEWHERE, "no key of the chain is the one that was pinned for this host",
     "find out whether the server's key was renewed on purpose; if so, add the new key's pin "
     "beside the old one"},
    {CAUSE_SCTS_MISSING,
     "this client demands proof that the certificate stands in public logs, and there is none",
     "the CA has to log the certificate (Certificate Transparency)"},
    {CAUSE_CLIENT_REFUSED, "OpenSSL did not find the fault; a check of the program's own refused",
     "look into the program's own log and settings"},
};

/* .NET fetches revocation lists and OCSP answers by itself. */
static bool say_dotnet_revocation(struct diagnosis *d)
{
	if (d->e->framework != FRAMEWORK_DOTNET ||
	    (d->r->cause != CAUSE_CRL_UNAVAILABLE && d->r->cause != CAUSE_CRL_INVALID))
		return false;
	d->r->why =
	    "this program checks for revocation, and .NET got neither a usable revocation "
	    "list (CRL) nor an answer of the CA's responder (OCSP) for a certificate of the "
	    "chain";
	help_line(d, "let this machine reach the addresses for revocation that stand in the "
		     "certificates; .NET fetches from http:// addresses only");
	help_line(d,
		  "where a certificate has no such address, as those of private CAs often, its CA "
		  "has to issue it again with one");
	return true;
}

static void say_plainly(struct diagnosis *d)
{
	size_t i;

	if (d->r->cause == CAUSE_CLIENT_REFUSED && (d->objection != NULL || d->e->refused_passed)) {
		if (d->objection == NULL)
			explain_objection(d);
		return;
	}
	if (say_dotnet_revocation(d))
		return;

	for (i = 0; i < ARRAY_LENGTH(plain); i++) {
		if (plain[i].cause != d->r->cause)
			continue;
		d->r->why = plain[i].why;
		help_line(d, plain[i].help);
		return;
	}
	d->r->why = say(d->e, "OpenSSL could not finish the verification",
			d->e->code_text != NULL ? ": " : "", say_string(d->e, d->e->code_text),
			(char *)NULL);
	help_line(d, "the code below is what the developers of the program or of OpenSSL need");
}

static void say_cause(struct diagnosis *d)
{
	switch (d->r->cause) {
	case CAUSE_EXPIRED:
		say_expired(d);
		break;
	case CAUSE_NOT_YET_VALID:
		say_not_yet(d);
		break;
	case CAUSE_CLOCK_WRONG:
		say_clock(d);
		break;
	case CAUSE_NAME_MISMATCH:
	case CAUSE_SNI_NOT_SENT:
	case CAUSE_NO_SAN:
	case CAUSE_ADDRESS_MISMATCH:
	case CAUSE_NAME_CONSTRAINT:
		explain_name(d);
		break;
	case CAUSE_BAD_SIGNATURE:
		say_signature(d);
		break;
	case CAUSE_UNKNOWN_CRITICAL_EXTENSION:
		say_critical(d);
		break;
	case CAUSE_WRONG_PURPOSE:
		say_purpose(d);
		break;
	case CAUSE_NOT_A_CA:
		say_not_ca(d);
		break;
	case CAUSE_PATH_LENGTH:
		say_path_length(d);
		break;
	case CAUSE_WEAK_KEY:
		say_weak_key(d);
		break;
	case CAUSE_WEAK_DIGEST:
		say_weak_digest(d);
		break;
	case CAUSE_STRICT_PROFILE:
		say_strict(d);
		break;
	default:
		say_plainly(d);
		break;
	}
}

void explain_verify(struct diagnosis *d)
{
	d->r->cause = refine(d);
	if (d->r->cause == CAUSE_MALFORMED_CERTIFICATE) {
		explain_anchor(d);
		return;
	}
	d->r->message =
	    say(d->e, "cannot trust ", d->who, ": ", cause_table[d->r->cause].title, (char *)NULL);
	say_cause(d);
	if (d->objection != NULL)
		explain_objection(d);
	if (d->e->host != NULL &&
	    (d->r->cause == CAUSE_CLIENT_REFUSED || d->r->cause == CAUSE_INTERNAL))
		d->r->message = say(d->e, "connection to ", d->who,
				    " refused: ", cause_table[d->r->cause].title, (char *)NULL);
}
