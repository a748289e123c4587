/* SPDX-License-Identifier: ISC
 * sink: words, descriptors, files, syslog and journal, each against the real thing */
#include "../../shim/log/destination.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { LIMIT_S = 20 };

static char directory[] = "/tmp/tlsmend-sink-XXXXXX";
static char path[64];
static char got[300000];

static const char *in_directory(const char *name)
{
	strcat(strcat(strcpy(path, directory), "/"), name);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	alarm(LIMIT_S * 3); /* a write that blocks must not hang the suite */
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"file", "fifo", "log", "journal", "link"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		unlink(in_directory(names[i]));
	return rmdir(directory);
}

static size_t drain(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t n = 0;
	ssize_t step;

	while (n < sizeof got - 1 && poll(&p, 1, 200) == 1 &&
	       (step = read(fd, got + n, sizeof got - 1 - n)) > 0)
		n += (size_t)step;
	got[n] = '\0';
	return n;
}

static int chosen(int fd, const char *text)
{
	const struct sink s = {.kind = SINK_FD, .fd = fd};

	return sink_write(&s, text, strlen(text), 3, "test");
}

static bool is_pending(int signal)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, signal) == 1;
}

/* ---- words ------------------------------------------------------------------------------------------ */
static void parses_destinations(void **state)
{
	static const struct {
		const char *text;
		bool understood;
		enum sink_kind kind;
		int fd;
	} cases[] = {
	    {NULL, true, SINK_STDERR, -1},
	    {"", true, SINK_STDERR, -1},
	    {"stderr", true, SINK_STDERR, -1},
	    {"syslog", true, SINK_SYSLOG, -1},
	    {"journal", true, SINK_JOURNAL, -1},
	    {"off", true, SINK_OFF, -1},
	    {"fd:0", true, SINK_FD, 0},
	    {"fd:17", true, SINK_FD, 17},
	    {"/x", true, SINK_FILE, -1},
	    {"fd:", false, SINK_STDERR, -1},
	    {"fd:-1", false, SINK_STDERR, -1},
	    {"fd:1x", false, SINK_STDERR, -1},
	    {"fd:9999999999", false, SINK_STDERR, -1},
	    {"x", false, SINK_STDERR, -1},
	    {"STDERR", false, SINK_STDERR, -1},
	    {"log.txt", false, SINK_STDERR, -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct sink s;

		assert_int_equal(sink_parse(cases[i].text, &s), cases[i].understood);
		assert_int_equal(s.kind, cases[i].kind);
		assert_int_equal(s.fd, cases[i].fd);
		assert_true((s.kind == SINK_FILE) == (s.path != NULL));
	}
}

static void parses_formats_and_levels(void **state)
{
	enum level level;
	bool json;

	(void)state;
	assert_true(log_format_parse(NULL, &json) && !json);
	assert_true(log_format_parse("text", &json) && !json);
	assert_true(log_format_parse("json", &json) && json);
	assert_false(log_format_parse("JSON", &json) || json);
	assert_true(log_level_parse(NULL, &level) && level == LEVEL_WARNING);
	assert_true(log_level_parse("error", &level) && level == LEVEL_ERROR);
	assert_true(log_level_parse("debug", &level) && level == LEVEL_DEBUG);
	assert_false(log_level_parse("loud", &level));
	assert_int_equal(level, LEVEL_WARNING);
}

/* ---- pipes ------------------------------------------------------------------------------------------ */
static int remembered_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, ends[1]);
	return ends[1];
}

static void pipe_gets_one_record(void **state)
{
	int ends[2];
	const int fd = remembered_pipe(ends);

	(void)state;
	errno = 4711;
	assert_int_equal(chosen(fd, "record\n"), 0);
	assert_int_equal(errno, 4711);
	close(fd);
	drain(ends[0]);
	assert_string_equal(got, "record\n");
	close(ends[0]);
}

static void fill_pipe(int fd)
{
	char block[4096];

	memset(block, 'x', sizeof block);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	while (write(fd, block, sizeof block) > 0)
		;
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
}

/* Would hang in write(2) until alarm(2), were it not noticed. */
static void full_pipe_does_not_block(void **state)
{
	int ends[2];
	const int fd = remembered_pipe(ends);

	(void)state;
	fill_pipe(fd);
	assert_int_equal(chosen(fd, "lost\n"), EAGAIN);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	assert_null((drain(ends[0]), strstr(got, "lost")));
	assert_int_equal(chosen(fd, "kept\n"), 0);
	close(ends[0]);
	close(fd);
}

static void long_record_goes_in_whole_or_not_at_all(void **state)
{
	enum { LONG = 20000 };
	char *record = malloc(LONG + 1), filler[50000];
	int ends[2];
	const int fd = remembered_pipe(ends);

	(void)state;
	assert_non_null(record);
	memset(record, 'r', LONG);
	record[LONG] = '\0';
	memset(filler, 'f', sizeof filler);
	assert_int_equal(write(fd, filler, sizeof filler), sizeof filler);
	assert_int_equal(chosen(fd, record), EAGAIN); /* 64 KiB - 50000 is less */
	assert_int_equal(drain(ends[0]), sizeof filler);
	assert_int_equal(chosen(fd, record), 0);
	assert_int_equal(drain(ends[0]), LONG);
	free(record);
	close(ends[0]);
	close(fd);
}

/* Many short writes with O_DIRECT use up the pipe's pages: FIONREAD says there is room, and there is none. */
static void fragmented_pipe_does_not_block(void **state)
{
	enum { LONG = 20000 };
	char *record = malloc(LONG + 1);
	int ends[2], error;

	(void)state;
	assert_non_null(record);
	memset(record, 'r', LONG);
	record[LONG] = '\0';
	assert_int_equal(pipe2(ends, O_DIRECT), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, ends[1]);
	for (int i = 0; i < 14; i++) /* of 16 */
		assert_int_equal(write(ends[1], "x", 1), 1);
	error = chosen(ends[1], record);
	assert_int_equal(error, EAGAIN);
	drain(ends[0]);
	drain(ends[0]);
	while (drain(ends[0]) > 0)
		;
	/* What was torn does not swallow the next record's line. */
	assert_int_equal(chosen(ends[1], "next\n"), 0);
	assert_int_equal(drain(ends[0]), 6);
	assert_string_equal(got, "\nnext\n");
	free(record);
	close(ends[0]);
	close(ends[1]);
}

static void closed_pipe_raises_no_signal(void **state)
{
	int ends[2];
	const int fd = remembered_pipe(ends);
	sigset_t before, after;

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	close(ends[0]);
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(chosen(fd, "record\n"), EPIPE);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_memory_equal(&before, &after, 8);
	assert_false(is_pending(SIGPIPE));
	assert_false(sigismember(&after, SIGPIPE) || sigismember(&after, SIGXFSZ));
	close(fd);
}

static void hosts_own_pending_signal_stays(void **state)
{
	int ends[2];
	const int fd = remembered_pipe(ends);
	sigset_t pipe_only;

	(void)state;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe_only, NULL);
	close(ends[0]);
	raise(SIGPIPE);
	assert_int_equal(chosen(fd, "record\n"), EPIPE);
	assert_true(is_pending(SIGPIPE));
	signal(SIGPIPE, SIG_IGN); /* takes it away */
	sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
	signal(SIGPIPE, SIG_DFL);
	close(fd);
}

/* ---- descriptors that changed ---------------------------------------------------------------------- */
static void reused_descriptor_is_not_written(void **state)
{
	int ends[2];
	const int fd = remembered_pipe(ends);
	const int database = open(in_directory("file"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct stat st;

	(void)state;
	assert_true(database >= 0);
	dup2(database, fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	assert_int_equal(fstat(database, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	close(database);
	close(ends[0]);
}

static void reused_by_a_connection_or_another_pipe(void **state)
{
	int ends[2], other[2], pair[2];
	const int fd = remembered_pipe(ends);

	(void)state;
	assert_int_equal(pipe(other), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	dup2(other[1], fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	dup2(pair[1], fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	assert_int_equal(drain(other[0]) + drain(pair[0]), 0);
	for (int i = 0; i < 2; i++) {
		close(other[i]);
		close(pair[i]);
		close(ends[i]);
	}
}

/* A log of the host's: behind its standard output too. */
static int standard_beside(int output, int fd, const char *text)
{
	const int kept = dup(1);
	int result;

	dup2(output, 1);
	result = descriptor_write(DESCRIPTOR_STDERR, fd, text, strlen(text));
	dup2(kept, 1);
	close(kept);
	return result;
}

static void redirected_to_what_takes_text(void **state)
{
	int ends[2], master, slave;
	const int fd = remembered_pipe(ends);
	const int log = open(in_directory("file"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	const int null = open("/dev/null", O_WRONLY);

	(void)state;
	descriptor_remember(DESCRIPTOR_STDERR, fd);
	dup2(log, fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	/* the log has a number of its own, too */
	assert_int_equal(standard_beside(null, fd, "record\n"), 0);
	assert_int_equal(lseek(log, 0, SEEK_END), 7);
	assert_int_equal(standard_beside(log, fd, "record\n"), 0);
	assert_int_equal(lseek(log, 0, SEEK_END), 14);
	dup2(null, fd);
	assert_int_equal(chosen(fd, "record\n"), EBADF);
	assert_int_equal(standard_beside(log, fd, "record\n"), 0);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	dup2(slave, fd);
	assert_int_equal(standard_beside(log, fd, "terminal\n"), 0);
	drain(master);
	assert_string_equal(got, "terminal\r\n");
	assert_true(descriptor_is_terminal(fd));
	assert_false(descriptor_is_terminal(log));
	close(master);
	close(slave);
	close(log);
	close(null);
	close(fd);
	close(ends[0]);
}

/* Nothing else has it: only what is in it tells whether the host writes text there. */
static void only_number_of_a_file(void **state)
{
	static const struct {
		const char *content;
		size_t size;
		int flags, expected;
	} cases[] = {
	    {"began\n", 6, O_APPEND, 0},    {"caf\xc3\xa9\tx\r\n", 9, O_APPEND, 0},
	    {"", 0, O_APPEND, EBADF},       {"began", 5, O_APPEND, EBADF},
	    {"a\0b\n", 4, O_APPEND, EBADF}, {"\x1f\n", 2, O_APPEND, EBADF},
	    {"began\n", 6, 0, EBADF},       {"began\n", 6, O_APPEND | O_RDWR, EBADF},
	};
	int ends[2];
	const int fd = remembered_pipe(ends), null = open("/dev/null", O_WRONLY);

	(void)state;
	descriptor_remember(DESCRIPTOR_STDERR, fd);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int file = open(in_directory("file"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
		struct stat st;

		assert_int_equal(write(file, cases[i].content, cases[i].size), cases[i].size);
		close(file);
		file = open(path, (cases[i].flags & O_RDWR ? 0 : O_WRONLY) | cases[i].flags);
		dup2(file, fd);
		close(file);
		assert_int_equal(standard_beside(null, fd, "record\n"), cases[i].expected);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_size, cases[i].size + (cases[i].expected ? 0 : 7));
	}
	close(null);
	close(fd);
	close(ends[0]);
}

/* A pipe to a program that writes the log, and one that wakes the host's own loop. */
static void another_pipe_as_standard_error(void **state)
{
	int ends[2], log[2];
	const int fd = remembered_pipe(ends), null = open("/dev/null", O_WRONLY);

	(void)state;
	descriptor_remember(DESCRIPTOR_STDERR, fd);
	assert_int_equal(pipe(log), 0);
	dup2(log[1], fd);
	assert_int_equal(standard_beside(null, fd, "record\n"), EBADF);
	const pid_t reader = fork();
	if (!reader) {
		char line[16];

		close(log[1]);
		close(fd);
		_exit(read(log[0], line, sizeof line) == 7 ? 0 : 1);
	}
	close(log[0]);
	assert_int_equal(standard_beside(null, fd, "record\n"), 0);
	int status = -1;
	waitpid(reader, &status, 0);
	assert_int_equal(status, 0);
	close(log[1]);
	assert_int_equal(standard_beside(null, fd, "record\n"), EBADF);
	close(null);
	close(fd);
	close(ends[0]);
}

/* The system's log; another program's socket. */
static void another_socket_as_standard_error(void **state)
{
	int pair[2], ends[2];
	const int fd = remembered_pipe(ends);

	(void)state;
	descriptor_remember(DESCRIPTOR_STDERR, fd);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	dup2(pair[1], fd);
	assert_int_equal(standard_beside(fd, fd, "record\n"), EBADF);
	close(pair[0]);
	close(pair[1]);
	close(fd);
	close(ends[0]);
}

static void stopped_terminal_does_not_block(void **state)
{
	int master, slave;
	uint64_t start;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, slave);
	assert_int_equal(tcflow(slave, TCOOFF), 0);
	start = clock_monotonic_ms();
	assert_int_equal(chosen(slave, "record\n"), EAGAIN);
	assert_true(clock_monotonic_ms() - start < 2000);
	assert_int_equal(tcflow(slave, TCOON), 0);
	assert_int_equal(chosen(slave, "record\n"), 0);
	close(master);
	close(slave);
}

/* ---- sockets as descriptors -------------------------------------------------------------------------- */
static void full_and_closed_socket(void **state)
{
	char block[4096];
	int pair[2], sent = 0;

	(void)state;
	memset(block, 'x', sizeof block);
	block[sizeof block - 1] = '\0';
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, pair[1]);
	while (!chosen(pair[1], block) && sent < 10000)
		sent++;
	assert_true(sent > 0 && sent < 10000);
	assert_int_equal(chosen(pair[1], block), EAGAIN);
	close(pair[0]);
	assert_int_equal(chosen(pair[1], block), EPIPE);
	close(pair[1]);
	/* Leaves no mark of a torn record to the next test. */
	assert_int_equal(file_write("/dev/null", "x", 1), 0);
}

static int standard_error_is_a_connection(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	const struct sink s = {.kind = SINK_STDERR, .fd = -1};

	dup2(fd, 2);
	descriptor_remember(DESCRIPTOR_STDERR, 2);
	return sink_write(&s, "x\n", 2, 3, "test") == EBADF ? 0 : 1;
}

static int file_size_limit(void)
{
	const struct rlimit limit = {4, 4};
	const int fd = open(in_directory("file"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);

	descriptor_remember(DESCRIPTOR_CHOSEN, fd);
	if (setrlimit(RLIMIT_FSIZE, &limit) || chosen(fd, "1234") || chosen(fd, "5678") != EFBIG)
		return 1;
	return is_pending(SIGXFSZ);
}

/* A background job under "stty tostop" would be stopped by SIGTTOU. */
static int background_job(void)
{
	struct termios t;
	int master, slave, status = -1;
	pid_t pid;

	setsid();
	if (openpty(&master, &slave, NULL, NULL, NULL) || ioctl(slave, TIOCSCTTY, 0) ||
	    tcgetattr(slave, &t))
		return 1;
	t.c_lflag |= TOSTOP;
	if (tcsetattr(slave, TCSANOW, &t))
		return 2;
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		descriptor_remember(DESCRIPTOR_CHOSEN, slave);
		_exit(chosen(slave, "record\n") ? 3 : is_pending(SIGTTOU));
	}
	if (waitpid(pid, &status, WUNTRACED) != pid)
		return 4;
	if (WIFSTOPPED(status))
		kill(pid, SIGKILL);
	return status ? 5 : 0;
}

/* What old kernels and hosts that changed their user leave us: a system call that fails. */
static int deny(long call, int error)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {ARRAY_LENGTH(code), code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* A torn record or none, but no waiting. */
static int long_record_into_fragments(void)
{
	char record[20001];
	int ends[2];

	memset(record, 'r', sizeof record - 1);
	record[sizeof record - 1] = '\0';
	if (pipe2(ends, O_DIRECT))
		return 11;
	descriptor_remember(DESCRIPTOR_CHOSEN, ends[1]);
	for (int i = 0; i < 12; i++)
		if (write(ends[1], "x", 1) != 1)
			return 13;
	if (chosen(ends[1], "short\n") || chosen(ends[1], "short\n"))
		return 12;
	return chosen(ends[1], record) == EAGAIN ? 0 : 14;
}

static int old_kernel(void)
{
	return deny(SYS_pwritev2, EOPNOTSUPP) ? 10 : long_record_into_fragments();
}

static int old_kernel_and_other_user(void)
{
	return deny(SYS_openat, EACCES) ? 9 : old_kernel();
}

static void assert_in_child(int (*body)(void))
{
	int status = -1;
	const pid_t pid = fork();

	if (!pid) {
		alarm(LIMIT_S);
		_exit(body());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void peculiar_hosts(void **state)
{
	(void)state;
	assert_in_child(standard_error_is_a_connection);
	assert_in_child(file_size_limit);
	assert_in_child(background_job);
	assert_in_child(old_kernel);
	assert_in_child(old_kernel_and_other_user);
}

/* ---- files -------------------------------------------------------------------------------------------- */
static void files_are_opened_per_record(void **state)
{
	struct stat st;
	char long_path[300];
	int fd, reader;

	(void)state;
	unlink(in_directory("file"));
	umask(022);
	assert_int_equal(file_write(path, "one\n", 4), 0);
	assert_int_equal(file_write(path, "two\n", 4), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(unlink(path), 0); /* logrotate */
	assert_int_equal(file_write(path, "three\n", 6), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 6);

	assert_int_equal(file_write(directory, "x\n", 2), EISDIR);
	assert_int_equal(file_write("/nonexistent/log", "x\n", 2), ENOENT);
	assert_int_equal(file_write("/dev/null", "x\n", 2), 0);
	assert_int_equal(file_write("/dev/zero", "x\n", 2), EINVAL);
	memset(long_path, '/', sizeof long_path);
	memset(long_path + 1, 'x', sizeof long_path - 2);
	long_path[sizeof long_path - 1] = '\0';
	assert_int_equal(file_write(long_path, "x\n", 2), ENAMETOOLONG);

	assert_int_equal(mkfifo(in_directory("fifo"), 0600), 0);
	assert_int_equal(file_write(path, "x\n", 2), ENXIO); /* nobody reads, and nobody waits */
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(file_write(path, "fifo\n", 5), 0);
	drain(reader);
	assert_string_equal(got, "fifo\n");
	close(reader);
	fd = open("/dev/null",
		  O_RDONLY); /* nothing of ours stayed open: the lowest number is free */
	assert_int_equal(fd, reader);
	close(fd);
}

/* ---- syslog and journal ------------------------------------------------------------------------------ */
static int listen_on(const char *name, int type)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, type, 0);

	strcpy(at.sun_path, in_directory(name));
	unlink(at.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static int through(enum sink_kind kind, const char *data, size_t n)
{
	const struct sink s = {.kind = kind, .fd = -1};

	return sink_write(&s, data, n, 4, "my prog[1]: <x>");
}

static void assert_syslog_form(const char *message)
{
	char expected[128] = "my_prog_1____x_[", *rest = strchr(got, ']');

	/* <28>Nov 21 21:09:56 program[pid]: message */
	assert_memory_equal(got, "<28>", 4);
	assert_true(got[7] == ' ' && got[10] == ' ' && got[13] == ':' && got[16] == ':');
	assert_memory_equal(got + 20, expected, strlen(expected));
	assert_non_null(rest);
	assert_int_equal(atoi(got + 20 + strlen(expected)), getpid());
	assert_string_equal(rest, message);
}

static void syslog_gets_one_datagram(void **state)
{
	const char *text = "tlsmend: error\n  why    because\n  help   do\n             this\n";
	const int server = listen_on("log", SOCK_DGRAM);

	(void)state;
	sink_use_sockets(path, NULL);
	assert_int_equal(through(SINK_SYSLOG, text, strlen(text)), 0);
	got[recv(server, got, sizeof got - 1, MSG_DONTWAIT)] = '\0';
	assert_syslog_form("]: tlsmend: error | why    because | help   do | this");
	assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), -1);
	close(server);
	assert_int_equal(through(SINK_SYSLOG, text, strlen(text)), ECONNREFUSED);
	unlink(path);
	assert_int_equal(through(SINK_SYSLOG, text, strlen(text)), ENOENT);
	sink_use_sockets(NULL, NULL);
}

/* As a daemon has it, that called openlog(3) and then went into another root directory, where the socket has no name. */
static void syslog_by_the_hosts_own_connection(void **state)
{
	const int server = listen_on("log", SOCK_DGRAM), other = listen_on("other", SOCK_DGRAM);
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const int elsewhere = socket(AF_UNIX, SOCK_DGRAM, 0), own = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	strcpy(to.sun_path, in_directory("other"));
	assert_int_equal(connect(elsewhere, (struct sockaddr *)&to, sizeof to), 0);
	strcpy(to.sun_path, in_directory("log"));
	sink_use_sockets(path, NULL);
	assert_int_equal(connect(own, (struct sockaddr *)&to, sizeof to), 0);
	unlink(path);
	const int before = dup(server);
	close(before);
	assert_int_equal(through(SINK_SYSLOG, "text\n", 5), 0);
	got[recv(server, got, sizeof got - 1, MSG_DONTWAIT)] = '\0';
	assert_syslog_form("]: text");
	/* no descriptor is left, and nobody else was written to */
	const int after = dup(server);
	assert_int_equal(after, before);
	close(after);
	assert_int_equal(recv(other, got, sizeof got, MSG_DONTWAIT), -1);
	close(own);
	assert_int_equal(through(SINK_SYSLOG, "text\n", 5), ENOENT);
	close(elsewhere);
	close(other);
	close(server);
	unlink(in_directory("other"));
	sink_use_sockets(NULL, NULL);
}

static void syslog_on_a_stream(void **state)
{
	const int server = listen_on("log", SOCK_STREAM);
	int connection;
	size_t n;

	(void)state;
	sink_use_sockets(path, NULL);
	assert_int_equal(through(SINK_SYSLOG, "text\n", 5), 0);
	connection = accept(server, NULL, NULL);
	n = drain(connection);
	assert_syslog_form("]: text");
	assert_int_equal(n, strlen(got) + 1); /* ends with a NUL */
	close(connection);
	close(server);
	sink_use_sockets(NULL, NULL);
}

static void syslog_that_is_full_or_flooded(void **state)
{
	enum { LONG = 100000 };
	char *text = malloc(LONG);
	const int server = listen_on("log", SOCK_DGRAM);
	int sent = 0, error = 0;
	ssize_t n;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LONG; i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	sink_use_sockets(path, NULL);
	assert_int_equal(through(SINK_SYSLOG, text, LONG), 0);
	n = recv(server, got, sizeof got - 1, MSG_DONTWAIT);
	assert_true(n > 30000 && n < 33000);
	assert_memory_equal(got + n - 5, "\xc3\xbc...", 5);
	while (!error && sent++ < 10000)
		error = through(SINK_SYSLOG, "text\n", 5);
	assert_int_equal(error, EAGAIN);
	free(text);
	close(server);
	sink_use_sockets(NULL, NULL);
}

#define JOURNAL_HEAD "PRIORITY=4\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=my_prog_1____x_\n"

static void journal_gets_fields(void **state)
{
	static const char one[] = JOURNAL_HEAD "MESSAGE={\"a\":1}\n";
	/* A line that looks like a field stays inside of the value, whose length comes first. */
	static const char two[] = JOURNAL_HEAD "MESSAGE\n\x0b\0\0\0\0\0\0\0line\nPRIO=0\n";
	const int server = listen_on("journal", SOCK_DGRAM);

	(void)state;
	sink_use_sockets(NULL, path);
	assert_int_equal(through(SINK_JOURNAL, "{\"a\":1}\n", 8), 0);
	assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), sizeof one - 1);
	assert_memory_equal(got, one, sizeof one - 1);
	assert_int_equal(through(SINK_JOURNAL, "line\nPRIO=0\n", 12), 0);
	assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), sizeof two - 1);
	assert_memory_equal(got, two, sizeof two - 1);
	close(server);
	sink_use_sockets(NULL, NULL);
}

static void journal_cuts_what_is_too_large(void **state)
{
	enum { LONG = 400000 };
	char *text = malloc(LONG);
	const int server = listen_on("journal", SOCK_DGRAM);
	ssize_t n;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LONG);
	sink_use_sockets(NULL, path);
	assert_int_equal(through(SINK_JOURNAL, text, LONG), 0);
	n = recv(server, got, sizeof got, MSG_DONTWAIT);
	assert_true(n > 50000 && n < 206000);
	assert_memory_equal(got + n - 5, "x...\n", 5);
	free(text);
	close(server);
	sink_use_sockets(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses_destinations),
	    cmocka_unit_test(parses_formats_and_levels),
	    cmocka_unit_test(pipe_gets_one_record),
	    cmocka_unit_test(full_pipe_does_not_block),
	    cmocka_unit_test(long_record_goes_in_whole_or_not_at_all),
	    cmocka_unit_test(fragmented_pipe_does_not_block),
	    cmocka_unit_test(closed_pipe_raises_no_signal),
	    cmocka_unit_test(hosts_own_pending_signal_stays),
	    cmocka_unit_test(reused_descriptor_is_not_written),
	    cmocka_unit_test(reused_by_a_connection_or_another_pipe),
	    cmocka_unit_test(redirected_to_what_takes_text),
	    cmocka_unit_test(only_number_of_a_file),
	    cmocka_unit_test(another_pipe_as_standard_error),
	    cmocka_unit_test(another_socket_as_standard_error),
	    cmocka_unit_test(stopped_terminal_does_not_block),
	    cmocka_unit_test(full_and_closed_socket),
	    cmocka_unit_test(peculiar_hosts),
	    cmocka_unit_test(files_are_opened_per_record),
	    cmocka_unit_test(syslog_gets_one_datagram),
	    cmocka_unit_test(syslog_by_the_hosts_own_connection),
	    cmocka_unit_test(syslog_on_a_stream),
	    cmocka_unit_test(syslog_that_is_full_or_flooded),
	    cmocka_unit_test(journal_gets_fields),
	    cmocka_unit_test(journal_cuts_what_is_too_large),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
