/* SPDX-License-Identifier: ISC
 *
 * What the files that lay a rule onto an SSL share (apply.c, apply_*.c, undo.c).
 */
#ifndef TLSMEND_POLICY_ONTO_SSL_H
#define TLSMEND_POLICY_ONTO_SSL_H

#include <tlsmend/apply.h>

/* ---- onto_ssl.c ---- */
#define LEVEL_WORD "@SECLEVEL="
/* As a copy gave them. */
uint64_t onto_ssl_options(const struct openssl *o, uint64_t options);
uint64_t apply_options(const struct openssl *o, SSL *ssl);
void apply_set_options(const struct openssl *o, SSL *ssl, uint64_t options);
void apply_clear_options(const struct openssl *o, SSL *ssl, uint64_t options);
/* For the log: this setting weakened the connection. */
void apply_weakened(struct applied *a, const struct setting *s);

/* ---- apply_tolerance.c: IgnoreUnexpectedEOF, MaxCertList ---- */
void apply_tolerance(const struct openssl *o, SSL *ssl, const struct rule *rule, struct applied *a);
/* Options: IgnoreUnexpectedEOF has no name in SSL_CONF_cmd(3) before 3.2. Adds the other ones to b; those are for OpenSSL. */
void tolerance_leave_out(const char *options, struct buf *b);
void tolerance_apply_option(const struct openssl *o, SSL *ssl, const char *options);

/* ---- apply_certificate.c: Certificate, PrivateKey, ReplaceCertificate ---- */
/* Takes hold of what is to be shown. False: it cannot be used now, and the section of it waits. */
bool apply_certificate_ready(struct copy *c, SSL *ssl, const struct rule *rule, struct applied *a);
/* True: the section that waited does so no more. */
bool apply_certificate_waited(struct copy *c, SSL *ssl, const struct rule *rule);

/* ---- repair.c ---- */
/* Does this client check form strictly, so that Strict = no weakens it? */
bool repair_strict_counts(const struct openssl *o, SSL *ssl);

/* ---- identity.c ---- */
/* Are the functions there, which not every generation has? */
bool identity_possible(const struct openssl *o);
/* NULL: the files cannot be used, or not be looked at now, which the log says. key NULL: it is in the file of the certificate.
 * Give back with identity_release(). */
struct identity *identity_acquire(struct copy *c, const struct setting *certificate,
				  const struct setting *key);
void identity_retain(struct identity *i);
void identity_release(struct identity *i);
/* Reads it, for whoever needs it later: what is wrong with it is told then. Not where there is no room for another one. */
void identity_stock(struct copy *c, const struct setting *certificate, const struct setting *key);
/* Does OpenSSL take it, for an SSL like this one at that security level? A refusal is said once. */
bool identity_fits(struct copy *c, struct identity *i, SSL *ssl, int level,
		   const struct setting *s);

/* ---- undo.c ---- */
/* Before anything of the rule is laid onto the SSL, and after all was. */
void undo_begin(const struct openssl *o, SSL *ssl, const struct rule *rule, struct kept *k);
void undo_settle(const struct openssl *o, SSL *ssl, struct kept *k);

#endif
