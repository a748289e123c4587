/* SPDX-License-Identifier: ISC
 *
 * syslog and journal, each by its own socket and protocol. Never syslog(3): its state (ident, facility,
 * the connection) is the host's. */
#include "destination.h"

#include <tlsmend/system.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum {
	FACILITY_DAEMON = 3,
	SYSLOG_MOST = 32 * 1024,
	JOURNAL_MOST = 200 * 1024,
	LEAST = 512 /* what is left of a record that the socket keeps finding too long */
};

/* ---- the socket ----------------------------------------------------------------------------------- */
static int open_socket(const char *path, int type)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const size_t length = strlen(path);
	if (length >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, length + 1);
	int fd = sys_above_standard(
	    (int)sys_call(SYS_socket, AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 0, 0, 0));
	if (fd < 0)
		return fd;
	int error = (int)sys_call(SYS_connect, fd, (long)(intptr_t)&to, sizeof to, 0, 0, 0);
	if (error) {
		sys_close(fd);
		return error;
	}
	return fd;
}

static int send_all(int fd, const char *data, size_t n)
{
	const long sent = sys_call(SYS_sendto, fd, (long)(intptr_t)data, (long)n,
				   MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
	if (sent < 0)
		return (int)-sent;
	return (size_t)sent == n ? 0 : EAGAIN;
}

/* Cut on a character boundary. */
static void add_cut(struct buf *b, const char *data, size_t n, size_t most)
{
	size_t shown = n < most ? n : most;
	while (shown < n && shown > 0 && ((unsigned char)data[shown] & 0xc0) == 0x80)
		shown--;
	buf_add(b, data, shown);
	if (shown < n)
		buf_puts(b, "...");
}

/* A name that cannot break the line's form or add a field. */
static void add_program(struct buf *b, const char *program)
{
	for (size_t i = 0; program[i] && i < 64; i++) {
		const char c = program[i];
		const bool plain = ascii_is_letter(c) || ascii_is_digit(c) || strchr("-_.+/@", c);
		buf_putc(b, plain ? c : '_');
	}
}

/* ---- syslog --------------------------------------------------------------------------------------- */
static void add_two(struct buf *b, unsigned v, char filler)
{
	buf_putc(b, v < 10 ? filler : (char)('0' + v / 10));
	buf_putc(b, (char)('0' + v % 10));
}

static void add_syslog_header(struct buf *b, int priority, const char *program)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const struct civil_time t = civil_from_unix(clock_realtime_ms() / 1000);
	buf_putc(b, '<');
	buf_int(b, FACILITY_DAEMON << 3 | priority);
	buf_strs(b, ">", months[t.month - 1], " ", NULL);
	add_two(b, t.day, ' ');
	buf_putc(b, ' ');
	add_two(b, t.hour, '0');
	buf_putc(b, ':');
	add_two(b, t.minute, '0');
	buf_putc(b, ':');
	add_two(b, t.second, '0');
	buf_putc(b, ' ');
	add_program(b, program);
	buf_putc(b, '[');
	buf_int(b, sys_getpid());
	buf_puts(b, "]: ");
}

static void add_joined_lines(struct buf *b, const char *data, size_t n, size_t most)
{
	for (size_t at = 0; at < n;) {
		const char *end = memchr(data + at, '\n', n - at);
		const size_t line = end ? (size_t)(end - data) - at : n - at;
		const size_t left = most > b->len ? most - b->len : 0;
		add_cut(b, data + at, line, left);
		if (line > left)
			return;
		for (at += line; at < n && ascii_is_space(data[at]);)
			at++;
		if (at < n)
			buf_puts(b, " | ");
	}
}

static bool leads_to(int fd, const char *path)
{
	/* what /dev/log is a link to under systemd, whose name the socket has then */
	static const char systemds[] = "/run/systemd/journal/dev-log";
	struct sockaddr_un peer = {.sun_family = AF_UNSPEC};
	char name[sizeof peer.sun_path + 1] = "";
	int size = sizeof peer, type = 0, type_size = sizeof type;
	if (sys_call(SYS_getpeername, fd, (long)(intptr_t)&peer, (long)(intptr_t)&size, 0, 0, 0) !=
		0 ||
	    peer.sun_family != AF_UNIX ||
	    sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, (long)(intptr_t)&type,
		     (long)(intptr_t)&type_size, 0) != 0 ||
	    type != SOCK_DGRAM)
		return false;
	memcpy(name, peer.sun_path, sizeof peer.sun_path);
	return strcmp(name, path) == 0 || strcmp(name, systemds) == 0;
}

/* Of a process that has another root directory, or other rights, than when it called openlog(3): its connection is still there, and one line more on it is
 * no other than those of its own. Ours to close; -1: there is none. */
static int hosts_socket(const char *path, int error)
{
	enum { MOST = 256 };
	/* in a sandbox these calls may be the process's last */
	if (sandbox_entered() || (error != ENOENT && error != EACCES && error != ECONNREFUSED))
		return -1;
	for (int fd = 3; fd < MOST; fd++) {
		/* looked at as one of ours: its number may be another file's at any moment */
		const int own = leads_to(fd, path) ? sys_fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
		if (own >= 0 && leads_to(own, path))
			return own;
		if (own >= 0)
			sys_close(own);
	}
	return -1;
}

static int syslog_send(const char *path, struct buf *b)
{
	int error, fd = open_socket(path, SOCK_DGRAM);
	if (fd < 0) {
		const int hosts = hosts_socket(path, -fd);
		fd = hosts < 0 ? fd : hosts;
	}
	if (fd == -EPROTOTYPE) {
		fd = open_socket(path, SOCK_STREAM);
		buf_add(b, "", 1); /* on a stream a record ends with a NUL */
	}
	if (fd < 0)
		return -fd;
	error = b->truncated ? ENOMEM : send_all(fd, b->data, b->len);
	sys_close(fd);
	return error;
}

int syslog_write(const char *path, const char *data, size_t n, int priority, const char *program)
{
	struct buf b;
	int error = EMSGSIZE;
	for (size_t most = SYSLOG_MOST; error == EMSGSIZE && most >= LEAST; most /= 2) {
		buf_init(&b, 0);
		add_syslog_header(&b, priority, program);
		add_joined_lines(&b, data, n, most);
		error = syslog_send(path, &b);
		buf_free(&b);
	}
	return error;
}

/* ---- journal -------------------------------------------------------------------------------------- */
static void add_message_field(struct buf *b, const char *data, size_t n, size_t most)
{
	unsigned char length[8];
	uint64_t size; /* shifted by all of its bits */
	while (n && data[n - 1] == '\n')
		n--;
	if (!memchr(data, '\n', n)) {
		buf_puts(b, "MESSAGE=");
		add_cut(b, data, n, most);
		buf_putc(b, '\n');
		return;
	}
	/* The form for values with line breaks: name, length in 64 bits little endian, value. */
	buf_puts(b, "MESSAGE\n");
	size_t at = b->len;
	buf_add(b, "\0\0\0\0\0\0\0", sizeof length);
	add_cut(b, data, n, most);
	if (b->truncated)
		return;
	size = b->len - at - sizeof length;
	for (size_t i = 0; i < sizeof length; i++)
		length[i] = (unsigned char)(size >> (8 * i));
	memcpy(b->data + at, length, sizeof length);
	buf_putc(b, '\n');
}

static int journal_send(const char *path, const struct buf *b)
{
	const int fd = b->truncated ? -ENOMEM : open_socket(path, SOCK_DGRAM);
	if (fd < 0)
		return -fd;
	int error = send_all(fd, b->data, b->len);
	sys_close(fd);
	return error;
}

int journal_write(const char *path, const char *data, size_t n, int priority, const char *program)
{
	struct buf b;
	int error = EMSGSIZE;
	for (size_t most = JOURNAL_MOST; error == EMSGSIZE && most >= LEAST; most /= 2) {
		buf_init(&b, 0);
		buf_puts(&b, "PRIORITY=");
		buf_int(&b, priority);
		buf_puts(&b, "\nSYSLOG_FACILITY=");
		buf_int(&b, FACILITY_DAEMON);
		buf_puts(&b, "\nSYSLOG_IDENTIFIER=");
		add_program(&b, program);
		buf_putc(&b, '\n');
		add_message_field(&b, data, n, most);
		error = journal_send(path, &b);
		buf_free(&b);
	}
	return error;
}
