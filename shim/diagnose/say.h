/* SPDX-License-Identifier: ISC
 *
 * Sentences in the arena of the evidence (private to the room "diagnose").
 *
 * Nothing here returns NULL: without memory a sentence is empty and the arena says `failed`. What comes from a peer or
 * from a certificate goes through say_text() or say_string(), which escape it and bound it; so whatever it contains,
 * a sentence is one line of printable UTF-8.
 */
#ifndef TLSMEND_DIAGNOSE_SAY_H
#define TLSMEND_DIAGNOSE_SAY_H

#include <tlsmend/seen.h>

const char *say(struct evidence *e, const char *first, ...) __attribute__((sentinel));
const char *say_int(struct evidence *e, int64_t v);
const char *say_date(struct evidence *e,
		     int64_t seconds); /* 2027-03-31; "a date that cannot be read" */
const char *say_text(struct evidence *e, struct text t);
const char *say_dn(struct evidence *e,
		   struct text t); /* a distinguished name: its escapes are not escaped again */
const char *say_string(struct evidence *e, const char *s);           /* NULL: "" */
const char *say_hex(struct evidence *e, const void *data, size_t n); /* 5A:1B:... */
/* How a certificate is called in a sentence: its common name in quotes, else its subject, else "a certificate
 * without a name". */
const char *say_subject(struct evidence *e, const struct cert_info *c);
/* " (sha256 5A:1B:...)", behind what it is called; "" where it is not known */
const char *say_fingerprint(struct evidence *e, const struct cert_info *c);
const char *say_issuer(struct evidence *e, const struct cert_info *c);
const char *say_version(struct evidence *e, int version); /* 0x0303: "TLS 1.2" */

#endif
