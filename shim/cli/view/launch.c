/* SPDX-License-Identifier: ISC
 *
 * Probes are processes of their own: one under the library, the others without, all at once. Their answers come in files in memory,
 * which hold any amount and block nobody.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sight.h"

static bool make_files(struct child *c)
{
	c->facts = memfd_create("tlsmend-facts", MFD_CLOEXEC);
	c->log = memfd_create("tlsmend-log", MFD_CLOEXEC);
	/* the library takes no file that others' lines would be written over in */
	if (c->facts >= 0 && c->log >= 0 && fcntl(c->facts, F_SETFL, O_APPEND) == 0 &&
	    fcntl(c->log, F_SETFL, O_APPEND) == 0)
		return true;
	complain("view: no file in memory: %s", strerror(errno));
	return false;
}

/* Ends with us, even where we are killed. */
static void follow_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(STATUS_RUN_FAILED);
}

static void set_environment(const struct settings *s, const char *preload, int log,
			    const char *const *extra)
{
	char destination[16];
	for (int i = 0; i < VARIABLE_COUNT; i++)
		if (s->value[i])
			setenv(variable_names[i], s->value[i], 1);
	snprintf(destination, sizeof destination, "fd:%d", log);
	setenv(variable_names[VARIABLE_LOG], destination, 1);
	setenv(variable_names[VARIABLE_LOG_FORMAT], "json", 1);
	setenv(variable_names[VARIABLE_LOG_LEVEL], "info", 1);
	unsetenv(variable_names[VARIABLE_DISABLE]);
	unsetenv(variable_names[VARIABLE_DRY_RUN]);
	setenv("LD_PRELOAD", preload, 1);
	for (; extra && *extra; extra++)
		putenv((char *)(uintptr_t)*extra);
}

bool child_start(struct child *c, const struct probe *p, const struct settings *settings,
		 const char *const *extra)
{
	char *library = library_find();
	char *preload = library ? preload_join(library, getenv("LD_PRELOAD")) : NULL;
	const int parent = getpid();
	c->pid = 0;
	if (preload && make_files(c)) {
		fflush(NULL);
		c->pid = fork();
	}
	if (c->pid == 0 && preload && getpid() != parent) {
		struct probe_words words;
		follow_parent(parent);
		fcntl(c->facts, F_SETFD, 0);
		fcntl(c->log, F_SETFD, 0);
		set_environment(settings, preload, c->log, extra);
		probe_words(p, c->facts, &words);
		execv("/proc/self/exe", words.word);
		_exit(STATUS_CANNOT_EXECUTE);
	}
	free(preload);
	free(library);
	return c->pid > 0;
}

bool child_start_version(struct child *c, const struct probe *p, const struct probe_version *v)
{
	const int parent = getpid();
	c->pid = 0;
	if (!make_files(c))
		return false;
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0 && getpid() != parent) {
		follow_parent(parent);
		probe_version(p, v, c->facts);
		_exit(STATUS_OK);
	}
	return c->pid > 0;
}

/* ---- waiting -------------------------------------------------------------------------------------- */

static void read_file(int fd, struct buf *b)
{
	char some[4096];
	ssize_t got;
	off_t at = 0;
	buf_init(b, 0);
	while (fd >= 0 && (got = pread(fd, some, sizeof some, at)) > 0) {
		buf_add(b, some, (size_t)got);
		at += got;
	}
}

/* Calls take for every line of JSON. */
static void each_line(int fd, void (*take)(void *arg, json_t *o), void *arg)
{
	struct buf b;
	read_file(fd, &b);
	for (const char *s = buf_str(&b), *end; *s; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		json_t *o = json_loadb(s, (size_t)(end - s), JSON_ALLOW_NUL, NULL);
		if (o)
			take(arg, o);
		json_decref(o);
	}
	buf_free(&b);
}

static void take_stage(void *arg, json_t *o)
{
	char *stage = arg;
	if (*json_text(o, "stage"))
		snprintf(stage, 500, "%s", json_text(o, "stage"));
}

static void say_progress(const struct child *c, const char *asked, char last[500])
{
	char now[500] = "";
	each_line(c->facts, take_stage, now);
	if (*now && strcmp(now, last) != 0)
		complain("%s: %s ...", asked, now);
	snprintf(last, 500, "%s", now);
}

static bool all_ended(struct child *list, size_t n)
{
	bool all = true;
	for (size_t i = 0; i < n; i++) {
		if (list[i].pid > 0 && waitpid(list[i].pid, NULL, WNOHANG) != 0)
			list[i].pid = 0;
		all = all && list[i].pid <= 0;
	}
	return all;
}

/* A look-up of a name ends when it likes. */
static void end_all(const struct child *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].pid > 0)
			kill(list[i].pid, SIGKILL);
}

void children_wait(struct child *list, size_t n, const struct probe *p, const char *asked)
{
	enum { STEP_MS = 5, PATIENCE_MS = 900, GRACE_MS = 1000 };
	const uint64_t start = clock_monotonic_ms(), most = p->seconds * UINT64_C(1000) + GRACE_MS;
	char last[500] = "";
	while (!all_ended(list, n)) {
		const uint64_t took = clock_monotonic_ms() - start;
		poll(NULL, 0, STEP_MS);
		if (took > PATIENCE_MS && list[0].pid > 0)
			say_progress(&list[0], asked, last);
		if (took > most)
			end_all(list, n);
	}
}

/* ---- answers --------------------------------------------------------------------------------------- */

static void take_last(void *arg, json_t *o)
{
	json_t **last = arg;
	if (json_is_object(o) && json_is_true(json_object_get(o, "end"))) {
		json_decref(*last);
		*last = json_incref(o);
	}
}

json_t *child_facts(const struct child *c)
{
	char stage[500] = "";
	json_t *last = NULL;
	each_line(c->facts, take_last, &last);
	if (last)
		return last;
	/* it was ended */
	each_line(c->facts, take_stage, stage);
	char *error = join("no answer in time, ", *stage ? stage : "at the start", NULL);
	last = checked(json_object());
	json_object_set_new(last, "error", json_string(error));
	json_object_set_new(last, "timed_out", json_true());
	free(error);
	return last;
}

static void append(void *arg, json_t *o)
{
	json_array_append(arg, o);
}

json_t *child_records(const struct child *c)
{
	json_t *list = checked(json_array());
	each_line(c->log, append, list);
	return list;
}

void child_close(struct child *c)
{
	if (c->facts >= 0)
		close(c->facts);
	if (c->log >= 0)
		close(c->log);
	c->facts = c->log = -1;
}
