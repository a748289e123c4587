/* SPDX-License-Identifier: ISC
 *
 * What the files that lay a rule onto an SSL share (apply.c, apply_*.c, undo.c).
 */
#ifndef TLSMEND_POLICY_ONTO_SSL_H
#define TLSMEND_POLICY_ONTO_SSL_H

#include <tlsmend/apply.h>

/* ---- apply.c ---- */
uint64_t apply_options(const struct openssl *o, SSL *ssl);
void apply_set_options(const struct openssl *o, SSL *ssl, uint64_t options);
void apply_clear_options(const struct openssl *o, SSL *ssl, uint64_t options);
/* For the log: this setting weakened the connection. */
void apply_weakened(struct applied *a, const struct setting *s);

/* ---- apply_tolerance.c: IgnoreUnexpectedEOF, MaxCertList ---- */
void apply_tolerance(const struct openssl *o, SSL *ssl, const struct rule *rule, struct applied *a);

/* ---- undo.c ---- */
/* Before anything of the rule is laid onto the SSL, and after all was. */
void undo_begin(const struct openssl *o, SSL *ssl, const struct rule *rule, struct kept *k);
void undo_settle(const struct openssl *o, SSL *ssl, struct kept *k);

#endif
