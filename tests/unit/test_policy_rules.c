/* SPDX-License-Identifier: ISC
 *
 * Which rule wins: each rank against each other, days, rejection; and a naive implementation, written from
 * tlsmend.conf(5) alone, that has to agree on random rules and hosts.
 */
#include <arpa/inet.h>

#include "policy_helper.h"

/* ---- precedence, rank by rank ------------------------------------------------------------------------ */

/* Most specific first; each matches the peer of its list. */
static const char *const name_ranks[] = {
    "a.b.example:443",  "a.b.example",  "*.b.example:443", "*.b.example",
    "*.example:443",    "*.example",    "192.0.2.1:443",   "192.0.2.1",
    "192.0.2.0/24:443", "192.0.2.0/24", "192.0.0.0/8:443", "192.0.0.0/8",
    "0.0.0.0/0:443",    "0.0.0.0/0",    "*:443",           "*",
};
static const char *const address_ranks[] = {
    "[2001:db8::1]:443",
    "2001:db8::1",
    "192.0.2.1:443",
    "192.0.2.1",
    "192.0.2.0/24:443",
    "192.0.2.0/24",
    "[2001:db8::/64]:443",
    "2001:db8::/64",
    "2001:db8::/32",
    "::/0",
    "*:443",
    "*",
};

static void ranks_hold(const char *const *ranks, size_t count, const char *host,
		       const char *address)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			char text[300], expected[24];
			struct policy *p;
			const char *value;

			if (i == j)
				continue;
			snprintf(text, sizeof(text), "[%s]\nGroups = %zu\n[%s]\nGroups = %zu\n",
				 ranks[i], i, ranks[j], j);
			p = parse_good(text);
			value = value_for(p, host, address, 443, KEY_GROUPS);
			snprintf(expected, sizeof(expected), "%zu", i < j ? i : j);
			if (!value || strcmp(value, expected) != 0)
				fail_msg("%s against %s: %s", ranks[i], ranks[j], value);
			policy_free(p);
		}
	}
}

static void test_ranks(void **state)
{
	(void)state;
	ranks_hold(name_ranks, ARRAY_LENGTH(name_ranks), "a.b.example", "192.0.2.1");
	ranks_hold(address_ranks, ARRAY_LENGTH(address_ranks), "2001:db8::1", "192.0.2.1");
}

static void test_order(void **state)
{
	struct config_source sources[] = {
	    source_of(SOURCE_ENV_EXTRA_CA, "TLSMEND_EXTRA_CA", "h=/env1,h=/env2"),
	    source_of(SOURCE_FILE, "1.conf",
		      "[h]\nExtraCAFile=/f1\nGroups=1\n[i]\nGroups=1\n[h]\nMaxProtocol=TLSv1.2\n"),
	    source_of(SOURCE_FILE, "2.conf",
		      "[h]\nExtraCAFile=/f2\nGroups=2\n[h:443]\nExtraCAFile=/port\n"),
	};
	struct policy *p = policy_parse(sources, ARRAY_LENGTH(sources), false, NULL, NULL, NULL);

	(void)state;
	assert_string_equal(value_for(p, "h", NULL, 1, KEY_EXTRA_CA_FILE), "/env2");
	assert_string_equal(value_for(p, "h", NULL, 443, KEY_EXTRA_CA_FILE), "/port");
	assert_string_equal(value_for(p, "h", NULL, 1, KEY_GROUPS), "2");
	assert_string_equal(value_for(p, "i", NULL, 1, KEY_GROUPS), "1");
	assert_string_equal(value_for(p, "h", NULL, 1, KEY_MAX_PROTOCOL), "TLSv1.2");
	assert_null(value_for(p, "j", NULL, 1, KEY_GROUPS));
	assert_true(policy_uses(p, KEY_GROUPS));
	assert_false(policy_uses(p, KEY_OPTIONS));
	assert_int_equal(policy_section_count(p), 7);
	policy_free(p);
}

static void test_matching(void **state)
{
	struct policy *p =
	    parse_good("[*.b.example]\nGroups=S\n[192.0.2.0/24]\nGroups=N\n[x:443]\nGroups=P\n");

	(void)state;
	assert_string_equal(value_for(p, "c.a.b.example", NULL, 0, KEY_GROUPS), "S");
	assert_null(value_for(p, "b.example", NULL, 0, KEY_GROUPS));
	assert_null(value_for(p, "ab.example", NULL, 0, KEY_GROUPS));
	assert_null(value_for(p, "x", NULL, 0, KEY_GROUPS));
	assert_null(value_for(p, "x", NULL, 443 + 65536, KEY_GROUPS));
	assert_string_equal(value_for(p, "x", NULL, 443, KEY_GROUPS), "P");
	assert_string_equal(value_for(p, "x", "::ffff:192.0.2.9", 0, KEY_GROUPS), "N");
	assert_string_equal(value_for(p, NULL, "192.0.2.9", 0, KEY_GROUPS), "N");
	assert_null(value_for(p, NULL, NULL, 0, KEY_GROUPS));
	assert_null(value_for(p, "", "", 0, KEY_GROUPS));
	policy_free(p);
	p = parse_good("[*]\nOnlyCAFile=/a\n");
	assert_string_equal(value_for(p, NULL, NULL, 0, KEY_ONLY_CA_FILE), "/a");
	policy_free(p);
}

/* ---- days and rejection -------------------------------------------------------------------------------- */

static void test_until(void **state)
{
	struct policy *p = parse_good("[h]\nMinProtocol=TLSv1.2\nGroups=old\n"
				      "[h]\nMinProtocol=TLSv1\nGroups=new\nUntil=2027-03-31\n");
	struct peer peer = {"h", NULL, 0};
	struct rule rule;
	const int64_t last = 1806537599; /* 2027-03-31 23:59:59 UTC */

	(void)state;
	policy_lookup(p, &peer, last, &rule);
	assert_string_equal(rule.set[KEY_MIN_PROTOCOL]->value, "TLSv1");
	assert_null(rule.expired);
	policy_lookup(p, &peer, last + 1, &rule);
	assert_string_equal(rule.set[KEY_MIN_PROTOCOL]->value, "TLSv1.2");
	assert_string_equal(rule.set[KEY_GROUPS]->value, "new");
	assert_non_null(rule.expired);
	assert_string_equal(rule.expired->value, "TLSv1");
	assert_int_equal(rule.count, 2);
	section_reject(rule.set[KEY_GROUPS]);
	policy_lookup(p, &peer, last, &rule);
	assert_string_equal(rule.set[KEY_MIN_PROTOCOL]->value, "TLSv1.2");
	assert_string_equal(rule.set[KEY_GROUPS]->value, "old");
	section_reject(rule.set[KEY_GROUPS]);
	policy_lookup(p, &peer, last + 1, &rule);
	assert_int_equal(rule.count, 0);
	assert_null(rule.expired);
	policy_free(p);
}

/* An expired one that would not have held is not worth a line in the log. */
static void test_expired_hidden(void **state)
{
	struct policy *p =
	    parse_good("[*.h]\nMinProtocol=TLSv1\nUntil=2001-01-01\n[a.h]\nMinProtocol=TLSv1.2\n");
	struct peer peer = {"a.h", NULL, 0}, other = {"b.h", NULL, 0};
	struct rule rule;

	(void)state;
	policy_lookup(p, &peer, 2000000000, &rule);
	assert_null(rule.expired);
	policy_lookup(p, &other, 2000000000, &rule);
	assert_non_null(rule.expired);
	assert_int_equal(rule.count, 0);
	policy_free(p);
}

/* ---- policy_explain, policy_each ----------------------------------------------------------------------- */

static void test_explain(void **state)
{
	static const char *const expected[] = {"e2", "/x", "e1", "s", "any"};
	struct policy *p =
	    parse_good("[*]\nGroups=any\n[a.h]\nGroups=e1\n[*.h]\nGroups=s\nExtraCAFile=/x\n"
		       "[other a.h]\nGroups=e2\n[other]\nGroups=no\n");
	struct peer peer = {"a.h", NULL, 0};
	const struct setting *list[10];

	(void)state;
	assert_int_equal(policy_explain(p, &peer, list, 10), 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(list[i]->value, expected[i]);
	assert_string_equal(list[0]->pattern, "a.h");
	list[2] = NULL;
	assert_int_equal(policy_explain(p, &peer, list, 2), 5);
	assert_null(list[2]);
	assert_int_equal(policy_explain(p, &peer, NULL, 0), 5);
	policy_free(p);
	assert_int_equal(policy_explain(NULL, &peer, list, 2), 0);
}

static void collect_values(void *arg, const struct setting *s)
{
	char *text = arg;

	strcat(text, s->pattern);
	strcat(text, "=");
	strcat(text, s->value);
	strcat(text, " ");
}

static void test_each(void **state)
{
	struct policy *p = parse_good("[b c]\nOptions=Bugs\nGroups=B\nReason=x\n[a]\nGroups=A\n");
	char text[200] = "";

	(void)state;
	policy_each(p, collect_values, text);
	assert_string_equal(text, "b=B b=Bugs a=A ");
	policy_free(p);
}

/* ---- the oracle ------------------------------------------------------------------------------------------ */

enum { ORACLE_SETTINGS = 400 };
struct oracle_setting {
	char pattern[64];
	enum key key;
	char value[16];
	bool weakening, environment, expires;
	unsigned order;
};
struct oracle {
	struct oracle_setting s[ORACLE_SETTINGS];
	unsigned count;
};

static const char *pick(const char *const *of, size_t n)
{
	return of[(size_t)random() % n];
}
#define PICK(array) pick(array, ARRAY_LENGTH(array))

static const char *const oracle_hosts[] = {"a.b.c",       "b.c",        "c",        "x.a.b.c",
					   "A.B",         "d",          "10.1.2.3", "10.1.2.4",
					   "2001:db8::1", "2001:db8::2"};
static const char *const oracle_patterns[] = {"a.b.c",
					      "b.c",
					      "c",
					      "a.b",
					      "d",
					      "*.c",
					      "*.b.c",
					      "*.a.b.c",
					      "*.b",
					      "*",
					      "10.1.2.3",
					      "10.1.2.0/24",
					      "10.0.0.0/8",
					      "10.1.2.4/32",
					      "0.0.0.0/0",
					      "2001:db8::1",
					      "2001:db8::/32",
					      "2001:db8::/120",
					      "::/0",
					      "10.1.2.2/31"};

/* Rank of one pattern for one peer as a list of numbers to compare; false: no match. */
static bool naive_block(const char *pattern, const char *text, int *length)
{
	char copy[64];
	char *slash;
	unsigned char block[16], address[16];
	int family = strchr(pattern, ':') ? AF_INET6 : AF_INET,
	    bits = family == AF_INET6 ? 128 : 32, prefix = bits;

	snprintf(copy, sizeof(copy), "%s", pattern);
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		prefix = atoi(slash + 1);
	}
	if (!text || inet_pton(family, copy, block) != 1 || inet_pton(family, text, address) != 1)
		return false;
	for (int i = 0; i < prefix; i++) {
		if ((block[i / 8] ^ address[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	*length = prefix + 128 - bits;
	return true;
}

static bool naive_rank(const struct oracle_setting *s, const struct peer *peer, long *rank)
{
	char pattern[64];
	char *port;
	bool with_port = false, address_host = host_is_address(peer->host);
	int length = 0, other;
	size_t n = strlen(peer->host), m;

	snprintf(pattern, sizeof(pattern), "%s",
		 s->pattern[0] == '[' ? s->pattern + 1 : s->pattern);
	port = s->pattern[0] == '['                            ? strstr(pattern, "]:")
	       : strchr(pattern, ':') == strrchr(pattern, ':') ? strchr(pattern, ':')
							       : NULL;
	if (port) {
		unsigned number = (unsigned)atoi(strrchr(port, ':') + 1);

		*port = '\0';
		with_port = true;
		if (number != peer->port)
			return false;
	}
	m = strlen(pattern);
	if (strcmp(pattern, "*") == 0) {
		*rank = 0;
	} else if (pattern[0] == '*') {
		if (address_host || n <= m - 1 ||
		    strcmp(peer->host + n - (m - 1), pattern + 1) != 0)
			return false;
		*rank = 1000 + (long)m;
	} else if (host_is_address(pattern) || strchr(pattern, '/')) {
		bool of_host = naive_block(pattern, peer->host, &length);
		bool of_peer = naive_block(pattern, peer->address, &other);

		if (!of_host && !of_peer)
			return false;
		*rank = of_host && length == 128 ? 3000 : 1 + (of_host ? length : other);
	} else {
		if (strcmp(pattern, peer->host) != 0)
			return false;
		*rank = 3000;
	}
	*rank = *rank * 2 + with_port;
	*rank = *rank * 2 + s->environment;
	*rank = *rank * ORACLE_SETTINGS + s->order;
	return true;
}

static const struct oracle_setting *naive_lookup(const struct oracle *o, const struct peer *peer,
						 enum key key, bool expired)
{
	const struct oracle_setting *best = NULL;
	long best_rank = -1, rank;

	for (unsigned i = 0; i < o->count; i++) {
		const struct oracle_setting *s = &o->s[i];

		if (s->key == key && !(s->weakening && s->expires && expired) &&
		    naive_rank(s, peer, &rank) && rank > best_rank) {
			best = s;
			best_rank = rank;
		}
	}
	return best;
}

static void random_pattern(char out[64])
{
	const char *pattern = PICK(oracle_patterns);

	if (random() % 3 == 0)
		snprintf(out, 64, strchr(pattern, ':') ? "[%s]:%u" : "%s:%u", pattern,
			 443 + (unsigned)(random() % 2));
	else
		snprintf(out, 64, "%s", pattern);
}

/* Writes one section of one pattern and two keys into the text and the oracle. */
static void random_section(struct oracle *o, char *text, bool environment)
{
	struct oracle_setting a = {.environment = environment,
				   .order = o->count,
				   .key = KEY_MIN_PROTOCOL},
			      b;
	bool all;

	random_pattern(a.pattern);
	all = a.pattern[0] == '*' && a.pattern[1] != '.';
	all = all || strstr(a.pattern, "/0");
	a.weakening = !all && random() % 2;
	a.expires = !environment && random() % 2;
	snprintf(a.value, sizeof(a.value),
		 a.weakening ? random() % 2 ? "TLSv1" : "TLSv1.1" : "TLSv1.2");
	b = a;
	b.key = KEY_GROUPS;
	b.weakening = false;
	snprintf(b.value, sizeof(b.value), "G%u", o->count);
	if (environment) {
		sprintf(text + strlen(text), "%s=%s,", a.pattern, a.value);
	} else {
		sprintf(text + strlen(text), "[%s]\nMinProtocol=%s\nGroups=%s\n%s", a.pattern,
			a.value, b.value, a.expires ? "Until=2001-01-01\n" : "");
		o->s[o->count++] = b;
	}
	o->s[o->count++] = a;
}

static void compare(const struct oracle *o, const struct policy *p, bool expired)
{
	static const enum key keys[] = {KEY_MIN_PROTOCOL, KEY_GROUPS};
	char host[256];
	struct peer peer = {host, random() % 2 ? oracle_hosts[6 + random() % 4] : NULL,
			    442 + (unsigned)(random() % 3)};
	struct rule rule;

	assert_true(host_normalise(PICK(oracle_hosts), host));
	policy_lookup(p, &peer, expired ? 2000000000 : 0, &rule);
	for (unsigned k = 0; k < 2; k++) {
		const struct oracle_setting *expected = naive_lookup(o, &peer, keys[k], expired);
		const struct setting *got = rule.set[keys[k]];

		if ((!expected) != (!got) ||
		    (expected && (strcmp(expected->value, got->value) != 0 ||
				  strcmp(expected->pattern, got->pattern) != 0)))
			fail_msg("%s (%s) port %u %s: expected %s %s, got %s %s", host,
				 peer.address, peer.port, key_table[keys[k]].name,
				 expected ? expected->pattern : "-",
				 expected ? expected->value : "-", got ? got->pattern : "-",
				 got ? got->value : "-");
	}
}

static void test_oracle(void **state)
{
	unsigned found = 0;

	(void)state;
	srandom(20261121);
	for (unsigned round = 0; round < 400; round++) {
		static struct oracle o;
		static char file[40000], variable[8000];
		struct config_source sources[2];
		struct policy *p;
		bool bad;

		o.count = 0;
		file[0] = variable[0] = '\0';
		for (long i = random() % 60; i >= 0; i--)
			random_section(&o, file, false);
		for (long i = random() % 10; i > 0; i--)
			random_section(&o, variable, true);
		sources[0] = source_of(SOURCE_ENV_PROTOCOL, "TLSMEND_MIN_PROTOCOL", variable);
		sources[1] = source_of(SOURCE_FILE, "t.conf", file);
		p = policy_parse(sources, 2, false, NULL, NULL, &bad);
		assert_non_null(p);
		assert_false(bad);
		for (unsigned i = 0; i < 100; i++)
			compare(&o, p, random() % 2);
		found += !policy_empty(p);
		policy_free(p);
	}
	assert_int_equal(found, 400);
}

/* ---- two hosts, and it is open which one is meant ----------------------------------------------------------------------- */

static void test_combine(void **state)
{
	static const char text[] =
	    "[a]\nExtraCAFile=/a.pem\n[b]\nExtraCAFile=/a.pem\n"
	    "[c]\nOnlyCAFile=/c.pem\nMinProtocol=TLSv1.2\n[d]\nOnlyCAFile=/d.pem\n"
	    "[e]\nOnlyCAFile=/c.pem\n";
	static const struct {
		const char *one, *other;
		const char *only; /* NULL: nothing is left */
		bool closed;
	} cases[] = {
	    {"a", "b", NULL, false},     {"a", "none", NULL, false},
	    {"none", "a", NULL, false},  {"a", "c", "/c.pem", false},
	    {"c", "a", "/c.pem", false}, {"c", "none", "/c.pem", false},
	    {"c", "e", "/c.pem", false}, {"c", "d", "/c.pem", true},
	    {"d", "c", "/d.pem", true},
	};
	const struct config_source source = source_of(SOURCE_FILE, "t.conf", text);
	bool bad;
	struct policy *p = policy_parse(&source, 1, false, NULL, NULL, &bad);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rule one, other;

		policy_lookup(p, &(struct peer){.host = cases[i].one}, 0, &one);
		policy_lookup(p, &(struct peer){.host = cases[i].other}, 0, &other);
		rule_combine(&one, &other);
		assert_null(one.set[KEY_EXTRA_CA_FILE]);
		assert_null(one.set[KEY_MIN_PROTOCOL]);
		assert_int_equal(one.closed != NULL, cases[i].closed);
		assert_int_equal(one.count, cases[i].only != NULL);
		if (cases[i].only)
			assert_string_equal(one.set[KEY_ONLY_CA_FILE]->value, cases[i].only);
		else
			assert_null(one.set[KEY_ONLY_CA_FILE]);
	}
	policy_free(p);
}

/* ---- which names bring something along that strengthens ------------------------------------------------------------------ */

static void test_strict_for(void **state)
{
	static const struct {
		const char *text;
		bool strict;
	} cases[] = {
	    {"[h.test]\nOnlyCAFile=/c.pem\n", true},
	    {"[h.test:25]\nOnlyCAFile=/c.pem\n", true},
	    {"[*.test]\nMinProtocol=TLSv1.3\n", true},
	    {"[*.test]\nMinProtocol=TLSv1.2\n", false},
	    {"[h.test]\nExtraCAFile=/c.pem\n[o.test]\nOnlyCAFile=/c.pem\n", false},
	    {"[*]\nEnforceVerification=yes\n[10.0.0.0/8 *:25]\nOnlyCAFile=/c.pem\n", false},
	    {"[*]\nOnlyCAFile=/c.pem\n[h.test]\nOnlyCAFile=/c.pem\n", false},
	    {"[*]\nOnlyCAFile=/c.pem\n[h.test]\nOnlyCAFile=/d.pem\n", true},
	    {"[*:25]\nOnlyCAFile=/c.pem\n[h.test:26]\nOnlyCAFile=/c.pem\n", true},
	    {"[*.test]\nMinProtocol=TLSv1.3\n[h.test]\nMinProtocol=TLSv1\nUntil=2100-01-01\n",
	     true},
	    {"[*.test]\nMinProtocol=TLSv1.3\n[h.test]\nMinProtocol=TLSv1\n", false},
	    {"[h.test]\nOnlyCAFile=/c.pem\nDryRun=yes\n", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct policy *p = parse_good(cases[i].text);

		assert_int_equal(policy_strict_for(p, "h.test"), cases[i].strict);
		policy_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ranks),          cmocka_unit_test(test_order),
	    cmocka_unit_test(test_matching),       cmocka_unit_test(test_until),
	    cmocka_unit_test(test_expired_hidden), cmocka_unit_test(test_explain),
	    cmocka_unit_test(test_each),           cmocka_unit_test(test_oracle),
	    cmocka_unit_test(test_combine),        cmocka_unit_test(test_strict_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
