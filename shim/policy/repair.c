/* SPDX-License-Identifier: ISC
 *
 * Keys that change how one verification looks at a chain: the name that its leaf must carry (ExpectName), the path that is preferred
 * (TrustedFirst), and how strictly its form is checked (Strict). They act on the parameters of the store context, which are its own: the
 * client's SSL, SSL_CTX and store are not touched. libssl holds on to the object with the parameters while it verifies, so that it is
 * changed in place and never exchanged.
 */
#include <string.h>

#include "onto_ssl.h"
#include "private.h"

enum { FLAG_X509_STRICT = 0x20, FLAG_TRUSTED_FIRST = 0x8000 };

/* Both kinds of name, so that the one that the client asked for does not stand beside it. False: it cannot be set, or memory ran
 * out: what is left then is the client's own name, or one that no certificate carries. */
static bool expect(const struct openssl *o, X509_VERIFY_PARAM *param, const char *name)
{
	const bool address = host_is_address(name);
	bool set = false;
	if (!later(o)->X509_VERIFY_PARAM_set1_host || !later(o)->X509_VERIFY_PARAM_set1_ip ||
	    !later(o)->X509_VERIFY_PARAM_set1_ip_asc)
		return false;
	QUIET_BEGIN(o)
	/* the new one first: in between, both are asked for, and never neither */
	set = address ? later(o)->X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1
		      : later(o)->X509_VERIFY_PARAM_set1_host(param, name, 0) == 1;
	if (set && address)
		later(o)->X509_VERIFY_PARAM_set1_host(param, NULL, 0);
	else if (set)
		later(o)->X509_VERIFY_PARAM_set1_ip(param, NULL, 0);
	QUIET_END(o)
	return set;
}

bool repair_param(const struct openssl *o, X509_VERIFY_PARAM *param, enum key key, const char *name)
{
	if (key == KEY_EXPECT_NAME)
		return expect(o, param, name);
	if (key == KEY_TRUSTED_FIRST)
		return o->X509_VERIFY_PARAM_set_flags(param, FLAG_TRUSTED_FIRST) == 1;
	return o->X509_VERIFY_PARAM_clear_flags(param, FLAG_X509_STRICT) == 1;
}

static bool acts(const struct repair *r, enum key key)
{
	const struct setting *s = r->rule->set[key];
	return s && (key == KEY_EXPECT_NAME ? r->with_name && *r->name
					    : s->number == (key == KEY_TRUSTED_FIRST));
}

const char *repair_expected(const struct rule *rule, const char *host, char out[256])
{
	const struct setting *s = rule->set[KEY_EXPECT_NAME];
	return s && host_normalise(s->value, out) ? out : host;
}

void repair_begin(struct repair *r, struct copy *c, X509_STORE_CTX *ctx, verify_fn *verify,
		  const struct rule *rule, bool with_name)
{
	static const enum key keys[] = {KEY_EXPECT_NAME, KEY_TRUSTED_FIRST, KEY_STRICT};
	const struct openssl *o = copy_api(c);
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	*r = (struct repair){.rule = rule, .with_name = with_name, .name = ""};
	bool any = false;
	r->name = repair_expected(rule, "", r->name_buffer);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		any = any || acts(r, keys[i]);
	if (!param || !any)
		return;
	r->copy = c;
	r->flags = o->X509_VERIFY_PARAM_get_flags(param);
	int good = trust_passes(o, ctx, verify);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (!acts(r, keys[i]))
			continue;
		/* what is good already needs no other path and no laxer look; the name is another question */
		if (good == 1 && keys[i] != KEY_EXPECT_NAME)
			continue;
		repair_param(o, param, keys[i], r->name);
		if (good == 0 && (good = trust_passes(o, ctx, verify)) == 1)
			r->mended = rule->set[keys[i]];
	}
}

void repair_end(struct repair *r, X509_STORE_CTX *ctx)
{
	const unsigned long own = FLAG_TRUSTED_FIRST | FLAG_X509_STRICT;
	if (!r->copy)
		return;
	const struct openssl *o = copy_api(r->copy);
	X509_VERIFY_PARAM *param = o->X509_STORE_CTX_get0_param(ctx);
	o->X509_VERIFY_PARAM_clear_flags(param, own & ~r->flags);
	o->X509_VERIFY_PARAM_set_flags(param, own & r->flags);
	r->copy = NULL;
}

bool repair_strict_counts(const struct openssl *o, SSL *ssl)
{
	X509_VERIFY_PARAM *param = o->SSL_get0_param ? o->SSL_get0_param(ssl) : NULL;
	X509_STORE *store =
	    o->SSL_CTX_get_cert_store ? o->SSL_CTX_get_cert_store(o->SSL_get_SSL_CTX(ssl)) : NULL;
	const X509_VERIFY_PARAM *of_store = store && later(o)->X509_STORE_get0_param
						? later(o)->X509_STORE_get0_param(store)
						: NULL;
	unsigned long flags = param ? o->X509_VERIFY_PARAM_get_flags(param) : 0;
	if (of_store)
		flags |= o->X509_VERIFY_PARAM_get_flags(of_store);
	return (flags & FLAG_X509_STRICT) != 0;
}
