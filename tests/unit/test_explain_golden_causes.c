/* SPDX-License-Identifier: ISC
 *
 * Golden records of the causes that test_explain_golden.c has not: together they have all. The name is the cause's word.
 */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- verification: a code at a depth, and what of the certificates makes it so ---------------------------------------- */
static void ca_expired_root_away(struct cert_info *c, struct evidence *e)
{
	c[1].from = FROM_STORE;
	c[1].trusted_by_client = true;
	e->chain_count = 2;
	e->presented_count = 1;
}

static void begins_later(struct cert_info *c, struct evidence *e)
{
	(void)e;
	c[0].not_before = NOW + 3 * DAY;
	c[0].not_after = NOW + 368 * DAY;
}

static void clock_of_1970(struct cert_info *c, struct evidence *e)
{
	(void)c;
	e->now = 3 * 3600;
}

static void common_name_only(struct cert_info *c, struct evidence *e)
{
	c[0].san_count = 0;
	e->name_asked = e->name_checked = true;
	e->expected_name = e->host;
}

static void by_address(struct cert_info *c, struct evidence *e)
{
	(void)c;
	e->host = e->address = e->expected_name = "192.0.2.17";
	e->sni = NULL;
	e->name_asked = e->name_checked = true;
}

static void default_host_answers(struct cert_info *c, struct evidence *e)
{
	static struct text other[] = {{"DNS:default.hoster.example", 26}};

	c[0].san = other;
	c[0].common_name = text_of("default.hoster.example");
	c[0].subject = text_of("CN=default.hoster.example");
	e->sni = NULL;
	e->name_asked = e->name_checked = true;
	e->expected_name = e->host;
}

static void unknown_extension(struct cert_info *c, struct evidence *e)
{
	(void)e;
	c[0].unknown_critical = "1.3.6.1.4.1.55555.1.2";
}

static void no_ca(struct cert_info *c, struct evidence *e)
{
	(void)e;
	c[1].ca = false;
}

static void short_path(struct cert_info *c, struct evidence *e)
{
	(void)e;
	c[2].path_length = 0;
}

static void for_clients(struct cert_info *c, struct evidence *e)
{
	(void)e;
	c[0].has_extended_key_usage = c[0].eku_client = true;
}

static void sha1(struct cert_info *c, struct evidence *e)
{
	c[1].signature = "RSA-SHA1";
	e->security_level = 2;
}

static const struct {
	const char *word;
	int code, depth;
	void (*change)(struct cert_info *chain, struct evidence *e);
} verifications[] = {
    {"anchor-not-root", 2, 1, ca_expired_root_away},
    {"not-yet-valid", 9, 0, begins_later},
    {"clock-wrong", 9, 2, clock_of_1970},
    {"no-san", 62, 0, common_name_only},
    {"address-mismatch", 64, 0, by_address},
    {"sni-not-sent", 62, 0, default_host_answers},
    {"bad-signature", 7, 0, NULL},
    {"unknown-critical-extension", 34, 0, unknown_extension},
    {"not-a-ca", 79, 1, no_ca},
    {"path-length", 25, 1, short_path},
    {"wrong-purpose", 26, 0, for_clients},
    {"weak-digest", 68, 1, sha1},
    {"explicit-curve", 94, 0, NULL},
    {"strict-profile", 85, 0, NULL},
    {"distrusted", 28, 2, NULL},
    {"revoked", 23, 0, NULL},
    {"crl-unavailable", 3, 0, NULL},
    {"crl-invalid", 12, 0, NULL},
    {"ocsp", 74, 0, NULL},
    {"policy", 43, 0, NULL},
    {"pinned-elsewhere", 65, 0, NULL},
    {"scts-missing", 71, 0, NULL},
    {"internal", 70, 0, NULL},
};

static void verifications_read_as_reviewed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(verifications); i++) {
		struct evidence *e =
		    failed_verification(verifications[i].code, verifications[i].depth);
		struct cert_info *c = three_certificates(e);

		if (verifications[i].change)
			verifications[i].change(c, e);
		golden(verifications[i].word, e);
	}
}

/* ---- handshakes ---------------------------------------------------------------------------------------------------------- */
static struct evidence *with_reason(int reason, int alert, const char *text)
{
	struct evidence *e = failed_handshake(reason, alert);

	e->ssl_reason_text = text;
	return e;
}

static void handshakes_read_as_reviewed(void **state)
{
	struct evidence *e;

	(void)state;
	golden("unknown-server-name", with_reason(1112, 112, "tlsv1 unrecognized name"));
	e = with_reason(1120, 120, "tlsv1 alert no application protocol");
	e->hello = (struct hello){.size = 300, .max_version = 0x0304};
	golden("no-common-alpn", e);
	e = with_reason(338, -1, "unsafe legacy renegotiation disabled");
	e->server_version = 0x0303;
	e->last_received = 2;
	golden("legacy-renegotiation", e);
	e = with_reason(373, -1, "inappropriate fallback");
	e->server_version = 0x0303;
	e->last_received = 2;
	golden("downgrade-detected", e);
	e = with_reason(0, -1, NULL);
	e->system_errno = ECONNREFUSED;
	golden("network-error", e);
	e = with_reason(0, -1, NULL);
	e->system_errno = EBADF;
	e->transport = TRANSPORT_CLOSED;
	e->descriptor = 7;
	golden("no-connection", e);
	e = with_reason(281, -1, "decryption failed or bad record mac");
	e->server_version = 0x0304;
	e->last_received = 2;
	golden("protocol-error", e);
}

static void name_not_checked_reads_as_reviewed(void **state)
{
	static struct text other[] = {{"DNS:legacy.corp", 15}};
	struct evidence *e = failed_verification(0, 0);
	struct cert_info *c = three_certificates(e);

	(void)state;
	e->event = EVENT_VERIFY_IGNORED;
	e->error_count = 0;
	e->enforced = false;
	e->verify_peer = e->passed = true;
	e->name_checked = true;
	c[0].san = other;
	golden("name-not-checked", e);
}

/* What a rule demands, of a client that itself would have gone on. */
static struct evidence *refused_by_rule(const char *demand)
{
	struct evidence *e = failed_verification(0, 0);

	three_certificates(e);
	e->error_count = 0;
	e->demand = demand;
	e->demand_went_on = true;
	return e;
}

static void demands_read_as_reviewed(void **state)
{
	struct evidence *e = refused_by_rule("EnforceVerification at /etc/tlsmend.conf:3");

	(void)state;
	e->chain_count = e->presented_count = 0;
	e->demand_problem = "the server showed no certificate";
	golden("demand-unmet", e);
	e = refused_by_rule("PinSHA256 at /etc/tlsmend.conf:3");
	e->pins = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	golden("pinned-by-rule", e);
}

/* ---- all of them --------------------------------------------------------------------------------------------------------- */
static void every_cause_has_a_golden_record(void **state)
{
	int c;

	(void)state;
	for (c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) {
		struct stat found;
		char path[128];

		snprintf(path, sizeof(path), "tests/unit/golden/%s.txt", cause_table[c].word);
		if (stat(path, &found) != 0)
			fail_msg("%s is missing", path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verifications_read_as_reviewed),
	    cmocka_unit_test(handshakes_read_as_reviewed),
	    cmocka_unit_test(name_not_checked_reads_as_reviewed),
	    cmocka_unit_test(demands_read_as_reviewed),
	    cmocka_unit_test(every_cause_has_a_golden_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
