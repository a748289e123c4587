/* SPDX-License-Identifier: ISC
 *
 * The two forms of a record (private to the room "record" and its tests).
 */
#ifndef TLSMEND_RECORD_FORMS_H
#define TLSMEND_RECORD_FORMS_H

#include <tlsmend/record.h>

/* Renders with a trailing newline. Everything out of a certificate or a peer is escaped; no line is longer
 * than a peer can make it (names are cut at 256 bytes, at most 16 names and 12 chain lines in text; JSON cuts a
 * name at 1024 bytes, at most 100 names, 32 certificates). */
void text_render(const struct record *r, bool colour, struct buf *out);
void json_render(const struct record *r, struct buf *out);

#endif
