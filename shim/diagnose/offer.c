/* SPDX-License-Identifier: ISC
 *
 * Protocol versions: what this client offers, who set the bounds, and which side is too old (causes.md#handshake).
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
	REASON_NO_CIPHERS = 181,
};

/* ---- who set it ---------------------------------------------------------------------------------------- */

const char *set_by(struct diagnosis *d, const struct origin *o)
{
	struct evidence *e = d->e;
	const char *place = say_string(e, o->place);
	switch (o->who) {
	case SETTER_LIBRARY:
		return "OpenSSL's default";
	case SETTER_DEFAULTS:
		return "OpenSSL's default, or set in openssl.cnf";
	case SETTER_CONF:
		return o->place ? say(e, "set in ", place, (char *)NULL) : "set in openssl.cnf";
	case SETTER_CLIENT:
		return "set by the client itself";
	case SETTER_RULE:
		return o->place ? say(e, "set by the rule in ", place, (char *)NULL)
				: "set by a rule of tlsmend";
	default:
		return NULL;
	}
}

/* " (set in /etc/ssl/openssl.cnf:34)"; "": not known. */
static const char *in_brackets(struct diagnosis *d, const struct origin *o)
{
	const char *by = set_by(d, o);
	return by ? say(d->e, " (", by, ")", (char *)NULL) : "";
}

const char *security_level(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->security_level < 0)
		return "security level";
	return say(e, "security level ", say_int(e, e->security_level),
		   in_brackets(d, &e->level_by), (char *)NULL);
}

void expect_level(struct diagnosis *d)
{
	if (d->e->security_level >= 0)
		d->r->expected = security_level(d);
}

void help_level(struct diagnosis *d, const char *line, const char *reason)
{
	struct evidence *e = d->e;
	if (e->level_by.who == SETTER_RULE && e->level_by.place)
		help_line(d, say(e, "the level comes from the rule in ",
				 say_string(e, e->level_by.place), ": correct it there",
				 (char *)NULL));
	else if (e->level_tried == TRIED_BAD)
		help_line(d,
			  "a lower security level for this host alone does not help here: tried in "
			  "memory, the chain fails with it too");
	else {
		help_weaken(d, e->level_tried == TRIED_GOOD ? tried_level_line(d) : line, reason);
		if (e->level_tried == TRIED_GOOD)
			note_line(d, "tried: this rule makes the chain valid");
	}
}

/* ---- the offer ------------------------------------------------------------------------------------------- */

/* Lowest and highest version: as sent where that was seen, else as set. 0: not known. */
static int lowest(const struct evidence *e)
{
	return e->hello.min_version != 0 ? e->hello.min_version : e->min_offered;
}

static int highest(const struct evidence *e)
{
	return e->hello.max_version != 0 ? e->hello.max_version : e->max_offered;
}

/* "TLS 1.2 to TLS 1.3"; NULL: not known. */
const char *handshake_offered(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const int low = lowest(e), high = highest(e);
	if (low == 0 && high == 0)
		return NULL;
	if (low == high)
		return say(e, "only ", say_version(e, high), (char *)NULL);
	if (high == 0)
		return say(e, say_version(e, low), " and newer", (char *)NULL);
	if (low == 0)
		return say(e, "at most ", say_version(e, high), (char *)NULL);
	return say(e, say_version(e, low), " to ", say_version(e, high), (char *)NULL);
}

/* " (the minimum is set in ...)"; "": not known, or nobody set one. */
static const char *minimum_by(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *by = set_by(d, &e->min_by);
	if (e->hello.min_version > TLS_1_0 && e->min_offered < e->hello.min_version)
		return e->security_level > 0
			   ? say(e, " (this OpenSSL allows no older one, at least not at ",
				 security_level(d), ")", (char *)NULL)
			   : " (this OpenSSL allows no older one)";
	if (e->min_offered == 0 || !by)
		return "";
	return say(e, " (the minimum is ", by, ")", (char *)NULL);
}

static const char *maximum_by(struct diagnosis *d)
{
	const char *by = set_by(d, &d->e->max_by);
	if (d->e->max_offered == 0 || !by)
		return "";
	return say(d->e, " (the maximum is ", by, ")", (char *)NULL);
}

/* What the server did with an offer that it does not take. */
static const char *refusal_words(struct diagnosis *d)
{
	if (handshake_alert(d->e) > 0)
		return handshake_alert_words(d);
	return d->e->eof ? "the server closed the connection right after the client's first message"
			 : "the connection was reset right after the client's first message";
}

/* ---- server-too-old ---------------------------------------------------------------------------------------- */

/* The server chose an old version, and only its signatures (SHA-1, MD5) stood in the way: the version had been accepted. */
static bool old_signatures(const struct evidence *e)
{
	return e->server_version >= TLS_1_0 && e->server_version < TLS_1_2 &&
	       e->ssl_reason != REASON_UNSUPPORTED_PROTOCOL &&
	       e->ssl_reason != REASON_VERSION_TOO_LOW;
}

static const char *old_signatures_why(struct diagnosis *d)
{
	return say(d->e, "the server chose ", say_version(d->e, d->e->server_version),
		   ", whose signatures (SHA-1, MD5) this client's ", security_level(d),
		   " does not allow", (char *)NULL);
}

static const char *server_old_why(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *offer = handshake_offered(d);
	if (old_signatures(e))
		return old_signatures_why(d);
	if (e->server_version != 0 &&
	    (e->server_version < TLS_1_2 || e->server_version < lowest(e)))
		return say(e, "the server chose ", say_version(e, e->server_version),
			   offer ? "; this client accepts " : ", which this client does not accept",
			   offer ? offer : "", minimum_by(d), (char *)NULL);
	if (handshake_alert(e) > 0)
		return say(e, handshake_alert_words(d), "; this client offers ",
			   offer ? offer : "the versions up to its library's newest", minimum_by(d),
			   ", so the server probably knows only older ones", (char *)NULL);
	return say(e, "the server speaks none of the versions that this client accepts",
		   offer ? "; this client accepts " : "", offer ? offer : "", minimum_by(d),
		   (char *)NULL);
}

/* The line of a rule that lets the server's version through; NULL: none does. */
static const char *lower_minimum(const struct evidence *e)
{
	switch (e->server_version) {
	case TLS_1_2:
		return "MinProtocol = TLSv1.2";
	case TLS_1_1:
		return "MinProtocol = TLSv1.1";
	default:
		/* a server that said nothing knows TLS 1.2 rather, where the client only offers 1.3 */
		return e->server_version == 0 && lowest(e) == TLS_1_3 ? "MinProtocol = TLSv1.2"
								      : "MinProtocol = TLSv1";
	}
}

/* The client was asked for TLS 1.3 only, and the server speaks 1.2, or may: nothing is weak yet. */
static bool only_not_newest(const struct evidence *e)
{
	return lowest(e) == TLS_1_3 && (e->server_version == TLS_1_2 || e->server_version == 0);
}

static void help_server_old(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool ruled = e->min_by.who == SETTER_RULE && e->min_by.place && !old_signatures(e);
	const char *lead =
	    ruled ? say(e, "until then, instead of the rule in ", say_string(e, e->min_by.place),
			", with a date at which the exception ends:", (char *)NULL)
		  : "until then, for this host only and with a date at which the exception ends:";
	const char *level = "CipherString = DEFAULT:@SECLEVEL=0";
	const char *reason = "Reason = old server, to be replaced by ...";
	const char *until = say(e, "Until = ", until_date(d), (char *)NULL);
	if (e->server_version != 0 && e->server_version < TLS_1_0)
		return; /* no rule allows SSL 3.0 */
	if (old_signatures(e))
		help_section(d, lead, level, reason, until, (char *)NULL);
	else if (only_not_newest(e))
		help_section(d, lead, lower_minimum(e), reason, until, (char *)NULL);
	else
		help_section(d, lead, lower_minimum(e), level, reason, until, (char *)NULL);
}

void explain_server_old(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->why = server_old_why(d);
	if (old_signatures(e))
		expect_level(d);
	else if (handshake_offered(d))
		d->r->expected = say(e, handshake_offered(d), minimum_by(d), (char *)NULL);
	d->r->presented =
	    e->server_version != 0 ? say_version(e, e->server_version) : d->r->presented;
	if (e->server_version == 0 && handshake_alert(e) > 0)
		d->r->message = say(
		    e, "cannot connect to ", d->who,
		    ": the server refuses every TLS version that this client offers", (char *)NULL);
	help_line(d, only_not_newest(e) ? "the server's operator has to switch TLS 1.3 on, after "
					  "an update where its software does not know it"
					: "the server's operator has to switch TLS 1.2 or 1.3 on, "
					  "after an update where its software knows neither");
	help_server_old(d);
}

/* ---- client-too-old ---------------------------------------------------------------------------------------- */

static const char *raise_maximum(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->max_by.who == SETTER_CONF && e->max_by.place)
		return say(e, "raise the maximum in ", say_string(e, e->max_by.place),
			   (char *)NULL);
	return "allow the client a newer version in its own settings";
}

/* Nothing was sent: the list of ciphers was made for newer versions than the client allows. */
static void say_list_too_new(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message = say(
	    e, "cannot connect to ", d->who,
	    ": this client only allows TLS versions that are older than its ciphers", (char *)NULL);
	d->r->why =
	    say(e, "this client offers ", d->r->presented,
		", and nothing can be offered with that: its ciphers are those of TLS 1.2 and "
		"newer",
		e->cipher_string ? " (\"" : "", say_string(e, e->cipher_string),
		e->cipher_string ? "\")" : "", (char *)NULL);
}

/* The server answered, with a version that is old as well. */
static void say_server_chose(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message = say(e, "cannot connect to ", d->who,
			    ": this client only offers old TLS versions", (char *)NULL);
	d->r->why = say(e,
			old_signatures(e) ? old_signatures_why(d)
					  : say(e, "the server chose ",
						say_version(e, e->server_version), (char *)NULL),
			"; this client offers ", d->r->presented, (char *)NULL);
}

void explain_client_old(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *offer = handshake_offered(d);
	const int alert = handshake_alert(e);
	if (!offer)
		offer = "old versions only";
	d->r->presented = say(e, offer, maximum_by(d), (char *)NULL);
	if (e->ssl_reason == REASON_NO_CIPHERS)
		say_list_too_new(d);
	else if (e->server_version != 0)
		say_server_chose(d);
	else if (alert == ALERT_PROTOCOL_VERSION)
		d->r->why =
		    say(e, "the server does not accept the TLS version; this client offers ",
			d->r->presented, (char *)NULL);
	else
		d->r->why = say(e, refusal_words(d), "; this client offers ", d->r->presented,
				", which servers refuse today, often in this way", (char *)NULL);
	if (e->max_by.who == SETTER_RULE && e->max_by.place)
		help_line(d, say(e, "raise MaxProtocol in the rule in ",
				 say_string(e, e->max_by.place), (char *)NULL));
	else
		help_setting(d, raise_maximum(d), ", or here:",
			     e->max_offered == TLS_1_2 ? "MinProtocol = TLSv1.3"
						       : "MinProtocol = TLSv1.2",
			     (char *)NULL);
	if (e->server_version != 0)
		help_line(d, "if that does not help, the server knows no newer one, either: its "
			     "operator has to switch TLS 1.2 or 1.3 on");
	else if (alert != ALERT_PROTOCOL_VERSION && e->ssl_reason != REASON_NO_CIPHERS)
		help_line(d, "if that does not help, look into the server's log: only the server "
			     "knows more");
}

/* ---- no-protocols ------------------------------------------------------------------------------------------ */

/* "the minimum is TLS 1.3 (set by the client itself)" */
static const char *bound_words(struct diagnosis *d, const char *what, int version,
			       const struct origin *by)
{
	return say(d->e, "the ", what, " is ", say_version(d->e, version), in_brackets(d, by),
		   (char *)NULL);
}

static const char *no_protocols_why(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const int min = e->min_offered, max = e->max_offered;
	if (max != 0 && max < TLS_1_0)
		return say(e, "every TLS version is switched off", in_brackets(d, &e->max_by),
			   (char *)NULL);
	if (min != 0 && max != 0 && min > max)
		return say(e, bound_words(d, "minimum", min, &e->min_by), ", but ",
			   bound_words(d, "maximum", max, &e->max_by),
			   ", so that no TLS version is left", (char *)NULL);
	return say(
	    e, "the settings leave no TLS version to offer",
	    max != 0 ? say(e, "; ", bound_words(d, "maximum", max, &e->max_by), (char *)NULL) : "",
	    min != 0 ? say(e, "; ", bound_words(d, "minimum", min, &e->min_by), (char *)NULL) : "",
	    ", and ", security_level(d), " or this build of OpenSSL rules the rest out",
	    (char *)NULL);
}

/* "the maximum in /etc/ssl/openssl.cnf:34"; NULL: the place is not known. */
static const char *place_words(struct diagnosis *d, const char *what, const struct origin *by)
{
	if (by->place)
		return say(d->e, "the ", what, " in ", say_string(d->e, by->place), (char *)NULL);
	return by->who == SETTER_CLIENT
		   ? say(d->e, "the ", what, " in the client's own settings", (char *)NULL)
		   : NULL;
}

/* Which bounds can be corrected where. */
static const char *places(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *min = place_words(d, "minimum", &e->min_by);
	const char *max = place_words(d, "maximum", &e->max_by);
	if (e->min_by.who == SETTER_CLIENT && e->max_by.who == SETTER_CLIENT)
		return "the minimum or the maximum in the client's own settings";
	if (!min && !max)
		return "the lowest and highest version in the client's settings or in openssl.cnf";
	return say(e, min ? min : "", min && max ? ", or " : "", max ? max : "", (char *)NULL);
}

void explain_no_protocols(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *correct = say(e, "correct ", places(d), (char *)NULL);
	if (e->min_offered != 0 && e->max_offered != 0 && e->min_offered > e->max_offered)
		d->r->message = say(e, "cannot connect to ", d->who,
				    ": the lowest TLS version that the settings allow is above the "
				    "highest",
				    (char *)NULL);
	d->r->why = d->r->presented = no_protocols_why(d);
	if (e->min_by.who == SETTER_RULE || e->max_by.who == SETTER_RULE || e->max_offered == 0)
		help_line(d, correct);
	else
		help_setting(d, correct, ", or lift the maximum here:",
			     e->min_offered == TLS_1_3 ? "MinProtocol = TLSv1.3"
						       : "MinProtocol = TLSv1.2",
			     (char *)NULL);
}
