/* SPDX-License-Identifier: ISC
 *
 * What the client's callback made of the errors: which one is the headline, which ones are listed as waived.
 */
#include <tlsmend/diagnose.h>
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { YES = 1, NO = 0 };
enum { UNSPECIFIED = 1, EXPIRED = 10, NO_ISSUER = 20, REVOKED = 23, NAME = 62 };

static struct text san[] = {{"DNS:legacy.example.com", 22}};
static struct cert_info chain[2];

/* As the collecting run sees it: no issuer at depth 1, and the leaf has expired. */
static struct evidence *two_errors(struct verify_event *events, size_t n, bool passed, int code)
{
	struct evidence *e = failed_verification(NO_ISSUER, 1);

	chain[0] = certificate_of("CN=legacy.example.com", "CN=Issuing CA", FROM_PRESENTED);
	chain[0].san = san;
	chain[0].san_count = 1;
	chain[0].not_after = NOW - DAY;
	chain[1] = ca_of("CN=Issuing CA", "CN=Root", FROM_PRESENTED);
	e->chain = e->presented = chain;
	e->chain_count = e->presented_count = 2;
	evidence_add_error(e, EXPIRED, 0);
	e->code = code;
	e->depth = 0;
	e->verify_peer = true;
	e->events = events;
	e->event_count = n;
	e->passed = passed;
	e->enforced = !passed;
	return e;
}

static bool has_note(const struct record *r, const char *part)
{
	for (size_t i = 0; i < r->notes_count; i++)
		if (strstr(r->notes[i], part))
			return true;
	return false;
}

static void the_refused_one_is_the_headline(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, YES, NO_ISSUER}, {EXPIRED, 0, NO, EXPIRED}};
	struct evidence *e = two_errors(events, 2, false, EXPIRED);
	struct record r;

	(void)state;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_EXPIRED);
	assert_int_equal(r.code, EXPIRED);
	assert_int_equal(r.depth, 0);
	assert_int_equal(r.waived_count, 1);
	assert_string_equal(
	    r.waived[0],
	    "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20) at depth 1: "
	    "the CA that issued the last certificate of the chain is unknown to this client");
	assert_false(has_note(&r, "ISSUER_CERT_LOCALLY"));
	evidence_free(e);
}

static void all_waived(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, YES, NO_ISSUER}, {EXPIRED, 0, YES, EXPIRED}};
	struct evidence *e = two_errors(events, 2, true, EXPIRED);
	struct record r;

	(void)state;
	e->event = EVENT_VERIFY_IGNORED;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_ERROR_WAIVED);
	assert_int_equal(r.level, LEVEL_WARNING);
	assert_int_equal(r.code, NO_ISSUER);
	assert_int_equal(r.waived_count, 2);
	assert_true(has_note(&r, "grounds of its own"));
	assert_false(has_note(&r, "took the error back"));
	evidence_free(e);
}

/* X509_V_OK afterwards: nothing of it is left in the context. */
static void taken_back(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, YES, 0}, {EXPIRED, 0, YES, 0}};
	struct evidence *e = two_errors(events, 2, true, 0);
	struct record r;

	(void)state;
	e->event = EVENT_VERIFY_IGNORED;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_ERROR_WAIVED);
	assert_int_equal(r.code, NO_ISSUER);
	assert_int_equal(r.waived_count, 2);
	assert_true(has_note(&r, "took the error back"));
	evidence_free(e);

	e = two_errors(events, 2, true, 0);
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_ISSUER_UNKNOWN);
	assert_int_equal(r.waived_count, 2);
	assert_true(has_note(&r, "before the program sent anything"));
	e->said_bye = true;
	diagnose(e, &r);
	assert_true(has_note(&r, "no more than a short goodbye"));
	evidence_free(e);
}

static void refused_by_the_program(void **state)
{
	struct verify_event refusal = {0, 1, NO, 0}, reason = {0, 0, NO, REVOKED};
	struct evidence *e = two_errors(&refusal, 1, false, UNSPECIFIED);
	struct record r;

	(void)state;
	e->error_count = 0;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_CLIENT_REFUSED);
	assert_int_equal(r.code, UNSPECIFIED);
	assert_int_equal(r.depth, 1);
	assert_non_null(strstr(r.why, "Issuing CA"));
	assert_true(r.help_count > 0);
	evidence_free(e);

	e = two_errors(&reason, 1, false, REVOKED);
	e->error_count = 0;
	e->name_checked = true; /* a reason that has nothing to do with the name */
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_CLIENT_REFUSED);
	assert_non_null(strstr(r.why, "X509_V_ERR_CERT_REVOKED"));
	evidence_free(e);
}

static void refused_for_the_name(void **state)
{
	struct verify_event refusal = {0, 0, NO, 0};
	struct evidence *e = two_errors(&refusal, 1, false, UNSPECIFIED);
	struct record r;

	(void)state;
	e->error_count = 0;
	e->name_checked = true;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_NAME_MISMATCH);
	assert_non_null(strstr(r.why, "most likely"));
	evidence_free(e);

	refusal.depth = 1;
	e = two_errors(&refusal, 1, false, UNSPECIFIED);
	e->name_checked = true;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_CLIENT_REFUSED);
	evidence_free(e);
}

/* A function around the verification, which passed (SSL_CTX_set_cert_verify_callback). */
static void refused_as_a_whole(void **state)
{
	struct evidence *e = failed_verification(0, -1);
	struct record r;

	(void)state;
	e->error_count = 0;
	e->passed = e->refused_passed = true;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_CLIENT_REFUSED);
	assert_non_null(strstr(r.why, "last word"));
	assert_true(r.help_count > 0);
	evidence_free(e);
}

/* OpenSSL ended it by itself, after errors that were waived. */
static void ended_by_openssl(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, YES, 0}};
	struct evidence *e = two_errors(events, 1, false, 17);
	struct record r;

	(void)state;
	diagnose(e, &r);
	assert_int_equal(r.code, 17);
	assert_int_equal(r.cause, CAUSE_INTERNAL);
	evidence_free(e);
}

/* A negative answer is a no only where OpenSSL gave up with it. */
static void negative_answer(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, -1, 0}, {EXPIRED, 0, -1, EXPIRED}};
	struct evidence *e = two_errors(events, 2, false, EXPIRED);
	struct record r;

	(void)state;
	diagnose(e, &r);
	assert_int_equal(r.code, EXPIRED);
	assert_int_equal(r.waived_count, 1);
	evidence_free(e);
	e = two_errors(events, 2, true, EXPIRED);
	diagnose(e, &r);
	assert_int_equal(r.code, NO_ISSUER);
	assert_int_equal(r.waived_count, 2);
	evidence_free(e);
}

/* With the rule's CA the leaf has expired all the same: that is the cause, whichever error the callback waived before. */
static void with_the_rules_ca(void **state)
{
	struct verify_event events[] = {{NO_ISSUER, 1, YES, 0}, {EXPIRED, 0, NO, EXPIRED}};
	struct evidence *e = two_errors(events, 1, false, NO_ISSUER);
	struct record r;

	(void)state;
	events[0].answer = NO;
	e->error_count = 0;
	evidence_add_error(e, EXPIRED, 0);
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_EXPIRED);
	assert_int_equal(r.waived_count, 0);
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_refused_one_is_the_headline),
	    cmocka_unit_test(all_waived),
	    cmocka_unit_test(taken_back),
	    cmocka_unit_test(refused_by_the_program),
	    cmocka_unit_test(refused_for_the_name),
	    cmocka_unit_test(refused_as_a_whole),
	    cmocka_unit_test(ended_by_openssl),
	    cmocka_unit_test(negative_answer),
	    cmocka_unit_test(with_the_rules_ca),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
