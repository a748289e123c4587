/* SPDX-License-Identifier: ISC
 *
 * The words of .NET and Qt for OpenSSL's codes (private to the room "vocabulary"). Static strings.
 */
#ifndef TLSMEND_VOCABULARY_WORDING_H
#define TLSMEND_VOCABULARY_WORDING_H

#include "codes.h"

enum dotnet_status {
	STATUS_None, /* .NET has no word for it */
#define STATUS(word) STATUS_##word,
#include "wording.def"
	DOTNET_STATUS_COUNT
};
enum qt_error {
#define QT(word, text) QT_##word,
#include "wording.def"
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
