/* SPDX-License-Identifier: ISC
 *
 * The server chose a group or a signature scheme that the client did not offer, or that its settings do not allow.
 */
#include "diagnosis.h"

enum {
	WRONG_CURVE = 378,
	BAD_KEY_SHARE = 108,
	WRONG_SIGNATURE_TYPE = 370,
	FIRST_MODERN = 0x0401, /* from RSA with SHA-256 on */
};

static bool offers_group(const struct hello *h, unsigned group)
{
	for (unsigned i = 0; i < HELLO_GROUPS && i < h->groups; i++) {
		if (h->group_list[i] == group)
			return true;
	}
	return h->groups > HELLO_GROUPS;
}

static bool explain_group(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const unsigned group = e->choice.group;
	if ((e->ssl_reason != WRONG_CURVE && e->ssl_reason != BAD_KEY_SHARE) || group == 0 ||
	    offers_group(&e->hello, group))
		return false;
	d->r->message =
	    say(e, "cannot connect to ", d->who,
		": the server chose a group that this client does not offer", (char *)NULL);
	d->r->presented =
	    say(e, group_name(e, group), " (group ", say_int(e, group), ")", (char *)NULL);
	d->r->expected = "one of the groups that the client offered";
	d->r->why = say(e, "the server chose ", d->r->presented,
			" for the key exchange, and this client did not offer it; a server should "
			"choose out of the offer",
			(char *)NULL);
	help_line(d, "the server's operator has to allow a group that clients offer: X25519 or "
		     "P-256");
	if (known_group(group))
		help_section(
		    d,
		    "until then, if this OpenSSL has the group (openssl ecparam "
		    "-list_curves), offer it too:",
		    say(e, "Groups = ", known_group(group), ":X25519:P-256:P-384", (char *)NULL),
		    (char *)NULL);
	return true;
}

/* Schemes of SHA-256 and newer, which no security level in use forbids: the client left it out. */
static bool explain_scheme(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const unsigned scheme = e->choice.scheme;
	const char *name = known_scheme(scheme);
	if (e->ssl_reason != WRONG_SIGNATURE_TYPE || scheme < FIRST_MODERN || !name)
		return false;
	d->r->message =
	    say(e, "cannot connect to ", d->who,
		": the server signs in a way that this client does not offer", (char *)NULL);
	d->r->presented = say(e, "the signature scheme ", name, (char *)NULL);
	d->r->expected = "one of the signature schemes that the client offered";
	d->r->why = say(e, "the server signed its handshake with ", name,
			", which this client did not offer, by its own settings or those of "
			"openssl.cnf",
			(char *)NULL);
	help_setting(d, "offer it in the client's settings", ", or for this host:",
		     say(e, "SignatureAlgorithms = ", name,
			 ":ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384",
			 (char *)NULL),
		     (char *)NULL);
	help_line(d, "or have the server's operator install a certificate with an RSA or P-256 key "
		     "as well");
	return true;
}

bool explain_choice(struct diagnosis *d)
{
	return explain_group(d) || explain_scheme(d);
}
