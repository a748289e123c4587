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

/* The names of api.def, in the order of the table's functions: those of libssl that are found at once, those of libcrypto, and in the same way what is
 * found later. */
enum { IN_ssl, IN_crypto };
enum wanted {
#define API(lib, need, ret, name, params, also) API_FIRST_##need(WANTED_##name, )
#include "api.def"
#undef API
	WANTED_LATER,
	WANTED_BEFORE_LATER = WANTED_LATER - 1,
#define API(lib, need, ret, name, params, also) API_LATER_##need(WANTED_##name, )
#include "api.def"
#undef API
	WANTED_COUNT,
	WANTED_SSL = 0
#define API(lib, need, ret, name, params, also) API_FIRST_##need(+(IN_##lib == IN_ssl))
#include "api.def"
#undef API
	,
	WANTED_LATER_SSL = WANTED_LATER
#define API(lib, need, ret, name, params, also) API_LATER_##need(+(IN_##lib == IN_ssl))
#include "api.def"
#undef API
};
#define IN_PLACE(name, field, ssl)                                                                 \
	_Static_assert(offsetof(struct openssl, field) == WANTED_##name * sizeof(void *) && (ssl), \
		       "not in its place: " #name);
#define API(lib, need, ret, name, params, also)                                                    \
	API_FIRST_##need(                                                                          \
	    IN_PLACE(name, name, (WANTED_##name < WANTED_SSL) == (IN_##lib == IN_ssl)))            \
	    API_LATER_##need(IN_PLACE(name, later.name,                                            \
				      (WANTED_##name < WANTED_LATER_SSL) == (IN_##lib == IN_ssl)))
#include "api.def"
#undef API

static const struct symbol_entry wanted[] = {
#define API(lib, need, ret, name, params, also) API_FIRST_##need(LOADER_ENTRY(#name), )
#include "api.def"
#undef API
#define API(lib, need, ret, name, params, also) API_LATER_##need(LOADER_ENTRY(#name), )
#include "api.def"
#undef API
};

#define NEED_required true
#define NEED_optional false
static const bool is_required[WANTED_COUNT] = {
#define API(lib, need, ret, name, params, also) API_FIRST_##need(NEED_##need, )
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

/* What libssl calls for a chain. */
#define VERIFICATION "X509_verify_cert"

struct found_library {
	struct symbols symbols;
	uintptr_t low, size;
	bool stays;
};

static struct lock lock;
struct copy binding_copies[COPIES_MAX];

/* written before the table that tells of it */
static struct symbols symbols_of[COPIES_MAX][LIBRARIES];
_Atomic unsigned copy_count;

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
	const struct symbol_name boring = LOADER_NAME("BORINGSSL_self_test"),
				 aws = LOADER_NAME("awslc_version_string");
	return o->version && o->version >> 12 != 0x20000 && !loader_symbol_named(crypto, &boring) &&
	       !loader_symbol_named(crypto, &aws);
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
	const struct symbol_name names[] = {LOADER_NAME("OpenSSL_version_num"),
					    LOADER_NAME("SSLeay")};
	union {
		void *object;
		unsigned long (*function)(void);
	} f = {.object = NULL};
	for (size_t i = 0; i < ARRAY_LENGTH(names) && !f.object; i++)
		f.object = loader_symbol_named(crypto, &names[i]);
	return f.object ? f.function() : 0;
}

const char *binding_lacks(unsigned long version, bool ssl, bool (*has)(void *arg, const char *name),
			  void *arg)
{
	if (version < OLDEST_OPENSSL)
		return "";
	for (size_t i = ssl ? 0 : WANTED_SSL; i < (ssl ? WANTED_SSL : WANTED_LATER); i++) {
		const char *other = other_name(i);
		if (is_required[i] && !has(arg, wanted[i].text) && !(other && has(arg, other)) &&
		    !filled_at(version, i * sizeof(void *)))
			return wanted[i].text;
	}
	return NULL;
}

/* Some functions of one library. Looked up by ourselves: half of them are optional, and a dlsym(3) that fails would take the place of an error
 * that the host has not asked dlerror(3) for yet. NULL, or the first required one that is not there. */
static const char *fetch(unsigned long version, const struct symbols *in, size_t first,
			 size_t count, void **function)
{
	const char *lacks = NULL;
	for (size_t i = loader_symbols_named(in, &wanted[first], count, function); i < count; i++) {
		if (function[i])
			continue;
		const char *other = other_name(first + i);
		function[i] = other ? loader_symbol_of(in, other) : NULL;
		if (!function[i])
			function[i] = filled_at(version, (first + i) * sizeof(void *));
		if (!function[i] && is_required[first + i] && !lacks)
			lacks = wanted[first + i].text;
	}
	return lacks;
}

/* What is found at once. False: something required is not there. */
static bool fetch_first(struct draft *d, struct openssl *o, const struct symbols *in, size_t first,
			size_t end)
{
	void **function = (void **)(void *)o;
	const char *lacks = fetch(o->version, in, first, end - first, &function[first]);
	if (lacks && !d->lacks)
		d->lacks = lacks;
	return !lacks;
}

/* What is found later: each thread that is at it stores the same, once. */
static void fetch_later(const struct openssl *o, const struct symbols *in, size_t first, size_t end)
{
	enum { AT_ONCE = 32 };
	void **function = (void **)(uintptr_t)o, *some[AT_ONCE];
	for (size_t count; first < end; first += count) {
		count = end - first < AT_ONCE ? end - first : AT_ONCE;
		fetch(o->version, in, first, count, some);
		for (size_t i = 0; i < count; i++)
			__atomic_store_n(&function[first + i], some[i], __ATOMIC_RELAXED);
	}
}

/* Fills a table from the two objects; ssl NULL: only libcrypto, whose table is `known` where it was found without a libssl before. NULL
 * where something required of libcrypto is missing or this is not OpenSSL. */
static struct openssl *make_table(struct draft *d, const struct symbols *ssl,
				  const struct symbols *crypto, const struct openssl *known)
{
	struct openssl *o = known ? malloc(sizeof *o) : calloc(1, sizeof *o);
	bool usable = true;
	if (!o)
		return NULL;
	if (known)
		memcpy(o, known, sizeof *o);
	else
		o->version = version_of(crypto);
	if (!known && !is_openssl(o, crypto)) {
		free(o);
		return NULL;
	}
	o->later_known = false;
	o->complete = ssl && fetch_first(d, o, ssl, 0, WANTED_SSL);
	if (!known) {
		usable = fetch_first(d, o, crypto, WANTED_SSL, WANTED_LATER);
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

/* The slot of a table that is published, or was before its libssl was known; COPIES_MAX: none. */
static unsigned slot_of(const struct openssl *o)
{
	const unsigned count = atomic_load_explicit(&copy_count, memory_order_acquire);
	for (unsigned i = 0; i < count; i++) {
		const struct openssl *at = copy_api(&binding_copies[i]);
		if (at->crypto_base == o->crypto_base &&
		    (!o->ssl_base || at->ssl_base == o->ssl_base))
			return i;
	}
	return COPIES_MAX;
}

const struct openssl_later *openssl_look_up_later(const struct openssl *o)
{
	const unsigned slot = slot_of(o);
	if (slot == COPIES_MAX)
		return &o->later;
	if (o->ssl_base)
		fetch_later(o, &symbols_of[slot][LIBRARY_ssl], WANTED_LATER, WANTED_LATER_SSL);
	fetch_later(o, &symbols_of[slot][LIBRARY_crypto], WANTED_LATER_SSL, WANTED_COUNT);
	atomic_store_explicit(&((struct openssl *)(uintptr_t)o)->later_known, true,
			      memory_order_release);
	return &o->later;
}

static void keep_real(struct copy *c, enum hook h, void *real, size_t size)
{
	atomic_store_explicit(&c->size[h], (uint32_t)size, memory_order_relaxed);
	atomic_store_explicit(&c->real[h], real, memory_order_release);
}

__attribute__((noinline)) static void *look_up(struct copy *c, enum hook h)
{
	const enum library library = hook_library(h);
	const struct symbol_name name = hook_symbol(h);
	const struct openssl *o = copy_api(c);
	size_t size;
	if (!o || (library == LIBRARY_ssl && !o->ssl_base))
		return NULL;
	void *real = loader_function(&symbols_of[c->slot][library], &name, &size);
	keep_real(c, h, real, size);
	return real;
}

void *copy_real(struct copy *c, enum hook h)
{
	void *real = atomic_load_explicit(&c->real[h], memory_order_acquire);
	return real ? real : look_up(c, h);
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

static void put_extent(struct copy *c, enum library library, const struct found_library *f)
{
	struct extent *e = &c->extent[library];
	atomic_store_explicit(&e->stays, f->stays, memory_order_relaxed);
	atomic_store_explicit(&e->low, f->low, memory_order_relaxed);
	atomic_store_explicit(&e->size, f->size, memory_order_release);
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
	const bool both = !copy_api(c);
	symbols_of[c->slot][library] = d->library[library].symbols;
	if (both)
		symbols_of[c->slot][LIBRARY_crypto] = d->library[LIBRARY_crypto].symbols;
	atomic_store(&c->pinned, false);
	atomic_store(&c->past_us, d->past_us);
	atomic_store_explicit(&c->api, o, memory_order_release);
	put_extent(c, library, &d->library[library]);
	if (both)
		put_extent(c, LIBRARY_crypto, &d->library[LIBRARY_crypto]);
	if (c->slot == atomic_load(&copy_count))
		atomic_store(&copy_count, c->slot + 1);
	d->table = NULL;
	return c;
}

/* The libcrypto that a libssl works with; *sole: nobody else has that function. */
static const struct link_map *crypto_of(const struct object *ssl, bool *sole)
{
	const struct symbol_name name = LOADER_NAME(VERIFICATION);
	struct lookup q = {.name = name, .companion = "X509_STORE_CTX_get_error"};
	struct symbols room;
	struct object at;
	const struct symbols *s = loader_symbols_kept(ssl->map, &room);
	if (!s)
		return NULL;
	if (loader_symbol_named(s, &name))
		return ssl->map;
	size_t size;
	const void *function = loader_sole(&name, &size);
	*sole = function && loader_object_at(function, &at) &&
		copy_known((void *)at.low, LIBRARY_crypto);
	if (*sole)
		return at.map;
	loader_import(s, &name, &q.version);
	function = loader_bind(&q, ssl->map, true);
	return function && loader_object_at(function, &at) ? at.map : NULL;
}

/* Does this libssl refer to the function of that libcrypto? What takes anything from it takes this, too. */
static bool refers_to(const struct symbols *ssl, const struct symbols *crypto)
{
	const struct symbol_name name = LOADER_NAME(VERIFICATION);
	const char *version;
	return (crypto->soname && loader_imports_from(ssl, crypto->soname)) ||
	       loader_import(ssl, &name, &version);
}

/* In the usual process it is known whom the name means: us, if we stand before the only other one that has it. */
static bool verifies_past_us(const struct draft *d, const struct link_map *ssl,
			     const struct link_map *crypto, bool sole)
{
	const struct symbols *of_ssl = &d->library[LIBRARY_ssl].symbols,
			     *of_crypto = &d->library[LIBRARY_crypto].symbols;
	const void *function;
	if (sole && d->library[LIBRARY_ssl].stays && loader_is_behind_us(crypto) &&
	    refers_to(of_ssl, of_crypto))
		return false;
	switch (loader_calls(ssl, VERIFICATION, &function)) {
	case CALLS_US:
		return false;
	case CALLS_ANOTHER: /* another interposer goes on to us */
		return function == loader_symbol_of(of_crypto, VERIFICATION);
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
	l->size = o->high - o->low;
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
	bool ssl = library == LIBRARY_ssl, sole = false;
	set_range(&d->library[library], at);
	/* the program itself: its scope is the global one, where our own exports stand */
	if (at->path[0] == '\0' || (!d->library[library].stays && !loader_is_listed(at->map)))
		return false;
	const struct link_map *map = ssl ? crypto_of(at, &sole) : at->map;
	if (!map || !loader_object_at(map->l_ld, &crypto) || !keep_symbols(map, of_crypto) ||
	    (ssl && !keep_symbols(at->map, of_ssl)))
		return false;
	if (ssl)
		set_range(&d->library[LIBRARY_crypto], &crypto);
	struct copy *known = copy_known((void *)crypto.low, LIBRARY_crypto);
	d->table = make_table(d, ssl ? of_ssl : NULL, of_crypto, known ? copy_api(known) : NULL);
	if (d->lacks)
		problem_note(at->path, d->version_text, d->lacks);
	if (!d->table)
		return false;
	d->table->crypto_base = (void *)crypto.low;
	d->table->ssl_base = ssl ? (void *)at->low : NULL;
	d->past_us = ssl && verifies_past_us(d, at->map, map, sole);
	return true;
}

__attribute__((noinline)) static struct copy *bind_new(const struct object *at,
						       enum library library)
{
	struct draft d = {.table = NULL};
	struct copy *c = NULL;
	if (draft_copy(&d, at, library) && lock_enter(&lock, NULL)) {
		c = publish(&d, library);
		lock_leave(&lock);
	}
	free(d.table);
	return c;
}

struct copy *bind_copy(enum hook h, const void *function, const struct object *at)
{
	enum library library = hook_library(h);
	struct copy *c = copy_known((void *)at->low, library);
	if (!c)
		c = bind_new(at, library);
	/* only what the copy itself has under that name */
	return c && copy_real(c, h) == function && copy_is_usable(copy_api(c), library) ? c : NULL;
}

struct copy *copy_known_by(enum hook h, void *function, size_t size)
{
	const enum library library = hook_library(h);
	for (unsigned i = 0; i < atomic_load(&copy_count); i++) {
		struct copy *c = &binding_copies[i];
		if (!copy_contains(c, library, function) || !atomic_load(&c->extent[library].stays))
			continue;
		keep_real(c, h, function, size);
		return copy_is_usable(copy_api(c), library) ? c : NULL;
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
