/* SPDX-License-Identifier: ISC */
#include <tlsmend/loader.h>

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/ssl.h>

static char **given_argv;

static void test_start(void **state)
{
	const struct process_start *s = process_start();
	(void)state;
	assert_ptr_equal(s->argv, given_argv);
	assert_ptr_equal(s->environment, environ);
	static const unsigned long types[] = {AT_PHDR,   AT_PHNUM,  AT_BASE,  AT_PAGESZ,
					      AT_SECURE, AT_RANDOM, AT_EXECFN};
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		assert_int_equal(process_auxiliary(types[i]), getauxval(types[i]));
	assert_string_equal(process_name(), program_invocation_short_name);
}

static const char *const names[] = {
    "SSL_CTX_new", "X509_verify_cert", "OPENSSL_init_ssl", "getaddrinfo",     "dlsym",
    "dlclose",     "__errno_location", "fileno",           "no_such_function"};

static void test_as_dlsym(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const struct lookup q = {.name = loader_name(names[i])};
		void *expected = dlsym(RTLD_DEFAULT, names[i]);
		assert_ptr_equal(loader_next(&q), expected);
		assert_ptr_equal(loader_bind(&q, loader_own(), false), expected);
		assert_ptr_equal(loader_bind(&q, NULL, true), expected);
		assert_ptr_equal(loader_definer(&q, NULL), expected);
	}
}

static void test_hash(void **state)
{
	const struct symbol_name hashed[] = {
	    LOADER_NAME("x"), LOADER_NAME("SSL_CTX_new"), LOADER_NAME("\xc3\xa9t\xc3\xa9"),
	    LOADER_NAME("a_name_with_as_many_letters_as_a_hash_can_have_")};
	(void)state;
	assert_int_equal(hashed[3].length, LOADER_HASH_LONGEST);
	for (size_t i = 0; i < ARRAY_LENGTH(hashed); i++) {
		const struct symbol_name n = loader_name(hashed[i].text);
		assert_int_equal(hashed[i].length, n.length);
		assert_int_equal(hashed[i].hash, n.hash);
	}
}

static void test_versions(void **state)
{
	struct lookup q = {.name = LOADER_NAME("SSL_CTX_new"), .version = "OPENSSL_9.9.9"};
	const char *version = NULL;
	(void)state;
	assert_null(loader_next(&q));
	const struct link_map *ssl = NULL;
	for (const struct link_map *l = loader_first(); l; l = l->l_next)
		if (strstr(l->l_name, "/libssl.so"))
			ssl = l;
	assert_non_null(ssl);
	struct symbols s;
	const struct symbol_name name = LOADER_NAME("X509_verify_cert");
	assert_true(loader_symbols(ssl, &s));
	assert_true(loader_import(&s, &name, &version));
	q = (struct lookup){.name = name, .version = version};
	assert_ptr_equal(loader_bind(&q, ssl, true), dlsym(RTLD_DEFAULT, q.name.text));
	q.companion = "SSL_get_ex_data";
	assert_null(loader_bind(&q, ssl, true));
	q.companion = "X509_STORE_CTX_get_error";
	assert_non_null(loader_bind(&q, ssl, true));
}

static void test_objects(void **state)
{
	struct object o;
	Dl_info info;
	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_LENGTH(names); i++) {
		void *p = dlsym(RTLD_DEFAULT, names[i]);
		assert_true(loader_object_at(p, &o));
		assert_true(dladdr(p, &info));
		assert_ptr_equal(o.low, info.dli_fbase);
		assert_string_equal(o.path, info.dli_fname);
		assert_true(loader_readable(&o, p));
		struct symbols s;
		const struct symbol_name name = loader_name(names[i]);
		assert_true(loader_symbols(o.map, &s));
		size_t size;
		assert_ptr_equal(loader_function(&s, &name, &size), p);
		assert_true(size > 0);
	}
	assert_false(loader_object_at(&o, &o));
	assert_true(loader_object_at((void *)given_argv, &o) == false);
	assert_true(loader_object_at(names, &o));
	assert_ptr_equal(o.map, loader_own());
	assert_string_equal(o.path, "");
}

/* Many at once: those that are there, of another kind than functions, in an old version too, and none. */
static void test_many(void **state)
{
	static const struct symbol_entry wanted[] = {
	    LOADER_ENTRY("no_such_function"), LOADER_ENTRY("environ"),
	    LOADER_ENTRY("dlclose"),          LOADER_ENTRY("posix_spawn_file_actions_addclose"),
	    LOADER_ENTRY("fileno_unlocked"),  LOADER_ENTRY("getaddrinfo")};
	void *found[ARRAY_LENGTH(wanted)];
	struct symbols s;
	struct object o;
	(void)state;
	assert_true(loader_object_at(dlsym(RTLD_DEFAULT, "fileno"), &o));
	assert_true(loader_symbols(o.map, &s));
	assert_int_equal(loader_symbols_named(&s, wanted, ARRAY_LENGTH(wanted), found), 0);
	assert_int_equal(loader_symbols_named(&s, &wanted[1], ARRAY_LENGTH(wanted) - 1, &found[1]),
			 ARRAY_LENGTH(wanted) - 1);
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
		assert_ptr_equal(found[i], loader_symbol_of(&s, wanted[i].text));
	assert_null(found[0]);
	assert_non_null(found[1]);
	assert_non_null(found[3]);
	assert_non_null(found[4]);
}

/* Two names of one hash are two names, wherever they differ. */
static void test_same_hash(void **state)
{
	enum { LONGEST = sizeof((struct symbol_entry *)0)->text - 1, BEHIND = 64 };
	static char strings[1 + LONGEST + 1 + BEHIND];
	static const ElfW(Addr) all = ~(ElfW(Addr))0;
	static const ElfW(Half) versions[] = {0, 2};
	uint32_t bucket = 1, chain;
	ElfW(Sym) table[2] = {{0},
			      {.st_name = 1,
			       .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			       .st_shndx = 1,
			       .st_value = 1}};
	const struct symbols s = {
	    .symbols = table,
	    .strings = strings,
	    .strings_size = sizeof strings,
	    .versions = versions,
	    .gnu = {.filter = &all, .bucket = &bucket, .chain = &chain, .buckets = 1, .first = 1}};
	(void)state;
	for (size_t length = 7; length <= LONGEST; length++) {
		memset(strings, 0, sizeof strings);
		memset(strings + 1, 'b', length);
		const struct symbol_name name = loader_name(strings + 1);
		struct symbol_entry two[2] = {{.hash = name.hash, .length = (uint8_t)length}};
		void *found[2];
		chain = name.hash | 1;
		memcpy(two[0].text, strings + 1, length);
		for (size_t i = 0; i + 1 < length; i++) {
			two[1] = two[0];
			two[1].text[i]++;
			two[1].text[i + 1] = (char)(two[1].text[i + 1] - 33);
			assert_int_equal(loader_name(two[1].text).hash, name.hash);
			assert_int_equal(loader_symbols_named(&s, two, 2, found), 1);
			assert_ptr_equal(found[0], (void *)1);
			assert_null(found[1]);
		}
		/* one more letter, and none of it */
		strings[1 + length] = 'b';
		assert_int_equal(loader_symbols_named(&s, two, 1, found), 0);
	}
}

static void test_sole(void **state)
{
	const struct symbol_name one = LOADER_NAME("SSL_CTX_new"),
				 none = LOADER_NAME("no_such_function");
	size_t size = 0;
	(void)state;
	assert_true(loader_is_as_at_start());
	assert_ptr_equal(loader_sole(&one, &size), dlsym(RTLD_DEFAULT, one.text));
	assert_true(size > 0);
	assert_null(loader_sole(&none, &size));
#if defined(__GLIBC__) && defined(__x86_64__)
	const struct symbol_name two = LOADER_NAME("realpath"); /* GLIBC_2.2.5 and 2.3 */
	assert_non_null(loader_libc_function(&two));
	assert_null(loader_sole(&two, &size));
#endif
}

static void test_libc(void **state)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	(void)state;
	assert_ptr_equal(loader_libc_function(&LOADER_NAME("clock_gettime")),
			 dlsym(libc, "clock_gettime"));
	assert_ptr_equal(loader_libc_function(&LOADER_NAME("dlclose")), dlsym(libc, "dlclose"));
	assert_null(loader_libc_function(&LOADER_NAME("SSL_CTX_new")));
}

/* Objects that come later: seen in a view, found from within themselves, and globally only where it was asked for. */
static void test_later(void **state)
{
	const struct lookup q = {.name = LOADER_NAME("jn")};
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* its runtime has brought libm already */
#endif
	assert_null(loader_next(&q));
	void *handle = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
	assert_non_null(handle);
	struct loader_view *v = loader_view();
	assert_non_null(v);
	size_t i = v->at_start;
	assert_true(i > 2);
	while (i < v->count && (const void *)v->at[i].map != handle)
		i++;
	assert_true(i < v->count && loader_is_alive(v, i));
	assert_string_equal(v->at[i].soname, "libm.so.6");
	assert_null(loader_next(&q));
	const struct symbol_name one = LOADER_NAME("SSL_CTX_new");
	size_t size = 0;
	assert_false(loader_is_as_at_start());
	assert_null(loader_sole(&one, &size));
	assert_non_null(loader_bind(&q, v->at[i].map, true));
	loader_note_open("libm.so.6", RTLD_NOW | RTLD_GLOBAL);
	assert_ptr_equal(loader_next(&q), dlsym(handle, "jn"));
	free(v);
	dlclose(handle);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_start),     cmocka_unit_test(test_as_dlsym),
	    cmocka_unit_test(test_hash),      cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_objects),   cmocka_unit_test(test_many),
	    cmocka_unit_test(test_same_hash), cmocka_unit_test(test_sole),
	    cmocka_unit_test(test_libc),      cmocka_unit_test(test_later),
	};
	(void)argc;
	given_argv = argv;
	SSL_CTX_free(NULL); /* libssl is linked */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
