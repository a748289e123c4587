/* SPDX-License-Identifier: ISC
 *
 * The long texts of `tlsmend explain`.
 */
#include <tlsmend/vocabulary.h>

const char *cause_text(enum cause c)
{
	switch (c) {
#define CAUSE(id, word, family, title, text)                                                       \
	case CAUSE_##id:                                                                           \
		return text;
#include "causes.def"
#undef CAUSE
	default:
		return "";
	}
}
