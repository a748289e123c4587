/* SPDX-License-Identifier: ISC
 *
 * Private to room "log" and its tests: the kinds of destination behind sink_write(). Every function
 * that writes returns 0 or an error number, never blocks on a pipe or socket and raises no signal. */
#ifndef TLSMEND_LOG_DESTINATION_H
#define TLSMEND_LOG_DESTINATION_H

#include <tlsmend/log.h>

#include <sys/stat.h>
#include <sys/uio.h>

/* ---- remembered.c: what stands behind a number --------------------------------------------------------- */
/* DESCRIPTOR_STDOUT is looked at only. */
enum which_descriptor { DESCRIPTOR_STDERR, DESCRIPTOR_CHOSEN, DESCRIPTOR_STDOUT, DESCRIPTOR_COUNT };
/* Takes what stands behind fd now for the one that was meant; fd -1: none. */
void descriptor_remember(enum which_descriptor which, int fd);
/* The same file as descriptor_remember() saw. */
bool descriptor_is_as_it_was(enum which_descriptor which, int fd);
/* ... and opened in the same way. *flags: access and O_APPEND; -1: not known. */
bool descriptor_is_still(enum which_descriptor which, int fd, const struct stat *st, int *flags);
bool descriptor_is_terminal(int fd);
bool descriptor_is_null(const struct stat *st);

/* ---- descriptor.c: stderr, fd:N and files --------------------------------------------------------- */
/* EBADF where the descriptor is no longer what it was, EOPNOTSUPP where it is a file that was not opened for appending (see
 * descriptor.c). A record begins on a line of its own, also here and in file_write(). */
int descriptor_write(enum which_descriptor which, int fd, const char *data, size_t n);
/* Opens, writes once, closes. EINVAL: no regular file, FIFO, terminal or /dev/null. */
int file_write(const char *path, const char *data, size_t n);

/* ---- standard.c: another standard error than at the start ------------------------------------------- */
/* Does the host itself write its text there? */
bool standard_takes_text(int fd, const struct stat *st);

/* ---- signals.c: a write that raises no signal ------------------------------------------------------- */
struct held_signals {
	uint64_t mask, pending;
	bool held;
};
void signals_hold(struct held_signals *s);
/* write_error: what the write returned, because only a signal that it caused is swallowed. */
void signals_release(const struct held_signals *s, int write_error);

/* ---- socket.c: syslog and journal ----------------------------------------------------------------- */
#define SYSLOG_SOCKET  "/dev/log"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
/* Facility daemon, in the form of glibc's syslog(3), time in UTC (as musl: local time would need the
 * host's time zone state; the usual daemons stamp on reception anyway). One datagram a record: a line
 * break and the indentation after it become " | ". Longer than 32 KiB is cut and ends in "...". */
int syslog_write(const char *path, const char *data, size_t n, int priority, const char *program);
/* https://systemd.io/JOURNAL_NATIVE_PROTOCOL/; cut at 200 KiB, since the kernel takes no larger datagram
 * by default. */
int journal_write(const char *path, const char *data, size_t n, int priority, const char *program);
/* For tests: other sockets than the two above; NULL restores. */
void sink_use_sockets(const char *syslog_path, const char *journal_path);

#endif
