/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain: what stands behind the numbers and the words that people hold.
 */
#ifndef TLSMEND_CLI_EXPLAIN_H
#define TLSMEND_CLI_EXPLAIN_H

#include <tlsmend/seen.h>

#include "../cli.h"

/* Families of causes that many words leave open. */
#define NO_ANCHOR                                                                                  \
	"issuer-unknown untrusted-root intermediate-not-sent self-signed root-missing-here "       \
	"no-trust-store"
#define UNTRUSTED NO_ANCHOR " expired name-mismatch"
#define FILES     "file-missing file-unreadable file-not-pem"
#define CUT_OFF   "closed-early network-error client-certificate-missing unknown-server-name"

/* A letter or a digit. */
static inline bool is_of_word(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

/* ---- numbers.c ----------------------------------------------------------------------------------- */
/* An alert, a reason of OpenSSL or a number that may be either, alone. A number that has several meanings is asked about, and all are
 * shown. False: no meaning is known. */
bool explain_figures(const char *text);
/* With what they are said to be, somewhere in a text. */
bool explain_figures_within(const char *text);
/* A reason of OpenSSL that causes are known for. */
bool reason_is_told(int reason);
bool explain_reason(int reason);
bool explain_curl(int number);
int curl_of_symbol(const char *symbol); /* "CURLE_..."; -1: none */
/* Causes by their words; NULL: none. */
const char *alert_causes(int number, bool from_server);

/* ---- alerts.c ------------------------------------------------------------------------------------ */
bool alert_is_known(int number);
void explain_alert(int number); /* a known one */
bool explain_alert_by_name(const char *text);
bool explain_alert_within(const char *text);

/* ---- systems.c ----------------------------------------------------------------------------------- */
int system_of_symbol(const char *symbol); /* an index; -1: none */
void explain_system(int i);
bool explain_system_within(const char *text);

/* ---- within.c ------------------------------------------------------------------------------------ */
/* What OpenSSL, .NET, Qt, curl, Windows and macOS call their errors, somewhere in a text. */
bool explain_within(const char *text);

/* ---- word.c -------------------------------------------------------------------------------------- */
/* Of .NET, Qt or OpenSSL, as explain_word() takes it. */
bool word_is_a_name(const char *word);

/* ---- sayings.c ----------------------------------------------------------------------------------- */
/* A record of ours. */
bool explain_record(const char *text);
/* Text of a client, as it is pasted. `vague`: what only says that something failed. False: nothing in it is known. */
bool explain_saying(const char *text, bool vague);
/* "  cause    what it is" */
void explain_line(enum cause c, int column);
enum { EXPLAIN_COLUMN = 28 };
/* A line each, of words with blanks between. Returns how many. */
unsigned explain_list(const char *head, const char *words);
/* ... and how they are told apart, where there are several. */
void explain_causes(const char *head, const char *words);
void explain_told_apart(void);
/* Case-insensitive; quotes are alike, and runs of blanks, hyphens and underscores; * in the pattern is any text. Anywhere in the text. */
bool saying_matches(const char *pattern, const char *text);

#endif
