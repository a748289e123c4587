/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain NUMBER: people come with a number and seldom with what it is a number of.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <tlsmend/vocabulary.h>
#include "explain.h"

struct figure {
	int number;
	const char *causes;
};
#define SENT(number, causes)
#define OWN(number, causes)
#define REASON(number, causes)
#define CURL(number, symbols, name, causes)
#undef SENT
static const struct figure sent[] = {
#define SENT(number, causes) {number, causes},
#include "numbers.def"
};
#undef SENT
#define SENT(number, causes)
#undef OWN
static const struct figure own[] = {
#define OWN(number, causes) {number, causes},
#include "numbers.def"
};
#undef OWN
#define OWN(number, causes)
#undef REASON
static const struct figure reasons[] = {
#define REASON(number, causes) {number, causes},
#include "numbers.def"
};
#undef REASON
#define REASON(number, causes)
#undef CURL
static const struct figure curl_codes[] = {
#define CURL(number, symbols, name, causes) {number, causes},
#include "numbers.def"
};
#undef CURL
static const struct {
	int number;
	const char *symbols, *name;
} curl_names[] = {
#define CURL(number, symbols, name, causes) {number, symbols, name},
#include "numbers.def"
#undef CURL
};
static const char *find(const struct figure *list, size_t n, int number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].number == number)
			return list[i].causes;
	return NULL;
}
#define FIND(list, number) find(list, ARRAY_LENGTH(list), number)

/* ---- alerts ------------------------------------------------------------------------------------------------ */

const char *alert_causes(int number, bool from_server)
{
	return from_server ? FIND(sent, number) : FIND(own, number);
}

/* ---- reasons ------------------------------------------------------------------------------------------------- */

enum { ALERTS = 1000 };

bool reason_is_told(int reason)
{
	return FIND(reasons, reason) || (reason > ALERTS && alert_is_known(reason - ALERTS));
}

bool explain_reason(int reason)
{
	const char *name = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason));
	const char *causes = FIND(reasons, reason);
	if (!name && !causes)
		return false;
	printf("reason %d (0A%06X) of OpenSSL: \"%s\"\n", reason, (unsigned)reason,
	       name ? name : "not named by this OpenSSL");
	if (reason > ALERTS && alert_is_known(reason - ALERTS)) {
		puts("which is an alert that the other side sent:\n");
		explain_alert(reason - ALERTS);
	} else if (causes) {
		explain_causes("\nCauses behind it; a record names the one that it is:", causes);
	} else {
		puts("\nNo cause belongs to it alone. With the library the record names it:\n"
		     "  tlsmend run CLIENT ...");
	}
	return true;
}

/* 0A000086; before 3.0 14090086, with a function's number in between. */
static bool explain_packed(const char *text, size_t n)
{
	char digits[9] = "";
	if (n != 8 || strspn(text, "0123456789abcdefABCDEF") < n)
		return false;
	memcpy(digits, text, 8);
	const unsigned long code = strtoul(digits, NULL, 16);
	if (code >> 23 == ERR_LIB_SSL)
		return explain_reason((int)(code & 0x7fffff));
	/* its number until 1.1.0; what has it since is another one */
	enum { OLD_DH_KEY_TOO_SMALL = 372 };
	const int reason = (int)(code & 0xfff);
	return code >> 24 == ERR_LIB_SSL &&
	       explain_reason(reason == OLD_DH_KEY_TOO_SMALL ? SSL_R_DH_KEY_TOO_SMALL : reason);
}

/* ---- curl ------------------------------------------------------------------------------------------------------ */

bool explain_curl(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(curl_names); i++)
		if (curl_names[i].number == number) {
			printf("curl's exit code %d (CURLE_%.*s): %s\n", number,
			       (int)strcspn(curl_names[i].symbols, " "), curl_names[i].symbols,
			       curl_names[i].name);
			explain_causes("\nCauses behind it; a record names the one that it is:",
				       FIND(curl_codes, number));
			return true;
		}
	return false;
}

/* Is it one of these words? */
static bool among(const char *symbol, const char *words)
{
	while (*words) {
		const size_t n = strcspn(words, " ");
		if (strlen(symbol) == n && strncasecmp(symbol, words, n) == 0)
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

int curl_of_symbol(const char *symbol)
{
	static const char prefix[] = "CURLE_";
	for (size_t i = 0; i < ARRAY_LENGTH(curl_names); i++)
		if (strncasecmp(symbol, prefix, sizeof prefix - 1) == 0 &&
		    among(symbol + sizeof prefix - 1, curl_names[i].symbols))
			return curl_names[i].number;
	return -1;
}

/* ---- a number, and what it is a number of ---------------------------------------------------------------------- */

/* A small number behind `label` in text, blanks, "=" and brackets between them; -1: none. */
static int behind(const char *text, const char *label)
{
	for (const char *at = text; (at = strcasestr(at, label)); at++) {
		const char *s = at + strlen(label) + strspn(at + strlen(label), " :=(#");
		const size_t n = strspn(s, "0123456789");
		if (n > 0 && n < 5)
			return (int)strtol(s, NULL, 10);
	}
	return -1;
}

static bool bare_number(const char *text)
{
	char word[8];
	bool known[4];
	unsigned count = 0;
	if (!*text || strlen(text) > 4 || text[strspn(text, "0123456789")])
		return false;
	const int number = (int)strtol(text, NULL, 10);
	known[0] = number > 0 && number < 128 &&
		   (verify_symbol(number, 0x30000000ul) || verify_symbol(number, 0x10101000ul));
	known[1] = alert_is_known(number) && number > 0;
	known[2] = FIND(curl_codes, number) != NULL;
	known[3] = number > 99 && ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, number));
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		count += known[i];
	snprintf(word, sizeof word, "%d", number);
	const bool several = count > 1;
	if (several)
		printf(
		    "%s has %u meanings; 'tlsmend explain' takes the words in front of it too:\n\n",
		    word, count);
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
		static const char *const how[] = {"code", "alert", "curl", "reason"};
		if (!known[i])
			continue;
		if (several)
			printf("---- %s %s\n", how[i], word);
		if (i == 0)
			explain_word(word);
		else if (i == 1)
			explain_alert(number);
		else if (i == 2)
			explain_curl(number);
		else
			explain_reason(number);
		if (--count)
			putchar('\n');
	}
	return known[0] || known[1] || known[2] || known[3];
}

/* "error:0A000086:SSL routines::..." */
static bool packed_in(const char *text)
{
	const char *at = strstr(text, "error:");
	at = at ? at + 6 : text;
	return explain_packed(at, strcspn(at, ": \t\n"));
}

static bool labelled(const char *text)
{
	static const char *const of_verify[] = {"verify error:num", "verify return code",
						"verify error", "verification: error", NULL};
	static const char *const of_curl[] = {
	    "curl: ",         "curl error", "curlcode", "curl exit",
	    "curl exit code", "curl#",      "curl",     NULL};
	int number;
	if ((number = behind(text, "reason")) >= 0 && explain_reason(number))
		return true;
	for (const char *const *l = of_verify; *l; l++) {
		char word[16];
		number = behind(text, *l);
		snprintf(word, sizeof word, "%d", number);
		if (number > 0 && explain_word(word))
			return true;
	}
	for (const char *const *l = of_curl; *l; l++)
		if ((number = behind(text, *l)) >= 0 && explain_curl(number))
			return true;
	return false;
}

bool explain_figures(const char *text)
{
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (bare_number(text) || explain_alert_by_name(text))
		return true;
	if (strncasecmp(text, "code ", 5) == 0 && explain_word(text + 5))
		return true;
	return explain_packed(text, strlen(text));
}

bool explain_figures_within(const char *text)
{
	return packed_in(text) || explain_system_within(text) || labelled(text);
}
