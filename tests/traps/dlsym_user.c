/* SPDX-License-Identifier: ISC
 *
 * Trap: a program that finds every function of OpenSSL with dlsym(3), as .NET does. Exported hooks alone see nothing of it.
 * Proves design.md#dlsym: dlsym gives the hook; a pointer keeps its copy.
 *
 * dlsym_user PORT HOST ANCHORS ctor     the whole is done before main(), in a constructor
 * dlsym_user PORT HOST ANCHORS versioned  with dlvsym(3), which is not taken over: the pointers are libssl's own, SSL_CTX_new
 *     tail-calls SSL_CTX_new_ex through the PLT, and that hook is called from a program that has no OpenSSL in its scope
 * dlsym_user PORT HOST ANCHORS deep       libssl is loaded with RTLD_DEEPBIND: its own calls of libcrypto go past everybody
 */
#include "loader.h"

static void *ssl_library, *crypto_library;
static int versioned, deep;

static void *symbol(const char *name)
{
	void *p = versioned ? dlvsym(ssl_library, name, "OPENSSL_3.0.0") : dlsym(ssl_library, name);

	if (!p)
		p = dlsym(crypto_library, name);
	if (!p) {
		fprintf(stderr, "%s: %s\n", name, dlerror());
		exit(99);
	}
	return p;
}

#define CALL(ret, name, params, args)                                                              \
	(((union {                                                                                 \
		 void *object;                                                                     \
		 ret(*function) params;                                                            \
	 }){symbol(#name)})                                                                        \
	     .function args)

static int run(int port, char *host, const char *anchors)
{
	void *ctx, *ssl;
	int ok;

	crypto_library = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL | deep);
	ssl_library = dlopen("libssl.so.3", RTLD_LAZY | RTLD_LOCAL | deep);
	ctx = CALL(void *, SSL_CTX_new, (const void *),
		   (CALL(const void *, TLS_client_method, (void), ())));
	if (CALL(int, SSL_CTX_load_verify_locations, (void *, const char *, const char *),
		 (ctx, anchors, NULL)) != 1)
		exit(98);
	CALL(void, SSL_CTX_set_verify, (void *, int, void *), (ctx, 1, NULL));
	ssl = CALL(void *, SSL_new, (void *), (ctx));
	CALL(long, SSL_ctrl, (void *, int, long, void *), (ssl, 55, 0, host));
	CALL(int, SSL_set1_host, (void *, const char *), (ssl, host));
	CALL(int, SSL_set_fd, (void *, int), (ssl, loopback(port)));
	ok = CALL(int, SSL_connect, (void *), (ssl)) == 1;
	printf("%s: %s, verify result %ld\n", host, ok ? "connected" : "failed",
	       CALL(long, SSL_get_verify_result, (const void *), (ssl)));
	CALL(void, SSL_free, (void *), (ssl));
	CALL(void, SSL_CTX_free, (void *), (ctx));
	fflush(stdout);
	return ok ? 0 : 1;
}

__attribute__((constructor)) static void before_main(int argc, char **argv)
{
	versioned = argc == 5 && strcmp(argv[4], "versioned") == 0;
	deep = argc == 5 && strcmp(argv[4], "deep") == 0 ? RTLD_DEEPBIND : 0;
	if (argc == 5 && !versioned && !deep)
		_exit(run(atoi(argv[1]), argv[2], argv[3]));
}

int main(int argc, char **argv)
{
	return argc == 4 || argc == 5 ? run(atoi(argv[1]), argv[2], argv[3]) : 95;
}
