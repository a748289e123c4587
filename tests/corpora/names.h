/* SPDX-License-Identifier: ISC
 *
 * Whom a case of limbo's says that the certificate should be for.
 */
#ifndef TLSMEND_TEST_CORPORA_NAMES_H
#define TLSMEND_TEST_CORPORA_NAMES_H

#include <string.h>

#include <jansson.h>

/* At most one is set; the text is the test's. */
struct names {
	const char *host, *address, *email;
};

static inline void read_name(const json_t *name, struct names *n)
{
	const char *kind = json_string_value(json_object_get(name, "kind"));
	const char *value = json_string_value(json_object_get(name, "value"));

	if (!kind)
		return;
	if (strcmp(kind, "DNS") == 0)
		n->host = value;
	else if (strcmp(kind, "IP") == 0)
		n->address = value;
	else if (strcmp(kind, "RFC822") == 0)
		n->email = value;
}

/* Of several the first. */
static inline struct names names_of(const json_t *test)
{
	struct names n = {NULL};

	read_name(json_object_get(test, "expected_peer_name"), &n);
	read_name(json_array_get(json_object_get(test, "expected_peer_names"), 0), &n);
	return n;
}

#endif
