/* SPDX-License-Identifier: ISC
 *
 * The sources of the rules: configuration files and variables. One thread at a time.
 */
#ifndef TLSMEND_POLICY_SOURCES_H
#define TLSMEND_POLICY_SOURCES_H

#include <tlsmend/policy.h>

/* Makes the list of files. False: no memory. Does nothing where there is one. */
bool sources_find(void);
void sources_forget(void);
/* Reads all files. SOURCES_PARTLY: one could not be looked at, and goes on with what it said; SOURCES_SPOILT: ... and what it
 * said was not kept;
 * SOURCES_UNKNOWN: ... and nobody knows what it says. All but SOURCES_KNOWN are to be tried again soon. */
enum sources_outcome { SOURCES_KNOWN, SOURCES_PARTLY, SOURCES_SPOILT, SOURCES_UNKNOWN };
enum sources_outcome sources_read(void);
/* What was read, for the parser; the texts until the next of these calls. NULL: no memory. free(3) it. */
struct config_source *sources_list(size_t *count);
/* This version was dealt with; in_force: its rules count from now on. */
void sources_seen(bool in_force);
/* SOURCES_UNSURE: one could not be looked at; to be asked again soon. */
enum sources_change { SOURCES_SAME, SOURCES_CHANGED, SOURCES_UNSURE };
enum sources_change sources_changed(void);

#endif
