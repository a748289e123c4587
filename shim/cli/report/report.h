/* SPDX-License-Identifier: ISC
 *
 * tlsmend report: JSON records in, a summary out.
 *
 *   input.c     files into lines, of any size in little memory
 *   record.c    a line into what it says; help.c: what its help proposes
 *   groups.c    equal records into groups with counts
 *   actor.c     who can act on what no rule mends
 *   uses.c      where rules are used; audit.c: all of it
 *   section.c   the rules that records propose, one section for each host; section_text.c: as they are printed
 *   text.c json.c   the two forms
 *
 * A log is no trustworthy input: programs write what servers sent beside our records, so that a line may be forged. All
 * of it is cut to a length, escaped on its way out, and a section is only printed where our own tables know that the
 * cause can be mended so.
 */
#ifndef TLSMEND_CLI_REPORT_H
#define TLSMEND_CLI_REPORT_H

#include <tlsmend/vocabulary.h>
#include <tlsmend/policy.h>

#include "../cli.h"

enum report_option { REPORT_FORMAT, REPORT_SINCE, REPORT_TOP, REPORT_AUDIT };
enum {
	REPORT_GROUPS_MOST = 100000,
	REPORT_NAMES_MOST = 24 * 1024 * 1024, /* bytes of strings that are kept */
	REPORT_LINE_MOST = 1024 * 1024,       /* bytes; a record has at most half of it */
	REPORT_PARSER_MOST = 16 * 1024 * 1024 /* bytes for one parsed line */
};

/* ---- groups ---------------------------------------------------------------------------------------- */
enum report_kind {
	REPORT_FAILURE, /* a connection: verify_failed, verify_ignored, handshake_failed */
	REPORT_FILE,    /* load_failed */
	REPORT_WEAKENED,
	REPORT_CONFIG, /* config_error */
	REPORT_MENDED,
	REPORT_DRY_RUN, /* mended or weakened that only would have been */
	REPORT_KINDS
};
/* What a record says. In a group the strings are interned: equal ones are one pointer. Never NULL. */
struct report_item {
	enum report_kind kind;
	enum event event;
	const char *cause;   /* as written; "" where there is none */
	const char *host;    /* else what stands for it: SNI, address, subject of the certificate */
	const char *program; /* or "" */
	const char *text;    /* rule, or message where the message is what tells records apart */
	unsigned port;       /* 0: unknown */
	/* The help: who can act, and a section that was proposed, "" without one. Lines are divided by newlines. */
	const char *before, *section, *keys, *after;
	bool
	    guessed; /* the section's name is the certificate's own, because the host is not known */
};
struct report_group {
	struct report_item item;
	uint64_t count;      /* with repetitions */
	int64_t first, last; /* ms since 1970 UTC; INT64_MIN: unknown */
};

/* Lines that are no record. */
enum report_skip {
	SKIP_OTHER,   /* other output, text records */
	SKIP_DAMAGED, /* begins as an object and is none */
	SKIP_FOREIGN, /* an object, but no record */
	SKIP_LONG,
	SKIP_KINDS
};
struct report_skipped {
	uint64_t count, line;
	char *file; /* of the first; NULL: none */
};

struct report {
	struct report_group *groups;
	size_t group_count, group_room;
	uint32_t *group_table; /* hash table of index + 1 */
	const char **names;    /* hash table of interned strings */
	size_t name_count, name_bytes;
	struct arena arena;

	uint64_t records;
	uint64_t failures;    /* REPORT_FAILURE and REPORT_FILE, with repetitions */
	uint64_t connections; /* handshake_ok */
	bool each_use;     /* the log was written at level info: each use of a rule has a record */
	int64_t since;     /* older records do not count; INT64_MIN: all do */
	size_t top;        /* rows of a table; 0: all */
	uint64_t older;    /* that did not count */
	uint64_t lost;     /* records that never reached the log, as later ones say */
	uint64_t left_out; /* records that were not written, because there were too many */
	uint64_t rest_records, rest_count; /* beyond what is kept apart */
	int64_t first, last;
	struct report_skipped skipped[SKIP_KINDS];
	bool interrupted;
};

void report_init(struct report *r);
void report_free(struct report *r);
/* One more record. The strings of `item` stay the caller's. time_ms INT64_MIN: unknown. */
void report_add(struct report *r, const struct report_item *item, int64_t time_ms, uint64_t count);
/* Largest count first; ends the use of report_add(). */
void report_sort(struct report *r);

/* ---- lines ------------------------------------------------------------------------------------------ */
/* Reads `path` ("-": standard input). False: not, or not to its end, and that was said. Ctrl-C ends the reading of all
 * files, and what came until then counts. */
bool report_read(struct report *r, const char *path);
void report_line(struct report *r, const char *file, uint64_t number, const char *s, size_t n);
void report_skip(struct report *r, enum report_skip kind, const char *file, uint64_t number);
/* Before the first line: bounds what the parser may take. */
void report_limit_parser(bool on);

/* ---- where rules are used ---------------------------------------------------------------------------- */
struct report_uses {
	uint64_t count; /* records: uses where the log has each of them */
	size_t rules, hosts, programs;
};
/* kind: REPORT_WEAKENED, REPORT_MENDED or REPORT_DRY_RUN. */
void report_uses_count(const struct report *r, enum report_kind kind, struct report_uses *u);

/* ---- the rules that would mend ---------------------------------------------------------------------- */
/* May a rule with this key be proposed for this cause? */
bool report_key_fits(enum cause cause, const char *key);

struct report_section {
	struct report_group *
	    *groups; /* those that propose something for this host, largest first */
	size_t count;
	unsigned port; /* 0: for every port */
	uint64_t failures;
};
struct report_sections {
	struct report_group **groups;
	struct report_section *list; /* largest first */
	size_t count;
	struct json_t *claims; /* which example file name stands for which CA */
};
/* Ports of a host that need different things have sections of their own: what weakens one must not fall on another. */
void report_sections_make(struct report *r, struct report_sections *s);
/* What stands in the brackets. */
void report_section_name(const struct report_section *at, struct buf *out);
void report_sections_free(struct report_sections *s);
/* The section with its comments, escaped, ready to paste. In the order of the list. False: the library would not take it;
 * its groups then count as without a section. */
bool report_section_render(struct report_sections *s, const struct report_section *at,
			   struct buf *out);

/* Failures that no rule mends, by cause and by who can act. After the sections were rendered. */
struct report_actor {
	const char *cause, *help;     /* as the records say it; "" where they say nothing */
	struct report_group **groups; /* largest first */
	size_t count;
	uint64_t failures;
};
struct report_actors {
	struct report_group **groups;
	struct report_actor *list;
	size_t count;
};
void report_actors_make(struct report *r, struct report_actors *a);
void report_actors_free(struct report_actors *a);
/* Who can act, in one line, escaped: the records' words, else those of `tlsmend explain`. */
void report_actor_help(const struct report_actor *a, struct buf *out);

/* ---- report/since.c, report/audit.c -------------------------------------------------------------------- */
/* "2026-11-21", "2026-11-21T21:09:56Z", "7d", "24h", "30m". False: none of these. */
bool report_since_parse(const char *text, int64_t now_ms, int64_t *ms);
/* Where added trust is used, by which rule, until when: the rules of the configuration and the log's uses of them. */
int report_audit(const struct report *r, const char *config);

/* ---- forms ------------------------------------------------------------------------------------------ */
void report_text(struct report *r);
void report_json(struct report *r);
/* "legacy.example.com:8443", "[::1]:443", or "-"; raw. */
void report_peer(const struct report_item *item, struct buf *out);
extern const char *const report_skip_names[SKIP_KINDS]; /* keys of the JSON form */

#endif
