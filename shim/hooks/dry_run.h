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
/* (dry_text.c) ... and one that failed: notes for its record. */
void dry_run_notes(struct evidence *e, const struct connection *n);
/* (dry_text.c) Does this key act within a verification, so that it can be tried there? */
bool dry_is_tried(enum key key);
/* A line for each key that would have done something, and the first such key. version 0: the connection failed. */
struct dry_line *dry_lines(struct arena *a, const struct connection *n, int version, size_t *count,
			   const struct setting **first);
/* The line of a key that would have made a good chain bad. */
void dry_line_of(struct arena *a, struct dry_line *line, const struct dry_look *look,
		 const struct setting *s, const char *host, struct copy *c);

#endif
