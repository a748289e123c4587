/* SPDX-License-Identifier: ISC
 *
 * Hosts, addresses and patterns: what is taken, what is refused with which sentence, what covers what.
 */
#include <arpa/inet.h>

#include "policy_helper.h"

static void host_is(const char *in, const char *expected)
{
	char out[256];

	memset(out, 'x', sizeof(out));
	if (!expected) {
		if (host_normalise(in, out))
			fail_msg("'%s' was taken as '%s'", in, out);
		assert_string_equal(out, "");
		return;
	}
	if (!host_normalise(in, out))
		fail_msg("'%s' was refused", in);
	assert_string_equal(out, expected);
}

static void test_hosts(void **state)
{
	char label63[64], long_name[300], too_long[320];

	(void)state;
	host_is("Legacy.Example.COM", "legacy.example.com");
	host_is("legacy.example.com.", "legacy.example.com");
	host_is("localhost", "localhost");
	host_is("a_b.example", "a_b.example");
	host_is("192.0.2.1", "192.0.2.1");
	host_is("[::1]", "::1");
	host_is("2001:DB8:0:0::1", "2001:db8::1");
	host_is("::ffff:192.0.2.1", "192.0.2.1");
	host_is("::FFFF:c000:0201", "192.0.2.1");
	host_is("fe80::1%eth0", "fe80::1");
	host_is("[fe80::1%eth0]", "fe80::1");
	host_is("fe80::1%", NULL);
	host_is("192.0.2.1%eth0",
		"192.0.2.1%eth0"); /* no address: zones are IPv6's; harmless as a name */
	host_is(NULL, NULL);
	host_is("", NULL);
	host_is(".", NULL);
	host_is("..", NULL);
	host_is("a..b", NULL);
	host_is(".a", NULL);
	host_is("a..", NULL);
	host_is("[a.example]", NULL);
	host_is("[192.0.2.1]", NULL);
	host_is("[::1", NULL);
	host_is("[]", NULL);
	host_is("a b", NULL);
	host_is("a\nb", NULL);
	host_is("a\x7f", NULL);
	host_is("a.example:443", NULL);
	host_is("::1::", NULL);

	memset(label63, 'a', 63);
	label63[63] = '\0';
	host_is(label63, label63);
	snprintf(long_name, sizeof(long_name), "%s.%s.%s.%.61s", label63, label63, label63,
		 label63);
	assert_int_equal(strlen(long_name), 253);
	host_is(long_name, long_name);
	snprintf(too_long, sizeof(too_long), "%s.", long_name);
	host_is(too_long, long_name);
	snprintf(too_long, sizeof(too_long), "%sa", long_name);
	host_is(too_long, NULL);
	snprintf(too_long, sizeof(too_long), "a%s.example", label63);
	host_is(too_long, NULL);
	memset(too_long, 'a', 299);
	too_long[299] = '\0';
	host_is(too_long, NULL);
}

static void test_is_address(void **state)
{
	(void)state;
	assert_true(host_is_address("192.0.2.1"));
	assert_true(host_is_address("::1"));
	assert_false(host_is_address("1.2.3"));
	assert_false(host_is_address("01.2.3.4"));
	assert_false(host_is_address("a.example"));
	assert_false(host_is_address(""));
	assert_false(host_is_address(NULL));
}

/* Our own printing against inet_ntop(3), with runs of zeros of every shape. */
static void test_format_as_libc(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned i = 0; i < 200000; i++) {
		struct address a = {.v4 = i % 16 == 0}, back;
		char ours[ADDRESS_TEXT], theirs[INET6_ADDRSTRLEN];

		for (unsigned g = 0; g < (a.v4 ? 2u : 8u); g++) {
			unsigned v = random() % 3 != 0 ? 0 : (unsigned)random() >> (random() % 16);

			a.bytes[2 * g] = (uint8_t)(v >> 8);
			a.bytes[2 * g + 1] = (uint8_t)v;
		}
		address_format(&a, ours);
		assert_non_null(
		    inet_ntop(a.v4 ? AF_INET : AF_INET6, a.bytes, theirs, sizeof(theirs)));
		if (!a.v4 && strncmp(theirs, "::ffff:", 7) == 0 && strchr(theirs, '.'))
			continue; /* mapped addresses are IPv4 here */
		assert_string_equal(ours, theirs);
		assert_true(address_parse(ours, strlen(ours), &back));
		assert_true(address_equal(&a, &back));
	}
}

static void test_good_patterns(void **state)
{
	static const struct {
		const char *text;
		enum pattern_kind kind;
		const char *name; /* or the address */
		unsigned prefix, port;
	} cases[] = {
	    {"a.example", PATTERN_EXACT, "a.example", 0, 0},
	    {"A.Example.", PATTERN_EXACT, "A.Example", 0, 0},
	    {"a.example.:443", PATTERN_EXACT, "a.example", 0, 443},
	    {"a_b.example:65535", PATTERN_EXACT, "a_b.example", 0, 65535},
	    {"xn--bcher-kva.example", PATTERN_EXACT, "xn--bcher-kva.example", 0, 0},
	    {"localhost:1", PATTERN_EXACT, "localhost", 0, 1},
	    {"4u", PATTERN_EXACT, "4u", 0, 0},
	    {"1.2.3.example", PATTERN_EXACT, "1.2.3.example", 0, 0},
	    {"*.example", PATTERN_SUFFIX, "example", 0, 0},
	    {"*.partner.example:8443", PATTERN_SUFFIX, "partner.example", 0, 8443},
	    {"*", PATTERN_ANY, NULL, 0, 0},
	    {"*:443", PATTERN_ANY, NULL, 0, 443},
	    {"192.0.2.1", PATTERN_CIDR, "192.0.2.1", 32, 0},
	    {"192.0.2.1:443", PATTERN_CIDR, "192.0.2.1", 32, 443},
	    {"::1", PATTERN_CIDR, "::1", 128, 0},
	    {"[::1]", PATTERN_CIDR, "::1", 128, 0},
	    {"[::1]:443", PATTERN_CIDR, "::1", 128, 443},
	    {"10.0.0.0/8", PATTERN_CIDR, "10.0.0.0", 8, 0},
	    {"10.0.0.0/8:443", PATTERN_CIDR, "10.0.0.0", 8, 443},
	    {"0.0.0.0/0", PATTERN_CIDR, "0.0.0.0", 0, 0},
	    {"2001:db8::/32", PATTERN_CIDR, "2001:db8::", 32, 0},
	    {"[2001:db8::/32]:443", PATTERN_CIDR, "2001:db8::", 32, 443},
	    {"::/0", PATTERN_CIDR, "::", 0, 0},
	    {"::ffff:192.0.2.1", PATTERN_CIDR, "192.0.2.1", 32, 0},
	    {"::ffff:192.0.2.0/120", PATTERN_CIDR, "192.0.2.0", 24, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct pattern p;
		struct buf error;
		char text[256];

		buf_init(&error, 0);
		if (!pattern_parse(cases[i].text, strlen(cases[i].text), &p, &error))
			fail_msg("%s", buf_str(&error));
		assert_int_equal(error.len, 0);
		assert_int_equal(p.kind, cases[i].kind);
		assert_int_equal(p.port, cases[i].port);
		assert_int_equal(p.prefix, cases[i].prefix);
		if (p.kind == PATTERN_CIDR) {
			address_format(&p.address, text);
			assert_string_equal(text, cases[i].name);
		} else if (cases[i].name) {
			assert_int_equal(p.name_length, strlen(cases[i].name));
			assert_memory_equal(p.name, cases[i].name, p.name_length);
		}
		buf_free(&error);
	}
}

#define EXAMPLE_OR_ANY "write *.example.com for all names below example.com, or * for every host"
static void test_bad_patterns(void **state)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
	    {"", "'' is no host; write a name, an address, *.suffix or *"},
	    {"*.", "'*.' has no name behind '*.'; " EXAMPLE_OR_ANY},
	    {"*foo.example",
	     "'*foo.example' has a '*' that is no label of its own in front; " EXAMPLE_OR_ANY},
	    {"foo.*.example",
	     "'foo.*.example' has a '*' that is no label of its own in front; " EXAMPLE_OR_ANY},
	    {"10.0.0.*", "'10.0.0.*' has a '*' in an address; write a block with its prefix: "
			 "192.0.2.0/24"},
	    {"**", "'**' has a '*' that is no label of its own in front; " EXAMPLE_OR_ANY},
	    {"*.*.example",
	     "'*.*.example' has a '*' that is no label of its own in front; " EXAMPLE_OR_ANY},
	    {"a..b", "'a..b' has an empty label; write a name such as www.example.com, with one "
		     "dot between labels "
		     "and none in front"},
	    {".example", "'.example' has an empty label; write a name such as www.example.com, "
			 "with one dot between "
			 "labels and none in front"},
	    {"*..example",
	     "'*..example' has an empty label; write a name such as www.example.com, with one dot "
	     "between labels and none in front"},
	    {"a:0", "'a:0' has a port that cannot be, 0; write a number from 1 to 65535"},
	    {"a:65536",
	     "'a:65536' has a port that cannot be, 65536; write a number from 1 to 65535"},
	    {"a:https",
	     "'a:https' has a port that cannot be, https; write a number from 1 to 65535"},
	    {"a:-1", "'a:-1' has a port that cannot be, -1; write a number from 1 to 65535"},
	    {"a:",
	     "'a:' has no port after ':'; write a number from 1 to 65535, or leave out the ':'"},
	    {"a:*", "'a:*' has '*' as its port; a pattern without a port holds for every port, so "
		    "leave out the ':*'"},
	    {":443",
	     "':443' has no host in front of the ':'; write HOST:PORT, or *:PORT for every host"},
	    {"10.1.2.3/8", "'10.1.2.3/8' has address bits behind the prefix; write 10.0.0.0/8, or "
			   "the address without "
			   "a prefix for this one host"},
	    {"2001:db8::1/64",
	     "'2001:db8::1/64' has address bits behind the prefix; write 2001:db8::/64, or the "
	     "address without a prefix for this one host"},
	    {"10.0.0.0/33", "'10.0.0.0/33' has a prefix that is too long; write at most /32"},
	    {"::/129", "'::/129' has a prefix that is too long; write at most /128"},
	    {"10.0.0.0/", "'10.0.0.0/' has no prefix length after '/'; write a number of bits, "
			  "such as 10.0.0.0/8"},
	    {"10.0.0.0/255.0.0.0",
	     "'10.0.0.0/255.0.0.0' has no prefix length after '/'; write a number of bits, such "
	     "as 10.0.0.0/8"},
	    {"::ffff:0:0/95",
	     "'::ffff:0:0/95' reaches beyond the IPv4 addresses; write an IPv4 block, such as "
	     "10.0.0.0/8"},
	    {"b\xc3\xbc"
	     "cher.example",
	     "'b\xc3\xbc"
	     "cher.example' is not ASCII; write the A-label form of the name, xn--..., as in the "
	     "certificate"},
	    {"a\xff", "'a\\xFF' is not ASCII; write the A-label form of the name, xn--..., as in "
		      "the certificate"},
	    {"https://a.example/x",
	     "'https://a.example/x' is a URL; write HOST:PORT: a.example:443"},
	    {"HTTPS://a.example:8443",
	     "'HTTPS://a.example:8443' is a URL; write HOST:PORT: a.example:8443"},
	    {"ldaps://a.example", "'ldaps://a.example' is a URL; write HOST:PORT: a.example"},
	    {"https://", "'https://' is a URL; write HOST:PORT, such as www.example.com:443"},
	    {"a.example/x", "'a.example/x' has a path; write the host alone: a.example"},
	    {"a.example:443/x",
	     "'a.example:443/x' has a path; write the host and port alone: a.example:443"},
	    {"1.2.3",
	     "'1.2.3' can never match: it ends in a number and is no address; write all four parts "
	     "(192.0.2.1), a block (192.0.2.0/24) or a name"},
	    {"256.1.1.1", "'256.1.1.1' can never match: it ends in a number and is no address; "
			  "write all four parts "
			  "(192.0.2.1), a block (192.0.2.0/24) or a name"},
	    {"*.0x7f", "'*.0x7f' can never match: it ends in a number and is no address; write all "
		       "four parts "
		       "(192.0.2.1), a block (192.0.2.0/24) or a name"},
	    {"fe80::1%eth0", "'fe80::1%eth0' has a zone id, which peers are not known by; leave "
			     "out the '%' and what "
			     "follows"},
	    {"[::1", "'[::1' has no ']'; write [ADDRESS]:PORT, such as [2001:db8::1]:443"},
	    {"[192.0.2.1]:443",
	     "'[192.0.2.1]:443' has brackets, which are for IPv6 addresses only; write "
	     "192.0.2.1:PORT"},
	    {"[a:b]",
	     "'[a:b]' is no IPv6 address; write [ADDRESS]:PORT, such as [2001:db8::1]:443"},
	    {"[::]/64", "'[::]/64' has its prefix behind the bracket; write [::/PREFIX]:PORT, or "
			"without brackets where "
			"there is no port"},
	    {"[::1]443",
	     "'[::1]443' has something other than :PORT behind the ']'; write [ADDRESS]:PORT"},
	    {"a:b:c",
	     "'a:b:c' is neither HOST:PORT nor an IPv6 address; write [ADDRESS]:PORT for IPv6"},
	    {"a,b",
	     "'a,b' has a ',' or ';'; write white space between patterns: [a.example b.example]"},
	    {"a@b", "'a@b' has @, which no host name has; write HOST or HOST:PORT"},
	    {"a b", "'a b' has white space or a control character in it; write HOST or HOST:PORT"},
	    {"a\x1b[31m",
	     "'a\\x1B[31m' has white space or a control character in it; write HOST or HOST:PORT"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct pattern p;
		struct buf error;

		buf_init(&error, 0);
		if (pattern_parse(cases[i].text, strlen(cases[i].text), &p, &error))
			fail_msg("'%s' was taken", cases[i].text);
		assert_string_equal(buf_str(&error), cases[i].sentence);
		buf_free(&error);
		assert_false(pattern_parse(cases[i].text, strlen(cases[i].text), &p, NULL));
	}
}

static void test_long_patterns(void **state)
{
	char text[400], label[65];
	struct pattern p;
	struct buf error;

	(void)state;
	memset(label, 'a', 64);
	label[64] = '\0';
	buf_init(&error, 0);
	snprintf(text, sizeof(text), "%s.example", label);
	assert_false(pattern_parse(text, strlen(text), &p, &error));
	assert_non_null(strstr(buf_str(&error), "...' has a label of more than 63 bytes"));
	buf_clear(&error);
	snprintf(text, sizeof(text), "%.63s.%.63s.%.63s.%.62s", label, label, label, label);
	assert_false(pattern_parse(text, strlen(text), &p, &error));
	assert_non_null(strstr(buf_str(&error), "has more than 253 bytes"));
	assert_true(error.len < 200);
	text[253] = '\0';
	assert_true(pattern_parse(text, 253, &p, NULL));
	buf_free(&error);
}

static void test_covers(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool is_address, covers;
	} cases[] = {
	    {"a.example", "a.example", false, true},
	    {"a.example", "A.EXAMPLE.", false, true},
	    {"a.example:443", "a.example", false, true},
	    {"a.example", "b.a.example", false, false},
	    {"a.example", "*.example", false, false},
	    {"a.example", "*.a.example", false, false},
	    {"a.example", "xa.example", false, false},
	    {"*.a.example", "b.a.example", false, true},
	    {"*.a.example:8443", "c.b.A.example", false, true},
	    {"*.a.example", "*.a.example", false, true},
	    {"*.a.example", "*.b.a.example", false, true},
	    {"*.a.example", "f*.a.example", false, true},
	    {"*.a.example", "*.example", false, false},
	    {"*.a.example", "a.example", false, false},
	    {"*.a.example", "xa.example", false, false},
	    {"*.a.example", "evila.example", false, false},
	    {"*.a.example", "*.evila.example", false, false},
	    {"*.a.example", "*a.example", false, false},
	    {"*.a.example", "b.*.a.example", false, false},
	    {"*.a.example", "**.a.example", false, false},
	    {"*.a.example", ".a.example", false, false},
	    {"*.a.example", "b c.a.example", false, false},
	    {"*.a.example", "\xff.a.example", false, false},
	    {"*", "any.example", false, true},
	    {"*", "*.example", false, true},
	    {"*", "192.0.2.1", true, true},
	    {"*:443", "::1", true, true},
	    {"*", "", false, false},
	    {"*", "*", false, false},
	    {"*", "no address", true, false},
	    {"192.0.2.1", "192.0.2.1", true, true},
	    {"192.0.2.1", "192.0.2.1", false, false},
	    {"192.0.2.1", "192.0.2.2", true, false},
	    {"192.0.2.0/24", "192.0.2.77", true, true},
	    {"192.0.2.0/24:443", "::ffff:192.0.2.77", true, true},
	    {"192.0.2.0/24", "192.0.3.77", true, false},
	    {"::/0", "192.0.2.1", true, false},
	    {"0.0.0.0/0", "::1", true, false},
	    {"[2001:db8::/32]:1", "2001:db8:ffff::1", true, true},
	    {"a.example", "192.0.2.1", true, false},
	    {"*..", "a.example", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (pattern_covers(cases[i].pattern, cases[i].name, cases[i].is_address) !=
		    cases[i].covers)
			fail_msg("%s covers %s: should be %d", cases[i].pattern, cases[i].name,
				 cases[i].covers);
	}
	assert_false(pattern_covers(NULL, "a", false));
	assert_false(pattern_covers("a", NULL, false));
}

static void test_protocols(void **state)
{
	(void)state;
	assert_int_equal(protocol_parse("TLSv1"), 0x0301);
	assert_int_equal(protocol_parse("tlsV1.1"), 0x0302);
	assert_int_equal(protocol_parse("TLSv1.2"), 0x0303);
	assert_int_equal(protocol_parse("TLSv1.3"), 0x0304);
	assert_int_equal(protocol_parse("TLSv1.4"), 0);
	assert_int_equal(protocol_parse("TLSv1.0"), 0);
	assert_int_equal(protocol_parse("SSLv3"), 0);
	assert_int_equal(protocol_parse(""), 0);
	assert_int_equal(protocol_parse(NULL), 0);
	assert_string_equal(protocol_name(0x0303), "TLSv1.2");
	assert_null(protocol_name(0x0300));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hosts),          cmocka_unit_test(test_is_address),
	    cmocka_unit_test(test_format_as_libc), cmocka_unit_test(test_good_patterns),
	    cmocka_unit_test(test_bad_patterns),   cmocka_unit_test(test_long_patterns),
	    cmocka_unit_test(test_covers),         cmocka_unit_test(test_protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
