/* SPDX-License-Identifier: ISC
 *
 * Alerts by their numbers and names, alone or in what a client or a server printed.
 */
#include <stdlib.h>
#include <string.h>

#include "../screen.h"
#include "explain.h"

static const struct {
	int number;
	const char *name, *meaning;
} alerts[] = {
#define ALERT(number, name, meaning) {number, name, meaning},
#include "../../vocabulary/alerts.def"
#undef ALERT
};

static int alert_index(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(alerts); i++)
		if (alerts[i].number == number)
			return (int)i;
	return -1;
}

bool alert_is_known(int number)
{
	return alert_index(number) >= 0;
}

void explain_alert(int number)
{
	const int i = alert_index(number);
	const char *from_server = alert_causes(number, true);
	const char *from_client = alert_causes(number, false);
	unsigned count = 0;
	char head[24];
	snprintf(head, sizeof head, "alert %d, ", number);
	char *text =
	    join(head, alerts[i].name, ": with it, one side says that ", alerts[i].meaning, NULL);
	say_hanging(text, 0, screen_width(SCREEN_UNBOUNDED));
	free(text);
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

/* ---- names -------------------------------------------------------------------------------------------------- */

/* How much of the text is that name, in whichever of the ways it is written: "unknown_ca", "unknown ca", "Unknown CA", "UnknownCA". 0: it
 * is not. */
static size_t spelled(const char *name, const char *text)
{
	const char *s = text;
	for (; *name; name++) {
		if (*name == '_') {
			s += *s == '_' || *s == ' ' || *s == '-';
			continue;
		}
		if (ascii_lower(*s) != *name)
			return 0;
		s++;
	}
	return is_of_word(*s) ? 0 : (size_t)(s - text);
}

/* The longest name there; -1: none. */
static int named(const char *text, size_t *length)
{
	int number = -1;
	*length = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(alerts); i++) {
		const size_t n = spelled(alerts[i].name, text);
		if (n > *length) {
			*length = n;
			number = alerts[i].number;
		}
	}
	return number;
}

bool explain_alert_by_name(const char *text)
{
	size_t n;
	const int number = named(text, &n);
	if (number < 0 || text[n])
		return false;
	explain_alert(number);
	return true;
}

/* ---- within a text ------------------------------------------------------------------------------------------- */

/* What stands between the word "alert" and its name or number. */
static const char *skip_filling(const char *s)
{
	static const char *const words[] = {"read",     "write",    "fatal", "warning",
					    "received", "sent",     "level", "description",
					    "code is",  "number",   "code",  "from peer",
					    "client",   "internal", NULL};
	size_t i;
	do {
		s += strspn(s, " \t\r\n:;,=-('\"[{#_");
		for (i = 0; words[i]; i++) {
			const size_t n = strlen(words[i]);
			if (strncasecmp(s, words[i], n) == 0 && !is_of_word(s[n])) {
				s += n;
				break;
			}
		}
	} while (words[i]);
	return s;
}

/* curl -v has the level in the upper byte: "TLS alert, unknown CA (560)". */
static int number_at(const char *s)
{
	enum { LEVEL_FATAL = 512 };
	const size_t n = strspn(s, "0123456789");
	const int number = n > 0 && n < 4 ? (int)strtol(s, NULL, 10) : -1;
	return number > LEVEL_FATAL ? number - LEVEL_FATAL : number;
}

bool explain_alert_within(const char *text)
{
	static const char *const labels[] = {"alert number", "alert",
					     "remote error: tls:", "local error: tls:"};
	for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
		for (const char *at = text; (at = strcasestr(at, labels[i])); at++) {
			const char *s = skip_filling(at + strlen(labels[i]));
			size_t n;
			int number = named(s, &n);
			if (number < 0)
				number = number_at(s);
			if (number > 0 && alert_is_known(number)) {
				explain_alert(number);
				return true;
			}
		}
	}
	return false;
}
