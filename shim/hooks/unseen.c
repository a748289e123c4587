/* SPDX-License-Identifier: ISC
 *
 * A plug-in may have an OpenSSL of its own, all of whose calls stay within it. Who wants to know (level info) is told at the end of the process,
 * when it costs nobody anything, and when nothing is unloaded any more: the files of what was loaded since the start are looked through.
 */
#include <tlsmend/loader.h>
#include <tlsmend/record.h>

#include <stdlib.h>
#include <string.h>

#include "hooks.h"

/* In an object that speaks TLS; in one that does so with OpenSSL; and the text of the version, which ends with a date ("OpenSSL 3.0.15 3 Sep
 * 2024") and may have been left out by the linker. */
static const char derivation[] = "master secret", source[] = "ssl/ssl_lib.c",
		  product[] = "OpenSSL ";

struct inside {
	bool speaks, openssl;
	char version[32];
};

static const char *find(const char *at, const char *end, const char *word)
{
	const size_t n = strlen(word);
	while (end - at >= (ptrdiff_t)n && (at = memchr(at, *word, (size_t)(end - at) - n + 1))) {
		if (memcmp(at, word, n) == 0)
			return at;
		at++;
	}
	return NULL;
}

static void take_version(struct inside *in, const char *at, const char *end)
{
	size_t n = sizeof product - 1;
	const size_t most = (size_t)(end - at) - 2;
	while (n < most && n + 1 < sizeof in->version && at[n] > ' ' && at[n] < 0x7f)
		n++;
	if (n >= most || !ascii_is_digit(at[sizeof product - 1]) || at[n] != ' ' ||
	    !ascii_is_digit(at[n + 1]))
		return;
	memcpy(in->version, at, n);
	in->version[n] = '\0';
}

static bool visit(void *arg, const char *data, size_t n)
{
	struct inside *in = arg;
	const char *end = data + n;
	in->speaks = in->speaks || find(data, end, derivation);
	in->openssl = in->openssl || find(data, end, source);
	for (const char *at = data; !*in->version && (at = find(at, end, product)); at++)
		take_version(in, at, end);
	return !in->speaks || !*in->version;
}

/* Its own functions are not shown, and it uses nobody else's. */
static bool keeps_to_itself(const struct link_map *l)
{
	const struct symbol_name used = LOADER_NAME("SSL_get_error");
	const char *version;
	struct symbols s;
	return !loader_symbols(l, &s) ||
	       (!loader_symbol_of(&s, "SSL_CTX_new") && !loader_symbol_of(&s, "X509_verify_cert") &&
		!loader_import(&s, &used, &version));
}

static void tell(const char *path, const char *version)
{
	static const char *const help[] = {"use that library's own setting for a CA; `tlsmend "
					   "check PID`, while it runs, names the "
					   "one of those that are known"};
	struct record r = {.level = LEVEL_INFO,
			   .event = EVENT_UNSEEN,
			   .cause = CAUSE_NONE,
			   .time_ms = clock_realtime_ms(),
			   .code = -1,
			   .depth = -1,
			   .enforced = -1,
			   .why = "its functions are hidden in that library, so that no call of "
				  "them can be seen",
			   .help = help,
			   .help_count = 1};
	struct buf b;
	buf_init(&b, 1024);
	buf_strs(&b, "connections of ", path, " are neither explained nor mended: it has an ",
		 *version ? version : "OpenSSL", " of its own", NULL);
	r.message = buf_str(&b);
	record_submit(&r);
	buf_free(&b);
}

static void look_through(const struct link_map *l)
{
	struct inside in = {.speaks = false};
	/* a relative path, as ctypes.CDLL("./x.so") gives one, holds as long as the process stays in its folder */
	if (l->l_name && strchr(l->l_name, '/') && keeps_to_itself(l) &&
	    file_scan(l->l_name, visit, &in) == 0 && in.speaks && (*in.version || in.openssl))
		tell(l->l_name, in.version);
}

/* A child of fork(2) leaves it to its parent. */
__attribute__((destructor)) static void at_end(void)
{
	enum { STARTED_PROCESS = 1 };
	if (!record_wanted(LEVEL_INFO) || hooks_inert() || sandbox_entered() ||
	    process_generation() != STARTED_PROCESS)
		return;
	KEEP_ERRNO_BEGIN
	const struct link_map *last = loader_last_at_start();
	for (const struct link_map *l = last ? last->l_next : NULL; l; l = l->l_next)
		look_through(l);
	KEEP_ERRNO_END
}
