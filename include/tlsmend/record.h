/* SPDX-License-Identifier: ISC
 *
 * Room "record": how it is said. A record comes in complete; it is filtered by level, counted where it repeats, rendered
 * and handed to the log.
 */
#ifndef TLSMEND_RECORD_H
#define TLSMEND_RECORD_H

#include <tlsmend/seen.h>

struct chain_line {
	const struct cert_info *cert;
	const char
	    *mark;      /* "not trusted", "expired 2024-01-01", "issuer not found"; NULL: nothing */
	bool gap_after; /* a certificate is missing between this one and the next */
};
struct record {
	enum level level;
	enum event event;
	enum cause cause;
	int64_t time_ms;
	const char *message; /* headline: "cannot trust legacy.example.com:8443" */
	const char *why;     /* one or two sentences, expected against presented */
	const char *host, *address, *sni, *rule, *library, *protocol, *cipher;
	unsigned port;
	int code;         /* -1: none */
	const char *name; /* X509_V_ERR_... or SSL reason */
	int depth;        /* -1: none */
	int enforced;     /* -1 unknown, 0, 1 */
	const char *expected, *presented;
	const char *const *help;
	size_t help_count; /* the last help lines may be configuration, indented by 4 */
	const char *const *notes;
	size_t notes_count;
	const char *const *waived;
	size_t waived_count;
	const char *alert; /* "sent:48", "received:116" */
	const struct chain_line *chain;
	size_t chain_count;
	const char *store;  /* "142 anchors from /etc/ssl/certs/ca-certificates.crt" */
	const char *ending; /* rest of the code line: "TLS 1.3; not resumed" */
	uint64_t look; /* tells this failure from others before it is looked at; 0: not known */
	unsigned repeated, repeated_seconds; /* filled by the log room */
	uint64_t use;                        /* of a rule, see record_use(); 0: something else */
};

/* So begins the message of a record about what a rule would have done (DryRun). */
#define RECORD_DRY_RUN "dry run: "
/* So begin notes about a next step with the command, which it says itself. */
#define RECORD_ONE_STEP                                                                            \
	"in one step, which shows the certificate, asks for its fingerprint and tries the rule: "
#define RECORD_TO_SEE "to see whether the server was mended: "

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
 * the event, the host (NULL: none), and `what`, a hash of where the key stands and of its value. Some four thousand uses a day
 * are remembered; beyond that some are said more than once. */
uint64_t record_use(enum event event, uint64_t what, const char *host);
/* Never 0. NULL is as good as "". */
uint64_t record_use_of(const char *const *parts, size_t count);
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

#endif
