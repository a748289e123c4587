/* SPDX-License-Identifier: ISC
 *
 * A terminal: how wide, and whether in colour. What is no terminal gets plain text of one width.
 */
#ifndef TLSMEND_CLI_SCREEN_H
#define TLSMEND_CLI_SCREEN_H

#include <stdbool.h>

enum screen_mark { MARK_GOOD, MARK_BAD, MARK_UNKNOWN };
/* 72 to 120 columns on a terminal, else `otherwise`. */
unsigned screen_width(unsigned otherwise);
enum { SCREEN_UNBOUNDED = 1 << 20 }; /* one line, where it is no terminal */
/* Around text on standard output; "" where there is no colour. */
const char *screen_colour(enum screen_mark m);
const char *screen_plain(void);

#endif
