/* SPDX-License-Identifier: ISC
 *
 * Everything that a verification finds besides a missing anchor (causes.md#verification): time, name, purpose, signature,
 * strength, revocation. Added trust never acts on these.
 */
#include "diagnosis.h"

#include <string.h>

/* ---- refinement: what the code alone does not tell ----------------------------------------------------- */
static enum cause refine(const struct diagnosis *d)
{
	const struct cert_info *c = d->culprit;
	if (d->first.code == 0 && d->r->cause == CAUSE_NAME_MISMATCH)
		return name_cause(d);
	if (d->r->cause == CAUSE_CLIENT_REFUSED)
		return d->r->cause;
	switch (d->symbol) {
	case VERIFY_CERT_NOT_YET_VALID:
	case VERIFY_CERT_HAS_EXPIRED:
		return date_cause(d);
	case VERIFY_HOSTNAME_MISMATCH:
		return name_cause(d);
	case VERIFY_UNSPECIFIED:
		if (c && c->malformed)
			return CAUSE_MALFORMED_CERTIFICATE;
		/* OpenSSL gives up where names times limits are too many to compare. */
		return d->e->clash ? CAUSE_NAME_CONSTRAINT : d->r->cause;
	case VERIFY_INVALID_PURPOSE:
	case VERIFY_INVALID_CA:
		/* How some versions report an extension that does not parse. */
		return c && c->malformed ? CAUSE_MALFORMED_CERTIFICATE : d->r->cause;
	default:
		return d->r->cause;
	}
}

/* ---- the rest, one sentence and one help each --------------------------------------------------------- */
static void note_certificate(struct diagnosis *d, const char *what, const struct cert_info *c)
{
	struct evidence *e = d->e;
	if (c->have_sha256)
		note_line(d, say(e, what, say_subject(e, c), ", ", store_place(d, c), ", sha256 ",
				 say_hex(e, c->sha256, sizeof c->sha256), (char *)NULL));
}

/* Both certificates, so that it can be seen which of the two is the wrong one. */
static void note_pair(struct diagnosis *d)
{
	const struct cert_info *issuer = certificate_at(d->e, d->first.depth + 1);
	if (d->culprit)
		note_certificate(d, "signed: ", d->culprit);
	if (issuer)
		note_certificate(d, "taken for its issuer: ", issuer);
}

/* The right CA is there, and OpenSSL took another one of its name. */
static void help_signer(struct diagnosis *d, const struct cert_info *signer)
{
	struct evidence *e = d->e;
	const struct cert_info *taken = certificate_at(e, d->first.depth + 1);
	note_certificate(d, "its issuer, by the key: ", signer);
	if (is_from_here(taken))
		help_line(
		    d, say(e, "take the certificate ", say_subject(e, taken),
			   taken->have_sha256 ? " (sha256 " : "",
			   taken->have_sha256 ? say_hex(e, taken->sha256, 32) : "",
			   taken->have_sha256 ? ")" : "", " out, which is ", store_place(d, taken),
			   ": it is another CA of that name, or has an older key, and OpenSSL "
			   "prefers it to the right one, which is ",
			   store_place(d, signer), (char *)NULL));
	else
		help_line(d, "the server's operator has to send the right one of the two CA "
			     "certificates that bear one name (see the notes), and not the other");
}

/* False: OpenSSL knows the culprit's key, or nobody is it. */
static bool say_unknown_key(struct diagnosis *d)
{
	const struct cert_info *c = d->culprit;
	if (!c || c->key || !c->unknown_key)
		return false;
	d->r->message =
	    say(d->e, "cannot trust ", d->who,
		": a key is of an algorithm that this OpenSSL does not know", (char *)NULL);
	explain_unknown_key(d, c, whose(d));
	return true;
}

static void say_signature(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	if (d->symbol == VERIFY_SIGNATURE_ALGORITHM_INCONSISTENCY) {
		d->r->why = say(e, whose(d),
				" names two different algorithms for its signature, one of them "
				"outside of what is signed",
				(char *)NULL);
		help_reissue(d, c, "");
		return;
	}
	if (say_unknown_key(d))
		return;
	if (c)
		d->r->why = say(e, "the signature of ", say_subject(e, c),
				" does not fit the key of its issuer ", say_issuer(e, c),
				" as it is known here", (char *)NULL);
	note_pair(d);
	if (known_signer(d)) {
		help_signer(d, known_signer(d)->candidate);
		return;
	}
	const struct cert_info *taken = certificate_at(d->e, d->first.depth + 1);
	if (taken && !is_from_here(taken))
		help_line(d, "there are probably two CAs of that name, or the CA has a new key: "
			     "the server's operator has to send the CA certificate that belongs "
			     "to this one, in place of the one that does not fit");
	else
		help_line(d, "there are probably two CAs of that name, or the CA has a new key: "
			     "get its present certificate from whoever runs it, compare the "
			     "fingerprint, and replace the old one");
}

static void say_critical(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->why =
	    say(e, whose(d), " carries a critical extension that this OpenSSL does not understand",
		d->culprit && d->culprit->unknown_critical ? ": " : "",
		d->culprit ? say_string(e, d->culprit->unknown_critical) : "", (char *)NULL);
	if (d->culprit && d->culprit->unknown_critical)
		d->r->presented = say_string(e, d->culprit->unknown_critical);
	help_reissue(d, d->culprit,
		     ", without it or with it not critical; or the client needs a newer OpenSSL "
		     "that knows it");
}

/* The shortest keys that each security level takes: bits of strength as in SSL_CTX_set_security_level(3), and NIST SP 800-57. */
static const struct {
	unsigned rsa, ec;
	char enough[36], line[40];
} levels[] = {
    {0, 0, "", "CipherString = DEFAULT:@SECLEVEL=0"},
    {1024, 160, "RSA 2048 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=1"},
    {2048, 224, "RSA 2048 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=2"},
    {3072, 256, "RSA 3072 bits or more, or P-256", "CipherString = DEFAULT:@SECLEVEL=3"},
    {7680, 384, "RSA 7680 bits or more, or P-384", "CipherString = DEFAULT:@SECLEVEL=4"},
    {15360, 512, "P-521", ""},
};

/* The highest level at which the key is long enough. */
static const char *level_for_key(const struct cert_info *c)
{
	const bool ec = c && c->key && strncmp(c->key, "EC", 2) == 0;
	const unsigned bits = c ? c->key_bits : 0;
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
	if (say_unknown_key(d))
		return;
	expect_level(d);
	d->r->presented = c && c->key ? say_string(e, c->key) : NULL;
	d->r->why =
	    say(e, "the key of ", whose(d), c && c->key ? " (" : "", c ? say_string(e, c->key) : "",
		c && c->key ? ")" : "", " is weaker than this client's ", security_level(d),
		" demands", (char *)NULL);
	help_reissue(d, c, say(e, ", for a new key (", key_enough(e), ")", (char *)NULL));
	help_level(d, level_for_key(c), "key too short, to be replaced by ...");
}

/* The highest level that takes a digest, by the end of OpenSSL's name for the signature; SHA-1 and older reach none. */
static const struct {
	char digest[8];
	char line[40];
} digests[] = {
    {"SHA224", "CipherString = DEFAULT:@SECLEVEL=2"},
    {"SHA256", "CipherString = DEFAULT:@SECLEVEL=3"},
    {"SHA384", "CipherString = DEFAULT:@SECLEVEL=4"},
};

static const char *level_for_digest(const struct cert_info *c)
{
	for (size_t i = 0; c && c->signature && i < ARRAY_LENGTH(digests); i++) {
		if (strstr(c->signature, digests[i].digest))
			return digests[i].line;
	}
	return "CipherString = DEFAULT:@SECLEVEL=0";
}

static void say_weak_digest(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	expect_level(d);
	d->r->presented = c && c->signature ? say_string(e, c->signature) : NULL;
	d->r->why =
	    say(e, whose(d), " is signed with ",
		c && c->signature ? say_string(e, c->signature) : "an outdated digest",
		", which this client's ", security_level(d), " does not accept", (char *)NULL);
	help_reissue(d, c,
		     e->security_level <= 3   ? ", with SHA-256"
		     : e->security_level == 4 ? ", with SHA-384"
					      : ", with SHA-512");
	if (d->symbol == VERIFY_CA_MD_TOO_WEAK)
		help_level(d, level_for_digest(c), "outdated signature, to be replaced by ...");
}

static void say_cause(struct diagnosis *d)
{
	switch (d->r->cause) {
	case CAUSE_EXPIRED:
	case CAUSE_NOT_YET_VALID:
	case CAUSE_CLOCK_WRONG:
		explain_dates(d);
		break;
	case CAUSE_NAME_MISMATCH:
	case CAUSE_SNI_NOT_SENT:
	case CAUSE_NO_SAN:
	case CAUSE_ADDRESS_MISMATCH:
		explain_mismatch(d);
		break;
	case CAUSE_NAME_CONSTRAINT:
		explain_constraint(d);
		break;
	case CAUSE_BAD_SIGNATURE:
		say_signature(d);
		break;
	case CAUSE_UNKNOWN_CRITICAL_EXTENSION:
		say_critical(d);
		break;
	case CAUSE_WRONG_PURPOSE:
		explain_purpose(d);
		break;
	case CAUSE_NOT_A_CA:
		explain_not_ca(d);
		break;
	case CAUSE_PATH_LENGTH:
		explain_path_length(d);
		break;
	case CAUSE_WEAK_KEY:
		say_weak_key(d);
		break;
	case CAUSE_WEAK_DIGEST:
		say_weak_digest(d);
		break;
	default:
		explain_demand(d);
		break;
	}
}

/* A certificate that has to be replaced where it stands. */
static bool lies_in_certificate(enum cause c)
{
	switch (c) {
	case CAUSE_EXPIRED:
	case CAUSE_NOT_YET_VALID:
	case CAUSE_NOT_A_CA:
	case CAUSE_WEAK_KEY:
	case CAUSE_WEAK_DIGEST:
	case CAUSE_UNKNOWN_CRITICAL_EXTENSION:
	case CAUSE_WRONG_PURPOSE:
	case CAUSE_STRICT_PROFILE:
	case CAUSE_EXPLICIT_CURVE:
		return true;
	default:
		return false;
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
	if (d->first.code != 0 && d->first.depth > 0 && is_from_here(d->culprit) &&
	    lies_in_certificate(d->r->cause))
		help_from_here(d, d->culprit);
	if (d->objection)
		explain_objection(d);
	else
		explain_late_refusal(d);
	if (d->e->host && (d->r->cause == CAUSE_CLIENT_REFUSED || d->r->cause == CAUSE_INTERNAL))
		d->r->message = say(d->e, "connection to ", d->who,
				    " refused: ", cause_table[d->r->cause].title, (char *)NULL);
}
