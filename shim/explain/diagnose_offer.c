/* SPDX-License-Identifier: ISC
 *
 * Protocol versions: what this client offers, who set the bounds, and which side is too old (CAUSES 2).
 */
#include "diagnosis.h"

enum {
	TLS_1_0 = 0x0301,
	TLS_1_1 = 0x0302,
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
	ALERT_PROTOCOL_VERSION = 70,
	REASON_UNSUPPORTED_PROTOCOL = 258,
	REASON_VERSION_TOO_LOW = 396,
};

/* "TLS 1.2 to TLS 1.3"; NULL: not known. */
const char *handshake_offered(struct diagnosis *d)
{
	struct evidence *e = d->e;

	if (e->min_offered == 0 && e->max_offered == 0)
		return NULL;
	if (e->min_offered == e->max_offered)
		return say(e, "only ", say_version(e, e->max_offered), (char *)NULL);
	if (e->max_offered == 0)
		return say(e, say_version(e, e->min_offered), " and newer", (char *)NULL);
	if (e->min_offered == 0)
		return say(e, "at most ", say_version(e, e->max_offered), (char *)NULL);
	return say(e, say_version(e, e->min_offered), " to ", say_version(e, e->max_offered),
		   (char *)NULL);
}

/* What the server did with an offer that it does not take. */
static const char *refusal_words(struct diagnosis *d)
{
	if (handshake_alert(d->e) > 0)
		return handshake_alert_words(d);
	return d->e->eof ? "the server closed the connection right after the client's first message"
			 : "the connection was reset right after the client's first message";
}

/* The server chose an old version, and only its signatures (SHA-1, MD5) stood in the way: the version had been accepted. */
static bool old_signatures(const struct evidence *e)
{
	return e->server_version >= TLS_1_0 && e->server_version < TLS_1_2 &&
	       e->ssl_reason != REASON_UNSUPPORTED_PROTOCOL &&
	       e->ssl_reason != REASON_VERSION_TOO_LOW;
}

static const char *server_old_why(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *offer = handshake_offered(d);

	if (old_signatures(e))
		return say(e, "the server chose ", say_version(e, e->server_version),
			   ", whose signatures (SHA-1, MD5) this client's security level does not "
			   "allow",
			   (char *)NULL);
	if (e->server_version != 0 && e->server_version < TLS_1_2)
		return say(e, "the server chose ", say_version(e, e->server_version),
			   offer != NULL ? "; this client accepts "
					 : ", which this client does not accept",
			   offer != NULL ? offer : "", (char *)NULL);
	if (handshake_alert(e) > 0)
		return say(e, handshake_alert_words(d), "; this client offers ",
			   offer != NULL ? offer : "the versions up to its library's newest",
			   ", so the server probably knows only older ones", (char *)NULL);
	return say(e, "the server speaks none of the versions that this client accepts",
		   offer != NULL ? "; this client accepts " : "", offer != NULL ? offer : "",
		   (char *)NULL);
}

void explain_server_old(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *lead =
	    "until then, for this host only and with a date at which the exception ends:";
	const char *level = "CipherString = DEFAULT:@SECLEVEL=0";
	const char *reason = "Reason = old server, to be replaced by ...";
	const char *until = say(e, "Until = ", until_date(d), (char *)NULL);

	d->r->why = server_old_why(d);
	if (e->server_version == 0 && handshake_alert(e) > 0)
		d->r->message = say(
		    e, "cannot connect to ", d->who,
		    ": the server refuses every TLS version that this client offers", (char *)NULL);
	help_line(d, "the server needs an update that speaks TLS 1.2 or 1.3");
	if (e->server_version != 0 && e->server_version < TLS_1_0)
		return; /* no rule allows SSL 3.0 */
	if (old_signatures(e))
		help_section(d, lead, level, reason, until, (char *)NULL);
	else
		help_section(d, lead,
			     e->server_version == TLS_1_1 ? "MinProtocol = TLSv1.1"
							  : "MinProtocol = TLSv1",
			     level, reason, until, (char *)NULL);
}

void explain_client_old(struct diagnosis *d)
{
	const char *offer = handshake_offered(d);
	const int alert = handshake_alert(d->e);

	if (alert == ALERT_PROTOCOL_VERSION)
		d->r->why =
		    say(d->e, "the server does not accept the TLS version; this client offers ",
			offer != NULL ? offer : "old versions only", (char *)NULL);
	else
		d->r->why = say(d->e, refusal_words(d), "; this client offers ",
				offer != NULL ? offer : "old versions only",
				", which servers refuse today, often in this way", (char *)NULL);
	help_section(d, "allow the client a newer version in its own settings, or here:",
		     d->e->max_offered == TLS_1_2 ? "MinProtocol = TLSv1.3"
						  : "MinProtocol = TLSv1.2",
		     (char *)NULL);
	if (alert != ALERT_PROTOCOL_VERSION)
		help_line(d, "if that does not help, look into the server's log: only the server "
			     "knows more");
}

void explain_no_protocols(struct diagnosis *d)
{
	const char *offer = handshake_offered(d);
	const bool ours = d->e->rule != NULL && (d->e->client_min != d->e->min_offered ||
						 d->e->client_max != d->e->max_offered);

	d->r->why =
	    say(d->e, "the settings leave no TLS version to offer",
		offer != NULL ? "; allowed is " : "", offer != NULL ? offer : "",
		", and the security level or a switched-off version rules it out", (char *)NULL);
	if (ours)
		help_line(d, "correct the bounds in the rule that is in force for this host");
	else if (d->e->max_offered != 0 && d->e->max_offered < TLS_1_2)
		help_section(d, "allow the client a newer version in its own settings, or here:",
			     "MinProtocol = TLSv1.2", (char *)NULL);
	else
		help_line(d, "correct the lowest and highest version in the client's settings or "
			     "in openssl.cnf");
}
