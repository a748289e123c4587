/* SPDX-License-Identifier: ISC */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/binding.h>

#include <bsd/string.h>

#include "loader.h"
#include "problem.h"

/* The version under which an old glibc has dlsym and dlopen. */
#if defined __x86_64__
#define GLIBC_BASE "GLIBC_2.2.5"
#elif defined __aarch64__
#define GLIBC_BASE "GLIBC_2.17"
#else
#error "no base version of glibc known for this architecture"
#endif
dlsym_fn *real_dlsym;
dlopen_fn *real_dlopen;
/* Found in the C library itself: one binary for glibc 2.17 and later, where they moved from libdl to libc (DESIGN 2.7). */
static void *(*real_dlvsym)(void *handle, const char *name, const char *version);
static int (*real_dlclose)(void *handle);
static char *(*real_dlerror)(void);

static const char *const hook_names[HOOK_COUNT] = {
#define HOOK(lib, ret, name, none, tell, params, args) [HOOK_##name] = #name,
#define HOOK_VOID(lib, name, params, args)             [HOOK_##name] = #name,
#define LIBC(ret, name, params, args)
#define STUB(name)
#include "../hooks/hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef LIBC
#undef STUB
};

enum library { LIBRARY_ssl, LIBRARY_crypto };
static const enum library hook_library[HOOK_COUNT] = {
#define HOOK(lib, ret, name, none, tell, params, args) [HOOK_##name] = LIBRARY_##lib,
#define HOOK_VOID(lib, name, params, args)             [HOOK_##name] = LIBRARY_##lib,
#define LIBC(ret, name, params, args)
#define STUB(name)
#include "../hooks/hooks.def"
#undef HOOK
#undef HOOK_VOID
#undef LIBC
#undef STUB
};

/* The table of functions to fetch: api.def with offsets into struct openssl. */
struct wanted {
	const char *name, *also;
	uint16_t offset;
	uint8_t library;
	bool required;
};
#define NEED_required true
#define NEED_optional false
static const struct wanted wanted[] = {
#define API(lib, need, ret, name, params, also)                                                    \
	{#name, also, offsetof(struct openssl, name), LIBRARY_##lib, NEED_##need},
#include "api.def"
#undef API
};

_Thread_local struct copy *binding_current;

static struct lock lock;
static struct copy copies[COPIES_MAX];
static _Atomic unsigned copy_count;
static struct object own;

int hook_by_name(const char *name)
{
	/* what hooked names begin with; dlsym(3) is asked for many others */
	if (!strchr("BPSXd", name[0]))
		return -1;
	for (int h = 0; h < HOOK_COUNT; h++)
		if (strcmp(name, hook_names[h]) == 0)
			return h;
	return -1;
}

/* Stores what every other thread would store too. */
#define STORE(pointer, value)                                                                      \
	do {                                                                                       \
		union {                                                                            \
			void *object;                                                              \
			__typeof__(pointer) function;                                              \
		} as_ = {.object = (value)};                                                       \
		__atomic_store_n(&(pointer), as_.function, __ATOMIC_RELEASE);                      \
	} while (0)

/* Past our own exports to what stands behind them: glibc's, or another interposer's. */
static void *behind_us(const char *name)
{
	void *p = real_dlvsym(RTLD_NEXT, name, "GLIBC_2.34");
	return p ? p : real_dlvsym(RTLD_NEXT, name, GLIBC_BASE);
}

/* Idempotent and without a lock. Does nothing while libdl of an old glibc is not loaded: there is no OpenSSL then. */
bool binding_start(void)
{
	if (__atomic_load_n(&real_dlopen, __ATOMIC_ACQUIRE))
		return true;
	STORE(real_dlvsym, loader_libc_function("dlvsym"));
	STORE(real_dlclose, loader_libc_function("dlclose"));
	STORE(real_dlerror, loader_libc_function("dlerror"));
	if (!real_dlvsym || !real_dlclose || !real_dlerror)
		return false;
	loader_object_at(&own, &own);
	STORE(real_dlsym, behind_us("dlsym"));
	STORE(real_dlopen, behind_us("dlopen"));
	real_dlerror();
	return real_dlopen != NULL;
}

bool binding_is_own(const void *address)
{
	return (uintptr_t)address >= own.low && (uintptr_t)address < own.high;
}

/* ---- one copy --------------------------------------------------------------------------------------- */

/* A copy as it was found, before it is published. Made without our lock: dl* functions take the loader's, and a constructor that
 * runs under the loader's may be waiting for ours in another thread. */
struct draft {
	struct openssl *table; /* owned until published */
	void *real[HOOK_COUNT];
	const char *lacks; /* the first required function that is not there; NULL: none */
	char version_text[48];
};

/* Looked up by ourselves: half of it optional, and a dlsym(3) that fails would take the place of an error that the host has not
 * asked dlerror(3) for yet. */
static void *table_symbol(const struct wanted *w, const struct symbols *in)
{
	void *p = loader_symbol_of(in, w->name);
	return p || !w->also ? p : loader_symbol_of(in, w->also);
}

/* LibreSSL says 2.0.0; BoringSSL and AWS-LC say 1.1.1, with other structures behind the names */
static bool is_openssl(const struct openssl *o, const struct symbols *crypto)
{
	return o->version >= 0x10002000UL && o->version >> 12 != 0x20000 &&
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

/* Fills a table from the two objects; ssl NULL: only libcrypto. NULL where something required of libcrypto is missing or this is
 * not OpenSSL. */
static struct openssl *make_table(struct draft *d, const struct symbols *ssl,
				  const struct symbols *crypto)
{
	struct openssl *o = calloc(1, sizeof *o);
	bool usable = true;
	if (!o)
		return NULL;
	o->complete = ssl != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		const struct wanted *w = &wanted[i];
		if (w->library == LIBRARY_ssl && !ssl)
			continue;
		void *p = table_symbol(w, w->library == LIBRARY_ssl ? ssl : crypto);
		memcpy((char *)o + w->offset, &p, sizeof p);
		if (p || !w->required)
			continue;
		if (!d->lacks)
			d->lacks = w->name;
		if (w->library == LIBRARY_ssl)
			o->complete = false;
		else
			usable = false;
	}
	o->version = o->OpenSSL_version_num ? o->OpenSSL_version_num() : 0;
	if (is_openssl(o, crypto)) {
		name_version(o);
		memcpy(d->version_text, o->version_text, sizeof d->version_text);
	} else {
		usable = false;
		d->lacks = NULL;
	}
	if (usable)
		return o;
	free(o);
	return NULL;
}

/* The copy with that libssl (or libcrypto), or NULL. */
static struct copy *known(void *base, enum library library)
{
	for (unsigned i = 0; i < atomic_load(&copy_count); i++) {
		const struct openssl *o = copy_api(&copies[i]);
		if (o && (library == LIBRARY_ssl ? o->ssl_base : o->crypto_base) == base)
			return &copies[i];
	}
	return NULL;
}

/* Under the lock: a slot for this table. A copy of which only libcrypto was known so far is completed. */
static struct copy *slot_for(const struct openssl *o)
{
	struct copy *c = known(o->crypto_base, LIBRARY_crypto);
	if (c && !copy_api(c)->ssl_base)
		return c;
	unsigned n = atomic_load(&copy_count);
	if (n == COPIES_MAX)
		return NULL;
	c = &copies[n];
	c->slot = n;
	for (size_t i = 0; i < ARRAY_LENGTH(c->index); i++)
		atomic_store(&c->index[i], c->reserved[i] = -1);
	return c;
}

/* Under the lock. What was there before stays: somebody may be in the middle of using it. */
static struct copy *publish(struct draft *d, enum library library)
{
	struct openssl *o = d->table;
	struct copy *c = known(library == LIBRARY_ssl ? o->ssl_base : o->crypto_base, library);
	if (c)
		return c; /* another thread was faster */
	c = slot_for(o);
	if (!c)
		return NULL;
	for (int h = 0; h < HOOK_COUNT; h++)
		if (d->real[h])
			atomic_store(&c->real[h], d->real[h]);
	atomic_store_explicit(&c->api, o, memory_order_release);
	if (c->slot == atomic_load(&copy_count))
		atomic_store(&copy_count, c->slot + 1);
	d->table = NULL;
	return c;
}

/* Looks at the object that a hook's function was found in. False: no OpenSSL that we know. */
static bool draft_copy(struct draft *d, const struct object *at, enum library library,
		       struct object *crypto)
{
	/* the program itself: its scope is the global one, where our own exports stand */
	if (at->path[0] == '\0' || at->path_cut)
		return false;
	void *handle = real_dlopen(at->path, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
	if (!handle)
		return false;
	*crypto = *at;
	if (library == LIBRARY_ssl && !loader_symbol(at, "X509_verify_cert") &&
	    !loader_object_at(real_dlsym(handle, "X509_verify_cert"), crypto))
		return false;
	struct symbols of_crypto, of_ssl;
	bool ssl = library == LIBRARY_ssl;
	if (!loader_symbols(crypto, &of_crypto) || !loader_symbols(at, &of_ssl))
		return false;
	d->table = make_table(d, ssl ? &of_ssl : NULL, &of_crypto);
	if (d->lacks)
		problem_note(at->path, d->version_text, d->lacks);
	if (!d->table)
		return false;
	d->table->crypto_base = (void *)crypto->low;
	d->table->ssl_base = ssl ? (void *)at->low : NULL;
	for (int h = 0; h < HOOK_COUNT; h++)
		if (hook_library[h] == LIBRARY_crypto || ssl)
			d->real[h] = loader_symbol_of(
			    hook_library[h] == LIBRARY_ssl ? &of_ssl : &of_crypto, hook_names[h]);
	return true;
}

/* The copy that `function`, found under the name of hook h, belongs to; bound now if need be. */
static struct copy *bind_copy(enum hook h, const void *function, const struct object *at)
{
	enum library library = hook_library[h];
	struct copy *c = known((void *)at->low, library);
	if (!c) {
		struct draft *d = calloc(1, sizeof *d);
		struct object *crypto = malloc(sizeof *crypto);
		if (d && crypto && draft_copy(d, at, library, crypto) && lock_enter(&lock, NULL)) {
			c = publish(d, library);
			lock_leave(&lock);
		}
		if (d)
			free(d->table);
		free(d);
		free(crypto);
	}
	/* only what the copy itself has under that name, and only where nothing that we need is missing */
	if (!c || atomic_load(&c->real[h]) != function ||
	    (library == LIBRARY_ssl && !copy_api(c)->complete))
		return NULL;
	return c;
}

/* ---- dlerror(3) is the host's ---------------------------------------------------------------------------- */

/* Takes the error that the host has not asked for yet; NULL: none. */
static char *dlerror_take(void)
{
	const char *pending = real_dlerror();
	return pending ? strdup(pending) : NULL;
}

/* There is no way to put an error back but to fail in the same way once more: the two failures that a host meets,
 * dlopen(3) of a file that is not there and dlsym(3) of a name that is not there, do so without any other effect. */
static void dlerror_give_back(char *pending)
{
	static const char no_file[] = ": cannot open shared object file: No such file or directory";
	static const char no_symbol[] = ": undefined symbol: ";
	real_dlerror();
	char *end = pending ? strstr(pending, no_file) : NULL;
	if (end) {
		*end = '\0';
		real_dlopen(pending, RTLD_LAZY);
	} else if (pending && (end = strstr(pending, no_symbol)) != NULL) {
		*end = '\0';
		void *handle = real_dlopen(pending, RTLD_LAZY | RTLD_NOLOAD);
		if (!handle)
			handle = real_dlopen(NULL, RTLD_LAZY);
		if (handle) {
			real_dlsym(handle, end + strlen(no_symbol));
			/* dlclose(3) would clear it again; one reference more to an object that is loaded stays */
		}
	}
	free(pending);
}

struct copy *binding_copy_of(enum hook h, void *function)
{
	struct copy *c = NULL;
	KEEP_ERRNO_BEGIN
	struct object *at = malloc(sizeof *at);
	if (at && !binding_is_own(function) && loader_object_at(function, at))
		c = bind_copy(h, function, at);
	free(at);
	real_dlerror(); /* only dlsym(3) comes here, and it succeeds */
	KEEP_ERRNO_END
	return c;
}

struct copy *binding_slot(unsigned slot)
{
	return &copies[slot];
}

/* ---- ex_data ---------------------------------------------------------------------------------------------- */

static const uint8_t class_of[] = {
    [INDEX_SSL_STATE] = EX_INDEX_SSL,
    [INDEX_SSL_INFO] = EX_INDEX_SSL,
    [INDEX_SSL_MSG] = EX_INDEX_SSL,
    [INDEX_SSL_MSG_SET] = EX_INDEX_SSL,
    [INDEX_CTX_INFO] = EX_INDEX_SSL_CTX,
    [INDEX_CTX_MSG] = EX_INDEX_SSL_CTX,
    [INDEX_CTX_FRESH] = EX_INDEX_SSL_CTX,
    [INDEX_CTX_EARLY] = EX_INDEX_SSL_CTX,
    [INDEX_SESSION_TAG] = EX_INDEX_SSL_SESSION,
    [INDEX_STORE_CTX_TRUST] = EX_INDEX_X509_STORE_CTX,
    [INDEX_STORE_CTX_VERIFICATION] = EX_INDEX_X509_STORE_CTX,
    [INDEX_STORE_FILES] = EX_INDEX_X509_STORE,
    [INDEX_CTX_FILES] = EX_INDEX_SSL_CTX,
    [INDEX_SSL_FILES] = EX_INDEX_SSL,
};
_Static_assert(ARRAY_LENGTH(class_of) == INDEX_COUNT, "a class for each index");

/* The functions of an index, known from the first question for it on. */
static _Atomic(openssl_ex_dup *) dup_of[INDEX_COUNT];
static _Atomic(openssl_ex_free *) free_of[INDEX_COUNT];

static int dup_data(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void *from_d, int idx,
		    long which, void *c)
{
	openssl_ex_dup *function = atomic_load_explicit(&dup_of[which], memory_order_acquire);
	return function ? function(to, from, from_d, idx, which, c) : 1;
}

static void free_data(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long which, void *c)
{
	openssl_ex_free *function = atomic_load_explicit(&free_of[which], memory_order_acquire);
	if (function)
		function(parent, ptr, ad, idx, which, c);
}

/* All of a class at once, some way behind what the host has: Qt (5 and 6) puts data at the two numbers behind the one that it
 * registered. What the host registers later comes behind ours. Under the lock. */
static void reserve_class(struct copy *c, enum binding_index first)
{
	enum { GAP = 3 };
	const struct openssl *o = copy_api(c);
	/* 1.0.2 counts the classes from another start */
	int class =
	    class_of[first] + (o->version < 0x10100000UL && class_of[first] < EX_INDEX_X509);
	bool gap = class_of[first] == EX_INDEX_SSL || class_of[first] == EX_INDEX_SSL_CTX;
	QUIET_BEGIN(o)
	for (int i = 0; gap && i < GAP; i++)
		o->CRYPTO_get_ex_new_index(class, 0, NULL, NULL, NULL, NULL);
	for (int i = 0; i < INDEX_COUNT; i++) {
		if (class_of[i] != class_of[first])
			continue;
		int index = o->CRYPTO_get_ex_new_index(class, i, c, NULL, dup_data, free_data);
		c->reserved[i] = index < 0 ? -2 : index;
	}
	QUIET_END(o)
}

int binding_index(struct copy *c, enum binding_index which, openssl_ex_dup *dup_fn,
		  openssl_ex_free *free_fn)
{
	int index = atomic_load_explicit(&c->index[which], memory_order_acquire);
	if (index != -1)
		return index < 0 ? -1 : index;
	if (!lock_enter(&lock, NULL))
		return -1;
	index = atomic_load(&c->index[which]);
	if (index == -1) {
		atomic_store(&dup_of[which], dup_fn);
		atomic_store(&free_of[which], free_fn);
		if (c->reserved[which] == -1)
			reserve_class(c, which);
		index = c->reserved[which];
		atomic_store_explicit(&c->index[which], index, memory_order_release);
	}
	lock_leave(&lock);
	return index < 0 ? -1 : index;
}

/* ---- which function did the caller mean ---------------------------------------------------------------- */

struct found {
	void *real; /* what the call has to go to; NULL: nothing */
	void *
	    owner; /* the same name in the copy of OpenSSL behind it; differs where another interposer stands between */
	bool lasting; /* holds for every call from this place */
};

/* A function that only the real library has beside the hooked one. */
static const char *companion(enum hook h)
{
	return hook_library[h] == LIBRARY_ssl ? "SSL_get_ex_data" : "X509_STORE_CTX_get_error";
}

/* Skips a definition of our own. */
static void *not_own(void *p)
{
	return p && !binding_is_own(p) ? p : NULL;
}

static bool in_openssl(enum hook h, const void *function, struct object *scratch)
{
	return function && loader_object_at(function, scratch) &&
	       loader_symbol(scratch, companion(h));
}

/* Looked up in the caller's own scope. Only where the global one does not do: dlopen(3) looks at every loaded object. */
static void *in_scope_of(const struct object *caller, const char *name, const char *version)
{
	if (!caller || caller->path_cut)
		return NULL;
	void *handle = real_dlopen(caller->path[0] ? caller->path : NULL, RTLD_LAZY | RTLD_NOLOAD);
	if (!handle)
		return NULL;
	void *p = version ? real_dlvsym(handle, name, version) : real_dlsym(handle, name);
	real_dlclose(handle);
	return not_own(p);
}

/* The caller imports the symbol: as ld.so binds it for this caller without us, global scope first, in the version that the caller
 * was linked against, then the caller's own scope. dlvsym(3) passes over a definition without a version, which ld.so takes: that
 * is another interposer, and the call goes through it. */
static struct found found_imported(enum hook h, const struct object *caller, const char *version,
				   struct object *scratch)
{
	const char *name = hook_names[h];
	struct found f = {.lasting = true};
	void *next = not_own(real_dlsym(RTLD_NEXT, name));
	if (version)
		f.owner = not_own(real_dlvsym(RTLD_NEXT, name, version));
	if (version && !f.owner)
		f.owner = in_scope_of(caller, name, version);
	if (!version && in_openssl(h, next, scratch))
		f.owner = next;
	if (!f.owner)
		f.owner = in_scope_of(caller, name, NULL);
	bool interposer = next && next != f.owner && !in_openssl(h, next, scratch);
	f.real = interposer || !f.owner ? next : f.owner;
	return f;
}

/* The caller does not import it: libssl's own tail calls make the return address somebody else's (DESIGN 2.5), or an interposer
 * calls on. `tell` points into the copy that is meant, where an argument does. Never into the caller's own object: it
 * would call us again, without end. */
static struct found found_otherwise(enum hook h, const struct object *caller, const void *tell,
				    struct object *scratch)
{
	const char *name = hook_names[h];
	struct found f = {.lasting = false};
	if (tell && loader_object_at(tell, scratch))
		f.owner = not_own(loader_symbol(scratch, name));
	void *next = not_own(real_dlsym(RTLD_NEXT, name));
	if (next && !in_openssl(h, next, scratch) && scratch->low != (caller ? caller->low : 0))
		f.real = next;
	if (!f.owner)
		f.owner = in_openssl(h, next, scratch) ? next : NULL;
	if (!f.owner && caller) {
		void *p = in_scope_of(caller, name, NULL);
		if (in_openssl(h, p, scratch) && scratch->low != caller->low)
			f.owner = p;
	}
	if (!f.owner)
		f.owner = loader_definer(name, companion(h), own.base);
	if (!f.real)
		f.real = f.owner;
	return f;
}

/* A library without -Bsymbolic calls its own function through the PLT: it means the one that works on its objects, and never
 * that of another copy in the process. Not where the function of that name itself is what calls: that is a wrapper, which would
 * call us again, without end. */
static void *own_definition(enum hook h, const struct object *caller, const void *return_address)
{
	void *own_one = not_own(loader_symbol(caller, hook_names[h]));
	if (!own_one || !loader_symbol(caller, companion(h)) ||
	    loader_within(caller, hook_names[h], return_address))
		return NULL;
	return own_one;
}

static struct found find(enum hook h, const struct object *caller, const void *return_address,
			 const void *tell)
{
	const char *version = NULL;
	struct found f = {NULL, NULL, false};
	struct object *scratch = malloc(sizeof *scratch);
	bool imports = caller && loader_import(caller, hook_names[h], &version);
	if (scratch && imports)
		f = found_imported(h, caller, version, scratch);
	else if (caller && (f.real = own_definition(h, caller, return_address)) != NULL)
		f = (struct found){.real = f.real, .owner = f.real, .lasting = true};
	if (scratch && !f.real)
		f = found_otherwise(h, caller, tell, scratch);
	free(scratch);
	return f;
}

void *binding_default_lookup(enum hook h, void *caller)
{
	struct object *at = malloc(sizeof *at);
	void *p = NULL;
	KEEP_ERRNO_BEGIN
	p = not_own(real_dlsym(RTLD_NEXT, hook_names[h]));
	if (!p && at && loader_object_at(caller, at))
		p = in_scope_of(at, hook_names[h], NULL);
	free(at);
	KEEP_ERRNO_END
	return p;
}

bool binding_defined_elsewhere(enum hook h)
{
	bool defined = false;
	KEEP_ERRNO_BEGIN
	defined = loader_definer(hook_names[h], hook_names[h], own.base) != NULL;
	KEEP_ERRNO_END
	return defined;
}

/* What was found out for a place that calls; a sequence lock, since readers must never wait. No lock of the loader's is
 * taken on the way: a child of fork(2) might never get it. Whether the place is still the same after a dlclose(3) is seen by the
 * code around it. */
struct site {
	_Atomic uint32_t sequence; /* odd: being written */
	_Atomic uint32_t hook;
	_Atomic uint64_t code_before, code_after;
	_Atomic(void *) caller;
	_Atomic(void *) real;
	_Atomic(struct copy *) copy;
	_Atomic uint32_t from;
};
enum { SITES = 256, WAYS = 8 };
static struct site sites[SITES];

struct code {
	uint64_t before, after;
};

/* The call instruction and what follows it. */
static struct code code_around(const void *return_address)
{
	struct code c;
	memcpy(&c.before, (const char *)return_address - sizeof c.before, sizeof c.before);
	memcpy(&c.after, return_address, sizeof c.after);
	return c;
}

/* A place may stand in any of WAYS neighbours: two that call in turn must not push each other out, for what is looked up anew takes
 * the loader's locks (tests/traps: fork_threads). */
static struct site *site_at(enum hook h, const void *caller, unsigned way)
{
	uintptr_t x = (uintptr_t)caller;
	return &sites[((x ^ (x >> 7) ^ (unsigned)h * 37u) + way) % SITES];
}

static bool site_read(struct site *s, enum hook h, void *caller, const struct code *code,
		      struct target *t)
{
	uint32_t before = atomic_load_explicit(&s->sequence, memory_order_acquire);
	if (before == 0 || before & 1)
		return false;
	bool hit = atomic_load_explicit(&s->caller, memory_order_relaxed) == caller &&
		   atomic_load_explicit(&s->hook, memory_order_relaxed) == h &&
		   atomic_load_explicit(&s->code_before, memory_order_relaxed) == code->before &&
		   atomic_load_explicit(&s->code_after, memory_order_relaxed) == code->after;
	t->real = atomic_load_explicit(&s->real, memory_order_relaxed);
	t->copy = atomic_load_explicit(&s->copy, memory_order_relaxed);
	t->caller = (enum caller)atomic_load_explicit(&s->from, memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return hit && atomic_load_explicit(&s->sequence, memory_order_relaxed) == before;
}

/* Under the lock: one writer at a time. */
static void site_fill(struct site *s, enum hook h, void *caller, const struct code *code,
		      const struct target *t)
{
	uint32_t sequence =
	    atomic_load(&s->sequence) | 1; /* odd already: a fork caught the writer */
	atomic_store(&s->sequence, sequence);
	atomic_store(&s->hook, h);
	atomic_store(&s->code_before, code->before);
	atomic_store(&s->code_after, code->after);
	atomic_store(&s->caller, caller);
	atomic_store(&s->real, t->real);
	atomic_store(&s->copy, t->copy);
	atomic_store(&s->from, t->caller);
	atomic_store(&s->sequence, sequence + 1);
}

static void site_write(enum hook h, void *caller, const struct code *code, const struct target *t)
{
	static unsigned turn;
	struct site *s = NULL;
	for (unsigned way = 0; way < WAYS && !s; way++) {
		struct site *candidate = site_at(h, caller, way);
		bool same =
		    atomic_load(&candidate->caller) == caller && atomic_load(&candidate->hook) == h;
		if (same || !atomic_load(&candidate->caller))
			s = candidate;
	}
	site_fill(s ? s : site_at(h, caller, turn++ % WAYS), h, caller, code, t);
}

static bool site_find(enum hook h, void *caller, const struct code *code, struct target *t)
{
	for (unsigned way = 0; way < WAYS; way++)
		if (site_read(site_at(h, caller, way), h, caller, code, t))
			return true;
	return false;
}

static enum caller caller_kind(uintptr_t low)
{
	if (known((void *)low, LIBRARY_ssl))
		return CALLER_LIBSSL;
	return known((void *)low, LIBRARY_crypto) ? CALLER_LIBCRYPTO : CALLER_HOST;
}

static bool resolve(enum hook h, void *caller, const void *tell, struct object *at,
		    struct target *t, bool *lasting)
{
	bool known_caller = loader_object_at(caller, at);
	const uintptr_t low = at->low;
	struct found f = find(h, known_caller ? at : NULL, caller, tell);
	t->real = f.real;
	t->copy = f.owner && loader_object_at(f.owner, at) ? bind_copy(h, f.owner, at) : NULL;
	/* last, since OpenSSL's own call may be the first that we hear of it (openssl.cnf is read through BIO_new_file) */
	t->caller = known_caller ? caller_kind(low) : CALLER_HOST;
	*lasting = f.lasting;
	return t->real != NULL;
}

/* Without memory: the plain answer, and nothing of ours. */
static bool resolve_plainly(enum hook h, const void *caller, struct target *t)
{
	struct object at;
	t->copy = NULL;
	t->caller = CALLER_HOST;
	t->real = not_own(real_dlsym(RTLD_NEXT, hook_names[h]));
	if (!t->real && loader_object_at(caller, &at))
		t->real = in_scope_of(&at, hook_names[h], NULL);
	for (unsigned i = 0; !t->real && i < atomic_load(&copy_count); i++)
		t->real = atomic_load(&copies[i].real[h]);
	return t->real != NULL;
}

bool binding_target(enum hook h, void *caller, const void *tell, struct target *t)
{
	bool found = false, lasting = false;
	if (!binding_start())
		return false;
	if (binding_current && binding_is_own(caller)) {
		t->copy = NULL;
		t->caller = CALLER_LIBSSL;
		t->real = atomic_load(&binding_current->real[h]);
		if (t->real)
			return true;
	}
	const struct code code = code_around(caller);
	if (site_find(h, caller, &code, t))
		return true;
	KEEP_ERRNO_BEGIN
	char *pending = dlerror_take();
	struct object *at = malloc(sizeof *at);
	found = (at && resolve(h, caller, tell, at, t, &lasting)) || resolve_plainly(h, caller, t);
	dlerror_give_back(pending);
	if (at && found && lasting && lock_enter(&lock, NULL)) {
		site_write(h, caller, &code, t);
		lock_leave(&lock);
	}
	free(at);
	KEEP_ERRNO_END
	return found;
}
