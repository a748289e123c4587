/* SPDX-License-Identifier: ISC
 *
 * openssl_cnf.c: where openssl.cnf sets what counts for every SSL_CTX.
 */
#include "explain_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[] = "/tmp/tlsmend-cnf-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[2][128];
	static unsigned turn;
	char *p = path[turn++ % 2];

	snprintf(p, sizeof(path[0]), "%s/%s", directory, name);
	return p;
}

static const char *write_file(const char *name, const char *text)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
	return path;
}

static struct evidence *e;
static struct openssl_cnf conf;

static void look_at(const char *path)
{
	e = evidence_new(EVENT_HANDSHAKE_FAILED);
	evidence_openssl_cnf(e, path, &conf);
}

/* "FILE:LINE" with the directory left out. */
#define assert_place(v, text, place_)                                                              \
	do {                                                                                       \
		assert_non_null((v).value);                                                        \
		assert_string_equal((v).value, text);                                              \
		assert_string_equal((v).place + strlen(directory) + 1, place_);                    \
	} while (0)

static void as_debian_wrote_it(void **state)
{
	(void)state;
	look_at(write_file("debian.cnf", "# a comment\n"
					 "HOME = .\n"
					 "openssl_conf = default_conf # the start\n"
					 "[ new_oids ]\n"
					 "MinProtocol = TLSv1\n"
					 "[default_conf]\n"
					 "ssl_conf = ssl_sect\n"
					 "[ssl_sect]\n"
					 "system_default = system_default_sect\n"
					 "[system_default_sect]\n"
					 "MinProtocol = TLSv1.1\n"
					 "minprotocol=TLSv1.2\n"
					 "\ta.CipherString = \"DEFAULT@SECLEVEL=2\"\n"));
	assert_place(conf.min, "TLSv1.2", "debian.cnf:12");
	assert_place(conf.ciphers, "DEFAULT@SECLEVEL=2", "debian.cnf:13");
	assert_null(conf.max.value);
	assert_true(conf.complete);
	evidence_free(e);
}

static void as_fedora_wrote_it(void **state)
{
	char text[512];

	(void)state;
	snprintf(text, sizeof(text),
		 "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = crypto_policy\n"
		 "[ crypto_policy ]\n.include = %s\nMaxProtocol = TLSv1.3\n",
		 write_file("policy", "CipherString = @SECLEVEL=2:kEECDH\nTLS.MinProtocol = "
				      "TLSv1.2\n"));
	look_at(write_file("fedora.cnf", text));
	assert_place(conf.min, "TLSv1.2", "policy:2");
	assert_place(conf.ciphers, "@SECLEVEL=2:kEECDH", "policy:1");
	assert_place(conf.max, "TLSv1.3", "fedora.cnf:8");
	assert_true(conf.complete);
	evidence_free(e);
}

/* What was not read or not understood may set anything. */
static void never_more_sure_than_it_can_be(void **state)
{
	static const char *const texts[] = {
	    ".include /nonexistent/tlsmend\n",
	    ".include relative.cnf\n",
	    "openssl_conf = $elsewhere\n",
	    "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = \\\nc\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(texts); i++) {
		look_at(write_file("odd.cnf", texts[i]));
		assert_null(conf.min.value);
		assert_false(conf.complete);
		evidence_free(e);
	}
	look_at(path_of("not-there.cnf"));
	assert_false(conf.complete);
	evidence_free(e);
	look_at(NULL);
	assert_false(conf.complete);
	evidence_free(e);
}

static void files_that_include_each_other_end(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), ".include %s\n", path_of("loop.cnf"));
	look_at(write_file("loop.cnf", text));
	assert_false(conf.complete);
	evidence_free(e);
}

static void odd_bytes(void **state)
{
	static const char *const texts[] = {"",           "[",
					    "[]\n=\n",    "=",
					    "\\",         "\"",
					    "[\n]",       "#",
					    "a=\"",       ".include",
					    ".include =", "\n\n\\\n\\\n\\",
					    "[a\nb=c",    "openssl_conf=\n[]\nx=y\n"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(texts); i++) {
		look_at(write_file("odd.cnf", texts[i]));
		assert_null(conf.min.value);
		evidence_free(e);
	}
}

static void a_link_is_named_by_its_target(void **state)
{
	(void)state;
	assert_int_equal(
	    symlink(write_file("real.cnf", "openssl_conf=a\n[a]\nssl_conf=a\nsystem_default=a\n"
					   "MinProtocol=TLSv1.3\n"),
		    path_of("link.cnf")),
	    0);
	look_at(path_of("link.cnf"));
	assert_place(conf.min, "TLSv1.3", "real.cnf:5");
	evidence_free(e);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int end(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_debian_wrote_it),
	    cmocka_unit_test(as_fedora_wrote_it),
	    cmocka_unit_test(never_more_sure_than_it_can_be),
	    cmocka_unit_test(files_that_include_each_other_end),
	    cmocka_unit_test(odd_bytes),
	    cmocka_unit_test(a_link_is_named_by_its_target),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
