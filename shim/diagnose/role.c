/* SPDX-License-Identifier: ISC
 *
 * What a certificate may be used for: as a server's (or client's) own by extendedKeyUsage and keyUsage, and as a CA's.
 */
#include "diagnosis.h"

#include <string.h>

enum { DIGITAL_SIGNATURE = 0x80, KEY_ENCIPHERMENT = 0x20, KEY_AGREEMENT = 0x08 };

/* A purpose of TLS, as OpenSSL looks at it (X509_check_purpose(3)). */
struct purpose {
	const char *eku, *who;
	uint32_t usages; /* one of them is enough */
	const char *usage_names;
};
static const struct purpose for_server = {"serverAuth", "server",
					  DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT,
					  "digitalSignature, keyEncipherment or keyAgreement"};
static const struct purpose for_client = {"clientAuth", "client", DIGITAL_SIGNATURE | KEY_AGREEMENT,
					  "digitalSignature or keyAgreement"};

/* A program may set another purpose than a client usually has. Where the certificate is good for a server, that is what it did. */
static const struct purpose *asked_purpose(const struct evidence *e)
{
	if (e->good_for_server == TRIED_GOOD && e->good_for_client == TRIED_BAD)
		return &for_client;
	return e->good_for_server == TRIED_GOOD ? NULL : &for_server;
}

static bool lacks_eku(const struct cert_info *c, const struct purpose *p)
{
	return c->has_extended_key_usage && !(p == &for_server ? c->eku_server : c->eku_client);
}

static bool lacks_usage(const struct cert_info *c, const struct purpose *p)
{
	return c->has_key_usage && (c->key_usage & p->usages) == 0;
}

static void say_eku(struct diagnosis *d, const struct cert_info *c, const struct purpose *p)
{
	struct evidence *e = d->e;
	const char *uses = "other uses";
	if (p == &for_server && c->eku_client)
		uses = "TLS clients";
	else if (p == &for_client && c->eku_server)
		uses = "TLS servers";
	d->r->expected = say(e, "extendedKeyUsage ", p->eku, (char *)NULL);
	d->r->presented =
	    c->extended_key_usages
		? say(e, "extendedKeyUsage ", say_string(e, c->extended_key_usages), (char *)NULL)
		: NULL;
	d->r->why = c->eku_any
			? say(e, whose(d),
			      " was issued for any use (anyExtendedKeyUsage), and OpenSSL wants ",
			      p->eku, " by name", (char *)NULL)
			: say(e, whose(d), " was issued for ", uses, ", not for a TLS ", p->who,
			      " (extendedKeyUsage without ", p->eku, ")", (char *)NULL);
	help_reissue(d, c, say(e, ", with extendedKeyUsage ", p->eku, (char *)NULL));
	if (c == d->leaf && lacks_usage(c, p))
		note_line(d, say(e, "also wrong: its keyUsage has none of ", p->usage_names,
				 (char *)NULL));
}

bool help_not_a_server(struct diagnosis *d, const struct cert_info *c)
{
	if (!c->ca || !lacks_usage(c, &for_server))
		return false;
	help_line(d, "the server needs a certificate of its own, issued by that CA: its operator "
		     "has to ask there for one");
	return true;
}

static void say_usage(struct diagnosis *d, const struct cert_info *c, const struct purpose *p)
{
	struct evidence *e = d->e;
	d->r->expected = say(e, "keyUsage ", p->usage_names, (char *)NULL);
	d->r->presented = say(
	    e, "keyUsage ", c->key_usages && *c->key_usages != '\0' ? c->key_usages : "without any",
	    (char *)NULL);
	d->r->why =
	    say(e, whose(d), c->ca ? ", which is that of a CA," : "", " may not be used by a TLS ",
		p->who, ": its ", d->r->presented, " has none of ", p->usage_names,
		c->has_extended_key_usage ? "; its extendedKeyUsage is right" : "", (char *)NULL);
	if (!help_not_a_server(d, c))
		help_reissue(d, c,
			     ", with digitalSignature in its keyUsage (and keyEncipherment, for an "
			     "RSA key and TLS 1.2)");
}

void explain_purpose(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	const struct purpose *p = asked_purpose(e);
	if (c && p && lacks_eku(c, p)) {
		say_eku(d, c, p);
		return;
	}
	if (c && p && c == d->leaf && lacks_usage(c, p)) {
		say_usage(d, c, p);
		return;
	}
	d->r->why =
	    say(e, whose(d),
		!p ? " is good for TLS servers and clients, but this program asks for "
		     "another purpose"
		: c && c->has_netscape_type
		    ? " was not issued for this use: its Netscape certificate type (nsCertType) "
		      "names others"
		    : " was not issued for this use",
		(char *)NULL);
	if (!p)
		help_line(d, "the purpose that the program sets itself "
			     "(X509_VERIFY_PARAM_set_purpose) has to be mended there, or it needs "
			     "another certificate");
	else if (c && c->has_netscape_type)
		help_reissue(d, c, ", without nsCertType, which is outdated");
	else
		help_reissue(d, c, say(e, ", for a TLS ", p->who, (char *)NULL));
}

static const char *ca_marks(struct diagnosis *d, const struct cert_info *c)
{
	return say(d->e,
		   !c->has_basic_constraints ? "no basicConstraints"
		   : c->ca || c->marked_ca   ? "CA:TRUE"
					     : "CA:FALSE",
		   c->has_key_usage && !c->key_usage_cert_sign ? ", keyUsage without keyCertSign"
							       : "",
		   (char *)NULL);
}

/* A certificate that stands where only one of another kind may. */
static bool say_other_kind(struct diagnosis *d)
{
	struct evidence *e = d->e;
	switch (d->symbol) {
	case VERIFY_PROXY_CERTIFICATES_NOT_ALLOWED:
		d->r->why =
		    say(e, whose(d),
			" is a proxy certificate (proxyCertInfo, RFC 3820), which this client "
			"does not accept",
			(char *)NULL);
		help_line(d, "the server needs an ordinary certificate, issued by a CA");
		return true;
	case VERIFY_INVALID_NON_CA:
		d->r->why =
		    say(e, whose(d), " is marked as that of a CA, and stands where none may stand",
			(char *)NULL);
		help_line(d, "the server needs a certificate of its own that is not marked as a CA "
			     "(basicConstraints CA:FALSE)");
		return true;
	case VERIFY_KEYUSAGE_NO_DIGITAL_SIGNATURE:
		d->r->why =
		    say(e, whose(d),
			" issued a proxy certificate, and its keyUsage lacks digitalSignature, "
			"which that takes",
			(char *)NULL);
		help_line(d, "the certificate that issued the proxy certificate has to be issued "
			     "again with digitalSignature in its keyUsage");
		return true;
	default:
		return false;
	}
}

/* To make a CA of it would be the wrong way round. */
static bool is_ordinary(const struct cert_info *c)
{
	return !c->marked_ca && (has_dns_name(c) || c->eku_server || c->eku_client);
}

void explain_not_ca(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	if (say_other_kind(d))
		return;
	d->r->expected = "basicConstraints CA:TRUE, keyUsage keyCertSign";
	d->r->presented = c ? ca_marks(d, c) : NULL;
	d->r->why = say(e, c ? say_subject(e, c) : "a certificate",
			" stands in the chain as an issuer, but it is not marked as a CA that "
			"may sign certificates",
			c ? " (" : "", c ? d->r->presented : "", c ? ")" : "", (char *)NULL);
	/* in a store of this machine it is meant as a CA, whatever it is */
	if (c && is_ordinary(c) && !is_from_here(c))
		help_line(d, say(e,
				 "the server's operator needs a certificate that was issued by a "
				 "CA: ",
				 say_subject(e, c),
				 " is a server's or client's own certificate, not meant to issue "
				 "any",
				 (char *)NULL));
	else
		help_line(
		    d,
		    "whoever runs that CA has to issue its certificate again as a CA certificate "
		    "(basicConstraints CA:TRUE, keyUsage keyCertSign)");
}

/* "CA too deep", "CA further down" */
static const char *cas_below(struct diagnosis *d, int depth)
{
	const char *list = "";
	for (int i = depth - 1; i > 0; i--) {
		const struct cert_info *c = certificate_at(d->e, i);
		if (c && !c->self_issued)
			list = say(d->e, list, *list != '\0' ? ", " : "", say_subject(d->e, c),
				   (char *)NULL);
	}
	return list;
}

void explain_path_length(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->culprit;
	if (c && c->path_length >= 0) {
		d->r->expected = say(e, "at most ", say_int(e, c->path_length), " CAs below ",
				     say_subject(e, c), (char *)NULL);
		d->r->presented = cas_below(d, d->first.depth);
	}
	d->r->why = c && c->path_length >= 0
			? say(e, say_subject(e, c), " allows ", say_int(e, c->path_length),
			      " CA certificates below it (pathlen), and the chain has more",
			      *d->r->presented != '\0' ? ": " : "", d->r->presented, (char *)NULL)
			: "a CA of the chain allows fewer CA certificates below it than there are";
	help_line(
	    d,
	    say(e,
		"the server's operator needs a certificate from a CA higher up, or whoever runs ",
		c ? say_subject(e, c) : "that CA",
		" has to have its CA certificate issued again with a higher limit (pathlen)",
		(char *)NULL));
}
