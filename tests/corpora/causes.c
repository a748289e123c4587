/* SPDX-License-Identifier: ISC
 *
 * Causes of the chains of public corpora: build/corpora/causes DIRECTORY [PART-OF-AN-ID [json]]. With a part of an id, whole records.
 */
#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include <stdlib.h>

#include <tlsmend/apply.h>

#include "../unit/openssl_direct.h"
#include "corpora.h"

void case_init(struct chain_case *c)
{
	const struct openssl *o = openssl_direct();

	memset(c, 0, sizeof(*c));
	c->untrusted = o->OPENSSL_sk_new_null();
	c->trusted = o->OPENSSL_sk_new_null();
	c->further = o->OPENSSL_sk_new_null();
	c->depth = c->level = -1;
}

static void free_stack(OPENSSL_STACK *stack)
{
	const struct openssl *o = openssl_direct();
	int i;

	for (i = 0; i < o->OPENSSL_sk_num(stack); i++)
		o->X509_free(o->OPENSSL_sk_value(stack, i));
	o->OPENSSL_sk_free(stack);
}

void case_free(struct chain_case *c)
{
	size_t i;

	openssl_direct()->X509_free(c->leaf);
	free_stack(c->untrusted);
	free_stack(c->trusted);
	free_stack(c->further);
	for (i = 0; i < c->crl_count; i++)
		X509_CRL_free(c->crls[i]);
}

/* ---- verification ---------------------------------------------------------------------------------------- */
static void set_parameters(const struct chain_case *c, X509_STORE_CTX *ctx)
{
	const struct openssl *o = openssl_direct();
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	size_t i;

	X509_VERIFY_PARAM_set_time(param, c->time);
	if (c->purpose != 0)
		X509_VERIFY_PARAM_set_purpose(param, c->purpose);
	if (c->depth >= 0)
		X509_VERIFY_PARAM_set_depth(param, c->depth);
	if (c->level >= 0)
		X509_VERIFY_PARAM_set_auth_level(param, c->level);
	if (c->host)
		X509_VERIFY_PARAM_set1_host(param, c->host, 0);
	if (c->address)
		X509_VERIFY_PARAM_set1_ip_asc(param, c->address);
	if (c->email)
		X509_VERIFY_PARAM_set1_email(param, c->email, 0);
	for (i = 0; i < c->policy_count; i++)
		X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj(c->policies[i], 1));
	o->X509_VERIFY_PARAM_set_flags(param, c->flags);
}

static X509_STORE *new_store(const struct chain_case *c)
{
	const struct openssl *o = openssl_direct();
	X509_STORE *store = X509_STORE_new();
	size_t k;
	int i;

	for (i = 0; i < o->OPENSSL_sk_num(c->trusted); i++)
		X509_STORE_add_cert(store, o->OPENSSL_sk_value(c->trusted, i));
	for (k = 0; k < c->crl_count; k++)
		X509_STORE_add_crl(store, c->crls[k]);
	return store;
}

/* trusted NULL: the store's. */
static bool passes(const struct chain_case *c, X509_STORE *store, OPENSSL_STACK *trusted)
{
	const struct openssl *o = openssl_direct();
	X509_STORE_CTX *ctx = o->X509_STORE_CTX_new();
	bool good;

	o->X509_STORE_CTX_init(ctx, store, c->leaf, c->untrusted);
	set_parameters(c, ctx);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	good = X509_verify_cert(ctx) == 1;
	o->X509_STORE_CTX_free(ctx);
	return good;
}

/* ---- evidence, as shim/hooks/verify.c takes it --------------------------------------------------------------- */
static struct evidence *collecting;

static int collect(int ok, X509_STORE_CTX *ctx)
{
	const struct openssl *o = openssl_direct();

	if (ok)
		return 1;
	evidence_add_error(collecting, o->X509_STORE_CTX_get_error(ctx),
			   o->X509_STORE_CTX_get_error_depth(ctx));
	evidence_crl(collecting, o, ctx);
	return 1;
}

/* What a record costs is asked for, not what it says. */
static bool as_times;

static void collect_errors(struct evidence *e, X509_STORE_CTX *ctx)
{
	const struct openssl *o = openssl_direct();
	OPENSSL_STACK *untrusted = later(o)->X509_STORE_CTX_get0_untrusted(ctx);
	X509_STORE_CTX *copy;

	/* the library does so only where it can be paid for */
	const bool paid = evidence_afford(
	    e, LOOK_ERRORS,
	    budget_verification(o, o->X509_STORE_CTX_get0_cert(ctx), untrusted, e->verify_flags));
	if ((as_times && !paid) || !(copy = trust_private_copy(o, ctx, untrusted)))
		return;
	collecting = e;
	o->X509_STORE_CTX_set_verify_cb(copy, collect);
	X509_verify_cert(copy);
	o->X509_STORE_CTX_free(copy);
}

struct trial_of {
	X509_STORE_CTX *ctx;
};

static bool trial_passes(void *arg, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted, int level,
			 struct verify_error *why)
{
	const struct openssl *o = openssl_direct();
	const struct trial_of *t = arg;
	X509_STORE_CTX *copy = trust_private_copy(o, t->ctx, untrusted);
	bool good;

	if (!copy)
		return false;
	if (level == EVIDENCE_STAND_IN)
		o->X509_VERIFY_PARAM_set_flags(o->X509_STORE_CTX_get0_param(copy),
					       FLAG_PARTIAL_CHAIN);
	else if (level != EVIDENCE_SAME_LEVEL)
		later(o)->X509_VERIFY_PARAM_set_auth_level(o->X509_STORE_CTX_get0_param(copy),
							   level);
	if (trusted)
		later(o)->X509_STORE_CTX_set0_trusted_stack(copy, trusted);
	good = X509_verify_cert(copy) == 1;
	if (why)
		*why = (struct verify_error){o->X509_STORE_CTX_get_error(copy),
					     o->X509_STORE_CTX_get_error_depth(copy)};
	o->X509_STORE_CTX_free(copy);
	return good;
}

static struct evidence *evidence_of(const struct chain_case *c, X509_STORE_CTX *ctx,
				    X509_STORE *store)
{
	const struct openssl *o = openssl_direct();
	struct evidence *e = evidence_new(EVENT_VERIFY_FAILED);
	const struct chain_parts parts = {.leaf = c->leaf,
					  .presented = c->untrusted,
					  .chain = later(o)->X509_STORE_CTX_get0_chain(ctx),
					  .store = store};

	evidence_library(e, o);
	e->host = e->sni = e->expected_name = c->host ? c->host : c->address;
	if (!e->host)
		e->expected_name = c->email;
	e->port = 443;
	e->have_connection = e->have_verification = e->enforced = true;
	e->name_asked = e->expected_name != NULL;
	e->code = o->X509_STORE_CTX_get_error(ctx);
	e->depth = o->X509_STORE_CTX_get_error_depth(ctx);
	e->code_text = X509_verify_cert_error_string(e->code);
	e->verify_flags = o->X509_VERIFY_PARAM_get_flags(o->X509_STORE_CTX_get0_param(ctx));
	e->now = c->time;
	e->security_level = c->level;
	collect_errors(e, ctx);
	if (e->error_count == 0)
		evidence_add_error(e, e->code, e->depth);
	evidence_chain(e, o, &parts);
	evidence_try(
	    e, o, &parts,
	    &(struct evidence_trial){.passes = trial_passes, .arg = &(struct trial_of){ctx}});
	return e;
}

/* ---- is the help right? -------------------------------------------------------------------------------------- */
static bool proposes_ca(const struct record *r)
{
	size_t i;

	for (i = 0; i < r->help_count; i++) {
		if (strstr(r->help[i], "CAFile"))
			return true;
	}
	return false;
}

/* As a rule's file does: self-issued certificates become anchors, the others intermediates. */
static void sort_into(OPENSSL_STACK *from, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted)
{
	const struct openssl *o = openssl_direct();
	int i;

	for (i = 0; i < o->OPENSSL_sk_num(from); i++) {
		X509 *x = o->OPENSSL_sk_value(from, i);
		const bool self_issued =
		    o->X509_NAME_cmp(o->X509_get_subject_name(x), o->X509_get_issuer_name(x)) == 0;

		o->OPENSSL_sk_push(self_issued ? trusted : untrusted, x);
	}
}

/* One that is in the chain already is not what is proposed: its root is. */
static bool issuer_is_here(OPENSSL_STACK *all, X509 *top, OPENSSL_STACK *chain)
{
	const struct openssl *o = openssl_direct();
	const int n = chain ? o->OPENSSL_sk_num(chain) : 0;
	int i, k;

	for (i = 0; i < o->OPENSSL_sk_num(all); i++) {
		X509 *x = o->OPENSSL_sk_value(all, i);
		bool below = false;

		for (k = 0; k + 1 < n; k++)
			below = below || o->X509_cmp(o->OPENSSL_sk_value(chain, k), x) == 0;
		if (!below && o->X509_check_issued(x, top) == 0)
			return true;
	}
	return false;
}

/* What else the section says. */
static void take_keys(struct chain_case *c, const struct record *r, char host[256])
{
	enum { X509_STRICT = 0x20 };
	size_t i;

	for (i = 0; i < r->help_count; i++) {
		if (strstr(r->help[i], "    CipherString = DEFAULT:@SECLEVEL=0"))
			c->level = 0;
		if (strstr(r->help[i], "    Strict = no"))
			c->flags &= ~(unsigned long)X509_STRICT;
		if (sscanf(r->help[i], "    ExpectName = %255s", host) == 1)
			c->host = host;
	}
}

/* Every certificate of the case in a rule's file, and the other keys of the section: if that does not help, none that we know would. */
static const char *try_help(const struct chain_case *c, X509_STORE_CTX *ctx, X509_STORE *store,
			    const struct record *r)
{
	const struct openssl *o = openssl_direct();
	OPENSSL_STACK *chain = later(o)->X509_STORE_CTX_get0_chain(ctx);
	const int n = chain ? o->OPENSSL_sk_num(chain) : 0;
	X509 *top = n > 0 ? o->OPENSSL_sk_value(chain, n - 1) : c->leaf;
	OPENSSL_STACK *trusted, *untrusted;
	struct chain_case extended = *c;
	char host[256];
	bool good, here;

	if (!proposes_ca(r))
		return "-";
	trusted = o->OPENSSL_sk_new_null();
	untrusted = o->OPENSSL_sk_new_null();
	sort_into(c->untrusted, trusted, untrusted);
	sort_into(c->trusted, trusted, untrusted);
	sort_into(c->further, trusted, untrusted);
	if (o->X509_NAME_cmp(o->X509_get_subject_name(c->leaf), o->X509_get_issuer_name(c->leaf)) ==
	    0)
		o->OPENSSL_sk_push(trusted, c->leaf);
	extended.untrusted = untrusted;
	take_keys(&extended, r, host);
	good = passes(&extended, store, trusted) || passes(&extended, store, NULL);
	here = issuer_is_here(trusted, top, chain) || issuer_is_here(untrusted, top, chain);
	o->OPENSSL_sk_free(trusted);
	o->OPENSSL_sk_free(untrusted);
	return good ? "ca" : here ? "ca-useless" : "ca-not-here";
}

/* The record in JSON, which the checker of records reads (../lib/proof.py). */
static bool as_json;

static void print_record(const struct record *r)
{
	struct buf b;

	buf_init(&b, 0);
	if (as_json)
		json_render(r, &b);
	else
		text_render(r, false, &b);
	fputs(buf_str(&b), stdout);
	buf_free(&b);
}

/* What a record costs, beside the verification that failed: the least of some, in microseconds of this thread. */

static double microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void print_time(const struct chain_case *c, X509_STORE_CTX *ctx, X509_STORE *store)
{
	enum { TIMES = 3 };
	double least = 0;

	for (int i = 0; i < TIMES; i++) {
		const double start = microseconds();
		struct evidence *e = evidence_of(c, ctx, store);
		struct record r;
		struct buf b;

		diagnose(e, &r);
		buf_init(&b, 0);
		text_render(&r, false, &b);
		buf_free(&b);
		evidence_free(e);
		const double took = microseconds() - start;
		least = i == 0 || took < least ? took : least;
	}
	printf("%s\t%.0f\n", c->id, least);
}

void case_run(const struct chain_case *c, bool verbose)
{
	const struct openssl *o = openssl_direct();
	X509_STORE *store = new_store(c);
	X509_STORE_CTX *ctx = o->X509_STORE_CTX_new();
	struct evidence *e;
	struct record r;

	o->X509_STORE_CTX_init(ctx, store, c->leaf, c->untrusted);
	set_parameters(c, ctx);
	const bool good = X509_verify_cert(ctx) == 1;
	if (!good && as_times)
		print_time(c, ctx, store);
	if (!good && !as_times) {
		e = evidence_of(c, ctx, store);
		diagnose(e, &r);
		printf("%s\t%d\t%d\t%s\t%s\n", c->id, e->code, e->depth, cause_table[r.cause].word,
		       try_help(c, ctx, store, &r));
		if (verbose)
			print_record(&r);
		evidence_free(e);
	}
	o->X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
}

int main(int argc, char **argv)
{
	const char *only = argc > 2 ? argv[2] : NULL;

	if (argc < 2) {
		fprintf(stderr, "usage: causes DIRECTORY [PART-OF-AN-ID [json | time]]\n");
		return 2;
	}
	as_times = argc > 3 && strcmp(argv[3], "time") == 0;
	as_json = argc > 3 && strcmp(argv[3], "json") == 0;
	return limbo_run(argv[1], only) && pkits_run(argv[1], only) ? 0 : 1;
}
