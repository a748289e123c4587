/* SPDX-License-Identifier: ISC
 *
 * The family without a trusted anchor (causes.md#anchor): decided from the certificates.
 */
#include <tlsmend/diagnose.h>
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Diagnoses, and checks what holds for every record of this family. */
static void assert_cause(struct evidence *e, enum cause expected)
{
	struct record r;
	size_t i;

	diagnose(e, &r);
	assert_string_equal(cause_table[r.cause].word, cause_table[expected].word);
	assert_int_equal(r.level, LEVEL_ERROR);
	assert_non_null(r.why);
	assert_true(r.help_count > 0);
	for (i = 0; i < r.help_count; i++) {
		if (strstr(r.help[i], "ExtraCAFile"))
			assert_true(cause_trust_may_act(r.cause));
	}
	evidence_free(e);
}

static struct evidence *with_chain(struct evidence *e, struct cert_info *chain, size_t n,
				   struct cert_info *presented, size_t sent)
{
	e->chain = chain;
	e->chain_count = n;
	e->presented = presented;
	e->presented_count = sent;
	return e;
}

static void broken_extension_comes_first(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Corp CA", FROM_PRESENTED)};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);

	(void)state;
	c[0].malformed = true;
	c[0].malformed_why = "subjectAltName stands twice";
	e->anchor_count = 0; /* even then: no CA would help */
	assert_cause(e, CAUSE_MALFORMED_CERTIFICATE);
	assert_cause(with_chain(failed_verification(26, 0), c, 1, c, 1),
		     CAUSE_MALFORMED_CERTIFICATE);
	assert_cause(with_chain(failed_verification(1, 0), c, 1, c, 1),
		     CAUSE_MALFORMED_CERTIFICATE);
}

static void empty_store(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Corp CA", FROM_PRESENTED)};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);

	(void)state;
	e->anchor_count = 0;
	assert_cause(e, CAUSE_NO_TRUST_STORE);
	e = with_chain(failed_verification(20, 0), c, 1, c, 1);
	e->anchor_count = 0;
	e->store_has_lookups = true; /* a directory may hold all of them */
	assert_cause(e, CAUSE_ISSUER_UNKNOWN);
	e = with_chain(failed_verification(20, 0), c, 1, c, 1);
	e->anchor_count = -1; /* not known */
	assert_cause(e, CAUSE_ISSUER_UNKNOWN);
}

static void issuer_of_that_name_does_not_fit(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Corp CA", FROM_PRESENTED)};
	struct cert_info old = ca_of("CN=Corp CA", "CN=Corp CA", FROM_STORE);
	struct near_miss near[] = {{&old, 30, TRIED_NOT}};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);

	(void)state;
	c[0].ca_issuers_url = text_of("http://ca.example/ca.crt");
	e->near = near;
	e->near_count = 1;
	assert_cause(e, CAUSE_ISSUER_REFUSED);
}

static void only_the_leaf_was_sent(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Corp CA", FROM_PRESENTED)};

	(void)state;
	c[0].public_ca = "policy 2.23.140.1.2.1";
	assert_cause(with_chain(failed_verification(20, 0), c, 1, c, 1),
		     CAUSE_INTERMEDIATE_NOT_SENT);
	assert_cause(with_chain(failed_verification(21, 0), c, 1, c, 1),
		     CAUSE_INTERMEDIATE_NOT_SENT);
	c[0].public_ca = NULL;
	c[0].ca_issuers_url =
	    text_of("http://ca.example/ca.crt"); /* a root's leaves have that too, as of AD CS */
	assert_cause(with_chain(failed_verification(20, 0), c, 1, c, 1), CAUSE_ISSUER_UNKNOWN);
}

static void presented_certificates_do_not_link(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Issuing CA", FROM_PRESENTED)};
	struct cert_info sent[] = {c[0], ca_of("CN=Other CA", "CN=Root", FROM_PRESENTED)};

	(void)state;
	assert_cause(with_chain(failed_verification(20, 0), c, 1, sent, 2), CAUSE_INCOMPLETE_CHAIN);
}

static void linked_but_root_not_sent(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Issuing CA", FROM_PRESENTED),
	    ca_of("CN=Issuing CA", "CN=Root", FROM_PRESENTED)};

	(void)state;
	assert_cause(with_chain(failed_verification(20, 1), c, 2, c, 2), CAUSE_ISSUER_UNKNOWN);
	assert_cause(with_chain(failed_verification(20, 0), NULL, 0, NULL, 0),
		     CAUSE_ISSUER_UNKNOWN);
}

static void stored_intermediate_without_root(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Issuing CA", FROM_PRESENTED),
	    ca_of("CN=Issuing CA", "CN=Root", FROM_STORE)};

	(void)state;
	assert_cause(with_chain(failed_verification(2, 1), c, 2, c, 1), CAUSE_ANCHOR_NOT_ROOT);
}

static void self_signed_and_untrusted_root(void **state)
{
	struct cert_info s[] = {certificate_of("CN=printer", "CN=printer", FROM_PRESENTED)};
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED),
				ca_of("CN=Root", "CN=Root", FROM_PRESENTED)};
	struct cert_info other = ca_of("CN=Root", "CN=Root", FROM_STORE);
	struct near_miss near[] = {{&other, 30, TRIED_NOT}};
	struct evidence *e;

	(void)state;
	assert_cause(with_chain(failed_verification(18, 0), s, 1, s, 1), CAUSE_SELF_SIGNED);
	assert_cause(with_chain(failed_verification(19, 1), c, 2, c, 2), CAUSE_UNTRUSTED_ROOT);
	/* A root of that name with another key does not change that the chain is complete. */
	e = with_chain(failed_verification(19, 1), c, 2, c, 2);
	e->near = near;
	e->near_count = 1;
	assert_cause(e, CAUSE_UNTRUSTED_ROOT);
	c[1].in_system_bundle = true;
	assert_cause(with_chain(failed_verification(19, 1), c, 2, c, 2), CAUSE_ROOT_MISSING_HERE);
}

static void too_long(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED)};

	(void)state;
	assert_cause(with_chain(failed_verification(22, 0), c, 1, c, 1), CAUSE_CHAIN_TOO_LONG);
}

/* The client sees the last error; the first one is the cause. */
static void first_error_is_the_cause(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED)};
	struct evidence *e = with_chain(failed_verification(10, 0), c, 1, c, 1);
	struct record r;

	(void)state;
	c[0].not_after = NOW - 3 * DAY;
	e->error_count = 0;
	evidence_add_error(e, 20, 0);
	evidence_add_error(e, 21, 0);
	evidence_add_error(e, 10, 0);
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_ISSUER_UNKNOWN);
	assert_int_equal(r.code, 20);
	assert_true(r.notes_count >= 2);
	assert_string_equal(r.notes[1], "also wrong: the certificate has no "
					"subjectAltName; many clients read nothing else");
	assert_string_equal(r.notes[0],
			    "also wrong: the server's certificate expired on 2026-11-18");
	evidence_free(e);
}

static void rule_that_may_not_act_is_named(void **state)
{
	struct cert_info c[] = {certificate_of("CN=other.example.com", "CN=Root", FROM_PRESENTED)};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);
	struct record r;
	size_t i;

	(void)state;
	e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
	e->rule_refused_name = e->name_checked = true;
	diagnose(e, &r);
	assert_non_null(strstr(r.why, "the certificate does not name it"));
	for (i = 0; i < r.help_count; i++)
		assert_null(strstr(r.help[i], "ExtraCAFile"));
	evidence_free(e);
}

static void section_of_a_certificate_without_connection(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED)};
	struct text names[] = {text_of("DNS:evil]\n[*"), text_of("DNS:legacy.example.com")};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);
	struct record r;

	(void)state;
	e->host = NULL;
	e->have_connection = false;
	e->port = 0;
	c[0].san = names;
	c[0].san_count = 2;
	diagnose(e, &r);
	assert_string_equal(r.message, "cannot trust the certificate of CN=legacy.example.com");
	assert_string_equal(r.help[1], "    [legacy.example.com]");
	evidence_free(e);
}

/* A connection that shows neither a name nor an address, as a login by EAP: what no rule can be for, none is proposed for. */
static void no_section_for_nobody(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED)};
	struct text names[] = {text_of("DNS:legacy.example.com")};
	struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);
	struct record r;

	(void)state;
	e->host = e->address = NULL;
	e->have_connection = true;
	e->port = 0;
	c[0].san = names;
	c[0].san_count = 1;
	diagnose(e, &r);
	assert_non_null(
	    strstr(r.help[0], "into a file, and name that in the program's own settings"));
	for (size_t i = 0; i < r.help_count; i++)
		assert_null(strstr(r.help[i], "ExtraCAFile"));
	assert_non_null(strstr(r.notes[r.notes_count - 1], "no section can be for this server"));
	evidence_free(e);
}

static struct record diagnosed(struct evidence *e)
{
	struct record r;

	diagnose(e, &r);
	return r;
}

static bool says(const struct record *r, const char *part)
{
	size_t i;

	for (i = 0; i < r->help_count; i++) {
		if (strstr(r->help[i], part))
			return true;
	}
	return r->why && strstr(r->why, part);
}

/* CAs that certified each other: the root of one of them ends that, unless it was tried that none would. */
static void circle(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=One", FROM_PRESENTED),
				ca_of("CN=One", "CN=Two", FROM_PRESENTED),
				ca_of("CN=Two", "CN=One", FROM_PRESENTED)};
	struct evidence *e = with_chain(failed_verification(20, 2), c, 3, c, 3);
	struct record r;

	(void)state;
	e->stand_in_tried = TRIED_BAD;
	r = diagnosed(e);
	assert_int_equal(r.cause, CAUSE_CHAIN_TOO_LONG);
	assert_true(says(&r, "in a circle"));
	evidence_free(e);
	e = with_chain(failed_verification(20, 2), c, 3, c, 3);
	e->stand_in_tried = TRIED_GOOD;
	r = diagnosed(e);
	assert_int_equal(r.cause, CAUSE_ISSUER_UNKNOWN);
	assert_true(says(&r, "\"One\", \"Two\" certified each other"));
	evidence_free(e);
	/* The same names, but the key that is wanted is another one. */
	c[1].subject_key_id = text_of("one");
	c[2].authority_key_id = text_of("other");
	assert_cause(with_chain(failed_verification(20, 2), c, 3, c, 3), CAUSE_ISSUER_UNKNOWN);
}

static void nobody_issued_it(void **state)
{
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "", FROM_PRESENTED),
				ca_of("", "CN=Root", FROM_STORE)};

	(void)state;
	assert_cause(with_chain(failed_verification(20, 0), c, 1, c, 1),
		     CAUSE_MALFORMED_CERTIFICATE);
	assert_cause(with_chain(failed_verification(2, 1), c, 2, c, 1),
		     CAUSE_MALFORMED_CERTIFICATE);
}

static void issuer_is_called_otherwise(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=A,OU=B", FROM_PRESENTED)};
	struct cert_info sent[] = {c[0], ca_of("OU=B,CN=A", "CN=Root", FROM_PRESENTED)};
	struct near_miss near[] = {{&sent[1], 29, TRIED_GOOD}};
	struct evidence *e;
	struct record r;

	(void)state;
	e = with_chain(failed_verification(20, 0), c, 1, sent, 2);
	e->near = near; /* its key signed, so it is the issuer */
	e->near_count = 1;
	r = diagnosed(e);
	assert_int_equal(r.cause, CAUSE_ISSUER_REFUSED);
	assert_true(says(&r, "is called"));
	assert_false(says(&r, "ExtraCAFile"));
	evidence_free(e);
}

/* One key more mends what the CA leaves: both are proposed. */
static void two_faults_and_two_keys(void **state)
{
	static struct text san[] = {{"DNS:elsewhere.example", 21}};
	static const struct {
		int code;
		const char *line;
	} more[] = {{66, "CipherString = DEFAULT:@SECLEVEL=0"},
		    {68, "CipherString = DEFAULT:@SECLEVEL=0"},
		    {85, "Strict = no"},
		    {62, "ExpectName = elsewhere.example"}};
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED),
				ca_of("CN=Root", "CN=Root", FROM_PRESENTED)};
	struct evidence *e;
	struct record r;
	size_t i;

	(void)state;
	c[0].san = san;
	c[0].san_count = 1;
	for (i = 0; i < ARRAY_LENGTH(more); i++) {
		e = with_chain(failed_verification(19, 1), c, 2, c, 2);
		evidence_add_error(e, more[i].code, 0);
		r = diagnosed(e);
		assert_true(says(&r, "ExtraCAFile") && says(&r, more[i].line));
		assert_int_equal(says(&r, "Until = "), more[i].code != 62);
		evidence_free(e);
	}
	/* three */
	e = with_chain(failed_verification(19, 1), c, 2, c, 2);
	evidence_add_error(e, 66, 0);
	evidence_add_error(e, 62, 0);
	r = diagnosed(e);
	assert_false(says(&r, "ExtraCAFile"));
	evidence_free(e);
}

/* Each of these stays, whatever the chain ends in. */
static void no_ca_where_more_is_wrong(void **state)
{
	static const int stays[] = {10, 26, 62, 7, 47, 79}, goes[] = {3, 21, 33, 43};
	struct cert_info c[] = {certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED),
				ca_of("CN=Root", "CN=Root", FROM_PRESENTED)};
	struct evidence *e;
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(stays); i++) {
		e = with_chain(failed_verification(19, 1), c, 2, c, 2);
		evidence_add_error(e, stays[i], 0);
		r = diagnosed(e);
		assert_int_equal(r.cause, CAUSE_UNTRUSTED_ROOT);
		assert_false(says(&r, "ExtraCAFile"));
		assert_true(says(&r, "a further CA alone does not help"));
		evidence_free(e);
	}
	for (i = 0; i < ARRAY_LENGTH(goes); i++) {
		e = with_chain(failed_verification(19, 1), c, 2, c, 2);
		evidence_add_error(e, goes[i], 0);
		r = diagnosed(e);
		assert_true(says(&r, "ExtraCAFile"));
		evidence_free(e);
	}
	c[0].not_after = NOW - DAY; /* where only the first error is known */
	e = with_chain(failed_verification(19, 1), c, 2, c, 2);
	r = diagnosed(e);
	assert_false(says(&r, "ExtraCAFile"));
	evidence_free(e);
}

/* No other certificate of that name would fit better. */
static void issuer_with_a_fault_of_its_own(void **state)
{
	struct cert_info c[] = {
	    certificate_of("CN=legacy.example.com", "CN=Corp CA", FROM_PRESENTED)};
	struct cert_info other = ca_of("CN=Corp CA", "CN=Corp CA", FROM_STORE);
	static const int codes[] = {24, 32, 76, 77};
	struct near_miss near[] = {{&other, 0, TRIED_NOT}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(codes); i++) {
		struct evidence *e = with_chain(failed_verification(20, 0), c, 1, c, 1);
		struct record r;

		near[0].code = codes[i];
		e->near = near;
		e->near_count = 1;
		r = diagnosed(e);
		assert_int_equal(r.cause, CAUSE_ISSUER_REFUSED);
		assert_false(says(&r, "ExtraCAFile"));
		evidence_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(broken_extension_comes_first),
	    cmocka_unit_test(empty_store),
	    cmocka_unit_test(issuer_of_that_name_does_not_fit),
	    cmocka_unit_test(only_the_leaf_was_sent),
	    cmocka_unit_test(presented_certificates_do_not_link),
	    cmocka_unit_test(linked_but_root_not_sent),
	    cmocka_unit_test(stored_intermediate_without_root),
	    cmocka_unit_test(self_signed_and_untrusted_root),
	    cmocka_unit_test(too_long),
	    cmocka_unit_test(first_error_is_the_cause),
	    cmocka_unit_test(rule_that_may_not_act_is_named),
	    cmocka_unit_test(circle),
	    cmocka_unit_test(nobody_issued_it),
	    cmocka_unit_test(issuer_is_called_otherwise),
	    cmocka_unit_test(no_ca_where_more_is_wrong),
	    cmocka_unit_test(two_faults_and_two_keys),
	    cmocka_unit_test(issuer_with_a_fault_of_its_own),
	    cmocka_unit_test(section_of_a_certificate_without_connection),
	    cmocka_unit_test(no_section_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
