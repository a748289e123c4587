/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libraries.h"

enum { MAX_LIBRARIES = 1024, MAX_CACHE = 64 * 1024 * 1024 };

/* musl: one file of directories for a machine, below the directory of its loader's (/lib/ld-musl-x86_64.so.1 reads
 * /etc/ld-musl-x86_64.path), else these. */
static char *musl_path(const char *interpreter)
{
	char *directory = path_directory(interpreter), *prefix = path_directory(directory);
	char *name = checked(strndup(path_base(interpreter), strcspn(path_base(interpreter), ".")));
	char *file = join(strcmp(prefix, "/") == 0 ? "" : prefix, "/etc/", name, ".path", NULL);
	char *list = NULL;
	struct buf text;
	buf_init(&text, 0);
	if (file_read(file, MAX_CACHE, &text, NULL, NULL, NULL) == 0)
		list = copy_string(buf_str(&text));
	buf_free(&text);
	free(directory);
	free(prefix);
	free(name);
	free(file);
	return list ? list : copy_string("/lib:/usr/local/lib:/usr/lib");
}

bool is_musl(const char *interpreter)
{
	return interpreter && strncmp(path_base(interpreter), "ld-musl-", 8) == 0;
}

void libraries_init(struct libraries *l, unsigned bits, unsigned machine, const char *interpreter)
{
	struct buf cache;
	memset(l, 0, sizeof *l);
	l->bits = bits;
	l->machine = machine;
	l->list = checked(calloc(MAX_LIBRARIES, sizeof(struct library *)));
	if (is_musl(interpreter)) {
		l->musl_path = musl_path(interpreter);
		return;
	}
	buf_init(&cache, 0);
	if (file_read("/etc/ld.so.cache", MAX_CACHE, &cache, NULL, NULL, NULL) == 0) {
		l->cache = cache.data;
		l->cache_size = cache.len;
	} else {
		buf_free(&cache);
	}
}

void libraries_free(struct libraries *l)
{
	for (size_t i = 0; i < l->count; i++) {
		elf_free(&l->list[i]->elf);
		free(l->list[i]->name);
		free(l->list[i]->path);
		free(l->list[i]);
	}
	free(l->list);
	free(l->cache);
	free(l->musl_path);
	memset(l, 0, sizeof *l);
}

/* ---- where ld.so looks ----------------------------------------------------------------------------- */

struct search {
	const struct libraries *libraries;
	const char *name;
	struct elf_facts elf; /* of the file found */
	char *path;           /* the file found; NULL: none yet */
};

/* ld.so passes over files of another class or machine. */
static bool try_file(struct search *s, const char *path)
{
	struct elf_facts elf;
	if (access(path, R_OK) != 0)
		return false;
	if (elf_read(path, &elf) == 0 && elf.is_elf && !elf.damage && elf.dynamic &&
	    elf.bits == s->libraries->bits && elf.machine == s->libraries->machine) {
		s->elf = elf;
		s->path = copy_string(path);
		return true;
	}
	elf_free(&elf);
	return false;
}

static bool try_directory(struct search *s, const char *directory)
{
	char *path = join(*directory ? directory : ".", "/", s->name, NULL);
	bool found = try_file(s, path);
	free(path);
	return found;
}

/* Replaces $ORIGIN, $LIB and $PLATFORM (ld.so(8)). */
static char *expand(const char *entry, const char *origin, const struct libraries *l)
{
	const char *lib = l->bits == 64 ? "lib64" : "lib";
	struct buf b;
#if defined(__x86_64__) && defined(__linux__)
	if (access("/usr/lib/x86_64-linux-gnu", F_OK) == 0 && l->bits == 64)
		lib = "lib/x86_64-linux-gnu"; /* as Debian's glibc is configured */
#endif
	buf_init(&b, 0);
	while (*entry) {
		static const char *const tokens[] = {"ORIGIN", "LIB", "PLATFORM"};
		const char *const values[] = {origin, lib, l->bits == 64 ? "x86_64" : "i686"};
		size_t eaten = 0;
		for (size_t i = 0; *entry == '$' && i < ARRAY_LENGTH(tokens) && !eaten; i++) {
			size_t n = strlen(tokens[i]);
			if (strncmp(entry + 1, tokens[i], n) == 0)
				eaten = n + 1;
			else if (entry[1] == '{' && strncmp(entry + 2, tokens[i], n) == 0 &&
				 entry[n + 2] == '}')
				eaten = n + 3;
			if (eaten)
				buf_puts(&b, values[i]);
		}
		if (!eaten)
			buf_putc(&b, *entry);
		entry += eaten ? eaten : 1;
	}
	char *expanded = copy_string(buf_str(&b));
	buf_free(&b);
	return expanded;
}

static bool try_path_list(struct search *s, const char *list, const char *separators,
			  const char *file)
{
	char *real = file ? realpath(file, NULL) : NULL;
	char *origin = path_directory(real ? real : file ? file : "./x");
	bool found = false;
	while (list && *list && !found) {
		size_t n = strcspn(list, separators);
		char *entry = checked(strndup(list, n));
		char *directory = expand(entry, origin, s->libraries);
		found = try_directory(s, directory);
		free(directory);
		free(entry);
		list += n + (list[n] != '\0');
	}
	free(origin);
	free(real);
	return found;
}

static bool visit_cached(void *arg, const char *path)
{
	return !try_file(arg, path);
}

static bool try_defaults(struct search *s)
{
	static const char *const directories64[] = {"/lib/x86_64-linux-gnu",
						    "/usr/lib/x86_64-linux-gnu",
						    "/lib/aarch64-linux-gnu",
						    "/usr/lib/aarch64-linux-gnu",
						    "/lib64",
						    "/usr/lib64",
						    "/lib",
						    "/usr/lib",
						    NULL};
	static const char *const directories32[] = {
	    "/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu", "/lib", "/usr/lib", NULL};
	const char *const *d = s->libraries->bits == 64 ? directories64 : directories32;
	for (; *d; d++)
		if (try_directory(s, *d))
			return true;
	return false;
}

/* The first is its own, then those of which brought it in; RPATH and RUNPATH are one. */
static bool find_musl_file(struct search *s, const struct library *by)
{
	if (try_path_list(s, getenv("LD_LIBRARY_PATH"), ":\n", NULL))
		return true;
	for (const struct library *at = by; at; at = at->parent) {
		const char *list = at->elf.runpath ? at->elf.runpath : at->elf.rpath;
		if (list && try_path_list(s, list, ":\n", at->path))
			return true;
	}
	return try_path_list(s, s->libraries->musl_path, ":\n", NULL);
}

/* What musl takes for itself, whatever is on the disk: libc.so, libpthread.so.0, libc.musl-x86_64.so.1. */
static bool is_musl_itself(const char *name)
{
	static const char *const own[] = {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."};
	for (size_t i = 0; strncmp(name, "lib", 3) == 0 && i < ARRAY_LENGTH(own); i++)
		if (strncmp(name + 3, own[i], strlen(own[i])) == 0)
			return true;
	return false;
}

static bool find_file(struct search *s, const struct library *by)
{
	const struct library *root = by;
	if (strchr(s->name, '/'))
		return try_file(s, s->name);
	if (s->libraries->musl_path)
		return find_musl_file(s, by);
	while (root && root->parent)
		root = root->parent;
	if (by && !by->elf.runpath)
		for (const struct library *at = by; at; at = at->parent)
			if (!at->elf.runpath && at->elf.rpath &&
			    try_path_list(s, at->elf.rpath, ":", at->path))
				return true;
	if (try_path_list(s, getenv("LD_LIBRARY_PATH"), ":;", root ? root->path : NULL))
		return true;
	if (by && by->elf.runpath && try_path_list(s, by->elf.runpath, ":", by->path))
		return true;
	cache_find(s->libraries->cache, s->libraries->cache_size, s->name, visit_cached, s);
	if (s->path)
		return true;
	return !(by && by->elf.no_default_directories) && try_defaults(s);
}

/* ---- the tree -------------------------------------------------------------------------------------- */

static struct library *append(struct libraries *l, const char *name, const struct library *parent)
{
	struct library *n = checked(calloc(1, sizeof *n));
	n->name = copy_string(name);
	n->parent = parent;
	n->depth = parent ? parent->depth + 1 : 0;
	l->list[l->count++] = n;
	return n;
}

/* ld.so loads a name once per process, whoever asks for it. */
static struct library *known(const struct libraries *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++) {
		struct library *at = l->list[i];
		if (strcmp(at->name, name) == 0 ||
		    (at->elf.soname && strcmp(at->elf.soname, name) == 0))
			return at;
	}
	return NULL;
}

static struct library *need(struct libraries *l, const char *name, const struct library *by)
{
	struct library *have = known(l, name);
	struct search s = {.libraries = l, .name = name};
	if (l->musl_path && is_musl_itself(name))
		return NULL;
	if (have || l->count >= MAX_LIBRARIES)
		return have;
	bool found = find_file(&s, by);
	have = append(l, name, by);
	if (found) {
		have->path = s.path;
		have->elf = s.elf;
	}
	return have;
}

static void load_needed(struct libraries *l, size_t from)
{
	for (size_t i = from; i < l->count; i++)
		for (size_t j = 0; j < l->list[i]->elf.needed_count; j++)
			need(l, l->list[i]->elf.needed[j], l->list[i]);
}

const struct library *libraries_add(struct libraries *l, const char *path, const char *name,
				    const struct library *parent)
{
	struct search s = {.libraries = l, .name = name};
	size_t first = l->count;
	if (first >= MAX_LIBRARIES || !try_file(&s, path))
		return NULL;
	struct library *added = append(l, name, parent);
	added->path = s.path;
	added->elf = s.elf;
	load_needed(l, first);
	return added;
}

const struct library *libraries_open(struct libraries *l, const char *name,
				     const struct library *parent)
{
	size_t first = l->count;
	const struct library *opened = need(l, name, parent);
	load_needed(l, first);
	return opened && opened->path ? opened : NULL;
}

static bool is_below(const struct library *library, const struct library *top)
{
	while (library && library != top)
		library = library->parent;
	return library == top;
}

const struct library *libraries_exporting_below(const struct libraries *l,
						const struct library *top, unsigned bits)
{
	const struct library *elsewhere = NULL;
	for (size_t i = 0; i < l->count; i++) {
		const struct library *at = l->list[i];
		if ((at->elf.exports & bits) != bits)
			continue;
		if (is_below(at, top))
			return at;
		if (!elsewhere)
			elsewhere = at;
	}
	return elsewhere;
}

const struct library *libraries_exporting(const struct libraries *l, unsigned bits)
{
	const struct library *nearest = NULL;
	for (size_t i = 0; i < l->count; i++)
		if ((l->list[i]->elf.exports & bits) == bits &&
		    (!nearest || l->list[i]->depth < nearest->depth))
			nearest = l->list[i];
	return nearest;
}

char *library_chain(const struct library *library)
{
	char *chain = copy_string(library->name);
	for (const struct library *at = library->parent; at; at = at->parent) {
		char *longer = join(at->name, " -> ", chain, NULL);
		free(chain);
		chain = longer;
	}
	return chain;
}
