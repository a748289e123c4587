/* SPDX-License-Identifier: ISC
 * environment parsing, and when a privileged process is inert */
#include <tlsmend/base.h>

#include "../../shim/base/environment_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct environment e;
static struct arena arena;

static void read_variables(const char *const *variables)
{
	char *copies[32] = {NULL};

	for (size_t i = 0; variables[i]; i++)
		copies[i] = strdup(variables[i]);
	arena_free(&arena);
	environment_read(&e, &arena, copies, false, "/nonexistent");
	/* What a daemon's setproctitle() does. */
	for (size_t i = 0; copies[i]; i++) {
		memset(copies[i], '#', strlen(copies[i]));
		free(copies[i]);
	}
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void takes_private_copies(void **state)
{
	static const char *const variables[] = {"PATH=/bin",
						"TLSMEND_CONFIG=/a:/b",
						"TLSMEND_EXTRA_CA=h=/f,h2=/g",
						"TLSMEND_LOG=fd:7",
						"TLSMEND_LOG_FORMAT=json",
						"TLSMEND_LOG_LEVEL=debug",
						"TLSMEND_MIN_PROTOCOL=h=TLSv1.2",
						"TLSMEND_DLSYM=off",
						"TLSMEND_DEEPBIND=drop",
						"TLSMEND_DRY_RUN=1",
						"TLSMEND_DISABLE=1",
						"TLSMEND_LOG=off",
						"TERM=xterm",
						"NO_COLOR=",
						NULL};

	(void)state;
	read_variables(variables);
	assert_string_equal(e.config, "/a:/b");
	assert_string_equal(e.extra_ca, "h=/f,h2=/g");
	assert_string_equal(e.min_protocol, "h=TLSv1.2");
	assert_string_equal(e.log, "fd:7"); /* the first counts, as with getenv(3) */
	assert_string_equal(e.log_format, "json");
	assert_string_equal(e.log_level, "debug");
	assert_true(e.dlsym_off && e.deepbind_drop && e.disabled && e.dry_run && e.colour);
	assert_false(e.secure);
	assert_null(e.bad[0]);
}

static void nothing_set_means_defaults(void **state)
{
	static const char *const variables[] = {"TLSMEND_CONFIG=",
						"TLSMEND_DISABLE=0",
						"TLSMEND_DLSYM=on",
						"TLSMEND_DEEPBIND=leave",
						"TLSMEND_LOG=",
						"TLSMEND_TEST_ANYTHING=x",
						"TLSMENDER=x",
						"TLSMEND_NOTHING",
						NULL};

	(void)state;
	read_variables(variables);
	assert_null(e.config);
	assert_null(e.log);
	assert_false(e.dlsym_off || e.deepbind_drop || e.disabled || e.colour);
	assert_null(e.bad[0]);
	environment_read(&e, &arena, NULL, false, "/nonexistent");
	assert_false(e.disabled);
}

static void bad_values_are_told_and_do_nothing(void **state)
{
	static const char *const cases[][2] = {
	    {"TLSMEND_LOG_LEVEL=loud", "TLSMEND_LOG_LEVEL=loud is not understood; write error, "
				       "warning, info or debug"},
	    {"TLSMEND_LOG=fd:x",
	     "TLSMEND_LOG=fd:x is not understood; write stderr, syslog, journal, "
	     "fd:N, an absolute path or off"},
	    {"TLSMEND_LOG_FORMAT=xml\x1b[2J",
	     "TLSMEND_LOG_FORMAT=xml\\x1B[2J is not understood; write "
	     "text or json"},
	    {"TLSMEND_DISABLE=yes",
	     "TLSMEND_DISABLE=yes is not understood; write 1 to disable tlsmend, or 0"},
	    {"TLSMEND_DLSYM=maybe", "TLSMEND_DLSYM=maybe is not understood; write on or off"},
	    {"TLSMEND_DEEPBIND=1", "TLSMEND_DEEPBIND=1 is not understood; write leave or drop"},
	    {"TLSMEND_DRY_RUN=yes", "TLSMEND_DRY_RUN=yes is not understood; write 1 to change "
				    "nothing and only tell, or 0"},
	    {"TLSMEND_MINPROTOCOL=h=TLSv1",
	     "TLSMEND_MINPROTOCOL is no variable of tlsmend and has no "
	     "effect; did you mean TLSMEND_MIN_PROTOCOL?"},
	    {"TLSMEND_LEVEL=info", "TLSMEND_LEVEL is no variable of tlsmend and has no effect; did "
				   "you mean TLSMEND_LOG_LEVEL?"},
	    {"TLSMEND_BANANA=1", "TLSMEND_BANANA is no variable of tlsmend and has no effect"},
	    {"TLSMEND_=1", "TLSMEND_ is no variable of tlsmend and has no effect"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *const variables[] = {cases[i][0], NULL};

		read_variables(variables);
		assert_non_null(e.bad[0]);
		assert_string_equal(e.bad[0], cases[i][1]);
		assert_null(e.bad[1]);
		assert_false(e.disabled || e.dlsym_off || e.deepbind_drop || e.dry_run);
	}
}

static void many_bad_ones_are_bounded(void **state)
{
	char *variables[101] = {NULL};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		variables[i] = malloc(70000);
		assert_non_null(variables[i]);
		memset(variables[i], 'X', 70000);
		memcpy(variables[i], "TLSMEND_", 8);
		strcpy(variables[i] + 69000, "=1");
	}
	arena_free(&arena);
	environment_read(&e, &arena, variables, false, "/nonexistent");
	for (; e.bad[n]; n++)
		assert_true(strlen(e.bad[n]) < 200);
	assert_int_equal(n, 16);
	for (size_t i = 0; i < 100; i++)
		free(variables[i]);
}

static void colour_needs_a_capable_terminal(void **state)
{
	static const struct {
		const char *variables[3];
		bool colour;
	} cases[] = {
	    {{"TERM=xterm", NULL}, true},
	    {{"TERM=dumb", NULL}, false},
	    {{"TERM=xterm", "NO_COLOR=1", NULL}, false},
	    {{NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		read_variables(cases[i].variables);
		assert_int_equal(e.colour, cases[i].colour);
	}
}

/* ---- privileged processes
 * --------------------------------------------------------------------------- */
static void privileged_reads_no_variable(void **state)
{
	char set[] = "TLSMEND_CONFIG=/tmp/evil", off[] = "TLSMEND_LOG=/tmp/evil",
	     term[] = "TERM=xterm";
	char *variables[] = {set, off, term, NULL};

	(void)state;
	environment_read(&e, &arena, variables, true, "/nonexistent");
	assert_true(e.secure && e.disabled);
	assert_null(e.config);
	assert_null(e.log);
	assert_false(e.colour);
	assert_null(e.bad[0]);
}

static void privileged_trusts_roots_file_only(void **state)
{
	static const struct {
		mode_t mode;
		uid_t owner;
		bool trusted;
	} cases[] = {{0644, 0, true},  {0600, 0, true},     {0664, 0, false},
		     {0646, 0, false}, {0644, 1000, false}, {0600, 1000, false}};
	char path[] = "/tmp/tlsmend-trust-XXXXXX", link[64];
	const int fd = mkstemp(path);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_true(fd >= 0);
	strcat(strcpy(link, path), ".link");
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(lchown(link, 1000, 1000), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(fchown(fd, cases[i].owner, 0), 0);
		assert_int_equal(fchmod(fd, cases[i].mode), 0);
		assert_int_equal(environment_file_is_trusted(path), cases[i].trusted);
		assert_int_equal(environment_file_is_trusted(link), cases[i].trusted);
		environment_read(&e, &arena, NULL, true, path);
		assert_int_equal(e.disabled, !cases[i].trusted);
	}
	assert_false(environment_file_is_trusted("/tmp"));
	assert_false(environment_file_is_trusted("/dev/null"));
	close(fd);
	unlink(link);
	unlink(path);
}

static void process_side(void **state)
{
	const struct environment *first = environment_get();

	(void)state;
	assert_ptr_equal(first, environment_get());
	assert_string_equal(first->program, "test_base_environment");
	assert_non_null(environment_exe());
	assert_int_equal(environment_exe()[0], '/');
	assert_false(environment_is_secure());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_private_copies),
	    cmocka_unit_test(nothing_set_means_defaults),
	    cmocka_unit_test(bad_values_are_told_and_do_nothing),
	    cmocka_unit_test(many_bad_ones_are_bounded),
	    cmocka_unit_test(colour_needs_a_capable_terminal),
	    cmocka_unit_test(privileged_reads_no_variable),
	    cmocka_unit_test(privileged_trusts_roots_file_only),
	    cmocka_unit_test(process_side),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
