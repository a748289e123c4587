/* SPDX-License-Identifier: ISC
 *
 * Private to room "record" and its tests: which failures were written lately, and how often they came again. A fixed table; where it is
 * full, the one that was written longest ago is forgotten, one with a count last. */
#ifndef TLSMEND_RECORD_REPEAT_H
#define TLSMEND_RECORD_REPEAT_H

#include <tlsmend/record.h>

/* True: write it; r->repeated and r->repeated_seconds then say what was left out since it was last written.
 * False: counted, here or by limit.h. Safe in any thread; in a signal handler that interrupted it, writes without counting. */
bool repeat_note(struct record *r);
/* It could not be written after all: the next one is due at once, and nothing that was counted is lost. */
void repeat_undo(const struct record *r);

/* A failure that came again and is not told yet, once its minute is over; `end`: also before. The record is the last one of those that
 * were counted, with as much of it as was kept; it is good until repeat_told(), which is to follow. False: there is none. */
struct repeat_told {
	struct kept *kept;
	uint64_t key;
};
bool repeat_take(bool end, struct record *r, struct repeat_told *t);
void repeat_told(const struct record *r, const struct repeat_told *t, bool written);
/* When the next minute with something untold is over; 0: nothing is untold. Clock of repeat_now(). */
uint64_t repeat_due(void);
uint64_t repeat_now(void);

/* Random bytes of the process: no peer can craft what counts as the same as something else. */
uint64_t repeat_seed(void);

/* For tests: another clock (milliseconds) than clock_monotonic_ms(); NULL restores. Forgets everything. */
void repeat_reset(uint64_t (*clock)(void));

#endif
