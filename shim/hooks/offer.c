/* SPDX-License-Identifier: ISC
 *
 * Who set what a client offers: protocol bounds, security level, ciphers. What a fresh SSL_CTX has is OpenSSL's default or comes from
 * openssl.cnf; what differs later was set by the client, and what differs after that by a rule of ours.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "loaded.h"
#include "offer.h"

/* ---- a fresh context, in one word of ex_data -------------------------------------------------------------------------- */

/* SEEN | BOUNDS | level + 1 | maximum | minimum; versions as 0 (no bound) or 1 for SSL 3.0 and up. */
enum { SEEN = 1 << 12, BOUNDS = 1 << 13, LEVEL_SHIFT = 8, MAX_SHIFT = 4, FIELD = 0xf };

static uintptr_t version_bits(int version)
{
	return version < 0x0300 ? 0 : (uintptr_t)(version - 0x0300 + 1) & FIELD;
}

static int version_of(uintptr_t bits)
{
	return bits & FIELD ? 0x0300 + (int)(bits & FIELD) - 1 : 0;
}

void offer_note_context(struct copy *c, SSL_CTX *ctx)
{
	const struct openssl *o = copy_api(c);
	int min, max, level;
	uintptr_t word = SEEN;
	if (apply_context_bounds(o, ctx, &min, &max))
		word |= BOUNDS | version_bits(max) << MAX_SHIFT | version_bits(min);
	level = o->SSL_CTX_get_security_level ? o->SSL_CTX_get_security_level(ctx) : -1;
	if (level >= 0 && level < FIELD)
		word |= (uintptr_t)(level + 1) << LEVEL_SHIFT;
	kept_set(c, KEPT_CTX_FRESH, ctx, (void *)word);
}

static uintptr_t fresh(struct copy *c, const SSL_CTX *ctx)
{
	return (uintptr_t)kept_get(c, KEPT_CTX_FRESH, ctx);
}

bool offer_context_is_known(struct copy *c, const SSL_CTX *ctx)
{
	return fresh(c, ctx) & SEEN;
}

/* ---- openssl.cnf -------------------------------------------------------------------------------------------------------- */

/* As CONF_get1_default_config_file(3) has it, which would read the environment while another thread of the host changes it. The
 * variable is that of the process's start. */
const char *offer_conf(struct evidence *e, const struct openssl *o)
{
	const char *path = environment_is_secure() ? NULL : getenv("OPENSSL_CONF");
	const char *area =
	    later(o)->X509_get_default_cert_area ? later(o)->X509_get_default_cert_area() : NULL;
	struct buf b;
	buf_init(&b, 0);
	if (path)
		buf_puts(&b, path);
	else if (area)
		buf_strs(&b, area, "/openssl.cnf", NULL);
	path = b.len ? arena_strdup(&e->arena, buf_str(&b)) : NULL;
	buf_free(&b);
	return path;
}

/* A bound that the context had from the start, and that is not OpenSSL's. */
static struct origin bound_of_conf(const struct cnf_value *bound, const struct cnf_value *protocols,
				   int version)
{
	if (protocol_parse(bound->value) == version)
		return (struct origin){SETTER_CONF, bound->place};
	if (protocols->value)
		return (struct origin){SETTER_CONF, protocols->place};
	return (struct origin){SETTER_DEFAULTS, NULL};
}

static struct origin level_of_conf(const struct openssl_cnf *conf, int level)
{
	enum {
		BUILT_IN_MIN = 1,
		BUILT_IN_MAX = 2
	}; /* of OpenSSL up to 3.1, of later ones and Debian's */
	if (conf->ciphers.value && apply_level_asked(conf->ciphers.value) == level)
		return (struct origin){SETTER_CONF, conf->ciphers.place};
	if (conf->complete && level >= BUILT_IN_MIN && level <= BUILT_IN_MAX)
		return (struct origin){SETTER_LIBRARY, NULL};
	return (struct origin){SETTER_DEFAULTS, NULL};
}

/* ---- who set it --------------------------------------------------------------------------------------------------------- */

static struct origin by_rule(struct evidence *e, const struct setting *s)
{
	struct buf b;
	struct origin r = {SETTER_RULE, NULL};
	if (!s)
		return r;
	buf_init(&b, 0);
	buf_puts(&b, s->section->source);
	if (s->line || s->section->line) {
		buf_putc(&b, ':');
		buf_uint(&b, s->line ? s->line : s->section->line);
	}
	r.place = arena_strdup(&e->arena, buf_str(&b));
	buf_free(&b);
	return r;
}

struct subject {
	struct evidence *e;
	const struct connection *n;
	uintptr_t word; /* of the fresh context; 0: not known */
	struct openssl_cnf conf;
};

static struct origin bound_by(const struct subject *t, int client, int at_first,
			      const struct cnf_value *in_conf)
{
	if (!(t->word & BOUNDS))
		return (struct origin){SETTER_UNKNOWN, NULL};
	if (client != at_first)
		return (struct origin){SETTER_CLIENT, NULL};
	if (client == 0)
		return (struct origin){SETTER_LIBRARY, NULL};
	return bound_of_conf(in_conf, &t->conf.protocols, client);
}

static void bounds(const struct subject *t)
{
	const struct applied *a = &t->n->applied;
	const struct setting *min = t->n->rule.set[KEY_MIN_PROTOCOL],
			     *max = t->n->rule.set[KEY_MAX_PROTOCOL];
	t->e->min_by = a->min != a->client_min
			   ? by_rule(t->e, min)
			   : bound_by(t, a->client_min, version_of(t->word), &t->conf.min);
	/* a minimum also takes a maximum below it away */
	t->e->max_by =
	    a->max != a->client_max
		? by_rule(t->e, max ? max : min)
		: bound_by(t, a->client_max, version_of(t->word >> MAX_SHIFT), &t->conf.max);
}

static struct origin level_by(const struct subject *t)
{
	const struct applied *a = &t->n->applied;
	const char *asked = t->e->cipher_string;
	const int level = t->e->security_level;
	if (a->ciphers && a->client_level != level)
		return by_rule(t->e, a->ciphers);
	if (t->e->ciphers_by.who == SETTER_CLIENT && asked && apply_level_asked(asked) == level)
		return (struct origin){SETTER_CLIENT, NULL};
	const int first = (int)(t->word >> LEVEL_SHIFT & FIELD) - 1;
	/* what stands at the end of a very long list is not known */
	bool cut = asked && strlen(asked) >= LOADED_BYTES - 1;
	if (first < 0 || level < 0 || (cut && first == level))
		return (struct origin){SETTER_UNKNOWN, NULL};
	return first != level ? (struct origin){SETTER_CLIENT, NULL}
			      : level_of_conf(&t->conf, level);
}

/* The SSL's own string, or that of its context, which it began with. */
static const char *string_of(struct evidence *e, struct copy *c, SSL *ssl, enum loaded_kind kind,
			     bool *refused)
{
	const struct loaded_into places[] = {
	    {c, KEPT_SSL_FILES, ssl}, {c, KEPT_CTX_FILES, copy_api(c)->SSL_get_SSL_CTX(ssl)}};
	const char *s = NULL;
	for (unsigned i = 0; i < ARRAY_LENGTH(places) && !s; i++) {
		s = loaded_path(e, &places[i], kind);
		*refused = !s;
		if (!s)
			s = loaded_refused(e, &places[i], kind);
	}
	*refused = *refused && s;
	return s;
}

/* Is one in the list that TLS 1.2 brought and that security level 2 takes? */
static bool has_cipher_of_1_2(const struct openssl *o, SSL *ssl)
{
	static const char marks[][10] = {"GCM", "CCM", "POLY1305", "-SHA256", "-SHA384"};
	OPENSSL_STACK *list = later(o)->SSL_get_ciphers ? later(o)->SSL_get_ciphers(ssl) : NULL;
	for (int i = 0; list && i < o->OPENSSL_sk_num(list); i++) {
		const char *name = o->SSL_CIPHER_get_name(o->OPENSSL_sk_value(list, i));
		if (!name || strncmp(name, "TLS_", 4) == 0 || strstr(name, "NULL"))
			continue;
		for (size_t k = 0; k < ARRAY_LENGTH(marks); k++) {
			if (strstr(name, marks[k]))
				return true;
		}
	}
	return false;
}

static void ciphers(const struct subject *t, SSL *ssl)
{
	struct evidence *e = t->e;
	const struct setting *rule = t->n->applied.ciphers;
	const struct setting *suites = t->n->rule.set[KEY_CIPHERSUITES];
	bool refused;
	e->newer_ciphers = has_cipher_of_1_2(copy_api(t->n->copy), ssl);
	e->ciphersuites = suites ? arena_strdup(&e->arena, suites->value)
				 : string_of(e, t->n->copy, ssl, LOADED_CIPHERSUITES, &refused);
	if (rule) {
		e->cipher_string = arena_strdup(&e->arena, rule->value);
		e->ciphers_by = by_rule(e, rule);
		return;
	}
	/* a refused one counts too: OpenSSL 3 takes all ciphers but those of TLS 1.3 away before it refuses */
	e->cipher_string = string_of(e, t->n->copy, ssl, LOADED_CIPHERS, &e->cipher_refused);
	if (e->cipher_string) {
		e->ciphers_by = (struct origin){SETTER_CLIENT, NULL};
	} else if (t->word && t->conf.ciphers.value) {
		e->cipher_string = t->conf.ciphers.value;
		e->ciphers_by = (struct origin){SETTER_CONF, t->conf.ciphers.place};
	}
}

void offer_describe(struct evidence *e, struct connection *n, SSL *ssl)
{
	const struct openssl *o = copy_api(n->copy);
	struct subject t = {.e = e, .n = n, .word = fresh(n->copy, o->SSL_get_SSL_CTX(ssl))};
	if (t.word)
		evidence_openssl_cnf(e, offer_conf(e, o), &t.conf);
	bounds(&t);
	ciphers(&t, ssl);
	e->level_by = level_by(&t);
}
