/* SPDX-License-Identifier: ISC
 *
 * What one verification showed: certificates, the client's store, near misses, the name.
 */
#include "capture.h"
#include "clash.h"
#include <tlsmend/vocabulary.h>

#include <stdlib.h>
#include <string.h>

struct evidence *evidence_new(enum event event)
{
	struct evidence *e = calloc(1, sizeof *e);
	if (!e)
		return NULL;
	e->event = event;
	e->depth = -1;
	e->now = clock_realtime_ms() / 1000;
	e->security_level = -1;
	e->anchor_count = -1;
	e->alert_sent = e->alert_received = -1;
	e->last_sent = e->last_received = -1;
	return e;
}

void evidence_free(struct evidence *e)
{
	if (!e)
		return;
	arena_free(&e->arena);
	free(e);
}

void evidence_library(struct evidence *e, const struct openssl *o)
{
	e->version = o->version;
	e->library = arena_strdup(&e->arena, o->version_text);
}

void evidence_add_error(struct evidence *e, int code, int depth)
{
	if (!e->errors)
		e->errors = arena_alloc(&e->arena, EVIDENCE_MAX_ERRORS * sizeof *e->errors);
	if (!e->errors || e->error_count >= EVIDENCE_MAX_ERRORS)
		return;
	e->errors[e->error_count].code = code;
	e->errors[e->error_count].depth = depth;
	e->error_count++;
}

/* ---- the work of one capture --------------------------------------------------------------------------- */
static bool in_stack(const struct openssl *o, OPENSSL_STACK *stack, X509 *x)
{
	for (int i = 0; stack && i < o->OPENSSL_sk_num(stack); i++) {
		if (capture_same(o, o->OPENSSL_sk_value(stack, i), x))
			return true;
	}
	return false;
}

static void add_certificate(struct capture *c, X509 **list, size_t *n, X509 *x)
{
	if (x && *n < EVIDENCE_MAX_CERTIFICATES && !capture_listed(c->o, list, *n, x))
		list[(*n)++] = x;
}

/* What the peer sent, which may be a whole bundle. */
static void add_presented(struct capture *c, X509 *leaf, OPENSSL_STACK *stack)
{
	const int n = stack ? c->o->OPENSSL_sk_num(stack) : 0;
	int i;
	add_certificate(c, c->presented, &c->presented_count, leaf);
	for (i = 0; i < n && c->presented_count < EVIDENCE_MAX_CERTIFICATES; i++)
		add_certificate(c, c->presented, &c->presented_count,
				c->o->OPENSSL_sk_value(stack, i));
	c->e->presented_in_all = c->presented_count + (size_t)(n - i);
}

/* A very long chain is cut before its last certificate, which the cause is mostly about. */
static void add_chain(struct capture *c, OPENSSL_STACK *chain)
{
	const int n = chain ? c->o->OPENSSL_sk_num(chain) : 0;
	for (int i = 0; i < n; i++) {
		if (n > EVIDENCE_MAX_CERTIFICATES && i == EVIDENCE_MAX_CERTIFICATES - 1) {
			c->e->chain_skipped = (size_t)(n - 1 - i);
			i = n - 1;
		}
		add_certificate(c, c->chain, &c->chain_count, c->o->OPENSSL_sk_value(chain, i));
	}
}

static enum cert_from where_from(const struct capture *c, X509 *x)
{
	if (capture_listed(c->o, c->presented, c->presented_count, x) || in_stack(c->o, c->sent, x))
		return FROM_PRESENTED;
	return in_stack(c->o, c->rule, x) ? FROM_RULE : FROM_STORE;
}

/* What was sent is mostly what the chain is of. NULL: this one is not described yet. */
static const struct cert_info *described(const struct capture *c, X509 *x)
{
	for (size_t i = 0; i < c->e->presented_count; i++) {
		if (capture_same(c->o, c->presented[i], x))
			return &c->e->presented[i];
	}
	return NULL;
}

static struct cert_info *describe(struct capture *c, X509 *const *list, size_t *n)
{
	if (*n == 0)
		return NULL;
	struct cert_info *out = arena_alloc(&c->e->arena, *n * sizeof *out);
	if (!out) {
		*n = 0;
		return NULL;
	}
	for (size_t i = 0; i < *n; i++) {
		const struct cert_info *known = described(c, list[i]);
		if (known)
			out[i] = *known;
		else
			evidence_certificate(c->e, c->o, list[i], where_from(c, list[i]), &out[i]);
	}
	return out;
}

/* Names first: comparing whole certificates would make OpenSSL parse every one of a large store. */
static void mark_trusted(struct capture *c, X509 *anchor, X509 *const *list, struct cert_info *info,
			 size_t n)
{
	const struct openssl *o = c->o;
	for (size_t i = 0; i < n; i++) {
		if (!info[i].trusted_by_client &&
		    o->X509_NAME_cmp(o->X509_get_subject_name(anchor),
				     o->X509_get_subject_name(list[i])) == 0 &&
		    capture_same(o, anchor, list[i]))
			info[i].trusted_by_client = true;
	}
}

/* One pass over the store; its objects are borrowed, so what is needed of them is copied before the lock goes. */
static void look_into_store(struct capture *c, X509_STORE *store)
{
	const struct openssl *o = c->o;
	struct evidence *e = c->e;
	const bool lock = later(o)->X509_STORE_lock && later(o)->X509_STORE_unlock;
	X509 *anchor;
	if (!store || !later(o)->X509_STORE_get0_objects || !later(o)->X509_OBJECT_get_type ||
	    !later(o)->X509_OBJECT_get0_X509 || (lock && later(o)->X509_STORE_lock(store) != 1)) {
		candidates_keep(c);
		return;
	}
	OPENSSL_STACK *objects = later(o)->X509_STORE_get0_objects(store);
	int n = objects ? o->OPENSSL_sk_num(objects) : 0;
	e->anchor_count = 0;
	bool compared = evidence_afford(
	    e, LOOK_STORE, (unsigned)n * (unsigned)(e->presented_count + e->chain_count) / 20);
	for (int i = 0; i < n; i++) {
		X509_OBJECT *object = o->OPENSSL_sk_value(objects, i);
		e->crl_count += later(o)->X509_OBJECT_get_type(object) == X509_LU_CRL_;
		if (later(o)->X509_OBJECT_get_type(object) != X509_LU_X509_)
			continue;
		e->anchor_count++;
		if (!compared)
			continue;
		anchor = later(o)->X509_OBJECT_get0_X509(object);
		mark_trusted(c, anchor, c->presented, e->presented, e->presented_count);
		mark_trusted(c, anchor, c->chain, e->chain, e->chain_count);
		candidate_consider(c, anchor, FROM_STORE);
	}
	candidates_keep(c);
	if (lock)
		later(o)->X509_STORE_unlock(store);
}

static bool is_address(const char *host)
{
	return strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);
}

/* As X509_check_host(3) says; where that is sure already, OpenSSL need not make an object of each name. */
static int has_host(const struct openssl *o, X509 *leaf, const char *host)
{
	struct span value, names;
	enum host_there there = HOST_UNSURE;
	if (evidence_extension(o, leaf, NID_subject_alt_name_, &value) == 1 &&
	    name_list_begin(value, &names))
		there = name_list_has_host(names, host, 0);
	return there == HOST_UNSURE ? o->X509_check_host(leaf, host, strlen(host), 0, NULL)
				    : there == HOST_THERE;
}

static void check_name(struct evidence *e, const struct openssl *o, X509 *leaf)
{
	int matches = -1;
	if (!leaf || !e->host || *e->host == '\0')
		return;
	e->host_is_address = is_address(e->host);
	QUIET_BEGIN(o)
	if (e->host_is_address) {
		if (o->X509_check_ip_asc)
			matches = o->X509_check_ip_asc(leaf, e->host, 0);
	} else if (o->X509_check_host) {
		matches = has_host(o, leaf, e->host);
	}
	QUIET_END(o)
	e->name_checked = matches == 0 || matches == 1;
	e->name_matches = matches == 1;
}

/* SSL_CERT_DIR may be a list, separated by colons. */
static bool any_exists(struct evidence *e, const char *list)
{
	struct file_id id;
	const char *end, *path;
	for (; *list != '\0'; list = *end == ':' ? end + 1 : end) {
		end = list + strcspn(list, ":");
		path = arena_strndup(&e->arena, list, (size_t)(end - list));
		if (path && *path != '\0' && file_identify(path, &id) == 0)
			return true;
	}
	return false;
}

static const char *default_path(struct evidence *e, const char *value, const char *(*builtin)(void),
				bool *set)
{
	*set = value && *value != '\0';
	if (!*set)
		value = builtin ? builtin() : NULL;
	return arena_strdup(&e->arena, value);
}

void evidence_default_file(struct evidence *e, const struct openssl *o, const char *value)
{
	struct file_id id;
	e->default_file =
	    default_path(e, value, later(o)->X509_get_default_cert_file, &e->default_file_set);
	e->default_file_exists = e->default_file && file_identify(e->default_file, &id) == 0;
}

void evidence_default_directory(struct evidence *e, const struct openssl *o, const char *value)
{
	e->default_dir =
	    default_path(e, value, later(o)->X509_get_default_cert_dir, &e->default_dir_set);
	e->default_dir_exists = e->default_dir && any_exists(e, e->default_dir);
}

/* As OpenSSL itself decides: variables count, but not in a privileged process. What they are when the client has OpenSSL read them is
 * known only where that was seen (hooks/load_store.c); until then, what they were when the process began. */
static void look_for_defaults(struct evidence *e, const struct openssl *o)
{
	const bool secure = environment_is_secure();
	evidence_default_file(e, o, secure ? NULL : getenv("SSL_CERT_FILE"));
	evidence_default_directory(e, o, secure ? NULL : getenv("SSL_CERT_DIR"));
}

static void note_hash(const struct openssl *o, unsigned long (*hash_of)(X509 *), X509 *x,
		      char text[9])
{
	static const char digits[] = "0123456789abcdef";
	unsigned long hash = 0;
	if (!x || !hash_of)
		return;
	QUIET_BEGIN(o)
	hash = hash_of(x);
	QUIET_END(o)
	for (int i = 0; i < 8; i++)
		text[i] = digits[hash >> (28 - 4 * i) & 15];
}

void evidence_forget_lists(struct evidence *e)
{
	enum { INVALID_PURPOSE = 26 };
	const int unsuited = evidence_unsuited(e);
	e->error_count = 0;
	e->code = 0;
	if (unsuited >= 0)
		evidence_add_error(e, INVALID_PURPOSE, unsuited);
}

/* Which purpose the client asks for is in no function of older versions; what the certificate is good for tells. */
static void look_at_purpose(struct capture *c)
{
	enum { SSL_CLIENT = 1, SSL_SERVER = 2 };
	const struct openssl *o = c->o;
	const struct verify_error first = evidence_headline(c->e);
	if (!later(o)->X509_check_purpose || first.depth < 0 ||
	    (size_t)first.depth >= c->chain_count || c->e->chain_skipped > 0 ||
	    verify_symbol(first.code, c->e->version) != VERIFY_INVALID_PURPOSE)
		return;
	X509 *x = c->chain[first.depth];
	QUIET_BEGIN(o)
	c->e->good_for_server = later(o)->X509_check_purpose(x, SSL_SERVER, first.depth > 0) > 0
				    ? TRIED_GOOD
				    : TRIED_BAD;
	c->e->good_for_client = later(o)->X509_check_purpose(x, SSL_CLIENT, first.depth > 0) > 0
				    ? TRIED_GOOD
				    : TRIED_BAD;
	QUIET_END(o)
}

void evidence_chain(struct evidence *e, const struct openssl *o, const struct chain_parts *parts)
{
	struct capture *c = arena_alloc(&e->arena, sizeof *c);
	X509 *leaf = parts->leaf;
	if (!c)
		return;
	c->e = e;
	c->o = o;
	c->rule = parts->rule;
	c->sent = parts->presented;
	if (!leaf && parts->chain && o->OPENSSL_sk_num(parts->chain) > 0)
		leaf = o->OPENSSL_sk_value(parts->chain, 0);
	QUIET_BEGIN(o)
	add_presented(c, leaf, parts->presented);
	add_chain(c, parts->chain);
	QUIET_END(o)
	e->presented = describe(c, c->presented, &c->presented_count);
	e->presented_count = c->presented_count;
	e->chain = describe(c, c->chain, &c->chain_count);
	e->chain_count = c->chain_count;
	c->top = c->chain_count > 0 ? c->chain[c->chain_count - 1] : leaf;
	/* OpenSSL looks into a directory for HASH.0, HASH.1 ... only */
	note_hash(o, later(o)->X509_issuer_name_hash, c->top, e->wanted_hash);
	note_hash(o, later(o)->X509_issuer_name_hash_old, c->top, e->former_hash);
	candidates_look(c);
	evidence_clash(e, o, c->chain, c->chain_count);
	look_at_purpose(c);
	look_into_store(c, parts->store);
	check_name(e, o, leaf);
	look_for_defaults(e, o);
	/* A directory is only read when a name is looked for, so an empty list of objects says little there. */
	e->store_has_lookups = e->default_dir_exists;
}
