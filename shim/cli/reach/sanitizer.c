/* SPDX-License-Identifier: ISC
 *
 * AddressSanitizer as gcc links it: its runtime looks whether it is the first of all libraries, and ends the program where it is not, whatever
 * came before it.
 */
#include "sanitizer.h"

#include <stdlib.h>
#include <string.h>

#include "elf.h"

#define OPTION "verify_asan_link_order="

bool is_sanitizer(const char *library)
{
	const char *base = path_base(library);
	return strncmp(base, "libasan.so", 10) == 0 ||
	       strncmp(base, "libclang_rt.asan", sizeof "libclang_rt.asan" - 1) == 0;
}

size_t sanitizer_in_front(const char *preload)
{
	const size_t blanks = strspn(preload, " :"), n = strcspn(preload + blanks, " :");
	char *first = checked(strndup(preload + blanks, n));
	const bool is = is_sanitizer(first);
	free(first);
	return is ? blanks + n : 0;
}

/* The last word counts, and these three are its no. */
static bool says_no(const char *options)
{
	static const char *const no[] = {"0", "no", "false"};
	const char *value = NULL;
	for (const char *at = options; (at = strstr(at, OPTION)) != NULL;)
		value = at += sizeof OPTION - 1;
	const size_t n = value ? strcspn(value, " ,:\n\t\r") : 0;
	for (size_t i = 0; i < ARRAY_LENGTH(no); i++)
		if (n == strlen(no[i]) && strncmp(value, no[i], n) == 0)
			return true;
	return false;
}

bool sanitizer_minds(const char *program)
{
	const char *options = getenv("ASAN_OPTIONS"), *preload = getenv("LD_PRELOAD");
	if (preload && sanitizer_in_front(preload))
		return false;
	if (options && strstr(options, OPTION))
		return !says_no(options);
	/* __asan_default_options(3) of its own */
	return !file_contains(program, OPTION "0");
}
