/* SPDX-License-Identifier: ISC */
#include "forms.h"
#include "settings.h"

#include "limit.h"
#include "lost.h"
#include "repeat.h"
#include "use.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_MOST = 512 * 1024 };

static atomic_bool complained;       /* about a destination that cannot be written */
static atomic_bool loss_told;        /* that records go nowhere */
static atomic_bool environment_told; /* record_environment_problems() was called */

void record_reset(void)
{
	lost_reset();
	atomic_store(&complained, false);
	atomic_store(&loss_told, false);
	atomic_store(&environment_told, false);
}

void log_settings_from(const struct environment *e, struct log_settings *s)
{
	*s = (struct log_settings){.colour = e->colour, .program = e->program};
	sink_parse(e->log, &s->sink);
	log_format_parse(e->log_format, &s->json);
	log_level_parse(e->log_level, &s->level);
	if (e->disabled)
		s->sink.kind = SINK_OFF;
}

static int syslog_priority(enum level level)
{
	static const unsigned char priorities[] = {3 /* err */, 4 /* warning */, 6 /* info */,
						   7 /* debug */};
	return (size_t)level < sizeof priorities ? priorities[level] : 7;
}

/* ---- rendering -------------------------------------------------------------------------------------- */
/* The record with one more note, about those before it that were lost. */
struct amended {
	struct record record;
	struct arena arena;
};

static void amend(struct amended *a, unsigned lost)
{
	struct record *r = &a->record;
	struct buf note;
	if (!lost)
		return;
	const char **notes = arena_alloc(&a->arena, (r->notes_count + 1) * sizeof *notes);
	buf_init(&note, 0);
	lost_say(&note, lost, " earlier");
	if (notes) {
		if (r->notes_count)
			memcpy(notes, r->notes, r->notes_count * sizeof *notes);
		notes[r->notes_count] = arena_strdup(&a->arena, buf_str(&note));
		if (notes[r->notes_count]) {
			r->notes = notes;
			r->notes_count++;
		}
	}
	buf_free(&note);
}

static void render(const struct log_settings *s, const struct record *r, struct buf *out)
{
	if (s->json)
		json_render(r, out);
	else
		text_render(r, s->colour && sink_is_terminal(&s->sink), out);
	/* Cut short for want of memory: still a line of its own. */
	if (out->truncated && out->len)
		out->data[out->len - 1] = '\n';
}

/* ---- writing ---------------------------------------------------------------------------------------- */
static const char *sink_name(const struct sink *s)
{
	switch (s->kind) {
	case SINK_SYSLOG:
		return "syslog";
	case SINK_JOURNAL:
		return "the journal";
	case SINK_FILE:
		return s->path;
	default:
		return "the descriptor of TLSMEND_LOG";
	}
}

static const char *advice(const struct sink *s, int error)
{
	if (s->kind == SINK_FD && error == EOPNOTSUPP)
		return "open it for appending, as in 9>>FILE";
	if (s->kind == SINK_FD)
		return "open it before the program starts, and see that the program leaves it open";
	if (s->kind != SINK_FILE)
		return "start that service, or set TLSMEND_LOG to another destination";
	switch (error) {
	case ENOENT:
		return "create its directory, or set TLSMEND_LOG to another file";
	case EACCES:
	case EPERM:
	case EROFS:
		return "let the program's user write there, or set TLSMEND_LOG to another file";
	case EINVAL:
	case EISDIR:
		return "set TLSMEND_LOG to a regular file";
	default:
		return "set TLSMEND_LOG to another file";
	}
}

/* Not inlined, as write_headline(): the rare path's space is no business of the usual one's stack. */
__attribute__((noinline)) static void complain(const struct log_settings *s, const struct sink *to,
					       int error)
{
	const char *name = sink_name(&s->sink);
	char space[400];
	struct buf line = {.data = space, .cap = sizeof space, .limit = sizeof space - 1};
	if (atomic_exchange(&complained, true))
		return;
	buf_puts(&line, "tlsmend: error: cannot write to ");
	escape_text(&line, name, strlen(name), 160);
	if (s->sink.kind == SINK_FD) {
		buf_puts(&line, " (fd:");
		buf_uint(&line, (uint64_t)s->sink.fd);
		buf_putc(&line, ')');
	}
	buf_strs(&line, ": ",
		 error == EINVAL       ? "Not a regular file"
		 : error == EOPNOTSUPP ? "It is a file that was not opened for appending"
				       : errno_text(error),
		 "; ", advice(&s->sink, error), "; until then records come here\n", NULL);
	if (line.truncated)
		space[line.len - 1] = '\n';
	sink_write(to, line.data, line.len, syslog_priority(LEVEL_ERROR), s->program);
}

/* Standard error takes no record either, so that one line goes where it hurts nobody. A sandbox may end the process for a socket. */
__attribute__((noinline)) static void tell_loss(const struct log_settings *s, int error)
{
	const struct sink syslog = {.kind = SINK_SYSLOG, .fd = -1};
	char space[400];
	struct buf line = {.data = space, .cap = sizeof space, .limit = sizeof space - 1};
	if (sandbox_entered() || atomic_exchange(&loss_told, true))
		return;
	buf_puts(&line,
		 "tlsmend: warning: records about failed connections of this program are lost: ");
	if (error == EBADF)
		buf_puts(&line, "descriptor 2 is closed, or something that is not known to be "
				"the program's log");
	else if (error == EAGAIN && s->sink.kind != SINK_STDERR)
		buf_strs(&line, sink_name(&s->sink), " took no more: who reads it?", NULL);
	else
		buf_strs(&line, errno_text(error), " (standard error)", NULL);
	buf_strs(&line,
		 "; set TLSMEND_LOG to syslog, journal or a file that the program may write\n",
		 NULL);
	sink_write(&syslog, line.data, line.len, syslog_priority(LEVEL_WARNING), s->program);
}

static int write_record(const struct log_settings *s, const struct record *r, const char *data,
			size_t n)
{
	const struct sink standard_error = {.kind = SINK_STDERR, .fd = -1};
	const int priority = syslog_priority(r->level);
	int error = sink_write(&s->sink, data, n, priority, s->program);
	/* EAGAIN: it works, but is full just now. Nothing goes elsewhere for that. */
	if (!error || error == EAGAIN)
		return error;
	if (s->sink.kind != SINK_STDERR) {
		complain(s, &standard_error, error);
		error = sink_write(&standard_error, data, n, priority, s->program);
	}
	if (error && error != EAGAIN)
		tell_loss(s, error);
	return error;
}

/* Without memory for the whole: the headline. */
__attribute__((noinline)) static int write_headline(const struct log_settings *s,
						    const struct record *r)
{
	char space[400];
	struct buf line = {.data = space, .cap = sizeof space, .limit = sizeof space - 2};
	const char *message = r->message ? r->message : "a TLS connection failed";
	buf_puts(&line, "tlsmend: ");
	escape_text(&line, message, strlen(message), 0);
	space[line.len] = '\n';
	return write_record(s, r, space, line.len + 1);
}

static bool left_out(const struct record *r)
{
	use_forget(r->use);
	return false;
}

/* Who asks for debug wants to see each connection that worked, and who asks for info each use of a rule; failures that repeat are
 * counted. False: not now. */
static bool is_due(const struct log_settings *s, struct record *r)
{
	if (r->event == EVENT_HANDSHAKE_OK)
		return true;
	if (!r->use)
		return repeat_note(r);
	if (!use_first(r->use))
		r->level = LEVEL_INFO;
	else if (!limit_admit(r, repeat_now()))
		return left_out(r);
	return r->level <= s->level;
}

static void undo(const struct record *r)
{
	if (!r->use)
		repeat_undo(r);
	else if (r->level != LEVEL_INFO)
		use_forget(r->use);
}

/* 0, or an error number. */
static int render_and_write(const struct log_settings *s, struct amended *a)
{
	const unsigned lost = lost_take();
	const struct record *r = &a->record;
	struct buf out;
	buf_init(&out, RECORD_MOST);
	amend(a, lost);
	render(s, r, &out);
	int error = out.len ? write_record(s, r, out.data, out.len) : write_headline(s, r);
	buf_free(&out);
	arena_free(&a->arena);
	if (error)
		lost_add(lost);
	return error;
}

static void write_due(const struct log_settings *s, struct amended *a)
{
	if (render_and_write(s, a) == 0)
		return;
	lost_add(1);
	undo(&a->record);
}

/* ---- what was only counted ----------------------------------------------------------------------------- */
static void tell_repetitions(const struct log_settings *s, bool end, struct amended *a)
{
	struct repeat_told told;
	bool written = true;
	while (written && repeat_take(end, &a->record, &told)) {
		written = render_and_write(s, a) == 0;
		repeat_told(&a->record, &told, written);
	}
}

static void tell_left_out(const struct log_settings *s, bool end, struct amended *a)
{
	struct arena texts = {0};
	if (limit_take(end, repeat_now(), &a->record, &texts) && render_and_write(s, a))
		limit_give_back(&a->record, repeat_now());
	arena_free(&texts);
}

/* What no later record could tell. */
static void tell_lost(const struct log_settings *s, struct amended *a)
{
	const unsigned lost = lost_take();
	char space[100];
	struct buf message = {.data = space, .cap = sizeof space, .limit = sizeof space - 1};
	if (!lost)
		return;
	lost_say(&message, lost, "");
	a->record = (struct record){.level = LEVEL_WARNING,
				    .event = EVENT_LEFT_OUT,
				    .time_ms = clock_realtime_ms(),
				    .code = -1,
				    .depth = -1,
				    .enforced = -1,
				    .message = buf_str(&message)};
	int error = render_and_write(s, a);
	if (error)
		tell_loss(s, error);
}

static bool is_past(uint64_t due, bool end)
{
	return due && (end || repeat_now() >= due);
}

/* Not inlined, as write_headline(). */
__attribute__((noinline)) void record_catch_up_to(const struct log_settings *s, bool end)
{
	struct amended *a;
	if (s->sink.kind == SINK_OFF ||
	    (!is_past(repeat_due(), end) && !is_past(limit_due(), end) && !(end && lost_any())))
		return;
	KEEP_ERRNO_BEGIN
	a = calloc(1, sizeof *a);
	KEEP_ERRNO_END
	if (!a)
		return;
	tell_repetitions(s, end, a);
	tell_left_out(s, end, a);
	if (end)
		tell_lost(s, a);
	KEEP_ERRNO_BEGIN
	free(a);
	KEEP_ERRNO_END
}

void record_submit_to(const struct log_settings *s, const struct record *r)
{
	struct amended *a;
	if (s->sink.kind == SINK_OFF || r->level > s->level)
		return;
	KEEP_ERRNO_BEGIN
	a = calloc(1, sizeof *a); /* too large for a hook's stack */
	KEEP_ERRNO_END
	if (!a) {
		write_headline(s, r);
		return;
	}
	a->record = *r;
	if (is_due(s, &a->record))
		write_due(s, a);
	KEEP_ERRNO_BEGIN
	free(a);
	KEEP_ERRNO_END
	record_catch_up_to(s, false);
}

/* ---- the room's front -------------------------------------------------------------------------------- */
bool record_wanted(enum level level)
{
	struct log_settings s;
	log_settings_from(environment_get(), &s);
	return s.sink.kind != SINK_OFF && level <= s.level;
}

bool record_use_wanted(uint64_t use, enum level level)
{
	return record_wanted(use_was_said(use) ? LEVEL_INFO : level);
}

void record_submit(const struct record *r)
{
	struct log_settings s;
	log_settings_from(environment_get(), &s);
	record_submit_to(&s, r);
}

void record_catch_up(void)
{
	struct log_settings s;
	if (!repeat_due() && !limit_due())
		return;
	log_settings_from(environment_get(), &s);
	record_catch_up_to(&s, false);
}

/* After all other destructors, which may submit records. */
__attribute__((destructor(101))) static void at_exit(void)
{
	struct log_settings s;
	if (!repeat_due() && !limit_due() && !lost_any())
		return;
	KEEP_ERRNO_BEGIN
	log_settings_from(environment_get(), &s);
	record_catch_up_to(&s, true);
	KEEP_ERRNO_END
}

void record_config_error(const char *source, unsigned line, const char *text)
{
	struct record r = {.level = LEVEL_ERROR,
			   .event = EVENT_CONFIG_ERROR,
			   .cause = CAUSE_NONE,
			   .code = -1,
			   .depth = -1,
			   .enforced = -1};
	struct buf message;
	r.time_ms = clock_realtime_ms();
	buf_init(&message, 4096);
	if (source)
		buf_puts(&message, source);
	if (source && line) {
		buf_putc(&message, ':');
		buf_uint(&message, line);
	}
	buf_strs(&message, source ? ": " : "", text, NULL);
	r.message = message.len ? message.data : text;
	record_submit(&r);
	buf_free(&message);
}

void record_environment_problems(void)
{
	const char *const *bad = environment_get()->bad;
	if (!*bad || atomic_exchange(&environment_told, true))
		return;
	for (; *bad; bad++)
		record_config_error("environment", 0, *bad);
}
