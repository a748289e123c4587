/* SPDX-License-Identifier: ISC
 *
 * The rules in force, where they are the *.conf of a folder and what those include.
 */
#include "policy_in_force.h"

#include <sys/stat.h>

static char directory[] = "/tmp/tlsmend-folder-XXXXXX";

static char *path_of(const char *name, const char *suffix)
{
	static char path[2][96];
	static unsigned turn;
	char *p = path[turn++ % 2];

	snprintf(p, sizeof(path[0]), "%s/rules/%s%s", directory, name, suffix);
	return p;
}

static void put(const char *name, const char *text)
{
	put_file(path_of(name, ""), text);
}

static void take_away(const char *name)
{
	assert_int_equal(unlink(path_of(name, "")), 0);
}

/* Asks until the answer is that one, for as long as a change may take. */
static void becomes(char wanted)
{
	for (unsigned i = 0; i < 30 && ask() != wanted; i++)
		usleep(RELOAD_INTERVAL_MS * 100);
	assert_int_equal(ask(), wanted);
}

/* All in one process and in this order: there is one set of rules. */
static void test_folder(void **state)
{
	(void)state;
	put("20.conf", "[h]\nExtraCAFile = /a\n");
	put("30.conf.dpkg-old", "[h]\nOnlyCAFile = /a\n");
	put(".40.conf", "[h]\nOnlyCAFile = /a\n");
	descriptors(false);
	assert_int_equal(ask(), 'c'); /* which files there are is not known */
	descriptors(true);
	assert_int_equal(ask(), 'e');

	put("10.conf", "[h]\nExtraCAFile = /b\n[g]\nOnlyCAFile = /a\n");
	wait_for_look();
	assert_int_equal(ask(), 'e');
	take_away("20.conf");
	put("10.conf", "[h]\nOnlyCAFile = /a\n"); /* in place of a file of that name */
	becomes('o');
	take_away("10.conf");
	becomes('-');
	assert_int_equal(said("cannot be read"), 0); /* with no descriptor for that either */
}

static void test_failed_looks(void **state)
{
	(void)state;
	put("10.conf", "[h]\nExtraCAFile = /a\n");
	becomes('e');
	put("20.conf", "[h]\nOnlyCAFile = /a\n");
	wait_for_look();
	descriptors(false);
	assert_int_equal(ask(), 'e'); /* as it was */
	descriptors(true);
	becomes('o');
	put("30.conf", "[h]\nOnlyCAFile = ~/a\n");
	wait_for_look();
	assert_int_equal(ask(), 'o'); /* a file with errors leaves all as it was */
	assert_int_equal(said("not expanded"), 1);
	take_away("20.conf");
	wait_for_look();
	assert_int_equal(ask(), 'o');
	take_away("30.conf");
	becomes('e');
	take_away("10.conf");
	becomes('-');
}

static void test_include(void **state)
{
	(void)state;
	put("sub", "[h]\nExtraCAFile = /a\n[g]\nExtraCAFile = /a\n");
	put("10.conf", "Include = sub # relative\n");
	becomes('e');
	put("sub", "[h]\nOnlyCAFile = /a\n"); /* not in a *.conf */
	becomes('o');
	put("10.conf", "Include = sub\n[h]\nExtraCAFile = /b\n");
	put("sub", "[h]\nExtraCAFile = /a\n");
	becomes('E'); /* who includes has the last word */
	put("sub", "[h]\nOnlyCAFile = /a\n");
	put("10.conf", "Include = 10.conf\nInclude = \"sub\"\n");
	becomes('o');
	assert_int_equal(said("includes itself"), 1);
	put("10.conf", "Include = nowhere\n[h]\nExtraCAFile = /a\n");
	becomes('e');
	assert_int_equal(said("No such file"), 1);
	put("10.conf", "[h]\nOnlyCAFile = /a\nInclude = sub\n"); /* in a section */
	wait_for_look();
	assert_int_equal(ask(), 'e');
	assert_int_equal(said("Include stands in a section"), 1);
	take_away("10.conf");
	take_away("sub");
	becomes('-');
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_folder),
					   cmocka_unit_test(test_failed_looks),
					   cmocka_unit_test(test_include)};
	int failed;

	/* What counts is the environment that the process began with. */
	if (argc == 2)
		snprintf(directory, sizeof(directory), "%s", argv[1]);
	else if (!mkdtemp(directory))
		return 99;
	snprintf(log_file, sizeof(log_file), "%s/log", directory);
	if (argc != 2) {
		if (mkdir(path_of("", ""), 0755) != 0)
			return 99;
		setenv("TLSMEND_CONFIG", path_of("", ""), 1);
		setenv("TLSMEND_LOG", log_file, 1);
		execl("/proc/self/exe", argv[0], directory, NULL);
		return 99;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path_of("30.conf.dpkg-old", ""));
	unlink(path_of(".40.conf", ""));
	rmdir(path_of("", ""));
	unlink(log_file);
	rmdir(directory);
	return failed;
}
