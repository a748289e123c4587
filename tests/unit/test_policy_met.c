/* SPDX-License-Identifier: ISC
 *
 * What is remembered of a host is what a look-up finds for it, whoever asks and whatever changed meanwhile.
 */
#include "policy_in_force.h"

#include "../../shim/policy/internal.h"
#include "../../shim/policy/met.h"

static char directory[] = "/tmp/tlsmend-met-XXXXXX";
static char config[64];

static const char text[] =
    "[h.test *.x.test]\nExtraCAFile = /a\n"
    "[h.test:8443]\nExtraCAFile = /b\n"
    "[192.0.2.0/24]\nPinSHA256 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "[late.test]\nCiphersuites = TLS_AES_128_GCM_SHA256\nExtraCAFile = /c\n"
    "[dry.test]\nExtraCAFile = /d\nDryRun = yes\n";
static const char dated[] = "\n[dated.test]\nReason = r\nUntil = 2000-01-01\n"
			    "MinProtocol = TLSv1\nExtraCAFile = /a\n";
static const struct peer peers[] = {
    {"h.test", NULL, 443},        {"h.test", NULL, 8443},      {"h.test", NULL, 0},
    {"h.test", "192.0.2.1", 443}, {"h.test", "10.0.0.1", 443}, {"a.x.test", NULL, 443},
    {"b.x.test", NULL, 443},      {"late.test", NULL, 443},    {"dry.test", NULL, 443},
    {"dated.test", NULL, 443},    {"192.0.2.7", NULL, 443},    {"H.test", NULL, 443},
    {NULL, "192.0.2.1", 443},     {"other", NULL, 443},        {"h.tesu", NULL, 443},
};

static void same_rule(const struct rule *a, const struct rule *b)
{
	assert_int_equal(a->count, b->count);
	assert_ptr_equal(a->closed, b->closed);
	assert_ptr_equal(a->expired, b->expired);
	assert_int_equal(a->dry_count, b->dry_count);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		assert_ptr_equal(a->set[key], b->set[key]);
		assert_ptr_equal(a->dry[key], b->dry[key]);
	}
	for (unsigned i = 0; i < ARRAY_LENGTH(a->waiting); i++)
		assert_ptr_equal(a->waiting[i], b->waiting[i]);
}

/* Whichever is asked for first, and by its name before, by another's, or not. How many are known. */
static unsigned as_looked_up(struct policy_ref *r, unsigned first)
{
	unsigned known = 0;

	for (unsigned i = 0; i < 3 * ARRAY_LENGTH(peers); i++) {
		const struct peer *const peer = &peers[(first + i) % ARRAY_LENGTH(peers)];
		struct rule rule = {.count = 0}, found;
		const char *const asked = i % 3 == 1 ? peer->host : i % 3 == 2 ? "h.test" : NULL;
		struct met *m = asked ? policy_met(r, asked) : NULL;

		known += policy_lookup_again(r, m, peer, &rule) != NULL;
		policy_lookup_now(policy_of(r), peer, &found);
		same_rule(&rule, &found);
	}
	return known;
}

static struct policy_ref *in_force(const char *more)
{
	char all[2048];

	snprintf(all, sizeof(all), "%s%s", text, more);
	put_file(config, all);
	wait_for_look();
	struct policy_ref *r = policy_acquire();
	assert_non_null(r);
	return r;
}

static void test_each_peer(void **state)
{
	(void)state;
	for (unsigned first = 0; first < ARRAY_LENGTH(peers); first += 5) {
		char more[64];

		snprintf(more, sizeof(more), "\n[n%u.test]\nExtraCAFile = /z\n", first);
		struct policy_ref *r = in_force(more);
		assert_true(as_looked_up(r, first) > 5);
		policy_release(r);
	}
}

/* A name is known only as it is written in the rules' terms. */
static void test_names(void **state)
{
	struct policy_ref *r = in_force("");

	(void)state;
	as_looked_up(r, 0);
	assert_non_null(policy_met(r, "h.test"));
	assert_null(policy_met(r, "H.test"));
	assert_null(policy_met(r, "h.test."));
	assert_null(policy_met(r, ""));
	policy_release(r);
}

/* A section that is out, or in again, is so for those that were asked about before. */
static void test_sections_change(void **state)
{
	struct policy_ref *r = in_force("\n");
	struct rule rule;
	const struct peer late = {"late.test", NULL, 443};

	(void)state;
	as_looked_up(r, 0);
	policy_lookup_now(policy_of(r), &late, &rule);
	const struct setting *const s = rule.set[KEY_EXTRA_CA_FILE];
	assert_non_null(s);
	for (unsigned waits = 2; waits-- > 0;) {
		section_wait(s, waits);
		as_looked_up(r, waits);
	}
	section_reject(s);
	as_looked_up(r, 0);
	policy_release(r);
}

/* Where any section has a day, the next look-up may find something else. */
static void test_days(void **state)
{
	struct policy_ref *r = in_force(dated);

	(void)state;
	assert_int_equal(as_looked_up(r, 0), 0);
	policy_release(r);
}

/* What need not be told: of one key, for a minute at most. */
static void test_told(void **state)
{
	struct policy_ref *r = in_force("\n\n");
	struct rule rule = {.count = 0};
	const struct peer late = {"late.test", NULL, 443};

	(void)state;
	struct met *m = policy_lookup_again(r, NULL, &late, &rule);
	const struct setting *const s = rule.set[KEY_EXTRA_CA_FILE], *const other =
									 rule.set[KEY_CIPHERSUITES];
	assert_non_null(m);
	assert_false(met_is_told(m, s, 1000));
	met_told(m, s, 1000);
	assert_true(met_is_told(m, s, 1001) || clock_realtime_ms() % 86400000 > 86390000);
	assert_false(met_is_told(m, other, 1001));
	met_told(m, other, 1001);
	assert_false(met_is_told(m, other, 1001));
	assert_false(met_is_told(m, s, 1000 + 60001));
	assert_false(met_is_told(NULL, s, 1001));
	policy_release(r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_peer),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_sections_change),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_told),
	};
	int failed;

	/* What counts is the environment that the process began with. */
	if (argc == 2)
		snprintf(directory, sizeof(directory), "%s", argv[1]);
	else if (!mkdtemp(directory))
		return 99;
	snprintf(config, sizeof(config), "%s/config", directory);
	snprintf(log_file, sizeof(log_file), "%s/log", directory);
	if (argc != 2) {
		setenv("TLSMEND_CONFIG", config, 1);
		setenv("TLSMEND_LOG", log_file, 1);
		execl("/proc/self/exe", argv[0], directory, NULL);
		return 99;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(config);
	unlink(log_file);
	rmdir(directory);
	return failed;
}
