/* SPDX-License-Identifier: ISC
 *
 * Files into lines. Memory: one line and one block, whatever the size of the file.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

enum { BLOCK = 64 * 1024, PROGRESS_AFTER_MS = 1000, PROGRESS_EVERY_MS = 200 };

struct input {
	struct report *report;
	const char *name;
	int fd;
	uint64_t size; /* 0: not known */
	uint64_t done, line;
	char *data;
	size_t have;
	bool skipping; /* the rest of a line that is too long */
};

/* ---- progress: on a terminal, and only for who has to wait -------------------------------------------- */
static struct {
	uint64_t begun, shown; /* ms */
	int width;             /* of what stands there now */
} progress;

static void progress_show(const struct input *in)
{
	const uint64_t now = clock_monotonic_ms();
	struct buf name;
	char percent[16] = "";
	if (!progress.begun)
		progress.begun = now;
	if (now - progress.begun < PROGRESS_AFTER_MS || now - progress.shown < PROGRESS_EVERY_MS ||
	    !isatty(STDERR_FILENO))
		return;
	progress.shown = now;
	if (in->size)
		snprintf(percent, sizeof percent, ", %u %%",
			 (unsigned)(in->done >= in->size ? 100 : in->done * 100 / in->size));
	buf_init(&name, 0);
	escape_text(&name, in->name, strlen(in->name), 40);
	int width = fprintf(stderr, "\r%s: %llu MiB%s, %llu records", buf_str(&name),
			    (unsigned long long)(in->done >> 20), percent,
			    (unsigned long long)in->report->records);
	fprintf(stderr, "%*s", width < progress.width ? progress.width - width : 0, "");
	fflush(stderr);
	progress.width = width > progress.width ? width : progress.width;
	buf_free(&name);
}

static void progress_clear(void)
{
	if (progress.width)
		fprintf(stderr, "\r%*s\r", progress.width, "");
	progress.width = 0;
}

/* ---- Ctrl-C ------------------------------------------------------------------------------------------ */
static volatile sig_atomic_t stop;

static void on_interrupt(int number)
{
	(void)number;
	stop = 1;
}

/* Who follows a log with `tail -f` ends it so, and wants the report then. The second one ends the program. */
static void catch_interrupt(void)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}, old;
	if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		sigaction(SIGINT, &action, NULL);
}

/* ---- compressed files ---------------------------------------------------------------------------------- */
static bool is_compressed(const struct input *in)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *command;
	} kinds[] = {{"\x1f\x8b", 2, "zcat"},
		     {"\xfd"
		      "7zXZ",
		      5, "xzcat"},
		     {"BZh", 3, "bzcat"},
		     {"\x28\xb5\x2f\xfd", 4, "zstdcat"}};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (in->have < kinds[i].n || memcmp(in->data, kinds[i].magic, kinds[i].n) != 0)
			continue;
		char *word = in->fd == STDIN_FILENO ? copy_string("FILE") : shell_word(in->name);
		complain("report: %s: compressed; write %s %s%s | tlsmend report", in->name,
			 kinds[i].command, *word == '-' ? "./" : "", word);
		free(word);
		return true;
	}
	return false;
}

/* ---- lines ------------------------------------------------------------------------------------------- */
static void one_line(struct input *in, const char *s, size_t n)
{
	in->line++;
	if (in->skipping)
		in->skipping = false;
	else if (n > REPORT_LINE_MOST)
		report_skip(in->report, SKIP_LONG, in->name, in->line);
	else
		report_line(in->report, in->name, in->line, s, n);
}

/* What follows the last newline stays. `from`: before it there is none. */
static void take_lines(struct input *in, size_t from)
{
	size_t begin = 0;
	const char *end;
	while ((end = memchr(in->data + from, '\n', in->have - from))) {
		const size_t at = (size_t)(end - in->data);
		one_line(in, in->data + begin, at - begin);
		begin = from = at + 1;
	}
	in->have -= begin;
	if (begin)
		memmove(in->data, in->data + begin, in->have);
	if (in->skipping) {
		in->have = 0;
	} else if (in->have > REPORT_LINE_MOST) {
		report_skip(in->report, SKIP_LONG, in->name, in->line + 1);
		in->skipping = true;
		in->have = 0;
	}
}

static bool read_lines(struct input *in)
{
	ssize_t n = 0;
	while (!stop) {
		n = read(in->fd, in->data + in->have, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		const size_t from = in->have;
		in->have += (size_t)n;
		if (!in->done && is_compressed(in))
			return false;
		in->done += (uint64_t)n;
		take_lines(in, from);
		progress_show(in);
	}
	const int error = n < 0 ? errno : 0;
	/* A last line without an end: whole, or cut by who wrote it. */
	if (!stop && in->have)
		one_line(in, in->data, in->have);
	progress_clear();
	in->report->interrupted = stop;
	if (error && !stop)
		complain("report: %s: %s", in->name, strerror(error));
	return !error && !stop;
}

bool report_read(struct report *r, const char *path)
{
	const bool standard = strcmp(path, "-") == 0;
	struct input in = {.report = r, .name = standard ? "standard input" : path};
	struct stat status;
	catch_interrupt();
	in.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in.fd < 0 && !(stop && errno == EINTR)) {
		complain("report: %s: %s", in.name, strerror(errno));
		return false;
	}
	if (in.fd < 0) {
		r->interrupted = true;
		return false;
	}
	if (fstat(in.fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
		in.size = (uint64_t)status.st_size;
	in.data = checked(malloc(REPORT_LINE_MOST + BLOCK));
	const bool good = read_lines(&in);
	free(in.data);
	if (!standard)
		close(in.fd);
	return good;
}
