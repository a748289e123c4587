/* SPDX-License-Identifier: ISC
 *
 * What a verification finds only because the client demands it: revocation, policies, pins, public logs, a strict profile. And the
 * refusals that OpenSSL does not explain.
 */
#include "diagnosis.h"

#include <tlsmend/policy.h>

/* ---- revocation --------------------------------------------------------------------------------------------- */
static const char *list_of(struct diagnosis *d)
{
	struct evidence *e = d->e;
	return say(e, "the revocation list (CRL) of ",
		   e->crl_issuer.n > 0
		       ? say(e, "\"", say_text(e, e->crl_issuer), "\"", (char *)NULL)
		   : d->culprit ? say_issuer(e, d->culprit)
				: "the CA",
		   (char *)NULL);
}

static void help_crl(struct diagnosis *d, const char *lead)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	if (c && c->crl_url.n > 0)
		help_line(d, say(e, lead, "; the certificate says where it is: ",
				 say_text(e, c->crl_url), (char *)NULL));
	else
		help_line(d,
			  say(e, lead, "; whoever runs that CA knows where it is", (char *)NULL));
}

/* A demand that came with a library, and that its users know nothing of: Ruby's openssl before 3.3.1 sets it for every program. */
static void help_unmeant(struct diagnosis *d)
{
	enum { CRL_CHECK_ALL = 0x8 };
	struct evidence *e = d->e;
	const bool all = (e->verify_flags & CRL_CHECK_ALL) != 0;
	d->r->why = say(e, d->r->why, "; the demand (X509_V_FLAG_CRL_CHECK", all ? "_ALL" : "",
			") comes from the program itself or a library that it uses: openssl.cnf "
			"cannot make it, and no rule here does",
			(char *)NULL);
	help_line(d, "where nobody meant to demand a list, take this one check out of the "
		     "program's own settings, and nothing else; no rule of tlsmend does that. "
		     "Ruby's openssl makes the demand by itself before its version 3.3.1, and a "
		     "newer one is enough; in a Python program it is the first line that becomes "
		     "the second:");
	help_line(d, say(e, "    context.verify_flags |= ssl.VERIFY_CRL_CHECK_",
			 all ? "CHAIN" : "LEAF", (char *)NULL));
	help_line(d, say(e, "    context.verify_flags &= ~ssl.VERIFY_CRL_CHECK_",
			 all ? "CHAIN" : "LEAF", (char *)NULL));
}

static void say_revoked(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	d->r->message =
	    say(e, "cannot trust ", d->who, ": ", whose(d), " has been revoked", (char *)NULL);
	d->r->why =
	    say(e, c ? say_issuer(e, c) : "its CA", " has withdrawn ", whose(d),
		c && c->serial ? " (serial number " : "",
		c && c->serial ? say_string(e, c->serial) : "", c && c->serial ? ")" : "",
		e->revoked_at > 0 ? " on " : "",
		e->revoked_at > 0 ? say_date(e, e->revoked_at) : "", e->revoked_reason ? ": " : "",
		e->revoked_reason ? e->revoked_reason : "", (char *)NULL);
	if (e->have_crl)
		note_line(d, say(e, "source: ", list_of(d), " of ", say_date(e, e->crl_last),
				 (char *)NULL));
	if (d->first.depth > 0)
		help_line(d,
			  "the server's operator needs a certificate from another CA, since this "
			  "CA's own certificate was withdrawn");
	else
		help_line(d, "the server's operator needs a new key and a new certificate; who has "
			     "the old key can pose as this server, so do not connect until then");
}

static void say_crl_unavailable(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (d->symbol == VERIFY_CRL_PATH_VALIDATION_ERROR ||
	    d->symbol == VERIFY_UNABLE_TO_GET_CRL_ISSUER)
		d->r->why = say(
		    e, "this client demands a revocation list, and cannot check the signature of ",
		    list_of(d), ": the certificate of who signed it is not known here",
		    (char *)NULL);
	else if (d->symbol == VERIFY_DIFFERENT_CRL_SCOPE)
		d->r->why = say(e, "this client demands a revocation list, and ", list_of(d),
				" that it has is not the one for ", whose(d), (char *)NULL);
	else
		d->r->why = say(e, "this client demands a revocation list for ", whose(d), ", and ",
				list_of(d), " is not loaded (",
				e->crl_count == 0 ? "none at all is" : say_int(e, e->crl_count),
				e->crl_count == 0   ? ""
				: e->crl_count == 1 ? " of another CA is"
						    : " of other CAs are",
				")", (char *)NULL);
	help_crl(d, say(e, "load ", list_of(d),
			" into this client, and keep it up to date; OpenSSL does not fetch it",
			(char *)NULL));
	if (e->crl_count == 0 && !e->have_crl && e->verify_flags != 0)
		help_unmeant(d);
}

static void say_crl_invalid(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *fault = "cannot be used";
	switch (d->symbol) {
	case VERIFY_CRL_HAS_EXPIRED:
		fault = say(e, "has expired on ", say_date(e, e->crl_next), (char *)NULL);
		break;
	case VERIFY_CRL_NOT_YET_VALID:
		fault = say(e, "is not valid before ", say_date(e, e->crl_last), (char *)NULL);
		break;
	case VERIFY_CRL_SIGNATURE_FAILURE:
	case VERIFY_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
	case VERIFY_CRL_VERIFY_FAILED:
		fault = "bears a signature that does not fit the CA's key";
		break;
	case VERIFY_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case VERIFY_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
		fault = "contains a date that cannot be read";
		break;
	case VERIFY_KEYUSAGE_NO_CRL_SIGN:
		fault = "was signed by a CA that may not sign revocation lists (keyUsage without "
			"cRLSign)";
		break;
	case VERIFY_UNHANDLED_CRITICAL_CRL_EXTENSION:
		fault = "carries a critical extension that this OpenSSL does not understand";
		break;
	default:
		break;
	}
	if (!e->have_crl &&
	    (d->symbol == VERIFY_CRL_HAS_EXPIRED || d->symbol == VERIFY_CRL_NOT_YET_VALID))
		fault = d->symbol == VERIFY_CRL_HAS_EXPIRED ? "has expired" : "is not valid yet";
	d->r->why = say(e, list_of(d), ", which this client loaded, ", fault, "; today is ",
			say_date(e, e->now), (char *)NULL);
	help_crl(d,
		 "load that CA's present revocation list, and fetch it anew before each one ends");
	help_line(d, "when a list ends is shown by: openssl crl -noout -nextupdate -in LIST.pem");
}

static void say_ocsp(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool nothing_came =
	    d->symbol == VERIFY_OCSP_VERIFY_NEEDED || d->symbol == VERIFY_OCSP_NO_RESPONSE;
	switch (d->symbol) {
	case VERIFY_OCSP_CERT_UNKNOWN:
		d->r->why = say(e, "the CA's answer (OCSP) says that it does not know ", whose(d),
				(char *)NULL);
		help_line(d, "the server's operator has to ask the CA why its responder does not "
			     "know the certificate");
		return;
	case VERIFY_OCSP_VERIFY_NEEDED:
	case VERIFY_OCSP_NO_RESPONSE:
		d->r->why =
		    say(e, "this client demands a signed answer of the CA (OCSP) that ", whose(d),
			" is not revoked, and the server sent none", (char *)NULL);
		break;
	case VERIFY_OCSP_HAS_EXPIRED:
	case VERIFY_OCSP_NOT_YET_VALID:
		d->r->why = say(e, "the answer of the CA (OCSP) about ", whose(d),
				" is out of date, or not valid yet by this machine's clock (",
				say_date(e, e->now), ")", (char *)NULL);
		break;
	default:
		d->r->why = say(e, "the answer of the CA (OCSP) about ", whose(d),
				" cannot be verified", (char *)NULL);
		break;
	}
	help_line(d, nothing_came
			 ? "the server's operator has to switch OCSP stapling on, and to see to it "
			   "that the server reaches the CA's responder"
			 : "the server's operator has to have the server fetch the answer anew (a "
			   "restart does that mostly), and to see to it that it reaches the CA's "
			   "responder");
	help_line(d, say(e,
			 "what the server sends along is shown by: openssl s_client -status "
			 "-connect ",
			 d->who, " </dev/null", (char *)NULL));
}

/* ---- a strict profile ---------------------------------------------------------------------------------------- */
static const struct {
	enum verify_symbol symbol;
	char fault[88], mended[88];
} formal_faults[] = {
#define FORMAL(symbol, fault, mended) {VERIFY_##symbol, fault, mended},
#include "formal.def"
#undef FORMAL
};

static void say_strict(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *fault = "see the code below", *mended = ", according to RFC 5280";
	for (size_t i = 0; i < ARRAY_LENGTH(formal_faults); i++) {
		if (formal_faults[i].symbol != d->symbol)
			continue;
		fault = formal_faults[i].fault;
		mended = formal_faults[i].mended;
	}
	d->r->why =
	    say(e, whose(d), " breaks a formal rule of RFC 5280: ", fault,
		"; this client checks strictly (X509_V_FLAG_X509_STRICT, which Python sets from "
		"3.13 on), other clients may accept it",
		(char *)NULL);
	help_reissue(d, d->culprit, mended);
	if (e->strict_tried == TRIED_GOOD)
		help_weaken(d, "Strict = no",
			    "private CA with a formal fault, to be replaced by ...");
}

/* ---- the others ------------------------------------------------------------------------------------------------ */
/* As p11-kit writes them into ca-bundle.trust.crt, and Debian's plain bundle has none of. */
static void say_other_uses(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message = say(e, "cannot trust ", d->who,
			    ": a CA is trusted here for other uses than TLS servers", (char *)NULL);
	d->r->why = say(e, "the TRUSTED CERTIFICATE of ", say_subject(e, d->culprit), ", ",
			store_place(d, d->culprit),
			", is marked as trusted for other uses (e-mail, say), and not for TLS "
			"servers",
			(char *)NULL);
	help_line(d, "if it is meant for TLS servers, too, put it there without these marks; this "
		     "writes it so, out of a file that has this one certificate:");
	help_line(d, "    openssl x509 -clrtrust -in CA.pem -out NEW.pem");
	help_line(d, "if not, the server's operator needs a certificate from another CA");
}

static void say_distrusted(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (d->culprit && d->culprit->for_other_uses) {
		say_other_uses(d);
		return;
	}
	d->r->why = say(e, "this client's trust store rejects ", whose(d),
			" for TLS servers by name: somebody decided so on purpose", (char *)NULL);
	if (d->culprit && d->culprit->have_sha256)
		note_line(d, say(e, "rejected: sha256 ",
				 say_hex(e, d->culprit->sha256, sizeof d->culprit->sha256),
				 (char *)NULL));
	help_line(d, "respect it; the server's operator needs a certificate from another CA");
}

static void say_curve(struct diagnosis *d)
{
	d->r->why =
	    say(d->e, "the key of ", whose(d),
		" is on an elliptic curve that is given by its parameters instead of its name",
		(char *)NULL);
	help_line(d, d->first.depth > 0
			 ? "whoever runs that CA has to give it a new key on a named curve such as "
			   "P-256, and "
			   "the server needs a certificate from there"
			 : "the server's operator needs a new key on a named curve such as P-256");
}

static void say_policy(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->leaf;
	if (d->symbol == VERIFY_INVALID_POLICY_EXTENSION) {
		d->r->why =
		    say(e, "a policy extension of ", whose(d), " cannot be read", (char *)NULL);
		help_reissue(d, d->culprit, "");
		return;
	}
	d->r->presented = c && c->policies ? say_string(e, c->policies) : "no policy";
	d->r->why = say(e,
			"this client demands that every certificate of the chain carries a certain "
			"policy; the server's certificate carries ",
			d->r->presented, (char *)NULL);
	help_line(d,
		  "ask the CA for a certificate under that policy, or correct the policy in this "
		  "client's own settings");
}

/* By the client itself, which keeps its pin to itself. */
static void say_own_pin(struct diagnosis *d)
{
	struct evidence *e = d->e;
	char pin[PIN_TEXT] = "";
	if (d->leaf && d->leaf->have_sha256)
		pin_format(d->leaf->spki_sha256, pin);
	d->r->presented = say(e, "sha256//", pin, (char *)NULL);
	d->r->why = say(e,
			"this program compared the server's public "
			"key with the one that it was told to expect (a pin), and left without a "
			"word; all else it found good, or let pass; presented was ",
			d->r->presented, (char *)NULL);
	help_line(
	    d, "ask the server's operator whether its key was renewed on purpose; if so, give the "
	       "program the new key's pin beside the old one (curl: --pinnedpubkey, with ; "
	       "between them); if not, somebody else answers there");
}

static void say_pinned(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->leaf;
	if (e->own_pin) {
		say_own_pin(d);
		return;
	}
	if (c && c->have_sha256)
		d->r->presented =
		    say(e, "sha256 ", say_hex(e, c->spki_sha256, sizeof c->spki_sha256),
			" (public key of the server's certificate)", (char *)NULL);
	d->r->why =
	    say(e,
		d->symbol == VERIFY_DANE_NO_MATCH
		    ? "none of the chain's certificates and keys is one that the DNS names for "
		      "this server (DANE, TLSA)"
		    : "no key of the chain is the one that was pinned for this host",
		d->r->presented ? "; presented was " : "", d->r->presented ? d->r->presented : "",
		(char *)NULL);
	help_line(d, d->symbol == VERIFY_DANE_NO_MATCH
			 ? "ask the server's operator whether its key was renewed on purpose; if "
			   "so, the TLSA "
			   "record has to be renewed too; if not, somebody else answers there"
			 : "ask the server's operator whether its key was renewed on purpose; if "
			   "so, add the "
			   "new key's pin beside the old one; if not, somebody else answers there");
}

static void say_scts(struct diagnosis *d)
{
	d->r->why = say(d->e, "this client demands proof that ", whose(d),
			" stands in public logs (Certificate Transparency), and there is none that "
			"it can check",
			(char *)NULL);
	help_line(
	    d, "a public CA has to log the certificate; private CAs do not, so for such a server "
	       "the demand has to be taken out of this client's own settings");
}

static void say_client_refused(struct diagnosis *d)
{
	if (d->objection)
		return; /* explain_objection() */
	if (d->e->refused_passed) {
		explain_objection(d);
		return;
	}
	d->r->why = d->e->have_verification
			? "OpenSSL found no fault in the chain; a check of the "
			  "program's own said no after it"
			: "the program verifies by a function of its own, without "
			  "OpenSSL's, and that said no";
	help_line(
	    d, "look into the program's own log and settings: a pin, a list of allowed servers, a "
	       "name that it expects");
}

static void say_internal(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *why = NULL;
	if (d->symbol == VERIFY_OUT_OF_MEM)
		why = "memory was out";
	else if (d->symbol == VERIFY_INVALID_CALL)
		why = "the program asked for it in a wrong way, for example without a certificate";
	else if (d->symbol == VERIFY_STORE_LOOKUP)
		why = "the program's trust store could not be searched";
	else if (e->code_text && e->code == d->first.code)
		why = say_string(e, e->code_text);
	d->r->why = say(e, "OpenSSL could not finish the verification", why ? ": " : "",
			why ? why : "", (char *)NULL);
	help_line(
	    d, "this is no fault of the server's certificate; try again, and if it stays so, give "
	       "this record to the developers of the program");
}

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

void explain_demand(struct diagnosis *d)
{
	if (say_dotnet_revocation(d))
		return;
	switch (d->r->cause) {
	case CAUSE_REVOKED:
		say_revoked(d);
		break;
	case CAUSE_CRL_UNAVAILABLE:
		say_crl_unavailable(d);
		break;
	case CAUSE_CRL_INVALID:
		say_crl_invalid(d);
		break;
	case CAUSE_OCSP:
		say_ocsp(d);
		break;
	case CAUSE_STRICT_PROFILE:
		say_strict(d);
		break;
	case CAUSE_DISTRUSTED:
		say_distrusted(d);
		break;
	case CAUSE_EXPLICIT_CURVE:
		say_curve(d);
		break;
	case CAUSE_POLICY:
		say_policy(d);
		break;
	case CAUSE_PINNED_ELSEWHERE:
		say_pinned(d);
		break;
	case CAUSE_SCTS_MISSING:
		say_scts(d);
		break;
	case CAUSE_CLIENT_REFUSED:
		say_client_refused(d);
		break;
	default:
		say_internal(d);
		break;
	}
}
