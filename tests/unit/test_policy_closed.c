/* SPDX-License-Identifier: ISC
 *
 * A strengthening key fails closed: a section that is dropped for an error closes the hosts for which it names one.
 */
#include "policy_helper.h"

static void ignore_message(void *arg, const struct config_message *m)
{
	(void)m;
	++*(unsigned *)arg;
}

static struct policy *parse(const char *text)
{
	struct config_source source = source_of(SOURCE_FILE, "t.conf", text);
	unsigned messages = 0;
	bool bad = false;
	struct policy *p = policy_parse(&source, 1, false, ignore_message, &messages, &bad);

	assert_non_null(p);
	assert_true(bad == (messages > 0));
	return p;
}

static const struct setting *closed_for(const struct policy *p, const char *host, unsigned port)
{
	struct peer peer = {host, NULL, port};
	struct rule rule;

	policy_lookup(p, &peer, 0, &rule);
	return rule.closed;
}

/* Closed for h, by the key in that line (0: not closed), and for nobody else. */
static void closes(const char *text, unsigned line)
{
	struct policy *p = parse(text);
	const struct setting *s = closed_for(p, "h", 443);

	if ((!s) != (line == 0) || (s && s->line != line))
		fail_msg("%s\n%s in line %u", text, !s ? "open" : "closed", !s ? 0 : s->line);
	if (s) {
		assert_string_equal(s->section->source, "t.conf");
		assert_true(setting_strengthens(s) || s->key == KEY_MIN_PROTOCOL);
	}
	assert_null(closed_for(p, "other", 443));
	assert_int_equal(policy_section_count(p), strstr(text, "[ok]") != NULL);
	policy_free(p);
}

static void test_what_closes(void **state)
{
	(void)state;
	closes("[h]\nOnlyCAFile = /a\nGroops = X\n", 2);
	closes("[h]\nGroops = X\nOnlyCAFile = /a\n", 3);
	closes("[h]\nOnlyCAFile = ~/a\n", 2);
	closes("[h]\nOnlyCAFile =\n", 2);
	closes("[h]\nOnlyCAFile\n", 2);
	closes("[h]\nOnlyCAFile: /a\n", 2);
	closes("[h]\nonlycafile /a\n", 2);
	closes("[h]\nOnlyCAFile = \"/a\n", 2);
	closes("[h]\nOnlyCAFile = /a\nOnlyCAFile = /b\n", 2);
	closes("[h]\nExtraCAFile = /a\nOnlyCAFile = /b\n", 3);
	closes("[h]\nOnlyCAFile = /a\nMinProtocol = TLSv1.3\nMaxProtocol = TLSv1.2\n", 2);
	closes("[h bad..name]\nOnlyCAFile = /a\n", 2);
	closes("[bad..name]\nOnlyCAFile = /a\n", 0);
	closes("[h\nOnlyCAFile = /a\n", 2);
	closes("[h]:443\nOnlyCAFile = /a\n", 2);
	closes("[h:443]\nOnlyCAFile = /a\nVerifyMode = None\n", 2);
	closes("[h:444]\nOnlyCAFile = /a\nVerifyMode = None\n", 0);
	closes("[h]\nOnlyCAFile = /a\nx\n[ok]\nGroups = X\n", 2);
	closes("[ok]\nGroups = X\n[h]\nOnlyCAFile = /a\nx\n", 4);
	/* names that are meant so */
	closes("[h]\nOnlyCAFlie = /a\n", 2);
	closes("[h]\nOnlyCA = /a\n", 2);
	closes("[h]\nOnly CA File = /a\n", 2);
	closes("[h]\nPinSHA265 = abc\n", 2);
	closes("[h]\nPin = abc\n", 2);
	closes("[h]\nEnforceVerify = yes\nx\n", 2);
	/* a bound that raises */
	closes("[h]\nMinProtocol = TLSv1.3\nx\n", 2);
	closes("[h]\nMinProtocol = \"TLSv1.3\"\nx\n", 2);
	closes("[h]\nx\nMinProtocol = tlsv1.3 # c\n", 3);
	closes("[h]\nMinProtocol = TLSv1.2\nx\n", 0);
	closes("[h]\nMinProtocol = TLSv1.9\n", 0);
	/* nothing strengthens */
	closes("[h]\nExtraCAFile = /a\nx\n", 0);
	closes("[h]\nExtraCAFlie = /a\n", 0);
	closes("[h]\nReason = OnlyCAFile\nx\n", 0);
	closes("[h]\n# OnlyCAFile = /a\nx\n", 0);
}

/* Per key, the most specific pattern that names it, and the later section. */
static void test_precedence(void **state)
{
	struct policy *p;

	(void)state;
	p = parse("[*.h]\nOnlyCAFile = /a\nx\n[a.h]\nOnlyCAFile = /b\n[b.h]\nExtraCAFile = /b\n");
	assert_null(closed_for(p, "a.h", 1));
	assert_non_null(closed_for(p, "b.h", 1));
	assert_non_null(closed_for(p, "c.h", 1));
	assert_null(closed_for(p, "h", 1));
	policy_free(p);
	p = parse("[*.h]\nOnlyCAFile = /a\n[a.h]\nOnlyCAFile = ~/b\n");
	assert_non_null(closed_for(p, "a.h", 1)); /* the broader one does not take its place */
	assert_null(value_for(p, "a.h", NULL, 1, KEY_ONLY_CA_FILE));
	assert_string_equal(value_for(p, "b.h", NULL, 1, KEY_ONLY_CA_FILE), "/a");
	policy_free(p);
	p = parse("[h]\nOnlyCAFile = ~/a\n[h]\nOnlyCAFile = /b\n");
	assert_null(closed_for(p, "h", 1));
	policy_free(p);
	p = parse("[h]\nOnlyCAFile = /a\n[h]\nOnlyCAFile = ~/b\n");
	assert_non_null(closed_for(p, "h", 1));
	policy_free(p);
	p = parse("[*]\nOnlyCAFile = ~/a\n");
	assert_non_null(closed_for(p, "h", 1));
	assert_non_null(closed_for(p, NULL, 0));
	policy_free(p);
}

/* OpenSSL refuses another key of the section, at run time. */
static void test_rejected(void **state)
{
	struct policy *p =
	    parse("[h]\nOnlyCAFile = /a\nCipherString = X\n[g]\nExtraCAFile = /a\n"
		  "CipherString = X\n[i]\nMinProtocol = TLSv1.3\nCipherString = X\n");
	static const char *const hosts[] = {"h", "g", "i"};
	struct rule rule;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct peer peer = {hosts[i], NULL, 0};

		policy_lookup(p, &peer, 0, &rule);
		assert_null(rule.closed);
		section_reject(rule.set[KEY_CIPHER_STRING]);
		policy_lookup(p, &peer, 0, &rule);
		assert_int_equal(rule.count, 0);
		assert_true((rule.closed != NULL) == (i != 1));
	}
	policy_free(p);
}

/* policy_each() and policy_explain() are about what was kept. */
static void count_setting(void *arg, const struct setting *s)
{
	(void)s;
	++*(unsigned *)arg;
}

static void test_only_lookup_tells(void **state)
{
	struct policy *p = parse("[h]\nOnlyCAFile = /a\nx\n");
	const struct setting *list[4];
	struct peer peer = {"h", NULL, 0};
	unsigned count = 0;

	(void)state;
	policy_each(p, count_setting, &count);
	assert_int_equal(count, 0);
	assert_int_equal(policy_explain(p, &peer, list, 4), 0);
	assert_false(policy_empty(p));
	policy_free(p);
}

/* Junk in masses is not guessed at for ever. */
static void test_junk(void **state)
{
	struct buf b;
	struct policy *p;

	(void)state;
	buf_init(&b, 0);
	buf_puts(&b, "[h]\n");
	for (unsigned i = 0; i < 500000; i++)
		buf_puts(&b, "OxlxCAFixx = 1\n");
	p = parse(buf_str(&b));
	policy_free(p);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_closes), cmocka_unit_test(test_precedence),
	    cmocka_unit_test(test_rejected),    cmocka_unit_test(test_only_lookup_tells),
	    cmocka_unit_test(test_junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
