/* SPDX-License-Identifier: ISC
 *
 * Names that a CA may not certify. That a certificate belongs to another one: diagnose_mismatch.c.
 */
#include "diagnosis.h"

#include <string.h>

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

static bool ends_in(struct text t, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (t.n < n || ascii_lower(t.s[t.n - n + i]) != ascii_lower(s[i]))
			return false;
	}
	return true;
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
	if (d->r->cause == CAUSE_NAME_CONSTRAINT)
		say_constraint(d);
	else
		explain_mismatch(d);
}
