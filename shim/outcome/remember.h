/* SPDX-License-Identifier: ISC
 *
 * What the judge keeps of a connection (private to this room).
 */
#ifndef TLSMEND_OUTCOME_REMEMBER_H
#define TLSMEND_OUTCOME_REMEMBER_H

#include <tlsmend/outcome.h>

void story_remember(struct story *s, const struct happening *h);

#endif
