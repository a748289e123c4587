/* SPDX-License-Identifier: ISC
 *
 * What is allowed (by the client, by openssl.cnf) leaves OpenSSL no group or no signature algorithm for its first message, so that none goes
 * out: neither the server nor the network has a part in it.
 */
#include "diagnosis.h"

static const struct missing {
	int reason; /* sslerr.h */
	char what[24], key[20], line[88];
} missing[] = {
    {295, "group", "Groups", "Groups = X25519:P-256:P-384"}, /* no suitable groups, 3.0 */
    {101, "group", "Groups", "Groups = X25519:P-256:P-384"}, /* no suitable key share */
    {118, "signature algorithm", "SignatureAlgorithms",
     "SignatureAlgorithms = ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256"},
};

static const struct missing *what_is_missing(const struct evidence *e)
{
	for (size_t i = 0; i < ARRAY_LENGTH(missing) && e->last_sent < 0; i++) {
		if (missing[i].reason == e->ssl_reason)
			return &missing[i];
	}
	return NULL;
}

bool offer_is_empty(const struct evidence *e)
{
	return what_is_missing(e);
}

bool explain_no_offer(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct missing *m = what_is_missing(e);
	if (!m)
		return false;
	d->r->message = say(e, "cannot connect to ", d->who, ": the client's settings leave no ",
			    m->what, " to offer", (char *)NULL);
	d->r->why =
	    say(e, "of the ", m->what, "s that are set, this OpenSSL can offer none with ",
		e->max_offered != 0 ? say_version(e, e->max_offered) : "the highest TLS version",
		" that this client allows and ", security_level(d),
		", so that it sent nothing; the setting is the client's own, or ", m->key,
		" in openssl.cnf", (char *)NULL);
	help_setting(d, "correct it there", ", or here, for this host only:", m->line,
		     (char *)NULL);
	return true;
}
