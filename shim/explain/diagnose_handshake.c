/* SPDX-License-Identifier: ISC
 *
 * Handshake failures (CAUSES 2) in words. Where the evidence leaves the cause open, the record says what was seen and no more.
 */
#include "diagnosis.h"

#include <string.h>

enum { TLS_1_1 = 0x0302, TLS_1_3 = 0x0304 };

/* What protocols without TLS say first. */
static const struct {
	const char *start;
	size_t n;
	const char *what;
	const char *help;
} greetings[] = {
    {"HTTP/", 5, "a plain HTTP answer",
     "use http:// for this port, or the port that serves https; a proxy may also have answered: "
     "check the proxy setting"},
    {"<", 1, "an HTML or XML page",
     "use http:// for this port, or the port that serves https; a proxy may also have answered: "
     "check the proxy setting"},
    {"220", 3, "the greeting of a mail or FTP server",
     "switch STARTTLS on in the client (or use the port for TLS from the start: 465 for SMTP, 990 "
     "for FTP)"},
    {"+OK", 3, "the greeting of a POP3 server",
     "switch STARTTLS on in the client, or use port 995"},
    {"* OK", 4, "the greeting of an IMAP server",
     "switch STARTTLS on in the client, or use port 993"},
    {"SSH-", 4, "the greeting of an SSH server", "correct the port: this one belongs to SSH"},
    {"RFB ", 4, "the greeting of a VNC server", "correct the port: this one belongs to VNC"},
    {"-ERR", 4, "an error of a Redis or POP3 server without TLS",
     "correct the port, or switch TLS on in that server"},
    {"AMQP", 4, "the greeting of an AMQP broker without TLS",
     "use the broker's port for TLS (usually 5671)"},
    {"CONNE", 5, "a request, not an answer: the other side speaks HTTP as a client",
     "check the proxy setting"},
};

/* The first packet of a MySQL or MariaDB server: three bytes of length, number 0, protocol 10. */
static bool looks_like_mysql(const struct evidence *e)
{
	return e->first_count >= 5 && e->first_bytes[2] == 0 && e->first_bytes[3] == 0 &&
	       (e->first_bytes[4] == 10 || e->first_bytes[4] == 0xff);
}

const char *handshake_alert_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const int alert = handshake_alert(e);
	const char *name = alert_name(alert), *meaning = alert_meaning(alert);

	return say(e, "the server sent the alert ", name != NULL ? name : "with number", " (",
		   say_int(e, alert), ")", meaning != NULL ? ": " : "",
		   meaning != NULL ? meaning : "", (char *)NULL);
}

static const char *last_message(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *name = handshake_message_name(e->last_received);

	if (e->last_received >= 0)
		return say(e, "the last message received was ",
			   name != NULL ? name : say_int(e, e->last_received), (char *)NULL);
	name = handshake_message_name(e->last_sent);
	if (e->last_sent >= 0)
		return say(e, "the last message sent was ",
			   name != NULL ? name : say_int(e, e->last_sent),
			   ", and no handshake message came back", (char *)NULL);
	return "no handshake message was exchanged";
}

static const char *printable_start(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct text t = {(const char *)e->first_bytes, e->first_count < sizeof(e->first_bytes)
								 ? e->first_count
								 : sizeof(e->first_bytes)};

	return say_text(e, t);
}

static void say_not_tls(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *what = NULL, *help = "correct the port or the protocol setting of the client";
	size_t i;

	for (i = 0; i < ARRAY_LENGTH(greetings) && what == NULL; i++) {
		if (e->first_count >= greetings[i].n &&
		    memcmp(e->first_bytes, greetings[i].start, greetings[i].n) == 0) {
			what = greetings[i].what;
			help = greetings[i].help;
		}
	}
	if (what == NULL && looks_like_mysql(e))
		what = "the greeting of a MySQL or MariaDB server, which starts without TLS";
	if (e->first_count == 0)
		d->r->why = "what came back is no TLS record";
	else
		d->r->why = say(e, "what came back is ", what != NULL ? what : "no TLS record",
				"; it begins with \"", printable_start(d), "\"", (char *)NULL);
	d->r->expected = "a TLS record";
	d->r->presented = e->first_count > 0 ? printable_start(d) : NULL;
	help_line(d, help);
}

static void say_closed_early(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->why = say(e, "the connection was ", e->eof ? "closed" : "reset",
			" before a single byte of an answer came",
			e->bytes_sent > 0 ? "; the client had sent " : "",
			e->bytes_sent > 0 ? say_int(e, (int64_t)e->bytes_sent) : "",
			e->bytes_sent > 0 ? " bytes" : "",
			e->have_connection ? (e->sni != NULL ? ", with the host name (SNI) "
							     : ", without a host name (SNI)")
					   : "",
			say_string(e, e->have_connection ? e->sni : NULL), (char *)NULL);
	help_line(d, "look into the log of the server, and of a firewall or load balancer in front "
		     "of it: who closed the connection, and why");
	if (e->max_offered == 0 || e->max_offered == TLS_1_3)
		help_section(
		    d, "if the server is an old one, try whether a smaller offer is answered:",
		    "MaxProtocol = TLSv1.2", (char *)NULL);
}

static void say_legacy_server(struct diagnosis *d)
{
	d->r->why = "the server lacks secure renegotiation (RFC 5746, of 2010), and this OpenSSL "
		    "refuses to talk to such servers";
	help_line(d, "the server needs an update");
	help_weaken(d, "Options = UnsafeLegacyServerConnect",
		    "server without RFC 5746, to be replaced by ...");
}

static const char *dh_bits_for(int level)
{
	static const char *const bits[] = {"2048", "2048", "2048", "3072", "7680", "15360"};

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
	if (dh) {
		help_line(d, say(e, "the server needs ECDHE, or Diffie-Hellman parameters of ",
				 dh_bits_for(e->security_level), " bits or more", (char *)NULL));
		help_section(d, "until then, for this host, without Diffie-Hellman of that kind:",
			     "CipherString = DEFAULT:!DHE", (char *)NULL);
	} else {
		help_line(d,
			  "the server needs an update, or a configuration that signs with SHA-256");
		help_level(d, "CipherString = DEFAULT:@SECLEVEL=0",
			   "server signs with SHA-1, to be replaced by ...");
	}
}

struct handshake_words {
	enum cause cause;
	const char *help;
};

/* Causes whose sentence is the alert or the reason itself. */
static const struct handshake_words words[] = {
    {CAUSE_UNKNOWN_SERVER_NAME,
     "correct the host name in the client or in DNS: the server that answers does not serve it"},
    {CAUSE_SNI_NOT_SENT, "use a client (or a setting of it) that sends the host's name (SNI)"},
    {CAUSE_NO_COMMON_ALPN, "correct the port or the protocol setting of the client (for HTTP: "
			   "allow HTTP/1.1 and HTTP/2), or enable the protocol on the server"},
    {CAUSE_DOWNGRADE_DETECTED, "find out what stands between client and server and changes the "
			       "handshake; do not try again with a lower version"},
    {CAUSE_PEER_ERROR,
     "look into the server's log at the time of this record: only the server knows more"},
    {CAUSE_PROTOCOL_ERROR, "compare with another client and another network path, and give both "
			   "records to the server's operator"},
};

static void say_generic(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *offer = handshake_offered(d), *what;
	size_t i;

	if (handshake_alert(e) > 0)
		what = handshake_alert_words(d);
	else if (handshake_cut_off(e))
		what = e->eof ? "the server closed the connection in the middle of the handshake"
			      : "the connection was reset in the middle of the handshake";
	else if (e->system_errno != 0)
		what = say(e, "reading or writing failed: ", errno_text(e->system_errno),
			   (char *)NULL);
	else
		what =
		    e->ssl_reason_text != NULL
			? say(e, "OpenSSL says: ", say_string(e, e->ssl_reason_text), (char *)NULL)
			: "OpenSSL gives no reason";
	d->r->why = say(e, what, "; ",
			e->after_handshake ? "the handshake itself had succeeded" : last_message(d),
			offer != NULL && !e->after_handshake ? "; this client offers " : "",
			offer != NULL && !e->after_handshake ? offer : "", (char *)NULL);
	for (i = 0; i < ARRAY_LENGTH(words); i++) {
		if (words[i].cause == d->r->cause)
			help_line(d, words[i].help);
	}
}

static void say_handshake(struct diagnosis *d)
{
	switch (d->r->cause) {
	case CAUSE_NOT_TLS:
		say_not_tls(d);
		break;
	case CAUSE_CLOSED_EARLY:
		say_closed_early(d);
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
	case CAUSE_CLIENT_CERTIFICATE_MISSING:
		explain_no_certificate(d);
		break;
	case CAUSE_CLIENT_CERTIFICATE_REJECTED:
		explain_rejected(d);
		break;
	case CAUSE_OWN_CERTIFICATE_WEAK:
		explain_own_weak(d);
		break;
	case CAUSE_KEY_MISMATCH:
		explain_dropped_key(d);
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
	help_section(d,
		     say(d->e, "this client offers at most ", say_version(d->e, d->e->max_offered),
			 ", which many servers refuse in one way or another; allow a newer version "
			 "in its own settings, or here:",
			 (char *)NULL),
		     "MinProtocol = TLSv1.2", (char *)NULL);
}

void explain_handshake(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->cause = handshake_cause(e);
	d->r->message = say(e, "cannot connect to ", d->who, ": ", cause_table[d->r->cause].title,
			    (char *)NULL);
	if (e->ssl_reason != 0) {
		d->r->code = e->ssl_reason;
		d->r->name = say_string(e, e->ssl_reason_text);
	} else if (handshake_alert(e) > 0) {
		d->r->name = NULL; /* the alert says it */
	} else if (e->system_errno != 0) {
		d->r->name = errno_text(e->system_errno);
	} else if (e->eof) {
		d->r->name = "end of file";
	}
	say_handshake(d);
	hint_old_offer(d);
}
