/* SPDX-License-Identifier: ISC
 *
 * Trap: the first look-ups come from many threads at once. A thunk table without care gives two pointers for one function
 * or a half-made table. Proves design.md#copies (released atomically) and design.md#dlsym.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 16, LOOKUPS = 2000 };
static const char *const names[] = {"SSL_CTX_new", "SSL_new", "X509_verify_cert", "SSL_connect",
				    "no_such_function"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };
static pthread_barrier_t barrier;
static void *found[THREADS][NAMES];
static int changed[THREADS];

static void *look(void *arg)
{
	int me = (int)(size_t)arg;
	void *ssl = dlopen("libssl.so.3", RTLD_LAZY | RTLD_LOCAL);

	pthread_barrier_wait(&barrier);
	for (int n = 0; n < NAMES; n++)
		found[me][n] = dlsym(ssl, names[n]);
	for (int i = 0; i < LOOKUPS; i++)
		for (int n = 0; n < NAMES; n++)
			changed[me] += dlsym(ssl, names[n]) != found[me][n];
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, look, (void *)(size_t)i) != 0)
			return 99;
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (int n = 0; n < NAMES; n++) {
		int same = 1;

		for (int i = 0; i < THREADS; i++)
			same = same && found[i][n] == found[0][n] && changed[i] == 0;
		printf("%s: %s, %s\n", names[n], found[0][n] ? "found" : "NULL",
		       same ? "the same in all threads" : "differs");
	}
	return 0;
}
