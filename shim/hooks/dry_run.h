/* SPDX-License-Identifier: ISC
 *
 * What a dry run would have done.
 */
#ifndef TLSMEND_HOOKS_DRY_RUN_H
#define TLSMEND_HOOKS_DRY_RUN_H

#include "hooks.h"

struct connection;
struct verification;

/* How a verification would have ended under the keys of a dry run. */
struct dry_look {
	bool tried, good, was_good;
	bool name_refused, got_further; /* see struct trust */
	int error;
	const struct setting *key;   /* that would have made the difference; NULL: none */
	const char *problem;         /* why the CA file cannot be used; NULL: it can */
	const struct setting *unmet; /* a demand that would have ended it; NULL: none */
	int demand_error;
	const char *demand_problem; /* static; NULL: demand_error tells */
};

/* The real verification is over: would another outcome have been reached? */
void dry_run_verified(struct verification *v, bool good);
/* A connection works: one record, where anything would have been different. */
void dry_run_done(struct connection *n, SSL *ssl);
/* ... and one that failed: notes for its record. */
void dry_run_notes(struct evidence *e, const struct connection *n);

#endif
