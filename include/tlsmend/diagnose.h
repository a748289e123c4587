/* SPDX-License-Identifier: ISC
 *
 * Room "diagnose": what it means. Evidence in, a record's cause, headline, why, help and notes out. Pure: no OpenSSL, no I/O.
 */
#ifndef TLSMEND_DIAGNOSE_H
#define TLSMEND_DIAGNOSE_H

#include <tlsmend/record.h>

/* Fills *r from e. All strings are in e->arena or static: r lives as long as e. Never fails: without
 * memory it gives the generic record of the event. */
void diagnose(struct evidence *e, struct record *r);
/* Could what came in first be a TLS record? True where nothing is known of it. */
bool evidence_begins_as_tls(const struct evidence *e);

#endif
