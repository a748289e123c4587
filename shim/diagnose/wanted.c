/* SPDX-License-Identifier: ISC
 *
 * Help where a CA is wanted that is not at hand: where it can be had, and which line of a rule takes it.
 */
#include "diagnosis.h"

#include <string.h>

void help_address(struct diagnosis *d, const struct cert_info *top, const char *what)
{
	if (top->ca_issuers_url.n > 0)
		help_line(d, say(d->e, "the certificate says where ", what, " can be fetched: ",
				 say_text(d->e, top->ca_issuers_url), (char *)NULL));
}

const char *wanted_ca_line(struct diagnosis *d, const struct cert_info *c)
{
	const char *issuer = say_issuer(d->e, c);
	return extra_ca_line(d, (struct text){issuer, strlen(issuer)});
}

/* The CA that is nowhere: where it can be had, and how it is told from others of its name. */
void help_wanted_ca(struct diagnosis *d, const struct cert_info *top)
{
	struct evidence *e = d->e;
	help_ca(
	    d,
	    say(e,
		directory_holder(d) ? "if that one is not the right one, get the certificate of "
				    : "get the certificate of ",
		say_issuer(e, top),
		" from whoever runs that CA, compare its fingerprint, put it into a file and add:",
		(char *)NULL),
	    wanted_ca_line(d, top));
	help_address(d, top, "its issuer, a root or an intermediate CA,");
	if (!help_ca_obstacle(d))
		help_line(d, "if it is not a root but an intermediate CA, the server should send "
			     "it, and its root belongs into the file too");
	if (top->authority_key_id.n > 0)
		note_line(d, say(e, "wanted: the CA whose subject key identifier is ",
				 say_hex(e, top->authority_key_id.s, top->authority_key_id.n),
				 (char *)NULL));
}
