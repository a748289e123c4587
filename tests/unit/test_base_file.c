/* SPDX-License-Identifier: ISC
 * file_read, file_identify */
#include <tlsmend/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/tlsmend-file-XXXXXX";
static char path[64], fifo[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	strcat(strcpy(path, directory), "/file");
	strcat(strcpy(fifo, directory), "/fifo");
	return mkfifo(fifo, 0600);
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(fifo);
	return rmdir(directory);
}

static void write_file(const char *content, size_t n, mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void reads_and_identifies(void **state)
{
	struct file_id id, again;
	uint32_t owner = 9, mode = 0;
	struct buf b;

	(void)state;
	write_file("a\0b", 3, 0640);
	buf_init(&b, 0);
	buf_puts(&b, "before ");
	errno = 4711;
	assert_int_equal(file_read(path, 3, &b, &id, &owner, &mode), 0);
	assert_int_equal(errno, 4711);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "before a\0b", 11);
	assert_int_equal(owner, geteuid());
	assert_int_equal(mode, S_IFREG | 0640);
	assert_int_equal(file_identify(path, &again), 0);
	assert_true(file_id_same(&id, &again));
	write_file("abcd", 4, 0640);
	assert_int_equal(file_identify(path, &again), 0);
	assert_false(file_id_same(&id, &again));
	buf_free(&b);
}

static void assert_error(const char *name, size_t limit, int error)
{
	struct file_id id = {.inode = 1}, none = {0};
	struct buf b;

	buf_init(&b, 0);
	buf_puts(&b, "kept");
	assert_int_equal(file_read(name, limit, &b, &id, NULL, NULL), error);
	assert_string_equal(buf_str(&b), "kept");
	assert_true(file_id_same(&id, &none));
	buf_free(&b);
}

static void says_what_is_wrong(void **state)
{
	struct file_id id = {.inode = 1}, none = {0};

	(void)state;
	write_file("abcd", 4, 0600);
	assert_error("/nonexistent/file", 100, ENOENT);
	assert_error(directory, 100, EISDIR);
	assert_error(fifo, 100, EINVAL); /* and does not wait for a writer */
	assert_error("/dev/zero", 100, EINVAL);
	assert_error(path, 3, EFBIG);
	assert_error("/proc/self/maps", 10, EFBIG); /* says size 0 */
	assert_int_equal(file_identify("/nonexistent", &id), ENOENT);
	assert_true(file_id_same(&id, &none));
}

static void respects_the_buffer(void **state)
{
	struct buf b;

	(void)state;
	write_file("abcd", 4, 0600);
	buf_init(&b, 4);
	assert_int_equal(file_read(path, 100, &b, NULL, NULL, NULL), 0);
	assert_string_equal(buf_str(&b), "abcd");
	assert_int_equal(b.limit, 4);
	assert_int_equal(file_read(path, 100, &b, NULL, NULL, NULL), EFBIG);
	assert_string_equal(buf_str(&b), "abcd");
	buf_free(&b);
}

static void reads_large_and_proc(void **state)
{
	enum { SIZE = 300000 };
	char *large = malloc(SIZE);
	struct buf b;

	(void)state;
	assert_non_null(large);
	memset(large, 'x', SIZE);
	write_file(large, SIZE, 0600);
	buf_init(&b, 0);
	assert_int_equal(file_read(path, SIZE, &b, NULL, NULL, NULL), 0);
	assert_int_equal(b.len, SIZE);
	buf_clear(&b);
	assert_int_equal(file_read("/proc/self/status", 65536, &b, NULL, NULL, NULL), 0);
	assert_non_null(strstr(buf_str(&b), "Pid:"));
	buf_free(&b);
	free(large);
}

static int read_as_nobody(void)
{
	struct buf b;

	buf_init(&b, 0);
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 2;
	return file_read(path, 100, &b, NULL, NULL, NULL) == EACCES ? 0 : 1;
}

struct scan {
	unsigned blocks, found;
	size_t bytes;
};

static bool count_words(void *arg, const char *data, size_t n)
{
	struct scan *s = arg;

	s->blocks++;
	s->bytes += n;
	for (size_t i = 0; i + 6 <= n; i++)
		s->found += memcmp(data + i, "needle", 6) == 0;
	return s->found == 0;
}

/* A word that lies across the end of a block is in the next one. */
static void scans_in_blocks_that_overlap(void **state)
{
	enum { BLOCK = 64 * 1024 };
	static char content[3 * BLOCK];
	struct scan s = {0};

	(void)state;
	for (size_t at = BLOCK - 10; at <= BLOCK + 2; at++) {
		memset(content, 'x', sizeof content);
		memcpy(content + at, "needle", 6);
		write_file(content, sizeof content, 0600);
		s = (struct scan){0};
		assert_int_equal(file_scan(path, count_words, &s), 0);
		assert_int_equal(s.found, 1);
		assert_true(s.blocks <= 2);
	}
	write_file(content, 0, 0600);
	assert_int_equal(file_scan(path, count_words, &s), 0);
	assert_int_equal(file_scan("/nonexistent", count_words, &s), ENOENT);
	assert_int_equal(file_scan("/dev/null", count_words, &s), EINVAL);
	assert_int_equal(file_scan(directory, count_words, &s), EINVAL);
}

static void unreadable_is_permission_denied(void **state)
{
	int status = -1;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("secret", 6, 0600);
	assert_int_equal(chmod(directory, 0755), 0);
	pid = fork();
	if (!pid)
		_exit(read_as_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A host that closed 0, 1 and 2 does not find our file there, and nothing stays open. */
static int closed_standard_descriptors(void)
{
	struct buf b;

	buf_init(&b, 0);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (file_read("/proc/self/status", 65536, &b, NULL, NULL, NULL))
		return 1;
	buf_free(&b);
	return open("/dev/null", O_RDWR) == 0 ? 0 : 2;
}

static void leaves_no_descriptor(void **state)
{
	int status = -1;
	const pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(closed_standard_descriptors());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_identifies),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(respects_the_buffer),
	    cmocka_unit_test(reads_large_and_proc),
	    cmocka_unit_test(scans_in_blocks_that_overlap),
	    cmocka_unit_test(unreadable_is_permission_denied),
	    cmocka_unit_test(leaves_no_descriptor),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
