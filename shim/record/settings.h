/* SPDX-License-Identifier: ISC
 *
 * Private to room "record" and its tests: what the environment says about the log. */
#ifndef TLSMEND_RECORD_SETTINGS_H
#define TLSMEND_RECORD_SETTINGS_H

#include <tlsmend/log.h>
#include <tlsmend/record.h>

struct log_settings {
	struct sink sink;
	bool json;
	bool colour; /* allowed, where the sink is a terminal */
	enum level level;
	const char *program;
};

/* Values that are not understood count as unset (environment.bad tells about them). */
void log_settings_from(const struct environment *e, struct log_settings *s);
/* record_submit() with settings. */
void record_submit_to(const struct log_settings *s, const struct record *r);
/* Tells what was only counted, where its minute is over; `end`: all of it. */
void record_catch_up_to(const struct log_settings *s, bool end);
/* For tests: complains about an unusable destination and counts of dropped records begin anew. */
void record_reset(void);

#endif
