/* SPDX-License-Identifier: ISC
 *
 * What openssl.cnf sets for every SSL_CTX of the machine (config(5), section system_default of ssl_conf), with file and line. Read
 * only after a failure, to name the place of a value that was seen in force; it never decides what is in force.
 */
#include <string.h>

#include <tlsmend/evidence.h>

enum { FILE_LIMIT = 128 * 1024, INCLUDE_DEPTH = 4, ASSIGNMENTS = 512, NAME_BYTES = 256 };

struct assignment {
	const char *section, *key, *value;
	const char *file;
	unsigned line;
};

struct reading {
	struct arena arena; /* of the work */
	struct assignment *list;
	size_t count;
	const char *section;
	bool complete; /* nothing was left out */
};

static struct text trimmed(const char *s, size_t n)
{
	while (n > 0 && ascii_is_space(*s)) {
		s++;
		n--;
	}
	while (n > 0 && ascii_is_space(s[n - 1]))
		n--;
	return (struct text){s, n};
}

/* Up to a comment; a '#' in quotes, or after a backslash, is none. */
static size_t without_comment(const char *s, size_t n)
{
	char quote = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\')
			i++;
		else if (quote)
			quote = s[i] == quote ? 0 : quote;
		else if (s[i] == '"' || s[i] == '\'')
			quote = s[i];
		else if (s[i] == '#')
			return i;
	}
	return n;
}

static struct text unquoted(struct text t)
{
	if (t.n >= 2 && (t.s[0] == '"' || t.s[0] == '\'') && t.s[t.n - 1] == t.s[0])
		return (struct text){t.s + 1, t.n - 2};
	return t;
}

static void assign(struct reading *r, const char *file, unsigned line, struct text key,
		   struct text value)
{
	if (r->count == ASSIGNMENTS) {
		r->complete = false;
		return;
	}
	value = unquoted(value);
	r->list[r->count] =
	    (struct assignment){r->section, arena_strndup(&r->arena, key.s, key.n),
				arena_strndup(&r->arena, value.s, value.n), file, line};
	if (!r->list[r->count].key || !r->list[r->count].value) {
		r->complete = false;
		return;
	}
	r->count++;
}

static void read_file(struct reading *r, const char *path, unsigned depth);

/* ".include FILE" or ".include = FILE"; a directory, a relative path and a path with a variable are left out. */
static bool include(struct reading *r, struct text t, unsigned depth)
{
	static const char word[] = ".include";
	const size_t n = sizeof word - 1;
	if (t.n <= n || memcmp(t.s, word, n) != 0 || !(ascii_is_space(t.s[n]) || t.s[n] == '='))
		return false;
	t = trimmed(t.s + n, t.n - n);
	if (t.n > 0 && t.s[0] == '=')
		t = trimmed(t.s + 1, t.n - 1);
	t = unquoted(t);
	const char *path = arena_strndup(&r->arena, t.s, t.n);
	if (path && path[0] == '/' && !strchr(path, '$') && depth < INCLUDE_DEPTH)
		read_file(r, path, depth + 1);
	else
		r->complete = false;
	return true;
}

static void read_line(struct reading *r, const char *file, unsigned number, const char *s, size_t n,
		      unsigned depth)
{
	struct text t = trimmed(s, without_comment(s, n));
	if (t.n == 0 || include(r, t, depth))
		return;
	if (t.s[0] == '[') {
		const char *end = memchr(t.s, ']', t.n);
		t = trimmed(t.s + 1, end ? (size_t)(end - t.s - 1) : t.n - 1);
		r->section = arena_strndup(&r->arena, t.s, t.n);
		return;
	}
	const char *equals = memchr(t.s, '=', t.n);
	if (!equals)
		return; /* .pragma */
	struct text key = trimmed(t.s, (size_t)(equals - t.s));
	assign(r, file, number, key, trimmed(equals + 1, (size_t)(t.s + t.n - equals - 1)));
}

/* Lines that end in a backslash go on in the next one; what stands there is left out. */
static void read_file(struct reading *r, const char *path, unsigned depth)
{
	struct buf b;
	unsigned number = 0;
	bool goes_on = false;
	buf_init(&b, FILE_LIMIT);
	if (file_read(path, FILE_LIMIT, &b, NULL, NULL, NULL) != 0)
		r->complete = false;
	const char *end = buf_str(&b) + b.len, *stop;
	for (const char *s = buf_str(&b); s < end; s = stop + 1) {
		stop = memchr(s, '\n', (size_t)(end - s));
		if (!stop)
			stop = end;
		size_t n = (size_t)(stop - s);
		bool first = !goes_on;
		number++;
		goes_on = n > 0 && s[n - 1] == '\\';
		if (goes_on)
			r->complete = false;
		if (first && r->section)
			read_line(r, path, number, s, n - goes_on, depth);
	}
	buf_free(&b);
}

/* ---- lookups ---------------------------------------------------------------------------------------------------- */

/* A key of a list of commands may stand behind a prefix, as in "a.CipherString"; commands know no case. */
static bool is_command(const char *key, const char *command)
{
	const char *dot = strchr(key, '.');
	return ascii_casecmp(dot ? dot + 1 : key, command) == 0;
}

static const struct assignment *find(const struct reading *r, const char *section, const char *key,
				     bool command)
{
	const struct assignment *found = NULL;
	for (size_t i = 0; section && i < r->count; i++) {
		const struct assignment *a = &r->list[i];
		if (strcmp(a->section, section) == 0 &&
		    (command ? is_command(a->key, key) : strcmp(a->key, key) == 0))
			found = a; /* the last one counts */
	}
	return found;
}

/* The name of the next section; variables are not expanded here. */
static const char *follow(struct reading *r, const char *section, const char *key)
{
	const struct assignment *a = find(r, section, key, false);
	if (!a || !strchr(a->value, '$'))
		return a ? a->value : NULL;
	r->complete = false;
	return NULL;
}

static struct cnf_value command(struct evidence *e, const struct reading *r, const char *section,
				const char *name)
{
	const struct assignment *a = find(r, section, name, true);
	struct cnf_value v = {NULL, NULL};
	struct buf place;
	if (!a)
		return v;
	buf_init(&place, 0);
	buf_strs(&place, a->file, ":", NULL);
	buf_uint(&place, a->line);
	v.value = arena_strdup(&e->arena, a->value);
	v.place = arena_strdup(&e->arena, buf_str(&place));
	buf_free(&place);
	return v;
}

void evidence_openssl_cnf(struct evidence *e, const char *path, struct openssl_cnf *out)
{
	struct reading r = {.section = "default", .complete = true};
	*out = (struct openssl_cnf){.complete = false};
	r.list = path ? arena_alloc(&r.arena, ASSIGNMENTS * sizeof *r.list) : NULL;
	if (!r.list)
		return;
	/* Debian's stands in /etc, and a link to it where OpenSSL looks */
	char *target = arena_alloc(&r.arena, NAME_BYTES);
	if (target && file_link(path, target, NAME_BYTES) && target[0] == '/')
		path = target;
	read_file(&r, path, 0);
	const char *section = follow(&r, "default", "openssl_conf");
	section = follow(&r, section, "ssl_conf");
	section = follow(&r, section, "system_default");
	out->min = command(e, &r, section, "MinProtocol");
	out->max = command(e, &r, section, "MaxProtocol");
	out->protocols = command(e, &r, section, "Protocol");
	out->ciphers = command(e, &r, section, "CipherString");
	out->complete = r.complete && !r.arena.failed;
	arena_free(&r.arena);
}
