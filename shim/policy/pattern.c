/* SPDX-License-Identifier: ISC
 *
 * Patterns of section headers: exact name, *.suffix, address, CIDR block, `*`; each with an optional port.
 * What is refused is refused with the text to write instead.
 */
#include <string.h>

#include "internal.h"

struct written { /* the pattern as written, for messages */
	const char *s;
	size_t n;
	struct buf *error; /* may be NULL */
};

/* "'PATTERN' <what>" */
static bool fail(const struct written *t, const char *what)
{
	if (t->error) {
		quote(t->error, t->s, t->n);
		buf_putc(t->error, ' ');
		buf_puts(t->error, what);
	}
	return false;
}

/* "'PATTERN' <what><escaped><rest>" */
static bool fail_with(const struct written *t, const char *what, const char *s, size_t n,
		      const char *rest)
{
	fail(t, what);
	if (t->error) {
		escape_text(t->error, s, n, QUOTE_MAX);
		buf_puts(t->error, rest);
	}
	return false;
}

/* Decimal without sign; false for anything else and above 99999. */
static bool parse_number(const char *s, size_t n, unsigned *value)
{
	*value = 0;
	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(s[i]))
			return false;
		*value = *value * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

static bool parse_port(const struct written *t, const char *s, size_t n, struct pattern *out)
{
	const char *slash = memchr(s, '/', n);
	unsigned port;
	if (slash)
		return fail_with(t, "has a path; write the host and port alone: ", t->s,
				 (size_t)(slash - t->s), "");
	if (n == 0)
		return fail(
		    t,
		    "has no port after ':'; write a number from 1 to 65535, or leave out the ':'");
	if (n == 1 && *s == '*')
		return fail(
		    t,
		    "has '*' as its port; a pattern without a port holds for every port, so leave "
		    "out the ':*'");
	if (!parse_number(s, n, &port) || port == 0 || port > UINT16_MAX)
		return fail_with(t, "has a port that cannot be, ", s, n,
				 "; write a number from 1 to 65535");
	out->port = (uint16_t)port;
	return true;
}

static bool fail_host_bits(const struct written *t, const struct pattern *out)
{
	char network[ADDRESS_TEXT];
	if (!t->error)
		return false;
	address_format(&out->address, network);
	fail(t, "has address bits behind the prefix; write ");
	buf_strs(t->error, network, "/", NULL);
	buf_uint(t->error, out->prefix);
	buf_puts(t->error, ", or the address without a prefix for this one host");
	return false;
}

static bool parse_cidr(const struct written *t, const char *s, size_t n, const char *slash,
		       struct pattern *out)
{
	size_t address_length = (size_t)(slash - s);
	unsigned prefix;
	/* ::ffff:192.0.2.0/120 means IPv4 hosts, which peers are known by as such */
	unsigned offset = out->address.v4 && memchr(s, ':', address_length) ? 96 : 0;
	if (!parse_number(slash + 1, n - address_length - 1, &prefix))
		return fail(
		    t,
		    "has no prefix length after '/'; write a number of bits, such as 10.0.0.0/8");
	if (prefix > address_bits(&out->address) + offset)
		return fail(t, out->address.v4 && offset == 0
				   ? "has a prefix that is too long; write at most /32"
				   : "has a prefix that is too long; write at most /128");
	if (prefix < offset)
		return fail(
		    t,
		    "reaches beyond the IPv4 addresses; write an IPv4 block, such as 10.0.0.0/8");
	out->prefix = (uint8_t)(prefix - offset);
	if (address_mask(&out->address, out->prefix))
		return fail_host_bits(t, out);
	return true;
}

/* Address or CIDR block. *is: it looks like one, so that nothing else needs to be tried. */
static bool parse_numeric(const struct written *t, const char *s, size_t n, struct pattern *out,
			  bool *is)
{
	const char *slash = memchr(s, '/', n);
	size_t length = slash ? (size_t)(slash - s) : n;
	*is = address_parse(s, length, &out->address);
	if (!*is)
		return false;
	out->kind = PATTERN_CIDR;
	if (memchr(s, '%', length))
		return fail(t, "has a zone id, which peers are not known by; leave out the '%' and "
			       "what follows");
	out->prefix = (uint8_t)address_bits(&out->address);
	return !slash || parse_cidr(t, s, n, slash, out);
}

/* [ADDRESS], [ADDRESS]:PORT, [BLOCK]:PORT */
static bool parse_bracketed(const struct written *t, struct pattern *out)
{
	const char *end = memchr(t->s, ']', t->n);
	const char *inside = t->s + 1;
	bool is;
	if (!end)
		return fail(t, "has no ']'; write [ADDRESS]:PORT, such as [2001:db8::1]:443");
	size_t length = (size_t)(end - inside);
	size_t rest = t->n - length - 2;
	if (!memchr(inside, ':', length))
		return fail_with(t, "has brackets, which are for IPv6 addresses only; write ",
				 inside, length, rest > 0 ? ":PORT" : "");
	if (!parse_numeric(t, inside, length, out, &is))
		return is ? false
			  : fail(t, "is no IPv6 address; write [ADDRESS]:PORT, such as "
				    "[2001:db8::1]:443");
	if (rest == 0)
		return true;
	if (end[1] == '/')
		return fail_with(t, "has its prefix behind the bracket; write [", inside, length,
				 "/PREFIX]:PORT, or without brackets where there is no port");
	if (end[1] != ':')
		return fail(t,
			    "has something other than :PORT behind the ']'; write [ADDRESS]:PORT");
	return parse_port(t, end + 2, rest - 1, out);
}

static bool fail_labels(const struct written *t, enum label_fault fault)
{
	switch (fault) {
	case LABEL_EMPTY:
		return fail(t, "has an empty label; write a name such as www.example.com, with one "
			       "dot between "
			       "labels and none in front");
	case LABEL_TOO_LONG:
		return fail(t, "has a label of more than 63 bytes, which no host name has; write "
			       "the host's name");
	case NAME_TOO_LONG:
		return fail(
		    t, "has more than 253 bytes, which no host name has; write the host's name");
	case LABELS_GOOD:
		break;
	}
	return true;
}

/* 10.0.0.* */
static bool is_like_address(const char *s, size_t n)
{
	bool digit = false;
	for (size_t i = 0; i < n; i++) {
		digit = digit || ascii_is_digit(s[i]);
		if (!ascii_is_digit(s[i]) && s[i] != '.' && s[i] != '*')
			return false;
	}
	return digit;
}

static bool check_name_bytes(const struct written *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = ascii_lower(s[i]);
		if ((c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '_' || c == '.')
			continue;
		if (c == '*' && is_like_address(s, n))
			return fail(t, "has a '*' in an address; write a block with its prefix: "
				       "192.0.2.0/24");
		if (c == '*')
			return fail(t, "has a '*' that is no label of its own in front; write "
				       "*.example.com for all "
				       "names below example.com, or * for every host");
		if (c == '/')
			return fail_with(t, "has a path; write the host alone: ", s, i, "");
		if (c == ',' || c == ';')
			return fail(t, "has a ',' or ';'; write white space between patterns: "
				       "[a.example b.example]");
		return fail_with(t, "has ", s + i, 1,
				 ", which no host name has; write HOST or HOST:PORT");
	}
	return true;
}

/* Name or *.suffix, without port. */
static bool parse_name(const struct written *t, const char *s, size_t n, struct pattern *out)
{
	if (n == 1 && *s == '*') {
		out->kind = PATTERN_ANY;
		return true;
	}
	out->kind = PATTERN_EXACT;
	if (n >= 2 && s[0] == '*' && s[1] == '.') {
		out->kind = PATTERN_SUFFIX;
		s += 2;
		n -= 2;
		if (n == 0)
			return fail(
			    t, "has no name behind '*.'; write *.example.com for all names below "
			       "example.com, or * for every host");
	}
	if (!check_name_bytes(t, s, n))
		return false;
	if (n > 1 && s[n - 1] == '.') /* the root label: same name */
		n--;
	if (!fail_labels(t, labels_check(s, n)))
		return false;
	if (name_is_numeric(s, n))
		return fail(
		    t,
		    "can never match: it ends in a number and is no address; write all four parts "
		    "(192.0.2.1), a block (192.0.2.0/24) or a name");
	out->name = s;
	out->name_length = (uint16_t)n;
	return true;
}

/* https://HOST[:PORT]/... */
static bool fail_url(const struct written *t, const char *scheme_end)
{
	const char *host = scheme_end + 3, *end = t->s + t->n, *p = host;
	bool https = scheme_end - t->s == 5 && name_equal(t->s, "https", 5);
	bool port = false;
	for (; p < end && *p != '/' && *p != '?' && *p != '#'; p++)
		port = *p == ':' || (port && ascii_is_digit(*p));
	if (p == host)
		return fail(t, "is a URL; write HOST:PORT, such as www.example.com:443");
	return fail_with(t, "is a URL; write HOST:PORT: ", host, (size_t)(p - host),
			 port    ? ""
			 : https ? ":443"
				 : "");
}

/* What can be said by the bytes alone. */
static bool check_bytes(const struct written *t)
{
	for (size_t i = 0; i < t->n; i++) {
		unsigned char c = (unsigned char)t->s[i];
		if (c >= 0x80)
			return fail(
			    t,
			    "is not ASCII; write the A-label form of the name, xn--..., as in the "
			    "certificate");
		if (c <= ' ' || c == 0x7f)
			return fail(t, "has white space or a control character in it; write HOST "
				       "or HOST:PORT");
		if (c == ':' && t->n - i > 2 && memcmp(t->s + i, "://", 3) == 0)
			return fail_url(t, t->s + i);
	}
	return true;
}

/* A bare IPv6 address or block: two colons or more. */
static bool parse_many_colons(const struct written *t, struct pattern *out)
{
	bool is, good = parse_numeric(t, t->s, t->n, out, &is);
	if (!is)
		return fail(
		    t, "is neither HOST:PORT nor an IPv6 address; write [ADDRESS]:PORT for IPv6");
	return good;
}

static bool parse(const struct written *t, struct pattern *out)
{
	const char *colon = memchr(t->s, ':', t->n);
	size_t length = t->n;
	bool is;
	if (t->n == 0)
		return fail(t, "is no host; write a name, an address, *.suffix or *");
	if (!check_bytes(t))
		return false;
	if (t->s[0] == '[')
		return parse_bracketed(t, out);
	if (colon) {
		length = (size_t)(colon - t->s);
		if (memchr(colon + 1, ':', t->n - length - 1))
			return parse_many_colons(t, out);
		if (length == 0)
			return fail(t, "has no host in front of the ':'; write HOST:PORT, or "
				       "*:PORT for every host");
		if (!parse_port(t, colon + 1, t->n - length - 1, out))
			return false;
	}
	bool good = parse_numeric(t, t->s, length, out, &is);
	return is ? good : parse_name(t, t->s, length, out);
}

bool pattern_parse(const char *s, size_t n, struct pattern *out, struct buf *error)
{
	struct written t = {s, n, error};
	memset(out, 0, sizeof *out);
	return parse(&t, out);
}

bool pattern_is_any(const struct pattern *pattern)
{
	/* A few such blocks together are every host. 10.0.0.0/8, fc00::/7 and fe80::/10 are nobody else's; of the global addresses
	 * nobody but the registries has more than a /8 or a /16. */
	enum { LARGEST_V4 = 8, LARGEST_V6 = 16, LARGEST_PRIVATE_V6 = 7 };
	const bool private_v6 = pattern->address.bytes[0] >= 0xfc;
	if (pattern->kind != PATTERN_CIDR)
		return pattern->kind == PATTERN_ANY;
	if (pattern->address.v4)
		return pattern->prefix < LARGEST_V4;
	return pattern->prefix < (private_v6 ? LARGEST_PRIVATE_V6 : LARGEST_V6);
}

/* ---- names of certificates under a pattern (design.md#host) ------------------------------------------- */

/* A DNS name of a certificate: host name bytes, and at most one `*`, in the leftmost label, where
 * RFC 6125 section 6.4.3 and OpenSSL's partial wildcards allow it. */
static bool is_certificate_name(const char *s, size_t n, bool *wildcard)
{
	bool first = true;
	*wildcard = false;
	for (size_t i = 0; i < n; i++) {
		char c = ascii_lower(s[i]);
		first = first && c != '.';
		if (c == '*' && first && !*wildcard)
			*wildcard = true;
		else if (!((c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '_' ||
			   c == '.'))
			return false;
	}
	return labels_check(s, n) == LABELS_GOOD && !(*wildcard && first);
}

static bool covers_name(const struct pattern *p, const char *name)
{
	size_t n = strnlen(name, 512), suffix = p->name_length;
	bool wildcard;
	if (n > 1 && name[n - 1] == '.')
		n--;
	if (!is_certificate_name(name, n, &wildcard))
		return false;
	switch (p->kind) {
	case PATTERN_ANY:
		return true;
	case PATTERN_EXACT: /* a wildcard stands for more than this one name */
		return !wildcard && n == suffix && name_equal(name, p->name, n);
	case PATTERN_SUFFIX: /* what stands for one label leaves the labels behind it as they are */
		return n > suffix + 1 && name[n - suffix - 1] == '.' &&
		       name_equal(name + n - suffix, p->name, suffix);
	default:
		return false;
	}
}

static bool covers_address(const struct pattern *p, const char *name)
{
	struct address address;
	if (!address_parse(name, strnlen(name, 512), &address))
		return false;
	if (p->kind == PATTERN_ANY)
		return true;
	if (p->kind != PATTERN_CIDR || p->address.v4 != address.v4)
		return false;
	address_mask(&address, p->prefix);
	return address_equal(&address, &p->address);
}

bool pattern_covers(const char *pattern, const char *name, bool is_address)
{
	struct pattern p;
	if (!pattern || !name || !pattern_parse(pattern, strlen(pattern), &p, NULL))
		return false;
	return is_address ? covers_address(&p, name) : covers_name(&p, name);
}
