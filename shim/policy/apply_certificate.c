/* SPDX-License-Identifier: ISC
 *
 * Certificate, PrivateKey, ReplaceCertificate: what this connection has to show where the server asks. The files of one section belong
 * together; where they cannot be used, the whole section waits until they can.
 */
#include <tlsmend/record.h>

#include "internal.h"
#include "onto_ssl.h"

/* Another key of the section that the certificate stands in. A less specific section's key would be another one's. */
static const struct setting *beside(const struct setting *certificate, const struct setting *s)
{
	return s && s->section == certificate->section ? s : NULL;
}

/* Of the certificates on the SSL, once this CipherString is. */
static int level_to_be(const struct openssl *o, SSL *ssl, const struct setting *ciphers)
{
	int asked = ciphers ? apply_level_asked(ciphers->value) : -1;
	if (asked >= 0 || !later(o)->SSL_get_security_level)
		return asked;
	return later(o)->SSL_get_security_level(ssl);
}

/* NULL: it cannot be used now; a line in the log says why. */
static struct identity *usable(struct copy *c, SSL *ssl, const struct setting *certificate,
			       const struct setting *key, const struct setting *ciphers)
{
	struct identity *i = identity_acquire(c, certificate, beside(certificate, key));
	int level = level_to_be(copy_api(c), ssl, ciphers);
	if (i && !identity_fits(c, i, ssl, level, certificate)) {
		identity_release(i);
		i = NULL;
	}
	return i;
}

static void refuse(const struct openssl *o, const struct setting *s)
{
	struct buf b;
	buf_init(&b, 512);
	buf_strs(&b, key_table[s->key].name, " cannot be set for one connection with ",
		 o->version_text, ", which has no functions for it; the section is left out", NULL);
	record_config_error(s->section->source, s->line, buf_str(&b));
	buf_free(&b);
	section_reject(s);
}

bool apply_certificate_ready(struct copy *c, SSL *ssl, const struct rule *rule, struct applied *a)
{
	const struct openssl *o = copy_api(c);
	const struct setting *s = rule->set[KEY_CERTIFICATE];
	if (!s || a->kept.identity)
		return true;
	const struct setting *replace = beside(s, rule->set[KEY_REPLACE_CERTIFICATE]);
	a->kept.replaces = replace && replace->number;
	if (!a->kept.replaces && later(o)->SSL_get_certificate &&
	    later(o)->SSL_get_certificate(ssl))
		return true;
	if (!identity_possible(o)) {
		refuse(o, s);
		return false;
	}
	a->kept.identity =
	    usable(c, ssl, s, rule->set[KEY_PRIVATE_KEY], rule->set[KEY_CIPHER_STRING]);
	if (!a->kept.identity)
		section_wait(s, true);
	return a->kept.identity != NULL;
}

bool apply_certificate_waited(struct copy *c, SSL *ssl, const struct rule *rule)
{
	const struct setting *s = rule->waiting[0];
	if (!s)
		return false;
	const struct setting *ciphers =
	    rule->waiting[2] ? rule->waiting[2] : rule->set[KEY_CIPHER_STRING];
	struct identity *i = usable(c, ssl, s, rule->waiting[1], ciphers);
	if (i)
		section_wait(s, false);
	identity_release(i);
	return i != NULL;
}
