/* SPDX-License-Identifier: ISC
 *
 * A certificate of the client's own that its OpenSSL finds too weak. Mostly it shows while the program starts, before there is any host
 * that a rule could be for.
 */
#include "diagnosis.h"

#include <string.h>

enum { REASON_EE_KEY_TOO_SMALL = 399 };

/* SSL_CTX_set_security_level(3): what each level demands at least, and what to have issued. */
static const struct {
	char demands[44], good[40];
} levels[] = {
    {"RSA 1024, and no SHA-1 or MD5", "RSA 3072 bits or P-256, and SHA-256"},
    {"RSA 2048 or P-224, and no SHA-1 or MD5", "RSA 3072 bits or P-256, and SHA-256"},
    {"RSA 3072 or P-256, and SHA-256", "RSA 3072 bits or P-256, and SHA-256"},
    {"RSA 7680 or P-384, and SHA-384", "P-384, and SHA-384"},
    {"RSA 15360 or P-521, and SHA-512", "P-521, and SHA-512"},
};

static const char *level_demands(struct diagnosis *d)
{
	const int level = d->e->security_level;
	if (level < 1 || level > 5)
		return NULL;
	return say(d->e, "at least ", levels[level - 1].demands, ": ", security_level(d),
		   (char *)NULL);
}

static const struct cert_info *weak_one(const struct evidence *e)
{
	for (size_t i = 0; i < e->own.count && e->ssl_reason != REASON_EE_KEY_TOO_SMALL; i++) {
		if (certificate_has_weak_digest(&e->own.chain[i]) ||
		    (i > 0 && certificate_has_weak_key(&e->own.chain[i])))
			return &e->own.chain[i];
	}
	return own_leaf(e);
}

/* The highest level at which all of it is taken: SHA-1 at none from OpenSSL 3.0 on. */
static const char *level_that_does(struct evidence *e)
{
	static const unsigned rsa[] = {1024, 2048, 3072, 7680}, other[] = {160, 224, 256, 384};
	const unsigned *least;
	int level = e->security_level > 0 && e->security_level < 5 ? e->security_level - 1 : 3;
	for (size_t i = 0; i < e->own.count; i++) {
		const struct cert_info *c = &e->own.chain[i];
		least = c->key && (strncmp(c->key, "RSA", 3) == 0 || strncmp(c->key, "DSA", 3) == 0)
			    ? rsa
			    : other;
		while (level > 0 && c->key_bits != 0 && c->key_bits < least[level - 1])
			level--;
		if (certificate_has_weak_digest(c))
			level = 0;
	}
	return say_int(e, level);
}

/* OpenSSL reads such a file when it starts, whatever program it is in (config(5)). */
static void help_for_program(struct diagnosis *d)
{
	struct evidence *e = d->e;
	help_line(
	    d,
	    "no rule for a host can help: the program loads it before any host is known. Until "
	    "it is replaced, this file (say /etc/tlsmend/weak.cnf) lets this one program use it, "
	    "with all hosts; it is read where OPENSSL_CONF=/etc/tlsmend/weak.cnf stands in the "
	    "program's environment:");
	help_line(d, "  openssl_conf = program");
	help_line(d, "  [program]");
	help_line(d, "  ssl_conf = tls");
	help_line(d, "  [tls]");
	help_line(d, "  system_default = weak");
	help_line(d, "  [weak]");
	help_line(d,
		  say(e, "  CipherString = DEFAULT:@SECLEVEL=", level_that_does(e), (char *)NULL));
	note_line(d,
		  "with that file the program takes weak certificates of servers, too; it stands "
		  "in place of "
		  "the system's openssl.cnf: what that one sets has to be written there as well");
}

void explain_own_weak(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = weak_one(e);
	const char *wanted = level_demands(d);
	d->r->expected = wanted;
	if (!c)
		d->r->why =
		    e->ssl_reason_text ? say_string(e, e->ssl_reason_text) : "OpenSSL refuses it";
	else
		d->r->why =
		    say(e, say_subject(e, c), " of ", say_issuer(e, c), " has ",
			c->key ? say_string(e, c->key) : "a key of an unknown kind",
			c->signature ? " and is signed with " : "", say_string(e, c->signature),
			wanted ? "; this program demands " : "", wanted, (char *)NULL);
	d->r->presented =
	    c ? say(e, say_string(e, c->key), ", ", say_string(e, c->signature), (char *)NULL)
	      : NULL;
	help_line(
	    d, say(e, "have it issued again by its CA, with ",
		   levels[e->security_level > 3 ? (e->security_level > 4 ? 4 : 3) : 2].good,
		   c && c != own_leaf(e) ? ", and replace it in the client's certificate file" : "",
		   (char *)NULL));
	if (e->event == EVENT_LOAD_FAILED && !e->host)
		help_for_program(d);
	else
		help_weaken(
		    d,
		    say(e, "CipherString = DEFAULT:@SECLEVEL=", level_that_does(e), (char *)NULL),
		    "own certificate of that kind, to be replaced by ...");
	note_own_certificate(d);
}
