/* SPDX-License-Identifier: ISC
 *
 * What is put up with from one server: an end without close_notify, more certificates than OpenSSL takes by default.
 */
#include "onto_ssl.h"

/* SSL_OP_IGNORE_UNEXPECTED_EOF. Before 3.0 the bit means something else, and such an end is no error of libssl's. */
static void ignore_end(const struct openssl *o, SSL *ssl, const struct setting *s,
		       struct applied *a)
{
	enum { SINCE = 0x30000000, IGNORE_UNEXPECTED_EOF = 0x80 };
	if (!s || !s->number || s->any_host || o->version < SINCE ||
	    apply_options(o, ssl) & IGNORE_UNEXPECTED_EOF)
		return;
	apply_set_options(o, ssl, IGNORE_UNEXPECTED_EOF);
	apply_weakened(a, s);
}

static void take_more(const struct openssl *o, SSL *ssl, const struct setting *s)
{
	if (s && o->SSL_ctrl(ssl, SSL_CTRL_GET_MAX_CERT_LIST_, 0, NULL) < s->number)
		o->SSL_ctrl(ssl, SSL_CTRL_SET_MAX_CERT_LIST_, s->number, NULL);
}

void apply_tolerance(const struct openssl *o, SSL *ssl, const struct rule *rule, struct applied *a)
{
	ignore_end(o, ssl, rule->set[KEY_IGNORE_UNEXPECTED_EOF], a);
	take_more(o, ssl, rule->set[KEY_MAX_CERT_LIST]);
}
