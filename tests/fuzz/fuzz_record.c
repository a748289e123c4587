/* SPDX-License-Identifier: ISC
 *
 * Hostile certificates through the system's libcrypto into both forms of a record (tests/unit/explain_bytes.h says what must
 * hold). Seeds: make_record_seeds.py.
 */
#include <jansson.h>

#include "../unit/explain_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void parse(const char *s, size_t n)
{
	json_error_t error;
	/* A NUL in a name is a NUL in the string, and that is allowed here. */
	json_t *object = json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

	REQUIRE(object && json_is_object(object));
	REQUIRE(json_is_string(json_object_get(object, "time")) &&
		json_is_string(json_object_get(object, "message")));
	json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 200000)
		return 0;
	bytes_explain(data, n, "legacy.example.com", parse, NULL);
	bytes_explain(data, n, NULL, parse, NULL);
	return 0;
}
