/* SPDX-License-Identifier: ISC
 *
 * Which limit of which CA does a certificate violate, and with which of its names? A chain may have several limits, of several kinds, and
 * most of them fit. OpenSSL's own comparison is asked: with the limits of each CA from the top down, as it goes itself, and then with
 * parts of the ones that say no.
 */
#include "clash.h"
#include "budget.h"
#include <tlsmend/vocabulary.h>

enum {
	NID_name_constraints = 666,
	MOST_LIMITS = 256, /* that are tried one by one */
	SHOWN = 16,
	PAIRS_A_UNIT = 20,
	MOST_PAIRS = 1 << 20,
	PERMITTED_VIOLATION = 47,
	EXCLUDED_VIOLATION = 48,
	COMPARES_NOT = 1,         /* X509_V_ERR_UNSPECIFIED: too many names and limits */
	COUNTS_FROM = 0x10101000, /* 1.1.1 */
};

/* Public structs of x509v3.h, the same in all generations. */
struct general_subtree {
	GENERAL_NAME *base;
	void *minimum, *maximum;
};
struct name_constraints {
	OPENSSL_STACK *permitted, *excluded;
};

struct search {
	struct evidence *e;
	const struct openssl *o;
	X509 *below;
	uint64_t names;
	bool is_leaf; /* then a common name may be compared as a DNS name */
	struct name_constraints *limits;
	struct name_clash *found;
};

/* X509_V_OK where the names fit these limits. `by_cn`: it is the common name that does not. */
static int compare(const struct search *s, struct name_constraints *limits, bool *by_cn)
{
	const struct openssl *o = s->o;
	int code = later(o)->NAME_CONSTRAINTS_check(s->below, limits);
	*by_cn = false;
	if (code == 0 && s->is_leaf && later(o)->NAME_CONSTRAINTS_check_CN &&
	    !has_dns_name(s->found->below)) {
		code = later(o)->NAME_CONSTRAINTS_check_CN(s->below, limits);
		*by_cn = code != 0;
	}
	return code;
}

static int kind_of(const struct openssl *o, const struct general_subtree *tree)
{
	int type = -1;
	o->GENERAL_NAME_get0_value(tree->base, &type);
	return type;
}

/* Those of one kind. NULL: memory is out. */
static OPENSSL_STACK *only_kind(const struct openssl *o, OPENSSL_STACK *trees, int kind)
{
	OPENSSL_STACK *some = o->OPENSSL_sk_new_null();
	for (int i = 0; some && i < o->OPENSSL_sk_num(trees); i++) {
		if (kind_of(o, o->OPENSSL_sk_value(trees, i)) == kind)
			o->OPENSSL_sk_push(some, o->OPENSSL_sk_value(trees, i));
	}
	return some;
}

static void show(struct search *s, OPENSSL_STACK *trees)
{
	const struct openssl *o = s->o;
	struct name_clash *f = s->found;
	const int n = o->OPENSSL_sk_num(trees);
	f->limits = arena_alloc(&s->e->arena, SHOWN * sizeof *f->limits);
	f->limits_in_all = (size_t)n;
	for (int i = 0; f->limits && i < n && f->limit_count < SHOWN; i++) {
		const struct general_subtree *tree = o->OPENSSL_sk_value(trees, i);
		f->limits[f->limit_count++] = evidence_subtree(s->e, o, tree->base);
	}
}

/* The name is outside of every limit of its kind. */
static void find_permitted(struct search *s)
{
	const struct openssl *o = s->o;
	OPENSSL_STACK *all = s->limits->permitted;
	int i, kind, last = -1;
	for (i = 0; all && i < o->OPENSSL_sk_num(all) && i < MOST_LIMITS; i++) {
		struct name_constraints part = {NULL, NULL};
		bool by_cn;
		kind = kind_of(o, o->OPENSSL_sk_value(all, i));
		if (kind == last)
			continue;
		last = kind;
		part.permitted = only_kind(o, all, kind);
		if (part.permitted && compare(s, &part, &by_cn) == PERMITTED_VIOLATION) {
			s->found->kind = kind;
			s->found->by_cn = by_cn;
			show(s, part.permitted);
		}
		if (part.permitted)
			o->OPENSSL_sk_free(part.permitted);
		if (s->found->limit_count > 0)
			return;
	}
}

/* One limit that a name is within. */
static void find_excluded(struct search *s)
{
	const struct openssl *o = s->o;
	OPENSSL_STACK *all = s->limits->excluded;
	for (int i = 0; all && i < o->OPENSSL_sk_num(all) && i < MOST_LIMITS; i++) {
		struct name_constraints part = {NULL, o->OPENSSL_sk_new_null()};
		bool by_cn = false, here = false;
		if (part.excluded &&
		    o->OPENSSL_sk_push(part.excluded, o->OPENSSL_sk_value(all, i)) > 0)
			here = compare(s, &part, &by_cn) == EXCLUDED_VIOLATION;
		if (here) {
			s->found->kind = kind_of(o, o->OPENSSL_sk_value(all, i));
			s->found->by_cn = by_cn;
			show(s, part.excluded);
		}
		if (part.excluded)
			o->OPENSSL_sk_free(part.excluded);
		if (here)
			return;
	}
}

static unsigned count(const struct openssl *o, OPENSSL_STACK *stack)
{
	return stack ? (unsigned)o->OPENSSL_sk_num(stack) : 0;
}

/* 30 ns a pair; each excluded limit is looked at once more. Above a million pairs OpenSSL does not compare at all. */
static bool affordable(struct search *s)
{
	const unsigned excluded = count(s->o, s->limits->excluded);
	const uint64_t limits = count(s->o, s->limits->permitted) + excluded;
	const uint64_t pairs = s->names * limits;
	const unsigned each = 10 * (excluded < MOST_LIMITS ? excluded : MOST_LIMITS) + 10;
	return evidence_afford(s->e, LOOK_NAMES,
			       pairs > MOST_PAIRS ? each
						  : (unsigned)(pairs * 2 / PAIRS_A_UNIT) + each);
}

static size_t parts_of(const struct openssl *o, const X509_NAME *name)
{
	int n = 0;
	while (o->X509_NAME_get_entry(name, n))
		n++;
	return (size_t)n;
}

/* Are there more than OpenSSL compares (crypto/x509/v3_ncons.c)? It counts each part of the subject. */
static bool too_many(struct search *s, const struct name_limits *l)
{
	const uint64_t names =
	    s->found->below->san_in_all + parts_of(s->o, s->o->X509_get_subject_name(s->below));
	s->found->code = COMPARES_NOT;
	s->found->by_cn = false;
	return names > 0 && l->permitted.count + l->excluded.count > MOST_PAIRS / names;
}

/* Do the limits of this CA say no? */
static bool look_at(struct search *s, X509 *ca, int code)
{
	const struct openssl *o = s->o;
	struct name_limits l;
	struct span value;
	bool here = false;
	if (code == COMPARES_NOT && o->version >= COUNTS_FROM &&
	    evidence_extension(o, ca, NID_name_constraints, &value) == 1 &&
	    name_list_read_limits(value, &l))
		return too_many(s, &l);
	s->limits = o->X509_get_ext_d2i(ca, NID_name_constraints, NULL, NULL);
	if (!s->limits)
		return false;
	if (affordable(s)) {
		s->found->code = compare(s, s->limits, &s->found->by_cn);
		here = s->found->code == code;
		if (here && code == PERMITTED_VIOLATION)
			find_permitted(s);
		else if (here && code == EXCLUDED_VIOLATION)
			find_excluded(s);
	}
	if (later(o)->NAME_CONSTRAINTS_free)
		later(o)->NAME_CONSTRAINTS_free(s->limits);
	return here;
}

static bool is_about_limits(enum verify_symbol s)
{
	return s == VERIFY_UNSPECIFIED || verify_symbol_cause(s) == CAUSE_NAME_CONSTRAINT;
}

void evidence_clash(struct evidence *e, const struct openssl *o, X509 *const *chain, size_t n)
{
	const struct verify_error first = evidence_headline(e);
	struct search s = {.e = e, .o = o};
	if (first.depth < 0 || (size_t)first.depth >= n || e->chain_skipped > 0 ||
	    n != e->chain_count || !later(o)->NAME_CONSTRAINTS_check ||
	    !is_about_limits(verify_symbol(first.code, e->version)) ||
	    !(s.found = arena_alloc(&e->arena, sizeof *s.found)))
		return;
	s.below = chain[first.depth];
	s.is_leaf = first.depth == 0;
	s.found->below = &e->chain[first.depth];
	QUIET_BEGIN(o)
	/* and the subject as such */
	s.names = s.found->below->san_in_all + budget_subject_names(o, s.below) + 1;
	for (size_t i = n - 1; i > (size_t)first.depth && !e->clash; i--) {
		if (look_at(&s, chain[i], first.code)) {
			s.found->ca = &e->chain[i];
			e->clash = s.found;
		}
	}
	QUIET_END(o)
}
