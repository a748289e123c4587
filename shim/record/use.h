/* SPDX-License-Identifier: ISC
 *
 * Private to room "record" and its tests: which uses of rules were said today. */
#ifndef TLSMEND_RECORD_USE_H
#define TLSMEND_RECORD_USE_H

#include <tlsmend/record.h>

/* True: this use was not said yet today, and counts as said from now on. Safe in any thread and in a signal handler. */
bool use_first(uint64_t use);
bool use_was_said(uint64_t use); /* today */
/* It could not be written after all. */
void use_forget(uint64_t use);

/* For tests: another clock (milliseconds) than clock_realtime_ms(); NULL restores. Forgets everything. */
void use_reset(int64_t (*clock)(void));

#endif
