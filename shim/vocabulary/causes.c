/* SPDX-License-Identifier: ISC
 *
 * The vocabulary of records: causes, events, levels.
 */
#include <tlsmend/vocabulary.h>

#include <string.h>

const struct cause_info cause_table[CAUSE_COUNT] = {
    [CAUSE_NONE] = {"none", FAMILY_NONE, ""},
#define CAUSE(id, word, family, title, text) [CAUSE_##id] = {word, family, title},
#include "causes.def"
#undef CAUSE
};

enum cause cause_by_word(const char *word)
{
	for (unsigned c = CAUSE_NONE + 1; word && c < CAUSE_COUNT; c++) {
		if (strcmp(cause_table[c].word, word) == 0)
			return (enum cause)c;
	}
	return CAUSE_NONE;
}

/* causes.md#anchor. Not the whole family: no CA mends a broken extension or a circle. */
bool cause_trust_may_act(enum cause c)
{
	switch (c) {
	case CAUSE_NO_TRUST_STORE:
	case CAUSE_ISSUER_REFUSED:
	case CAUSE_INTERMEDIATE_NOT_SENT:
	case CAUSE_INCOMPLETE_CHAIN:
	case CAUSE_WRONG_PATH:
	case CAUSE_ANCHOR_NOT_ROOT:
	case CAUSE_SELF_SIGNED:
	case CAUSE_ROOT_MISSING_HERE:
	case CAUSE_UNTRUSTED_ROOT:
	case CAUSE_ISSUER_UNKNOWN:
		return true;
	default:
		return false;
	}
}

const char *event_name(enum event e)
{
	static const char names[EVENT_COUNT][20] = {
	    [EVENT_VERIFY_FAILED] = "verify_failed",
	    [EVENT_VERIFY_IGNORED] = "verify_ignored",
	    [EVENT_HANDSHAKE_FAILED] = "handshake_failed",
	    [EVENT_LOAD_FAILED] = "load_failed",
	    [EVENT_MENDED] = "mended",
	    [EVENT_WEAKENED] = "weakened",
	    [EVENT_CONFIG_ERROR] = "config_error",
	    [EVENT_HANDSHAKE_OK] = "handshake_ok",
	    [EVENT_LEFT_OUT] = "left_out",
	    [EVENT_UNSEEN] = "unseen",
	};
	return (unsigned)e < EVENT_COUNT ? names[e] : "unknown";
}

const char *level_name(enum level l)
{
	static const char names[][8] = {
	    [LEVEL_ERROR] = "error",
	    [LEVEL_WARNING] = "warning",
	    [LEVEL_INFO] = "info",
	    [LEVEL_DEBUG] = "debug",
	};
	return (unsigned)l < ARRAY_LENGTH(names) ? names[l] : "unknown";
}
