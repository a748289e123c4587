/* SPDX-License-Identifier: ISC
 *
 * OpenSSL's codes to the words of .NET and Qt.
 */
#include <tlsmend/vocabulary.h>

const char dotnet_status_words[DOTNET_STATUS_COUNT][36] = {
    [STATUS_None] = "",
#define STATUS(word) [STATUS_##word] = #word,
#include "wording.def"
};

const struct qt_words qt_error_words[QT_ERROR_COUNT] = {
#define QT(word, text) [QT_##word] = {#word, text},
#include "wording.def"
};

struct wording {
	uint8_t status, qt;
};
static const struct wording table[VERIFY_SYMBOL_COUNT] = {
#define WORDING(symbol, status, qt) [VERIFY_##symbol] = {STATUS_##status, QT_##qt},
#include "wording.def"
};

enum dotnet_status dotnet_status_of(enum verify_symbol s)
{
	return (enum dotnet_status)table[s].status;
}

enum qt_error qt_error_of(enum verify_symbol s)
{
	return (enum qt_error)table[s].qt;
}

bool symbol_may_be(enum verify_symbol s, enum cause c)
{
	static const struct {
		enum cause by_code, finer;
	} finer[] = {
#define FINER(by_code, cause) {CAUSE_##by_code, CAUSE_##cause},
#include "wording.def"
	};
	const enum cause by_code = verify_symbol_cause(s);
	if (by_code == c)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(finer); i++) {
		if (finer[i].by_code == by_code && finer[i].finer == c)
			return true;
	}
	return false;
}
