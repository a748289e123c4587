/* SPDX-License-Identifier: ISC
 * record: levels, repetition with a clock of the test's own, destinations that cannot be written */
#include <tlsmend/record.h>
#include "../../shim/log/destination.h"
#include "../../shim/record/limit.h"
#include "../../shim/record/repeat.h"
#include "../../shim/record/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t now_ms;
static int saved_stderr, error_pipe[2], log_pipe[2];
static char got[65536];

static uint64_t test_clock(void)
{
	return now_ms;
}

static const char *drain(int fd)
{
	const ssize_t n = read(fd, got, sizeof got - 1);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void nonblocking_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

/* Standard error and the chosen descriptor are pipes that the test reads. */
static int set_up(void **state)
{
	(void)state;
	alarm(60);
	now_ms = 1000000;
	repeat_reset(test_clock);
	record_reset();
	nonblocking_pipe(error_pipe);
	nonblocking_pipe(log_pipe);
	saved_stderr = dup(2);
	dup2(error_pipe[1], 2);
	descriptor_remember(DESCRIPTOR_STDERR, 2);
	descriptor_remember(DESCRIPTOR_CHOSEN, log_pipe[1]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	dup2(saved_stderr, 2);
	close(saved_stderr);
	for (int i = 0; i < 2; i++) {
		close(error_pipe[i]);
		close(log_pipe[i]);
	}
	return 0;
}

static struct log_settings to_pipe(void)
{
	return (struct log_settings){.sink = {.kind = SINK_FD, .fd = log_pipe[1]},
				     .level = LEVEL_WARNING,
				     .program = "test"};
}

static struct record failure(const char *message)
{
	return (struct record){.level = LEVEL_ERROR,
			       .event = EVENT_VERIFY_FAILED,
			       .message = message,
			       .host = "a.test",
			       .port = 443,
			       .code = 20,
			       .depth = 0,
			       .enforced = 1};
}

static unsigned lines_of(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

static void fill(int fd)
{
	char block[4096];

	memset(block, 'x', sizeof block);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, block, sizeof block) > 0)
		;
	fcntl(fd, F_SETFL, 0);
}

static void empty(int fd)
{
	while (read(fd, got, sizeof got) > 0)
		;
}

/* ---- levels, forms ----------------------------------------------------------------------------------- */
static void filters_by_level(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("headline");

	(void)state;
	r.level = LEVEL_INFO;
	record_submit_to(&s, &r);
	assert_string_equal(drain(log_pipe[0]), "");
	s.level = LEVEL_INFO;
	errno = 4711;
	record_submit_to(&s, &r);
	assert_int_equal(errno, 4711);
	assert_non_null(strstr(drain(log_pipe[0]), "headline"));
	assert_int_equal(got[strlen(got) - 1], '\n');
	assert_null(strchr(got, '\033'));
	s.sink.kind = SINK_OFF;
	r.message = "other";
	record_submit_to(&s, &r);
	assert_string_equal(drain(log_pipe[0]), "");
	assert_string_equal(drain(error_pipe[0]), "");
}

static void json_is_one_line(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("headline");

	(void)state;
	s.json = true;
	record_submit_to(&s, &r);
	drain(log_pipe[0]);
	assert_int_equal(got[0], '{');
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

static void settings_come_from_the_environment(void **state)
{
	struct environment e = {.log = "fd:9",
				.log_format = "json",
				.log_level = "debug",
				.colour = true,
				.program = "p"};
	struct log_settings s;

	(void)state;
	log_settings_from(&e, &s);
	assert_true(s.sink.kind == SINK_FD && s.sink.fd == 9 && s.json && s.colour);
	assert_int_equal(s.level, LEVEL_DEBUG);
	assert_string_equal(s.program, "p");
	e.disabled = true;
	log_settings_from(&e, &s);
	assert_int_equal(s.sink.kind, SINK_OFF);
	e = (struct environment){.log = "nowhere", .log_format = "xml", .log_level = "loud"};
	log_settings_from(&e, &s);
	assert_true(s.sink.kind == SINK_STDERR && !s.json && s.level == LEVEL_WARNING);
}

/* ---- repetition ---------------------------------------------------------------------------------------- */
static void counts_what_repeats(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("headline");

	(void)state;
	for (int i = 0; i < 38; i++) {
		record_submit_to(&s, &r);
		now_ms += 1000;
	}
	assert_int_equal(lines_of(drain(log_pipe[0]), "headline"), 1);
	assert_null(strstr(got, "repeated"));
	now_ms = 1000000 + REPEAT_WINDOW_S * 1000 - 1;
	record_submit_to(&s, &r);
	assert_string_equal(drain(log_pipe[0]), "");
	now_ms++;
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 38 times in 60 s"));
	record_submit_to(&s, &r);
	assert_string_equal(drain(log_pipe[0]), "");
	now_ms += 61000;
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 1 times in 61 s"));
	now_ms += 61000;
	record_submit_to(&s, &r);
	assert_null(strstr(drain(log_pipe[0]), "repeated"));
	assert_non_null(strstr(got, "headline"));
}

static void different_failures_are_no_repetition(void **state)
{
	struct cert_info one = {.have_sha256 = true}, two = {.have_sha256 = true, .sha256 = {1}};
	struct chain_line lines[] = {{.cert = &one}, {.cert = &two}};
	struct record r[7];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(r); i++)
		r[i] = failure("headline");
	r[1].host = "b.test";
	r[2].port = 444;
	r[3].cause = CAUSE_CLOSED_EARLY;
	r[4].event = EVENT_VERIFY_IGNORED;
	r[5].message = "other";
	r[6].chain = &lines[1];
	r[6].chain_count = 1;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < ARRAY_LENGTH(r); i++)
			assert_int_equal(repeat_note(&r[i]), round == 0);
	r[6].chain = &lines[0];
	assert_true(repeat_note(&r[6]));
}

/* The same end of a connection, met while reading and when the client gave up. */
static void another_code_is_the_same_failure(void **state)
{
	struct record r[] = {failure("headline"), failure("headline")};

	(void)state;
	r[0].code = 294;
	r[0].name = "unexpected eof while reading";
	r[1].code = -1;
	r[1].name = "end of file";
	assert_true(repeat_note(&r[0]));
	assert_false(repeat_note(&r[1]));
}

/* Its alert came, or the reset overtook it. */
static void a_servers_no_to_a_certificate_is_the_same_in_other_words(void **state)
{
	struct record r[] = {failure("the server demands one"), failure("the server ended it")};

	(void)state;
	r[0].cause = r[1].cause = CAUSE_CLIENT_CERTIFICATE_MISSING;
	assert_true(repeat_note(&r[0]));
	assert_false(repeat_note(&r[1]));
	r[1].port = 444;
	assert_true(repeat_note(&r[1]));
}

static void each_good_handshake_is_told(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("connected");

	(void)state;
	s.level = LEVEL_DEBUG;
	r.level = LEVEL_DEBUG;
	r.event = EVENT_HANDSHAKE_OK;
	record_submit_to(&s, &r);
	record_submit_to(&s, &r);
	assert_int_equal(lines_of(drain(log_pipe[0]), "connected"), 2);
}

/* ---- what was only counted is told ------------------------------------------------------------------------ */
static void is_told_at_the_end(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("headline");

	(void)state;
	for (int i = 0; i < 20; i++)
		record_submit_to(&s, &r);
	drain(log_pipe[0]);
	now_ms += 5000;
	record_catch_up_to(&s, false);
	assert_string_equal(drain(log_pipe[0]), "");
	record_catch_up_to(&s, true);
	/* one record for the last of nineteen */
	assert_int_equal(lines_of(drain(log_pipe[0]), "headline"), 1);
	assert_non_null(strstr(got, "repeated 18 times in 5 s"));
	record_catch_up_to(&s, true);
	assert_string_equal(drain(log_pipe[0]), "");
}

static void is_told_when_its_minute_is_over(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("headline"), other = failure("other");

	(void)state;
	s.json = true;
	record_submit_to(&s, &r);
	record_submit_to(&s, &r);
	now_ms += 59000;
	record_submit_to(&s, &other);
	drain(log_pipe[0]);
	assert_null(strstr(got, "repeated"));
	assert_int_equal(lines_of(got, "headline"), 1);
	now_ms += 1000;
	record_submit_to(&s, &other); /* whatever happens */
	assert_int_equal(lines_of(drain(log_pipe[0]), "headline"), 1);
	assert_null(strstr(got, "other"));
	assert_non_null(strstr(got, "\"host\":\"a.test\",\"port\":443"));
	assert_null(strstr(got, "repeated")); /* it was one */
	record_catch_up_to(&s, true);
	assert_int_equal(lines_of(drain(log_pipe[0]), "other"), 1);
}

static void what_could_not_be_told_is_kept(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("headline");

	(void)state;
	for (int i = 0; i < 5; i++)
		record_submit_to(&s, &r);
	fill(log_pipe[1]);
	record_catch_up_to(&s, true);
	empty(log_pipe[0]);
	record_catch_up_to(&s, true);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 3 times"));
}

static void a_child_tells_its_own(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("headline");
	int status = -1;

	(void)state;
	for (int i = 0; i < 5; i++)
		record_submit_to(&s, &r);
	drain(log_pipe[0]);
	const pid_t child = fork();
	if (!child) {
		record_submit_to(&s, &r);
		record_submit_to(&s, &r);
		record_catch_up_to(&s, true);
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 1 times"));
	record_catch_up_to(&s, true);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 3 times"));
}

/* ---- too many ------------------------------------------------------------------------------------------------ */
static unsigned submit_names(const struct log_settings *s, unsigned from, unsigned count)
{
	char host[16];
	struct record r = failure("headline");
	unsigned written = 0;

	r.host = host;
	r.cause = CAUSE_EXPIRED;
	for (unsigned i = from; i < from + count; i++) {
		snprintf(host, sizeof host, "h%u.test", i);
		record_submit_to(s, &r);
		written += lines_of(drain(log_pipe[0]), "headline");
	}
	return written;
}

static void there_is_a_bound(void **state)
{
	struct log_settings s = to_pipe();

	(void)state;
	assert_int_equal(submit_names(&s, 0, 5000), LIMIT_RECORDS);
	now_ms += 30000;
	assert_int_equal(submit_names(&s, 0, 10), 0);
	record_catch_up_to(&s, false);
	assert_string_equal(drain(log_pipe[0]), "");
	now_ms += 30000;
	record_catch_up_to(&s, false);
	assert_int_equal(lines_of(drain(log_pipe[0]), "4900 records were left out within 60 s"), 1);
	assert_non_null(strstr(got, "by cause: expired 4900"));
	assert_non_null(strstr(got, "error[left_out]"));
	/* ten of the first hundred came again */
	assert_int_equal(lines_of(got, "headline"), 10);
	assert_int_equal(submit_names(&s, 6000, 3), 3);
	record_catch_up_to(&s, true);
	assert_string_equal(drain(log_pipe[0]), "");
}

static void nobody_is_written_twice_for_want_of_room(void **state)
{
	const struct log_settings s = to_pipe();

	(void)state;
	now_ms += 1;
	assert_int_equal(submit_names(&s, 0, 100), 100);
	now_ms += 59000;
	for (int round = 0; round < 3; round++)
		assert_int_equal(submit_names(&s, 0, 100), 0);
}

/* Who asks for more gets it. */
static void info_has_no_bound(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("connected");

	(void)state;
	s.level = LEVEL_DEBUG;
	r.level = LEVEL_DEBUG;
	r.event = EVENT_HANDSHAKE_OK;
	for (unsigned i = 0; i < 3 * LIMIT_RECORDS; i++) {
		record_submit_to(&s, &r);
		assert_int_equal(lines_of(drain(log_pipe[0]), "connected"), 1);
	}
}

static void *submit_many(void *settings)
{
	const struct record r = failure("headline");

	for (int i = 0; i < 1000; i++)
		record_submit_to(settings, &r);
	return NULL;
}

static void threads_count_together(void **state)
{
	struct log_settings s = to_pipe();
	const struct record r = failure("headline");
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &s), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(lines_of(drain(log_pipe[0]), "headline"), 1);
	now_ms += 60000;
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 3999 times in 60 s"));
}

/* ---- destinations that take nothing ------------------------------------------------------------------ */
static void lost_records_are_counted_and_told(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("first"), other = failure("second");

	(void)state;
	fill(log_pipe[1]);
	record_submit_to(&s, &r);
	record_submit_to(&s, &other);
	empty(log_pipe[0]);
	/* Was never written, so it is no repetition. */
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(log_pipe[0]), "first"));
	assert_non_null(strstr(got, "2 earlier records were lost"));
	record_submit_to(&s, &other);
	assert_non_null(strstr(drain(log_pipe[0]), "second"));
	assert_null(strstr(got, "lost"));
	assert_string_equal(drain(error_pipe[0]), "");
}

static void lost_records_are_told_at_the_end(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("first");

	(void)state;
	fill(log_pipe[1]);
	record_submit_to(&s, &r);
	record_catch_up_to(&s, false);
	empty(log_pipe[0]);
	/* not a child's loss */
	const pid_t child = fork();
	if (!child) {
		record_catch_up_to(&s, true);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	assert_string_equal(drain(log_pipe[0]), "");
	record_catch_up_to(&s, true);
	assert_non_null(strstr(drain(log_pipe[0]), "warning[left_out]"));
	assert_non_null(strstr(got, "1 record was lost, because the log took no more"));
	record_catch_up_to(&s, true);
	assert_string_equal(drain(log_pipe[0]), "");
}

static void a_lost_record_keeps_its_count(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("headline");

	(void)state;
	for (int i = 0; i < 6; i++)
		record_submit_to(&s, &r);
	now_ms += 60000;
	fill(log_pipe[1]);
	record_submit_to(&s, &r); /* would have said: 5 times */
	empty(log_pipe[0]);
	now_ms += 1000;
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(log_pipe[0]), "repeated 5 times in 61 s"));
	assert_non_null(strstr(got, "1 earlier record was lost"));
}

static void unusable_file_is_told_once_and_nothing_is_lost(void **state)
{
	struct log_settings s = to_pipe();
	struct record r = failure("first");

	(void)state;
	s.sink = (struct sink){.kind = SINK_FILE, .path = "/nonexistent/tls\033[2J.log"};
	record_submit_to(&s, &r);
	drain(error_pipe[0]);
	assert_ptr_equal(
	    strstr(got, "tlsmend: error: cannot write to /nonexistent/tls\\x1B[2J.log: No such "
			"file or directory; create its directory, or set TLSMEND_LOG to another "
			"file; until then records come here\n"),
	    got);
	assert_int_equal(lines_of(got, "No such file"), 1);
	assert_int_equal(lines_of(got, "first"), 1);
	r.message = "second";
	record_submit_to(&s, &r);
	drain(error_pipe[0]);
	assert_null(strstr(got, "No such file"));
	assert_int_equal(lines_of(got, "second"), 1);
}

static void reused_descriptor_falls_back_to_stderr(void **state)
{
	const struct log_settings s = to_pipe();
	const struct record r = failure("first");
	const int null = open("/dev/zero", O_RDWR);

	(void)state;
	dup2(null, log_pipe[1]);
	close(null);
	record_submit_to(&s, &r);
	assert_int_equal(lines_of(drain(error_pipe[0]), "first"), 1);
	assert_non_null(strstr(got, "cannot write to the descriptor of TLSMEND_LOG"));
}

/* A closed stderr is nobody's fault and nobody's problem. */
static void no_stderr_at_all(void **state)
{
	struct log_settings s = to_pipe();
	const struct record r = failure("first");

	(void)state;
	s.sink = (struct sink){.kind = SINK_STDERR, .fd = -1};
	close(2);
	errno = 4711;
	record_submit_to(&s, &r);
	assert_int_equal(errno, 4711);
	dup2(error_pipe[1], 2);
	record_submit_to(&s, &r);
	assert_non_null(strstr(drain(error_pipe[0]), "first"));
}

/* ---- a host without memory ---------------------------------------------------------------------------- */
#if defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 1
#endif
#endif

static int submit_without_memory(void)
{
	const struct rlimit none = {0, 0};
	const struct log_settings s = to_pipe();
	const struct record r = failure("starved\033");

	if (setrlimit(RLIMIT_AS, &none))
		return 1;
	for (size_t n = 1 << 20; n; n /= 2)
		while (malloc(n))
			;
	record_submit_to(&s, &r);
	return 0;
}

static void headline_needs_no_memory(void **state)
{
	int status = -1;
	pid_t pid;

	(void)state;
#ifdef OWN_ALLOCATOR
	skip(); /* a sanitizer's allocator aborts */
#endif
	pid = fork();
	if (!pid)
		_exit(submit_without_memory());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_string_equal(drain(log_pipe[0]), "tlsmend: starved\\x1B\n");
}

/* ---- the front, which reads the process's environment ------------------------------------------------ */
static void config_errors_and_environment_problems(void **state)
{
	(void)state;
	sink_remember_descriptors();
	assert_true(record_wanted(LEVEL_ERROR) && record_wanted(LEVEL_WARNING));
	assert_false(record_wanted(LEVEL_INFO));
	record_config_error("/etc/tlsmend.conf", 7, "unknown key");
	assert_non_null(strstr(drain(error_pipe[0]), "/etc/tlsmend.conf:7: unknown key"));
	record_config_error("/etc/tlsmend.conf", 0, "cannot be read");
	assert_non_null(strstr(drain(error_pipe[0]), "/etc/tlsmend.conf: cannot be read"));
	record_environment_problems();
	assert_int_equal(lines_of(drain(error_pipe[0]), "TLSMEND_DLSYM=maybe is not understood"),
			 1);
	record_environment_problems();
	assert_string_equal(drain(error_pipe[0]), "");
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(filters_by_level),
	    TEST(json_is_one_line),
	    TEST(settings_come_from_the_environment),
	    TEST(counts_what_repeats),
	    TEST(different_failures_are_no_repetition),
	    TEST(a_servers_no_to_a_certificate_is_the_same_in_other_words),
	    TEST(another_code_is_the_same_failure),
	    TEST(each_good_handshake_is_told),
	    TEST(is_told_at_the_end),
	    TEST(is_told_when_its_minute_is_over),
	    TEST(what_could_not_be_told_is_kept),
	    TEST(a_child_tells_its_own),
	    TEST(there_is_a_bound),
	    TEST(nobody_is_written_twice_for_want_of_room),
	    TEST(info_has_no_bound),
	    TEST(threads_count_together),
	    TEST(lost_records_are_counted_and_told),
	    TEST(lost_records_are_told_at_the_end),
	    TEST(a_lost_record_keeps_its_count),
	    TEST(unusable_file_is_told_once_and_nothing_is_lost),
	    TEST(reused_descriptor_falls_back_to_stderr),
	    TEST(no_stderr_at_all),
	    TEST(headline_needs_no_memory),
	    TEST(config_errors_and_environment_problems),
	};

	(void)argc;
	/* What counts is the environment that the process began with. */
	if (!getenv("BEGUN_ANEW")) {
		for (char **v = environ; v && *v; v++)
			if (!strncmp(*v, "TLSMEND_", 8))
				**v = '_';
		setenv("TLSMEND_DLSYM", "maybe", 1);
		setenv("BEGUN_ANEW", "1", 1);
		execv("/proc/self/exe", argv);
		return 99;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
