/* SPDX-License-Identifier: ISC
 *
 * Files behind a descriptor and by name: which of them get a record, and that each record begins on a line of its own.
 */
#include "../../shim/log/destination.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/tlsmend-lines-XXXXXX";
static char content[4096];

static const char *in_file(void)
{
	const int fd = open(path, O_RDONLY);
	const ssize_t n = read(fd, content, sizeof(content) - 1);

	close(fd);
	content[n < 0 ? 0 : n] = '\0';
	return content;
}

static int opened(int flags)
{
	const int fd = open(path, flags | O_CREAT, 0600);

	assert_true(fd >= 0);
	return fd;
}

static int set_up(void **state)
{
	(void)state;
	close(mkstemp(path));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	strcpy(path + strlen(path) - 6, "XXXXXX");
	return 0;
}

static int chosen(int fd)
{
	return descriptor_write(DESCRIPTOR_CHOSEN, fd, "record\n", 7);
}

static void only_what_was_opened_to_append(void **state)
{
	const int to_append = opened(O_WRONLY | O_APPEND), to_write = opened(O_WRONLY);

	(void)state;
	descriptor_remember(DESCRIPTOR_CHOSEN, to_write);
	assert_int_equal(chosen(to_write), EOPNOTSUPP);
	assert_string_equal(in_file(), "");
	descriptor_remember(DESCRIPTOR_CHOSEN, to_append);
	assert_int_equal(chosen(to_append), 0);
	assert_string_equal(in_file(), "record\n");
	close(to_append);
	close(to_write);
}

/* The log was deleted, and its number and that of its inode came round again: here for the same file, opened in another way. */
static void not_what_was_opened_otherwise(void **state)
{
	static const int flags[] = {O_WRONLY | O_APPEND, O_WRONLY};

	(void)state;
	for (int which = 0; which < DESCRIPTOR_COUNT; which++) {
		const int log = opened(which == DESCRIPTOR_CHOSEN ? flags[0] : flags[1]);
		const int data = opened(O_RDWR);

		descriptor_remember((enum which_descriptor)which, log);
		assert_int_equal(dup2(data, log), log);
		assert_int_equal(descriptor_write((enum which_descriptor)which, log, "record\n", 7),
				 EBADF);
		assert_string_equal(in_file(), "");
		close(log);
		close(data);
	}
}

/* ... or made anew: a file system that tells when a file was made tells that it is another one. */
static void not_what_was_made_later(void **state)
{
	const int log = opened(O_WRONLY | O_APPEND);

	(void)state;
	descriptor_remember(DESCRIPTOR_CHOSEN, log);
	close(log);
	unlink(path);
	usleep(20000);
	assert_int_equal(opened(O_WRONLY | O_APPEND), log);
	assert_int_equal(chosen(log), EBADF);
	assert_string_equal(in_file(), "");
	close(log);
}

static void begins_on_a_new_line(void **state)
{
	const int log = opened(O_WRONLY | O_APPEND);

	(void)state;
	assert_int_equal(file_write(path, "one\n", 4), 0);
	assert_int_equal(write(log, "cut", 3), 3); /* as of another process, on a full disk */
	assert_int_equal(file_write(path, "two\n", 4), 0);
	assert_string_equal(in_file(), "one\ncut\ntwo\n");
	assert_int_equal(write(log, "cut", 3), 3);
	descriptor_remember(DESCRIPTOR_CHOSEN, log);
	assert_int_equal(chosen(log), 0);
	assert_int_equal(chosen(log), 0);
	assert_string_equal(in_file(), "one\ncut\ntwo\ncut\nrecord\nrecord\n");
	close(log);
}

/* Not at the end, but where the host writes next. */
static void begins_on_a_new_line_where_the_host_writes(void **state)
{
	const int output = opened(O_WRONLY | O_TRUNC);

	(void)state;
	assert_int_equal(write(output, "host\nhost", 9), 9);
	assert_int_equal(lseek(output, 5, SEEK_SET), 5);
	descriptor_remember(DESCRIPTOR_STDERR, output);
	assert_int_equal(descriptor_write(DESCRIPTOR_STDERR, output, "record\n", 7), 0);
	assert_string_equal(in_file(), "host\nrecord\n");
	assert_int_equal(write(output, "h", 1), 1);
	assert_int_equal(descriptor_write(DESCRIPTOR_STDERR, output, "record\n", 7), 0);
	assert_string_equal(in_file(), "host\nrecord\nh\nrecord\n");
	close(output);
}

/* The limit of a file's size does as a full disk does, and raises a signal that ends the process. */
static int cut_by_the_limit(void)
{
	const struct rlimit small = {10, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};

	if (setrlimit(RLIMIT_FSIZE, &small) != 0)
		return 1;
	if (file_write(path, "first record\n", 13) != EAGAIN ||
	    file_write(path, "second record\n", 14) != EFBIG)
		return 2;
	setrlimit(RLIMIT_FSIZE, &none);
	return file_write(path, "third record\n", 13) == 0 ? 0 : 3;
}

static void cut_record_ends_its_line(void **state)
{
	const pid_t child = fork();
	int status = -1;

	(void)state;
	if (child == 0)
		_exit(cut_by_the_limit());
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_string_equal(in_file(), "first reco\nthird record\n");
}

#define ON_A_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_A_FILE(only_what_was_opened_to_append),
	    ON_A_FILE(not_what_was_opened_otherwise),
	    ON_A_FILE(not_what_was_made_later),
	    ON_A_FILE(begins_on_a_new_line),
	    ON_A_FILE(begins_on_a_new_line_where_the_host_writes),
	    ON_A_FILE(cut_record_ends_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
