/* SPDX-License-Identifier: ISC
 *
 * Which name was it? A client that sends no SNI and asks OpenSSL for no name check has still looked the name up. What the
 * resolver answered is kept in a small table, what was asked for last the longest; where several names led to one address, it may be any of them (design.md#host).
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <tlsmend/loader.h>

#include "peer.h"

#include <bsd/string.h>

/* One name has no more than its share, or whoever answers for it could have all others forgotten. Where a single answer is longer than that, the name
 * may stand behind any address: whoever gives it could have named that very one. */
enum { RESOLVED = 256, OF_ONE_NAME = 64, OF_ONE_ANSWER = OF_ONE_NAME - 1 };
static const uint8_t anywhere[16] = {0xff}; /* ff00::, where nobody is */
struct resolved {
	uint8_t address[16]; /* IPv4 as IPv4-mapped IPv6 */
	char host[254];      /* "" : free */
	uint64_t asked;      /* when it was looked up last: a number that grows */
};
static struct resolved resolved[RESOLVED];
static uint64_t latest;
static struct lock lock;

static bool is_at(const struct resolved *r, const uint8_t key[16])
{
	return r->host[0] && memcmp(r->address, key, sizeof r->address) == 0;
}

static struct resolved *older(struct resolved *a, struct resolved *b)
{
	return !a || b->asked < a->asked ? b : a;
}

static struct resolved *place_for(const char *host, const uint8_t address[16])
{
	struct resolved *own = NULL, *any = NULL;
	unsigned share = 0;
	for (unsigned i = 0; i < RESOLVED; i++) {
		struct resolved *r = &resolved[i];
		any = older(any, r);
		if (strcmp(r->host, host) != 0)
			continue;
		if (is_at(r, address))
			return r;
		own = older(own, r);
		share++;
	}
	return share < OF_ONE_NAME ? any : own;
}

static void note_address(const char *host, const uint8_t address[16])
{
	struct resolved *r = place_for(host, address);
	memcpy(r->address, address, sizeof r->address);
	strlcpy(r->host, host, sizeof r->host);
	r->asked = ++latest;
}

static bool mapped(int family, const void *raw, uint8_t out[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
	if (family == AF_INET) {
		memcpy(out, prefix, 12);
		memcpy(out + 12, raw, 4);
		return true;
	}
	if (family == AF_INET6)
		memcpy(out, raw, 16);
	return family == AF_INET6;
}

/* A name worth keeping: no address in digits. */
static bool normal_name(const char *node, char host[256])
{
	return node && host_normalise(node, host) && !host_is_address(host);
}

/* What one look-up gave. */
struct answer {
	char host[256];
	uint8_t last[16];
	unsigned count;
};

static bool answer_begin(struct answer *a, const char *node)
{
	bool stale = false;
	memset(a, 0, sizeof *a);
	if (!normal_name(node, a->host) || !lock_enter(&lock, &stale))
		return false;
	if (stale)
		memset(resolved, 0, sizeof resolved);
	return true;
}

/* getaddrinfo(3) gives each for several kinds of sockets. */
static void answer_add(struct answer *a, int family, const void *raw)
{
	uint8_t address[16];
	if (!mapped(family, raw, address) || memcmp(address, a->last, sizeof a->last) == 0)
		return;
	memcpy(a->last, address, sizeof a->last);
	if (a->count++ < OF_ONE_ANSWER)
		note_address(a->host, address);
}

static void answer_end(const struct answer *a)
{
	if (a->count > OF_ONE_ANSWER)
		note_address(a->host, anywhere);
	lock_leave(&lock);
}

static void note_addrinfo(const char *node, const struct addrinfo *list)
{
	struct answer answer;
	if (!answer_begin(&answer, node))
		return;
	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		if (a->ai_family == AF_INET)
			answer_add(
			    &answer, AF_INET,
			    &((const struct sockaddr_in *)(const void *)a->ai_addr)->sin_addr);
		else if (a->ai_family == AF_INET6)
			answer_add(
			    &answer, AF_INET6,
			    &((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr);
	}
	answer_end(&answer);
}

static void note_hostent(const char *node, const struct hostent *h)
{
	struct answer answer;
	if (!h || !h->h_addr_list || !answer_begin(&answer, node))
		return;
	for (char **raw = h->h_addr_list; *raw; raw++)
		answer_add(&answer, h->h_addrtype, *raw);
	answer_end(&answer);
}

/* ---- questions ------------------------------------------------------------------------------------------------ */

static bool key_of(const char *address, uint8_t key[16])
{
	uint8_t raw[16];
	const int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	return inet_pton(family, address, raw) == 1 && mapped(family, raw, key);
}

static bool may_be_at(const struct resolved *r, const uint8_t key[16])
{
	return is_at(r, key) || is_at(r, anywhere);
}

bool resolver_name_at(const char *address, unsigned number, char host[256])
{
	uint8_t key[16];
	bool found = false;
	if (!key_of(address, key) || !lock_enter(&lock, NULL))
		return false;
	for (unsigned i = 0; i < RESOLVED && !found; i++) {
		if (!may_be_at(&resolved[i], key))
			continue;
		found = number-- == 0;
		if (found)
			strlcpy(host, resolved[i].host, 256);
	}
	lock_leave(&lock);
	return found;
}

bool resolver_name(const char *address, char host[256])
{
	uint8_t key[16];
	const char *name = NULL;
	bool there = false, several = false;
	if (!key_of(address, key) || !lock_enter(&lock, NULL))
		return false;
	for (unsigned i = 0; i < RESOLVED; i++) {
		const struct resolved *r = &resolved[i];
		if (!may_be_at(r, key))
			continue;
		there = there || is_at(r, key);
		several = several || (name && strcmp(name, r->host) != 0);
		name = r->host;
	}
	if (there && !several)
		strlcpy(host, name, 256);
	lock_leave(&lock);
	return there && !several;
}

/* What the table has of a host, and of an address. */
struct known {
	bool host, address, both, anywhere;
};

static struct known look_for(const char *host, const char *address)
{
	struct known k = {.host = false};
	uint8_t key[16];
	if (!key_of(address, key) || !lock_enter(&lock, NULL))
		return k;
	for (unsigned i = 0; i < RESOLVED; i++) {
		const struct resolved *r = &resolved[i];
		const bool there = is_at(r, key), is = strcmp(r->host, host) == 0;
		k.host = k.host || is;
		k.address = k.address || there;
		k.both = k.both || (there && is);
		k.anywhere = k.anywhere || (is && is_at(r, anywhere));
	}
	lock_leave(&lock);
	return k;
}

bool resolver_led(const char *host, const char *address)
{
	return look_for(host, address).both;
}

bool resolver_elsewhere(const char *address, const char *host)
{
	const struct known k = look_for(host, address);
	return k.address && k.host && !k.both && !k.anywhere;
}

/* ---- the hooks ---------------------------------------------------------------------------------------------- */

#define EXPORTED __attribute__((visibility("default")))

/* The function behind ours. A race stores the same value twice. */
static void *behind(_Atomic(void *) *cached, const char *name)
{
	void *f = atomic_load_explicit(cached, memory_order_acquire);
	if (!f) {
		const struct lookup q = {.name = name};
		f = loader_next(&q);
		atomic_store_explicit(cached, f, memory_order_release);
	}
	return f;
}

#define HOOK(lib, ret, name, none, tell, params, args)
#define HOOK_VOID(lib, name, params, args)
#define STUB(name)
#define LIBC(ret, name, params, args)                                                              \
	static ret real_##name(params)                                                             \
	{                                                                                          \
		static _Atomic(void *) cached;                                                     \
		union {                                                                            \
			void *object;                                                              \
			ret (*function)(params);                                                   \
		} f = {.object = behind(&cached, #name)};                                          \
		return f.function(args);                                                           \
	}
#include "hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef STUB
#undef LIBC

EXPORTED int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			 struct addrinfo **res)
{
	int result = real_getaddrinfo(node, service, hints, res);
	KEEP_ERRNO_BEGIN
	if (result == 0 && !hooks_inert())
		note_addrinfo(node, *res);
	KEEP_ERRNO_END
	return result;
}

EXPORTED struct hostent *gethostbyname(const char *name)
{
	struct hostent *h = real_gethostbyname(name);
	KEEP_ERRNO_BEGIN
	if (!hooks_inert())
		note_hostent(name, h);
	KEEP_ERRNO_END
	return h;
}

EXPORTED struct hostent *gethostbyname2(const char *name, int family)
{
	struct hostent *h = real_gethostbyname2(name, family);
	KEEP_ERRNO_BEGIN
	if (!hooks_inert())
		note_hostent(name, h);
	KEEP_ERRNO_END
	return h;
}

EXPORTED int gethostbyname_r(const char *name, struct hostent *ret, char *buf, size_t buflen,
			     struct hostent **result, int *h_errnop)
{
	int failed = real_gethostbyname_r(name, ret, buf, buflen, result, h_errnop);
	KEEP_ERRNO_BEGIN
	if (failed == 0 && !hooks_inert())
		note_hostent(name, *result);
	KEEP_ERRNO_END
	return failed;
}

EXPORTED int gethostbyname2_r(const char *name, int family, struct hostent *ret, char *buf,
			      size_t buflen, struct hostent **result, int *h_errnop)
{
	int failed = real_gethostbyname2_r(name, family, ret, buf, buflen, result, h_errnop);
	KEEP_ERRNO_BEGIN
	if (failed == 0 && !hooks_inert())
		note_hostent(name, *result);
	KEEP_ERRNO_END
	return failed;
}
