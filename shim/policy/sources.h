/* SPDX-License-Identifier: ISC
 *
 * The sources of the rules: configuration files and variables. One thread at a time.
 */
#ifndef TLSMEND_POLICY_SOURCES_H
#define TLSMEND_POLICY_SOURCES_H

#include <tlsmend/policy.h>

enum { FILES_MAX = 8, SOURCES_MAX = FILES_MAX + 2 };

/* Makes the list of files. False: no memory. Does nothing where there is one. */
bool sources_find(void);
void sources_forget(void);
/* Reads all files. SOURCES_PARTLY: one could not be looked at, and goes on with what it said; SOURCES_SPOILT: ... the only one;
 * SOURCES_UNKNOWN: ... and nobody knows what it says. All but SOURCES_KNOWN are to be tried again soon. */
enum sources_outcome { SOURCES_KNOWN, SOURCES_PARTLY, SOURCES_SPOILT, SOURCES_UNKNOWN };
enum sources_outcome sources_read(void);
/* What was read, for the parser; until the next of these calls. */
unsigned sources_list(struct config_source list[SOURCES_MAX]);
/* This version was dealt with; in_force: its rules count from now on. */
void sources_seen(bool in_force);
/* SOURCES_UNSURE: one could not be looked at; to be asked again soon. */
enum sources_change { SOURCES_SAME, SOURCES_CHANGED, SOURCES_UNSURE };
enum sources_change sources_changed(void);

#endif
