/* SPDX-License-Identifier: ISC
 *
 * What OpenSSL, .NET, Qt and libcurl call their errors, somewhere in a text.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>
#include "explain.h"

/* ---- words that are names -------------------------------------------------------------------------------------- */

/* "PartialChain", "CERT_HAS_EXPIRED": a word of everyday speech is neither. */
static bool is_a_name(const char *word)
{
	for (const char *s = word; *s; s++)
		if (*s == '_' || (s > word && ascii_is_letter(*s) && ascii_lower(*s) != *s &&
				  ascii_is_letter(s[-1]) && ascii_lower(s[-1]) == s[-1]))
			return true;
	return false;
}

/* The next word; false: there is none. Moves on. */
static bool next_word(const char **text, char *word, size_t size)
{
	const char *s = *text;
	while (*s && !ascii_is_letter(*s))
		s++;
	size_t n = 0;
	while (is_of_word(s[n]) || s[n] == '_')
		n++;
	snprintf(word, size, "%.*s", n < size ? (int)n : 0, s);
	*text = s + n;
	return n > 0;
}

/* The name of an error, by whomever. */
static bool explain_name(const char *word, const char *before)
{
	const int curl = curl_of_symbol(word), system = system_of_symbol(word);
	if (!is_a_name(word) || (!word_is_a_name(word) && curl < 0 && system < 0))
		return false;
	fputs(before, stdout);
	if (curl >= 0)
		explain_curl(curl);
	else if (system >= 0)
		explain_system(system);
	else
		explain_word(word);
	return true;
}

static bool explain_names(const char *text)
{
	enum { MOST = 4 };
	char seen[MOST][64], word[64];
	unsigned count = 0;
	while (count < MOST && next_word(&text, word, sizeof word)) {
		bool again = false;
		for (unsigned i = 0; i < count; i++)
			again = again || strcmp(seen[i], word) == 0;
		if (again || !explain_name(word, count ? "\n" : ""))
			continue;
		memcpy(seen[count++], word, sizeof word);
	}
	if (count)
		explain_told_apart();
	return count > 0;
}

/* ---- texts ---------------------------------------------------------------------------------------------------------- */

enum { VERIFY_CODES = 128, SSL_REASONS = 1200 };

static bool say_code(int code, const char *text)
{
	const enum verify_symbol s = verify_symbol(code, OpenSSL_version_num());
	printf("\"%s\": words of OpenSSL\n", text);
	explain_word(verify_symbol_name(s));
	explain_told_apart();
	return true;
}

/* The longest text counts: "self-signed certificate" is part of another. */
static bool explain_code_text(const char *text)
{
	/* what this OpenSSL has no words for */
	const char *none = X509_verify_cert_error_string(-1), *best = NULL;
	int found = 0;
	for (int code = 1; code < VERIFY_CODES; code++) {
		const enum verify_symbol s = verify_symbol(code, OpenSSL_version_num());
		const char *words = X509_verify_cert_error_string(code);
		if (s == VERIFY_UNKNOWN || s == VERIFY_OUT_OF_MEM || strcmp(words, none) == 0 ||
		    (best && strlen(words) <= strlen(best)) || !saying_matches(words, text))
			continue;
		best = words;
		found = code;
	}
	return best && say_code(found, best);
}

static bool explain_qt_text(const char *text)
{
	/* what it has no words of its own for */
	static const char none[] = "Unknown error";
	for (unsigned q = QT_UnspecifiedError + 1; q < QT_ERROR_COUNT; q++)
		if (strcmp(qt_error_words[q].text, none) != 0 &&
		    saying_matches(qt_error_words[q].text, text))
			return explain_word(qt_error_words[q].word);
	return false;
}

static bool explain_reason_text(const char *text)
{
	const char *best = NULL;
	int found = 0;
	for (int reason = 100; reason < SSL_REASONS; reason++) {
		const char *words = reason_is_told(reason)
					? ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason))
					: NULL;
		if (!words || (best && strlen(words) <= strlen(best)) ||
		    !saying_matches(words, text))
			continue;
		best = words;
		found = reason;
	}
	return best && explain_reason(found);
}

bool explain_within(const char *text)
{
	return explain_names(text) || explain_code_text(text) || explain_qt_text(text) ||
	       explain_alert_within(text) || explain_figures_within(text) ||
	       explain_reason_text(text);
}
