/* SPDX-License-Identifier: ISC
 *
 * Numbers to names: verification codes by generation, alerts, handshake messages.
 */
#include <tlsmend/vocabulary.h>

struct code_line {
	int16_t number[3]; /* 1.0.x, 1.1.x, 3.0 and later */
	enum cause cause;
	char name[56];
};

static const struct code_line code_table[VERIFY_SYMBOL_COUNT] = {
    [VERIFY_UNKNOWN] = {{-1, -1, -1}, CAUSE_INTERNAL, ""},
    [VERIFY_OK] = {{0, 0, 0}, CAUSE_NONE, "X509_V_OK"},
#define CODE(symbol, old, middle, now, cause_id)                                                   \
	[VERIFY_##symbol] = {{old, middle, now}, CAUSE_##cause_id, "X509_V_ERR_" #symbol},
#include "codes.def"
#undef CODE
};

static unsigned generation(unsigned long version)
{
	if (version == 0 || version >= 0x30000000ul)
		return 2;
	return version >= 0x10100000ul ? 1 : 0;
}

enum verify_symbol verify_symbol(int code, unsigned long version)
{
	const unsigned g = generation(version);
	if (code < 0)
		return VERIFY_UNKNOWN;
	for (unsigned s = VERIFY_OK; s < VERIFY_SYMBOL_COUNT; s++) {
		if (code_table[s].number[g] == code)
			return (enum verify_symbol)s;
	}
	return VERIFY_UNKNOWN;
}

enum cause verify_symbol_cause(enum verify_symbol s)
{
	return (unsigned)s < VERIFY_SYMBOL_COUNT ? code_table[s].cause : CAUSE_INTERNAL;
}

const char *verify_symbol_name(enum verify_symbol s)
{
	return s != VERIFY_UNKNOWN && (unsigned)s < VERIFY_SYMBOL_COUNT ? code_table[s].name : NULL;
}

const char *verify_code_name(int code, unsigned long version)
{
	return verify_symbol_name(verify_symbol(code, version));
}

struct number_name {
	int number;
	char name[40];
	char meaning[64];
};

static const struct number_name alert_table[] = {
#define ALERT(number, name, meaning) {number, name, meaning},
#include "alerts.def"
#undef ALERT
};

static const struct number_name message_table[] = {
#define MESSAGE(number, name) {number, name, ""},
#include "messages.def"
#undef MESSAGE
};

static const struct number_name *find(const struct number_name *table, size_t n, int number)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].number == number)
			return &table[i];
	}
	return NULL;
}

const char *alert_name(int description)
{
	const struct number_name *found = find(alert_table, ARRAY_LENGTH(alert_table), description);
	return found ? found->name : NULL;
}

const char *alert_meaning(int description)
{
	const struct number_name *found = find(alert_table, ARRAY_LENGTH(alert_table), description);
	return found ? found->meaning : NULL;
}

const char *handshake_message_name(int type)
{
	const struct number_name *found = find(message_table, ARRAY_LENGTH(message_table), type);
	return found ? found->name : NULL;
}
