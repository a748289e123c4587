/* SPDX-License-Identifier: ISC
 *
 * Private to room "log" and its tests: which failures were written lately. A fixed table, no
 * allocation; where it is full, the one that was written longest ago is forgotten. */
#ifndef TLSMEND_LOG_REPEAT_H
#define TLSMEND_LOG_REPEAT_H

#include <tlsmend/log.h>

/* True: write it; r->repeated and r->repeated_seconds then say what was left out since it was last written.
 * False: counted. Safe in any thread; in a signal handler that interrupted it, writes without counting. */
bool repeat_note(struct record *r);
/* It could not be written after all: the next one is due at once, and nothing that was counted is lost. */
void repeat_undo(const struct record *r);

/* Random bytes of the process: no peer can craft what counts as the same as something else. */
uint64_t repeat_seed(void);

/* For tests: another clock (milliseconds) than clock_monotonic_ms(); NULL restores. Forgets everything. */
void repeat_reset(uint64_t (*clock)(void));

#endif
