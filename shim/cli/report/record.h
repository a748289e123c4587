/* SPDX-License-Identifier: ISC
 *
 * What is taken out of one record.
 */
#ifndef TLSMEND_CLI_REPORT_RECORD_H
#define TLSMEND_CLI_REPORT_RECORD_H

#include <jansson.h>

#include "report.h"

enum {
	NAME_BYTES = 255,
	PROGRAM_BYTES = 64,
	CAUSE_BYTES = 48,
	LINE_BYTES = 400,
	HELP_BYTES = 2000
};

/* ---- record.c: values, which live as long as the arena ------------------------------------------- */
/* A string of at most `most` bytes, cut between characters; a NUL inside, which only a certificate's name can have
 * brought, is shown as a question mark. */
const char *report_bounded(struct arena *a, const char *text, size_t n, size_t most);
/* "" where it is no string. */
const char *report_string(struct arena *a, const json_t *value, size_t most);
const char *report_member(struct arena *a, const json_t *o, const char *key, size_t most);

/* ---- help.c ---------------------------------------------------------------------------------------- */
void report_take_help(struct arena *a, struct report_item *item, const json_t *list);
/* Those of the certificates that the help calls by name. */
void report_take_fingerprints(struct arena *a, struct report_item *item, const json_t *chain);

#endif
