/* SPDX-License-Identifier: ISC
 *
 * What the trials of a rule's trust found is remembered for the client's store, which threads share.
 */
#include "openssl_direct.h"

#include "../../shim/policy/found.h"

#include <setjmp.h>
#include <stdarg.h>
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
		question_of(&q, &copy, ctx, &anchors, 7);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_store_is_numbered_by_one_thread),
	    cmocka_unit_test(another_store_has_another_number),
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
