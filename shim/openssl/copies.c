/* SPDX-License-Identifier: ISC
 *
 * The copies of OpenSSL in the process: recognised, their tables filled out of api.def, published.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "filled.h"
#include "internal.h"
#include "problem.h"

/* The names of api.def, in the order of the table's functions: those of libssl, then those of libcrypto. */
enum { IN_ssl, IN_crypto };
enum wanted {
#define API(lib, need, ret, name, params, also) WANTED_##name,
#include "api.def"
#undef API
	WANTED_COUNT,
	WANTED_SSL = 0
#define API(lib, need, ret, name, params, also) +(IN_##lib == IN_ssl)
#include "api.def"
#undef API
};
#define API(lib, need, ret, name, params, also)                                                    \
	_Static_assert(offsetof(struct openssl, name) == WANTED_##name * sizeof(void *) &&         \
			   (WANTED_##name < WANTED_SSL) == (IN_##lib == IN_ssl),                   \
		       "not in its place: " #name);
#include "api.def"
#undef API

static const struct symbol_entry wanted[] = {
#define API(lib, need, ret, name, params, also) LOADER_ENTRY(#name),
#include "api.def"
#undef API
};

#define NEED_required true
#define NEED_optional false
static const bool is_required[] = {
#define API(lib, need, ret, name, params, also) NEED_##need,
#include "api.def"
#undef API
};

/* What another generation calls it; NULL: the same. */
static const char *other_name(size_t w)
{
	switch (w) {
#define API(lib, need, ret, name, params, also)                                                    \
	case WANTED_##name:                                                                        \
		return also;
#include "api.def"
#undef API
	default:
		return NULL;
	}
}

struct found_library {
	struct symbols symbols;
	uintptr_t low, high;
	bool stays; /* was there at the start */
};

static struct lock lock;
struct copy binding_copies[COPIES_MAX];

static struct found_library libraries[COPIES_MAX]
				     [LIBRARIES]; /* written before the table that tells of it */
static _Atomic unsigned copy_count;

/* A copy as it was found, before it is published. */
struct draft {
	struct openssl *table; /* owned until published */
	struct found_library library[LIBRARIES];
	const char *lacks; /* the first required function that is not there; NULL: none */
	char version_text[48];
	bool past_us;
};

/* LibreSSL says 2.0.0; BoringSSL and AWS-LC say 1.1.1 (once 1.0.2), with other structures behind the names */
static bool is_openssl(const struct openssl *o, const struct symbols *crypto)
{
	return o->version && o->version >> 12 != 0x20000 &&
	       !loader_symbol_of(crypto, "BORINGSSL_self_test") &&
	       !loader_symbol_of(crypto, "awslc_version_string");
}

/* "OpenSSL 3.0.22" out of "OpenSSL 3.0.22 25 Aug 2026" */
static void name_version(struct openssl *o)
{
	const char *text = o->OpenSSL_version ? o->OpenSSL_version(0) : NULL;
	strlcpy(o->version_text, text ? text : "OpenSSL", sizeof o->version_text);
	char *space = strchr(o->version_text, ' ');
	space = space ? strchr(space + 1, ' ') : NULL;
	if (space)
		*space = '\0';
}

static unsigned long version_of(const struct symbols *crypto)
{
	static const char names[][24] = {"OpenSSL_version_num", "SSLeay"};
	union {
		void *object;
		unsigned long (*function)(void);
	} f = {.object = NULL};
	for (size_t i = 0; i < ARRAY_LENGTH(names) && !f.object; i++)
		f.object = loader_symbol_of(crypto, names[i]);
	return f.object ? f.function() : 0;
}

const char *binding_lacks(unsigned long version, bool ssl, bool (*has)(void *arg, const char *name),
			  void *arg)
{
	if (version < OLDEST_OPENSSL)
		return "";
	for (size_t i = ssl ? 0 : WANTED_SSL; i < (ssl ? WANTED_SSL : WANTED_COUNT); i++) {
		const char *other = other_name(i);
		if (is_required[i] && !has(arg, wanted[i].text) && !(other && has(arg, other)) &&
		    !filled_at(version, i * sizeof(void *)))
			return wanted[i].text;
	}
	return NULL;
}

/* The functions of one library. Looked up by ourselves: half of them are optional, and a dlsym(3) that fails would take the place of an error
 * that the host has not asked dlerror(3) for yet. False: something required is not there. */
static bool fetch(struct draft *d, struct openssl *o, const struct symbols *in, size_t first,
		  size_t end)
{
	void **function = (void **)(void *)o;
	bool complete = true;
	loader_symbols_named(in, &wanted[first], end - first, &function[first]);
	for (size_t i = first; i < end; i++) {
		if (function[i])
			continue;
		const char *other = other_name(i);
		function[i] = other ? loader_symbol_of(in, other) : NULL;
		if (!function[i])
			function[i] = filled_at(o->version, i * sizeof(void *));
		if (function[i] || !is_required[i])
			continue;
		complete = false;
		if (!d->lacks)
			d->lacks = wanted[i].text;
	}
	return complete;
}

/* Fills a table from the two objects; ssl NULL: only libcrypto, whose table is `known` where it was found without a libssl before. NULL
 * where something required of libcrypto is missing or this is not OpenSSL. */
static struct openssl *make_table(struct draft *d, const struct symbols *ssl,
				  const struct symbols *crypto, const struct openssl *known)
{
	struct openssl *o = calloc(1, sizeof *o);
	bool usable = true;
	if (!o)
		return NULL;
	if (known)
		*o = *known;
	else
		o->version = version_of(crypto);
	if (!known && !is_openssl(o, crypto)) {
		free(o);
		return NULL;
	}
	o->complete = ssl && fetch(d, o, ssl, 0, WANTED_SSL);
	if (!known) {
		usable = fetch(d, o, crypto, WANTED_SSL, WANTED_COUNT);
		name_version(o);
	}
	memcpy(d->version_text, o->version_text, sizeof d->version_text);
	if (o->version < OLDEST_OPENSSL) {
		d->lacks = "";
		usable = false;
	}
	if (usable)
		return o;
	free(o);
	return NULL;
}

struct copy *copy_known(const void *base, enum library library)
{
	for (unsigned i = 0; i < atomic_load(&copy_count); i++) {
		const struct openssl *o = copy_api(&binding_copies[i]);
		if (o && (library == LIBRARY_ssl ? o->ssl_base : o->crypto_base) == base)
			return &binding_copies[i];
	}
	return NULL;
}

/* NULL: it is not known of this copy (yet). */
static const struct found_library *library_of(struct copy *c, enum library library)
{
	const struct openssl *o = copy_api(c);
	return o && (library == LIBRARY_crypto || o->ssl_base) ? &libraries[c->slot][library]
							       : NULL;
}

static void keep_real(struct copy *c, enum hook h, void *real, size_t size)
{
	atomic_store_explicit(&c->size[h], (uint32_t)size, memory_order_relaxed);
	atomic_store_explicit(&c->real[h], real, memory_order_release);
}

__attribute__((noinline)) static void *look_up(struct copy *c, enum hook h)
{
	const struct found_library *in = library_of(c, hook_library(h));
	const struct symbol_name name = hook_symbol(h);
	size_t size;
	if (!in)
		return NULL;
	void *real = loader_function(&in->symbols, &name, &size);
	keep_real(c, h, real, size);
	return real;
}

void *copy_real(struct copy *c, enum hook h)
{
	void *real = atomic_load_explicit(&c->real[h], memory_order_acquire);
	return real ? real : look_up(c, h);
}

/* Not where something that we need of its libssl is missing: its connections are left alone. */
static bool is_usable(const struct openssl *o, enum library library)
{
	return library == LIBRARY_crypto || o->complete;
}

static inline bool lies_in(const struct found_library *l, const void *address)
{
	return (uintptr_t)address - l->low < l->high - l->low;
}

bool copy_calls_itself(enum hook h, const void *return_address, struct target *t)
{
	const enum library library = hook_library(h);
	const unsigned count = atomic_load_explicit(&copy_count, memory_order_acquire);
	for (unsigned i = 0; i < count; i++) {
		struct copy *c = &binding_copies[i];
		const struct found_library *l = library_of(c, library);
		if (!l || !lies_in(l, return_address))
			continue;
		/* else another one may lie there by now: a dlclose(3) of which we do not know */
		if (!libraries[i][library].stays && !atomic_load(&c->pinned))
			return false;
		const struct openssl *o = copy_api(c);
		const bool ssl = library == LIBRARY_ssl || o->ssl_base == o->crypto_base;
		t->real = copy_real(c, h);
		t->copy = is_usable(o, library) ? c : NULL;
		t->caller = ssl ? CALLER_LIBSSL : CALLER_LIBCRYPTO;
		/* that function itself is a wrapper, which means another one */
		return t->real && !is_within(return_address, t->real, c->size[h]);
	}
	return false;
}

bool copy_contains(struct copy *c, enum library library, const void *address)
{
	const struct found_library *l = library_of(c, library);
	return l && lies_in(l, address);
}

bool binding_in_libcrypto(struct copy *c, const void *address)
{
	const struct openssl *o = copy_api(c);
	return o->ssl_base && o->ssl_base != o->crypto_base &&
	       copy_contains(c, LIBRARY_crypto, address);
}

/* Under the lock: a slot for this table. A copy of which only libcrypto was known so far is completed. */
static struct copy *slot_for(const struct openssl *o)
{
	struct copy *c = copy_known(o->crypto_base, LIBRARY_crypto);
	if (c && !copy_api(c)->ssl_base)
		return c;
	unsigned n = atomic_load(&copy_count);
	if (n == COPIES_MAX)
		return NULL;
	c = &binding_copies[n];
	c->slot = n;
	for (size_t i = 0; i < ARRAY_LENGTH(c->index); i++)
		atomic_store(&c->index[i], -1);
	return c;
}

/* Under the lock. What was there before stays: somebody may be in the middle of using it. */
static struct copy *publish(struct draft *d, enum library library)
{
	struct openssl *o = d->table;
	struct copy *c = copy_known(library == LIBRARY_ssl ? o->ssl_base : o->crypto_base, library);
	if (c)
		return c; /* another thread was faster */
	c = slot_for(o);
	if (!c)
		return NULL;
	libraries[c->slot][library] = d->library[library];
	if (!copy_api(c))
		libraries[c->slot][LIBRARY_crypto] = d->library[LIBRARY_crypto];
	atomic_store(&c->pinned, false);
	atomic_store(&c->past_us, d->past_us);
	atomic_store_explicit(&c->api, o, memory_order_release);
	if (c->slot == atomic_load(&copy_count))
		atomic_store(&copy_count, c->slot + 1);
	d->table = NULL;
	return c;
}

/* The libcrypto that a libssl works with. */
static const struct link_map *crypto_of(const struct object *ssl)
{
	const struct symbol_name name = LOADER_NAME("X509_verify_cert");
	struct lookup q = {.name = name.text, .companion = "X509_STORE_CTX_get_error"};
	struct symbols room;
	struct object at;
	const struct symbols *s = loader_symbols_kept(ssl->map, &room);
	if (!s)
		return NULL;
	if (loader_symbol_named(s, &name))
		return ssl->map;
	size_t size;
	const void *function = loader_sole(&name, &size);
	if (!function || !loader_object_at(function, &at) ||
	    !copy_known((void *)at.low, LIBRARY_crypto)) {
		loader_import(s, &name, &q.version);
		function = loader_bind(&q, ssl->map, true);
	}
	return function && loader_object_at(function, &at) ? at.map : NULL;
}

static bool verifies_past_us(const struct link_map *ssl, const struct symbols *crypto)
{
	static const char name[] = "X509_verify_cert";
	const void *function;
	switch (loader_calls(ssl, name, &function)) {
	case CALLS_US:
		return false;
	case CALLS_ANOTHER: /* another interposer goes on to us */
		return function == loader_symbol_of(crypto, name);
	case CALLS_LATER:
		return loader_is_deep(ssl);
	case CALLS_ITSELF:
		break;
	}
	return true;
}

static void set_range(struct found_library *l, const struct object *o)
{
	l->low = o->low;
	l->high = o->high;
	l->stays = loader_was_there_at_start(o->map);
}

static bool keep_symbols(const struct link_map *map, struct symbols *to)
{
	const struct symbols *s = loader_symbols_kept(map, to);
	if (s && s != to)
		*to = *s;
	return s != NULL;
}

/* Looks at the object that a hook's function was found in. False: no OpenSSL that we know. */
static bool draft_copy(struct draft *d, const struct object *at, enum library library)
{
	struct symbols *of_crypto = &d->library[LIBRARY_crypto].symbols,
		       *of_ssl = &d->library[LIBRARY_ssl].symbols;
	struct object crypto;
	bool ssl = library == LIBRARY_ssl;
	/* the program itself: its scope is the global one, where our own exports stand */
	if (at->path[0] == '\0' || !loader_is_listed(at->map))
		return false;
	const struct link_map *map = ssl ? crypto_of(at) : at->map;
	if (!map || !loader_object_at(map->l_ld, &crypto) || !keep_symbols(map, of_crypto) ||
	    (ssl && !keep_symbols(at->map, of_ssl)))
		return false;
	set_range(&d->library[LIBRARY_crypto], &crypto);
	set_range(&d->library[library], at);
	struct copy *known = copy_known((void *)crypto.low, LIBRARY_crypto);
	d->table = make_table(d, ssl ? of_ssl : NULL, of_crypto, known ? copy_api(known) : NULL);
	if (d->lacks)
		problem_note(at->path, d->version_text, d->lacks);
	if (!d->table)
		return false;
	d->table->crypto_base = (void *)crypto.low;
	d->table->ssl_base = ssl ? (void *)at->low : NULL;
	d->past_us = ssl && verifies_past_us(at->map, of_crypto);
	return true;
}

struct copy *bind_copy(enum hook h, const void *function, const struct object *at)
{
	enum library library = hook_library(h);
	struct copy *c = copy_known((void *)at->low, library);
	if (!c) {
		struct draft *d = calloc(1, sizeof *d);
		if (d && draft_copy(d, at, library) && lock_enter(&lock, NULL)) {
			c = publish(d, library);
			lock_leave(&lock);
		}
		if (d)
			free(d->table);
		free(d);
	}
	/* only what the copy itself has under that name */
	return c && copy_real(c, h) == function && is_usable(copy_api(c), library) ? c : NULL;
}

struct copy *copy_known_by(enum hook h, void *function, size_t size)
{
	const enum library library = hook_library(h);
	for (unsigned i = 0; i < atomic_load(&copy_count); i++) {
		struct copy *c = &binding_copies[i];
		if (!copy_contains(c, library, function) || !libraries[i][library].stays)
			continue;
		keep_real(c, h, function, size);
		return is_usable(copy_api(c), library) ? c : NULL;
	}
	return NULL;
}

struct copy *binding_copy_of(enum hook h, void *function)
{
	struct copy *c = NULL;
	KEEP_ERRNO_BEGIN
	struct object at;
	if (!binding_is_own(function) && loader_object_at(function, &at))
		c = bind_copy(h, function, &at);
	KEEP_ERRNO_END
	return c;
}

/* ---- no copy goes away ---------------------------------------------------------------------------------------- */

static void pin(const void *base)
{
	struct object at;
	if (base && loader_object_at(base, &at) && at.path[0])
		real_dlopen(at.path, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

void binding_pin(void)
{
	for (unsigned i = 0; i < atomic_load(&copy_count); i++) {
		if (atomic_exchange(&binding_copies[i].pinned, true))
			continue;
		KEEP_ERRNO_BEGIN
		pin(copy_api(&binding_copies[i])->ssl_base);
		pin(copy_api(&binding_copies[i])->crypto_base);
		KEEP_ERRNO_END
	}
}

void *copies_any_real(enum hook h)
{
	void *real = NULL;
	for (unsigned i = 0; !real && i < atomic_load(&copy_count); i++)
		real = copy_real(&binding_copies[i], h);
	return real;
}
