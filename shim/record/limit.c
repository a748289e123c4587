/* SPDX-License-Identifier: ISC
 *
 * Somebody who makes a client fail in ever new ways (a proxy that is asked for one host after another) must not fill the disk: a process
 * writes so many records in a minute and counts the rest.
 */
#include "limit.h"

#include <stdatomic.h>
#include <string.h>

struct minute {
	uint64_t began; /* 0: none yet */
	unsigned written, left;
	unsigned by_cause[CAUSE_COUNT];
	enum level worst; /* of those that were left out */
	uint32_t process;
};
static struct minute state;
static struct lock lock;
static _Atomic uint64_t due; /* limit_due() */

void limit_reset(void)
{
	memset(&state, 0, sizeof state);
	atomic_store(&due, 0);
}

static bool enter(void)
{
	bool stale;
	if (!lock_enter(&lock, &stale))
		return false;
	/* what the parent of a fork(2) left out is the parent's to tell */
	if (stale || state.process != process_generation())
		memset(&state, 0, sizeof state);
	state.process = process_generation();
	return true;
}

static bool is_over(uint64_t now)
{
	return state.began == 0 || now - state.began >= (uint64_t)REPEAT_WINDOW_S * 1000;
}

/* Under the lock. */
static void leave_out(enum level level, enum cause cause, unsigned count)
{
	state.worst = state.left == 0 || level < state.worst ? level : state.worst;
	state.left += count;
	state.by_cause[(size_t)cause < CAUSE_COUNT ? cause : CAUSE_NONE] += count;
	atomic_store(&due, state.began + (uint64_t)REPEAT_WINDOW_S * 1000);
}

static void begin(uint64_t now)
{
	if (!is_over(now) || state.left)
		return;
	state.began = now ? now : 1;
	state.written = 0;
}

bool limit_admit(const struct record *r, uint64_t now)
{
	if (!enter())
		return true;
	begin(now);
	/* over, and what was left out in it is still to be told: a new one begins with that */
	bool admitted = is_over(now) || state.written < LIMIT_RECORDS;
	if (admitted)
		state.written++;
	else
		leave_out(r->level, r->cause, 1);
	lock_leave(&lock);
	return admitted;
}

void limit_leave_out(enum level level, enum cause cause, unsigned count, uint64_t now)
{
	if (!enter())
		return;
	begin(now);
	leave_out(level, cause, count);
	lock_leave(&lock);
}

uint64_t limit_due(void)
{
	return atomic_load_explicit(&due, memory_order_relaxed);
}

/* "issuer-unknown 4800, expired 100", the most frequent first. */
static const char *causes(struct minute *m, struct arena *a)
{
	struct buf b;
	buf_init(&b, 2000);
	buf_puts(&b, "by cause: ");
	for (bool first = true;; first = false) {
		size_t most = 0;
		for (size_t i = 0; i < CAUSE_COUNT; i++)
			if (m->by_cause[i] > m->by_cause[most])
				most = i;
		if (m->by_cause[most] == 0)
			break;
		buf_strs(&b, first ? "" : ", ",
			 most == CAUSE_NONE ? "without one" : cause_table[most].word, " ", NULL);
		buf_uint(&b, m->by_cause[most]);
		m->by_cause[most] = 0;
	}
	const char *text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text;
}

static const char *headline(const struct minute *m, uint64_t now, struct arena *a)
{
	struct buf b;
	buf_init(&b, 200);
	buf_uint(&b, m->left);
	buf_puts(&b, m->left == 1 ? " record was" : " records were");
	buf_puts(&b, " left out within ");
	buf_uint(&b, (now - m->began + 999) / 1000);
	buf_puts(&b, " s, because a process writes at most ");
	buf_uint(&b, LIMIT_RECORDS);
	buf_puts(&b, " a minute");
	const char *text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text;
}

bool limit_take(bool end, uint64_t now, struct record *r, struct arena *a)
{
	static const char *const help[] = {
	    "look at the records of that minute first: what fails in so many ways often has one "
	    "reason (a CA, an inspection proxy, "
	    "a clock)"};
	if (!enter())
		return false;
	struct minute m = state;
	if (m.left && !end && !is_over(now))
		m.left = 0;
	if (m.left)
		state = (struct minute){.process = m.process};
	if (!state.left)
		atomic_store(&due, 0);
	lock_leave(&lock);
	if (!m.left)
		return false;
	*r = (struct record){.level = m.worst,
			     .event = EVENT_LEFT_OUT,
			     .cause = CAUSE_NONE,
			     .time_ms = clock_realtime_ms(),
			     .code = -1,
			     .depth = -1,
			     .enforced = -1,
			     .help = help,
			     .help_count = 1,
			     .look = m.left};
	r->message = headline(&m, now, a);
	r->why = causes(&m, a);
	return true;
}

void limit_give_back(const struct record *r, uint64_t now)
{
	limit_leave_out(r->level, CAUSE_NONE, (unsigned)r->look, now);
}
