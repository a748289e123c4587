/* SPDX-License-Identifier: ISC
 *
 * A name that a CA may not certify: the limit that is violated (clash.c), and the name that violates it, each with its kind.
 */
#include "diagnosis.h"
#include "dn.h"

#include <arpa/inet.h>
#include <string.h>

enum { KIND_EMAIL = 1, KIND_DNS = 2, KIND_DIRECTORY = 4, KIND_URI = 6, KIND_ADDRESS = 7 };

static const struct kind {
	int type;
	char prefix[12], one[28];
} kinds[] = {
    {KIND_EMAIL, "email:", "the e-mail address "},
    {KIND_DNS, "DNS:", "the DNS name "},
    {KIND_DIRECTORY, "DirName:", "the directory name "},
    {KIND_URI, "URI:", "the URI "},
    {KIND_ADDRESS, "IP:", "the address "},
};

static const struct kind *kind_of(int type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (kinds[i].type == type)
			return &kinds[i];
	}
	return NULL;
}

static bool has_kind(struct text t, const struct kind *k)
{
	const size_t n = strlen(k->prefix);
	return t.n >= n && memcmp(t.s, k->prefix, n) == 0;
}

static struct text bare(struct text t, const struct kind *k)
{
	const size_t n = strlen(k->prefix);
	return has_kind(t, k) ? (struct text){t.s + n, t.n - n} : t;
}

/* ---- is the name within the limit? (RFC 5280 section 4.2.1.10, as OpenSSL compares) ---------------------------- */

static bool ends_in(struct text t, struct text end)
{
	for (size_t i = 0; i < end.n; i++) {
		if (t.n < end.n || ascii_lower(t.s[t.n - end.n + i]) != ascii_lower(end.s[i]))
			return false;
	}
	return true;
}

static bool host_within(struct text host, struct text limit)
{
	if (limit.n == 0)
		return true;
	return ends_in(host, limit) &&
	       (host.n == limit.n || limit.s[0] == '.' || host.s[host.n - limit.n - 1] == '.');
}

/* "*@corp.example" for a limit "corp.example"; ".corp.example" for hosts below it. What stands before the @ is compared to the letter. */
static bool email_within(struct text email, struct text limit)
{
	const char *at = email.n > 0 ? memrchr(email.s, '@', email.n) : NULL;
	if (!at)
		return false;
	if (limit.n > 0 && memchr(limit.s, '@', limit.n) && limit.s[0] != '@')
		return email.n == limit.n && ends_in(email, limit) &&
		       memcmp(email.s, limit.s, (size_t)(at - email.s)) == 0;
	struct text host = (struct text){at + 1, email.n - (size_t)(at + 1 - email.s)};
	if (limit.n > 0 && limit.s[0] == '@')
		limit = (struct text){limit.s + 1, limit.n - 1};
	if (limit.n > 0 && limit.s[0] == '.')
		return host.n > limit.n && ends_in(host, limit);
	return limit.n == 0 || (host.n == limit.n && ends_in(host, limit));
}

static bool uri_within(struct text uri, struct text limit)
{
	const char *from = uri.n > 2 ? memmem(uri.s, uri.n, "//", 2) : NULL;
	size_t n = 0;
	if (!from)
		return false;
	from += 2;
	while (from + n < uri.s + uri.n && from[n] != ':' && from[n] != '/')
		n++;
	struct text host = (struct text){from, n};
	if (limit.n > 0 && limit.s[0] == '.')
		return host.n > limit.n && ends_in(host, limit);
	return host.n == limit.n && ends_in(host, limit);
}

/* "10.1.2.3" in "10.0.0.0/255.0.0.0" */
static enum tried address_within(struct text name, struct text limit)
{
	const char *slash = limit.n > 0 ? memchr(limit.s, '/', limit.n) : NULL;
	unsigned char a[16], net[16], mask[16];
	char text[3][INET6_ADDRSTRLEN] = {""};
	int family = name.n > 0 && memchr(name.s, ':', name.n) ? AF_INET6 : AF_INET;
	if (!slash || name.n >= INET6_ADDRSTRLEN || (size_t)(slash - limit.s) >= INET6_ADDRSTRLEN ||
	    limit.n - (size_t)(slash - limit.s) > INET6_ADDRSTRLEN)
		return TRIED_NOT;
	memcpy(text[0], name.s, name.n);
	memcpy(text[1], limit.s, (size_t)(slash - limit.s));
	memcpy(text[2], slash + 1, limit.n - (size_t)(slash + 1 - limit.s));
	size_t n = family == AF_INET6 ? 16 : 4;
	if (inet_pton(family, text[0], a) != 1)
		return TRIED_NOT;
	if (inet_pton(family, text[1], net) != 1 || inet_pton(family, text[2], mask) != 1)
		return TRIED_BAD; /* the other family */
	for (size_t i = 0; i < n; i++) {
		if (((a[i] ^ net[i]) & mask[i]) != 0)
			return TRIED_BAD;
	}
	return TRIED_GOOD;
}

/* TRIED_NOT: it cannot be told here. */
static enum tried within(const struct kind *k, struct text name, struct text limit)
{
	bool in;
	switch (k->type) {
	case KIND_DNS:
		in = host_within(name, limit);
		break;
	case KIND_EMAIL:
		in = email_within(name, limit);
		break;
	case KIND_URI:
		in = uri_within(name, limit);
		break;
	case KIND_DIRECTORY:
		in = dn_within(name, limit);
		break;
	default:
		return address_within(name, limit);
	}
	return in ? TRIED_GOOD : TRIED_BAD;
}

/* Does this name violate the limits? */
static enum tried offends(const struct name_clash *clash, const struct kind *k, struct text name)
{
	bool known = true;
	for (size_t i = 0; i < clash->limit_count; i++) {
		const enum tried in = within(k, name, bare(clash->limits[i], k));
		if (in == TRIED_GOOD)
			return clash->code == CLASH_EXCLUDED ? TRIED_GOOD : TRIED_BAD;
		known = known && in != TRIED_NOT;
	}
	if (!known || clash->limit_count < clash->limits_in_all)
		return TRIED_NOT;
	return clash->code == CLASH_EXCLUDED ? TRIED_BAD : TRIED_GOOD;
}

/* ---- which name --------------------------------------------------------------------------------------------------- */

/* A distinguished name is escaped already. */
static const char *say_value(struct evidence *e, const struct kind *k, struct text t)
{
	return k->type == KIND_DIRECTORY ? say_dn(e, t) : say_text(e, t);
}

struct offender {
	struct text name;
	const char *words; /* "the DNS name " */
	const char *shown; /* "DNS:www.example.com" */
	size_t candidates; /* of that kind */
	bool certain;
};

/* Where there is one name of the kind, it is the one: OpenSSL has compared, and said no. */
static void consider(struct diagnosis *d, struct offender *o, const struct kind *k,
		     struct text name, const char *words, const char *mark)
{
	const enum tried offending = offends(d->e->clash, k, name);
	o->candidates++;
	if (o->certain || (offending == TRIED_BAD && o->candidates > 1))
		return;
	o->certain = offending == TRIED_GOOD;
	o->name = name;
	o->words = words;
	o->shown = say(d->e, mark, say_value(d->e, k, name), (char *)NULL);
}

/* Each part of that type in the subject. */
static void consider_subject(struct diagnosis *d, struct offender *o, const struct kind *k,
			     const char *type, const char *words)
{
	struct text value;
	for (size_t n = 0; dn_value(d->e->clash->below->subject, type, n, &value); n++)
		consider(d, o, k, dn_plain(d->e, value), words, say(d->e, type, "=", (char *)NULL));
}

/* An e-mail address with letters beyond ASCII (RFC 9598), of which only the kind is shown. */
static bool is_mail_of_another_kind(struct text san)
{
	static const char smtp_utf8[] = "otherName:1.3.6.1.5.5.7.8.9";
	return san.n == sizeof smtp_utf8 - 1 && memcmp(san.s, smtp_utf8, san.n) == 0;
}

static struct offender find_offender(struct diagnosis *d, const struct kind *k)
{
	const struct name_clash *clash = d->e->clash;
	const struct cert_info *c = clash->below;
	struct offender o = {{NULL, 0}, k->one, NULL, 0, false};
	if (clash->by_cn) {
		consider_subject(d, &o, k, "CN",
				 "no DNS name, so that OpenSSL compares its common name ");
		return o;
	}
	for (size_t i = 0; i < c->san_count; i++) {
		if (has_kind(c->san[i], k))
			consider(d, &o, k, bare(c->san[i], k), k->one, k->prefix);
		else if (k->type == KIND_EMAIL && is_mail_of_another_kind(c->san[i]))
			consider(d, &o, k, c->san[i], k->one, "");
	}
	if (k->type == KIND_DIRECTORY && c->subject.n > 0)
		consider(d, &o, k, c->subject, "the subject ", "subject ");
	if (k->type == KIND_EMAIL)
		consider_subject(d, &o, k, "emailAddress", "in its subject the e-mail address ");
	if (!o.certain && o.candidates != 1)
		o.shown = NULL;
	return o;
}

/* ---- in words ----------------------------------------------------------------------------------------------------- */

static const char *limits_of(struct diagnosis *d, const struct kind *k)
{
	const struct name_clash *clash = d->e->clash;
	const char *list = "";
	for (size_t i = 0; i < clash->limit_count; i++) {
		const struct text t = clash->limits[i];
		list = say(d->e, list, i > 0 ? ", " : "",
			   bare(t, k).n > 0 ? say_value(d->e, k, t)
					    : say(d->e, k->prefix, "(any)", (char *)NULL),
			   (char *)NULL);
	}
	if (clash->limits_in_all > clash->limit_count)
		list = say(d->e, list, " and ",
			   say_int(d->e, (int64_t)(clash->limits_in_all - clash->limit_count)),
			   " more", (char *)NULL);
	return list;
}

/* Where it cannot be told which one it is: ", one of email:a@x.example, email:b@x.example" */
static const char *names_of_kind(struct diagnosis *d, const struct kind *k)
{
	enum { SHOWN_NAMES = 8 };
	const struct cert_info *c = d->e->clash->below;
	const char *list = "";
	size_t found = 0;
	for (size_t i = 0; i < c->san_count && found < SHOWN_NAMES; i++) {
		if (has_kind(c->san[i], k))
			list = say(d->e, list, found++ > 0 ? ", " : ", one of ",
				   say_san(d->e, c->san[i], true), (char *)NULL);
	}
	return list;
}

static void say_violation(struct diagnosis *d, const struct kind *k)
{
	struct evidence *e = d->e;
	const struct name_clash *clash = e->clash;
	const bool excluded = clash->code == CLASH_EXCLUDED;
	const struct offender o = find_offender(d, k);
	const char *limits = limits_of(d, k);
	d->r->expected = say(e, excluded ? "not " : "only ", limits, (char *)NULL);
	d->r->presented = o.shown;
	d->r->why =
	    say(e, "the CA ", say_subject(e, clash->ca),
		excluded ? " may not certify names within " : " may certify only names within ",
		limits, " (nameConstraints), and ", whose(d), " carries ",
		!o.shown ? say(e, "a name ", excluded ? "within" : "outside of", " that",
			       names_of_kind(d, k), (char *)NULL)
			 : say(e, o.words, say_value(e, k, o.name), (char *)NULL),
		(char *)NULL);
	help_line(d, "the server's operator needs a certificate from a CA that may certify this "
		     "name, or one for names within the limit only");
}

static void say_too_many(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->message =
	    say(e, "cannot trust ", d->who,
		": its names cannot all be compared with the limits of a CA", (char *)NULL);
	d->r->why = say(e, e->clash ? "the CA " : "a CA of the chain",
			e->clash ? say_subject(e, e->clash->ca) : "",
			" is limited to certain names (nameConstraints), and there are too many "
			"names and limits to compare: OpenSSL gives up at about a million pairs",
			(char *)NULL);
	help_line(
	    d,
	    "the server's operator needs a certificate with fewer names, or one from a CA without "
	    "such limits");
}

/* The CA of the chain that limits names, where it is only one; NULL: none, several, or not known. */
static const struct cert_info *only_constraining_ca(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	const struct cert_info *only = NULL;
	for (size_t i = 1; i < e->chain_count; i++) {
		if (!e->chain[i].has_name_constraints)
			continue;
		if (only)
			return NULL;
		only = &e->chain[i];
	}
	return e->chain_skipped == 0 ? only : NULL;
}

/* Limits in a form that OpenSSL does not compare. */
static void say_form(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *ca = e->clash ? e->clash->ca : only_constraining_ca(d);
	const char *which =
	    ca ? say(e, "the CA ", say_subject(e, ca), (char *)NULL) : "a CA of the chain";
	switch (d->symbol) {
	case VERIFY_SUBTREE_MINMAX:
		d->r->why = say(e, which,
				" limits names with a minimum or maximum (nameConstraints), which "
				"RFC 5280 does not allow and OpenSSL does not support",
				(char *)NULL);
		break;
	case VERIFY_UNSUPPORTED_CONSTRAINT_TYPE:
		d->r->why =
		    say(e, which, " limits names of a kind that ", whose(d),
			" has and OpenSSL does not compare (nameConstraints)", (char *)NULL);
		break;
	case VERIFY_UNSUPPORTED_NAME_SYNTAX:
		d->r->why = say(e, whose(d),
				" has a name whose form OpenSSL cannot compare with the "
				"limits of ",
				which, " (nameConstraints)", (char *)NULL);
		break;
	default:
		d->r->why = say(e, which,
				" limits names in a form that OpenSSL cannot read "
				"(nameConstraints)",
				(char *)NULL);
		break;
	}
	help_line(
	    d, d->symbol == VERIFY_UNSUPPORTED_NAME_SYNTAX
		   ? "whoever issued the certificate has to issue it again with names in their "
		     "usual form"
		   : "whoever runs that CA has to issue its certificate again with limits that can "
		     "be compared; until then the server's operator needs a certificate from "
		     "another CA");
}

void explain_constraint(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct kind *k = e->clash ? kind_of(e->clash->kind) : NULL;
	if (d->symbol == VERIFY_UNSPECIFIED) {
		say_too_many(d);
		return;
	}
	if (d->symbol != VERIFY_PERMITTED_VIOLATION && d->symbol != VERIFY_EXCLUDED_VIOLATION) {
		say_form(d);
		return;
	}
	if (k && e->clash->limit_count > 0) {
		say_violation(d, k);
		return;
	}
	/* Not looked at, or nobody can tell: then no pair is shown. */
	const struct cert_info *ca = e->clash ? e->clash->ca : only_constraining_ca(d);
	d->r->why = say(e, ca ? "the CA " : "a CA of the chain", ca ? say_subject(e, ca) : "",
			" is limited to certain names (nameConstraints), and a name of ", whose(d),
			d->symbol == VERIFY_EXCLUDED_VIOLATION ? " is one that it may not certify"
							       : " is outside of that limit",
			(char *)NULL);
	help_line(
	    d, "the server's operator needs a certificate from a CA that may certify its names, or "
	       "one for names within the limit only");
}
