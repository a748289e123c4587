/* SPDX-License-Identifier: ISC
 *
 * A client certificate that the server did not take (causes.md#handshake): what the alert says, together with what is to be seen of the
 * certificate on this side.
 */
#include "diagnosis.h"

enum {
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_UNSUPPORTED_CERTIFICATE = 43,
	ALERT_CERTIFICATE_REVOKED = 44,
	ALERT_CERTIFICATE_EXPIRED = 45,
	ALERT_UNKNOWN_CA = 48,
	ALERT_ACCESS_DENIED = 49,
};

enum finding {
	EXPIRED,
	NOT_YET_VALID,
	NOT_FOR_CLIENTS,
	MALFORMED,
	SELF_SIGNED,
	OTHER_CA,
	ALONE,
	WEAK_KEY,
	WEAK_DIGEST,
	FINDINGS
};

/* The alert that says just this; other alerts about certificates may mean anything. */
static const int alert_of[FINDINGS] = {
    [EXPIRED] = ALERT_CERTIFICATE_EXPIRED,
    [NOT_YET_VALID] = ALERT_BAD_CERTIFICATE,
    [NOT_FOR_CLIENTS] = ALERT_UNSUPPORTED_CERTIFICATE,
    [MALFORMED] = ALERT_BAD_CERTIFICATE,
    [SELF_SIGNED] = ALERT_UNKNOWN_CA,
    [OTHER_CA] = ALERT_UNKNOWN_CA,
    [ALONE] = ALERT_UNKNOWN_CA,
    [WEAK_KEY] = ALERT_BAD_CERTIFICATE,
    [WEAK_DIGEST] = ALERT_BAD_CERTIFICATE,
};

static bool found(const struct evidence *e, enum finding f)
{
	const struct cert_info *c = own_leaf(e);
	switch (f) {
	case EXPIRED:
		return c->not_after != INT64_MIN && c->not_after < e->now;
	case NOT_YET_VALID:
		return c->not_before != INT64_MIN && c->not_before > e->now;
	case NOT_FOR_CLIENTS:
		return c->has_extended_key_usage && !c->eku_client && !c->eku_any;
	case MALFORMED:
		return c->malformed;
	case SELF_SIGNED:
		return c->self_issued;
	case OTHER_CA:
		return !c->self_issued && e->own.names_in_all > 0 && !e->own.issuer_named;
	case ALONE:
		return !c->self_issued && e->own.names_in_all == 0 && e->own.sent == 1;
	case WEAK_KEY:
		return certificate_has_weak_key(c);
	default:
		return certificate_has_weak_digest(c);
	}
}

static const char *finding_words(struct diagnosis *d, enum finding f)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	switch (f) {
	case EXPIRED:
		return say(e, "it expired on ", say_date(e, c->not_after), (char *)NULL);
	case NOT_YET_VALID:
		return say(e, "it is not valid before ", say_date(e, c->not_before), (char *)NULL);
	case NOT_FOR_CLIENTS:
		return "it was not issued for clients (extendedKeyUsage without clientAuth)";
	case MALFORMED:
		return say(e, "it has a broken extension", c->malformed_why ? ": " : "",
			   say_string(e, c->malformed_why), (char *)NULL);
	case SELF_SIGNED:
		return "it is self-signed, so no CA vouches for it";
	case OTHER_CA:
		return say(e, "its issuer ", say_issuer(e, c),
			   " is none of the CAs that the server names",
			   e->own.sent == 1 ? ", and no intermediate CA was sent along" : "",
			   (char *)NULL);
	case ALONE:
		return say(e, "it was sent alone, without the certificate of its issuer ",
			   say_issuer(e, c), (char *)NULL);
	case WEAK_KEY:
		return say(e, "its key is weak (", say_string(e, c->key), ")", (char *)NULL);
	default:
		return say(e, "it is signed with ", say_string(e, c->signature), (char *)NULL);
	}
}

static void help_append(struct diagnosis *d)
{
	help_line(d, say(d->e, "if ", say_issuer(d->e, own_leaf(d->e)),
			 " is an intermediate CA, append its certificate (without the root's) to "
			 "the client's certificate file, so that it is sent along",
			 (char *)NULL));
}

static void help_finding(struct diagnosis *d, enum finding f)
{
	switch (f) {
	case EXPIRED:
		help_line(d,
			  "have it renewed by its CA, and give the client the new one; mind that "
			  "a long-running program may have to be restarted");
		break;
	case NOT_YET_VALID:
		help_line(d, "wait until then, or correct the clock of this machine");
		break;
	case NOT_FOR_CLIENTS:
		help_line(d, "have one issued for clients: extendedKeyUsage with clientAuth");
		break;
	case SELF_SIGNED:
		help_line(d, "use a certificate of a CA that the server accepts, or have its "
			     "operator register this one by its sha256");
		break;
	case OTHER_CA:
		if (d->e->own.sent <= 1)
			help_append(d);
		help_line(d,
			  say(d->e, d->e->own.sent <= 1 ? "else " : "",
			      "use a certificate of one of the CAs that the server names",
			      d->e->own.sent <= 1 ? ""
						  : ", or have its operator add that CA to those "
						    "that may issue client certificates",
			      (char *)NULL));
		break;
	case ALONE:
		help_append(d);
		help_line(d, "else have the server's operator add its CA to those that may issue "
			     "client certificates");
		break;
	case MALFORMED:
	case WEAK_KEY:
	case WEAK_DIGEST:
	default:
		help_line(d, "have it issued again, with RSA 2048 bits or P-256, and SHA-256");
		break;
	}
}

/* Nothing is wrong with it as far as this side can see. */
static void help_alert(struct diagnosis *d, int alert)
{
	struct evidence *e = d->e;
	if (alert == ALERT_UNKNOWN_CA)
		help_line(d,
			  "have the server's operator add the certificate's CA to those that may "
			  "issue client certificates, or use a certificate of another CA");
	else if (alert == ALERT_CERTIFICATE_REVOKED)
		help_line(d, "ask its CA why it was revoked, and for a new one with a new key");
	else if (alert == ALERT_ACCESS_DENIED)
		help_line(d, say(e, "have the server's operator give access to ",
				 say_subject(e, own_leaf(e)), (char *)NULL));
	else if (alert == ALERT_CERTIFICATE_EXPIRED)
		help_line(d, "it has not expired by this machine's clock: compare the clocks of "
			     "both machines, and look at the CA certificates above it");
	help_line(d, "look into the server's log at the time of this record: it names the reason");
}

/* What explains the alert best: what it says itself, else what any alert or none may mean. */
static enum finding main_finding(const struct evidence *e)
{
	const int alert = handshake_alert(e);
	const bool specific =
	    (alert >= ALERT_UNSUPPORTED_CERTIFICATE && alert <= ALERT_CERTIFICATE_EXPIRED) ||
	    alert == ALERT_UNKNOWN_CA || alert == ALERT_ACCESS_DENIED;
	for (enum finding f = 0; f < FINDINGS; f++) {
		if (alert_of[f] == alert && found(e, f))
			return f;
	}
	for (enum finding f = 0; f < FINDINGS && !specific; f++) {
		/* that it was sent alone says little, unless its CA was not known */
		if (f != ALONE && found(e, f))
			return f;
	}
	return FINDINGS;
}

/* These two alerts mean one thing only. */
static bool is_certain(const struct evidence *e, enum finding f)
{
	return (f == EXPIRED || f == NOT_FOR_CLIENTS) && alert_of[f] == handshake_alert(e);
}

static const char *verdict(struct diagnosis *d, enum finding f)
{
	if (f == FINDINGS)
		return "; what is seen of it on this side gives no reason";
	return say(d->e, is_certain(d->e, f) ? ": " : "; the likely reason: ", finding_words(d, f),
		   (char *)NULL);
}

void explain_rejected(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	if (!c) {
		d->r->why = say(e, "this client sent its certificate, and ", server_reaction(d),
				(char *)NULL);
		help_alert(d, -1);
		return;
	}
	enum finding first = main_finding(e);
	d->r->why =
	    say(e, "this client sent the certificate ", say_subject(e, c), " of ", say_issuer(e, c),
		", and ", server_reaction(d), verdict(d, first), (char *)NULL);
	d->r->presented =
	    say(e, say_subject(e, c), " of ", say_issuer(e, c), first != FINDINGS ? ": " : "",
		first != FINDINGS ? finding_words(d, first) : "", (char *)NULL);
	note_renewed_own(d);
	if (first != FINDINGS)
		help_finding(d, first);
	else
		help_alert(d, handshake_alert(e));
	note_wanted_certificate(d);
	note_own_certificate(d);
	if (e->own.sent == 1)
		note_line(d, "the client sent this certificate alone");
	else if (e->own.sent > 1)
		note_line(d,
			  say(e, "the client sent ", say_int(e, e->own.sent),
			      " certificates: this one and those of CAs above it", (char *)NULL));
	for (enum finding f = 0; f < FINDINGS; f++) {
		if (f != first && f != ALONE && found(e, f))
			note_line(d, say(e, "also wrong: ", finding_words(d, f), (char *)NULL));
	}
	note_no_reason(d, "the server ended the connection after it got this client's certificate");
}
