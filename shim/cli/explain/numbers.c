/* SPDX-License-Identifier: ISC
 *
 * tlsmend explain NUMBER: people come with a number and seldom with what it is a number of.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "../../vocabulary/codes.h"
#include "explain.h"

struct figure {
	int number;
	const char *causes;
};
#define SENT(number, causes)
#define OWN(number, causes)
#define REASON(number, causes)
#define CURL(number, name, causes)
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
#define CURL(number, name, causes) {number, causes},
#include "numbers.def"
};
#undef CURL
static const struct {
	int number;
	const char *name;
} curl_names[] = {
#define CURL(number, name, causes) {number, name},
#include "numbers.def"
#undef CURL
};
static const struct {
	int number;
	const char *name, *meaning;
} alerts[] = {
#define ALERT(number, name, meaning) {number, name, meaning},
#include "../../vocabulary/alerts.def"
#undef ALERT
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

static int alert_index(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(alerts); i++)
		if (alerts[i].number == number)
			return (int)i;
	return -1;
}

void explain_alert(int number)
{
	const int i = alert_index(number);
	const char *from_server = FIND(sent, number), *from_client = FIND(own, number);

	if (i < 0) {
		printf("alert %d: not known\n", number);
		return;
	}
	printf("alert %d, %s: with it, one side says that %s\n", number, alerts[i].name,
	       alerts[i].meaning);
	unsigned count = 0;

	if (from_server)
		count += explain_list(
		    "\nWhere the server sent it (\"alert received\", \"tlsv1 alert ...\"):",
		    from_server);
	if (from_client)
		count += explain_list("\nWhere this client sent it (the server's log has it):",
				      from_client);
	if (count > 1)
		explain_told_apart();
}

/* "unknown_ca", "unknown ca". */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (ascii_lower(*a) != *b && !(*b == '_' && (*a == ' ' || *a == '-')))
			return false;
	return !*a && !*b;
}

static bool alert_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(alerts); i++)
		if (same_name(name, alerts[i].name)) {
			explain_alert(alerts[i].number);
			return true;
		}
	return false;
}

/* ---- reasons ------------------------------------------------------------------------------------------------- */

static bool explain_reason(int reason)
{
	const char *name = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason));
	const char *causes = FIND(reasons, reason);
	enum { ALERTS = 1000 };

	if (!name && !causes)
		return false;
	printf("reason %d (0A%06X) of OpenSSL: \"%s\"\n", reason, (unsigned)reason,
	       name ? name : "not named by this OpenSSL");
	if (reason > ALERTS && alert_index(reason - ALERTS) >= 0) {
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
	return code >> 24 == ERR_LIB_SSL && explain_reason((int)(code & 0xfff));
}

/* ---- curl ------------------------------------------------------------------------------------------------------ */

static bool explain_curl(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(curl_names); i++)
		if (curl_names[i].number == number) {
			printf("curl's exit code %d: %s\n", number, curl_names[i].name);
			explain_causes("\nCauses behind it; a record names the one that it is:",
				       FIND(curl_codes, number));
			return true;
		}
	return false;
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
	known[1] = alert_index(number) >= 0 && number > 0;
	known[2] = FIND(curl_codes, number) != NULL;
	known[3] = number > 99 && ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, number));
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		count += known[i];
	snprintf(word, sizeof word, "%d", number);
	if (count > 1)
		printf(
		    "%s has %u meanings; 'tlsmend explain' takes the words in front of it too:\n\n",
		    word, count);
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
		static const char *const how[] = {"code", "alert", "curl", "reason"};

		if (!known[i])
			continue;
		if (count > 1)
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
	int number;

	if ((number = behind(text, "alert number")) >= 0 || (number = behind(text, "alert")) >= 0) {
		explain_alert(number);
		return alert_index(number) >= 0;
	}
	if ((number = behind(text, "reason")) >= 0 && explain_reason(number))
		return true;
	if ((number = behind(text, "verify error:num")) >= 0 ||
	    (number = behind(text, "verify return code")) >= 0) {
		char word[16];

		snprintf(word, sizeof word, "%d", number);
		return explain_word(word);
	}
	return (number = behind(text, "curl: ")) >= 0 ||
		       (number = behind(text, "curl exit code")) >= 0 ||
		       (number = behind(text, "curl exit")) >= 0 ||
		       (number = behind(text, "curl")) >= 0
		   ? explain_curl(number)
		   : false;
}

bool explain_figures(const char *text)
{
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (bare_number(text) || alert_by_name(text))
		return true;
	if (strncasecmp(text, "alert ", 6) == 0 && alert_by_name(text + 6))
		return true;
	if (strncasecmp(text, "code ", 5) == 0 && explain_word(text + 5))
		return true;
	return explain_packed(text, strlen(text));
}

bool explain_figures_within(const char *text)
{
	return labelled(text) || packed_in(text);
}
