/* SPDX-License-Identifier: ISC
 *
 * Large and hostile configurations: 100,000 sections, 50 MB, thousands of errors, one header of a million hosts.
 * Counted in slots of the hash table, not in time, which a busy machine would spoil.
 */
#include "policy_helper.h"

enum { SECTIONS = 100000 };

static struct policy *parse_buffer(const char *text, size_t n, bool advice, struct messages *m,
				   bool *bad)
{
	struct config_source source = {SOURCE_FILE, "t.conf", text, n};
	struct policy *p = policy_parse(&source, 1, advice, messages_collect, m, bad);

	assert_non_null(p);
	return p;
}

static void add_section(struct buf *b, unsigned i)
{
	static const char *const forms[] = {"host%u.corp.example", "*.zone%u.example",
					    "host%u.example:8443", "10.%u.%u.0/24"};
	char line[200], pattern[64];

	if (i % 4 == 3)
		snprintf(pattern, sizeof(pattern), forms[3], i / 4 / 256 % 256, i / 4 % 256);
	else
		snprintf(pattern, sizeof(pattern), forms[i % 4], i);
	snprintf(line, sizeof(line),
		 "[%s]\nExtraCAFile = /etc/tlsmend/corp-root.pem\nGroups = G%u\n", pattern, i);
	buf_puts(b, line);
}

static const char *counted(const struct policy *p, const char *host, const char *address,
			   unsigned *worst)
{
	struct peer peer = {host, address, 8443};
	struct rule rule;
	unsigned probes = 0;

	policy_lookup_counted(p, &peer, 0, &rule, &probes);
	if (probes > *worst)
		*worst = probes;
	return !rule.set[KEY_GROUPS] ? NULL : rule.set[KEY_GROUPS]->value;
}

static void check_look_ups(const struct policy *p)
{
	unsigned long total = 0;
	unsigned worst_of_all = 0;

	for (unsigned i = 0; i < SECTIONS; i++) {
		char host[64], expected[16];
		unsigned worst = 0;

		snprintf(host, sizeof(host),
			 i % 4 == 0   ? "host%u.corp.example"
			 : i % 4 == 1 ? "www.zone%u.example"
				      : "host%u.example",
			 i);
		if (i % 4 == 3)
			snprintf(host, sizeof(host), "10.%u.%u.7", i / 4 / 256 % 256, i / 4 % 256);
		snprintf(expected, sizeof(expected), "G%u", i);
		assert_string_equal(counted(p, host, NULL, &worst), expected);
		total += worst;
		worst_of_all = worst > worst_of_all ? worst : worst_of_all;
	}
	/* three labels: the name, two suffixes, `*`; each with and without port: 8 patterns at most */
	print_message("slots looked at: %lu on average, %u at worst\n", total / SECTIONS,
		      worst_of_all);
	assert_true(total / SECTIONS <= 16);
	assert_true(worst_of_all <= 160);
}

static void test_many_sections(void **state)
{
	struct messages m = {0};
	unsigned worst = 0;
	struct policy *p;
	struct buf b;
	bool bad;

	(void)state;
	buf_init(&b, 0);
	for (unsigned i = 0; i < SECTIONS; i++)
		add_section(&b, i);
	p = parse_buffer(buf_str(&b), b.len, true, &m, &bad);
	assert_string_equal(messages_text(&m), "");
	assert_false(bad);
	assert_int_equal(policy_section_count(p), SECTIONS);
	assert_int_equal(p->setting_count, 2 * SECTIONS);
	assert_true(p->node_count <= SECTIONS && p->slot_count <= 4 * SECTIONS);
	check_look_ups(p);
	assert_null(counted(p, "nobody.test", "192.0.2.1", &worst));
	policy_free(p);
	buf_free(&b);
}

/* One pattern, a key set again and again: the newest is found at once. */
static void test_same_pattern(void **state)
{
	struct messages m = {0};
	unsigned worst = 0;
	struct policy *p;
	struct buf b;
	bool bad;

	(void)state;
	buf_init(&b, 0);
	for (unsigned i = 0; i < SECTIONS; i++) {
		buf_puts(&b, "[h]\nGroups = ");
		buf_uint(&b, i);
		buf_putc(&b, '\n');
	}
	p = parse_buffer(buf_str(&b), b.len, false, &m, &bad);
	assert_int_equal(p->node_count, 1);
	assert_string_equal(counted(p, "h", NULL, &worst), "99999");
	assert_true(worst <= 4);
	policy_free(p);
	buf_free(&b);
}

static void test_limits(void **state)
{
	struct messages m = {0};
	bool bad = false;
	/* never read: the length alone decides */
	struct policy *p = parse_buffer("[a]\nGroups=A\n", 52428800, false, &m, &bad);

	(void)state;
	assert_string_equal(messages_text(&m),
			    "E t.conf:0: is 52428800 bytes; the limit is 16777216; write *.suffix "
			    "or a CIDR block instead "
			    "of single hosts, or several files: TLSMEND_CONFIG=FILE:FILE\n");
	assert_true(bad);
	assert_true(policy_empty(p));
	policy_free(p);
	free(m.text);
}

static void test_many_messages(void **state)
{
	struct messages m = {0};
	struct policy *p;
	struct buf b;
	bool bad = false;

	(void)state;
	buf_init(&b, 0);
	for (unsigned i = 0; i < 1000; i++)
		buf_puts(&b, "[h]\nZzz = 1\n");
	buf_puts(&b, "[good]\nGroups = A\n");
	p = parse_buffer(buf_str(&b), b.len, false, &m, &bad);
	assert_true(bad);
	assert_int_equal(m.count, CONFIG_MAX_MESSAGES + 1);
	assert_non_null(
	    strstr(m.text, "E t.conf:0: 980 more messages are not shown; mend these first\n"));
	assert_string_equal(value_for(p, "good", NULL, 0, KEY_GROUPS), "A");
	policy_free(p);
	free(m.text);
	buf_free(&b);
}

/* A line of 1 MiB in every place: the message stays short. */
static void test_long_lines(void **state)
{
	static const char *const forms[][2] = {
	    {"", ""},
	    {"[", "]\nGroups=A\n"},
	    {"[h]\n", " = x\n"},
	    {"[h]\nGroups = ", "\n"},
	    {"[h]\nOptions = ", "\n"},
	    {"[h]\nUntil = \"", "\n"},
	    {"[a]x", "\n"},
	    {"[h]\n", "\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		for (unsigned c = 1; c < 256; c += 50) {
			struct messages m = {0};
			struct policy *p;
			struct buf b;
			bool bad;

			buf_init(&b, 0);
			buf_puts(&b, forms[i][0]);
			for (unsigned k = 0; k < 1 << 20; k++)
				buf_putc(&b, (char)c);
			buf_puts(&b, forms[i][1]);
			p = parse_buffer(buf_str(&b), b.len, true, &m, &bad);
			assert_true(m.length < 2 * MESSAGE_MAX);
			policy_free(p);
			free(m.text);
			buf_free(&b);
		}
	}
}

/* Keys times patterns is what costs memory; 16 MiB of text could ask for gigabytes. */
static void test_million_hosts(void **state)
{
	struct messages m = {0};
	struct policy *p;
	struct buf b;
	bool bad = false;

	(void)state;
	buf_init(&b, 0);
	buf_puts(&b, "[first]\nGroups = A\n[");
	for (unsigned i = 0; i < 1000000; i++)
		buf_puts(&b, "h ");
	buf_puts(&b, "]\nGroups = A\nMinProtocol = TLSv1.2\nOptions = Bugs\n");
	p = parse_buffer(buf_str(&b), b.len, false, &m, &bad);
	assert_true(bad);
	assert_int_equal(m.count, 1);
	assert_non_null(strstr(
	    m.text,
	    "E t.conf:3: more than 2097152 settings (keys times patterns); write *.suffix or a "
	    "CIDR block instead of single hosts (section [h h h"));
	assert_int_equal(policy_section_count(p), 1);
	policy_free(p);
	free(m.text);
	buf_free(&b);
}

static void test_long_header(void **state)
{
	struct messages m = {0};
	struct peer peer = {"h999.example", NULL, 0};
	struct rule rule;
	struct policy *p;
	struct buf b;
	bool bad;

	(void)state;
	buf_init(&b, 0);
	buf_putc(&b, '[');
	for (unsigned i = 0; i < 1000; i++) {
		buf_puts(&b, "h");
		buf_uint(&b, i);
		buf_puts(&b, ".example ");
	}
	buf_puts(&b, "]\nGroups = A\n");
	p = parse_buffer(buf_str(&b), b.len, false, &m, &bad);
	policy_lookup(p, &peer, 0, &rule);
	assert_non_null(rule.set[KEY_GROUPS]);
	assert_int_equal(strlen(rule.set[KEY_GROUPS]->section->header), HEADER_MAX);
	assert_string_equal(rule.set[KEY_GROUPS]->section->header + HEADER_MAX - 3, "...");
	policy_free(p);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many_sections), cmocka_unit_test(test_same_pattern),
	    cmocka_unit_test(test_limits),        cmocka_unit_test(test_many_messages),
	    cmocka_unit_test(test_long_lines),    cmocka_unit_test(test_million_hosts),
	    cmocka_unit_test(test_long_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
