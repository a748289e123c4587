/* SPDX-License-Identifier: ISC
 *
 * "Would this help?" with real certificates and the system's libcrypto: another path, the chain's own root, the system's bundle.
 * Run from the top of the tree (seeds of tests/fuzz).
 */
#include <tlsmend/diagnose.h>
#include "explain_bytes.h"
#include "explain_helper.h"
#include "seed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

extern X509_STORE *X509_STORE_new(void);
extern void X509_STORE_free(X509_STORE *store);
extern int X509_STORE_add_cert(X509_STORE *store, X509 *x);
extern int X509_verify_cert(X509_STORE_CTX *ctx);
extern int i2d_X509(const X509 *x, unsigned char **out);
extern void X509_VERIFY_PARAM_set_time(X509_VERIFY_PARAM *param, time_t t);

enum { LEAF, ISSUING, ROOT };

struct world {
	X509 *certs[3]; /* of the seed "complete" */
	OPENSSL_STACK *all, *presented, *chain;
	X509_STORE *store;
	char bundle[64];
	unsigned verified;
	bool never;   /* passes() says no */
	bool untried; /* the caller cannot verify once more */
};

static const struct openssl *api(void)
{
	return openssl_direct();
}

static int set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	static uint8_t data[8192];
	size_t n = seed_load("complete", data, sizeof(data)), i;

	if (!w)
		return -1;
	w->all = bytes_certificates(api(), data + SEED_HEAD, n - SEED_HEAD);
	if (api()->OPENSSL_sk_num(w->all) != 3)
		return -1;
	for (i = 0; i < 3; i++)
		w->certs[i] = api()->OPENSSL_sk_value(w->all, (int)i);
	w->presented = api()->OPENSSL_sk_new_null();
	w->chain = api()->OPENSSL_sk_new_null();
	w->store = X509_STORE_new();
	strcpy(w->bundle, "/tmp/tlsmend-unit-bundle-XXXXXX");
	close(mkstemp(w->bundle));
	setenv("SSL_CERT_FILE", w->bundle, 1);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	unlink(w->bundle);
	X509_STORE_free(w->store);
	api()->OPENSSL_sk_free(w->presented);
	api()->OPENSSL_sk_free(w->chain);
	bytes_release(api(), w->all);
	test_free(w);
	return 0;
}

static void put(OPENSSL_STACK *to, X509 *x)
{
	api()->OPENSSL_sk_push(to, x);
}

static bool passes(void *arg, OPENSSL_STACK *trusted, OPENSSL_STACK *untrusted, int level,
		   struct verify_error *why)
{
	struct world *w = arg;
	X509_STORE_CTX *ctx = api()->X509_STORE_CTX_new();
	bool good;

	w->verified++;
	api()->X509_STORE_CTX_init(ctx, w->store, w->certs[LEAF], untrusted);
	X509_VERIFY_PARAM_set_time(api()->X509_STORE_CTX_get0_param(ctx), NOW);
	if (level == EVIDENCE_STAND_IN)
		api()->X509_VERIFY_PARAM_set_flags(api()->X509_STORE_CTX_get0_param(ctx), 0x80000);
	else if (level != EVIDENCE_SAME_LEVEL)
		later(api())->X509_VERIFY_PARAM_set_auth_level(
		    api()->X509_STORE_CTX_get0_param(ctx), level);
	if (trusted)
		later(api())->X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	good = X509_verify_cert(ctx) == 1;
	if (why)
		*why = (struct verify_error){api()->X509_STORE_CTX_get_error(ctx),
					     api()->X509_STORE_CTX_get_error_depth(ctx)};
	api()->X509_STORE_CTX_free(ctx);
	return good && !w->never;
}

static void base64(FILE *f, const unsigned char *data, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, line = 0;

	for (i = 0; i < n; i += 3) {
		const unsigned v = (unsigned)data[i] << 16 |
				   (i + 1 < n ? (unsigned)data[i + 1] << 8 : 0) |
				   (i + 2 < n ? data[i + 2] : 0u);

		fputc(digits[v >> 18], f);
		fputc(digits[v >> 12 & 63], f);
		fputc(i + 1 < n ? digits[v >> 6 & 63] : '=', f);
		fputc(i + 2 < n ? digits[v & 63] : '=', f);
		if ((line += 4) % 64 == 0)
			fputc('\n', f);
	}
}

static void add_to_bundle(struct world *w, X509 *x)
{
	unsigned char *der = NULL;
	const int n = i2d_X509(x, &der);
	FILE *f = fopen(w->bundle, "a");

	assert_true(n > 0);
	fputs("Some words, as bundles have them\n-----BEGIN CERTIFICATE-----\n", f);
	base64(f, der, (size_t)n);
	fputs("\n-----END CERTIFICATE-----\n", f);
	fclose(f);
	api()->CRYPTO_free(der, "", 0);
}

static struct evidence *tried(struct world *w, int code, struct record *r)
{
	struct evidence *e = evidence_new(EVENT_VERIFY_FAILED);

	e->host = e->sni = "legacy.example.com";
	e->have_connection = e->have_verification = e->enforced = true;
	e->now = NOW;
	e->code = code;
	e->depth = api()->OPENSSL_sk_num(w->chain) - 1;
	evidence_library(e, api());
	evidence_add_error(e, e->code, e->depth);
	const struct chain_parts parts = {.leaf = w->certs[LEAF],
					  .presented = w->presented,
					  .chain = w->chain,
					  .store = w->store};
	evidence_chain(e, api(), &parts);
	evidence_try(e, api(), &parts,
		     w->untried ? NULL : &(struct evidence_trial){.passes = passes, .arg = w});
	e->anchor_count = 1; /* a client that trusts nobody is another cause */
	assert_true(w->verified <= EVIDENCE_TRIALS);
	diagnose(e, r);
	bytes_check_record(r, NULL);
	return e;
}

static void root_in_the_system_bundle(void **state)
{
	struct world *w = *state;
	char line[128];
	struct record r;
	struct evidence *e;

	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	add_to_bundle(w, w->certs[LEAF]);
	add_to_bundle(w, w->certs[ROOT]);
	e = tried(w, 20, &r);
	assert_int_equal(e->system_tried, TRIED_GOOD);
	assert_string_equal(e->system_file, w->bundle);
	assert_int_equal(r.cause, CAUSE_ROOT_MISSING_HERE);
	snprintf(line, sizeof(line), "ExtraCAFile = %s", w->bundle);
	assert_true(has_line(r.help, r.help_count, line));
	assert_true(has_line(r.notes, r.notes_count, "tried: this rule makes the chain valid"));
	evidence_free(e);
	/* Complete, as some servers send it. */
	put(w->presented, w->certs[ROOT]);
	put(w->chain, w->certs[ROOT]);
	e = tried(w, 19, &r);
	assert_int_equal(r.cause, CAUSE_ROOT_MISSING_HERE);
	evidence_free(e);
}

static void bundle_that_does_not_help(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	e = tried(w, 20, &r); /* an empty file, and the root in no real bundle */
	assert_null(e->system_root);
	assert_int_equal(r.cause, CAUSE_ISSUER_UNKNOWN);
	evidence_free(e);
	add_to_bundle(w, w->certs[ROOT]);
	w->never = true;
	e = tried(w, 20, &r);
	assert_int_equal(e->system_tried, TRIED_BAD);
	assert_int_equal(r.cause, CAUSE_ROOT_MISSING_HERE);
	assert_false(has_line(r.help, r.help_count, "ExtraCAFile"));
	evidence_free(e);
}

static void found_but_not_tried(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	w->untried = true;
	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	add_to_bundle(w, w->certs[ROOT]);
	e = tried(w, 20, &r);
	assert_int_equal(r.cause, CAUSE_ROOT_MISSING_HERE);
	assert_false(has_line(r.notes, r.notes_count, "tried"));
	evidence_free(e);
}

/* Nothing is read that is not soon done with. */
static void odd_bundles(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;
	FILE *f = fopen(w->bundle, "w");
	int i;

	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	fputs("-----BEGIN CERTIFICATE-----\n", f);
	for (i = 0; i < 40000; i++)
		fputs("AAAA/+", f); /* larger than any certificate, and no end */
	fclose(f);
	e = tried(w, 20, &r);
	assert_null(e->system_root);
	evidence_free(e);
	f = fopen(w->bundle, "a");
	for (i = 0; i < 200000; i++)
		fputs("\n-----END CERTIFICATE-----\n-----BEGIN", f);
	fclose(f);
	add_to_bundle(w, w->certs[ROOT]); /* too far down */
	e = tried(w, 20, &r);
	assert_null(e->system_root);
	evidence_free(e);
}

static void presented_root_is_tried(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	put(w->presented, w->certs[ISSUING]);
	put(w->presented, w->certs[ROOT]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	put(w->chain, w->certs[ROOT]);
	e = tried(w, 19, &r);
	assert_int_equal(r.cause, CAUSE_UNTRUSTED_ROOT);
	assert_int_equal(e->top_tried, TRIED_GOOD);
	assert_true(has_line(r.help, r.help_count, "ExtraCAFile"));
	assert_true(has_line(r.notes, r.notes_count, "tried: this rule"));
	evidence_free(e);
	w->never = true;
	e = tried(w, 19, &r);
	assert_int_equal(r.cause, CAUSE_UNTRUSTED_ROOT);
	assert_false(has_line(r.help, r.help_count, "ExtraCAFile"));
	assert_true(has_line(r.help, r.help_count, "a further CA alone does not help"));
	evidence_free(e);
}

/* Where the path that OpenSSL took passes alone, it is the client that says no. */
static void path_taken_is_not_another(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	X509_STORE_add_cert(w->store, w->certs[ROOT]);
	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	put(w->chain, w->certs[ISSUING]);
	put(w->chain, w->certs[ROOT]);
	e = tried(w, 23, &r);
	assert_int_equal(e->other_path_count, 0);
	assert_int_equal(r.cause, CAUSE_REVOKED);
	evidence_free(e);
}

/* No path has another key for the leaf, so that none is looked for. */
static void pin_has_no_other_path(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	X509_STORE_add_cert(w->store, w->certs[ROOT]);
	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	e = tried(w, 65, &r);
	assert_int_equal(e->other_path_count, 0);
	assert_int_equal(r.cause, CAUSE_PINNED_ELSEWHERE);
	evidence_free(e);
}

/* OpenSSL stopped at the leaf; with the intermediate the client's own root does. */
static void another_path_is_valid(void **state)
{
	struct world *w = *state;
	struct record r;
	struct evidence *e;

	X509_STORE_add_cert(w->store, w->certs[ROOT]);
	put(w->presented, w->certs[ISSUING]);
	put(w->chain, w->certs[LEAF]);
	e = tried(w, 20, &r);
	assert_int_equal(e->other_path_count, 2);
	assert_int_equal(r.cause, CAUSE_WRONG_PATH);
	assert_false(has_line(r.help, r.help_count, "CAFile"));
	evidence_free(e);
	e = tried(w, 10, &r); /* an expired certificate on the way that it took */
	assert_int_equal(r.cause, CAUSE_WRONG_PATH);
	evidence_free(e);
	w->never = true;
	e = tried(w, 20, &r);
	assert_int_equal(e->other_path_count, 0);
	assert_int_not_equal(r.cause, CAUSE_WRONG_PATH);
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(root_in_the_system_bundle, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bundle_that_does_not_help, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(found_but_not_tried, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(odd_bundles, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(presented_root_is_tried, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_path_is_valid, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(path_taken_is_not_another, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(pin_has_no_other_path, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
