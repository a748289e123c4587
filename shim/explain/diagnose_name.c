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

static bool ends_in(struct text t, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (t.n < n || ascii_lower(t.s[t.n - n + i]) != ascii_lower(s[i]))
			return false;
	}
	return true;
}

/* "*.corp.example" stands for one label: neither for corp.example nor for a.b.corp.example (RFC 9525 section 6.3). */
static void note_wildcard(struct diagnosis *d, struct text name)
{
	const char *host = d->e->expected_name != NULL ? d->e->expected_name : d->e->host;
	const struct text asked = {host, host != NULL ? strlen(host) : 0};
	struct evidence *e = d->e;

	if (name.n < 3 || asked.n == 0 || memcmp(name.s, "*.", 2) != 0)
		return;
	if (asked.n == name.n - 2 && ends_in(asked, name.s + 2, name.n - 2))
		note_line(d, say(e, say_text(e, name), " does not stand for ", asked_name(d),
				 " itself, only for one name before it", (char *)NULL));
	else if (asked.n > name.n && ends_in(asked, name.s + 1, name.n - 1))
		note_line(d, say(e, say_text(e, name), " stands for one label only, and ",
				 asked_name(d), " has more before that", (char *)NULL));
}

/* How far apart two short names are: letters to add, drop or change (Levenshtein). */
static size_t distance(struct text a, struct text b)
{
	enum { LONGEST = 64 };
	uint8_t row[LONGEST + 1];
	size_t i, k;

	if (a.n > LONGEST || b.n > LONGEST)
		return LONGEST;
	for (k = 0; k <= b.n; k++)
		row[k] = (uint8_t)k;
	for (i = 1; i <= a.n; i++) {
		uint8_t diagonal = row[0];

		row[0] = (uint8_t)i;
		for (k = 1; k <= b.n; k++) {
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
	const char *host = d->e->expected_name != NULL ? d->e->expected_name : d->e->host;
	const struct text asked = {host, host != NULL ? strlen(host) : 0};
	struct text closest = {NULL, 0};
	size_t i, best = CLOSE;

	for (i = 0; d->leaf != NULL && i < d->leaf->san_count; i++) {
		struct text t = d->leaf->san[i];

		if (t.n <= 4 || memcmp(t.s, "DNS:", 4) != 0)
			continue;
		t = (struct text){t.s + 4, t.n - 4};
		note_wildcard(d, t);
		if (distance(asked, t) < best) {
			best = distance(asked, t);
			closest = t;
		}
	}
	if (closest.n > 0 && d->leaf != NULL && d->leaf->san_count > 1)
		note_line(d, say(d->e, "closest: ", say_text(d->e, closest), (char *)NULL));
}

/* Only where OpenSSL compares the names for this client: what the program compares by itself, no rule changes. */
static void help_expect_name(struct diagnosis *d)
{
	struct evidence *e = d->e;

	if (e->expect_name != NULL &&
	    help_section(d,
			 "if this is the right server under another name on purpose, say which "
			 "name its certificate must carry:",
			 say(e, "ExpectName = ", say_string(e, e->expect_name), (char *)NULL),
			 (char *)NULL))
		note_line(d, "tried: this rule makes the certificate valid");
	else if (d->first.code == 0)
		note_line(d, "this program compares names by itself, so that ExpectName in a rule "
			     "would make no difference");
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
	help_expect_name(d);
	note_closest(d);
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
	help_expect_name(d);
}

static bool is_dns(struct text t)
{
	return t.n >= 4 && memcmp(t.s, "DNS:", 4) == 0;
}

/* RFC 5280 section 4.2.1.10: the name itself, and every name that has more labels before it. */
static bool within(struct text name, struct text tree)
{
	const size_t n = tree.n - 4;

	if (n == 0)
		return true;
	if (!ends_in(name, tree.s + 4, n))
		return false;
	return name.n - 4 == n || tree.s[4] == '.' || name.s[name.n - n - 1] == '.';
}

static bool in_one_of(struct text name, const struct text *trees, size_t count, bool *any)
{
	size_t i;

	*any = false;
	for (i = 0; i < count; i++) {
		if (!is_dns(trees[i]))
			continue;
		*any = true;
		if (within(name, trees[i]))
			return true;
	}
	return false;
}

/* The DNS name of the leaf that this CA may not certify; n == 0: it is a name of another kind. */
static struct text offending_name(const struct cert_info *leaf, const struct cert_info *ca)
{
	bool limited, excluded;
	size_t i;

	for (i = 0; i < leaf->san_count; i++) {
		const struct text t = leaf->san[i];

		if (!is_dns(t))
			continue;
		if (in_one_of(t, ca->excluded, ca->excluded_count, &excluded) ||
		    (!in_one_of(t, ca->permitted, ca->permitted_count, &limited) && limited))
			return (struct text){t.s + 4, t.n - 4};
	}
	return (struct text){NULL, 0};
}

static const char *trees_of(struct diagnosis *d, const char *lead, const struct text *trees,
			    size_t count, const char *before)
{
	const char *list = "";
	size_t i;

	for (i = 0; i < count; i++) {
		const struct text t =
		    is_dns(trees[i]) ? (struct text){trees[i].s + 4, trees[i].n - 4} : trees[i];

		list = say(d->e, list, i > 0 ? ", " : "", t.n > 0 ? say_text(d->e, t) : "any",
			   (char *)NULL);
	}
	return count > 0 ? say(d->e, before, lead, list, (char *)NULL) : "";
}

static void say_constraint(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *ca = constraining_ca(d), *c = d->culprit;
	const char *names = c != NULL ? list_names(d, c) : NULL, *limits = "";
	const bool many = d->symbol == VERIFY_UNSPECIFIED;
	struct text offending = {NULL, 0};

	if (ca != NULL && c != NULL && !many)
		offending = offending_name(c, ca);
	if (ca != NULL) {
		limits = trees_of(d, "only ", ca->permitted, ca->permitted_count, "");
		limits = say(e, limits,
			     trees_of(d, "not ", ca->excluded, ca->excluded_count,
				      *limits != '\0' ? "; " : ""),
			     (char *)NULL);
	}
	if (*limits != '\0')
		d->r->expected = limits;
	if (!many)
		d->r->presented = offending.n > 0 ? say_text(e, offending) : names;
	d->r->why = say(
	    e, ca != NULL ? "the CA " : "a CA of the chain", ca != NULL ? say_subject(e, ca) : "",
	    " is limited to certain names (nameConstraints", *limits != '\0' ? ": " : "", limits,
	    "), and ",
	    many ? "there are too many names and limits to compare"
	    : offending.n > 0
		? say(e, whose(d), " names ", say_text(e, offending), (char *)NULL)
		: "a name below it is outside of that limit, or cannot be compared with it",
	    !many && offending.n == 0 && names != NULL
		? say(e, "; ", whose(d), " names ", names, (char *)NULL)
		: "",
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
