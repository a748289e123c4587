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

enum { RESOLVED = 256 };
struct resolved {
	uint8_t address[16]; /* IPv4 as IPv4-mapped IPv6 */
	char host[254];      /* "" : free */
	uint64_t asked;      /* when it was looked up last: a number that grows */
};
static struct resolved resolved[RESOLVED];
static uint64_t latest;
static struct lock lock;

static void note_address(const char *host, const uint8_t address[16])
{
	struct resolved *r = &resolved[0];
	for (unsigned i = 0; i < RESOLVED; i++) {
		if (strcmp(resolved[i].host, host) == 0 &&
		    memcmp(resolved[i].address, address, 16) == 0) {
			resolved[i].asked = ++latest;
			return;
		}
		if (resolved[i].asked < r->asked)
			r = &resolved[i];
	}
	memcpy(r->address, address, 16);
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

static void note_addrinfo(const char *node, const struct addrinfo *list)
{
	char host[256];
	uint8_t address[16];
	bool stale = false;
	if (!normal_name(node, host) || !lock_enter(&lock, &stale))
		return;
	if (stale)
		memset(resolved, 0, sizeof resolved);
	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		const void *raw = NULL;
		if (a->ai_family == AF_INET)
			raw = &((const struct sockaddr_in *)(const void *)a->ai_addr)->sin_addr;
		else if (a->ai_family == AF_INET6)
			raw = &((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr;
		if (raw && mapped(a->ai_family, raw, address))
			note_address(host, address);
	}
	lock_leave(&lock);
}

static void note_hostent(const char *node, const struct hostent *h)
{
	char host[256];
	uint8_t address[16];
	bool stale = false;
	if (!h || !h->h_addr_list || !normal_name(node, host) || !lock_enter(&lock, &stale))
		return;
	if (stale)
		memset(resolved, 0, sizeof resolved);
	for (char **raw = h->h_addr_list; *raw; raw++)
		if (mapped(h->h_addrtype, *raw, address))
			note_address(host, address);
	lock_leave(&lock);
}

bool resolver_name_at(const char *address, unsigned number, char host[256])
{
	uint8_t raw[16], key[16];
	bool found = false;
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, address, raw) != 1 || !mapped(family, raw, key) ||
	    !lock_enter(&lock, NULL))
		return false;
	for (unsigned i = 0; i < RESOLVED && !found; i++) {
		if (!resolved[i].host[0] || memcmp(resolved[i].address, key, 16) != 0)
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
	char other[256];
	return resolver_name_at(address, 0, host) && !resolver_name_at(address, 1, other);
}

bool resolver_led(const char *host, const char *address)
{
	char name[256];
	for (unsigned i = 0; resolver_name_at(address, i, name); i++)
		if (strcmp(name, host) == 0)
			return true;
	return false;
}

bool resolver_elsewhere(const char *address, const char *host)
{
	char name[256];
	bool found = false;
	if (!resolver_name_at(address, 0, name) || resolver_led(host, address) ||
	    !lock_enter(&lock, NULL))
		return false;
	for (unsigned i = 0; i < RESOLVED && !found; i++)
		found = strcmp(resolved[i].host, host) == 0;
	lock_leave(&lock);
	return found;
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
