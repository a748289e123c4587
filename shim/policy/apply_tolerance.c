/* SPDX-License-Identifier: ISC
 *
 * What is put up with from one server: an end without close_notify, more certificates than OpenSSL takes by default.
 */
#include <string.h>

#include "internal.h"
#include "onto_ssl.h"

/* SSL_OP_IGNORE_UNEXPECTED_EOF. Before 3.0 the bit means something else, and such an end is no error of libssl's. */
enum { SINCE = 0x30000000, IGNORE_UNEXPECTED_EOF = 0x80 };

/* ---- as one of Options ---------------------------------------------------------------------------------------------------- */

/* The next of a list that was checked when it was read. False: there is none. */
static bool next(const char **at, const char **item, size_t *n)
{
	*item = *at + strspn(*at, ", \t");
	*n = strcspn(*item, ", \t");
	*at = *item + *n;
	return *n > 0;
}

static bool is_end_option(const char *item, size_t n)
{
	static const char name[] = "IgnoreUnexpectedEOF";
	const size_t sign = *item == '+' || *item == '-';
	return n - sign == sizeof name - 1 && name_equal(item + sign, name, n - sign);
}

void tolerance_leave_out(const char *options, struct buf *b)
{
	const char *item;
	size_t n;
	while (next(&options, &item, &n)) {
		if (is_end_option(item, n))
			continue;
		buf_puts(b, b->len ? "," : "");
		buf_add(b, item, n);
	}
}

void tolerance_apply_option(const struct openssl *o, SSL *ssl, const char *options)
{
	const char *item;
	size_t n;
	while (o->version >= SINCE && next(&options, &item, &n)) {
		if (!is_end_option(item, n))
			continue;
		if (*item == '-')
			apply_clear_options(o, ssl, IGNORE_UNEXPECTED_EOF);
		else
			apply_set_options(o, ssl, IGNORE_UNEXPECTED_EOF);
	}
}

/* ---- keys of their own ------------------------------------------------------------------------------------------------------ */

static void ignore_end(const struct openssl *o, SSL *ssl, const struct setting *s,
		       struct applied *a)
{
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
