/* SPDX-License-Identifier: ISC
 * DryRun: nothing of such a section holds, whatever it says, and what would hold is known */
#include "../../shim/policy/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy_helper.h"

static struct rule rule_for(const struct policy *p, const char *host)
{
	struct peer peer = {host, NULL, 0};
	struct rule rule;

	policy_lookup(p, &peer, 0, &rule);
	return rule;
}

/* The section is as if it were not there: a less specific one and an older one count. */
static void nothing_of_it_holds(void **state)
{
	struct policy *p =
	    parse_good("[*.h]\nGroups=suffix\nExtraCAFile=/suffix\n[a.h]\nGroups=old\n"
		       "[a.h]\nGroups=dry\nExtraCAFile=/"
		       "dry\nMinProtocol=TLSv1.3\nDryRun=yes\n[b.h]\nGroups=b\nDryRun=no\n");
	struct rule r = rule_for(p, "a.h");

	(void)state;
	assert_string_equal(r.set[KEY_GROUPS]->value, "old");
	assert_string_equal(r.set[KEY_EXTRA_CA_FILE]->value, "/suffix");
	assert_null(r.set[KEY_MIN_PROTOCOL]);
	assert_int_equal(r.count, 2);
	assert_string_equal(r.dry[KEY_GROUPS]->value, "dry");
	assert_string_equal(r.dry[KEY_EXTRA_CA_FILE]->value, "/dry");
	assert_string_equal(r.dry[KEY_MIN_PROTOCOL]->value, "TLSv1.3");
	assert_int_equal(r.dry_count, 3);
	r = rule_for(p, "b.h");
	assert_string_equal(r.set[KEY_GROUPS]->value, "b");
	assert_int_equal(r.dry_count, 0);
	assert_false(policy_uses(p, KEY_MIN_PROTOCOL));
	assert_true(policy_uses(p, KEY_GROUPS));
	policy_free(p);
}

/* What would not hold anyway is no matter of a dry run. */
static void overridden_is_not_told(void **state)
{
	struct policy *p = parse_good("[*.h]\nGroups=suffix\nDryRun=yes\n[a.h]\nGroups=exact\n"
				      "[c.i]\nMinProtocol=TLSv1\nUntil=1969-01-01\nDryRun=yes\n");
	struct rule r = rule_for(p, "a.h");

	(void)state;
	assert_null(r.dry[KEY_GROUPS]);
	r = rule_for(p, "x.h");
	assert_non_null(r.dry[KEY_GROUPS]);
	assert_null(r.set[KEY_GROUPS]);
	r = rule_for(p, "c.i");
	assert_int_equal(r.dry_count + r.count, 0);
	policy_free(p);
}

static void all_of_it(void **state)
{
	struct policy *p = parse_good("[a.h]\nOnlyCAFile=/x\n[*]\nMinProtocol=TLSv1.3\n");

	(void)state;
	policy_dry_run(p);
	const struct rule r = rule_for(p, "a.h");

	assert_int_equal(r.count, 0);
	assert_null(r.closed);
	assert_string_equal(r.dry[KEY_ONLY_CA_FILE]->value, "/x");
	assert_int_equal(r.dry_count, 2);
	assert_false(policy_uses(p, KEY_MIN_PROTOCOL));
	policy_free(p);
}

static struct policy *parse_bad(const char *text)
{
	struct config_source source = source_of(SOURCE_FILE, "t.conf", text);
	bool bad = false;
	struct policy *p = policy_parse(&source, 1, false, NULL, NULL, &bad);

	assert_non_null(p);
	assert_true(bad);
	return p;
}

/* A section that is dropped for an error closes its hosts for what strengthens; not where it was to change nothing, wherever in it
 * that is said. */
static void an_error_closes_nothing(void **state)
{
	static const char *const sections[] = {
	    "[h]\nDryRun=yes\nOnlyCAFile=/x\nNoSuchKey=1\n",
	    "[h]\nOnlyCAFile=/x\nNoSuchKey=1\nDryRun = \"yes\" # for now\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
		struct policy *p = parse_bad(sections[i]);

		assert_null(rule_for(p, "h").closed);
		policy_free(p);
	}
	struct policy *p = parse_bad("[h]\nOnlyCAFile=/x\nNoSuchKey=1\nDryRun=no\n");

	assert_non_null(rule_for(p, "h").closed);
	policy_dry_run(p);
	assert_null(rule_for(p, "h").closed);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_of_it_holds),
	    cmocka_unit_test(overridden_is_not_told),
	    cmocka_unit_test(all_of_it),
	    cmocka_unit_test(an_error_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
