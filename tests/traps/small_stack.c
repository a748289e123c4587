/* SPDX-License-Identifier: ISC
 *
 * Trap: hosts with threads of 16 KiB. A library with a large frame, or with much thread-local data (which glibc takes from the
 * stack), makes pthread_create fail or the thread run into its guard page. Proves design.md#guest: 64 bytes of TLS, 2 KiB of
 * stack a hook.
 *
 * small_stack ACTION cold|warm SIZE [BURN]
 *
 * Runs ACTION in a thread whose stack of SIZE bytes lies above a guard page and was painted before; prints whether it came back,
 * and on stderr how deep it went. "warm": after the same action in a large stack. SIZE "min" is PTHREAD_STACK_MIN, with
 * a stack of glibc's own. BURN bytes are used up before the action, to see what a host can spare.
 */
#include "common.h"
#include <alloca.h>
#include <dlfcn.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/mman.h>

static SSL_CTX *good_ctx, *bad_ctx, *server_ctx;
static X509 *leaf;
static const char *action;
static void *libssl;

static void verify(SSL_CTX *ctx)
{
	X509_STORE_CTX *store = X509_STORE_CTX_new();

	X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(ctx), leaf, NULL);
	X509_verify_cert(store);
	X509_STORE_CTX_free(store);
	ERR_clear_error();
}

/* As .NET: a connection with verification off, whose certificate is verified afterwards. */
static SSL *unverified(void)
{
	SSL *client = client_for(good_ctx, "legacy.test"), *server = SSL_new(server_ctx);

	SSL_set_verify(client, SSL_VERIFY_NONE, NULL);
	connect_ends(client, server);
	NEED(handshake(client, server));
	return client;
}

static void connect_once(SSL_CTX *ctx)
{
	SSL *client = client_for(ctx, "legacy.test"), *server = SSL_new(server_ctx);

	connect_ends(client, server);
	handshake(client, server);
	SSL_free(client);
	SSL_free(server);
	ERR_clear_error();
}

static void resolve(void)
{
	struct addrinfo *list = NULL, hint = {.ai_flags = AI_NUMERICHOST};

	if (getaddrinfo("127.0.0.1", "443", &hint, &list) == 0)
		freeaddrinfo(list);
}

static void act(void)
{
	if (strcmp(action, "context") == 0)
		SSL_CTX_free(SSL_CTX_new(TLS_client_method()));
	else if (strcmp(action, "verify-good") == 0)
		verify(good_ctx);
	else if (strcmp(action, "verify-bad") == 0)
		verify(bad_ctx);
	else if (strcmp(action, "connect-good") == 0)
		connect_once(good_ctx);
	else if (strcmp(action, "connect-bad") == 0)
		connect_once(bad_ctx);
	else if (strcmp(action, "dlsym") == 0)
		dlsym(libssl, "SSL_CTX_new");
	else if (strcmp(action, "dlsym-other") == 0)
		dlsym(libssl, "no_such_function");
	else if (strcmp(action, "getaddrinfo") == 0)
		resolve();
	else if (strcmp(action, "nothing") != 0)
		exit(95);
}

static size_t burn;

static void *thread_main(void *arg)
{
	volatile char *burnt = alloca(burn + 1);

	(void)arg;
	burnt[0] = 0;
	act();
	burnt[burn] = 0;
	return &action;
}

enum { PAINT = 0x5a };

static void run_painted(size_t size)
{
	size_t page = 4096, used;
	unsigned char *memory =
	    mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *stack = memory + page;
	pthread_attr_t attr;
	pthread_t thread;
	void *result;

	NEED(memory != MAP_FAILED && mprotect(memory, page, PROT_NONE) == 0);
	memset(stack, PAINT, size);
	pthread_attr_init(&attr);
	NEED(pthread_attr_setstack(&attr, stack, size) == 0);
	NEED(pthread_create(&thread, &attr, thread_main, NULL) == 0);
	pthread_join(thread, &result);
	NEED(result == &action);
	for (used = size; used > 0 && stack[size - used] == PAINT; used--)
		;
	fprintf(stderr, "%zu\n", used);
}

static void run_minimal(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	void *result = NULL;
	int r;

	pthread_attr_init(&attr);
	NEED(pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN)) == 0);
	r = pthread_create(&thread, &attr, thread_main, NULL);
	if (r == 0)
		pthread_join(thread, &result);
	printf("pthread_create with the least stack: %s\n", r == 0 ? "works" : strerror(r));
}

int main(int argc, char **argv)
{
	NEED(argc == 4 || argc == 5);
	action = argv[1];
	burn = argc == 5 ? (size_t)atol(argv[4]) : 0;
	good_ctx = client_context("root");
	bad_ctx = client_context("unrelated");
	server_ctx = server_context("legacy");
	SSL *kept = unverified();
	leaf = SSL_get1_peer_certificate(kept);
	libssl = dlopen("libssl.so.3", RTLD_LAZY | RTLD_LOCAL);
	if (strcmp(argv[2], "warm") == 0)
		act();
	if (strcmp(argv[3], "min") == 0)
		run_minimal();
	else
		run_painted((size_t)atol(argv[3]));
	SSL_free(kept);
	printf("came back\n");
	return 0;
}
