/* SPDX-License-Identifier: ISC
 *
 * The certificate belongs to another name: which names it has, and why none of them is the one that was asked for. The reason is that
 * of the comparison that said no: OpenSSL's (name_fit.c), or only what all agree in where the program compares by itself.
 */
#include "diagnosis.h"
#include "dn.h"
#include <tlsmend/name_fit.h>

#include <string.h>

enum cause name_cause(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	if (name_is_address(e->expected_name ? e->expected_name : e->host))
		return CAUSE_ADDRESS_MISMATCH;
	if (e->have_connection && !e->sni && e->host)
		return CAUSE_SNI_NOT_SENT;
	if (d->leaf && !has_dns_name(d->leaf) && d->leaf->common_name.n > 0)
		return CAUSE_NO_SAN;
	return CAUSE_NAME_MISMATCH;
}

/* ---- what was asked for, and what is near it ------------------------------------------------------------- */

static struct text asked_text(const struct diagnosis *d)
{
	const char *host = d->e->expected_name ? d->e->expected_name : d->e->host;
	return (struct text){host, host ? strlen(host) : 0};
}

static const char *asked_name(struct diagnosis *d)
{
	const struct text asked = asked_text(d);
	return asked.s ? say_text(d->e, asked) : "another name";
}

static bool openssl_compared(const struct diagnosis *d)
{
	return d->first.code != 0;
}

/* Of OpenSSL's comparison. The text about one name; `asked` and `name` are escaped. */
static const char *openssl_reason(struct diagnosis *d, enum name_fit fit, const char *name)
{
	struct evidence *e = d->e;
	switch (fit) {
	case FIT_CHARACTER:
		return say(e, name, " does not stand for ", asked_name(d),
			   ": OpenSSL's wildcards stand for letters, digits and hyphens only",
			   strchr(asked_name(d), '_') ? ", not for an underscore" : "",
			   (char *)NULL);
	case FIT_PLACE:
		return say(e, "OpenSSL takes the asterisk in ", name,
			   " for no wildcard: that stands ",
			   "in the first label, alone or at its beginning or end", (char *)NULL);
	case FIT_ALABEL:
		return say(e, name, " does not stand for ", asked_name(d),
			   ": a wildcard is no part of an international name (xn--...)",
			   (char *)NULL);
	case FIT_PARTIAL:
		return say(e, "this client takes no wildcard for a part of a label, as in ", name,
			   (char *)NULL);
	case FIT_PATTERN:
		return say(e, "OpenSSL takes ", name, " for no wildcard, since there is something ",
			   "else than letters, digits and hyphens in its labels", (char *)NULL);
	case FIT_SWITCHED_OFF:
		return say(e, "this client takes no wildcards, such as ", name, (char *)NULL);
	default:
		return NULL;
	}
}

static bool contains(struct text t, struct text part)
{
	return part.n > 0 && t.n > part.n && memmem(t.s, t.n, part.s, part.n);
}

/* Why this DNS name (or common name) is not what was asked for, where it is near; NULL: it is another one. */
static const char *reason(struct diagnosis *d, struct text name, const char *shown)
{
	struct evidence *e = d->e;
	const enum name_fit fit = name_fit(asked_text(d), name, e->host_flags);
	switch (fit) {
	case FIT_FINAL_DOT:
		return say(e, "only the dot at the end of ", asked_name(d), " differs from ", shown,
			   openssl_compared(d) ? "; OpenSSL compares it too" : "", (char *)NULL);
	case FIT_DOT_IN_NAME:
		return say(e, "only the dot at the end of the certificate's ", shown,
			   " differs from ", asked_name(d),
			   openssl_compared(d) ? "; OpenSSL compares it too" : "", (char *)NULL);
	case FIT_ABOVE:
		return say(e, shown, " does not stand for ", asked_name(d),
			   " itself, only for one name before it", (char *)NULL);
	case FIT_LABELS:
		return say(e, shown, " stands for one label only, and ", asked_name(d),
			   " has more before that", (char *)NULL);
	case FIT_FEW_LABELS: /* all agree */
		return say(e, shown, " is too broad a wildcard for ",
			   openssl_compared(d) ? "OpenSSL, which wants"
					       : "this program, which wants",
			   " at least two labels after the asterisk", (char *)NULL);
	case FIT_OTHER:
		if (!name_is_plain(name) && contains(name, asked_text(d)))
			return say(e, shown, " is one entry, and no host name", (char *)NULL);
		return NULL;
	default:
		return openssl_compared(d) ? openssl_reason(d, fit, shown) : NULL;
	}
}

/* How far apart two short names are: letters to add, drop or change (Levenshtein). */
static size_t distance(struct text a, struct text b)
{
	enum { LONGEST = 64 };
	uint8_t row[LONGEST + 1];
	if (a.n > LONGEST || b.n > LONGEST)
		return LONGEST;
	for (size_t k = 0; k <= b.n; k++)
		row[k] = (uint8_t)k;
	for (size_t i = 1; i <= a.n; i++) {
		uint8_t diagonal = row[0];
		row[0] = (uint8_t)i;
		for (size_t k = 1; k <= b.n; k++) {
			const bool same = ascii_lower(a.s[i - 1]) == ascii_lower(b.s[k - 1]);
			uint8_t best = (uint8_t)(diagonal + !same);
			diagonal = row[k];
			if (row[k] + 1 < best)
				best = (uint8_t)(row[k] + 1);
			if (row[k - 1] + 1 < best)
				best = (uint8_t)(row[k - 1] + 1);
			row[k] = best;
		}
	}
	return row[b.n];
}

/* Of many names, the one that was perhaps meant. */
static void note_closest(struct diagnosis *d)
{
	enum { CLOSE = 4 };
	size_t i, best = CLOSE;
	const struct text *closest = NULL;
	for (i = 0; d->leaf && i < d->leaf->san_count; i++) {
		const struct text name = dns_name(d->leaf->san[i]);
		if (name.n > 0 && distance(asked_text(d), name) < best) {
			best = distance(asked_text(d), name);
			closest = &d->leaf->san[i];
		}
	}
	if (closest && d->leaf->san_count > 1)
		note_line(d, say(d->e, "closest: ", say_san(d->e, *closest, false), (char *)NULL));
}

/* Adds the reason of the nearest name to `why`, those of others as notes. */
static const char *with_reasons(struct diagnosis *d, const char *why)
{
	enum { REASONS = 3 };
	const char *main = NULL;
	size_t i, found = 0;
	for (i = 0; d->leaf && i < d->leaf->san_count && found < REASONS; i++) {
		const struct text name = dns_name(d->leaf->san[i]);
		const char *one =
		    name.n > 0 ? reason(d, name, say_san(d->e, d->leaf->san[i], false)) : NULL;
		if (one && found++ > 0)
			note_line(d, one);
		else if (one)
			main = one;
	}
	if (!main && d->ascii_name)
		main = say(d->e, d->ascii_name, " is that name as DNS and certificates have it, ",
			   "and this client handed on what was typed", (char *)NULL);
	return main ? say(d->e, why, "; ", main, (char *)NULL) : why;
}

/* What is nearest, for help. */
static enum name_fit nearest(const struct diagnosis *d)
{
	for (size_t i = 0; d->leaf && i < d->leaf->san_count; i++) {
		const enum name_fit fit =
		    name_fit(asked_text(d), dns_name(d->leaf->san[i]), d->e->host_flags);
		if (fit != FIT_OTHER)
			return fit;
	}
	return FIT_OTHER;
}

/* ---- help ------------------------------------------------------------------------------------------------- */

/* Only where OpenSSL compares the names for this client: what the program compares by itself, no rule changes. */
static void help_expect_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->expect_name &&
	    help_section(d,
			 "if this is the right server under another name on purpose, say which "
			 "name its certificate must carry:",
			 say(e, "ExpectName = ", say_string(e, e->expect_name), (char *)NULL),
			 (char *)NULL))
		note_line(d, e->event_count == 0
				 ? "tried: this rule makes the certificate valid"
				 : "tried: this rule makes the certificate valid for OpenSSL. Not "
				   "tried: whether the program's own function, which OpenSSL asks "
				   "here, has another look at the name");
	else if (!openssl_compared(d))
		note_line(d, "this program compares names by itself, so that ExpectName in a rule "
			     "would make no difference");
}

/* By which somebody could connect. */
static bool carries_a_name(const struct diagnosis *d)
{
	for (size_t i = 0; d->leaf && i < d->leaf->san_count; i++) {
		if (name_is_plain(dns_name(d->leaf->san[i])))
			return true;
	}
	return !d->leaf || (!has_dns_name(d->leaf) && d->leaf->san_count > 0);
}

static void help_name(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct text asked = asked_text(d);
	if (help_ascii_name(d))
		return;
	switch (nearest(d)) {
	case FIT_FINAL_DOT:
		help_line(d, say(e, "give the client the name without the dot at its end: ",
				 say_text(e, (struct text){asked.s, asked.n - 1}), (char *)NULL));
		break;
	case FIT_DOT_IN_NAME:
		help_line(d, say(e,
				 "have the server's operator get the certificate issued again "
				 "without the dot at the end of its name (subjectAltName = DNS:",
				 asked_name(d), ")", (char *)NULL));
		break;
	case FIT_CHARACTER:
		help_line(d, say(e,
				 "give the server a name of letters, digits and hyphens, and "
				 "connect by that; or have its operator get a certificate that "
				 "names ",
				 asked_name(d), " itself, without a wildcard", (char *)NULL));
		break;
	case FIT_FEW_LABELS: /* it carries a name of no use */
		help_line(d, say(e, "have the server's operator add the name ", asked_name(d),
				 " itself to the certificate (subjectAltName = DNS:", asked_name(d),
				 ")", (char *)NULL));
		break;
	case FIT_OTHER:
		help_line(d, say(e,
				 carries_a_name(d) ? "connect by a name that the certificate "
						     "carries, or have the server's "
						   : "have the server's ",
				 "operator add this name to the certificate",
				 carries_a_name(d) ? "" : " (subjectAltName = DNS:",
				 carries_a_name(d) ? "" : asked_name(d),
				 carries_a_name(d) ? "" : ")", (char *)NULL));
		break;
	default:
		help_line(d, say(e, "have the server's operator add the name ", asked_name(d),
				 " itself to the certificate (subjectAltName = DNS:", asked_name(d),
				 "), or connect by a name that it carries", (char *)NULL));
		break;
	}
	help_expect_name(d);
}

/* ---- the causes ------------------------------------------------------------------------------------------- */

static void say_names(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *names = d->leaf ? list_names(d, d->leaf) : "other names";
	d->r->expected = asked_name(d);
	d->r->presented = names;
	d->r->message = say(e, "cannot trust ", d->who, ": the certificate belongs to another name",
			    (char *)NULL);
	d->r->why = with_reasons(d, say(e, "the client asked for ", asked_name(d),
					", and the certificate names ", names, (char *)NULL));
}

static void say_name(struct diagnosis *d)
{
	say_names(d);
	help_name(d);
	note_closest(d);
}

static void say_sni(struct diagnosis *d)
{
	struct evidence *e = d->e;
	say_names(d);
	d->r->message = say(e, "cannot trust ", d->who,
			    ": the server presented another host's certificate", (char *)NULL);
	d->r->why = say(e, d->r->why,
			"; the client did not send the host's name (SNI), so the server may have "
			"chosen its default certificate",
			(char *)NULL);
	if (!help_section(
		d,
		"have the name sent for this host. Not tried: whether the server has another "
		"certificate for it:",
		say(e, "ServerName = ", d->section, (char *)NULL), (char *)NULL))
		help_line(d, "use a client (or a setting of it) that sends the host's name, or "
			     "connect by a name that this certificate carries");
}

/* Why none of several common names does. */
static const char *common_names_reason(struct diagnosis *d)
{
	struct text cn;
	for (size_t n = 0; dn_value(d->leaf->subject, "CN", n, &cn); n++) {
		if (name_fit(asked_text(d), dn_plain(d->e, cn), d->e->host_flags) == FIT_SAME)
			return ", which this client does not read";
	}
	return ", none of which is it";
}

/* Why the common name does not do, where nothing else is there. */
static const char *common_name_reason(struct diagnosis *d, const char *cn)
{
	const struct text name = d->leaf->common_name;
	const char *one = reason(d, name, cn);
	if (name_fit(asked_text(d), name, d->e->host_flags) == FIT_SAME)
		return ", which this client does not read";
	if (d->e->host_flags & CHECK_NEVER_SUBJECT)
		return ", which is another one, and not read by this client";
	return one ? say(d->e, "; ", one, (char *)NULL) : ", which is another one";
}

static void say_no_san(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *cn = list_names(d, &(struct cert_info){.common_name = d->leaf->common_name,
							   .subject = d->leaf->subject});
	struct text second;
	d->r->expected = asked_name(d);
	d->r->presented =
	    d->leaf->san_count > 0 ? say(e, cn, ", ", list_names(d, d->leaf), (char *)NULL) : cn;
	d->r->message =
	    say(e, "cannot trust ", d->who, ": the certificate carries no DNS name", (char *)NULL);
	d->r->why = say(e, "the client asked for ", asked_name(d),
			"; the certificate has no DNS name in subjectAltName, only the common name",
			(char *)NULL);
	if (dn_value(d->leaf->subject, "CN", 1, &second))
		d->r->why = say(e, d->r->why, "s ", cn, common_names_reason(d), (char *)NULL);
	else
		d->r->why = say(e, d->r->why, " ", cn + strlen("CN="),
				common_name_reason(d, cn + strlen("CN=")), (char *)NULL);
	help_line(d, say(e, "the server's operator has to have its certificate issued again by ",
			 say_issuer(e, d->leaf), ", with subjectAltName = DNS:", asked_name(d),
			 (char *)NULL));
}

/* Does a name of another kind read like the address? */
static const char *looks_like_it(struct diagnosis *d)
{
	const struct text asked = asked_text(d);
	const struct cert_info *c = d->leaf;
	for (size_t i = 0; c && i < c->san_count; i++) {
		if (name_fit(asked, dns_name(c->san[i]), 0) == FIT_SAME)
			return "; an entry of kind DNS is a name, and no address";
	}
	if (c && c->san_count == 0 && name_fit(asked, c->common_name, 0) == FIT_SAME)
		return "; an address in the common name does not count, only one in "
		       "subjectAltName";
	return "";
}

static void say_address(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *names = d->leaf ? list_names_with_kinds(d, d->leaf) : "other names";
	const char *entry =
	    say(e,
		"have the server's operator add the address to the certificate (subjectAltName "
		"= IP:",
		asked_name(d), ")", (char *)NULL);
	d->r->expected = asked_name(d);
	d->r->presented = names;
	d->r->message = say(e, "cannot trust ", d->who,
			    ": the certificate does not contain this address", (char *)NULL);
	d->r->why = say(e, "the client connects to the address ", asked_name(d),
			", and the certificate names ", names, looks_like_it(d), (char *)NULL);
	if (d->leaf && has_dns_name(d->leaf) && *looks_like_it(d) == '\0')
		entry = say(e, "connect by a name that the certificate carries, or ", entry,
			    (char *)NULL);
	help_line(d, entry);
	help_expect_name(d);
}

void explain_mismatch(struct diagnosis *d)
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
	default:
		say_name(d);
		break;
	}
}
