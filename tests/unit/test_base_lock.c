/* SPDX-License-Identifier: ISC
 * lock: exclusion, recursion, fork */
#include <tlsmend/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_LIMIT_S = 20 };

static struct lock lock;
static unsigned counter;

static void *count(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < 20000; i++) {
		bool stale = true;

		if (!lock_enter(&lock, &stale) || stale)
			return NULL;
		counter++;
		lock_leave(&lock);
	}
	return &lock;
}

static void excludes(void **state)
{
	pthread_t threads[4];

	(void)state;
	counter = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
	assert_int_equal(counter, 80000);
	assert_int_equal(lock.word, 0);
}

static void recursion_returns_at_once(void **state)
{
	bool stale = true;
	uint64_t start;

	(void)state;
	assert_true(lock_enter(&lock, &stale));
	assert_false(stale);
	start = clock_monotonic_ms();
	errno = 4711;
	assert_false(lock_enter(&lock, &stale));
	assert_int_equal(errno, 4711);
	assert_true(clock_monotonic_ms() - start < 1000);
	lock_leave(&lock);
	assert_true(lock_enter(&lock, NULL));
	lock_leave(&lock);
}

/* ---- a thread that holds the lock while another forks
 * ----------------------------------------------- */
static sem_t held, go_on;

static void *hold(void *unused)
{
	(void)unused;
	lock_enter(&lock, NULL);
	sem_post(&held);
	sem_wait(&go_on);
	lock_leave(&lock);
	return NULL;
}

static void *enter_in_child(void *count_stale)
{
	bool stale = false;

	if (!lock_enter(&lock, &stale))
		return NULL;
	if (stale)
		atomic_fetch_add((_Atomic int *)count_stale, 1);
	counter++;
	lock_leave(&lock);
	return count_stale;
}

/* Several threads of the child want the stale lock: one is told that it was stale, all get it. */
static int child_takes_over(void)
{
	_Atomic int stale = 0;
	pthread_t threads[3];

	counter = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		if (pthread_create(&threads[i], NULL, enter_in_child, &stale))
			return 1;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	return stale == 1 && counter == 3 && lock.word == 0 ? 0 : 2;
}

/* A table that may be half written is emptied, once. */
static int child_empties_table(void)
{
	int table[2] = {1, 2};

	if (!lock_enter_table(&lock, table, sizeof table) || table[0] || table[1])
		return 1;
	table[0] = 3;
	lock_leave(&lock);
	if (!lock_enter_table(&lock, table, sizeof table) || table[0] != 3)
		return 2;
	lock_leave(&lock);
	return 0;
}

static void assert_child_succeeds(int (*child)(void))
{
	int status = -1;
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		alarm(CHILD_LIMIT_S);
		_exit(child());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void child_of_fork_does_not_wait_for_a_thread_of_the_parent(void **state)
{
	pthread_t thread;

	(void)state;
	sem_init(&held, 0, 0);
	sem_init(&go_on, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, hold, NULL), 0);
	sem_wait(&held);
	assert_child_succeeds(child_takes_over);
	assert_child_succeeds(child_empties_table);
	assert_int_not_equal(lock.word, 0); /* the parent's is still held */
	sem_post(&go_on);
	pthread_join(thread, NULL);
	assert_int_equal(lock.word, 0);
}

static int child_holds_nothing(void)
{
	bool stale = false;

	/* The forking thread itself held it: in the child its thread id is another. */
	return lock_enter(&lock, &stale) && stale ? 0 : 1;
}

static void child_of_the_holder_itself_takes_over(void **state)
{
	(void)state;
	assert_true(lock_enter(&lock, NULL));
	assert_child_succeeds(child_holds_nothing);
	lock_leave(&lock);
}

/* ---- an owner that is gone without fork, and a fork between the two stores of lock_enter()
 * -------------- */
static void *hold_and_vanish(void *unused)
{
	(void)unused;
	lock_enter(&lock, NULL);
	return NULL;
}

static void vanished_thread_is_noticed(void **state)
{
	pthread_t thread;
	bool stale = false;

	(void)state;
	for (int between_stores = 0; between_stores < 2; between_stores++) {
		assert_int_equal(pthread_create(&thread, NULL, hold_and_vanish, NULL), 0);
		pthread_join(thread, NULL);
		if (between_stores)
			lock.owner_process = 0;
		assert_true(lock_enter(&lock, &stale));
		assert_true(stale);
		lock_leave(&lock);
		assert_true(lock_enter(&lock, &stale));
		assert_false(stale);
		lock_leave(&lock);
	}
}

/* The child of a fork may give a new thread the number that the parent's owner had. */
static void thread_number_that_came_round_again(void **state)
{
	bool stale = false;

	(void)state;
	lock.word = (uint32_t)gettid();
	lock.owner_process = process_generation() + 1;
	assert_true(lock_enter(&lock, &stale));
	assert_true(stale);
	assert_false(lock_enter(&lock, &stale));
	lock_leave(&lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(excludes),
	    cmocka_unit_test(recursion_returns_at_once),
	    cmocka_unit_test(child_of_fork_does_not_wait_for_a_thread_of_the_parent),
	    cmocka_unit_test(child_of_the_holder_itself_takes_over),
	    cmocka_unit_test(vanished_thread_is_noticed),
	    cmocka_unit_test(thread_number_that_came_round_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
