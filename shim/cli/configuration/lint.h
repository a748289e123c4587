/* SPDX-License-Identifier: ISC
 *
 * What the files of `tlsmend lint` share.
 */
#ifndef TLSMEND_CLI_LINT_H
#define TLSMEND_CLI_LINT_H

#include <tlsmend/policy.h>

#include "../cli.h"

struct lint {
	size_t errors, warnings;
	const struct setting *certificate; /* whose section may still name its key */
};
/* For policy_parse(), with a struct lint: counts and prints it. */
void lint_message(void *arg, const struct config_message *m);
/* first and second are escaped here. */
void lint_report(struct lint *l, enum severity severity, const char *source, unsigned line,
		 const char *first, const char *second);
/* Where a folder above the file lets everybody put another one in its place: a sentence that says so and what to write, to be freed. NULL: none does. */
char *lint_place(const char *path);
/* For policy_each(), with a struct lint: the files that a setting names. */
void lint_files(void *arg, const struct setting *s);

/* For every setting in turn: client certificates and their keys; at the end once more what is left. */
void lint_own(struct lint *l, const struct setting *s);
void lint_own_settle(struct lint *l, const struct setting *key);

#endif
