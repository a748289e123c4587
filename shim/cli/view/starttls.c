/* SPDX-License-Identifier: ISC
 *
 * What is said before TLS begins, in protocols that change to it: RFC 3207, 9051, 2595, 4217, 4511, 6120, and the manuals of
 * PostgreSQL and MySQL.
 */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

static bool send_line(struct wire *w, const char *line)
{
	char text[400];
	snprintf(text, sizeof text, "%s\r\n", line);
	return wire_write(w, text, strlen(text));
}

static bool refused(struct wire *w, const char *command, const char *answer)
{
	return wire_fail(w, "the server does not begin TLS; to %s it says: %.200s", command,
			 answer);
}

/* An answer of SMTP or FTP: lines of a three-digit code, the last with a blank behind it. */
static bool reply(struct wire *w, const char *command, const char *code)
{
	char line[WIRE_MAX_LINE];
	do {
		if (!wire_line(w, line))
			return false;
		if (strncmp(line, code, 3) != 0)
			return refused(w, command, line);
	} while (line[3] == '-');
	return true;
}

static bool smtp(struct wire *w, const char *host)
{
	(void)host;
	wire_says(w, "waiting for the greeting of the mail server");
	return reply(w, "the connection", "220") && send_line(w, "EHLO tlsmend.invalid") &&
	       reply(w, "EHLO", "250") && send_line(w, "STARTTLS") && reply(w, "STARTTLS", "220");
}

static bool ftp(struct wire *w, const char *host)
{
	(void)host;
	wire_says(w, "waiting for the greeting of the FTP server");
	return reply(w, "the connection", "220") && send_line(w, "AUTH TLS") &&
	       reply(w, "AUTH TLS", "234");
}

static bool imap(struct wire *w, const char *host)
{
	char line[WIRE_MAX_LINE];
	(void)host;
	wire_says(w, "waiting for the greeting of the IMAP server");
	if (!wire_line(w, line))
		return false;
	if (strncmp(line, "* OK", 4) != 0)
		return refused(w, "the connection", line);
	if (!send_line(w, "a STARTTLS"))
		return false;
	do {
		if (!wire_line(w, line))
			return false;
	} while (strncmp(line, "* ", 2) == 0);
	return strncmp(line, "a OK", 4) == 0 || refused(w, "STARTTLS", line);
}

static bool pop3(struct wire *w, const char *host)
{
	char line[WIRE_MAX_LINE];
	(void)host;
	wire_says(w, "waiting for the greeting of the POP3 server");
	if (!wire_line(w, line))
		return false;
	if (strncmp(line, "+OK", 3) != 0)
		return refused(w, "the connection", line);
	return send_line(w, "STLS") && wire_line(w, line) &&
	       (strncmp(line, "+OK", 3) == 0 || refused(w, "STLS", line));
}

/* ExtendedRequest for 1.3.6.1.4.1.1466.20037; the answer's first element is its resultCode. */
static bool ldap(struct wire *w, const char *host)
{
	static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
				      "1.3.6.1.4.1.1466.20037";
	unsigned char head[2], body[256];
	size_t at = 3;
	(void)host;
	wire_says(w, "waiting for the LDAP server");
	if (!wire_write(w, request, sizeof request - 1) || !wire_read(w, head, 2))
		return false;
	if (head[0] != 0x30 || head[1] == 0x80 || head[1] > 0x81)
		return wire_fail(w, "the server does not answer in LDAP");
	if (head[1] == 0x81 && !wire_read(w, head + 1, 1))
		return false;
	if (!wire_read(w, body, head[1]))
		return false;
	/* messageID, [APPLICATION 24], its length, resultCode ENUMERATED */
	if (head[1] < 8 || body[0] != 2 || body[1] != 1 || body[at] != 0x78)
		return wire_fail(w, "the server does not answer in LDAP");
	at += body[at + 1] & 0x80 ? 2 + (body[at + 1] & 0x7fu) : 2;
	if (at + 2 >= head[1] || body[at] != 10 || body[at + 1] != 1)
		return wire_fail(w, "the server does not answer in LDAP");
	return body[at + 2] == 0 ||
	       wire_fail(w, "the LDAP server does not begin TLS (result %u)", body[at + 2]);
}

static bool postgres(struct wire *w, const char *host)
{
	char answer;
	(void)host;
	wire_says(w, "waiting for PostgreSQL");
	if (!wire_write(w, "\0\0\0\x08\x04\xd2\x16\x2f", 8) || !wire_read(w, &answer, 1))
		return false;
	return answer == 'S' ||
	       wire_fail(w, answer == 'N' ? "the PostgreSQL server has TLS switched off"
					  : "the server is no PostgreSQL");
}

/* The greeting, then the first half of an answer that asks for TLS. */
static bool mysql(struct wire *w, const char *host)
{
	/* CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION; packets of 16 MiB; utf8 */
	static const unsigned char request[36] = {32, 0,    0,    1,    0x00, 0x8a, 0,
						  0,  0xff, 0xff, 0xff, 0,    33};
	unsigned char head[4], body[1024];
	(void)host;
	wire_says(w, "waiting for the greeting of MySQL");
	if (!wire_read(w, head, 4))
		return false;
	const size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
	if (n < 20 || n > sizeof body || head[3] != 0)
		return wire_fail(w, "the server is no MySQL");
	if (!wire_read(w, body, n))
		return false;
	const unsigned char *end = memchr(body + 1, 0, n - 1);
	if (body[0] != 10 || !end || end + 16 > body + n)
		return wire_fail(w, "the server is no MySQL, or refuses this client");
	/* behind the version: thread id, eight bytes, a filler, the lower half of its capabilities */
	if (!(end[15] & 0x08))
		return wire_fail(w, "the MySQL server has TLS switched off");
	return wire_write(w, request, sizeof request);
}

static bool read_until(struct wire *w, const char *word, const char *other, bool *good)
{
	char seen[WIRE_MAX_LINE];
	size_t n = 0;
	while (n + 1 < sizeof seen) {
		if (!wire_read(w, seen + n, 1))
			return false;
		seen[++n] = '\0';
		*good = strstr(seen, word) != NULL;
		if (*good || strstr(seen, other))
			return true;
	}
	return wire_fail(w, "the server does not answer in XMPP");
}

static bool xmpp(struct wire *w, const char *host)
{
	char open[600];
	bool good;
	wire_says(w, "waiting for the XMPP server");
	snprintf(open, sizeof open,
		 "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
		 "xmlns:stream='http://etherx.jabber.org/streams' to='%.255s' version='1.0'>",
		 host);
	if (!wire_write(w, open, strlen(open)) ||
	    !read_until(w, "</stream:features>", "</stream:stream>", &good))
		return false;
	if (!good)
		return wire_fail(w, "the XMPP server closes the stream");
	return send_line(w, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
	       read_until(w, "<proceed", "<failure", &good) && /* then the end of that element */
	       (good || wire_fail(w, "the XMPP server does not begin TLS")) &&
	       read_until(w, ">", ">", &good);
}

const struct starttls starttls_table[] = {
    {"smtp", 25, smtp},     {"imap", 143, imap},  {"pop3", 110, pop3},
    {"ftp", 21, ftp},       {"ldap", 389, ldap},  {"postgres", 5432, postgres},
    {"mysql", 3306, mysql}, {"xmpp", 5222, xmpp}, {NULL, 0, NULL},
};

const struct starttls *starttls_find(const char *name)
{
	const struct starttls *s = starttls_table;
	while (s->name && strcmp(s->name, name) != 0)
		s++;
	return s->name ? s : NULL;
}

char *starttls_names(void)
{
	struct buf b;
	buf_init(&b, 0);
	for (const struct starttls *s = starttls_table; s->name; s++)
		buf_strs(&b, b.len ? s[1].name ? ", " : " or " : "", s->name, NULL);
	char *names = copy_string(buf_str(&b));
	buf_free(&b);
	return names;
}
