/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain WORD, where the word is no cause: an OpenSSL code or its number, or what .NET or Qt say.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>
#include "../screen.h"
#include "explain.h"

/* One version for each column of codes.def. */
static const struct generation {
	unsigned long version;
	const char *name;
} generations[] = {
    {0x10002000ul, "OpenSSL 1.0"},
    {0x10101000ul, "OpenSSL 1.1"},
    {0x30000000ul, "OpenSSL 3.0 and later"},
};

/* What the code itself says stands first, then what the certificates may show. */
static void list_causes_of(const bool symbols[VERIFY_SYMBOL_COUNT])
{
	bool several[CAUSE_COUNT] = {false}, first[CAUSE_COUNT] = {false};
	for (unsigned s = VERIFY_OK + 1; s < VERIFY_SYMBOL_COUNT; s++)
		for (unsigned c = 1; symbols[s] && c < CAUSE_COUNT; c++) {
			several[c] =
			    several[c] || symbol_may_be((enum verify_symbol)s, (enum cause)c);
			first[c] =
			    first[c] || verify_symbol_cause((enum verify_symbol)s) == (enum cause)c;
		}
	puts("\nCauses behind it; a record names the one that the certificates show:\n");
	for (unsigned c = 1; c < CAUSE_COUNT; c++)
		if (first[c])
			explain_line((enum cause)c, EXPLAIN_COLUMN);
	for (unsigned c = 1; c < CAUSE_COUNT; c++)
		if (several[c] && !first[c])
			explain_line((enum cause)c, EXPLAIN_COLUMN);
}

/* "X509_V_ERR_... (20)", or one line for each generation where the numbers differ. */
static void list_numbers(enum verify_symbol s)
{
	int numbers[ARRAY_LENGTH(generations)];
	for (size_t g = 0; g < ARRAY_LENGTH(generations); g++) {
		enum { CODES = 128 };
		numbers[g] = -1;
		for (int code = 1; code < CODES; code++)
			if (verify_symbol(code, generations[g].version) == s)
				numbers[g] = code;
	}
	if (numbers[0] == numbers[2] && numbers[1] == numbers[2]) {
		printf(" (%d)\n", numbers[2]);
		return;
	}
	bool first = true;
	for (size_t g = 0; g < ARRAY_LENGTH(generations); g++) {
		const bool later = g == 1 && numbers[1] == numbers[2];
		if (numbers[g] >= 0 && !(g == 2 && numbers[1] == numbers[2]))
			printf("%s%d in %s%s", first ? " (" : ", ", numbers[g], generations[g].name,
			       later ? " and later" : "");
		first = first && numbers[g] < 0;
	}
	puts(")");
}

static void list_symbols(const bool symbols[VERIFY_SYMBOL_COUNT])
{
	for (unsigned s = VERIFY_OK + 1; s < VERIFY_SYMBOL_COUNT; s++) {
		if (!symbols[s])
			continue;
		printf("  %s", verify_symbol_name((enum verify_symbol)s));
		list_numbers((enum verify_symbol)s);
	}
}

/* ---- words of .NET and Qt ------------------------------------------------------------------------------------ */

static const struct policy_word {
	const char *word, *text;
} policy_words[] = {
    {"RemoteCertificateChainErrors",
     "in .NET (SslPolicyErrors), something is wrong with the certificates themselves, not with the "
     "name. .NET says what with further words (X509ChainStatusFlags), such as PartialChain; "
     "'tlsmend explain PartialChain' and so on lists what is behind those.\n"},
    {"RemoteCertificateNotAvailable",
     "in .NET (SslPolicyErrors), the other side sent no certificate at all. For a server of TLS "
     "this does not happen; it is what a program that waits for clients says of a client without "
     "a certificate.\n"},
};

static bool is_name_symbol(unsigned s)
{
	return s == VERIFY_HOSTNAME_MISMATCH || s == VERIFY_IP_ADDRESS_MISMATCH;
}

static bool explain_symbols(const char *word, const char *whose, const char *meaning,
			    const bool symbols[VERIFY_SYMBOL_COUNT])
{
	printf("%s: %s's word%s%s%s for what OpenSSL calls\n", word, whose, meaning ? " (\"" : "",
	       meaning ? meaning : "", meaning ? "\")" : "");
	list_symbols(symbols);
	list_causes_of(symbols);
	return true;
}

static bool explain_dotnet(const char *word)
{
	bool symbols[VERIFY_SYMBOL_COUNT] = {false};
	for (size_t i = 0; i < ARRAY_LENGTH(policy_words); i++) {
		if (ascii_casecmp(word, policy_words[i].word) != 0)
			continue;
		printf("%s:\n", policy_words[i].word);
		say_wrapped(policy_words[i].text, 0, screen_width(EXPLAIN_WIDTH));
		return true;
	}
	if (ascii_casecmp(word, "RemoteCertificateNameMismatch") == 0) {
		symbols[VERIFY_HOSTNAME_MISMATCH] = symbols[VERIFY_IP_ADDRESS_MISMATCH] = true;
		return explain_symbols("RemoteCertificateNameMismatch", ".NET", NULL, symbols);
	}
	for (unsigned w = STATUS_None + 1; w < DOTNET_STATUS_COUNT; w++) {
		if (ascii_casecmp(word, dotnet_status_words[w]) != 0)
			continue;
		/* .NET adds the one to the other */
		unsigned meant = w == STATUS_OfflineRevocation ? STATUS_RevocationStatusUnknown : w;
		for (unsigned s = 0; s < VERIFY_SYMBOL_COUNT; s++)
			symbols[s] = dotnet_status_of((enum verify_symbol)s) == meant;
		return explain_symbols(dotnet_status_words[w], ".NET", NULL, symbols);
	}
	return false;
}

static bool explain_qt(const char *word)
{
	bool symbols[VERIFY_SYMBOL_COUNT] = {false};
	for (unsigned q = QT_UnspecifiedError + 1; q < QT_ERROR_COUNT; q++) {
		const struct qt_words *words = &qt_error_words[q];
		if (ascii_casecmp(word, words->word) != 0 && ascii_casecmp(word, words->text) != 0)
			continue;
		for (unsigned s = 0; s < VERIFY_SYMBOL_COUNT; s++)
			symbols[s] = q == QT_HostNameMismatch
					 ? is_name_symbol(s)
					 : qt_error_of((enum verify_symbol)s) == q;
		return explain_symbols(words->word, "Qt", words->text, symbols);
	}
	return false;
}

/* ---- codes ------------------------------------------------------------------------------------------------------ */

static void say_other_words(enum verify_symbol s)
{
	const enum dotnet_status status = dotnet_status_of(s);
	const enum qt_error error = qt_error_of(s);
	if (is_name_symbol(s)) {
		puts("in .NET: RemoteCertificateNameMismatch; in Qt: HostNameMismatch");
		return;
	}
	if (status != STATUS_None)
		printf("in .NET: %s%s", dotnet_status_words[status],
		       error != QT_UnspecifiedError ? "; " : "\n");
	if (error != QT_UnspecifiedError)
		printf("in Qt: %s\n", qt_error_words[error].word);
}

static bool explain_symbol(enum verify_symbol s)
{
	bool symbols[VERIFY_SYMBOL_COUNT] = {false};
	printf("%s", verify_symbol_name(s));
	list_numbers(s);
	say_other_words(s);
	symbols[s] = true;
	list_causes_of(symbols);
	return true;
}

static bool is_symbol(const char *word, enum verify_symbol s)
{
	const char *name = verify_symbol_name(s);
	return ascii_casecmp(word, name) == 0 ||
	       ascii_casecmp(word, name + strlen("X509_V_ERR_")) == 0;
}

static bool explain_name(const char *word)
{
	for (unsigned s = VERIFY_OK + 1; s < VERIFY_SYMBOL_COUNT; s++)
		if (is_symbol(word, (enum verify_symbol)s))
			return explain_symbol((enum verify_symbol)s);
	return false;
}

static bool explain_number(const char *word)
{
	enum verify_symbol before = VERIFY_UNKNOWN;
	bool found = false;
	if (!*word || strlen(word) > 3 || word[strspn(word, "0123456789")])
		return false;
	const int code = (int)strtol(word, NULL, 10);
	/* the newest first; an older meaning only where it is another one */
	for (size_t g = ARRAY_LENGTH(generations); code > 0 && g-- > 0;) {
		const enum verify_symbol s = verify_symbol(code, generations[g].version);
		if (s == VERIFY_UNKNOWN || s == before)
			continue;
		if (found)
			printf("\nIn %s, %d was:\n", generations[g].name, code);
		found = explain_symbol(s);
		before = s;
	}
	return found;
}

bool word_is_a_name(const char *word)
{
	bool known = ascii_casecmp(word, "RemoteCertificateNameMismatch") == 0;
	for (size_t i = 0; i < ARRAY_LENGTH(policy_words); i++)
		known = known || ascii_casecmp(word, policy_words[i].word) == 0;
	for (unsigned w = STATUS_None + 1; w < DOTNET_STATUS_COUNT; w++)
		known = known || ascii_casecmp(word, dotnet_status_words[w]) == 0;
	for (unsigned q = QT_UnspecifiedError + 1; q < QT_ERROR_COUNT; q++)
		known = known || ascii_casecmp(word, qt_error_words[q].word) == 0;
	for (unsigned s = VERIFY_OK + 1; s < VERIFY_SYMBOL_COUNT; s++)
		known = known || is_symbol(word, (enum verify_symbol)s);
	return known;
}

bool explain_word(const char *word)
{
	return explain_dotnet(word) || explain_qt(word) || explain_name(word) ||
	       explain_number(word);
}
