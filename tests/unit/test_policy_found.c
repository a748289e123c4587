/* SPDX-License-Identifier: ISC
 *
 * What the trials of a rule's trust found is remembered for the client's store, which threads share.
 */
#include "openssl_direct.h"

#include "../../shim/policy/found.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

/* OpenSSL's headers have the same names for other types; these few functions are declared as they are used. */
X509_STORE *X509_STORE_new(void);
void X509_STORE_free(X509_STORE *store);

static struct openssl table;
static struct copy copy;
static X509_STORE *store;
static atomic_int inside, at_once, numbered;

/* As slow as a thread that is interrupted in the middle of it. */
static int slow_set(X509_STORE *to, int index, void *data)
{
	if (atomic_fetch_add(&inside, 1) > 0)
		atomic_store(&at_once, 1);
	usleep(50000);
	int r = openssl_direct()->X509_STORE_set_ex_data(to, index, data);

	atomic_fetch_sub(&inside, 1);
	atomic_fetch_add(&numbered, 1);
	return r;
}

static void *ask(void *number)
{
	X509_STORE_CTX *ctx = table.X509_STORE_CTX_new();
	const struct anchors anchors = {.content = 1};
	struct question q;

	if (table.X509_STORE_CTX_init(ctx, store, NULL, NULL) == 1) {
		question_of(&q, &copy, ctx, &anchors, 7, "a.test");
		*(uint64_t *)number = q.store;
	}
	table.X509_STORE_CTX_free(ctx);
	return NULL;
}

/* OpenSSL changes what hangs on a store without a lock: two threads at once might lose or overrun its list. */
static void a_store_is_numbered_by_one_thread(void **state)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];
	uint64_t numbers[THREADS] = {0};

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, &numbers[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&at_once), 0);
	assert_int_equal(atomic_load(&numbered), 1);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(numbers[i], numbers[0]);
	assert_int_not_equal(numbers[0], 0);
}

static void another_store_has_another_number(void **state)
{
	uint64_t first = 0, second = 0;
	X509_STORE *before = store;

	(void)state;
	ask(&first);
	store = X509_STORE_new();
	ask(&second);
	X509_STORE_free(store);
	store = before;
	assert_int_not_equal(first, second);
	assert_int_not_equal(second, 0);
}

/* There are few places, so that most of these fall on one that is taken. */
static void an_answer_is_for_its_question_alone(void **state)
{
	static const struct question asked = {.presented = 7,
					      .host = "000001.test",
					      .host_size = 12,
					      .anchors = 1,
					      .store = 1,
					      .copy = &copy};
	char host[16];
	bool unmarked;

	(void)state;
	found_now(&asked, FOUND_ANCHORS);
	assert_int_equal(found_before(&asked, clock_monotonic_ms(), &unmarked), FOUND_ANCHORS);
	for (unsigned i = 2; i < 2000; i++) {
		struct question other[7];

		for (size_t k = 0; k < ARRAY_LENGTH(other); k++)
			other[k] = asked;
		snprintf(host, sizeof(host), "%06u.test", i);
		other[0].host = host;
		other[0].host_size = strlen(host) + 1;
		other[1].presented = i + 7;
		other[2].anchors = i;
		other[3].store = i;
		other[4].parameters = i;
		other[5].objects = (int)i;
		other[6].copy = NULL;
		for (size_t k = 0; k < ARRAY_LENGTH(other); k++)
			assert_int_equal(found_before(&other[k], clock_monotonic_ms(), &unmarked),
					 FOUND_NOTHING);
	}
}

/* ---- CA files ---------------------------------------------------------------------------------------------------- */

static const char some_ca[] = "-----BEGIN CERTIFICATE-----\n"
			      "MIIBbjCCARWgAwIBAgIUPcrRKxqVb9NH1lvHD1XaHXZQ4LUwCgYIKoZIzj0EAwIw\n"
			      "DDEKMAgGA1UEAwwBUjAgFw0yNjExMzAwNjE2MDZaGA8yMTI2MTEwNjA2MTYwNlow\n"
			      "DDEKMAgGA1UEAwwBUjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDfEKoGRFzvG\n"
			      "riADbbbFRRjD0LVic6SLeFiO9Xv9fVgti0o2OJU7PCZJG14v7Tqb3uvcKOpnZ9QH\n"
			      "NNQlUVOTFUejUzBRMB0GA1UdDgQWBBQnZxhGKzymPd8N5lD1N9O6mYphDzAfBgNV\n"
			      "HSMEGDAWgBQnZxhGKzymPd8N5lD1N9O6mYphDzAPBgNVHRMBAf8EBTADAQH/MAoG\n"
			      "CCqGSM49BAMCA0cAMEQCIAFAcSMur7YQbDZ+l4gHwPu30NiVil6M/FAi/V8z+q+P\n"
			      "AiAItPox8aHSTTrd85t51YFfTqrB/CEchEVaxGfWYhNPDg==\n"
			      "-----END CERTIFICATE-----\n";
static char ca_file[] = "/tmp/tlsmend-found-XXXXXX";
static struct section section = {.header = "a.test", .source = "rules"};

static struct setting setting_of(const char *path)
{
	return (struct setting){
	    .key = KEY_EXTRA_CA_FILE, .value = path, .pattern = "a.test", .section = &section};
}

static void *content_at(struct copy *c, const struct setting *s, uint64_t now)
{
	const char *why;
	struct anchors *a = anchors_acquire_at(c, s, now, &why);

	if (a)
		assert_ptr_equal(a->copy, c);
	anchors_release(a);
	return a;
}

/* One setting, and one set of objects for each OpenSSL in the process; and what nobody asked for in a long time is read anew. */
static void a_file_is_read_for_each_copy(void **state)
{
	enum { OTHERS = 200, LONG_AFTER = 700 * 1000 };
	static struct copy second = {.slot = 1};
	static struct setting others[OTHERS];
	static char path[OTHERS][32];
	const int fd = mkstemp(ca_file);
	const struct setting s = setting_of(ca_file);

	(void)state;
	atomic_store(&second.api, &table);
	assert_int_equal(write(fd, some_ca, sizeof(some_ca) - 1), sizeof(some_ca) - 1);
	close(fd);
	assert_non_null(content_at(&copy, &s, 1));
	assert_non_null(content_at(&second, &s, 1));
	assert_non_null(content_at(&copy, &s, 2));
	for (unsigned i = 0; i < OTHERS; i++) {
		snprintf(path[i], sizeof(path[i]), "/nowhere/%u", i);
		others[i] = setting_of(path[i]);
		assert_null(content_at(&copy, &others[i], LONG_AFTER));
	}
	assert_non_null(content_at(&copy, &s, LONG_AFTER + 1));
	assert_non_null(content_at(&second, &s, LONG_AFTER + 1));
	unlink(ca_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_store_is_numbered_by_one_thread),
	    cmocka_unit_test(another_store_has_another_number),
	    cmocka_unit_test(an_answer_is_for_its_question_alone),
	    cmocka_unit_test(a_file_is_read_for_each_copy),
	};

	table = *openssl_direct();
	table.X509_STORE_set_ex_data = slow_set;
	atomic_store(&copy.api, &table);
	for (unsigned i = 0; i < KEPT_CLASSES; i++)
		atomic_store(&copy.index[i], -1);
	store = X509_STORE_new();
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	X509_STORE_free(store);
	return failed;
}
