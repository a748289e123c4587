/* SPDX-License-Identifier: ISC
 *
 * Which group and which signature scheme a server chose: RFC 8422 section 5.4, RFC 5246 section 7.4.3, RFC 8446 sections 4.1.4 and 4.4.3.
 */
#include <tlsmend/seen.h>

#include <string.h>

enum {
	SERVER_HELLO = 2,
	SERVER_KEY_EXCHANGE = 12,
	CERTIFICATE_VERIFY = 15,
	NAMED_CURVE = 3,
	KEY_SHARE = 51,
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
};

static unsigned big16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The random of a HelloRetryRequest. */
static const uint8_t retry[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
				  0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
				  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static void from_retry(struct server_choice *c, const uint8_t *p, size_t n)
{
	enum { FIXED = 2 + sizeof retry };
	size_t at = FIXED, end, length;
	if (n < FIXED + 1 || memcmp(p + 2, retry, sizeof retry) != 0)
		return;
	at += 1 + (size_t)p[FIXED] + 3; /* session, cipher suite, compression */
	if (at + 2 > n)
		return;
	end = at + 2 + big16(p + at);
	for (at += 2; at + 4 <= end && end <= n; at += 4 + length) {
		length = big16(p + at + 2);
		if (big16(p + at) == KEY_SHARE && length == 2 && at + 6 <= end)
			c->group = (uint16_t)big16(p + at + 4);
	}
}

static void from_key_exchange(struct server_choice *c, const uint8_t *p, size_t n, unsigned version)
{
	if (n < 4 || p[0] != NAMED_CURVE)
		return;
	c->group = (uint16_t)big16(p + 1);
	size_t after = 4 + (size_t)p[3];
	if (version == TLS_1_2 && after + 2 <= n)
		c->scheme = (uint16_t)big16(p + after);
}

void choice_read(struct server_choice *c, unsigned type, const uint8_t *body, size_t n,
		 unsigned version)
{
	if (type == SERVER_HELLO)
		from_retry(c, body, n);
	else if (type == SERVER_KEY_EXCHANGE)
		from_key_exchange(c, body, n, version);
	else if (type == CERTIFICATE_VERIFY && version == TLS_1_3 && n >= 2)
		c->scheme = (uint16_t)big16(body);
}
