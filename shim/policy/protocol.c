/* SPDX-License-Identifier: ISC
 *
 * TLS protocol versions by the names that OpenSSL's configuration uses.
 */
#include <string.h>

#include "internal.h"

static const struct {
	char name[8];
	int number;
} protocols[] = {
    {"TLSv1", PROTOCOL_TLS1},
    {"TLSv1.1", PROTOCOL_TLS1_1},
    {"TLSv1.2", PROTOCOL_TLS1_2},
    {"TLSv1.3", PROTOCOL_TLS1_3},
};

int protocol_parse_slice(const char *s, size_t n)
{
	for (size_t i = 0; i < ARRAY_LENGTH(protocols); i++) {
		if (strlen(protocols[i].name) == n && name_equal(s, protocols[i].name, n))
			return protocols[i].number;
	}
	return 0;
}

int protocol_parse(const char *text)
{
	return !text ? 0 : protocol_parse_slice(text, strnlen(text, 16));
}

const char *protocol_name(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(protocols); i++) {
		if (protocols[i].number == number)
			return protocols[i].name;
	}
	return NULL;
}
