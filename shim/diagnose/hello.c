/* SPDX-License-Identifier: ISC
 *
 * Failures that answer the client's first message: no TLS at all, no answer, an unknown host name, no common application protocol.
 */
#include "diagnosis.h"

#include <string.h>

enum {
	TLS_1_3 = 0x0304,
	ONE_PACKET =
	    1400, /* what fits behind the headers of one Ethernet packet, tunnels included */
	LARGE_KEY_SHARE =
	    600 /* post-quantum groups need 1200 bytes and more, the others at most 133 */
};

void explain_not_tls(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct protocol *p = greeting_protocol(e);
	bool text = true;
	const char *shown = e->first_count > 0 ? greeting_shown(d, &text) : NULL;
	d->r->expected = "a TLS record";
	if (e->kept_back > 0) {
		const char *name = NULL;
		p = greeting_of_port(e->port, &name);
		d->r->why = say(
		    e, "the server's answer, ", say_int(e, (int64_t)e->kept_back),
		    e->kept_back == 1 ? " byte" : " bytes",
		    ", was read by the client, and nothing of it handed to OpenSSL: so does a "
		    "program that looks at an answer first, as .NET does, and finds no TLS, or no "
		    "whole record of it",
		    (char *)NULL);
	} else if (handshake_answer_too_short(e)) {
		d->r->why =
		    say(e, "what came back is no TLS record: ", say_int(e, (int)e->bytes_received),
			e->bytes_received == 1 ? " byte" : " bytes",
			", and then the end of the connection", (char *)NULL);
	} else if (!shown) {
		d->r->why = "what came back is no TLS record";
	} else {
		const char *what = p ? p->what : "no TLS record";
		d->r->why = say(e, "what came back is ", what,
				text ? "; it says \"" : "; it begins with the bytes ", shown,
				text ? "\"" : "", (char *)NULL);
		d->r->presented =
		    say(e, what, text ? ": \"" : ": ", shown, text ? "\"" : "", (char *)NULL);
	}
	if (p)
		help_line(d, p->help);
	else if (e->kept_back > 0)
		help_line(d,
			  "correct the port or the protocol setting of the client: something else "
			  "than TLS is spoken there (a web page without TLS, a proxy's answer, "
			  "the greeting of a service with STARTTLS)");
	else
		help_line(d,
			  "correct the port or the protocol setting of the client: something else "
			  "than TLS is spoken there");
}

/* The name that was sent, or that none was. */
static const char *with_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->have_connection)
		return "";
	if (!e->sni)
		return ", without a host name (SNI)";
	return say(e, ", with the host name (SNI) ", say_string(e, e->sni), (char *)NULL);
}

static bool offers_tls13(const struct evidence *e)
{
	if (e->hello.size > 0)
		return e->hello.max_version == TLS_1_3;
	return e->max_offered == 0 || e->max_offered == TLS_1_3;
}

/* What to try where nothing was said: each try narrows it down, none is a cure. */
static void help_tries(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *until = say(e, "Until = ", until_date(d), (char *)NULL);
	if (e->hello.size > ONE_PACKET && e->hello.key_share_size > LARGE_KEY_SHARE)
		help_section(
		    d,
		    say(e, "the client's first message has ", say_int(e, e->hello.size),
			" bytes, because of its post-quantum key, and does not fit into "
			"one packet; some "
			"servers and firewalls cannot cope with that. Not tried: whether a "
			"shorter one is answered:",
			(char *)NULL),
		    "Groups = X25519:P-256", (char *)NULL);
	if (offers_tls13(e))
		help_section(d,
			     "some old servers and firewalls cannot cope with TLS 1.3. Not tried: "
			     "whether TLS "
			     "1.2 is answered:",
			     "MaxProtocol = TLSv1.2", "Reason = closes when TLS 1.3 is offered",
			     until, (char *)NULL);
}

/* Servers for several hosts often close where no name, or an unknown one, is asked for; so do firewalls that filter by name. */
static void help_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->have_connection || e->sni)
		return;
	if (!e->host || name_is_address(e->host) ||
	    !help_section(
		d,
		"this client did not send the host's name, without which some servers "
		"close the connection. Use a setting of the client that sends it, or (not "
		"tried):",
		say(e, "ServerName = ", d->section, (char *)NULL), (char *)NULL))
		help_line(d, "this client did not send the host's name (SNI), without which some "
			     "servers close the connection: use a setting of it that sends the "
			     "name, and connect by name");
}

/* How it ended. */
static const char *without_answer(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (handshake_only_goodbye(e))
		return "the server's only answer was a goodbye (close_notify) or a warning, "
		       "an alert that by itself ends nothing, and it closed the connection";
	if (!e->given_up)
		return say(e, "the connection was ", e->eof ? "closed" : "reset",
			   " before a single byte of an answer came", (char *)NULL);
	if (e->unseen)
		return say(e, "the client handed nothing of an answer to OpenSSL before it gave ",
			   "up: what came, if anything, is not known here", (char *)NULL);
	if (e->waited_seconds == 0)
		return "not a single byte of an answer came before the connection ended: the "
		       "server closed "
		       "it, or the client gave it up";
	return say(e, "not a single byte of an answer came, and the client gave up after ",
		   say_int(e, e->waited_seconds), e->waited_seconds == 1 ? " second" : " seconds",
		   (char *)NULL);
}

/* Who may have done that? */
static void help_suspects(struct diagnosis *d, bool known_port)
{
	const bool silence = d->e->given_up && d->e->waited_seconds > 0;
	help_line(
	    d,
	    silence
		? "find out whether the client's first message reached the server (its log), "
		  "or whether a firewall in between drops packets"
		: "look into the log of the server, and of a firewall, proxy or load balancer in "
		  "front of it: who closed the connection, and why (a host name that it does not "
		  "serve or allow, no server behind it)");
	if (known_port)
		return;
	help_line(
	    d,
	    silence
		? "some services do not speak TLS on this port and wait for more, as Redis does: "
		  "check the port"
		: "some services start without TLS and close when a client begins with it, as "
		  "directories (LDAP) and databases do: then the client needs its STARTTLS "
		  "setting, or the service's port for TLS");
}

void explain_closed_early(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *name = NULL;
	const struct protocol *p = greeting_of_port(e->port, &name);
	const uint64_t sent = e->hello.size > 0 ? e->hello.size : e->bytes_sent;
	if (e->given_up)
		d->r->message = say(e, "cannot connect to ", d->who,
				    e->unseen ? ": OpenSSL was given no answer to its first message"
					      : ": no answer came to the client's first message",
				    (char *)NULL);
	d->r->why =
	    say(e, without_answer(d), sent > 0 ? "; the client had sent its first message, " : "",
		sent > 0 ? say_int(e, (int64_t)sent) : "", sent > 0 ? " bytes" : "", with_name(d),
		(char *)NULL);
	if (p)
		help_line(d,
			  say(e, "port ", say_int(e, e->port), " usually belongs to ", name,
			      ", without TLS at the start. If so here: ", p->help, (char *)NULL));
	if (e->unseen)
		help_line(d,
			  "check whether the port speaks TLS from the start: a program that reads "
			  "the answer itself, as .NET's SslStream does, stops by itself at what "
			  "is none (a web page without TLS, a proxy's answer, the greeting of a "
			  "service with STARTTLS)");
	help_suspects(d, p != NULL);
	help_name(d);
	/* a lower version is no remedy where nobody knows that the server said nothing */
	if (!e->unseen)
		help_tries(d);
}

/* "h2, http/1.1"; NULL: none was offered, or it is not known. */
static const char *offered_protocols(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct hello *h = &e->hello;
	const char *list = NULL;
	size_t i = 0;
	while (i < h->alpn_size && i + 1 + h->alpn[i] <= h->alpn_size) {
		const struct text one = {(const char *)h->alpn + i + 1, h->alpn[i]};
		list = say(e, list ? list : "", list ? ", " : "", say_text(e, one), (char *)NULL);
		i += 1 + (size_t)h->alpn[i];
	}
	return list && h->alpn_cut ? say(e, list, " and more", (char *)NULL) : list;
}

void explain_no_alpn(struct diagnosis *d)
{
	const char *offered = offered_protocols(d);
	if (!offered) {
		d->r->why = handshake_alert_words(d);
		help_line(d,
			  "correct the port or the protocol setting of the client, or enable the "
			  "protocol on the server");
		return;
	}
	d->r->why =
	    say(d->e, handshake_alert_words(d), "; this client offers ", offered, (char *)NULL);
	d->r->presented = offered;
	help_line(d,
		  say(d->e, "if the port is right, enable ", offered,
		      " on the server, or allow the client a protocol that the server speaks (for "
		      "web servers mostly http/1.1); otherwise correct the port",
		      (char *)NULL));
}

void explain_name_alert(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (d->r->cause == CAUSE_UNKNOWN_SERVER_NAME) {
		d->r->why =
		    say(e, handshake_alert_words(d), e->sni ? "; this client asked for " : "",
			say_string(e, e->sni), (char *)NULL);
		help_line(d,
			  say(e, "check the host name in the client, and the address",
			      e->address ? " " : "", say_string(e, e->address),
			      " that it was resolved to: the server there does not serve that name",
			      (char *)NULL));
		help_line(d, "if both are right, its operator must add the name to the server");
		if (e->sni)
			help_section(d,
				     "until then, where its default certificate carries this name, "
				     "ask for none:",
				     "ServerName = none", (char *)NULL);
		return;
	}
	d->r->why = say(e, handshake_alert_words(d),
			"; this client did not send the name of the host that it wants (SNI)",
			(char *)NULL);
	if (!e->host || name_is_address(e->host) ||
	    !help_section(d, "use a setting of the client that sends the host's name, or add:",
			  say(e, "ServerName = ", d->section, (char *)NULL), (char *)NULL))
		help_line(d, "use a client, or a setting of it, that sends the host's name (SNI), "
			     "and connect by name");
}
