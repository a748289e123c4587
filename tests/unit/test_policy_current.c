/* SPDX-License-Identifier: ISC
 *
 * The rules in force, where looks at their file fail: from the start, later, and in a child of fork(2).
 */
#include "policy_helper.h"

#include <tlsmend/apply.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/tlsmend-current-XXXXXX";
static char config[64], log_file[64];

static void put(const char *text)
{
	char fresh[80];
	int fd;

	snprintf(fresh, sizeof(fresh), "%s.new", config);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	assert_int_equal(rename(fresh, config), 0);
}

static void descriptors(bool any)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = any ? limit.rlim_max : 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* '-': no rules; 'c': closed; 'e', 'o': ExtraCAFile, OnlyCAFile; '.': rules, but none for h. */
static char ask(void)
{
	struct policy_ref *r = policy_acquire();
	struct peer peer = {"h", NULL, 443};
	struct rule rule;
	char answer;

	if (r == NULL)
		return '-';
	policy_lookup(policy_of(r), &peer, 0, &rule);
	answer = rule.closed != NULL           ? 'c'
		 : rule.set[KEY_EXTRA_CA_FILE] ? 'e'
		 : rule.set[KEY_ONLY_CA_FILE]  ? 'o'
					       : '.';
	policy_release(r);
	return answer;
}

/* The log since the last time: how many lines say that. */
static unsigned said(const char *what)
{
	char text[8192] = "";
	int fd = open(log_file, O_RDONLY | O_CLOEXEC);
	unsigned count = 0;

	if (fd < 0)
		return 0;
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		count++;
	return count;
}

static void wait_for_look(void)
{
	usleep((RELOAD_INTERVAL_MS + 20) * 1000);
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
	else if (mkdtemp(directory) == NULL)
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
