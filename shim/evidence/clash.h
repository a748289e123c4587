/* SPDX-License-Identifier: ISC
 *
 * Names against the limits of CAs (private to the room "evidence").
 */
#ifndef TLSMEND_EVIDENCE_CLASH_H
#define TLSMEND_EVIDENCE_CLASH_H

#include "certificate.h"

/* e->clash, after e->chain and the errors; `chain` are the same certificates. */
void evidence_clash(struct evidence *e, const struct openssl *o, X509 *const *chain, size_t n);
/* (details.c) One limit: "DNS:corp.example", "IP:10.0.0.0/255.0.0.0". */
struct text evidence_subtree(struct evidence *e, const struct openssl *o, const GENERAL_NAME *base);

#endif
