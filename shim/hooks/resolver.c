/* SPDX-License-Identifier: ISC
 *
 * Which name was it? A client that sends no SNI and asks OpenSSL for no name check has still looked the name up. What the
 * resolver answered is kept in a small table (resolved.c); where several names led to one address, it may be any of them (design.md#host).
 */
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <tlsmend/loader.h>

#include "resolved.h"

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

/* ---- the hooks ---------------------------------------------------------------------------------------------- */

#define EXPORTED __attribute__((visibility("default")))

/* The function behind ours. A race stores the same value twice. */
static void *behind(_Atomic(void *) *cached, const char *name)
{
	void *f = atomic_load_explicit(cached, memory_order_acquire);
	if (!f) {
		f = loader_next_named(name);
		atomic_store_explicit(cached, f, memory_order_release);
	}
	return f;
}

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
