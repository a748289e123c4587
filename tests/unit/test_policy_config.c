/* SPDX-License-Identifier: ISC
 *
 * The configuration reader: the format, and for each thing that is refused the line that a user sees.
 */
#include "policy_helper.h"

static struct policy *parse_as(enum source_kind kind, const char *text, size_t n, bool advice,
			       struct messages *m, bool *bad)
{
	struct config_source source = {kind, kind == SOURCE_FILE ? "t.conf" : "TLSMEND_X", text, n};
	struct policy *p = policy_parse(&source, 1, advice, messages_collect, m, bad);

	assert_non_null(p);
	return p;
}

static void says_as(enum source_kind kind, const char *text, bool advice, const char *expected,
		    bool expect_bad, size_t sections)
{
	struct messages m = {0};
	bool bad = !expect_bad;
	struct policy *p = parse_as(kind, text, strlen(text), advice, &m, &bad);

	assert_string_equal(messages_text(&m), expected);
	assert_int_equal(bad, expect_bad);
	assert_int_equal(policy_section_count(p), sections);
	policy_free(p);
	free(m.text);
}

/* The section with this key line says this, and is dropped. */
static void key_says(const char *line, const char *expected)
{
	char text[6000], whole[7000];

	snprintf(text, sizeof(text),
		 "[good.example]\nGroups = X25519\n[h.example]\nGroups = X25519\n%s\n", line);
	snprintf(whole, sizeof(whole), "E t.conf:5: %s (section [h.example] is dropped)\n",
		 expected);
	says_as(SOURCE_FILE, text, false, whole, true, 1);
}

static void value_is(const char *text, enum key key, const char *expected)
{
	struct policy *p = parse_good(text);
	const char *value = value_for(p, "h", NULL, 443, key);

	assert_non_null(value);
	assert_string_equal(value, expected);
	policy_free(p);
}

static void test_format(void **state)
{
	struct policy *p;

	(void)state;
	value_is("[h]\nExtraCAFile = /a.pem\n", KEY_EXTRA_CA_FILE, "/a.pem");
	value_is("\xef\xbb\xbf[h]\r\nExtraCAFile=/a.pem\r\n", KEY_EXTRA_CA_FILE, "/a.pem");
	value_is(
	    "# c\n\n \t\n  [ h ]  # c ]\n\textracafile\t=  /a b.pem \t # c\nMINPROTOCOL=tlsv1.2",
	    KEY_EXTRA_CA_FILE, "/a b.pem");
	value_is("[h]\nExtraCAFile = /a#b.pem", KEY_EXTRA_CA_FILE, "/a#b.pem");
	value_is("[h]\nExtraCAFile = \"/a #b.pem\"", KEY_EXTRA_CA_FILE, "/a #b.pem");
	value_is("[h]\nExtraCAFile = \"/a \"  # c", KEY_EXTRA_CA_FILE, "/a ");
	value_is("[h]\nExtraCAFile = /a=b.pem", KEY_EXTRA_CA_FILE, "/a=b.pem");
	value_is("[h]\nExtraCAFile = /Schl\xfcssel.pem", KEY_EXTRA_CA_FILE, "/Schl\xfcssel.pem");
	value_is("# Latin-1: \xfc\n[h]\nGroups = P-256:X25519", KEY_GROUPS, "P-256:X25519");
	value_is("[[::1]:443 h]\nGroups = P-256", KEY_GROUPS, "P-256");
	p = parse_good("[[::1]:443 *.x.example]\nGroups = A\n[::1]\nGroups = "
		       "B\n[[2001:db8::1]]\nGroups = C\n");
	assert_string_equal(value_for(p, "::1", NULL, 443, KEY_GROUPS), "A");
	assert_string_equal(value_for(p, "a.x.example", NULL, 1, KEY_GROUPS), "A");
	assert_string_equal(value_for(p, "::1", NULL, 444, KEY_GROUPS), "B");
	assert_string_equal(value_for(p, "2001:db8::1", NULL, 444, KEY_GROUPS), "C");
	policy_free(p);
	p = parse_good("");
	assert_true(policy_empty(p));
	policy_free(p);
}

static void test_section_fields(void **state)
{
	struct policy *p = parse_good(
	    "[b.example]\nGroups=X\n\n[a.example *.c.example:8443]\n"
	    "Reason = ticket #12, see OPS # 4\nUntil = 2027-03-31\nMinProtocol = TLSv1.1\n");
	struct peer peer = {"x.c.example", NULL, 8443};
	struct rule rule;
	const struct setting *s;

	(void)state;
	policy_lookup(p, &peer, 0, &rule);
	assert_int_equal(rule.count, 1);
	s = rule.set[KEY_MIN_PROTOCOL];
	assert_non_null(s);
	assert_int_equal(s->protocol, PROTOCOL_TLS1_1);
	assert_true(s->weakening);
	assert_false(s->any_host);
	assert_string_equal(s->pattern, "*.c.example:8443");
	assert_int_equal(s->line, 7);
	assert_int_equal(s->section->line, 4);
	assert_string_equal(s->section->source, "t.conf");
	assert_string_equal(s->section->header, "a.example *.c.example:8443");
	assert_string_equal(s->section->reason, "ticket #12, see OPS # 4");
	assert_string_equal(s->section->until_text, "2027-03-31");
	assert_true(s->section->until == 1806537599); /* date -ud '2027-03-31 23:59:59' +%s */
	assert_null(rule.set[KEY_REASON]);
	assert_null(rule.expired);
	policy_free(p);
}

#define OPTION_LIST                                                                                \
	"SessionTicket, Compression, EmptyFragments, Bugs, DHSingle, ECDHSingle, "                 \
	"ServerPreference, PrioritizeChaCha, "                                                     \
	"NoResumptionOnRenegotiation, NoRenegotiation, UnsafeLegacyRenegotiation, "                \
	"UnsafeLegacyServerConnect, "                                                              \
	"EncryptThenMac, AllowNoDHEKEX, PreferNoDHEKEX, ExtendedMasterSecret, MiddleboxCompat, "   \
	"AntiReplay, CANames, "                                                                    \
	"KTLS, IgnoreUnexpectedEOF, TxCertificateCompression, RxCertificateCompression, "          \
	"KTLSTxZerocopySendfile, each "                                                            \
	"with an optional + or -"
#define NEVER_OFF                                                                                  \
	" is refused: tlsmend never turns a check off; write ExtraCAFile = FILE with the "         \
	"certificate authority that "                                                              \
	"is to be trusted for this host"

static void test_refused_keys(void **state)
{
	char text[1000];

	(void)state;
	key_says("ExtraCaFiel = /x", "unknown key 'ExtraCaFiel'; write ExtraCAFile");
	key_says("Min_Protocol = TLSv1.2", "unknown key 'Min_Protocol'; write MinProtocol");
	key_says("Curves = P-256", "unknown key 'Curves'; write Groups");
	key_says("CAfile = /x", "unknown key 'CAfile'; write ExtraCAFile");
	key_says("VerifyCAFile = /x", "unknown key 'VerifyCAFile'; write ExtraCAFile");
	/* of keys.def, in its order */
	static const char all[] = ""
#define KEY(id, name, effect, syntax, text) ", " name
#include "../../shim/policy/keys.def"
#undef KEY
	    ;
	snprintf(text, sizeof(text), "unknown key 'Zzz'; write one of %s", all + 2);
	key_says("Zzz = 1", text);
	key_says("= 1", "no key before '='; write KEY = VALUE");
	key_says("VerifyMode = None", "'VerifyMode'" NEVER_OFF);
	key_says("verifymode = Peer", "'verifymode'" NEVER_OFF);
	key_says("VerifyPeer = no", "'VerifyPeer'" NEVER_OFF);
	key_says("InsecureSkipVerify = true", "'InsecureSkipVerify'" NEVER_OFF);
	key_says("ssl_verify = 0", "'ssl_verify'" NEVER_OFF);
	key_says("Insecure = yes", "'Insecure'" NEVER_OFF);
	key_says("PARTIAL_CHAIN = yes",
		 "'PARTIAL_CHAIN' is refused: it would make every certificate in the store an "
		 "anchor; write ExtraCAFile "
		 "= FILE with the root, or with the host's own self-signed certificate");
	key_says("PartialChain = no",
		 "'PartialChain' is refused: it would make every certificate in the store an "
		 "anchor; write ExtraCAFile = "
		 "FILE with the root, or with the host's own self-signed certificate");
	key_says("ExtraCAFile /x", "'ExtraCAFile /x' has no '='; write ExtraCAFile = VALUE");
	key_says("Until: 2027-01-01", "'Until: 2027-01-01' has no '='; write Until = VALUE");
	key_says("; note", "'; note' is neither section nor key; write # in front of a comment");
	key_says("some words", "'some words' is neither section nor key; write [HOST], KEY = "
			       "VALUE, or # in front of a "
			       "comment");
	key_says("groups = P-256",
		 "Groups stands twice in this section, first on line 4; write it once");
}

static void test_refused_values(void **state)
{
	char line[5000];

	(void)state;
	key_says("ExtraCAFile =",
		 "ExtraCAFile has no value; write ExtraCAFile = /etc/tlsmend/root.pem");
	key_says("Reason = \"\"", "Reason has no value; write Reason = why this section is there");
	key_says("Until = # soon", "Until has no value; write Until = 2027-03-31");
	key_says("OnlyCAFile = ~/corp.pem",
		 "OnlyCAFile = '~/corp.pem' is no path: ~ and $ are not expanded; write the whole "
		 "path, such as /etc/tlsmend/corp.pem");
	key_says("ExtraCAFile = \"/a", "ExtraCAFile = '\"/a' has no closing quote; write \"...\" "
				       "on one line, or no quotes at all");
	key_says("ExtraCAFile = \"/a\"b",
		 "ExtraCAFile has text behind the closing quote: 'b'; write the whole value inside "
		 "the quotes, or none of it");
	key_says("ExtraCAFile = /a\x1b[2J",
		 "ExtraCAFile = '/a\\x1B[2J' has a control character in it; write plain text");
	key_says(
	    "CipherString = A:\\",
	    "CipherString = 'A:\\\\' ends in a backslash, but lines cannot be continued; write it "
	    "in one line");
	key_says("MinProtocol = SSLv3", "MinProtocol = 'SSLv3' is no protocol version; write "
					"TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3");
	key_says("MaxProtocol = None", "MaxProtocol = 'None' is no protocol version; write TLSv1, "
				       "TLSv1.1, TLSv1.2 or TLSv1.3");
	key_says("Until = 2027-02-30", "Until = '2027-02-30' is a day that is in no calendar; "
				       "write the last day as YYYY-MM-DD");
	key_says("Until = 2027-2-3",
		 "Until = '2027-2-3' is no date; write YYYY-MM-DD, such as 2027-03-31");
	key_says("Until = next year",
		 "Until = 'next year' is no date; write YYYY-MM-DD, such as 2027-03-31");
	key_says("Options = UnsafeLegacyServerConect",
		 "unknown entry in Options: 'UnsafeLegacyServerConect'; write "
		 "UnsafeLegacyServerConnect");
	key_says("Options = Bugs, Zzz",
		 "unknown entry in Options: 'Zzz'; write one of " OPTION_LIST);
	key_says("Options = Bugs,", "unknown entry in Options: ''; write one of " OPTION_LIST);
	key_says("Options = PARTIAL_CHAIN",
		 "'PARTIAL_CHAIN' is refused: it would make every certificate in the store an "
		 "anchor; write ExtraCAFile "
		 "= FILE with the root, or with the host's own self-signed certificate");
	key_says(
	    "Ciphersuites = TLS_AES_128_GCM_SHA256:TLS_SHA256_SHA256",
	    "Ciphersuites has 'TLS_SHA256_SHA256', which does not encrypt; take it out, or write "
	    "TLS_AES_256_GCM_SHA384");
	key_says(
	    "Ciphersuites = TLS_SHA384_SHA384",
	    "Ciphersuites has 'TLS_SHA384_SHA384', which does not encrypt; take it out, or write "
	    "TLS_AES_256_GCM_SHA384");
	key_says("CipherString = DEFAULT:@SECLEVEL=9",
		 "CipherString has no such security level: 'SECLEVEL=9'; write @SECLEVEL=0 to "
		 "@SECLEVEL=5");
	key_says(
	    "Certificate = $HOME/me.pem",
	    "Certificate = '$HOME/me.pem' is no path: ~ and $ are not expanded; write the whole "
	    "path, such as /etc/tlsmend/me.pem");
	key_says("PrivateKey = ",
		 "PrivateKey has no value; write PrivateKey = /etc/tlsmend/client.key");
	key_says("ReplaceCertificate = always",
		 "ReplaceCertificate = 'always' is neither yes nor no; write yes or no");
	key_says("ServerName = 192.0.2.1",
		 "ServerName = '192.0.2.1' is an address, which cannot be sent as a name (RFC "
		 "6066); write a name, or none");
	key_says("ServerName = *.example.com",
		 "ServerName = '*.example.com' is no single host name; write the one that the "
		 "server goes by, such as www.example.com, or none");
	key_says("IgnoreUnexpectedEOF = maybe",
		 "IgnoreUnexpectedEOF = 'maybe' is neither yes nor no; write yes or no");
	key_says("IgnoreUnexpectedEOF =",
		 "IgnoreUnexpectedEOF has no value; write IgnoreUnexpectedEOF = yes");
	key_says("MaxCertList = 100k",
		 "MaxCertList = '100k' is no number of bytes from 16384 to 8388608; write 1048576, "
		 "or as much as the server sends");
	key_says("MaxCertList = 16383",
		 "MaxCertList = '16383' is no number of bytes from 16384 to 8388608; write "
		 "1048576, or as much as the server sends");
	key_says("MaxCertList = 4294983680",
		 "MaxCertList = '4294983680' is no number of bytes from 16384 to 8388608; write "
		 "1048576, or as much as the server sends");
	memset(line, 'a', sizeof(line));
	memcpy(line, "Reason = ", 9);
	line[9 + VALUE_MAX_LENGTH + 1] = '\0';
	key_says(line, "the value of Reason is 4097 bytes long; write at most 4096");
}

/* These need the message of a later line. */
static void test_pairs(void **state)
{
	(void)state;
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1.3\n\nMaxProtocol = TLSv1.2\n", false,
		"E t.conf:4: MinProtocol = TLSv1.3 is above MaxProtocol = TLSv1.2, which leaves no "
		"version; write a "
		"MinProtocol that is not above it (section [h] is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[h]\nOnlyCAFile = /a\nExtraCAFile = /a\n", false,
		"E t.conf:3: ExtraCAFile and OnlyCAFile in one section contradict each other; "
		"write one of them: OnlyCAFile "
		"where the client's own store is not to count (section [h] is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[h]\nPrivateKey = /a\n", false,
		"E t.conf:2: PrivateKey without Certificate in the same section; write Certificate "
		"= FILE beside it, with the certificate of this key (section [h] is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[h]\nCertificate = /a\n[h]\nReplaceCertificate = yes\n", false,
		"E t.conf:4: ReplaceCertificate without Certificate in the same section; write "
		"Certificate = FILE beside it (section [h] is dropped)\n",
		true, 1);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1.2\nMaxProtocol = TLSv1.2\n", false, "",
		false, 1);
}

static void ciphers_are(const char *value, const char *refused, bool weakening)
{
	struct value v = {.text = value, .length = strlen(value)};
	struct buf error;
	char text[200];

	buf_init(&error, 0);
	if (value_check(KEY_CIPHER_STRING, &v, &error) != (!refused))
		fail_msg("%s: %s", value, buf_str(&error));
	if (refused) {
		snprintf(text, sizeof(text), "CipherString has '%s', suites", refused);
		assert_memory_equal(buf_str(&error), text, strlen(text));
	} else {
		assert_int_equal(v.weakening, weakening);
	}
	buf_free(&error);
}

static void test_ciphers(void **state)
{
	(void)state;
	ciphers_are("DEFAULT", NULL, false);
	ciphers_are("DEFAULT:@SECLEVEL=0", NULL, true);
	ciphers_are("DEFAULT@SECLEVEL=1", NULL, true);
	ciphers_are("@seclevel=0", NULL, true);
	ciphers_are("@SECLEVEL=2:DEFAULT", NULL, false);
	ciphers_are("@SECLEVEL=2:@SECLEVEL=0", NULL, true);
	ciphers_are("HIGH:!aNULL:!eNULL:-ADH:@STRENGTH", NULL, false);
	ciphers_are("HIGH !aNULL,!kRSA+eNULL;-NULL-SHA", NULL, false);
	ciphers_are("ECDHE-RSA-AES128-GCM-SHA256:+AES256", NULL, false);
	ciphers_are("aNULL", "aNULL", false);
	ciphers_are("ALL:eNULL", "eNULL", false);
	ciphers_are("HIGH:kRSA+eNULL", "eNULL", false);
	ciphers_are("eNULL+kRSA", "eNULL", false);
	ciphers_are("!MD5:kRSA+aNULL", "aNULL", false);
	ciphers_are("HIGH:+aNULL", "aNULL", false);
	ciphers_are("DEFAULTaNULL", "aNULL", false);
	ciphers_are("DEFAULT aNULL", "aNULL", false);
	ciphers_are("HIGH!aNULL:ADH", "ADH", false);
	ciphers_are("-aNULL:aNULL", "aNULL", false);
	ciphers_are("NULL", "NULL", false);
	ciphers_are("AECDH", "AECDH", false);
	ciphers_are("COMPLEMENTOFALL", "COMPLEMENTOFALL", false);
	ciphers_are("ALL:COMPLEMENTOFDEFAULT", "COMPLEMENTOFDEFAULT", false);
	ciphers_are("ADH-AES256-SHA", "ADH-AES256-SHA", false);
	ciphers_are("AECDH-NULL-SHA", "AECDH-NULL-SHA", false);
	ciphers_are("EXP-ADH-RC4-MD5", "EXP-ADH-RC4-MD5", false);
	ciphers_are("NULL-SHA256", "NULL-SHA256", false);
	ciphers_are("ECDHE-RSA-NULL-SHA", "ECDHE-RSA-NULL-SHA", false);
	ciphers_are("TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_NULL_SHA", false);
	ciphers_are("TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_DH_anon_WITH_AES_128_CBC_SHA", false);
}

static void weakens(enum key key, const char *value, bool expected)
{
	struct value v = {.text = value, .length = strlen(value)};
	struct buf error;

	buf_init(&error, 0);
	if (!value_check(key, &v, &error))
		fail_msg("%s", buf_str(&error));
	if (v.weakening != expected)
		fail_msg("%s = %s: weakening should be %d", key_table[key].name, value, expected);
	buf_free(&error);
}

static void test_weakening(void **state)
{
	(void)state;
	weakens(KEY_MIN_PROTOCOL, "TLSv1", true);
	weakens(KEY_MIN_PROTOCOL, "TLSv1.1", true);
	weakens(KEY_MIN_PROTOCOL, "TLSv1.2", false);
	weakens(KEY_MAX_PROTOCOL, "TLSv1.1", true);
	weakens(KEY_MAX_PROTOCOL, "TLSv1.3", false);
	weakens(KEY_OPTIONS, "UnsafeLegacyRenegotiation", true);
	weakens(KEY_OPTIONS, "+unsafelegacyserverconnect", true);
	weakens(KEY_OPTIONS, "-UnsafeLegacyServerConnect", false);
	weakens(KEY_IGNORE_UNEXPECTED_EOF, "yes", true);
	weakens(KEY_IGNORE_UNEXPECTED_EOF, "no", false);
	weakens(KEY_MAX_CERT_LIST, "1048576", false);
	weakens(KEY_OPTIONS, "Bugs , IgnoreUnexpectedEOF", true);
	weakens(KEY_OPTIONS, "Compression", true);
	weakens(KEY_OPTIONS, "-Compression", false);
	weakens(KEY_OPTIONS, "EncryptThenMac,ExtendedMasterSecret", false);
	weakens(KEY_OPTIONS, "-EncryptThenMac", true);
	weakens(KEY_OPTIONS, "-ExtendedMasterSecret", true);
	weakens(KEY_GROUPS, "P-256", false);
}

static void any_host_says(const char *header, const char *line, const char *setting)
{
	const bool block = strchr(header, '/') != NULL;
	char text[300], expected[400];

	snprintf(text, sizeof(text), "[%s]\nGroups = P-256\n%s\n", header, line);
	snprintf(expected, sizeof(expected),
		 "E t.conf:3: %s weakens, which is refused for every host%s%s%s; write it into a "
		 "section "
		 "that names the hosts "
		 "that need it (section [%s] is dropped)\n",
		 setting, block ? ", and a block of addresses as large as '" : "",
		 block ? header : "", block ? "' is as good as that" : "", header);
	says_as(SOURCE_FILE, text, false, expected, true, 0);
}

static void test_weakening_for_all(void **state)
{
	(void)state;
	any_host_says("*", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("*:443", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("* a.example", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("a.example *", "MaxProtocol = TLSv1.1", "MaxProtocol = 'TLSv1.1'");
	any_host_says("0.0.0.0/0", "CipherString = DEFAULT:@SECLEVEL=0",
		      "CipherString = 'DEFAULT:@SECLEVEL=0'");
	any_host_says("::/0", "Options = UnsafeLegacyServerConnect",
		      "Options = 'UnsafeLegacyServerConnect'");
	any_host_says("[::/0]:443", "Options = -EncryptThenMac", "Options = '-EncryptThenMac'");
	any_host_says("0.0.0.0/1", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("126.0.0.0/7", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("2000::/3", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("fc00::/6", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	any_host_says("::ffff:0.0.0.0/97", "MinProtocol = TLSv1", "MinProtocol = 'TLSv1'");
	says_as(SOURCE_FILE, "[10.0.0.0/8 fc00::/7 fe80::/10 2001:db8::/32]\nMinProtocol = TLSv1\n",
		false, "", false, 1);
	says_as(
	    SOURCE_FILE,
	    "[*]\nMinProtocol = TLSv1.2\nUntil = 2001-01-01\n[10.0.0.0/8]\nMinProtocol = TLSv1\n",
	    false, "", false, 2);
}

static void test_headers(void **state)
{
	(void)state;
	says_as(SOURCE_FILE, "ExtraCAFile = /a\nGroups = P-256\n[h]\nGroups = P-256\n", false,
		"E t.conf:1: 'ExtraCAFile = /a' stands before the first section; write [HOST] on a "
		"line above it, or [*] for "
		"every host\n",
		true, 1);
	says_as(SOURCE_FILE, "-----BEGIN CERTIFICATE-----\nMIIB=\n", false,
		"E t.conf:1: '-----BEGIN CERTIFICATE-----' begins a PEM file, not a configuration; "
		"write [HOST] and, below "
		"it, ExtraCAFile = FILE into a file of its own\n",
		true, 0);
	says_as(SOURCE_FILE, "[g]\nGroups = A\n[a\nGroups = P-256\n", false,
		"E t.conf:3: '[a' has no ']' at its end; write [a] (this section is dropped)\n",
		true, 1);
	says_as(SOURCE_FILE, "[[::1]:443\nGroups = P-256\n", false,
		"E t.conf:1: '[[::1]:443' has no ']' at its end; write [[::1]:443] (this section "
		"is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[::1]:443\nGroups = P-256\n", false,
		"E t.conf:1: '[::1]:443' has its port outside the section's brackets; write "
		"[[::1]:443] (this section is "
		"dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[a.example]:443\nGroups = P-256\n", false,
		"E t.conf:1: '[a.example]:443' has its port outside the section's brackets; write "
		"[a.example:443] (this "
		"section is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[a] Groups = A\n", false,
		"E t.conf:1: '[a] Groups = A' has text behind its ']'; write keys on lines of "
		"their own, comments behind ' "
		"#' (this section is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[]\nGroups = A\n", false,
		"E t.conf:1: a section without a host; write [HOST], or [*] for every host (this "
		"section is dropped)\n",
		true, 0);
	says_as(SOURCE_FILE, "[a 1.2.3 b]\nGroups = A\n", false,
		"E t.conf:1: '1.2.3' can never match: it ends in a number and is no address; write "
		"all four parts "
		"(192.0.2.1), a block (192.0.2.0/24) or a name (section [a 1.2.3 b] is dropped)\n",
		true, 0);
	/* one message a section at run time, every one for lint */
	says_as(SOURCE_FILE, "[h]\nOption = 1\nGroup = 2\n", true,
		"E t.conf:2: unknown key 'Option'; write Options (section [h] is dropped)\n"
		"E t.conf:3: unknown key 'Group'; write Groups\n",
		true, 0);
}

static void test_advice(void **state)
{
	(void)state;
	says_as(SOURCE_FILE, "[h]\n# nothing\n[i]\nReason = x\n", true,
		"W t.conf:1: a section that sets nothing; write a key, such as ExtraCAFile = FILE, "
		"or take it out\n"
		"W t.conf:3: a section that sets nothing; write a key, such as ExtraCAFile = FILE, "
		"or take it out\n",
		false, 0);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1\n", true,
		"W t.conf:2: MinProtocol = 'TLSv1' weakens, and the section has no Reason and no "
		"Until; write Reason = WHY "
		"and Until = YYYY-MM-DD\n",
		false, 1);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1\nReason = x\n", true,
		"W t.conf:2: MinProtocol = 'TLSv1' weakens, and the section has no Until; write "
		"Until = YYYY-MM-DD\n",
		false, 1);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1\nUntil = 9999-12-31\n", true,
		"W t.conf:2: MinProtocol = 'TLSv1' weakens, and the section has no Reason; write "
		"Reason = WHY\n",
		false, 1);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1\nReason = x\nUntil = 2001-01-01\n", true,
		"W t.conf:4: Until = '2001-01-01' is past, so the weakening keys of this section "
		"no longer count; take them "
		"out, or write a later day where they are still needed\n",
		false, 1);
	says_as(SOURCE_FILE, "[h]\nMinProtocol = TLSv1.2\nUntil = 2001-01-01\n", true,
		"W t.conf:3: Until = '2001-01-01' is past, so the weakening keys of this section "
		"no longer count; take them "
		"out, or write a later day where they are still needed\n",
		false, 1);
	says_as(
	    SOURCE_FILE, "[h]\nExtraCAFile = /x.pem\nUntil = 9999-12-31\n", true,
	    "W t.conf:3: Until = '9999-12-31' ends only keys that weaken, and this section has "
	    "none, so ExtraCAFile counts after it, too; take the line out, and the section when "
	    "it is no longer needed\n",
	    false, 1);
	says_as(SOURCE_FILE, "[h H. i]\nGroups = A\n[h]\nGroups = B\n", true,
		"W t.conf:1: 'H.' stands twice in this header; write it once\n"
		"W t.conf:4: Groups for 'h' overrides the one at t.conf:2; take one of them out\n",
		false, 2);
	says_as(SOURCE_FILE, "[h i]\nGroups = A\n[h]\nGroups = B\n[I]\nGroups = C\n", true,
		"W t.conf:4: Groups for 'h' overrides the one at t.conf:2; take one of them out\n"
		"W t.conf:6: Groups for 'I' overrides the one at t.conf:2; take one of them out\n"
		"W t.conf:1: no key of this section counts for any host, because all of them are "
		"set again further down for the same hosts; take the section out\n",
		false, 3);
	/* the later one ends some day, and then the first one counts again */
	says_as(SOURCE_FILE,
		"[h]\nMinProtocol = TLSv1.2\n[h]\nMinProtocol = TLSv1\nReason = x\nUntil = "
		"9999-12-31\n",
		true, "", false, 2);
}

#define PUBLIC(name)                                                                               \
	"W t.conf:1: '*." name                                                                     \
	"' is every host of a public domain, and MinProtocol = 'TLSv1' weakens the connections "   \
	"to all of them; write the names of the hosts that need it\n"

/* Patterns that are understood, and yet not what anybody wants. */
static void test_advice_patterns(void **state)
{
#define WEAK "]\nMinProtocol = TLSv1\nReason = x\nUntil = 9999-12-31\n"
	(void)state;
	says_as(SOURCE_FILE, "[*.com" WEAK, true, PUBLIC("com"), false, 1);
	says_as(SOURCE_FILE, "[*.co.uk" WEAK, true, PUBLIC("co.uk"), false, 1);
	says_as(SOURCE_FILE, "[*.corp *.example.com *.uk.com *.coo.uk *.test com" WEAK, true, "",
		false, 1);
	says_as(SOURCE_FILE, "[*.com]\nMinProtocol = TLSv1.2\n", true, "", false, 1);
	says_as(
	    SOURCE_FILE, "[-a.example *.b-.example c-d.example 224.0.0.1 ff02::1]\nGroups = A\n",
	    true,
	    "W t.conf:1: '-a.example' is no name of a host (a label begins or ends with '-'), so "
	    "this matches no connection; write the host's name\n"
	    "W t.conf:1: '*.b-.example' is no name of a host (a label begins or ends with '-'), "
	    "so this matches no connection; write the host's name\n"
	    "W t.conf:1: '224.0.0.1' is no address of a server, so this matches no connection; "
	    "write the host's name or address\n"
	    "W t.conf:1: 'ff02::1' is no address of a server, so this matches no connection; "
	    "write the host's name or address\n",
	    false, 1);
	says_as(SOURCE_FILE,
		"[h H. i]\nGroups = A\n[h]\nGroups = B\n[z]\nMinProtocol = TLSv1\nUntil = "
		"2001-01-01\n[q]\n",
		false, "", false, 3);
}

static void test_environment(void **state)
{
	struct config_source source =
	    source_of(SOURCE_ENV_EXTRA_CA, "TLSMEND_EXTRA_CA",
		      "a.example:443=/x=y.pem, [::1]:443 = /z.pem ,*=/all.pem,");
	struct policy *p = policy_parse(&source, 1, false, NULL, NULL, NULL);

	(void)state;
	assert_string_equal(value_for(p, "a.example", NULL, 443, KEY_EXTRA_CA_FILE), "/x=y.pem");
	assert_string_equal(value_for(p, "::1", NULL, 443, KEY_EXTRA_CA_FILE), "/z.pem");
	assert_string_equal(value_for(p, "b.example", NULL, 443, KEY_EXTRA_CA_FILE), "/all.pem");
	policy_free(p);
	says_as(SOURCE_ENV_EXTRA_CA, "a=x.pem,b=/b.pem,c,=/d.pem,e f=/e.pem,*.=/g.pem,h=", false,
		"E TLSMEND_X:0: item 'a=x.pem': ExtraCAFile = 'x.pem' is no absolute path; write "
		"the whole path, such as "
		"/etc/tlsmend/x.pem\n"
		"E TLSMEND_X:0: item 'c': no '='; write HOST=FILE, such as "
		"legacy.example.com=/etc/tlsmend/root.pem\n"
		"E TLSMEND_X:0: item '=/d.pem': no host before the '='; write HOST=FILE, such as "
		"legacy.example.com=/etc/tlsmend/root.pem\n"
		"E TLSMEND_X:0: item 'e f=/e.pem': white space in HOST; write HOST=FILE, such as "
		"legacy.example.com=/etc/tlsmend/root.pem\n"
		"E TLSMEND_X:0: item '*.=/g.pem': '*.' has no name behind '*.'; write "
		"*.example.com for all names below "
		"example.com, or * for every host\n"
		"E TLSMEND_X:0: item 'h=': ExtraCAFile has no value; write ExtraCAFile = "
		"/etc/tlsmend/root.pem\n",
		true, 1);
	says_as(SOURCE_ENV_PROTOCOL, "a=TLSv1,*=TLSv1.1,b=2,c=TLSv1.2", true,
		"E TLSMEND_X:0: item '*=TLSv1.1': MinProtocol = 'TLSv1.1' weakens, which is "
		"refused for every host; write the "
		"one HOST that needs it instead of *\n"
		"E TLSMEND_X:0: item 'b=2': MinProtocol = '2' is no protocol version; write TLSv1, "
		"TLSv1.1, TLSv1.2 or "
		"TLSv1.3\n",
		true, 2);
	says_as(SOURCE_ENV_EXTRA_CA, " , ,", false, "", false, 0);
}

static void junk_says(const char *text, size_t n, const char *expected, size_t sections)
{
	struct messages m = {0};
	bool bad = false;
	struct policy *p = parse_as(SOURCE_FILE, text, n, true, &m, &bad);

	assert_string_equal(messages_text(&m), expected);
	assert_true(bad);
	assert_int_equal(policy_section_count(p), sections);
	policy_free(p);
	free(m.text);
}
#define JUNK_SAYS(text, expected, sections) junk_says(text, sizeof(text) - 1, expected, sections)
#define NO_CONFIGURATION                                                                           \
	", so this is no configuration; write a plain text file of [HOST] sections\n"
#define NOT_READ ", so nothing from here on is read; write plain UTF-8 text"

static void test_junk(void **state)
{
	(void)state;
	JUNK_SAYS("\x7f"
		  "ELF\x02\x01\0\0\n[a]\nGroups=A\n",
		  "E t.conf:1: binary data (a NUL byte)" NO_CONFIGURATION, 0);
	JUNK_SAYS("\x89PNG\r\n\x1a\n", "E t.conf:1: binary data (no UTF-8)" NO_CONFIGURATION, 0);
	JUNK_SAYS("\xff\xfe[\0a\0]\0", "E t.conf:1: the file is in UTF-16; write it in UTF-8\n", 0);
	JUNK_SAYS("[a]\nGroups = A\n[b]\nGroups = B\n\xc0\xaf=1\n[c]\nGroups = C\n",
		  "E t.conf:5: binary data (no UTF-8)" NOT_READ " (section [b] is dropped)\n", 1);
	JUNK_SAYS("[a]\nGroups = A\n[b\xff]\nGroups = B\n",
		  "E t.conf:3: binary data (no UTF-8)" NOT_READ " (section [a] is dropped)\n", 0);
	JUNK_SAYS("[a]\nGroups = A\0\n[b]\nGroups = B\n",
		  "E t.conf:2: binary data (a NUL byte)" NOT_READ " (section [a] is dropped)\n", 0);
}

/* A section that was reported already does not swallow what ends the reading. */
static void test_junk_in_bad_section(void **state)
{
	(void)state;
	says_as(SOURCE_FILE, "[h]\nVerifyMode = None\n\xff\n[i]\nGroups = A\n", false,
		"E t.conf:2: 'VerifyMode'" NEVER_OFF " (section [h] is dropped)\n"
		"E t.conf:3: binary data (no UTF-8)" NOT_READ " (section [h] is dropped)\n",
		true, 0);
}

static void test_keys(void **state)
{
	(void)state;
	for (int key = 0; key < KEY_COUNT; key++) {
		assert_non_null(key_table[key].name);
		assert_true(strlen(key_table[key].text) > 10);
		assert_int_equal(key_find(key_table[key].name, strlen(key_table[key].name)), key);
	}
	assert_int_equal(key_find("ExtraCAFil", 10), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_section_fields),
	    cmocka_unit_test(test_refused_keys),
	    cmocka_unit_test(test_refused_values),
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_ciphers),
	    cmocka_unit_test(test_weakening),
	    cmocka_unit_test(test_weakening_for_all),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_advice),
	    cmocka_unit_test(test_advice_patterns),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_junk),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_junk_in_bad_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
