/* SPDX-License-Identifier: ISC
 *
 * What a look may cost (private to the room "evidence" and its tests; hooks ask by <tlsmend/evidence.h>).
 */
#ifndef TLSMEND_EVIDENCE_BUDGET_H
#define TLSMEND_EVIDENCE_BUDGET_H

#include <tlsmend/evidence.h>

/* One signature that is checked with this key, a SubjectPublicKeyInfo in DER. Pure. */
unsigned budget_signature(const uint8_t *spki, size_t n);
/* How many parts of the subject are compared with constraints on names, beside those of subjectAltName. */
unsigned budget_subject_names(const struct openssl *o, X509 *x);

#endif
