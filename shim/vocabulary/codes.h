/* SPDX-License-Identifier: ISC
 *
 * Verification codes, independent of the version of OpenSSL that they came from (private to the room "vocabulary").
 */
#ifndef TLSMEND_VOCABULARY_CODES_H
#define TLSMEND_VOCABULARY_CODES_H

#include <tlsmend/explain.h>

enum verify_symbol {
	VERIFY_UNKNOWN, /* a code that the table has not, for that version */
	VERIFY_OK,
#define CODE(symbol, old, middle, now, cause) VERIFY_##symbol,
#include "codes.def"
#undef CODE
	VERIFY_SYMBOL_COUNT
};

/* `version` is OPENSSL_VERSION_NUMBER of the copy that gave the code; 0 (not known) counts as 3.0. */
enum verify_symbol verify_symbol(int code, unsigned long version);
/* The cause that the code alone suggests; CAUSE_INTERNAL for an unknown one. */
enum cause verify_symbol_cause(enum verify_symbol s);
const char *verify_symbol_name(enum verify_symbol s); /* "X509_V_ERR_..."; NULL: unknown */
/* What the sender of an alert says with it; NULL: unknown. */
const char *alert_meaning(int description);

#endif
