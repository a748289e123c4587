/* SPDX-License-Identifier: ISC
 *
 * The tables: causes, codes by generation, alerts.
 */
#include <tlsmend/vocabulary.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "openssl_direct.h"

static void every_cause_is_told(void **state)
{
	unsigned c;

	(void)state;
	for (c = 1; c < CAUSE_COUNT; c++) {
		const struct cause_info *i = &cause_table[c];

		assert_true(i->word[0] != 0);
		assert_int_equal(cause_by_word(i->word), c);
		assert_int_not_equal(i->family, FAMILY_NONE);
		assert_true(strlen(i->title) > 10 && !strchr(i->title, '\n'));
		assert_true(strlen(cause_text(c)) > 150);
		assert_non_null(strstr(cause_text(c), "Why it matters"));
		assert_non_null(strstr(cause_text(c), "Who can mend it"));
	}
	assert_int_equal(cause_by_word("no-such-cause"), CAUSE_NONE);
	assert_int_equal(cause_by_word(NULL), CAUSE_NONE);
}

static void no_text_does_without_a_check(void **state)
{
	static const char *const forbidden[] = {
	    "insecure",   "VERIFY_NONE", "verify=False",
	    "--no-check", "turn off",    "switch off verification",
	    "disable",    "ignore the",  "VerifyMode",
	    "CERT_NONE",  "sslVerify",   "PARTIAL_CHAIN"};
	unsigned c;
	size_t i;

	(void)state;
	for (c = 1; c < CAUSE_COUNT; c++) {
		for (i = 0; i < ARRAY_LENGTH(forbidden); i++)
			assert_null(strstr(cause_text(c), forbidden[i]));
	}
}

static bool known_key(const char *line, size_t n)
{
	static const char *const keys[] = {
#define KEY(id, name, effect, syntax, text) name,
#include "../../shim/policy/keys.def"
#undef KEY
	};
	size_t i;

	for (i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strlen(keys[i]) == n && memcmp(keys[i], line, n) == 0)
			return true;
	}
	return false;
}

/* An example that `tlsmend lint` would refuse is a wrong help. */
static void examples_use_keys_that_exist(void **state)
{
	unsigned c, examples = 0;

	(void)state;
	for (c = 1; c < CAUSE_COUNT; c++) {
		const char *line = cause_text(c);

		for (; line; line = strchr(line, '\n')) {
			line += *line == '\n';
			if (*line == '\0')
				break;
			/* the others are commands, and what a file looks like */
			if (strncmp(line, "    ", 4) == 0 &&
			    memmem(line, strcspn(line, "\n"), " = ", 3)) {
				assert_true(known_key(line + 4, strcspn(line + 4, " =")));
				examples++;
			}
		}
	}
	assert_true(examples > 10);
}

static void trust_acts_on_one_family_only(void **state)
{
	unsigned c, yes = 0;

	(void)state;
	for (c = 0; c < CAUSE_COUNT; c++) {
		if (!cause_trust_may_act((enum cause)c))
			continue;
		assert_int_equal(cause_table[c].family, FAMILY_ANCHOR);
		yes++;
	}
	assert_int_equal(yes, 10);
	assert_false(cause_trust_may_act(CAUSE_MALFORMED_CERTIFICATE));
	assert_false(cause_trust_may_act(CAUSE_CHAIN_TOO_LONG));
	assert_false(cause_trust_may_act(CAUSE_EXPIRED));
	assert_false(cause_trust_may_act(CAUSE_NONE));
}

static void codes_move_between_generations(void **state)
{
	(void)state;
	assert_string_equal(verify_code_name(24, 0x1000200ful), "X509_V_ERR_INVALID_CA");
	assert_string_equal(verify_code_name(24, 0x1010117ful), "X509_V_ERR_INVALID_CA");
	assert_string_equal(verify_code_name(24, 0x30000000ul), "X509_V_ERR_NO_ISSUER_PUBLIC_KEY");
	assert_string_equal(verify_code_name(65, 0x1000200ful), "X509_V_ERR_INVALID_CALL");
	assert_string_equal(verify_code_name(65, 0x1010117ful), "X509_V_ERR_DANE_NO_MATCH");
	assert_string_equal(verify_code_name(66, 0x30500000ul), "X509_V_ERR_EE_KEY_TOO_SMALL");
	assert_string_equal(verify_code_name(79, 0x1010117ful),
			    "X509_V_ERR_EC_KEY_EXPLICIT_PARAMS");
	assert_string_equal(verify_code_name(79, 0x40000000ul), "X509_V_ERR_INVALID_CA");
	assert_string_equal(verify_code_name(19, 0), "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN");
	assert_null(verify_code_name(94, 0x1010117ful));
	assert_null(verify_code_name(999, 0x30000000ul));
	assert_null(verify_code_name(-1, 0));
}

/* What the symbols' words say, in lower case; enough to notice a number in the wrong column. */
static const struct {
	const char *symbol, *words;
} wording[] = {
    {"X509_V_ERR_INVALID_CA", "invalid ca certificate"},
    {"X509_V_ERR_NO_ISSUER_PUBLIC_KEY", "public key"},
    {"X509_V_ERR_DANE_NO_MATCH", "dane"},
    {"X509_V_ERR_EE_KEY_TOO_SMALL", "ee certificate key too weak"},
    {"X509_V_ERR_CA_KEY_TOO_SMALL", "ca certificate key too weak"},
    {"X509_V_ERR_CA_MD_TOO_WEAK", "digest"},
    {"X509_V_ERR_INVALID_CALL", "verification context"},
    {"X509_V_ERR_STORE_LOOKUP", "lookup"},
    {"X509_V_ERR_EC_KEY_EXPLICIT_PARAMS", "explicit"},
    {"X509_V_ERR_HOSTNAME_MISMATCH", "hostname mismatch"},
    {"X509_V_ERR_IP_ADDRESS_MISMATCH", "ip address mismatch"},
    {"X509_V_ERR_CERT_HAS_EXPIRED", "certificate has expired"},
    {"X509_V_ERR_CRL_HAS_EXPIRED", "crl has expired"},
    {"X509_V_ERR_CERT_REVOKED", "revoked"},
    {"X509_V_ERR_INVALID_PURPOSE", "certificate purpose"},
    {"X509_V_ERR_PATH_LENGTH_EXCEEDED", "path length constraint exceeded"},
    {"X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION", "unhandled critical extension"},
    {"X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER", "missing authority key identifier"},
    {"X509_V_ERR_CA_CERT_MISSING_KEY_USAGE", "key usage"},
    {"X509_V_ERR_NO_VALID_SCTS", "scts"},
};

static void lower(char *out, const char *s, size_t size)
{
	size_t i;

	for (i = 0; s[i] != '\0' && i + 1 < size; i++)
		out[i] = ascii_lower(s[i]);
	out[i] = '\0';
}

static void codes_agree_with_the_library(void **state)
{
	const struct openssl *o = openssl_direct();
	char words[128];
	size_t i;
	int code, known = 0;

	(void)state;
	if (!o->X509_verify_cert_error_string)
		skip();
	for (code = 0; code < 130; code++) {
		const char *name = verify_code_name(code, o->version);

		lower(words, o->X509_verify_cert_error_string(code), sizeof(words));
		if (strstr(words, "unknown certificate verification error") ||
		    strncmp(words, "error number", 12) == 0)
			continue;
		known++;
		if (!name)
			fail_msg("code %d of %s (%s) is not in codes.def", code, o->version_text,
				 words);
		for (i = 0; i < ARRAY_LENGTH(wording); i++) {
			if (strcmp(name, wording[i].symbol) == 0 &&
			    !strstr(words, wording[i].words))
				fail_msg("code %d is %s here, but the library says: %s", code, name,
					 words);
		}
	}
	assert_true(known > 70);
}

static void alerts_and_messages_have_names(void **state)
{
	(void)state;
	assert_string_equal(alert_name(48), "unknown_ca");
	assert_string_equal(alert_name(116), "certificate_required");
	assert_null(alert_name(255));
	assert_null(alert_name(-1));
	assert_string_equal(handshake_message_name(2), "ServerHello");
	assert_null(handshake_message_name(-1));
	assert_string_equal(event_name(EVENT_VERIFY_FAILED), "verify_failed");
	assert_string_equal(event_name(EVENT_HANDSHAKE_OK), "handshake_ok");
	assert_string_equal(level_name(LEVEL_DEBUG), "debug");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_cause_is_told),
	    cmocka_unit_test(no_text_does_without_a_check),
	    cmocka_unit_test(examples_use_keys_that_exist),
	    cmocka_unit_test(trust_acts_on_one_family_only),
	    cmocka_unit_test(codes_move_between_generations),
	    cmocka_unit_test(codes_agree_with_the_library),
	    cmocka_unit_test(alerts_and_messages_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
