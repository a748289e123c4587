/* SPDX-License-Identifier: ISC
 *
 * Rooms "record" and "log": the only ones that know where records go. A record comes in complete; it is filtered by
 * level, counted where it repeats, rendered (record/text.c, record/json.c) and written with one write.
 */
#ifndef TLSMEND_LOG_H
#define TLSMEND_LOG_H

#include <tlsmend/base.h>
#include <tlsmend/explain.h>

/* Submits one record. Safe in any thread, in a child after fork(2), with any descriptor closed, with
 * SIGPIPE at its default, from within a hook of an allocation-starved host. Never blocks on a full pipe or
 * socket (the record is dropped, and the next one that gets through says how many were), never
 * raises a signal, keeps errno. The record stays the caller's.
 *
 * The same failure (event, cause, host, port, code, leaf, message) within REPEAT_WINDOW_S of the last
 * time it was written is counted only; the next one after that carries `repeated 37 times in 60 s`. Where none comes after that,
 * a short record tells: with whatever happens next in the process, or at its end (exit(3)). More than a hundred records of level
 * warning and above in REPEAT_WINDOW_S are left out; a record of event `left_out` says how many, at the same times. */
void record_submit(const struct record *r);
enum { REPEAT_WINDOW_S = 60 };
/* Tells what is due by now; costs nothing where nothing is. */
void record_catch_up(void);

/* Would a record of this level be written at all? Lets callers skip work. */
bool record_wanted(enum level level);

/* A use of a rule: `mended`, `weakened`, or a key that no longer counts. A record with `use` set keeps its level for the first such use
 * on a day (UTC) in this process; those after it are of level info, each with a record of its own. What makes two uses the same:
 * the event and all `parts` (NULL: none); for rules the host, where the key stands, and its value. Some four thousand uses a day
 * are remembered; beyond that some are said more than once. */
uint64_t record_use(enum event event, const char *const *parts, size_t count);
/* Would it be written, were it of this level the first time? */
bool record_use_wanted(uint64_t use, enum level level);

/* A look at a failure costs milliseconds, and the same failure again is only counted: r->look, made of what is known before any look (0:
 * nothing is), goes with the record. record_repeats(): such a record was written, and will not be for some seconds. record_repeated()
 * counts one more in its place. */
bool record_repeats(uint64_t look);
void record_repeated(uint64_t look);

/* One config_error record (level error): "source:line: text". */
void record_config_error(const char *source, unsigned line, const char *text);

/* One config_error record for each variable that was not understood (environment.bad). Once per process,
 * whoever calls first; for the hooks, at the first handshake. */
void record_environment_problems(void);

/* ---- destinations (tlsmend(1)), parsed from TLSMEND_LOG ------------------------------------------- */
enum sink_kind { SINK_STDERR, SINK_SYSLOG, SINK_JOURNAL, SINK_FD, SINK_FILE, SINK_OFF };
struct sink {
	enum sink_kind kind;
	int fd;           /* SINK_FD */
	const char *path; /* SINK_FILE */
};
/* NULL or "" means stderr. False: not understood; *s is then stderr. */
bool sink_parse(const char *text, struct sink *s);
bool log_format_parse(const char *text, bool *json);
bool log_level_parse(const char *text, enum level *level);
/* Called once from the library's constructor: remembers which open file stands behind fd 2 or fd:N, so that
 * a descriptor that the host closed and reused for something else is never written to. No allocation. */
void sink_remember_descriptors(void);
/* Writes one rendered record: one write(2), send(2) or sendmsg(2). Returns 0 or an error number (EAGAIN:
 * would have blocked; EBADF: descriptor is no longer what it was). `priority` as in syslog(3), 0 to 7. For
 * SINK_JOURNAL and SINK_SYSLOG `data` is the message, without framing. */
int sink_write(const struct sink *s, const char *data, size_t n, int priority, const char *program);
/* True where the destination is a terminal (for colour). */
bool sink_is_terminal(const struct sink *s);

#endif
