/* SPDX-License-Identifier: ISC
 *
 * Handshake failures (causes.md#handshake) in words. Where the evidence leaves the cause open, the record says what was seen and no more.
 */
#include <string.h>

#include "diagnosis.h"

enum { TLS_1_1 = 0x0302 };

static const char *last_message(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *name = handshake_message_name(e->last_received);
	if (e->last_received >= 0)
		return say(e, "the last message received was ",
			   name ? name : say_int(e, e->last_received), (char *)NULL);
	name = handshake_message_name(e->last_sent);
	if (e->last_sent >= 0)
		return say(e, "the last message sent was ", name ? name : say_int(e, e->last_sent),
			   ", and no handshake message came back", (char *)NULL);
	return "no handshake message was exchanged";
}

static void say_legacy_server(struct diagnosis *d)
{
	d->r->why = "the server lacks secure renegotiation (RFC 5746, of 2010), and this OpenSSL "
		    "refuses to talk to such servers";
	help_line(d, "the server's operator has to update its TLS library: all of them since 2010 "
		     "have it");
	help_weaken(d, "Options = UnsafeLegacyServerConnect",
		    "server without RFC 5746, to be replaced by ...");
}

static const char *dh_bits_for(int level)
{
	static const char bits[][8] = {"2048", "2048", "2048", "3072", "7680", "15360"};
	return bits[level < 0 || level >= (int)ARRAY_LENGTH(bits) ? 2 : level];
}

static void say_weak_handshake(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool dh = d->r->cause == CAUSE_DH_KEY_SMALL;
	expect_level(d);
	d->r->why =
	    dh ? say(e, "the server's Diffie-Hellman key is shorter than this client's ",
		     security_level(d), " demands", (char *)NULL)
	       : say(e, "the server signs its handshake in a way that this client's ",
		     security_level(d), " does not allow, or that it does not know", (char *)NULL);
	if (dh && e->level_by.who == SETTER_RULE && e->level_by.place) {
		help_level(d, "CipherString = DEFAULT:@SECLEVEL=1", "");
	} else if (dh) {
		help_line(d, say(e,
				 "the server's operator has to switch ECDHE on, or to make "
				 "Diffie-Hellman parameters of ",
				 dh_bits_for(e->security_level), " bits or more (openssl dhparam)",
				 (char *)NULL));
		if (help_section(
			d,
			"until then, first try: most servers know ECDHE too, and take it when "
			"this client does not offer the old kind of Diffie-Hellman:",
			"CipherString = DEFAULT:!DHE", (char *)NULL))
			help_line(
			    d,
			    say(e,
				"if the server then refuses the handshake, it knows nothing else: "
				"write CipherString = DEFAULT:@SECLEVEL=1 in place of that, with "
				"Reason = server with a short Diffie-Hellman key, and Until = ",
				until_date(d), (char *)NULL));
	} else {
		help_line(d,
			  "the server's operator has to update it, or to configure it so that it "
			  "signs with SHA-256");
		help_level(d, "CipherString = DEFAULT:@SECLEVEL=0",
			   "server signs with SHA-1, to be replaced by ...");
	}
}

#define TRY_ELSEWHERE                                                                              \
	"try it from a machine in another network: openssl s_client -connect HOST:PORT "           \
	"</dev/null; where that gets through, something on this machine's way changes what is "    \
	"sent"

struct handshake_words {
	enum cause cause;
	const char *help;
};

/* Causes whose sentence is the alert or the reason itself. */
static const struct handshake_words words[] = {
    {CAUSE_PEER_ERROR,
     "look into the server's log at the time of this record: only the server knows more"},
    {CAUSE_NETWORK_ERROR, "check whether the service runs and listens on that port, and whether a "
			  "firewall or a missing route "
			  "stands between: TLS did not get far enough to find anything wrong"},
    {CAUSE_CLIENT_REFUSED,
     "look into the program's own log: a function of its own ended the handshake, most likely the "
     "one that chooses its certificate and key when a server asks for them"},
    {CAUSE_PROTOCOL_ERROR, TRY_ELSEWHERE "; where it fails there too, give this record to the "
					 "server's operator"},
};

/* What some alerts (as negative numbers) and some of OpenSSL's reasons ask for. */
static const struct {
	int number;
	char help[320];
} special[] = {
    {-20, "what this client sent reached the server changed, or one of the two has an "
	  "error; " TRY_ELSEWHERE},
    {-49, "the server keeps this client out: have its operator admit it (its address, or its "
	  "certificate)"},
    {-80,
     "the server failed by itself: its log at the time of this record says why (often a "
     "certificate or key that it cannot use, or nothing set up for the name that was asked for)"},
    {-115, "the pre-shared key's name in the client is not one that the server knows: compare the "
	   "settings of both"},
    {281, "what the server sent reached this client changed, or one of the two has an "
	  "error; " TRY_ELSEWHERE},
};

/* With the server in the command, where it is known. */
static void help_words(struct diagnosis *d, const char *text)
{
	static const char server[] = "HOST:PORT";
	const char *at = strstr(text, server);
	if (at && d->e->host && d->e->port != 0)
		text = say(d->e, say_text(d->e, (struct text){text, (size_t)(at - text)}), d->who,
			   at + sizeof server - 1, (char *)NULL);
	help_line(d, text);
}

static const char *special_help(const struct evidence *e)
{
	const int alert = handshake_alert(e);
	for (size_t i = 0; i < ARRAY_LENGTH(special); i++) {
		if (special[i].number == (alert > 0 ? -alert : e->ssl_reason))
			return special[i].help;
	}
	return NULL;
}

/* The suite goes by a secret of both, and the server could not read what was encrypted for it: what they derive their keys from is not the
 * same. In TLS 1.3 the first message already proves that the client has the key (RFC 8446 section 4.2.11.2). */
static bool secrets_differ(const struct evidence *e)
{
	enum {
		BAD_RECORD_MAC = 20,
		ILLEGAL_PARAMETER = 47,
		DECRYPT_ERROR = 51,
		SERVER_HELLO_DONE = 14
	};
	const int alert = handshake_alert(e);
	if (e->hello.shared_key && e->last_received < 0)
		return alert == ILLEGAL_PARAMETER || alert == DECRYPT_ERROR;
	return (alert == BAD_RECORD_MAC || alert == DECRYPT_ERROR) &&
	       e->last_received == SERVER_HELLO_DONE && e->cipher &&
	       (strstr(e->cipher, "PSK") || strstr(e->cipher, "SRP"));
}

/* A message of TLS, but none that a server begins with: mostly a ClientHello. */
static bool roles_swapped(const struct evidence *e)
{
	enum { UNEXPECTED_MESSAGE = 244 };
	return e->ssl_reason == UNEXPECTED_MESSAGE && e->server_version == 0 &&
	       e->last_received < 0 && !e->after_handshake;
}

static void say_swapped(struct diagnosis *d)
{
	d->r->why =
	    "the other side began with a message that no TLS server begins with; probably it "
	    "waits for a server, as a TLS client does";
	help_line(d, "check whether both ends are set up as clients: a tunnel or port forwarding "
		     "that was set up the wrong way round, or a program that was given its own "
		     "peer's role");
}

static void say_downgrade(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (handshake_alert(e) > 0)
		d->r->why = say(e, handshake_alert_words(d),
				"; it knows a newer version than this client tried in this attempt",
				(char *)NULL);
	else
		d->r->why = say(e, "the server answered with ",
				e->server_version != 0 ? say_version(e, e->server_version)
						       : "an old version",
				", and its answer carries the mark of a server that knows a newer "
				"one: it did not "
				"see that this client offers that too (RFC 8446 section 4.1.3)",
				(char *)NULL);
	help_line(d, "find out what stands between client and server and changes the handshake; do "
		     "not try again with a lower version");
}

/* The client waited for the rest of an answer. */
static void say_stalled(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message =
	    say(e, "cannot connect to ", d->who,
		": the server's answer stopped in the middle of the handshake", (char *)NULL);
	d->r->why =
	    say(e, say_int(e, (int64_t)e->bytes_received), " bytes came, then nothing for ",
		say_int(e, e->waited_seconds), e->waited_seconds == 1 ? " second" : " seconds",
		", until the client gave up; ", last_message(d), (char *)NULL);
	help_line(d, "look into the log of the server, and of a proxy or load balancer in front of "
		     "it: what does it wait for (a server behind it, a directory or responder that "
		     "it asks about the certificate)?");
	help_line(d, "if the server says that it has sent everything, large packets may get lost "
		     "on the way, as in tunnels (VPN) whose MTU is not known at both ends: compare "
		     "with another network path");
}

/* The program's own fault: nobody else was asked. */
static void say_no_connection(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *number = say_int(e, e->descriptor);
	switch (e->transport) {
	case TRANSPORT_NO_DESCRIPTOR:
		d->r->why = say(e, "the program gave OpenSSL the number ", number,
				" in place of a socket's descriptor: the call that was to "
				"open the connection failed, and the program went on without "
				"looking at its result",
				(char *)NULL);
		break;
	case TRANSPORT_CLOSED:
		d->r->why = say(e, "the program gave OpenSSL descriptor ", number,
				", which is not open any more, or is another file by now: "
				"the program closed the connection before the handshake was over",
				(char *)NULL);
		break;
	case TRANSPORT_UNCONNECTED:
		d->r->why = say(e, "the program gave OpenSSL descriptor ", number,
				", a socket that is connected to nobody: connecting it "
				"failed or was never tried, and the program went on all the same",
				(char *)NULL);
		break;
	case TRANSPORT_SHUT:
		d->r->why =
		    say(e, "the program had itself ended the sending on descriptor ", number,
			" before the handshake was over, as with "
			"shutdown(2)",
			(char *)NULL);
		break;
	default:
		d->r->why = "the program began the handshake without giving OpenSSL a connection "
			    "to work on";
		break;
	}
	help_line(d, "look into the program's own log for what it says of its connection just "
		     "before: why it could not be opened, or who closed it");
	help_line(d, "give this record to the program's developers: neither the server nor its "
		     "certificate had a part in it");
}

static void say_generic(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *offer = handshake_offered(d), *what;
	if (e->given_up) {
		say_stalled(d);
		return;
	}
	if (roles_swapped(e) && handshake_alert(e) < 0) {
		say_swapped(d);
		return;
	}
	if (explain_long_list(d))
		return;
	if (handshake_alert(e) > 0)
		what = handshake_alert_words(d);
	else if (handshake_cut_off(e))
		what = e->eof ? "the server closed the connection in the middle of the handshake"
			      : "the connection was reset in the middle of the handshake";
	else if (e->system_errno != 0)
		what = say(e, "the network says: ", errno_text(e->system_errno), (char *)NULL);
	else
		what =
		    e->ssl_reason_text
			? say(e, "OpenSSL says: ", say_string(e, e->ssl_reason_text), (char *)NULL)
			: "OpenSSL gives no reason";
	d->r->why = say(e, what, "; ",
			e->after_handshake ? "the handshake itself had succeeded" : last_message(d),
			offer && !e->after_handshake ? "; this client offers " : "",
			offer && !e->after_handshake ? offer : "", (char *)NULL);
	if (secrets_differ(e))
		help_line(d, "both ends go by a key or password that they share (PSK, SRP); with "
			     "different ones it ends just so: compare the key and its identity at "
			     "both ends first");
	if ((d->r->cause == CAUSE_PEER_ERROR || d->r->cause == CAUSE_PROTOCOL_ERROR) &&
	    special_help(e)) {
		help_words(d, special_help(e));
		return;
	}
	if (handshake_cut_off(e) && handshake_alert(e) < 0 && !e->after_handshake)
		help_line(d, "look into the log of the server, and of a proxy or load balancer in "
			     "front of it: who ended the connection, and why");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (words[i].cause == d->r->cause)
			help_words(d, words[i].help);
	}
}

/* Where a certificate or its key is the cause, the client's own or the server's. */
static bool say_certificate(struct diagnosis *d)
{
	switch (d->r->cause) {
	case CAUSE_CLIENT_CERTIFICATE_MISSING:
		explain_no_certificate(d);
		return true;
	case CAUSE_CLIENT_CERTIFICATE_REJECTED:
		explain_rejected(d);
		return true;
	case CAUSE_OWN_CERTIFICATE_WEAK:
		explain_own_weak(d);
		return true;
	case CAUSE_KEY_MISMATCH:
		explain_dropped_key(d);
		return true;
	case CAUSE_MALFORMED_CERTIFICATE:
		explain_undecodable(d);
		return true;
	case CAUSE_WEAK_KEY:
		d->r->message = say(d->e, "cannot connect to ", d->who,
				    ": the server's key is of an algorithm that this OpenSSL does "
				    "not know",
				    (char *)NULL);
		explain_unknown_key(d, &d->e->presented[0], "the server's certificate");
		return true;
	default:
		return false;
	}
}

static void say_handshake(struct diagnosis *d)
{
	if ((handshake_alert(d->e) < 0 && explain_choice(d)) || say_certificate(d))
		return;
	switch (d->r->cause) {
	case CAUSE_NOT_TLS:
		explain_not_tls(d);
		break;
	case CAUSE_CLOSED_EARLY:
		explain_closed_early(d);
		break;
	case CAUSE_NO_CONNECTION:
		say_no_connection(d);
		break;
	case CAUSE_NO_COMMON_ALPN:
		explain_no_alpn(d);
		break;
	case CAUSE_UNKNOWN_SERVER_NAME:
	case CAUSE_SNI_NOT_SENT:
		explain_name_alert(d);
		break;
	case CAUSE_SERVER_TOO_OLD:
		explain_server_old(d);
		break;
	case CAUSE_CLIENT_TOO_OLD:
		explain_client_old(d);
		break;
	case CAUSE_NO_PROTOCOLS:
		explain_no_protocols(d);
		break;
	case CAUSE_NO_CIPHERS:
		explain_no_ciphers(d);
		break;
	case CAUSE_HANDSHAKE_REFUSED:
		explain_refused(d);
		break;
	case CAUSE_DOWNGRADE_DETECTED:
		say_downgrade(d);
		break;
	case CAUSE_LEGACY_RENEGOTIATION:
		say_legacy_server(d);
		break;
	case CAUSE_DH_KEY_SMALL:
	case CAUSE_LEGACY_SIGNATURE:
		say_weak_handshake(d);
		break;
	default:
		say_generic(d);
		break;
	}
}

/* Servers refuse an old version in many ways, not only with protocol_version. A hint, so it comes after the rest. */
static void hint_old_offer(struct diagnosis *d)
{
	const enum cause c = d->r->cause;
	if (d->e->max_offered == 0 || d->e->max_offered > TLS_1_1 ||
	    (c != CAUSE_PEER_ERROR && c != CAUSE_HANDSHAKE_REFUSED && c != CAUSE_CLOSED_EARLY))
		return;
	help_setting(d,
		     say(d->e, "this client offers at most ", say_version(d->e, d->e->max_offered),
			 ", which many servers refuse in one way or another; allow a newer version "
			 "in its own settings",
			 (char *)NULL),
		     ", or here:", "MinProtocol = TLSv1.2", (char *)NULL);
}

/* The handshake is long over, and the program may not mind. */
static void say_no_goodbye(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->level = LEVEL_INFO;
	d->r->message =
	    say(e, "the connection to ", d->who,
		" ended without close_notify, which OpenSSL makes an error", (char *)NULL);
	d->r->why =
	    "the connection worked; then the server closed it without TLS's goodbye, so that "
	    "nobody can tell an answer that was cut off from a whole one";
	help_line(d, "the server, or a proxy in front of it, should end its connections with "
		     "close_notify; if an answer was cut off, its log says why");
	help_section(d,
		     "until then, only where the program finds out by itself whether an answer is "
		     "whole (a length stands in it), for this host only and with a date at which "
		     "the exception ends:",
		     "IgnoreUnexpectedEOF = yes",
		     "Reason = server never says goodbye, answers have a length",
		     say(e, "Until = ", until_date(d), (char *)NULL), (char *)NULL);
}

void explain_handshake(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->cause = handshake_cause(e);
	d->r->message = say(e, "cannot connect to ", d->who, ": ", cause_table[d->r->cause].title,
			    (char *)NULL);
	if (e->ssl_reason != 0) {
		d->r->code = e->ssl_reason;
		/* 1.1.1 has no text for an alert that is newer than it (120) */
		d->r->name = e->ssl_reason_text ? say_string(e, e->ssl_reason_text) : NULL;
	} else if (handshake_alert(e) > 0) {
		d->r->name = NULL; /* the alert says it */
	} else if (e->system_errno != 0) {
		d->r->name = errno_text(e->system_errno);
	} else if (e->eof) {
		d->r->name = "end of file";
	}
	if (e->no_goodbye) {
		say_no_goodbye(d);
		return;
	}
	say_handshake(d);
	hint_old_offer(d);
}
