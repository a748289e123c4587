/* SPDX-License-Identifier: ISC
 *
 * What the trials of a rule's trust found, remembered for a minute (found.c).
 */
#ifndef TLSMEND_POLICY_FOUND_H
#define TLSMEND_POLICY_FOUND_H

#include "private.h"

enum found {
	FOUND_NOTHING,
	FOUND_OWN,           /* the client's own store does */
	FOUND_INTERMEDIATES, /* ... with the rule's intermediates */
	FOUND_ANCHORS        /* the rule's anchors do */
};
/* question.presented is 0 where no question can be put. */
void question_of(struct question *q, struct copy *c, X509_STORE_CTX *ctx,
		 const struct anchors *anchors, uint64_t presented, const char *host);
/* `now`: of clock_monotonic_ms(). *unmarked: a moment ago nothing of these names was in the client's store, so that nothing there can be marked as not to be trusted. */
enum found found_before(const struct question *q, uint64_t now, bool *unmarked);
void found_unmarked(const struct question *q);
/* FOUND_NOTHING: it did not hold. */
void found_now(const struct question *q, enum found what);
/* Did the extensions of all that was presented parse, when they were looked at last? Then no trial brings an error to light. */
bool parses(uint64_t presented);
void note_that_it_parses(uint64_t presented);

#endif
