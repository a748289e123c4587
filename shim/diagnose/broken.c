/* SPDX-License-Identifier: ISC
 *
 * A certificate that OpenSSL cannot decode, so that no chain came to be; and a key whose algorithm it does not know.
 */
#include "diagnosis.h"

static const char *which(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct broken_certificate *b = &e->broken;
	const char *name =
	    b->name.n > 0 ? say(e, " (\"", say_text(e, b->name), "\")", (char *)NULL) : "";
	if (b->number == 1)
		return say(e, "the server's certificate", name, (char *)NULL);
	return say(e, "certificate ", say_int(e, b->number), " of those that the server sent", name,
		   (char *)NULL);
}

/* "the issuer's name is longer than what contains it (byte 211 of 903)" */
static const char *fault(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct broken_certificate *b = &e->broken;
	if (b->trailing > 0)
		return say(e, say_int(e, (int64_t)b->trailing),
			   b->trailing == 1 ? " byte follows" : " bytes follow", " its end",
			   (char *)NULL);
	if (b->size == 0)
		return "it is empty";
	if (!b->part)
		return "where it is broken could not be found out";
	return say(e, b->extension ? "the extension " : b->part, b->extension ? b->extension : "",
		   " ", b->what, " (byte ", say_int(e, (int64_t)b->at + 1), " of ",
		   say_int(e, (int64_t)b->size), ")", (char *)NULL);
}

void explain_undecodable(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool trailing = e->broken.trailing > 0;
	d->r->message =
	    say(e, "cannot use a certificate of ", d->who, ": it is damaged", (char *)NULL);
	d->r->expected = "a certificate in DER (RFC 5280), and nothing after it";
	d->r->presented = fault(d);
	d->r->why = say(e, "OpenSSL cannot read ", which(d), ": ", fault(d),
			"; no CA and no setting of the client would help", (char *)NULL);
	if (trailing)
		help_line(d, "the server's operator has to install the certificate anew, without "
			     "what stands after its end; a file in PEM form "
			     "made from the certificate as its CA issued it is free of that:");
	else
		help_line(d, "the server's operator has to install the file as its CA issued it; "
			     "where that is damaged too, whoever issued it has to issue it again. "
			     "This fails on the server as long as the file is damaged:");
	help_line(d, trailing ? "    openssl x509 -in OLD.pem -out NEW.pem"
			      : "    openssl x509 -noout -subject -in CERTIFICATE.pem");
}

/* ---- keys of unknown algorithms ------------------------------------------------------------------------------ */

void explain_unknown_key(struct diagnosis *d, const struct cert_info *c, const char *whose_key)
{
	struct evidence *e = d->e;
	const char *library = e->library ? say_string(e, e->library) : "this OpenSSL";
	d->r->expected = "a key that this OpenSSL can use, as RSA or P-256";
	d->r->presented =
	    say(e, "a key of the algorithm ", c->unknown_key ? c->unknown_key : "(unreadable)",
		c->explicit_curve ? ", on a curve that is written out" : "", (char *)NULL);
	if (c->explicit_curve) {
		d->r->why = say(e, "the key of ", whose_key,
				" is on a curve that the certificate writes out instead of naming "
				"it, and ",
				library, " does not take it", (char *)NULL);
		help_line(d, "whoever runs that CA has to issue the certificate again for a key "
			     "on a named curve (P-256); nothing on the client's side helps");
		return;
	}
	d->r->why =
	    say(e, "this OpenSSL (", library, ") does not know the algorithm of the key of ",
		whose_key, ": ", c->unknown_key ? c->unknown_key : "unreadable", (char *)NULL);
	help_line(d, "the server's operator has to install a certificate with an RSA or P-256 key "
		     "beside it, or the client needs an OpenSSL that knows this algorithm; no rule "
		     "helps");
	help_line(d, "which ones it knows is listed by:");
	help_line(d, "    openssl list -public-key-algorithms");
}
