/* SPDX-License-Identifier: ISC
 *
 * For the tests of the rules in force: files that come and go, looks at them that fail, and what counts then.
 */
#ifndef TESTS_POLICY_IN_FORCE_H
#define TESTS_POLICY_IN_FORCE_H

#include "policy_helper.h"

#include <tlsmend/apply.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static char log_file[64];

/* A file that appears whole. */
static inline void put_file(const char *path, const char *text)
{
	char fresh[128];

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	assert_int_equal(rename(fresh, path), 0);
}

/* False: none is left to open a file with. */
static inline void descriptors(bool any)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = any ? limit.rlim_max : 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* '-': no rules; 'c': closed; 'e', 'E', 'o': ExtraCAFile = /a, another one, OnlyCAFile; '.': rules, but none for h. */
static inline char ask(void)
{
	struct policy_ref *r = policy_acquire();
	struct peer peer = {"h", NULL, 443};
	struct rule rule;
	char answer;

	if (!r)
		return '-';
	policy_lookup(policy_of(r), &peer, 0, &rule);
	answer = rule.closed                                    ? 'c'
		 : rule.set[KEY_ONLY_CA_FILE]                   ? 'o'
		 : !rule.set[KEY_EXTRA_CA_FILE]                 ? '.'
		 : rule.set[KEY_EXTRA_CA_FILE]->value[1] == 'a' ? 'e'
								: 'E';
	policy_release(r);
	return answer;
}

/* The log since the last time: how many lines say that. */
static inline unsigned said(const char *what)
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

static inline void wait_for_look(void)
{
	usleep((RELOAD_INTERVAL_MS + 20) * 1000);
}

#endif
