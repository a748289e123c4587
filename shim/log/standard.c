/* SPDX-License-Identifier: ISC
 *
 * The host put something else behind standard error than it had at its start. Daemons do: their log. But the number may also be that of
 * a database, whoever closed it before. A record goes only where the host itself writes its text:
 *
 * - a terminal, /dev/null;
 * - a file opened to append that is standard output, too;
 * - a file opened only to append, or a pipe, that the host also has under another number: dup2(2) leaves it there (nginx, apache), an
 *   open(2) that happens to get the number does not;
 * - a file opened only to append that has no other number, as freopen(3) makes it, but ends in lines of text;
 * - a socket of the system's log.
 *
 * Where all numbers were given out anew, standard output is strange as well; then a second number and lines of text prove nothing.
 */
#include "destination.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOOKED_AT = 256 /* numbers; a log is opened early */ };

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

/* Access and O_APPEND; -1: closed. */
static int flags_of(int fd)
{
	const int flags = sys_fcntl(fd, F_GETFL, 0);
	return flags < 0 ? -1 : flags & (O_ACCMODE | O_APPEND);
}

/* Has the host the same under another number, opened in the same way? A pipe whose other end is the host's too is no log. */
static bool has_twice(int fd, const struct stat *st)
{
	const int flags = flags_of(fd);
	bool twice = false;
	for (int other = 0; other < LOOKED_AT; other++) {
		struct stat o;
		if (other == fd || sys_fstat(other, &o) || !same(&o, st))
			continue;
		if (flags_of(other) == flags)
			twice = true;
		else if (S_ISFIFO(st->st_mode))
			return false;
	}
	return twice;
}

static bool is_text(const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)data[i];
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 127)
			return false;
	}
	return n > 0 && data[n - 1] == '\n';
}

static bool ends_in_text(int fd, const struct stat *st)
{
	char path[40], tail[200];
	struct buf b = {.data = path, .cap = sizeof path, .limit = sizeof path - 1};
	const off_t at = st->st_size > (off_t)sizeof tail ? st->st_size - (off_t)sizeof tail : 0;
	buf_puts(&b, "/proc/self/fd/");
	buf_uint(&b, (uint64_t)fd);
	int own = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	if (own < 0)
		return false;
	long got = sys_call(SYS_pread64, own, (long)(intptr_t)tail, sizeof tail, at, 0, 0);
	sys_close(own);
	return got > 0 && is_text(tail, (size_t)got);
}

/* Where the numbers were given out anew, standard output is something else too. */
static bool output_is_standard(void)
{
	struct stat st;
	if (sys_fstat(STDOUT_FILENO, &st))
		return false;
	return descriptor_is_null(&st) || descriptor_is_terminal(STDOUT_FILENO) ||
	       descriptor_is_as_it_was(DESCRIPTOR_STDOUT, STDOUT_FILENO);
}

static bool is_log_socket(int fd)
{
	static const char logs[][32] = {"/dev/log", "/run/systemd/journal/dev-log",
					"/run/systemd/journal/stdout"};
	struct sockaddr_un peer = {0};
	socklen_t size = sizeof peer - 1;
	if (sys_call(SYS_getpeername, fd, (long)(intptr_t)&peer, (long)(intptr_t)&size, 0, 0, 0) ||
	    peer.sun_family != AF_UNIX)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(logs); i++)
		if (strcmp(peer.sun_path, logs[i]) == 0)
			return true;
	return false;
}

static bool is_output(const struct stat *st)
{
	struct stat output;
	return !sys_fstat(STDOUT_FILENO, &output) && same(&output, st);
}

bool standard_takes_text(int fd, const struct stat *st)
{
	const int flags = flags_of(fd);
	if (S_ISCHR(st->st_mode))
		return descriptor_is_null(st) || descriptor_is_terminal(fd);
	if (S_ISSOCK(st->st_mode))
		return is_log_socket(fd);
	if (S_ISFIFO(st->st_mode))
		return (is_output(st) || output_is_standard()) && has_twice(fd, st);
	if (!S_ISREG(st->st_mode) || flags < 0 || !(flags & O_APPEND))
		return false;
	if (is_output(st))
		return true;
	return flags == (O_WRONLY | O_APPEND) && output_is_standard() &&
	       (has_twice(fd, st) || ends_in_text(fd, st));
}
