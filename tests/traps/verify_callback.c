/* SPDX-License-Identifier: ISC
 *
 * Trap: whoever looks into a verification through the client's own callback must not show. The callback reads itself out of the
 * context, sets another one, re-enters, frees, never comes back, is called for the signer of a CRL in a context of its own,
 * and in many threads at once.
 *
 * verify_callback CASE ANCHORS LEAF
 */
#include "common.h"

#include <pthread.h>
#include <setjmp.h>

enum { AGAIN = 200, THREADS = 8 };

static const char *mode;
static X509_STORE *store;
static X509 *leaf;
static STACK_OF(X509) *untrusted;
static _Thread_local jmp_buf back;
static _Thread_local X509_STORE_CTX *outermost;
static _Thread_local int calls;

static int is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static int verify_once(X509_STORE_CTX_verify_cb callback);
static int nasty(int ok, X509_STORE_CTX *ctx);

static void print_call(const char *who, int ok, X509_STORE_CTX *ctx)
{
	printf("%s(%d,%d,%d,%s) ", who, ok, X509_STORE_CTX_get_error(ctx),
	       X509_STORE_CTX_get_error_depth(ctx),
	       !X509_STORE_CTX_get0_parent_ctx(ctx) ? "outer" : "nested");
}

static int second(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	print_call("second", ok, ctx);
	NEED(X509_STORE_CTX_get_verify_cb(ctx) == second);
	return 1;
}

static int inner(int ok, X509_STORE_CTX *ctx)
{
	print_call("inner", ok, ctx);
	NEED(X509_STORE_CTX_get_verify_cb(ctx) == inner);
	return ok;
}

static int count(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	NEED(X509_STORE_CTX_get_verify_cb(ctx) == count);
	calls++;
	return 1;
}

static int nasty(int ok, X509_STORE_CTX *ctx)
{
	print_call("call", ok, ctx);
	printf("%s ", X509_STORE_CTX_get_verify_cb(ctx) == nasty ? "own" : "foreign");
	if (is("swap"))
		X509_STORE_CTX_set_verify_cb(ctx, second);
	if (is("swap-nested") && X509_STORE_CTX_get0_parent_ctx(ctx))
		X509_STORE_CTX_set_verify_cb(ctx, second);
	if (is("reenter"))
		printf("within: %d ", verify_once(inner));
	if (is("same"))
		printf("same again: %d ", X509_verify_cert(ctx));
	if (is("jump"))
		longjmp(back, 1);
	if (is("jump-nested") && X509_STORE_CTX_get0_parent_ctx(ctx))
		longjmp(back, 1);
	if (is("exit"))
		pthread_exit(NULL);
	if (is("free-store")) {
		X509_STORE_free(store); /* one of two references */
		store = NULL;
	}
	errno = 77;
	ERR_raise(ERR_LIB_USER, 7);
	return is("refuse") ? ok : 1;
}

/* The context does not own its CRLs. */
static STACK_OF(X509_CRL) *use_crl(X509_STORE_CTX *ctx)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	const char *path = getenv("TRAP_CRL");

	if (!path)
		return NULL;
	BIO *in = BIO_new_file(path, "r");
	X509_CRL *crl = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL);
	STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();

	NEED(crl && sk_X509_CRL_push(crls, crl) == 1);
	X509_STORE_CTX_set0_crls(ctx, crls);
	X509_VERIFY_PARAM_set_flags(param,
				    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT);
	BIO_free(in);
	return crls;
}

/* Verifies `leaf`; -2 where the callback jumped out. */
static int verify_once(X509_STORE_CTX_verify_cb callback)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	volatile int result = -2;

	NEED(ctx && X509_STORE_CTX_init(ctx, store, leaf, untrusted) == 1);
	if (!is("store"))
		X509_STORE_CTX_set_verify_cb(ctx, callback);
	STACK_OF(X509_CRL) *volatile crls = use_crl(ctx);
	outermost = ctx;
	if (callback != nasty || setjmp(back) == 0) {
		result = X509_verify_cert(ctx);
		NEED(result == 1 || X509_STORE_CTX_get_error(ctx) != 0 || is("reenter"));
	}
	if (callback == nasty)
		printf("\nresult %d, error %d, callback afterwards %s\n", result,
		       X509_STORE_CTX_get_error(ctx),
		       X509_STORE_CTX_get_verify_cb(ctx) == nasty    ? "own"
		       : X509_STORE_CTX_get_verify_cb(ctx) == second ? "second"
								     : "foreign");
	X509_STORE_CTX_free(ctx);
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
	return result;
}

static void *in_thread(void *arg)
{
	(void)arg;
	for (int i = 0; i < AGAIN && is("threads"); i++)
		verify_once(count);
	if (is("exit"))
		verify_once(nasty);
	return (void *)(size_t)calls;
}

static void run_threads(void)
{
	pthread_t threads[THREADS];
	void *made;

	for (int i = 0; i < THREADS; i++)
		NEED(pthread_create(&threads[i], NULL, in_thread, NULL) == 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &made);
		printf("calls %zu\n", (size_t)made);
	}
}

static void load(const char *anchors, const char *name)
{
	BIO *in = BIO_new_file(cert_path(name, ".crt"), "r");
	X509 *x;

	store = X509_STORE_new();
	NEED(X509_STORE_load_locations(store, cert_path(anchors, ".pem"), NULL) == 1);
	if (is("store"))
		X509_STORE_set_verify_cb(store, nasty);
	if (is("free-store"))
		X509_STORE_up_ref(store);
	untrusted = sk_X509_new_null();
	NEED(in != NULL);
	leaf = PEM_read_bio_X509(in, NULL, NULL, NULL);
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		sk_X509_push(untrusted, x);
	ERR_clear_error();
	BIO_free(in);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	NEED(argc == 4);
	mode = argv[1];
	load(argv[2], argv[3]);
	if (is("threads")) {
		run_threads();
	} else if (is("exit")) {
		NEED(pthread_create(&thread, NULL, in_thread, NULL) == 0);
		pthread_join(thread, NULL);
		printf("\nthe thread is gone: %d\n", verify_once(inner));
	} else {
		verify_once(nasty);
		printf("errno %d\n", errno);
		print_queue("afterwards");
	}
	/* what never came back must not confuse the next ones, in contexts at the same address */
	for (int i = 0; i < AGAIN && (is("jump") || is("jump-nested")); i++)
		NEED(verify_once(i % 2 ? nasty : count) == (i % 2 ? -2 : 1));
	sk_X509_pop_free(untrusted, X509_free);
	X509_free(leaf);
	return 0;
}
