/* SPDX-License-Identifier: ISC
 *
 * Which TLS library a dynamically linked program uses: its own, one that it needs, one that a module of it brings, or
 * one that it opens by name.
 */
#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "libraries.h"
#include "sanitizer.h"
#include "served.h"
#include "tls.h"

struct look {
	struct target *target;
	struct libraries libraries;
	const struct library *root;
	const struct library *openssl; /* the copy of libssl that is nearest; NULL: none */
	const struct library *other;   /* the nearest other TLS library */
	const struct other_tls *other_kind;
	bool has_crypto;
};

/* ---- modules --------------------------------------------------------------------------------------- */

/* The glob relative to a real file's directory; '%' is `name`: "../lib/python3.11/lib-dynload/_ssl*.so". */
static char *module_pattern(const char *real, const char *name, const char *glob_text)
{
	char *directory = path_directory(real);
	const char *hole = strchr(glob_text, '%');
	char *before =
	    checked(strndup(glob_text, hole ? (size_t)(hole - glob_text) : strlen(glob_text)));
	char *pattern = join(directory, "/", before, hole ? name : "", hole ? hole + 1 : "", NULL);
	free(before);
	free(directory);
	return pattern;
}

/* .NET's own order (src/native/libs/System.Security.Cryptography.Native/opensslshim.c). */
static const struct library *open_libssl(struct libraries *l, const struct library *by)
{
	static const char *const names[] = {"libssl.so.3",     "libssl.so.1.1",   "libssl.so.4",
					    "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const struct library *opened = libraries_open(l, names[i], by);
		if (opened)
			return opened;
	}
	return NULL;
}

static bool load_module(struct look *k, const struct module *m, const char *pattern)
{
	glob_t found;
	if (glob(pattern, 0, NULL, &found) != 0)
		return false;
	/* Sorted: the last is the newest version. */
	char *path = path_absolute(found.gl_pathv[found.gl_pathc - 1]);
	const struct library *module =
	    path ? libraries_add(&k->libraries, path, path_base(path), k->root) : NULL;
	globfree(&found);
	if (path)
		target_fact(k->target, "module", path, module ? "" : " (cannot be loaded)", NULL);
	free(path);
	if (module && m->dlopens &&
	    !libraries_exporting(&k->libraries, DEFINES_SSL_CTX_NEW | DEFINES_SSL_CTX_CTRL))
		open_libssl(&k->libraries, module);
	return module != NULL;
}

/* Modules of the file at path; `name` is what '%' stands for, NULL: the real file's own. */
static bool load_modules_of(struct look *k, const char *path, const char *name)
{
	char *real = realpath(path, NULL);
	const char *base = path_base(real ? real : path);
	bool loaded = false;
	for (const struct module *m = module_next(NULL, base); m; m = module_next(m, base)) {
		char *pattern = module_pattern(real ? real : path, name ? name : base, m->glob);
		loaded = load_module(k, m, pattern) || loaded;
		free(pattern);
	}
	free(real);
	return loaded;
}

/* What a library loads, from its own directory. */
static void load_modules_of_libraries(struct look *k)
{
	for (size_t i = 0; i < k->libraries.count; i++) {
		const struct library *at = k->libraries.list[i];
		if (at != k->root && at->path && module_next(NULL, at->name))
			load_modules_of(k, at->path, NULL);
	}
}

static void load_modules(struct look *k)
{
	const struct target *t = k->target;
	bool script = t->path && strcmp(t->path, t->program) != 0;
	load_modules_of_libraries(k);
	/* A script that is known leads to what it runs, not to its interpreter's modules. */
	if (!script || !load_modules_of(k, t->path, t->name))
		load_modules_of(k, t->program, NULL);
}

/* ---- what was found -------------------------------------------------------------------------------- */

static void find_other(struct look *k)
{
	const struct libraries *l = &k->libraries;
	for (size_t i = 0; i < l->count; i++) {
		const struct other_tls *kind = other_tls_by_soname(l->list[i]->name);
		if (kind && (!k->other || l->list[i]->depth < k->other->depth)) {
			k->other = l->list[i];
			k->other_kind = kind;
		}
	}
}

static char *version_of(const struct look *k, const struct library *ssl)
{
	const struct library *crypto =
	    libraries_exporting_below(&k->libraries, ssl, DEFINES_X509_VERIFY);
	char *version = crypto && crypto->path ? elf_tls_version(crypto->path) : NULL;
	return version ? version : elf_tls_version(ssl->path);
}

static char *reached(const struct look *k, const struct library *ssl)
{
	char *chain = library_chain(ssl);
	char *version = version_of(k, ssl);
	char *text = join(chain, " (", version ? version : "version unknown", ")", NULL);
	free(chain);
	free(version);
	return text;
}

static void facts_of_libraries(struct look *k)
{
	const struct libraries *l = &k->libraries;
	if (k->openssl) {
		char *text = reached(k, k->openssl);
		target_fact(k->target, "openssl", text, ", ", k->openssl->path, NULL);
		free(text);
	}
	for (size_t i = 0; i < l->count; i++) {
		const struct library *at = l->list[i];
		if (at != k->openssl && at->elf.exports & DEFINES_SSL_CTX_NEW &&
		    at->elf.exports & DEFINES_SSL_CTX_CTRL) {
			char *text = reached(k, at);
			target_fact(k->target, "openssl", "also ", text, ", ", at->path, NULL);
			free(text);
		}
	}
	if (k->other) {
		char *chain = library_chain(k->other);
		target_fact(k->target, "other", k->other_kind->name, ": ", chain,
			    "; its connections are not seen", NULL);
		free(chain);
	}
	for (size_t i = 0; i < l->count; i++)
		if (!l->list[i]->path)
			target_fact(k->target, "missing", l->list[i]->name, ", needed by ",
				    l->list[i]->parent ? l->list[i]->parent->name : "?", NULL);
}

static bool judge_unserved(struct look *k)
{
	const struct library *crypto =
	    libraries_exporting_below(&k->libraries, k->openssl, DEFINES_X509_VERIFY);
	char *version = version_of(k, k->openssl);
	char *why = not_served(version, k->openssl->path, crypto ? crypto->path : NULL);
	if (why)
		target_verdict(k->target, REACH_NO, REASON_UNSERVED, why);
	free(why);
	free(version);
	return why != NULL;
}

static void judge_found(struct look *k)
{
	struct target *t = k->target;
	if (k->other && (!k->openssl || k->other->depth < k->openssl->depth)) {
		char *chain = library_chain(k->other);
		target_verdict(t, k->openssl ? REACH_PARTLY : REACH_NO, k->other_kind->reason,
			       chain);
		free(chain);
		return;
	}
	if (judge_unserved(k))
		return;
	char *text = reached(k, k->openssl);
	target_verdict(t, REACH_YES, REASON_NONE, NULL);
	free(t->why);
	t->why = text;
}

/* The program itself has OpenSSL's functions: its calls never leave it. */
static bool judge_linked_in(struct look *k)
{
	struct target *t = k->target;
	const unsigned both = DEFINES_SSL_CONNECT | DEFINES_SSL_CTX_NEW;
	if ((t->elf.defines & both) != both || !t->elf.interpreter)
		return false;
	char *version = elf_tls_version(t->program);
	target_verdict(t, REACH_NO, REASON_LINKED_IN, version ? version : "a TLS library");
	if (t->elf.exports & DEFINES_SSL_CTX_NEW)
		target_fact(t, "exports",
			    "the program offers its own OpenSSL to modules, which bind to it",
			    NULL);
	free(version);
	return true;
}

static bool has_own_openssl(const char *path)
{
	char *version = elf_tls_version(path);
	free(version);
	return version != NULL;
}

/* An object that is not linked with OpenSSL and knows the name of its function finds it with dlsym(3): Qt's network library, a
 * program made by .NET's native compiler. OpenSSL's own text of its version would be there, too, were it a copy. */
static bool finds_by_name(const struct library *at)
{
	static const char name[] = "\0SSL_get_error";
	return at->path && !at->elf.refers && !(at->elf.defines & DEFINES_SSL_CTX_NEW) &&
	       file_contains_bytes(at->path, name, sizeof name) && !has_own_openssl(at->path);
}

static bool judge_finder(struct look *k)
{
	const struct libraries *l = &k->libraries;
	for (size_t i = 0; i < l->count && !k->openssl; i++)
		if (finds_by_name(l->list[i]))
			k->openssl = open_libssl(&k->libraries, l->list[i]);
	if (!k->openssl)
		return false;
	target_fact(
	    k->target, "note",
	    "it finds OpenSSL with dlopen and dlsym; TLSMEND_DLSYM=off would put it out of reach",
	    NULL);
	facts_of_libraries(k);
	judge_found(k);
	return true;
}

/* A host of .NET (its loader, or an application's own executable) has no TLS of its own; the framework opens libssl. */
static bool judge_dotnet_host(struct look *k)
{
	if (!file_contains(k->target->program, "libhostfxr"))
		return false;
	k->openssl = open_libssl(&k->libraries, k->root);
	target_fact(
	    k->target, "note",
	    ".NET finds OpenSSL with dlopen and dlsym; TLSMEND_DLSYM=off would put it out of reach",
	    NULL);
	if (k->openssl)
		facts_of_libraries(k);
	if (k->openssl)
		judge_found(k);
	return k->openssl != NULL;
}

static bool is_openssl(const char *name)
{
	return strncmp(name, "libssl.so", 9) == 0 || strncmp(name, "libcrypto.so", 12) == 0;
}

/* At its start, and not for a module that it may never load. */
static bool is_needed(const struct look *k, const struct library *at)
{
	for (; at != k->root; at = at->parent) {
		bool listed = false;
		for (size_t i = 0; at->parent && i < at->parent->elf.needed_count; i++)
			listed = listed || strcmp(at->parent->elf.needed[i], at->name) == 0;
		if (!listed)
			return false;
	}
	return true;
}

/* ld.so would not find what it needs here: an OpenSSL; or, with `any`, what it does not start without. */
static bool judge_missing(struct look *k, bool any)
{
	const struct libraries *l = &k->libraries;
	for (size_t i = 0; i < l->count; i++) {
		const struct library *at = l->list[i];
		if (at->path || !(any ? is_needed(k, at) : is_openssl(at->name)))
			continue;
		target_verdict(k->target, REACH_NO, REASON_NO_LIBRARY, at->name);
		return true;
	}
	return false;
}

/* A copy that is linked into one of its libraries, which keeps its symbols to itself. */
static bool judge_hidden(struct look *k)
{
	const struct libraries *l = &k->libraries;
	for (size_t i = 0; i < l->count && !k->has_crypto; i++) {
		const struct library *at = l->list[i];
		if (!at->path || (at == k->root && k->target->elf.interpreter) || at->elf.refers ||
		    (at->elf.exports & (DEFINES_SSL_CTX_NEW | DEFINES_X509_VERIFY)))
			continue;
		char *version = elf_hidden_openssl(at->path);
		if (!version)
			continue;
		char *chain = library_chain(at);
		char *detail = join(version, " is linked into ", chain, NULL);
		target_verdict(k->target, REACH_NO, REASON_HIDDEN, detail);
		k->target->knob = knob_for(path_base(at->path), REASON_HIDDEN);
		free(detail);
		free(chain);
		free(version);
		return true;
	}
	return false;
}

static void judge_nothing_found(struct look *k)
{
	struct target *t = k->target;
	char *version = NULL;
	if (t->elf.go) {
		target_verdict(t, REACH_NO, REASON_GO, NULL);
		return;
	}
	const enum reason own = own_tls(path_base(t->program));
	if (own != REASON_NONE) {
		target_verdict(t, REACH_NO, own, NULL);
		return;
	}
	for (size_t i = 0; i < t->elf.needed_count; i++)
		if (strcmp(t->elf.needed[i], "libjli.so") == 0) {
			target_verdict(t, REACH_NO, REASON_JAVA, NULL);
			return;
		}
	if (judge_dotnet_host(k) || judge_finder(k) || judge_missing(k, false) || judge_hidden(k))
		return;
	/* With a shared libcrypto the text is only the version that the program was compiled with (ssh). */
	if (!k->has_crypto && t->elf.interpreter)
		version = elf_tls_version(t->program);
	if (version)
		target_verdict(t, REACH_NO, REASON_LINKED_IN, version);
	else if (t->elf.interpreter && file_contains(t->program, "/rustls-"))
		target_verdict(t, REACH_NO, REASON_RUSTLS, NULL);
	else if (!t->elf.interpreter || !judge_missing(k, true))
		target_verdict(t, REACH_NO_TLS, REASON_NO_TLS, NULL);
	free(version);
}

/* Nothing else matters then: it does not start. What it opens later does not ask. */
static bool judge_sanitizer(struct look *k)
{
	const struct libraries *l = &k->libraries;
	for (size_t i = 0; i < l->count; i++) {
		if (!is_sanitizer(l->list[i]->name) || !sanitizer_minds(k->target->program))
			continue;
		char *chain = library_chain(l->list[i]);
		target_verdict(k->target, REACH_NO, REASON_SANITIZER, chain);
		free(chain);
		return true;
	}
	return false;
}

static void add_note(struct look *k)
{
	const char *note = note_for(k->target->program, k->openssl && !is_needed(k, k->openssl));
	if (note)
		target_fact(k->target, "note", note, NULL);
}

void tls_judge(struct target *t)
{
	struct look k = {.target = t};
	libraries_init(&k.libraries, t->elf.bits, t->elf.machine, t->elf.interpreter);
	k.root = libraries_add(&k.libraries, t->program, path_base(t->program), NULL);
	if (!judge_sanitizer(&k) && !judge_linked_in(&k)) {
		load_modules(&k);
		k.openssl =
		    libraries_exporting(&k.libraries, DEFINES_SSL_CTX_NEW | DEFINES_SSL_CTX_CTRL);
		k.has_crypto = libraries_exporting(&k.libraries, DEFINES_X509_VERIFY) != NULL;
		find_other(&k);
		facts_of_libraries(&k);
		add_note(&k);
		if (k.openssl || (k.other && !t->elf.go))
			judge_found(&k);
		else
			judge_nothing_found(&k);
	}
	libraries_free(&k.libraries);
}
