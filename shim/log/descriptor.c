/* SPDX-License-Identifier: ISC
 *
 * Writing to a descriptor that belongs to the host.
 *
 * Daemons close all descriptors and reuse the numbers: 2 may be a database by now. So what stood behind
 * the number at load is remembered, and later written to only if it is still that, or something that
 * the host itself writes its text to (standard.c).
 *
 * O_NONBLOCK is never set: it belongs to the open file description that the host, its children and the
 * shell share. */
#include "destination.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

/* Those of enum which_descriptor, and files. */
enum destination { DESTINATION_FILE = DESCRIPTOR_COUNT, DESTINATIONS };
enum {
	TERMINAL_PATIENCE_MS =
	    200 /* for a slow serial line; a stopped terminal is noticed before */
};

/* The last record went out in part: the next one begins on a line of its own. */
static atomic_bool torn[DESTINATIONS];

static bool is_network(int fd)
{
	int domain = 0;
	socklen_t size = sizeof domain;
	return sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, (long)(intptr_t)&domain,
			(long)(intptr_t)&size, 0) ||
	       domain != AF_UNIX;
}

/* 0, or an error number. */
static int may_write(enum which_descriptor which, int fd, const struct stat *st)
{
	int flags;
	if (!descriptor_is_still(which, fd, st, &flags))
		return which == DESCRIPTOR_STDERR && standard_takes_text(fd, st) ? 0 : EBADF;
	/* Under inetd standard error is the connection: the peer must not get our text. */
	if (S_ISSOCK(st->st_mode) && which == DESCRIPTOR_STDERR)
		return is_network(fd) ? EBADF : 0;
	/* What else than a log is opened at its start, and written to from there, may be anybody's data by now. */
	if (S_ISREG(st->st_mode))
		return which == DESCRIPTOR_STDERR || (flags > 0 && flags & O_APPEND) ? 0
										     : EOPNOTSUPP;
	/* eventfd, epoll and the like share one inode, of no type. */
	return S_ISCHR(st->st_mode) || S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode) ? 0 : EBADF;
}

/* ---- one write ------------------------------------------------------------------------------------ */
struct output {
	struct iovec part[2]; /* a line break where the last record was torn; the record */
	size_t total;
};

static struct output output_of(const char *data, size_t n, bool new_line)
{
	union {
		const char *from;
		char *to; /* iovec has no const form */
	} text = {data}, line_break = {"\n"};
	const size_t extra = new_line;
	return (struct output){{{line_break.to, extra}, {text.to, n}}, n + extra};
}

/* Result of a write, as an error number. */
static int outcome(const struct output *o, long written, atomic_bool *is_torn)
{
	if (written >= 0 && (size_t)written == o->total)
		return 0;
	if (written > 0 || o->part[0].iov_len)
		atomic_store(is_torn, true);
	return written < 0 ? (int)-written : EAGAIN;
}

static long write_parts(int fd, const struct output *o)
{
	return sys_call(SYS_writev, fd, (long)(intptr_t)o->part, 2, 0, 0, 0);
}

static bool is_ready(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	return sys_poll(&p, 1, timeout_ms) == 1 && (p.revents & (POLLOUT | POLLERR | POLLHUP));
}

/* The same pipe or terminal through an open file description of our own, which may be non-blocking.
 * Fails without /proc, and in a process that changed its user. */
static int reopen(int fd, int flags)
{
	char space[40];
	struct buf path =
	    (struct buf){.data = space, .cap = sizeof space, .limit = sizeof space - 1};
	buf_puts(&path, "/proc/self/fd/");
	buf_uint(&path, (uint64_t)fd);
	int own = sys_open(space, flags | O_NONBLOCK, 0);
	return own;
}

/* Bytes that wait in the pipe; -1: not known. */
static int pipe_held(int fd)
{
	int held = -1;
	return sys_ioctl(fd, FIONREAD, &held) ? -1 : held;
}

/* Up to PIPE_BUF bytes go in whole or not at all (pipe(7)); more could go in partly. */
static bool pipe_has_room(int fd, size_t n)
{
	if (!is_ready(fd, 0))
		return false;
	if (n <= PIPE_BUF)
		return true;
	int held = pipe_held(fd);
	int size = sys_fcntl(fd, F_GETPIPE_SZ, 0);
	return held >= 0 && held <= size && (size_t)(size - held) >= n;
}

static long write_pipe(int fd, const struct output *o)
{
	if (!pipe_has_room(fd, o->total))
		return -EAGAIN;
#ifdef SYS_pwritev2
	/* Non-blocking for this one call; pipes know it from Linux 6.4 on. */
	long written = sys_call(SYS_pwritev2, fd, (long)(intptr_t)o->part, 2, -1, -1, RWF_NOWAIT);
	if (written >= 0 || written == -EAGAIN || written == -EPIPE)
		return written;
#endif
	int own = reopen(fd, O_WRONLY | O_APPEND);
	/* A blocking write of more than PIPE_BUF is safe only where nobody's short writes have used up
	 * the pipe's pages, which no call tells: where it is empty. */
	if (own < 0 && o->total > PIPE_BUF && pipe_held(fd) != 0)
		return -EAGAIN;
	written = write_parts(own < 0 ? fd : own, o);
	if (own >= 0)
		sys_close(own);
	return written;
}

/* A terminal takes a long record in pieces. */
static long write_terminal(int fd, const struct output *o)
{
	const uint64_t start = clock_monotonic_ms();
	const int own = reopen(fd, O_WRONLY | O_APPEND), to = own < 0 ? fd : own;
	struct output rest = *o;
	long written = 0, step = 0;
	while ((size_t)written < o->total && clock_monotonic_ms() - start < TERMINAL_PATIENCE_MS &&
	       is_ready(to, written ? TERMINAL_PATIENCE_MS / 4 : 0)) {
		step = write_parts(to, &rest);
		if (step < 0 && step != -EAGAIN && step != -EINTR)
			break;
		for (int i = 0; step > 0 && i < 2; i++) {
			struct iovec *part = &rest.part[i];
			const size_t used =
			    (size_t)step < part->iov_len ? (size_t)step : part->iov_len;
			part->iov_base = (char *)part->iov_base + used;
			part->iov_len -= used;
			step -= (long)used;
			written += (long)used;
		}
	}
	if (own >= 0)
		sys_close(own);
	return written ? written : step < 0 ? step : -EAGAIN;
}

static long write_socket(int fd, const struct output *o)
{
	struct output copy = *o;
	const struct msghdr message = {.msg_iov = copy.part, .msg_iovlen = 2};
	return sys_call(SYS_sendmsg, fd, (long)(intptr_t)&message, MSG_NOSIGNAL | MSG_DONTWAIT, 0,
			0, 0);
}

/* Where the next write goes in a regular file, does a line begin there? Asked of the file itself, since a full disk may have cut what another
 * process wrote. -1: not known. */
static int begins_line(int fd, const struct stat *st)
{
	enum { LOOKS = 4, SEEK_FOR_HOLE = 4 /* linux/fs.h */ };
	char last = 0;
	int64_t at = -1, before;
	long got;
	struct stat now = *st;
	if (!S_ISREG(st->st_mode))
		return -1;
	int flags = sys_fcntl(fd, F_GETFL, 0);
	if (flags >= 0)
		at = flags & O_APPEND ? st->st_size : sys_seek(fd, 0, SEEK_CUR);
	if (at <= 0)
		return at == 0 ? 1 : -1;
	int own = reopen(fd, O_RDONLY);
	if (own < 0)
		return -1;
	for (int look = 0; look < LOOKS; look++) {
		before = at;
		got = sys_read_at(own, &last, 1, at - 1);
		if (got != 1 || last == '\n' || !(flags & O_APPEND))
			break;
		/* The middle of a line that somebody writes just now, perhaps: a file grows page by page. To ask for a hole waits for the write
		 * under way on the usual file systems. */
		sys_seek(own, at - 1, SEEK_FOR_HOLE);
		if (sys_fstat(own, &now) != 0 || (at = now.st_size) == before)
			break;
	}
	sys_close(own);
	return got == 1 ? last == '\n' : -1;
}

static int write_quietly(enum destination to, int fd, const struct stat *st, const char *data,
			 size_t n)
{
	const bool was_torn = atomic_exchange(&torn[to], false);
	const int begins = begins_line(fd, st);
	const struct output o = output_of(data, n, begins < 0 ? was_torn : !begins);
	struct held_signals signals;
	long written;
	signals_hold(&signals);
	if (S_ISSOCK(st->st_mode))
		written = write_socket(fd, &o);
	else if (S_ISFIFO(st->st_mode))
		written = write_pipe(fd, &o);
	else if (S_ISCHR(st->st_mode) && descriptor_is_terminal(fd))
		written = write_terminal(fd, &o);
	else
		written = write_parts(fd, &o);
	int error = outcome(&o, written, &torn[to]);
	signals_release(&signals, error);
	return error;
}

int descriptor_write(enum which_descriptor which, int fd, const char *data, size_t n)
{
	struct stat st;
	if (sys_fstat(fd, &st))
		return EBADF;
	int error = may_write(which, fd, &st);
	return error ? error : write_quietly((enum destination)which, fd, &st, data, n);
}

/* ---- files ---------------------------------------------------------------------------------------- */
/* Told from the name, before it is opened: opening a device may act (a watchdog, a tape). */
static bool may_open(const char *path)
{
	struct stat st;
	if (sys_stat(path, &st))
		return true; /* to be made; or open(2) says why not */
	return S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISDIR(st.st_mode) ||
	       S_ISCHR(st.st_mode);
}

int file_write(const char *path, const char *data, size_t n)
{
	struct stat st;
	if (!may_open(path))
		return EINVAL;
	int fd = sys_open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0640);
	if (fd < 0)
		return -fd;
	int error = -sys_fstat(fd, &st);
	if (!error && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !descriptor_is_null(&st) &&
	    !(S_ISCHR(st.st_mode) && descriptor_is_terminal(fd)))
		error = EINVAL;
	if (!error)
		error = write_quietly(DESTINATION_FILE, fd, &st, data, n);
	sys_close(fd);
	return error;
}
