/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain: what stands behind the numbers and the words that people hold.
 */
#ifndef TLSMEND_CLI_EXPLAIN_H
#define TLSMEND_CLI_EXPLAIN_H

#include <tlsmend/explain.h>

#include "../cli.h"

/* ---- numbers.c ----------------------------------------------------------------------------------- */
/* An alert, a reason of OpenSSL or curl's exit code, with what it is said to be or as a bare number. A number that has several meanings
 * is asked about, and all are shown. False: no meaning is known. */
bool explain_figures(const char *text);
/* The same somewhere in a text. */
bool explain_figures_within(const char *text);
void explain_alert(int number);

/* ---- sayings.c ----------------------------------------------------------------------------------- */
/* Text of a client, as it is pasted. False: nothing in it is known. */
bool explain_saying(const char *text);
/* "  cause    what it is", a line each, of words with blanks between. Returns how many. */
unsigned explain_list(const char *head, const char *words);
/* ... and how they are told apart, where there are several. */
void explain_causes(const char *head, const char *words);
void explain_told_apart(void);
/* Case-insensitive, blanks and quotes made alike; * in the pattern is any text. Anywhere in the text. */
bool saying_matches(const char *pattern, const char *text);

#endif
