/* SPDX-License-Identifier: ISC
 *
 * Real certificates, sound and hostile, through the system's libcrypto: what evidence.c reads out of them, and that no name
 * breaks a record. Run from the top of the tree (seeds of tests/fuzz).
 */
#include "../../shim/record/forms.h"
#include <tlsmend/diagnose.h>
#include "explain_bytes.h"
#include "explain_helper.h"
#include "seed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static uint8_t data[65536];

static size_t load(const char *name)
{
	return seed_load(name, data, sizeof(data));
}

static void assert_seed(const char *name, enum cause expected,
			void (*look)(const struct evidence *, const struct record *))
{
	const enum cause cause = bytes_explain(data, load(name), "legacy.example.com", NULL, look);

	if (cause != expected)
		fail_msg("%s: %s", name, cause_table[cause].word);
}

static void assert_text(struct text t, const char *expected)
{
	assert_int_equal(t.n, strlen(expected));
	assert_memory_equal(t.s, expected, t.n);
}

static void look_at_chain(const struct evidence *e, const struct record *r)
{
	const struct cert_info *c = &e->chain[0];

	assert_int_equal(e->chain_count, 2);
	assert_text(c->subject, "CN=legacy.example.com");
	assert_text(c->issuer, "CN=Corp Issuing CA");
	assert_text(c->common_name, "legacy.example.com");
	assert_int_equal(c->san_count, 2);
	assert_text(c->san[0], "DNS:legacy.example.com");
	assert_text(c->san[1], "IP:192.0.2.7");
	assert_text(c->ca_issuers_url, "http://ca.example/issuing.crt");
	assert_string_equal(c->key, "EC P-256");
	assert_string_equal(c->signature, "ecdsa-with-SHA256");
	assert_int_equal(c->not_before, 1767225600);
	assert_int_equal(c->not_after, 1798761600);
	assert_true(c->have_sha256 && c->has_extended_key_usage && c->eku_server &&
		    !c->eku_client && !c->ca && !c->malformed);
	assert_int_equal(c->authority_key_id.n, 20);
	assert_true(e->chain[1].ca && e->chain[1].has_basic_constraints &&
		    !e->chain[1].self_issued);
	assert_int_equal(e->chain[1].path_length, -1);
	assert_memory_equal(c->authority_key_id.s, e->chain[1].subject_key_id.s, 20);
	assert_true(e->name_checked && e->name_matches);
	assert_non_null(e->default_file);
	assert_int_equal(r->chain_count, 2);
}

static void look_at_near_miss(const struct evidence *e, const struct record *r)
{
	assert_int_equal(e->near_count, 1);
	assert_int_equal(e->near[0].code, 30);
	assert_non_null(strstr(r->why, "its key identifier is"));
}

static void look_at_broken(const struct evidence *e, const struct record *r)
{
	(void)r;
	assert_true(e->chain[0].malformed);
	assert_string_equal(e->chain[0].malformed_why, "subjectAltName cannot be read");
}

static void look_at_critical(const struct evidence *e, const struct record *r)
{
	(void)r;
	assert_string_equal(e->chain[0].unknown_critical, "1.3.6.1.4.1.99999.1");
}

static void look_at_bounds(const struct evidence *e, const struct record *r)
{
	(void)r;
	assert_int_equal(e->chain[0].san_count, 100);
}

static void real_certificates_are_read(void **state)
{
	(void)state;
	assert_seed("chain", CAUSE_ISSUER_UNKNOWN, look_at_chain);
	assert_seed("complete", CAUSE_UNTRUSTED_ROOT, NULL);
	assert_seed("leaf-only", CAUSE_ISSUER_UNKNOWN, NULL); /* with an address of its issuer */
	assert_seed("gap", CAUSE_INCOMPLETE_CHAIN, NULL);
	assert_seed("rekeyed-root", CAUSE_ISSUER_REFUSED, look_at_near_miss);
	assert_seed("self-signed", CAUSE_SELF_SIGNED, NULL);
	assert_seed("broken-san", CAUSE_MALFORMED_CERTIFICATE, look_at_broken);
	assert_seed("critical", CAUSE_UNKNOWN_CRITICAL_EXTENSION, look_at_critical);
	assert_seed("client-only", CAUSE_WRONG_PURPOSE, NULL);
	assert_seed("many-names", CAUSE_NAME_MISMATCH, look_at_bounds);
}

static void look_at_other_address(const struct evidence *e, const struct record *r)
{
	(void)r;
	assert_true(e->name_checked && !e->name_matches);
}

static void look_at_own_address(const struct evidence *e, const struct record *r)
{
	(void)r;
	assert_true(e->name_checked && e->name_matches);
}

static void addresses_are_checked_as_such(void **state)
{
	const size_t n = load("chain");

	(void)state;
	bytes_explain(data, n, "192.0.2.8", NULL, look_at_other_address);
	bytes_explain(data, n, "192.0.2.7", NULL, look_at_own_address);
	bytes_explain(data, n, "2001:db8::7", NULL, look_at_other_address);
}

static void hostile_certificates_stay_in_their_lines(void **state)
{
	(void)state;
	bytes_explain(data, load("hostile"), "legacy.example.com", NULL, NULL);
	bytes_explain(data, load("hostile"), NULL, NULL, NULL);
	bytes_explain(data, load("no-utf8"), NULL, NULL, NULL);
	bytes_explain(data, load("many-names"), NULL, NULL, NULL);
}

/* The same with trials, which say yes and no. */
static void hostile_certificates_are_tried(void **state)
{
	static const char *const seeds[] = {"hostile", "no-utf8",      "complete",
					    "gap",     "rekeyed-root", "self-signed"};
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(seeds); i++) {
		n = load(seeds[i]);
		data[0] |= 4;
		bytes_explain(data, n, "legacy.example.com", NULL, NULL);
		data[0] |= 2;
		bytes_explain(data, n, "legacy.example.com", NULL, NULL);
	}
}

/* Beyond what a parser lets through: raw bytes of any kind, 64 KiB of them. */
static void any_bytes_in_any_name(void **state)
{
	static const char *const evil[] = {"a\nb",
					   "\033[2J\007",
					   "\xe2\x80\xae"
					   "abc",
					   "\xff\xfe\x80",
					   "\xc2\x9b"
					   "31m",
					   "\\x00\\",
					   "\"},{\"",
					   "\xe2\x80\xa8tlsmend: error[x]"};
	static char huge[65536];
	struct cert_info c[2];
	struct evidence *e;
	struct record r;
	size_t i;

	(void)state;
	memset(huge, 'A', sizeof(huge));
	for (i = 0; i <= ARRAY_LENGTH(evil); i++) {
		const struct text t =
		    i < ARRAY_LENGTH(evil) ? text_of(evil[i]) : (struct text){huge, sizeof(huge)};
		struct text names[200];
		size_t k;

		for (k = 0; k < ARRAY_LENGTH(names); k++)
			names[k] = t;
		e = failed_verification(62, 0);
		c[0] = certificate_of("CN=x", "CN=y", FROM_PRESENTED);
		c[0].subject = c[0].issuer = c[0].common_name = c[0].ca_issuers_url = t;
		c[0].san = names;
		c[0].san_count = ARRAY_LENGTH(names);
		c[0].serial = c[0].key = c[0].signature = c[0].malformed_why =
		    c[0].unknown_critical = i < ARRAY_LENGTH(evil) ? evil[i] : "x";
		c[1] = c[0];
		e->chain = e->presented = c;
		e->chain_count = e->presented_count = 2;
		e->host = e->sni = e->expected_name = e->rule = e->store_text = c[0].serial;
		diagnose(e, &r);
		bytes_check_record(&r, NULL);
		e->errors[0].code = e->code = 20;
		diagnose(e, &r);
		bytes_check_record(&r, NULL);
		evidence_free(e);
	}
}

static void a_nul_is_shown(void **state)
{
	struct cert_info c = certificate_of("CN=x", "CN=y", FROM_PRESENTED);
	struct text name = {"DNS:good.example\0.evil.example", 30};
	struct evidence *e = failed_verification(62, 0);
	struct record r;
	struct buf b;

	(void)state;
	c.san = &name;
	c.san_count = 1;
	e->chain = &c;
	e->chain_count = 1;
	diagnose(e, &r);
	assert_non_null(strstr(r.why, "good.example\\x00.evil.example"));
	buf_init(&b, 0);
	json_render(&r, &b);
	assert_non_null(strstr(buf_str(&b), "DNS:good.example\\u0000.evil.example"));
	buf_free(&b);
	evidence_free(e);
}

static void the_error_queue_stays_empty(void **state)
{
	const struct openssl *o = openssl_direct();
	static const char *const seeds[] = {"chain", "hostile", "broken-san", "critical",
					    "self-signed"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(seeds); i++) {
		const unsigned long before = o->ERR_peek_last_error();

		errno = 4711;
		bytes_explain(data, load(seeds[i]), "legacy.example.com", NULL, NULL);
		assert_int_equal(o->ERR_peek_last_error(), before);
		assert_int_equal(errno, 4711);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_error_queue_stays_empty),
	    cmocka_unit_test(real_certificates_are_read),
	    cmocka_unit_test(addresses_are_checked_as_such),
	    cmocka_unit_test(hostile_certificates_stay_in_their_lines),
	    cmocka_unit_test(hostile_certificates_are_tried),
	    cmocka_unit_test(any_bytes_in_any_name),
	    cmocka_unit_test(a_nul_is_shown),
	};

	if (!openssl_direct()->d2i_X509) {
		fprintf(stderr, "no libcrypto here\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
