/* SPDX-License-Identifier: ISC
 *
 * What is wrong with names: the certificate belongs to another one, or a CA may not certify it.
 */
#include "diagnosis.h"

#include <string.h>

enum cause name_cause(const struct diagnosis *d)
{
	const struct evidence *e = d->e;

	if (name_is_address(e->expected_name != NULL ? e->expected_name : e->host))
		return CAUSE_ADDRESS_MISMATCH;
	if (e->have_connection && e->sni == NULL && e->host != NULL)
		return CAUSE_SNI_NOT_SENT;
	if (d->leaf != NULL && !has_dns_name(d->leaf) && d->leaf->common_name.n > 0)
		return CAUSE_NO_SAN;
	return CAUSE_NAME_MISMATCH;
}

/* The CA of the chain that is limited to certain names; NULL: none, or not known. */
const struct cert_info *constraining_ca(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	size_t i;

	for (i = 1; i < e->chain_count; i++) {
		if (e->chain[i].has_name_constraints)
			return &e->chain[i];
	}
	return NULL;
}

static const char *asked_name(struct diagnosis *d)
{
	const struct evidence *e = d->e;

	if (e->expected_name != NULL)
		return say_string(d->e, e->expected_name);
	return e->host != NULL ? say_string(d->e, e->host) : "another name";
}

static void say_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *names = d->leaf != NULL ? list_names(d, d->leaf) : "other names";

	d->r->expected = asked_name(d);
	d->r->presented = names;
	d->r->message = say(e, "cannot trust ", d->who, ": the certificate belongs to another name",
			    (char *)NULL);
	d->r->why = say(e, "the client asked for ", asked_name(d), ", and the certificate names ",
			names, (char *)NULL);
	help_line(d, "connect by a name that the certificate carries, or have the server's "
		     "operator add this name to the certificate");
	if (d->leaf != NULL && d->leaf->san_count == 1 && has_dns_name(d->leaf) &&
	    strchr(names, '*') == NULL)
		help_section(d,
			     "if this is the right server under another name on purpose, say which "
			     "name its certificate must carry:",
			     say(e, "ExpectName = ", names, (char *)NULL), (char *)NULL);
}

static void say_sni(struct diagnosis *d)
{
	struct evidence *e = d->e;

	say_name(d);
	d->r->help_count = 0;
	d->r->message = say(e, "cannot trust ", d->who,
			    ": the server presented another host's certificate", (char *)NULL);
	d->r->why = say(e, d->r->why,
			"; the client did not send the host's name (SNI), so the server may have "
			"chosen its default certificate",
			(char *)NULL);
	if (!help_section(d, "have the name sent for this host:",
			  say(e, "ServerName = ", d->section, (char *)NULL), (char *)NULL))
		help_line(d, "use a client (or a setting of it) that sends the host's name, or "
			     "connect by a name that this certificate carries");
}

static void say_no_san(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *cn = say_text(e, d->leaf->common_name);

	d->r->expected = asked_name(d);
	d->r->presented = say(e, "CN=", cn, (char *)NULL);
	d->r->message =
	    say(e, "cannot trust ", d->who, ": the certificate carries no DNS name", (char *)NULL);
	d->r->why =
	    say(e, "the client asked for ", asked_name(d),
		"; the certificate has no DNS name in subjectAltName, only the common name ", cn,
		ascii_casecmp(cn, asked_name(d)) == 0 ? ", which this client does not read"
						      : ", which is another one",
		(char *)NULL);
	help_line(d, say(e, "the certificate has to be issued again with subjectAltName = DNS:",
			 asked_name(d), (char *)NULL));
}

static void say_address(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *names = d->leaf != NULL ? list_names(d, d->leaf) : "other names";

	d->r->expected = asked_name(d);
	d->r->presented = names;
	d->r->message = say(e, "cannot trust ", d->who,
			    ": the certificate does not contain this address", (char *)NULL);
	d->r->why = say(e, "the client connects to the address ", asked_name(d),
			", and the certificate names ", names, (char *)NULL);
	help_line(d, "connect by a name that the certificate carries, or have the address added to "
		     "it (subjectAltName = IP:...)");
}

static void say_constraint(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *ca = constraining_ca(d);
	const char *names = d->culprit != NULL ? list_names(d, d->culprit) : NULL;
	const bool many = d->symbol == VERIFY_UNSPECIFIED;

	d->r->why = say(
	    e, ca != NULL ? "the CA " : "a CA of the chain", ca != NULL ? say_subject(e, ca) : "",
	    " is limited to certain names (nameConstraints), and ",
	    many ? "there are too many names and limits to compare"
		 : "a name below it is outside of that limit, or cannot be compared with it",
	    !many && names != NULL ? "; " : "", !many && names != NULL ? whose(d) : "",
	    !many && names != NULL ? " names " : "", !many && names != NULL ? names : "",
	    (char *)NULL);
	if (many)
		d->r->message =
		    say(e, "cannot trust ", d->who,
			": its names cannot all be compared with the limits of a CA", (char *)NULL);
	help_line(d, many ? "the server needs a certificate with fewer names, or one from a CA "
			    "without such limits"
			  : "the server needs a certificate from a CA that may certify this name, "
			    "or a name within the limit");
}

void explain_name(struct diagnosis *d)
{
	switch (d->r->cause) {
	case CAUSE_SNI_NOT_SENT:
		say_sni(d);
		break;
	case CAUSE_NO_SAN:
		say_no_san(d);
		break;
	case CAUSE_ADDRESS_MISMATCH:
		say_address(d);
		break;
	case CAUSE_NAME_CONSTRAINT:
		say_constraint(d);
		break;
	default:
		say_name(d);
		break;
	}
}
