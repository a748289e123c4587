/* SPDX-License-Identifier: ISC
 *
 * A ClientHello that went out (RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2), reduced to numbers. Runs in every handshake, so
 * it allocates nothing and looks at each extension once.
 */
#include <string.h>

#include <tlsmend/seen.h>

enum {
	CLIENT_HELLO = 1,
	HEADER = 4,
	RANDOM = 32,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_GROUPS = 10,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_SHARED_KEY = 41,
	EXTENSION_VERSIONS = 43,
	EXTENSION_KEY_SHARE = 51,
	SUITE_RENEGOTIATION = 0x00ff, /* signalling values, no ciphers: RFC 5746, RFC 7507 */
	SUITE_FALLBACK = 0x5600,
};

struct view {
	const uint8_t *at, *end;
};

static unsigned big16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The next `n` bytes as a view of their own. False: there are not so many. */
static bool take(struct view *v, size_t n, struct view *out)
{
	if ((size_t)(v->end - v->at) < n)
		return false;
	*out = (struct view){v->at, v->at + n};
	v->at += n;
	return true;
}

/* The next vector, after a length of one or two bytes. */
static bool take_vector(struct view *v, unsigned length_bytes, struct view *out)
{
	struct view length;
	if (!take(v, length_bytes, &length))
		return false;
	return take(v, length_bytes == 1 ? length.at[0] : big16(length.at), out);
}

/* All of them are in three blocks, and a client names thirty in each handshake. */
enum { BLOCK = 0x100, BLOCKS = 3 };
#define BLOCK_OF(suite)                                                                            \
	((suite) >> 8 == 0x00 ? 0 : (suite) >> 8 == 0xc0 ? 1 : (suite) >> 8 == 0xcc ? 2 : BLOCKS)
#define PLACE_OF(suite) (BLOCK_OF(suite) * BLOCK + ((suite)&0xff))
static const uint8_t kinds_at[BLOCKS * BLOCK] = {
#define SUITES(first, last, kinds) [PLACE_OF(first)... PLACE_OF(last)] = (kinds),
#include "suites.def"
#undef SUITES
};

static unsigned kinds_of(unsigned suite)
{
	const size_t place = PLACE_OF(suite);
	return place < sizeof kinds_at ? kinds_at[place] : 0;
}

static void ciphers(struct hello *h, struct view v)
{
	for (; v.end - v.at >= 2; v.at += 2) {
		unsigned suite = big16(v.at);
		if (suite == SUITE_RENEGOTIATION || suite == SUITE_FALLBACK)
			continue;
		h->ciphers++;
		h->kinds = (uint16_t)(h->kinds | kinds_of(suite));
		if (v.at[0] == 0x13) /* the block of TLS 1.3 */
			h->ciphers13++;
	}
}

static void versions(struct hello *h, struct view v)
{
	for (; v.end - v.at >= 2; v.at += 2) {
		unsigned version = big16(v.at);
		if (version >> 8 != 3)
			continue;
		if (h->min_version == 0 || version < h->min_version)
			h->min_version = (uint16_t)version;
		if (version > h->max_version)
			h->max_version = (uint16_t)version;
	}
}

static void groups(struct hello *h, struct view v)
{
	h->groups = (uint16_t)((v.end - v.at) / 2);
	h->first_group = (uint16_t)(h->groups ? big16(v.at) : 0);
	for (unsigned i = 0; i < h->groups && i < HELLO_GROUPS; i++)
		h->group_list[i] = (uint16_t)big16(v.at + 2 * (size_t)i);
}

/* Names as on the wire: a length before each. Only whole ones are kept. */
static void alpn(struct hello *h, struct view v)
{
	struct view name;
	while (take_vector(&v, 1, &name)) {
		size_t n = (size_t)(name.end - name.at);
		if (n + 1 > sizeof h->alpn - h->alpn_size) {
			h->alpn_cut = true;
			return;
		}
		h->alpn[h->alpn_size++] = (uint8_t)n;
		memcpy(h->alpn + h->alpn_size, name.at, n);
		h->alpn_size = (uint8_t)(h->alpn_size + n);
	}
}

/* Tickets of sessions are offered in the same place, and look like chance. */
static bool is_text(struct view v)
{
	const uint8_t *first = v.at;
	while (v.at < v.end && *v.at >= ' ' && *v.at < 0x7f)
		v.at++;
	return v.at > first && v.at == v.end;
}

static void extension(struct hello *h, unsigned type, struct view v)
{
	struct view list;
	switch (type) {
	case EXTENSION_SERVER_NAME:
		h->sni = true;
		break;
	case EXTENSION_GROUPS:
		if (take_vector(&v, 2, &list))
			groups(h, list);
		break;
	case EXTENSION_SIGNATURES:
		if (take_vector(&v, 2, &list))
			h->signatures = (uint16_t)((list.end - list.at) / 2);
		break;
	case EXTENSION_ALPN:
		if (take_vector(&v, 2, &list))
			alpn(h, list);
		break;
	case EXTENSION_VERSIONS:
		if (take_vector(&v, 1, &list))
			versions(h, list);
		break;
	case EXTENSION_SHARED_KEY:
		if (take_vector(&v, 2, &list) && take_vector(&list, 2, &v))
			h->shared_key = is_text(v);
		break;
	case EXTENSION_KEY_SHARE:
		h->key_share_size = (uint16_t)(v.end - v.at);
		break;
	default:
		break;
	}
}

static bool parse(struct hello *h, struct view v)
{
	struct view version, skipped, list, type, content;
	if (!take(&v, 2, &version) || !take(&v, RANDOM, &skipped) ||
	    !take_vector(&v, 1, &skipped) || !take_vector(&v, 2, &list))
		return false;
	ciphers(h, list);
	if (!take_vector(&v, 1, &skipped))
		return false; /* compression methods */
	if (take_vector(&v, 2, &list))
		while (take(&list, 2, &type) && take_vector(&list, 2, &content))
			extension(h, big16(type.at), content);
	/* before TLS 1.3 this field is the highest version, and the lowest is not told */
	if (h->max_version == 0)
		h->max_version = (uint16_t)big16(version.at);
	return true;
}

bool hello_read(struct hello *h, const uint8_t *message, size_t size)
{
	*h = (struct hello){0};
	if (size < HEADER || message[0] != CLIENT_HELLO || size > UINT16_MAX)
		return false;
	/* DTLS has more between the length and the body, and a cookie in it */
	if (message[1] != 0 || big16(message + 2) != size - HEADER)
		return false;
	if (!parse(h, (struct view){message + HEADER, message + size})) {
		*h = (struct hello){0};
		return false;
	}
	h->size = (uint16_t)size;
	return true;
}
