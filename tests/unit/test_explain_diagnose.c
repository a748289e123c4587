/* SPDX-License-Identifier: ISC
 *
 * Verification errors besides the anchor (causes.md#verification), handshakes (2), what is not checked (4).
 */
#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void assert_word(struct evidence *e, enum cause expected)
{
	struct record r;

	diagnose(e, &r);
	assert_string_equal(cause_table[r.cause].word, cause_table[expected].word);
	assert_non_null(r.message);
	assert_non_null(r.why);
	assert_true(*r.why != '\0');
	assert_true(r.help_count > 0);
	evidence_free(e);
}

static struct text san[] = {{"DNS:legacy.example.com", 22}};

static struct evidence *verification(struct cert_info *chain, int code, int depth)
{
	struct evidence *e = failed_verification(code, depth);

	chain[0] = certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED);
	chain[0].san = san;
	chain[0].san_count = 1;
	chain[1] = ca_of("CN=Root", "CN=Root", FROM_STORE);
	e->chain = e->presented = chain;
	e->chain_count = 2;
	e->presented_count = 1;
	return e;
}

static void code_by_code(void **state)
{
	static const struct {
		int code;
		enum cause cause;
	} table[] = {
	    {10, CAUSE_EXPIRED},
	    {9, CAUSE_NOT_YET_VALID},
	    {62, CAUSE_NAME_MISMATCH},
	    {64, CAUSE_ADDRESS_MISMATCH},
	    {7, CAUSE_BAD_SIGNATURE},
	    {4, CAUSE_BAD_SIGNATURE},
	    {6, CAUSE_BAD_SIGNATURE},
	    {34, CAUSE_UNKNOWN_CRITICAL_EXTENSION},
	    {79, CAUSE_NOT_A_CA},
	    {37, CAUSE_NOT_A_CA},
	    {32, CAUSE_NOT_A_CA},
	    {25, CAUSE_PATH_LENGTH},
	    {26, CAUSE_WRONG_PURPOSE},
	    {47, CAUSE_NAME_CONSTRAINT},
	    {48, CAUSE_NAME_CONSTRAINT},
	    {53, CAUSE_NAME_CONSTRAINT},
	    {66, CAUSE_WEAK_KEY},
	    {67, CAUSE_WEAK_KEY},
	    {68, CAUSE_WEAK_DIGEST},
	    {78, CAUSE_BAD_SIGNATURE},
	    {94, CAUSE_EXPLICIT_CURVE},
	    {80, CAUSE_STRICT_PROFILE},
	    {93, CAUSE_STRICT_PROFILE},
	    {102, CAUSE_STRICT_PROFILE},
	    {28, CAUSE_DISTRUSTED},
	    {23, CAUSE_REVOKED},
	    {3, CAUSE_CRL_UNAVAILABLE},
	    {33, CAUSE_CRL_UNAVAILABLE},
	    {54, CAUSE_CRL_UNAVAILABLE},
	    {12, CAUSE_CRL_INVALID},
	    {8, CAUSE_CRL_INVALID},
	    {101, CAUSE_CRL_INVALID},
	    {74, CAUSE_OCSP},
	    {99, CAUSE_OCSP},
	    {43, CAUSE_POLICY},
	    {65, CAUSE_PINNED_ELSEWHERE},
	    {71, CAUSE_SCTS_MISSING},
	    {50, CAUSE_CLIENT_REFUSED},
	    {1, CAUSE_INTERNAL},
	    {17, CAUSE_INTERNAL},
	    {69, CAUSE_INTERNAL},
	    {4711, CAUSE_INTERNAL},
	};
	struct cert_info chain[2];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(table); i++)
		assert_word(verification(chain, table[i].code, 0), table[i].cause);
}

/* Names times limits are too many to compare: OpenSSL says "unspecified". */
static void constraints_without_a_code(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 1, 0);
	struct name_clash clash = {.below = &chain[0], .ca = &chain[1], .code = 1};

	(void)state;
	chain[1].has_name_constraints = true;
	e->clash = &clash; /* OpenSSL's own comparison with the limits of that CA said so */
	assert_word(e, CAUSE_NAME_CONSTRAINT);
	e = verification(chain, 1, 0);
	chain[1].has_name_constraints = true;
	assert_word(e, CAUSE_INTERNAL);
	e = verification(chain, 1, 0);
	chain[1].has_name_constraints = true;
	chain[0].malformed = true;
	assert_word(e, CAUSE_MALFORMED_CERTIFICATE);
}

/* The signer of a revocation list was revoked, not the server. */
static void errors_of_a_revocation_list_s_own_chain(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 54, 0);

	(void)state;
	e->errors[0].code = 23;
	evidence_add_error(e, 54, 0);
	assert_word(e, CAUSE_CRL_UNAVAILABLE);
}

static void a_ca_as_server(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 26, 0);
	struct record r;

	(void)state;
	chain[0].has_key_usage = true;
	chain[0].key_usages = "keyCertSign";
	chain[0].ca = true;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_WRONG_PURPOSE);
	assert_non_null(strstr(r.why, "is that of a CA"));
	evidence_free(e);
}

static void old_numbers_mean_something_else(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 24, 1);

	(void)state;
	e->version = 0x1010117ful;
	assert_word(e, CAUSE_NOT_A_CA);
	e = verification(chain, 66, 0);
	e->version = 0x1000200ful;
	assert_word(e, CAUSE_INTERNAL);
	e = verification(chain, 79, 0);
	e->version = 0x1010117ful;
	assert_word(e, CAUSE_EXPLICIT_CURVE);
}

static void clock_or_certificate(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 9, 0);

	(void)state;
	e->now = 0 + DAY; /* 1970 */
	assert_word(e, CAUSE_CLOCK_WRONG);
	e = verification(chain, 10, 0);
	chain[0].not_after = 1000 * DAY;
	e->now = 2000 * DAY; /* the clock is slow, and yet it has expired */
	assert_word(e, CAUSE_EXPIRED);
	e = verification(chain, 9, 0);
	chain[0].not_before = NOW + DAY;
	assert_word(e, CAUSE_NOT_YET_VALID);
}

/* In the far future, or a machine that was forgotten for years: nobody can tell. */
static void all_have_expired(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 10, 1);
	struct record r;

	(void)state;
	chain[0].not_after = NOW + 90 * DAY;
	chain[1].not_after = NOW + 3000 * DAY;
	e->now = NOW + 20000 * DAY;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_EXPIRED);
	assert_non_null(strstr(r.help[0], "check this machine's clock (date -u) first"));
	evidence_free(e);
	e = verification(chain, 10, 1);
	chain[0].not_after = NOW + 90 * DAY;
	chain[1].not_after = NOW - DAY;
	e->now = NOW;
	diagnose(e, &r);
	assert_null(strstr(r.help[0], "clock"));
	evidence_free(e);
}

static void names(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 62, 0);

	(void)state;
	chain[0].san_count = 0;
	assert_word(e, CAUSE_NO_SAN);
	e = verification(chain, 62, 0);
	e->sni = NULL;
	assert_word(e, CAUSE_SNI_NOT_SENT);
	e = verification(chain, 62, 0);
	e->sni = NULL;
	e->have_connection = false; /* then nothing is known about SNI */
	assert_word(e, CAUSE_NAME_MISMATCH);
}

/* A client that checks the name by itself: OpenSSL has no code for it. */
static void name_found_out_by_the_client(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 0, -1);

	(void)state;
	e->error_count = 0;
	e->name_checked = true;
	assert_word(e, CAUSE_NAME_MISMATCH);
	e = verification(chain, 0, -1);
	e->error_count = 0;
	e->name_checked = e->name_matches = true;
	assert_word(e, CAUSE_CLIENT_REFUSED);
}

static void not_checked(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 10, 0);
	struct record r;

	(void)state;
	chain[0].not_after = NOW - DAY;
	e->event = EVENT_VERIFY_IGNORED;
	e->enforced = false;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_VERIFICATION_OFF);
	assert_int_equal(r.level, LEVEL_WARNING);
	assert_non_null(strstr(r.why, "(expired)"));
	evidence_free(e);

	e = verification(chain, 10, 0);
	e->event = EVENT_VERIFY_IGNORED;
	e->verify_peer = true;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_ERROR_WAIVED);
	assert_int_equal(r.waived_count, 1);
	assert_string_equal(
	    r.waived[0], "X509_V_ERR_CERT_HAS_EXPIRED (10) at depth 0: a certificate has expired");
	evidence_free(e);

	e = verification(chain, 0, -1);
	e->event = EVENT_VERIFY_IGNORED;
	e->error_count = 0;
	e->name_checked = true;
	assert_word(e, CAUSE_NAME_NOT_CHECKED);
}

static void by_reason(void **state)
{
	static const struct {
		int reason;
		enum cause cause;
	} table[] = {{258, CAUSE_SERVER_TOO_OLD},       {396, CAUSE_SERVER_TOO_OLD},
		     {191, CAUSE_NO_PROTOCOLS},         {338, CAUSE_LEGACY_RENEGOTIATION},
		     {394, CAUSE_DH_KEY_SMALL},         {370, CAUSE_LEGACY_SIGNATURE},
		     {399, CAUSE_OWN_CERTIFICATE_WEAK}, {181, CAUSE_NO_CIPHERS},
		     {373, CAUSE_DOWNGRADE_DETECTED},   {248, CAUSE_PROTOCOL_ERROR},
		     {1040, CAUSE_HANDSHAKE_REFUSED},   {1080, CAUSE_PEER_ERROR}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(table); i++)
		assert_word(failed_handshake(table[i].reason, -1), table[i].cause);
}

static void by_alert(void **state)
{
	struct evidence *e;

	(void)state;
	assert_word(failed_handshake(1112, 112), CAUSE_UNKNOWN_SERVER_NAME);
	assert_word(failed_handshake(1120, 120), CAUSE_NO_COMMON_ALPN);
	assert_word(failed_handshake(1040, 40), CAUSE_HANDSHAKE_REFUSED);
	assert_word(failed_handshake(1086, 86), CAUSE_DOWNGRADE_DETECTED);
	assert_word(failed_handshake(1116, 116), CAUSE_CLIENT_CERTIFICATE_MISSING);
	assert_word(failed_handshake(1051, 51), CAUSE_PEER_ERROR);
	e = failed_handshake(1040, 40);
	e->server_version = 0x0303;
	e->last_received = 14;
	assert_word(e, CAUSE_PEER_ERROR);
	e = failed_handshake(1040, 40);
	e->server_version = 0x0303;
	e->last_received = 14;
	e->certificate_requested = e->empty_certificate_sent = true;
	assert_word(e, CAUSE_CLIENT_CERTIFICATE_MISSING);
	e = failed_handshake(1048, 48);
	e->certificate_requested = true;
	assert_word(e, CAUSE_CLIENT_CERTIFICATE_REJECTED);
	assert_word(failed_handshake(1048, 48), CAUSE_PEER_ERROR);
}

/* Alerts that mean much count as about the client's certificate only right after it was sent. */
static void by_certificate(void **state)
{
	static const int alerts[] = {40, 50, 51};
	struct evidence *e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(alerts); i++) {
		e = failed_handshake(0, alerts[i]);
		e->server_version = 0x0303;
		e->last_received = 14;
		e->certificate_requested = e->certificate_sent = true;
		assert_word(e, CAUSE_CLIENT_CERTIFICATE_REJECTED);
		e = failed_handshake(0, alerts[i]);
		e->server_version = 0x0303;
		e->last_received = 4; /* NewSessionTicket: it was accepted */
		e->certificate_requested = e->certificate_sent = true;
		assert_word(e, CAUSE_PEER_ERROR);
	}
	e = failed_handshake(294, -1);
	e->server_version = 0x0303;
	e->last_received = 14;
	e->eof = e->certificate_requested = e->certificate_sent = true;
	assert_word(e, CAUSE_CLIENT_CERTIFICATE_REJECTED);
	e = failed_handshake(294, -1);
	e->server_version = 0x0303;
	e->last_received = 4;
	e->eof = e->certificate_requested = e->certificate_sent = true;
	assert_word(e, CAUSE_PROTOCOL_ERROR);
	e = failed_handshake(0, -1);
	e->unanswered = e->certificate_requested = e->empty_certificate_sent = true;
	assert_word(e, CAUSE_CLIENT_CERTIFICATE_MISSING);
}

static void by_version(void **state)
{
	struct evidence *e = failed_handshake(1070, 70);

	(void)state;
	e->min_offered = e->max_offered = 0x0301;
	assert_word(e, CAUSE_CLIENT_TOO_OLD);
	e = failed_handshake(1070, 70);
	e->min_offered = 0x0303;
	e->max_offered = 0x0304;
	assert_word(e, CAUSE_SERVER_TOO_OLD);
	e = failed_handshake(1070, 70); /* bounds not known: up to the library's newest */
	assert_word(e, CAUSE_SERVER_TOO_OLD);
	e = failed_handshake(1070, 70);
	e->max_offered = 0x0304;
	assert_word(e, CAUSE_SERVER_TOO_OLD);
	e = failed_handshake(1070, 70); /* an older server would answer with its own version */
	e->min_offered = e->max_offered = 0x0303;
	assert_word(e, CAUSE_CLIENT_TOO_OLD);
	e = failed_handshake(1070, 70); /* it had chosen one */
	e->server_version = 0x0303;
	e->last_received = 2;
	assert_word(e, CAUSE_PEER_ERROR);
}

static void signatures_of_an_old_version(void **state)
{
	static const int reasons[] = {370, 118, 333, 258};
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(reasons); i++) {
		struct evidence *e = failed_handshake(reasons[i], -1);

		e->server_version = 0x0301;
		e->last_received = 2;
		diagnose(e, &r);
		assert_int_equal(r.cause, CAUSE_SERVER_TOO_OLD);
		assert_non_null(strstr(r.why, "the server chose TLS 1.0"));
		evidence_free(e);
	}
	/* The level, not the version, is in the way where the client accepts that version. */
	struct evidence *e = failed_handshake(370, -1);
	e->server_version = 0x0302;
	e->min_offered = 0x0301;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_SERVER_TOO_OLD);
	for (i = 0; i < r.help_count; i++)
		assert_null(strstr(r.help[i], "MinProtocol"));
	evidence_free(e);
	e = failed_handshake(370, -1);
	e->server_version = 0x0303;
	assert_word(e, CAUSE_LEGACY_SIGNATURE);
}

static void refusals_of_an_old_offer(void **state)
{
	static const int alerts[] = {40, 47, 70, 71, 80};
	struct evidence *e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(alerts); i++) {
		e = failed_handshake(1000 + alerts[i], alerts[i]);
		e->max_offered = 0x0302;
		assert_word(e, CAUSE_CLIENT_TOO_OLD);
		e = failed_handshake(1000 + alerts[i], alerts[i]);
		e->max_offered = 0x0302;
		e->server_version = 0x0302;
		e->last_received = 2;
		assert_word(e, CAUSE_PEER_ERROR);
	}
	e = failed_handshake(294, -1);
	e->max_offered = 0x0301;
	e->eof = true;
	assert_word(e, CAUSE_CLIENT_TOO_OLD);
	e = failed_handshake(0, -1);
	e->max_offered = 0x0301;
	e->system_errno = ECONNRESET;
	assert_word(e, CAUSE_CLIENT_TOO_OLD);
	e = failed_handshake(1112, 112); /* another reason is named */
	e->max_offered = 0x0301;
	assert_word(e, CAUSE_UNKNOWN_SERVER_NAME);
	e = failed_handshake(1080, 80); /* it had accepted the version */
	e->max_offered = e->server_version = 0x0301;
	e->last_received = 2;
	assert_word(e, CAUSE_PEER_ERROR);
}

static void closed(void **state)
{
	struct evidence *e = failed_handshake(294, -1);

	(void)state;
	e->eof = true;
	assert_word(e, CAUSE_CLOSED_EARLY);
	e = failed_handshake(0, -1);
	e->system_errno = ECONNRESET;
	assert_word(e, CAUSE_CLOSED_EARLY);
	e = failed_handshake(294, -1);
	e->eof = true;
	e->bytes_received = 1200;
	e->last_received = 2;
	assert_word(e, CAUSE_PROTOCOL_ERROR);
	e = failed_handshake(294, -1);
	e->eof = e->certificate_requested = e->empty_certificate_sent = true;
	e->bytes_received = 1200;
	assert_word(e, CAUSE_CLIENT_CERTIFICATE_MISSING);
}

static void nothing_known(void **state)
{
	struct record r;
	unsigned event;

	(void)state;
	for (event = 0; event < EVENT_COUNT; event++) {
		struct evidence *e = evidence_new((enum event)event);
		struct buf b;

		diagnose(e, &r);
		assert_non_null(r.message);
		assert_int_equal(r.event, event);
		buf_init(&b, 0);
		text_render(&r, false, &b);
		json_render(&r, &b);
		assert_non_null(strstr(buf_str(&b), event_name((enum event)event)));
		buf_free(&b);
		evidence_free(e);
	}
}

static void without_memory_a_generic_record(void **state)
{
	struct cert_info chain[2];
	struct evidence *e = verification(chain, 10, 0);
	struct record r;

	(void)state;
	e->arena.failed = true;
	diagnose(e, &r);
	assert_string_equal(r.message, "cannot trust the server");
	assert_int_equal(r.help_count, 0);
	evidence_free(e);
}

/* The rule has the right CA; the client itself sees that none is there. */
static void what_fails_with_the_rules_ca(void **state)
{
	static const struct {
		int code;
		enum cause cause;
	} table[] = {{10, CAUSE_EXPIRED},
		     {26, CAUSE_WRONG_PURPOSE},
		     {62, CAUSE_NAME_MISMATCH},
		     {7, CAUSE_BAD_SIGNATURE}};
	struct cert_info chain[2];
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(table); i++) {
		struct evidence *e = verification(chain, 20, 0);

		e->errors[0].code = table[i].code;
		e->rule = "/etc/tlsmend.conf:3 [legacy.example.com] ExtraCAFile";
		e->rule_refused_name = table[i].code == 62;
		chain[0].not_after = table[i].code == 10 ? NOW - DAY : chain[0].not_after;
		diagnose(e, &r);
		assert_int_equal(r.cause, table[i].cause);
		assert_int_equal(r.code, table[i].code);
		assert_false(has_line(r.help, r.help_count, "ExtraCAFile"));
		assert_true(has_line(r.notes, r.notes_count, "was taken into account"));
		assert_true(has_line(r.notes, r.notes_count, "without the rule's CA, reports"));
		evidence_free(e);
	}
}

/* What is equal proves nothing. */
static void expected_and_presented_differ(void **state)
{
	static struct text same[] = {{"DNS:legacy.example.com", 22}};
	struct cert_info c = certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED);
	struct evidence *e = failed_verification(62, 0);
	struct record r;

	(void)state;
	c.san = same;
	c.san_count = 1;
	e->chain = e->presented = &c;
	e->chain_count = e->presented_count = 1;
	e->name_asked = e->name_checked = true;
	e->expected_name = e->host;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_NAME_MISMATCH);
	assert_null(r.expected);
	assert_null(r.presented);
	evidence_free(e);
}

/* A client may have dates checked against any time; an exception begins today. */
static void until_counts_from_today(void **state)
{
	struct cert_info c = certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED);
	struct evidence *e = failed_verification(66, 0);
	struct record r;
	size_t i;
	bool found = false;

	(void)state;
	c.key_bits = 1024;
	c.key = "RSA 1024";
	e->security_level = 2;
	e->now = 4102444800; /* 2100 */
	e->verify_flags = 0x2;
	e->chain = e->presented = &c;
	e->chain_count = e->presented_count = 1;
	diagnose(e, &r);
	for (i = 0; i < r.help_count; i++) {
		found = found || strstr(r.help[i], "Until = 20");
		assert_null(strstr(r.help[i], "Until = 2100"));
	}
	assert_true(found);
	evidence_free(e);
}

static void a_long_list_is_told(void **state)
{
	struct cert_info c = certificate_of("CN=legacy.example.com", "CN=Root", FROM_PRESENTED);
	struct evidence *e = failed_verification(20, 0);
	struct record r;

	(void)state;
	e->chain = e->presented = &c;
	e->chain_count = e->presented_count = 1;
	e->presented_in_all = 40;
	diagnose(e, &r);
	assert_true(r.notes_count > 0);
	assert_non_null(strstr(r.notes[r.notes_count - 1], "the server sent 40 certificates"));
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expected_and_presented_differ),
	    cmocka_unit_test(until_counts_from_today),
	    cmocka_unit_test(a_long_list_is_told),
	    cmocka_unit_test(code_by_code),
	    cmocka_unit_test(constraints_without_a_code),
	    cmocka_unit_test(errors_of_a_revocation_list_s_own_chain),
	    cmocka_unit_test(a_ca_as_server),
	    cmocka_unit_test(old_numbers_mean_something_else),
	    cmocka_unit_test(clock_or_certificate),
	    cmocka_unit_test(all_have_expired),
	    cmocka_unit_test(names),
	    cmocka_unit_test(name_found_out_by_the_client),
	    cmocka_unit_test(not_checked),
	    cmocka_unit_test(by_reason),
	    cmocka_unit_test(by_alert),
	    cmocka_unit_test(by_certificate),
	    cmocka_unit_test(by_version),
	    cmocka_unit_test(signatures_of_an_old_version),
	    cmocka_unit_test(refusals_of_an_old_offer),
	    cmocka_unit_test(what_fails_with_the_rules_ca),
	    cmocka_unit_test(closed),
	    cmocka_unit_test(nothing_known),
	    cmocka_unit_test(without_memory_a_generic_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
