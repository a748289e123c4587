/* SPDX-License-Identifier: ISC
 *
 * Private to room "record" and its tests: how many records a process writes in a minute. */
#ifndef TLSMEND_RECORD_LIMIT_H
#define TLSMEND_RECORD_LIMIT_H

#include <tlsmend/record.h>

enum { LIMIT_RECORDS = 100 };

/* False: left out, and counted. Safe in any thread; in a signal handler that interrupted it, true. */
bool limit_admit(const struct record *r, uint64_t now);
/* So many more that nobody will tell of otherwise. */
void limit_leave_out(enum level level, enum cause cause, unsigned count, uint64_t now);

/* What was left out within one minute, as a record; its texts live in `a`. `end`: also before the minute is over. False: nothing. */
bool limit_take(bool end, uint64_t now, struct record *r, struct arena *a);
/* It could not be written. */
void limit_give_back(const struct record *r, uint64_t now);
/* When that minute is over; 0: nothing was left out. */
uint64_t limit_due(void);
void limit_reset(void);

#endif
