/* SPDX-License-Identifier: ISC
 *
 * The issuer is nowhere. That it is an intermediate which the server forgot to send is said only where that is proven: an address at which
 * the issuer can be fetched stands in certificates that a root issued as well.
 */
#include "diagnosis.h"

#include <string.h>

void explain_not_sent(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d), *known = e->known_intermediate;
	d->r->why = say(e, "the server sent only its own certificate; ", say_issuer(e, top),
			", the CA that issued it, was not sent and is not known to this client",
			(char *)NULL);
	if (known)
		d->r->why =
		    say(e, d->r->why, ". It is no root: ", say_string(e, e->system_file),
			" has its certificate, issued by ", say_issuer(e, known), (char *)NULL);
	else
		d->r->why =
		    say(e, d->r->why, ". It is no root: the certificate is one of a public CA (",
			say_string(e, top->public_ca), "), and those issue from intermediates only",
			(char *)NULL);
	help_line(
	    d,
	    "the server's operator has to configure the full chain (often called fullchain.pem)");
	help_address(d, top, "its issuer");
	help_ca(
	    d, "until then put that CA and the root above it, once confirmed, into a file and add:",
	    extra_ca_line(d, (struct text){"issuing-ca", 10}));
}

/* CAs that certified each other, and no root of any of them. */
static const char *circle(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *list = "";
	for (size_t i = loop_begin(d); i < e->chain_count; i++)
		list = say(e, list, *list != '\0' ? ", " : "", say_subject(e, &e->chain[i]),
			   (char *)NULL);
	return list;
}

static void say_circle(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const char *list = circle(d);
	d->r->why =
	    say(e, "the chain ends in no root: ", list,
		" certified each other, and the root certificate of none of them is trusted "
		"by this client",
		(char *)NULL);
	help_ca(
	    d,
	    say(e, "get the root certificate (signed by itself) of one of them (", list,
		") from whoever runs that CA, compare its fingerprint, put it into a file and add:",
		(char *)NULL),
	    wanted_ca_line(d, top));
}

/* The same CA with another issuer above it: OpenSSL does not come to that one. */
static void note_other_ways(struct diagnosis *d, const struct cert_info *top)
{
	struct evidence *e = d->e;
	for (size_t i = 1; i < e->presented_count; i++) {
		const struct cert_info *c = &e->presented[i];
		if (same_ca(c, top) && !same_certificate(c, top))
			note_line(d, say(e, "the server sent another certificate of ",
					 say_subject(e, c), " too, issued by ", say_issuer(e, c),
					 ", and OpenSSL took this one", (char *)NULL));
	}
}

void explain_unknown_issuer(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top) {
		d->r->why = "OpenSSL found no issuer for a certificate of the chain";
		help_line(
		    d,
		    "find out which CA issued the server's certificate, and give it to the client");
		return;
	}
	if (chain_is_loop(d) && !top->self_signed) {
		say_circle(d);
		return;
	}
	if (is_namesake(d)) {
		explain_namesake(d);
		return;
	}
	d->r->why = say(e, say_subject(e, top), " was issued by ", say_issuer(e, top),
			", which the server did not send and ",
			directory_holder(d) ? "which OpenSSL does not find in the client's "
					      "directory, where its file has another name"
					    : "which is ",
			directory_holder(d) ? "" : in_no_store(d), (char *)NULL);
	help_wanted_ca(d, top);
	note_other_ways(d, top);
}
