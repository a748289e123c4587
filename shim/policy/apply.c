/* SPDX-License-Identifier: ISC
 *
 * A rule's bounds and lists onto an SSL, before its ClientHello is built.
 */
#include <string.h>

#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "internal.h"
#include "onto_ssl.h"

#include <bsd/string.h>

enum { CONF_FLAG_FILE = 0x2, CONF_FLAG_CLIENT = 0x4 };

/* ---- protocol bounds ------------------------------------------------------------------------------------- */

/* What is left of the bounds after SSL_OP_NO_*; 0: the library's own default. */
static void fold_options(const struct openssl *o, uint64_t options, int *min, int *max)
{
	int top = *max ? *max : openssl_highest_protocol(o);
	int low = *min ? *min : PROTOCOL_TLS1;
	while (top >= PROTOCOL_TLS1 && options & openssl_no_protocol_option(top)) {
		top--;
		*max = top;
	}
	while (low < top && options & openssl_no_protocol_option(low)) {
		low++;
		*min = low;
	}
}

bool apply_context_bounds(const struct openssl *o, SSL_CTX *ctx, int *min, int *max)
{
	enum { DTLS_BITS = 0xff00 & ~0x0300 };
	const uint64_t options = onto_ssl_options(
	    o, o->SSL_CTX_get_options ? o->SSL_CTX_get_options(ctx)
				      : (uint64_t)o->SSL_CTX_ctrl(ctx, SSL_CTRL_OPTIONS_, 0, NULL));
	*min = *max = 0;
	if (openssl_has_bounds(o)) {
		*min = (int)o->SSL_CTX_ctrl(ctx, SSL_CTRL_GET_MIN_PROTO_, 0, NULL);
		*max = (int)o->SSL_CTX_ctrl(ctx, SSL_CTRL_GET_MAX_PROTO_, 0, NULL);
	}
	if ((*min | *max) & DTLS_BITS)
		return false;
	fold_options(o, options, min, max);
	return true;
}

void apply_bounds(const struct openssl *o, SSL *ssl, int *min, int *max)
{
	uint64_t options = apply_options(o, ssl);
	openssl_get_bounds(o, ssl, min, max);
	/* a fixed-version method has no bounds, but a version from the start; so has the flexible one of 1.0.2 */
	int version = o->SSL_version(ssl);
	if (!*min && !*max && !openssl_is_flexible_method(o, o->SSL_get_ssl_method(ssl)) &&
	    version >= PROTOCOL_TLS1 && version <= PROTOCOL_TLS1_2)
		*min = *max = version;
	fold_options(o, options, min, max);
}

static void set_min(const struct openssl *o, SSL *ssl, int version)
{
	QUIET_BEGIN(o)
	openssl_set_min(o, ssl, version);
	QUIET_END(o)
}

static void set_max(const struct openssl *o, SSL *ssl, int version)
{
	QUIET_BEGIN(o)
	openssl_set_max(o, ssl, version);
	QUIET_END(o)
}

/* Allows every version from `low` to `high` that SSL_OP_NO_* forbids. */
static void allow_versions(const struct openssl *o, SSL *ssl, int low, int high)
{
	uint64_t forbidden = 0;
	for (int v = low; v <= high; v++)
		forbidden |= openssl_no_protocol_option(v);
	if (apply_options(o, ssl) & forbidden)
		apply_clear_options(o, ssl, forbidden);
}

/* The lowest version that the client would have used, its default included. Debian's and OpenSSL's default minimum is the
 * security level's business; without a bound of its own the client is taken to have TLS 1.2, as all live generations do
 * in effect. */
static int effective_min(const struct applied *a)
{
	return a->client_min ? a->client_min : PROTOCOL_TLS1_2;
}

static bool min_weakens(const struct applied *a, const struct setting *s)
{
	if (s->weakening)
		return true;
	/* a client that is pinned below is lifted, not weakened */
	return s->protocol < effective_min(a);
}

/* Never on `*`: a host that asked for more keeps it. And not past its day, which policy_lookup() only knows of values that weaken
 * by themselves. */
static bool may_weaken(const struct setting *s, struct rule *rule)
{
	if (s->any_host)
		return false;
	if (clock_realtime_ms() / 1000 <= s->section->until)
		return true;
	if (!rule->expired)
		rule->expired = s;
	return false;
}

static void apply_min(const struct openssl *o, SSL *ssl, struct rule *rule, struct applied *a)
{
	const struct setting *s = rule->set[KEY_MIN_PROTOCOL];
	if (!s)
		return;
	bool weakens = min_weakens(a, s);
	if (weakens && !may_weaken(s, rule))
		return;
	int top = a->client_max ? a->client_max : openssl_highest_protocol(o);
	bool pinned_below = top < s->protocol;
	set_min(o, ssl, s->protocol);
	a->min = s->protocol;
	if (pinned_below) {
		/* no upper bound any more: what is lifted may go to the top */
		set_max(o, ssl, 0);
		a->max = 0;
	}
	allow_versions(o, ssl, s->protocol,
		       pinned_below
			   ? openssl_highest_protocol(o)
			   : (a->client_min && s->protocol < a->client_min ? a->client_min - 1
									   : s->protocol - 1));
	if (weakens)
		apply_weakened(a, s);
}

static void apply_max(const struct openssl *o, SSL *ssl, struct rule *rule, struct applied *a)
{
	const struct setting *s = rule->set[KEY_MAX_PROTOCOL];
	if (!s)
		return;
	int top = a->client_max ? a->client_max : openssl_highest_protocol(o);
	bool weakens = s->weakening || s->protocol < top;
	if (weakens && !may_weaken(s, rule))
		return;
	set_max(o, ssl, s->protocol);
	a->max = s->protocol;
	if (s->protocol > top)
		allow_versions(o, ssl, top + 1, s->protocol);
	if (weakens)
		apply_weakened(a, s);
}

/* ---- lists: OpenSSL's own language (SSL_CONF_cmd(3)) ------------------------------------------------------ */

static const enum key conf_keys[] = {KEY_OPTIONS, KEY_CIPHER_STRING, KEY_CIPHERSUITES,
				     KEY_SIGNATURE_ALGORITHMS, KEY_GROUPS};

static bool has_levels(const struct openssl *o)
{
	return o->version >= 0x10100000UL;
}

/* "@SECLEVEL=0" or 1, and nothing else about levels behind it. */
static bool level_is_low(const char *level)
{
	const char *number = level + sizeof LEVEL_WORD - 1;
	return (*number == '0' || *number == '1') && (number[1] == '\0' || number[1] == ':') &&
	       !strstr(number, LEVEL_WORD);
}

static const char *conf_name(const struct openssl *o, enum key key)
{
	return key == KEY_GROUPS && o->version < 0x10100000UL ? "Curves" : key_table[key].name;
}

/* One that has no TLS 1.3 has no suites of it. */
static bool means_nothing(const struct openssl *o, const struct setting *s)
{
	return s->key == KEY_CIPHERSUITES && openssl_highest_protocol(o) < PROTOCOL_TLS1_3;
}

/* Whatever a rule says, suites without authentication or encryption stay out: a certificate that is not asked for is a
 * check turned off. */
static bool conf_value(const struct openssl *o, const struct setting *s, struct buf *b)
{
	const char *level =
	    s->key == KEY_CIPHER_STRING && !has_levels(o) ? strstr(s->value, LEVEL_WORD) : NULL;
	/* where there are no levels, the lowest is in force */
	if (level && level_is_low(level)) {
		const char *rest = level + sizeof LEVEL_WORD;
		const size_t before = (size_t)(level - s->value);
		buf_add(b, s->value, before && s->value[before - 1] == ':' ? before - 1 : before);
		buf_puts(b, before ? rest : rest + (*rest == ':'));
	} else if (s->key == KEY_OPTIONS) {
		tolerance_leave_out(s->value, b);
	} else {
		buf_puts(b, s->value);
	}
	if (s->key == KEY_CIPHER_STRING)
		buf_puts(b, ":!aNULL:!eNULL");
	return !b->truncated;
}

enum taken { TAKEN, REFUSED, NO_MEMORY };

static bool was_no_memory(const struct openssl *o)
{
	enum { MALLOC_FAILURE_1 = 65, MALLOC_FAILURE_3 = 256 | 3 << 18 };
	int library, reason;
	openssl_error_split(o, o->ERR_peek_last_error(), &library, &reason);
	return reason == (o->version < 0x30000000UL ? MALLOC_FAILURE_1 : MALLOC_FAILURE_3);
}

/* One key. ssl NULL: onto a scratch context only, to see whether OpenSSL takes it. */
static enum taken conf_set(const struct openssl *o, SSL *ssl, SSL_CTX *scratch,
			   const struct setting *s)
{
	struct buf value;
	enum taken taken = NO_MEMORY;
	buf_init(&value, 64 * 1024);
	bool fits = conf_value(o, s, &value);
	QUIET_BEGIN(o)
	SSL_CONF_CTX *conf = fits ? o->SSL_CONF_CTX_new() : NULL;
	if (conf) {
		o->SSL_CONF_CTX_set_flags(conf, CONF_FLAG_FILE | CONF_FLAG_CLIENT);
		if (ssl)
			o->SSL_CONF_CTX_set_ssl(conf, ssl);
		else
			o->SSL_CONF_CTX_set_ssl_ctx(conf, scratch);
		taken = value.len == 0 ||
				(o->SSL_CONF_cmd(conf, conf_name(o, s->key), buf_str(&value)) > 0 &&
				 o->SSL_CONF_CTX_finish(conf) == 1)
			    ? TAKEN
			: was_no_memory(o) ? NO_MEMORY
					   : REFUSED;
		o->SSL_CONF_CTX_free(conf);
	}
	QUIET_END(o)
	buf_free(&value);
	if (ssl && s->key == KEY_OPTIONS && taken == TAKEN)
		tolerance_apply_option(o, ssl, s->value);
	return taken;
}

static void complain(const struct openssl *o, const struct setting *s)
{
	struct buf b;
	buf_init(&b, 1024);
	buf_strs(&b, key_table[s->key].name, " '", NULL);
	escape_text(&b, s->value, strlen(s->value), 100);
	buf_strs(&b, "' is not accepted by ", o->version_text, NULL);
	if (s->key == KEY_CIPHER_STRING && !has_levels(o) && strstr(s->value, LEVEL_WORD))
		buf_puts(&b, ", which has no security levels (1.1.0 and later do)");
	buf_strs(&b, "; the section is left out until it is one that `openssl ",
		 s->key == KEY_CIPHER_STRING ? "ciphers" : "s_client", "` takes", NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
}

/* A bit in section->accepted: eight keys for each of eight copies. */
_Static_assert(ARRAY_LENGTH(conf_keys) <= 8 && COPIES_MAX <= 8, "accepted has 64 bits");
static uint64_t accepted_bit(const struct copy *c, size_t key_index)
{
	return UINT64_C(1) << (c->slot * 8 + key_index);
}

/* This time only: a section counts as a whole, or not at all, and its strengthening keys close. */
static void leave_out(struct rule *rule, const struct section *section)
{
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct setting *s = rule->set[key];
		if (!s || s->section != section)
			continue;
		if (setting_strengthens(s) && !rule->closed)
			rule->closed = s;
		rule->set[key] = NULL;
		rule->count--;
	}
}

/* Tries all lists on a context of our own first: half of a section must never be applied. Returns false where one was refused; its
 * section is out from then on. For want of memory it is out this time. */
static bool lists_accepted(struct copy *c, struct rule *rule)
{
	const struct openssl *o = copy_api(c);
	bool ok = true;
	SSL_CTX *scratch = NULL;
	union {
		void *object;
		SSL_CTX *(*function)(const SSL_METHOD *);
	} new_context = {.object = copy_real(c, HOOK_SSL_CTX_new)};
	for (size_t i = 0; i < ARRAY_LENGTH(conf_keys); i++) {
		const struct setting *s = rule->set[conf_keys[i]];
		if (!s || means_nothing(o, s) ||
		    atomic_load(&s->section->accepted) & accepted_bit(c, i))
			continue;
		if (!scratch && o->TLS_client_method && new_context.object) {
			QUIET_BEGIN(o)
			scratch = new_context.function(o->TLS_client_method());
			QUIET_END(o)
		}
		const enum taken taken = scratch ? conf_set(o, NULL, scratch, s) : NO_MEMORY;
		if (taken == TAKEN)
			atomic_fetch_or(&s->section->accepted, accepted_bit(c, i));
		if (taken == NO_MEMORY)
			leave_out(rule, s->section);
		if (taken != REFUSED)
			continue;
		complain(o, s);
		section_reject(s);
		ok = false;
	}
	if (scratch)
		o->SSL_CTX_free(scratch);
	return ok;
}

static int level_of(const struct openssl *o, const SSL *ssl)
{
	return later(o)->SSL_get_security_level ? later(o)->SSL_get_security_level(ssl) : -1;
}

static void apply_lists(const struct openssl *o, SSL *ssl, struct rule *rule, struct applied *a)
{
	for (size_t i = 0; i < ARRAY_LENGTH(conf_keys); i++) {
		const struct setting *s = rule->set[conf_keys[i]];
		if (!s || means_nothing(o, s))
			continue;
		bool ciphers = s->key == KEY_CIPHER_STRING;
		int before = level_of(o, ssl), asked = ciphers ? apply_level_asked(s->value) : -1;
		bool weakens = asked >= 0 && before >= 0 ? asked < before : s->weakening;
		if (weakens && !may_weaken(s, rule))
			continue;
		if (ciphers) {
			a->ciphers = s;
			a->client_level = before;
		}
		conf_set(o, ssl, NULL, s);
		if (weakens || level_of(o, ssl) < before)
			apply_weakened(a, s);
	}
}

static bool has_lists(const struct rule *rule)
{
	for (size_t i = 0; i < ARRAY_LENGTH(conf_keys); i++)
		if (rule->set[conf_keys[i]])
			return true;
	return false;
}

/* The verification itself does it (repair.c); here it is only told. */
static void apply_strict(const struct openssl *o, SSL *ssl, struct rule *rule, struct applied *a)
{
	const struct setting *s = rule->set[KEY_STRICT];
	if (!s)
		return;
	if (!may_weaken(s, rule))
		rule->set[KEY_STRICT] = NULL;
	else if (repair_strict_counts(o, ssl))
		apply_weakened(a, s);
}

/* False: some section is out from now on, or in again, so that the rule has to be looked up once more. */
static bool ready(struct copy *c, SSL *ssl, struct rule *rule, struct applied *out)
{
	if (apply_certificate_waited(c, ssl, rule))
		return false;
	if (has_lists(rule) && !lists_accepted(c, rule))
		return false;
	return apply_certificate_ready(c, ssl, rule, out);
}

/* Some keys act where a chain is looked at, and nowhere on the SSL. */
static bool acts_on_ssl(const struct rule *rule)
{
	const uint32_t elsewhere = 1u << KEY_EXTRA_CA_FILE | 1u << KEY_ONLY_CA_FILE |
				   1u << KEY_PIN_SHA256 | 1u << KEY_ENFORCE_VERIFICATION |
				   1u << KEY_EXPECT_NAME;
	for (unsigned key = 0, left = rule->count; left && key < KEY_COUNT; key++) {
		if (rule->set[key] && !(elsewhere >> key & 1))
			return true;
		left -= rule->set[key] != NULL;
	}
	return false;
}

void apply_rule(struct copy *c, SSL *ssl, const struct policy *p, const struct peer *peer,
		struct rule *rule, struct applied *out)
{
	const struct openssl *o = copy_api(c);
	/* as most rules are: nothing that acts here */
	if (rule->count == (rule->set[KEY_EXTRA_CA_FILE] ? 1u : 0u) && !rule->waiting[0])
		return;
	for (int tries = 0; tries < 16 && !ready(c, ssl, rule, out); tries++)
		policy_lookup_now(p, peer, rule);
	if (!acts_on_ssl(rule))
		return;
	undo_begin(o, ssl, rule, &out->kept);
	apply_min(o, ssl, rule, out);
	apply_max(o, ssl, rule, out);
	apply_lists(o, ssl, rule, out);
	apply_strict(o, ssl, rule, out);
	apply_tolerance(o, ssl, rule, out);
	apply_name(o, ssl, rule, out);
	undo_settle(o, ssl, &out->kept);
}
