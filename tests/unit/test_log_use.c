/* SPDX-License-Identifier: ISC
 * use: once a day for each host and rule at the record's level, each time at info, with a clock of the test's own */
#include <tlsmend/record.h>
#include "../../shim/log/destination.h"
#include "../../shim/record/settings.h"
#include "../../shim/record/use.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t DAY = INT64_C(24) * 60 * 60 * 1000;
static int64_t now_ms;
static int log_pipe[2];
static char got[1 << 16];

static int64_t test_clock(void)
{
	return now_ms;
}

static int set_up(void **state)
{
	(void)state;
	now_ms = 20785 * DAY;
	use_reset(test_clock);
	record_reset();
	assert_int_equal(pipe(log_pipe), 0);
	assert_int_equal(fcntl(log_pipe[0], F_SETFL, O_NONBLOCK), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, log_pipe[1]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(log_pipe[0]);
	close(log_pipe[1]);
	use_reset(NULL);
	return 0;
}

static uint64_t use(enum event event, const char *host, const char *rule)
{
	const char *const parts[] = {rule, NULL};

	return record_use(event, record_use_of(parts, ARRAY_LENGTH(parts)), host);
}

static uint64_t number(unsigned i)
{
	char host[32] = "host";

	for (unsigned n = 4; i; i /= 10)
		host[n++] = (char)('0' + i % 10);
	return use(EVENT_MENDED, host, "rule");
}

/* What was written: "warning", "info" or "". */
static const char *submit(uint64_t u, enum level wanted)
{
	struct log_settings s = {.sink = {.kind = SINK_FD, .fd = log_pipe[1]},
				 .level = wanted,
				 .json = true,
				 .program = "test"};
	const struct record r = {.level = LEVEL_WARNING,
				 .event = EVENT_MENDED,
				 .message = "made possible",
				 .code = -1,
				 .depth = -1,
				 .enforced = -1,
				 .use = u};

	record_submit_to(&s, &r);
	const ssize_t n = read(log_pipe[0], got, sizeof got - 1);

	got[n > 0 ? n : 0] = '\0';
	assert_null(strstr(got, "repeated"));
	return strstr(got, "\"level\":\"warning\"") ? "warning"
	       : strstr(got, "\"level\":\"info\"")  ? "info"
						    : got;
}

static void once_a_day_by_default(void **state)
{
	const uint64_t u = use(EVENT_MENDED, "a.test", "rule");

	(void)state;
	assert_string_equal(submit(u, LEVEL_WARNING), "warning");
	now_ms += DAY - 1;
	assert_string_equal(submit(u, LEVEL_WARNING), "");
	now_ms++;
	assert_string_equal(submit(u, LEVEL_WARNING), "warning");
	assert_string_equal(submit(u, LEVEL_WARNING), "");
	now_ms -= DAY; /* a clock that is set back: rather once too often */
	assert_string_equal(submit(u, LEVEL_WARNING), "warning");
}

static void each_at_info(void **state)
{
	const uint64_t u = use(EVENT_MENDED, "a.test", "rule");

	(void)state;
	assert_string_equal(submit(u, LEVEL_INFO), "warning");
	for (int i = 0; i < 3; i++)
		assert_string_equal(submit(u, LEVEL_INFO), "info");
	assert_string_equal(submit(use(EVENT_MENDED, "b.test", "rule"), LEVEL_ERROR), "");
	assert_string_equal(submit(use(EVENT_MENDED, "b.test", "rule"), LEVEL_INFO), "warning");
}

static void what_makes_another_use(void **state)
{
	(void)state;
	assert_true(use_first(use(EVENT_MENDED, "a.test", "rule")));
	assert_true(use_first(use(EVENT_MENDED, "b.test", "rule")));
	assert_true(use_first(use(EVENT_MENDED, "a.test", "other")));
	assert_true(use_first(use(EVENT_WEAKENED, "a.test", "rule")));
	assert_true(use_first(use(EVENT_MENDED, "a.testr", "ule")));
	assert_true(use_first(use(EVENT_MENDED, NULL, "rule")));
	assert_false(use_first(use(EVENT_MENDED, "a.test", "rule")));
}

/* Nothing that was not said counts as said, however many there are; and an ordinary number of them is said once. */
static void many_hosts(void **state)
{
	enum { USUAL = 2000, MANY = 50000 };
	unsigned again = 0;

	(void)state;
	for (unsigned i = 1; i <= USUAL; i++)
		assert_true(use_first(number(i)));
	for (unsigned i = 1; i <= USUAL; i++)
		again += use_first(number(i));
	assert_true(again <= USUAL / 100);
	for (unsigned i = USUAL + 1; i <= MANY; i++)
		assert_true(use_first(number(i)));
	for (unsigned i = 0; i < 10; i++)
		assert_false(use_first(number(MANY)));
	now_ms += DAY;
	for (unsigned i = 1; i <= USUAL; i++)
		assert_true(use_first(number(i)));
}

static void lost_is_not_said(void **state)
{
	const uint64_t u = use(EVENT_MENDED, "a.test", "rule");
	static char filler[1 << 16];

	(void)state;
	assert_int_equal(fcntl(log_pipe[1], F_SETFL, O_NONBLOCK), 0);
	descriptor_remember(DESCRIPTOR_CHOSEN, log_pipe[1]);
	while (write(log_pipe[1], filler, sizeof filler) > 0)
		;
	submit(u, LEVEL_WARNING); /* there was no room */
	while (read(log_pipe[0], got, sizeof got) > 0)
		;
	assert_string_equal(submit(u, LEVEL_WARNING), "warning");
	assert_string_equal(submit(u, LEVEL_WARNING), "");
}

static _Atomic unsigned firsts;
/* Each in a bucket of its own (use.c): two that meet in one may take each other's place, and one is then said once more. */
static void *use_many(void *arg)
{
	(void)arg;
	for (uint64_t i = 1; i <= 500; i++)
		if (use_first(i << 16))
			atomic_fetch_add(&firsts, 1);
	return NULL;
}

static void threads_say_it_once(void **state)
{
	pthread_t threads[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_many, NULL), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&firsts), 500);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(once_a_day_by_default),  TEST(each_at_info),
	    TEST(what_makes_another_use), TEST(many_hosts),
	    TEST(lost_is_not_said),       TEST(threads_say_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
