/* SPDX-License-Identifier: ISC
 *
 * Room "log": the only one that knows where records go. What it writes is rendered already, and goes out with one write.
 */
#ifndef TLSMEND_LOG_H
#define TLSMEND_LOG_H

#include <tlsmend/base.h>
#include <tlsmend/vocabulary.h>

/* Destinations (tlsmend(1)), parsed from TLSMEND_LOG. */
enum sink_kind { SINK_STDERR, SINK_SYSLOG, SINK_JOURNAL, SINK_FD, SINK_FILE, SINK_OFF };
struct sink {
	enum sink_kind kind;
	int fd;           /* SINK_FD */
	const char *path; /* SINK_FILE */
};
/* NULL or "" means stderr. False: not understood; *s is then stderr. */
bool sink_parse(const char *text, struct sink *s);
/* NULL or "" means the default: text, warning. False: not understood; what is set is then the default. */
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
