/* SPDX-License-Identifier: ISC
 *
 * What Windows and macOS call their errors, by symbol and number.
 */
#include <string.h>

#include "explain.h"

static const struct {
	const char *whose, *number, *symbol;
	int alert; /* that it stands for; 0: none */
	const char *causes;
} systems[] = {
#define SYSTEM_CAUSES(whose, number, symbol, causes) {whose, number, symbol, 0, causes},
#define SYSTEM_ALERT(whose, number, symbol, alert)   {whose, number, symbol, alert, NULL},
#include "systems.def"
#undef SYSTEM_ALERT
#undef SYSTEM_CAUSES
};

void explain_system(int i)
{
	printf("%s: %s of %s\n", systems[i].number, systems[i].symbol, systems[i].whose);
	if (systems[i].alert)
		explain_alert(systems[i].alert);
	else
		explain_causes("\nCauses behind it; a record names the one that it is:",
			       systems[i].causes);
}

/* "0x80090325", "-9807": with no digit or letter on either side. */
static bool stands_in(const char *text, const char *number)
{
	for (const char *at = text; (at = strcasestr(at, number)); at++)
		if ((at == text || !is_of_word(at[-1])) && !is_of_word(at[strlen(number)]))
			return true;
	return false;
}

int system_of_symbol(const char *symbol)
{
	for (size_t i = 0; i < ARRAY_LENGTH(systems); i++)
		if (ascii_casecmp(symbol, systems[i].symbol) == 0)
			return (int)i;
	return -1;
}

bool explain_system_within(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(systems); i++)
		if (stands_in(text, systems[i].number)) {
			explain_system((int)i);
			return true;
		}
	return false;
}
