/* SPDX-License-Identifier: ISC
 *
 * Which thread and which process, without asking the kernel.
 */
#include <tlsmend/base.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static uint32_t real_number(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

static void *same_in_a_thread(void *arg)
{
	*(bool *)arg = thread_number() == real_number();
	return NULL;
}

static void numbers_are_the_kernels(void **state)
{
	pthread_t thread;
	bool same = false;

	(void)state;
	for (int found = 0; found < 2; found++) {
		assert_int_equal(thread_number(), real_number());
		assert_int_equal(pthread_create(&thread, NULL, same_in_a_thread, &same), 0);
		pthread_join(thread, NULL);
		assert_true(same);
		identity_use(pthread_self, pthread_getcpuclockid);
	}
}

static int in_child(bool (*holds)(uint32_t before), uint32_t before)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(holds(before) ? 0 : 1);
	waitpid(child, &status, 0);
	return status;
}

static bool numbers_are_its_own(uint32_t before)
{
	return thread_number() == real_number() && thread_number() != before;
}

static void a_child_has_its_own_number(void **state)
{
	(void)state;
	assert_int_equal(in_child(numbers_are_its_own, thread_number()), 0);
}

static bool is_another(uint32_t before)
{
	const uint32_t mine = process_generation();

	return mine != 0 && mine != before && mine == process_generation();
}

static bool is_another_and_so_is_its_child(uint32_t before)
{
	return is_another(before) && in_child(is_another, process_generation()) == 0 &&
	       in_child(is_another, before) == 0;
}

static void every_process_is_another_one(void **state)
{
	const uint32_t mine = process_generation();

	(void)state;
	assert_int_not_equal(mine, 0);
	assert_int_equal(in_child(is_another_and_so_is_its_child, mine), 0);
	assert_int_equal(in_child(is_another, mine), 0);
	assert_int_equal(process_generation(), mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_the_kernels),
	    cmocka_unit_test(a_child_has_its_own_number),
	    cmocka_unit_test(every_process_is_another_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
