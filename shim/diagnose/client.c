/* SPDX-License-Identifier: ISC
 *
 * Client certificates: the server asked for one, and what came of it (causes.md#handshake). "Certificate" in these sentences is always this
 * client's; the server's own is not spoken of.
 */
#include "diagnosis.h"

#include <string.h>

enum { ALERT_CERTIFICATE_REQUIRED = 116 };

const struct cert_info *own_leaf(const struct evidence *e)
{
	return e->own.count > 0 ? &e->own.chain[0] : NULL;
}

/* ---- what the server accepts --------------------------------------------------------------------------- */

static const char *named_cas(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct own_certificate *own = &e->own;
	const char *list = "";
	size_t i;
	for (i = 0; i < own->name_count; i++)
		list = say(e, list, i > 0 ? ", " : "", "\"", say_text(e, own->names[i]), "\"",
			   (char *)NULL);
	if (own->names_in_all > i)
		list = say(e, list, " and ", say_int(e, (int64_t)(own->names_in_all - i)), " more",
			   (char *)NULL);
	return list;
}

void note_wanted_certificate(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->own.names_known)
		return;
	if (e->own.names_in_all == 0) {
		d->r->expected = "a client certificate; the server names no CA";
		note_line(d, "the server does not say which CAs it accepts; whoever runs it knows");
		return;
	}
	d->r->expected = say(e, "a client certificate of ", named_cas(d), (char *)NULL);
	note_line(d, say(e, "the server accepts certificates of these CAs: ", named_cas(d),
			 (char *)NULL));
}

/* ---- what the client has --------------------------------------------------------------------------------- */

static const char *purposes(const struct cert_info *c)
{
	if (!c->has_extended_key_usage)
		return "for any purpose";
	if (c->eku_any || (c->eku_client && c->eku_server))
		return "for clients and servers";
	return c->eku_client   ? "for clients"
	       : c->eku_server ? "for servers"
			       : "for neither clients nor servers";
}

void note_own_certificate(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	if (!c)
		return;
	note_line(
	    d,
	    say(e,
		e->event == EVENT_LOAD_FAILED ? "the certificate: " : "this client's certificate: ",
		say_dn(e, c->subject), ", issued by ", say_dn(e, c->issuer), ", valid from ",
		say_date(e, c->not_before), " to ", say_date(e, c->not_after), ", ", purposes(c),
		c->key ? ", " : "", say_string(e, c->key), c->signature ? ", " : "",
		say_string(e, c->signature), c->serial ? ", serial " : "", say_string(e, c->serial),
		c->have_sha256 ? ", sha256 " : "",
		c->have_sha256 ? say_hex(e, c->sha256, sizeof c->sha256) : "", (char *)NULL));
	if (e->own.file)
		note_line(d, say(e, "that certificate was loaded from ", say_string(e, e->own.file),
				 (char *)NULL));
}

/* ---- how the server took it --------------------------------------------------------------------------------- */

static bool gave_no_reason(const struct evidence *e)
{
	return handshake_alert(e) <= 0;
}

const char *server_reaction(struct diagnosis *d)
{
	const struct evidence *e = d->e;
	if (handshake_alert(e) > 0)
		return handshake_alert_words(d);
	if (e->unanswered)
		return "the server ended the connection without answering";
	return e->eof ? "the server closed the connection" : "the connection was reset";
}

void note_no_reason(struct diagnosis *d, const char *headline)
{
	if (!gave_no_reason(d->e))
		return;
	d->r->message = say(d->e, "cannot connect to ", d->who, ": ", headline, (char *)NULL);
	note_line(d, "the server gave no reason: that it is about the client certificate is "
		     "likely, not certain; the server's log knows");
}

/* ---- client-certificate-missing ------------------------------------------------------------------------------ */

static const char *not_sent_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	if (e->own.too_late)
		return "none: it was given one only after this connection was made";
	if (!c)
		return "none";
	return say(e, "none: it has ", say_subject(e, c), " of ", say_issuer(e, c),
		   e->own.has_key ? ", but did not send it" : ", but no private key for it",
		   (char *)NULL);
}

static void help_get_certificate(struct diagnosis *d)
{
	help_setting(d,
		     "get a certificate and its key from whoever runs the server, and configure "
		     "them in the client",
		     ", or here:", "Certificate = /etc/tlsmend/client.pem",
		     "PrivateKey = /etc/tlsmend/client.key", (char *)NULL);
	help_line(d, "`tlsmend explain client-certificate-missing` says where common clients take "
		     "them");
}

static void help_unsent(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = own_leaf(e);
	if (e->own.too_late) {
		help_line(d, "the program must set the certificate before it makes the connection");
		return;
	}
	if (!e->own.has_key) {
		help_line(d, "give the client the private key that belongs to this certificate; a "
			     "key that does not fit it is dropped without a word");
		return;
	}
	help_line(d, say(e, "the server takes no signature of such a key (", say_string(e, c->key),
			 "), or the program itself left it out: use a certificate with another "
			 "kind of key, or look into the program's settings",
			 (char *)NULL));
}

void explain_no_certificate(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!e->empty_certificate_sent && handshake_alert(e) == ALERT_CERTIFICATE_REQUIRED)
		d->r->why = handshake_alert_words(d);
	else
		d->r->why = say(e,
				"the server asked for a certificate of this client; the client "
				"sent ",
				not_sent_words(d), "; then ", server_reaction(d), (char *)NULL);
	d->r->presented = not_sent_words(d);
	if (own_leaf(e) || e->own.too_late)
		help_unsent(d);
	else
		help_get_certificate(d);
	note_wanted_certificate(d);
	note_own_certificate(d);
	note_no_reason(d, "the server asked for a certificate of this client, got none, and ended "
			  "the connection");
}

/* ---- key-mismatch in a handshake --------------------------------------------------------------------------------- */

bool own_pair_differs(const struct evidence *e)
{
	return e->own.count > 0 && !e->own.has_key && e->have_pair_spki[0] &&
	       e->have_pair_spki[1] &&
	       memcmp(e->pair_spki[0], e->pair_spki[1], sizeof e->pair_spki[0]) != 0;
}

void explain_dropped_key(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->why = say(e, "the server asked for a certificate of this client, which has ",
			say_subject(e, own_leaf(e)), ", but the key that was loaded from ",
			say_string(e, e->file_path),
			" belongs to another one; so OpenSSL dropped it and sent none, and ",
			server_reaction(d), (char *)NULL);
	help_line(d, "find the pair: these two print the same for files that belong together:");
	help_line(d,
		  say(e, "    openssl x509 -noout -pubkey -in ",
		      e->file_other ? say_string(e, e->file_other) : "CERTIFICATE", (char *)NULL));
	help_line(
	    d, say(e, "    openssl pkey -pubout -in ", say_string(e, e->file_path), (char *)NULL));
	note_wanted_certificate(d);
	note_own_certificate(d);
	d->r->presented =
	    say(e, "none: it has ", say_subject(e, own_leaf(e)), ", but the key from ",
		say_string(e, e->file_path), " belongs to another one", (char *)NULL);
	note_no_reason(d, "its certificate and private key do not belong together, so it sent "
			  "none, and the server ended the connection");
}
