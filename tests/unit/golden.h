/* SPDX-License-Identifier: ISC
 *
 * Records as an administrator sees them, compared byte for byte with tests/unit/golden/NAME.txt and NAME.json. TLSMEND_TEST_UPDATE=1
 * writes them anew; read the difference aloud before it is committed. Run from the top of the tree.
 */
#ifndef TLSMEND_TEST_GOLDEN_H
#define TLSMEND_TEST_GOLDEN_H

#include "explain_helper.h"

/* Diagnoses and compares; frees e. */
void golden(const char *name, struct evidence *e);

/* legacy.example.com, an issuing CA and a root, all sound: the chain of e. The three live until the next call. */
struct cert_info *three_certificates(struct evidence *e);

#endif
