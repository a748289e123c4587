/* SPDX-License-Identifier: ISC
 *
 * Any events in any order into the judge of an outcome: what must hold for every story (tests/unit/story_rules.h). The input is either the
 * text of stories, as in tests/stories, or eight bytes an event.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/story_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void tell(struct story_rules *rules, const struct happening *h)
{
	char line[STORY_LINE];
	if (story_rules_tell(rules, h) || story_line(line, h) >= STORY_LINE)
		abort();
}

static void read_text(const char *s, size_t n)
{
	struct story_rules rules = {.told = 0};
	struct happening h;
	while (n > 0) {
		const char *end = memchr(s, '\n', n);
		const size_t length = end ? (size_t)(end - s) : n;
		if (story_read(s, length, &h))
			tell(&rules, &h);
		s += length + (end != NULL);
		n -= length + (end != NULL);
	}
}

/* Counters only grow, as those of a transport do. */
static void read_bytes(const uint8_t *at, size_t n)
{
	enum { EVENT = 8 };
	static const uint8_t alerts[] = {0, 20, 40, 41, 42, 48, 49, 50, 51, 80, 112, 116};
	static const uint8_t messages[] = {1, 2, 4, 8, 11, 13, 14, 15, 20};
	struct story_rules rules = {.told = 0};
	struct happening h = {.what = HAPPENING_BEGINS, .ms = 1000};
	h.is[0] = n & 1;
	tell(&rules, &h);
	for (; n >= EVENT; at += EVENT, n -= EVENT) {
		h.what = (enum happening_kind)(at[0] % HAPPENING_COUNT);
		h.ms += (uint64_t)at[1] * at[1];
		h.out += at[2] & 0x3f;
		h.in += (uint64_t)(at[3] & 0x3f) << (at[2] >> 6) * 4;
		for (unsigned i = 0; i < 4; i++)
			h.is[i] = at[4 + i] & 0x80 ? (at[4 + i] & 1) : at[4 + i];
		if (h.what == HAPPENING_DONE)
			h.is[0] = 0x0303 + (at[4] & 1);
		if (h.what == HAPPENING_ALERT_SENT || h.what == HAPPENING_ALERT_RECEIVED)
			h.is[0] = alerts[at[4] % sizeof alerts];
		if (h.what == HAPPENING_SENT || h.what == HAPPENING_RECEIVED)
			h.is[0] = messages[at[4] % sizeof messages];
		if (h.what != HAPPENING_BEGINS)
			tell(&rules, &h);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 5 && memcmp(data, "story", 5) == 0)
		read_text((const char *)data, n);
	else
		read_bytes(data, n);
	return 0;
}
