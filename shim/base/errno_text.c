/* SPDX-License-Identifier: ISC
 *
 * strerror(3) looks into the host's locale and allocates; these are its English words. */
#include <tlsmend/base.h>

static const struct {
	int number;
	char text[44];
} texts[] = {
#define ERROR(number, text) {number, text},
#include "errors.def"
#undef ERROR
};

const char *errno_text(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (texts[i].number == number)
			return texts[i].text;
	return "unknown error";
}
