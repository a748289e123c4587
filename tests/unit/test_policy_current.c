/* SPDX-License-Identifier: ISC
 *
 * The rules in force, where looks at their file fail: from the start, later, and in a child of fork(2).
 */
#include "policy_in_force.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char directory[] = "/tmp/tlsmend-current-XXXXXX";
static char config[64];

static void put(const char *text)
{
	put_file(config, text);
}

/* All in one process and in this order: there is one set of rules. */
static void test_life(void **state)
{
	(void)state;
	put("[h]\nExtraCAFile = /a\n");
	descriptors(false);
	assert_int_equal(ask(), 'c'); /* not known */
	assert_int_equal(ask(), 'c');
	descriptors(true);
	assert_int_equal(ask(), 'e'); /* at the next question */
	assert_int_equal(ask(), 'e');

	put("[h]\nOnlyCAFile = /a\n");
	wait_for_look();
	descriptors(false);
	assert_int_equal(ask(), 'e'); /* as it was */
	descriptors(true);
	usleep(150 * 1000);
	assert_int_equal(ask(), 'o'); /* soon */

	put("[h]\nOnlyCAFile = ~/a\n"); /* no path */
	wait_for_look();
	assert_int_equal(ask(), 'o');
	assert_int_equal(ask(), 'o');
	assert_int_equal(said("not expanded"), 1);

	put("[g]\nExtraCAFile = /a\n");
	wait_for_look();
	assert_int_equal(ask(), '.');
	assert_int_equal(unlink(config), 0);
	wait_for_look();
	assert_int_equal(ask(), '-');
	assert_int_equal(said("No such file"), 1);
}

static void *ask_often(void *arg)
{
	const atomic_bool *stop = arg;
	unsigned wrong = 0;

	while (!atomic_load(stop)) {
		char answer = ask();

		wrong += answer != 'e' && answer != 'o';
	}
	return (void *)(uintptr_t)wrong;
}

/* A file that changes under many threads, and under forks: never anything but one of its two versions. */
static void test_threads(void **state)
{
	enum { THREADS = 64, CHANGES = 60, FORKS = 20 };
	atomic_bool stop = false;
	pthread_t threads[THREADS];

	(void)state;
	put("[h]\nExtraCAFile = /a\n");
	wait_for_look();
	assert_int_equal(ask(), 'e');
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &stop), 0);
	for (unsigned i = 0; i < CHANGES; i++) {
		put(i % 2 ? "[h]\nExtraCAFile = /a\n" : "[h]\nOnlyCAFile = /a\n");
		usleep(40 * 1000);
		if (i < FORKS) {
			int status = 0;
			pid_t child = fork();

			if (child == 0) {
				char answer = ask();

				_exit(answer == 'e' || answer == 'o' ? 0 : 1);
			}
			assert_true(child > 0);
			assert_int_equal(waitpid(child, &status, 0), child);
			assert_int_equal(status, 0);
		}
	}
	atomic_store(&stop, true);
	for (unsigned i = 0; i < THREADS; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_life),
					   cmocka_unit_test(test_threads)};
	int failed;

	/* What counts is the environment that the process began with. */
	if (argc == 2)
		snprintf(directory, sizeof(directory), "%s", argv[1]);
	else if (!mkdtemp(directory))
		return 99;
	snprintf(config, sizeof(config), "%s/config", directory);
	snprintf(log_file, sizeof(log_file), "%s/log", directory);
	if (argc != 2) {
		setenv("TLSMEND_CONFIG", config, 1);
		setenv("TLSMEND_LOG", log_file, 1);
		execl("/proc/self/exe", argv[0], directory, NULL);
		return 99;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(config);
	unlink(log_file);
	rmdir(directory);
	return failed;
}
