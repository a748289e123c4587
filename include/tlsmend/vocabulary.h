/* SPDX-License-Identifier: ISC
 *
 * Room "vocabulary": the words of records, and the numbers of OpenSSL, TLS and the frameworks that they are about. Static strings.
 */
#ifndef TLSMEND_VOCABULARY_H
#define TLSMEND_VOCABULARY_H

#include <tlsmend/base.h>

enum level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };
enum event {
	EVENT_VERIFY_FAILED,
	EVENT_VERIFY_IGNORED,
	EVENT_HANDSHAKE_FAILED,
	EVENT_LOAD_FAILED,
	EVENT_MENDED,
	EVENT_WEAKENED,
	EVENT_CONFIG_ERROR,
	EVENT_HANDSHAKE_OK,
	EVENT_LEFT_OUT, /* records that were not written, because there were too many */
	EVENT_UNSEEN,   /* a library with a TLS of its own, which cannot be seen into */
	EVENT_COUNT
};
const char *event_name(enum event e); /* "verify_failed" */
const char *level_name(enum level l); /* "error" */

/* CAUSE(ID, "stable-word", family, "headline with %h for the host", "long text for `tlsmend explain`") */
enum cause {
	CAUSE_NONE, /* the record has no cause (mended, handshake_ok ...) */
#define CAUSE(id, word, family, title, text) CAUSE_##id,
#include "../../shim/vocabulary/causes.def"
#undef CAUSE
	CAUSE_COUNT
};
enum cause_family {
	FAMILY_NONE,
	FAMILY_ANCHOR,
	FAMILY_VERIFY,
	FAMILY_HANDSHAKE,
	FAMILY_FILE,
	FAMILY_UNCHECKED
};
struct cause_info {
	char word[36];
	enum cause_family family;
	char title[104]; /* what it is, in one line, for the list of `tlsmend explain` */
};
extern const struct cause_info cause_table[CAUSE_COUNT];
/* What it means, why waving it through is dangerous, who can mend it, how. The library has no use for it. */
const char *cause_text(enum cause c);
enum cause cause_by_word(const char *word); /* CAUSE_NONE: unknown */
/* Would a further CA help? True only for causes of family FAMILY_ANCHOR that causes.md#anchor marks so. */
bool cause_trust_may_act(enum cause c);

/* ---- codes, whichever version of OpenSSL they came from ---------------------------------------------- */
enum verify_symbol {
	VERIFY_UNKNOWN, /* a code that the table has not, for that version */
	VERIFY_OK,
#define CODE(symbol, old, middle, now, cause) VERIFY_##symbol,
#include "../../shim/vocabulary/codes.def"
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
/* Symbol of a verification code for this library version ("X509_V_ERR_..."; codes move between versions,
 * design.md#codes). NULL: unknown. */
const char *verify_code_name(int code, unsigned long version);
const char *alert_name(int description);      /* "certificate_unknown"; NULL: unknown */
const char *handshake_message_name(int type); /* "ServerHello"; NULL: unknown */

/* ---- the words of .NET and Qt for them --------------------------------------------------------------- */
enum dotnet_status {
	STATUS_None, /* .NET has no word for it */
#define STATUS(word) STATUS_##word,
#include "../../shim/vocabulary/wording.def"
	DOTNET_STATUS_COUNT
};
enum qt_error {
#define QT(word, text) QT_##word,
#include "../../shim/vocabulary/wording.def"
	QT_ERROR_COUNT
};
struct qt_words {
	char word[36], text[88];
};
extern const char dotnet_status_words[DOTNET_STATUS_COUNT][36];
extern const struct qt_words qt_error_words[QT_ERROR_COUNT];

enum dotnet_status dotnet_status_of(enum verify_symbol s);
enum qt_error qt_error_of(enum verify_symbol s);
/* Can a failure that OpenSSL reports with this symbol turn out to have that cause? */
bool symbol_may_be(enum verify_symbol s, enum cause c);

#endif
