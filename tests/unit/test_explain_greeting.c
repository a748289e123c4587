/* SPDX-License-Identifier: ISC
 *
 * Answers to the client's first message that are no TLS, no answer at all, and what was offered in it.
 */
#include <tlsmend/diagnose.h>
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct evidence *answer(const char *s, size_t n)
{
	struct evidence *e = failed_handshake(267, -1);

	memcpy(e->first_bytes, s, n);
	e->first_count = n;
	e->bytes_received = n;
	return e;
}

static bool has(const char *text, const char *part)
{
	return text && strstr(text, part);
}

static bool help_has(const struct record *r, const char *part)
{
	size_t i;

	for (i = 0; i < r->help_count; i++) {
		if (has(r->help[i], part))
			return true;
	}
	return false;
}

enum speaks {
#define SPEAKS(id, what, help) SPEAKS_##id,
#define GREETING(id, start, within)
#define PORT(id, number, name)
#include "../../shim/diagnose/greetings.def"
	SPEAKS_COUNT
};

static const struct {
	const char *what, *help;
} protocols[] = {
#define SPEAKS(id, what, help) {what, help},
#define GREETING(id, start, within)
#define PORT(id, number, name)
#include "../../shim/diagnose/greetings.def"
};

static const struct {
	enum speaks id;
	const char *start;
	size_t n;
	const char *within;
} rows[] = {
#define SPEAKS(id, what, help)
#define GREETING(id, start, within) {SPEAKS_##id, start, sizeof(start) - 1, within},
#define PORT(id, number, name)
#include "../../shim/diagnose/greetings.def"
};

/* Each row is reached: no row before it takes what it describes. */
static void every_greeting_is_told(void **state)
{
	bool seen[SPEAKS_COUNT] = {false};
	char bytes[64];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct evidence *e;
		struct record r;

		n = rows[i].n;
		for (k = 0; k < n; k++)
			bytes[k] = rows[i].start[k] == '.' ? 'x' : rows[i].start[k];
		bytes[n++] = ' ';
		for (k = 0; rows[i].within[k] != '\0'; k++)
			bytes[n++] = k % 2 ? rows[i].within[k]
					   : (char)(rows[i].within[k] &
						    ~(rows[i].within[k] >= 'a' ? 0x20 : 0));
		e = answer(bytes, n);
		diagnose(e, &r);
		assert_int_equal(r.cause, CAUSE_NOT_TLS);
		if (!has(r.why, protocols[rows[i].id].what))
			fail_msg("row %zu: %s", i, r.why);
		assert_true(has(r.presented, protocols[rows[i].id].what));
		assert_true(help_has(&r, protocols[rows[i].id].help));
		seen[rows[i].id] = true;
		evidence_free(e);
	}
	for (i = 0; i < SPEAKS_COUNT; i++)
		assert_true(seen[i]);
}

/* Mostly five bytes are all there is. */
static void five_bytes(void **state)
{
	static const struct {
		const char *bytes, *what;
	} table[] = {
	    {"HTTP/", "plain HTTP"},    {"220 m", "mail or FTP"},
	    {"SSH-2", "SSH"},           {"* OK ", "IMAP"},
	    {"+OK P", "POP3"},          {"<!doc", "web page"},
	    {"<?xml", "XML"},           {"<stre", "XMPP"},
	    {"-ERR ", "Redis or POP3"}, {"\x16\x13zzz", "no TLS record"},
	};
	struct evidence *e;
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(table); i++) {
		e = answer(table[i].bytes, 5);
		diagnose(e, &r);
		assert_int_equal(r.cause, CAUSE_NOT_TLS);
		assert_true(has(r.why, table[i].what));
		evidence_free(e);
	}
}

static void shown(const char *bytes, size_t n, const char *expected)
{
	struct evidence *e = answer(bytes, n);
	struct record r;

	diagnose(e, &r);
	if (!has(r.why, expected))
		fail_msg("%s", r.why);
	evidence_free(e);
}

/* Only the first line, or the first text that may be a version or a message; never raw bytes. */
static void what_is_shown(void **state)
{
	char long_line[EVIDENCE_FIRST_BYTES];
	struct evidence *e;
	struct record r;

	(void)state;
	shown("220 mail.test ESMTP\r\nsecret", 27, "it says \"220 mail.test ESMTP\"");
	shown("J\0\0\0\n8.0.36\0\x08\0\0\0a b.cdefgh", 27, "it says \"8.0.36\"");
	shown("\x1b[2Jx\r\n", 7, "it begins with the bytes 1B:5B:32:4A:78");
	shown("\r\n220 x", 7, "it says \"220 x\"");
	memset(long_line, 'a', sizeof(long_line));
	e = answer(long_line, sizeof(long_line));
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_NOT_TLS);
	assert_non_null(r.presented);
	evidence_free(e);
}

static void records_of_tls(void **state)
{
	struct evidence *e = answer("\x16\x03\x09\x00\x10", 5);
	struct record r;

	(void)state;
	/* a TLS record of an odd version is no plain text */
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_PROTOCOL_ERROR);
	evidence_free(e);
	e = failed_handshake(267, -1);
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_NOT_TLS);
	evidence_free(e);
	/* a message that no server begins with */
	e = failed_handshake(244, -1);
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_PROTOCOL_ERROR);
	assert_true(help_has(&r, "both ends are set up as clients"));
	evidence_free(e);
	e = failed_handshake(244, -1);
	e->last_received = 2;
	e->server_version = 0x0303;
	diagnose(e, &r);
	assert_false(help_has(&r, "both ends"));
	evidence_free(e);
}

static struct evidence *closed(unsigned hello, unsigned key_share, int max)
{
	struct evidence *e = failed_handshake(294, -1);

	e->eof = true;
	e->hello.size = (uint16_t)hello;
	e->hello.key_share_size = (uint16_t)key_share;
	e->hello.max_version = (uint16_t)max;
	e->hello.sni = true;
	return e;
}

static void tries_after_an_early_end(void **state)
{
	static const struct {
		unsigned hello, key_share;
		int max;
		bool groups, version;
	} table[] = {
	    {512, 38, 0x0304, false, true},   {1560, 1258, 0x0304, true, true},
	    {1560, 38, 0x0304, false, true}, /* large for another reason */
	    {1200, 800, 0x0304, false, true}, {512, 0, 0x0303, false, false},
	};
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(table); i++) {
		struct evidence *e = closed(table[i].hello, table[i].key_share, table[i].max);

		diagnose(e, &r);
		assert_int_equal(r.cause, CAUSE_CLOSED_EARLY);
		assert_true(has(r.help[0], "log of the server"));
		assert_int_equal(help_has(&r, "Groups = "), table[i].groups);
		assert_int_equal(help_has(&r, "MaxProtocol = TLSv1.2"), table[i].version);
		evidence_free(e);
	}
}

static void early_end_on_a_known_port(void **state)
{
	struct evidence *e = closed(300, 38, 0x0304);
	struct record r;

	(void)state;
	e->port = 5432;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_CLOSED_EARLY);
	assert_true(has(r.help[0], "port 5432 usually belongs to PostgreSQL"));
	evidence_free(e);
}

/* What the other side was asked for stands in the record. */
static void offered_protocols(void **state)
{
	struct evidence *e = failed_handshake(1120, 120);
	struct record r;

	(void)state;
	memcpy(e->hello.alpn, "\x02h2\x08http/1.1", 12);
	e->hello.alpn_size = 12;
	e->hello.size = 300;
	diagnose(e, &r);
	assert_int_equal(r.cause, CAUSE_NO_COMMON_ALPN);
	assert_string_equal(r.presented, "h2, http/1.1");
	evidence_free(e);
	e = failed_handshake(1120, 120);
	memcpy(e->hello.alpn, "\x02h2\x40oops", 8); /* a length beyond the end */
	e->hello.alpn_size = 8;
	diagnose(e, &r);
	assert_string_equal(r.presented, "h2");
	evidence_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_greeting_is_told),
	    cmocka_unit_test(five_bytes),
	    cmocka_unit_test(what_is_shown),
	    cmocka_unit_test(records_of_tls),
	    cmocka_unit_test(tries_after_an_early_end),
	    cmocka_unit_test(early_end_on_a_known_port),
	    cmocka_unit_test(offered_protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
