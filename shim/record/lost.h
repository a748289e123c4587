/* SPDX-License-Identifier: ISC
 *
 * How many records the log did not take since the last one that got through. What the parent of a fork(2) has lost is the
 * parent's to tell.
 */
#ifndef TLSMEND_RECORD_LOST_H
#define TLSMEND_RECORD_LOST_H

#include <tlsmend/base.h>

void lost_reset(void); /* for tests */
void lost_add(unsigned count);
unsigned lost_take(void);
bool lost_any(void);
/* "3 earlier records were lost, because ..." with " earlier" as `which`. */
void lost_say(struct buf *b, unsigned count, const char *which);

#endif
