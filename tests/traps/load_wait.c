/* SPDX-License-Identifier: ISC
 *
 * Trap: a library's constructor starts a thread that makes the process's first TLS connection (and looks up its first name), and
 * waits for it. dlopen(3) holds the loader's lock meanwhile, so that a thread which asks dlsym(3), dlopen(3) or dladdr(3) for
 * anything waits for ever. Nor may it ask dl_iterate_phdr(3), whose callback may be waiting for it, too.
 *
 * load_wait linked ANCHORS LEAF HOST      the program is linked with libssl
 * load_wait local ANCHORS LEAF HOST       the library is, and is loaded RTLD_LOCAL
 * load_wait global ANCHORS LEAF HOST      ... which finds libssl only in the global scope, where the program put it by RTLD_GLOBAL
 * load_wait dlsym ANCHORS LEAF HOST       the program finds the functions with dlsym(3), before
 * load_wait iterate ANCHORS LEAF HOST     as linked, but it is a callback of dl_iterate_phdr(3) that waits
 * Each is built from here: WAIT_MAIN for the program, WAIT_SIDE for what makes the connection, WAIT_LIBRARY for the constructor.
 */
#include <dlfcn.h>
#include <link.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void load_wait_run(void);
void load_wait_connect(void);

#ifdef WAIT_FOUND
#include <openssl/err.h>
#include <openssl/ssl.h>
#define FUNCTIONS(F)                                                                               \
	F(TLS_server_method)                                                                       \
	F(TLS_client_method)                                                                       \
	F(SSL_CTX_new)                                                                             \
	F(SSL_CTX_use_certificate_chain_file)                                                      \
	F(SSL_CTX_use_PrivateKey_file)                                                             \
	F(SSL_CTX_load_verify_locations)                                                           \
	F(SSL_CTX_set_verify)                                                                      \
	F(SSL_new)                                                                                 \
	F(SSL_ctrl)                                                                                \
	F(SSL_set1_host)                                                                           \
	F(BIO_new_bio_pair)                                                                        \
	F(SSL_set_bio)                                                                             \
	F(SSL_set_connect_state)                                                                   \
	F(SSL_set_accept_state)                                                                    \
	F(SSL_do_handshake)                                                                        \
	F(SSL_get_error)                                                                           \
	F(SSL_get_verify_result)                                                                   \
	F(SSL_free)                                                                                \
	F(SSL_CTX_free)                                                                            \
	F(ERR_clear_error)
#define POINTER(name) static __typeof__(name) *p_##name;
FUNCTIONS(POINTER)
static void find_functions(void)
{
	void *ssl = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
	void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL), *p;
#define FIND(name)                                                                                 \
	p = dlsym(ssl, #name) ? dlsym(ssl, #name) : dlsym(crypto, #name);                          \
	memcpy(&p_##name, &p, sizeof p);
	FUNCTIONS(FIND)
}
#define TLS_server_method                  p_TLS_server_method
#define TLS_client_method                  p_TLS_client_method
#define SSL_CTX_new                        p_SSL_CTX_new
#define SSL_CTX_use_certificate_chain_file p_SSL_CTX_use_certificate_chain_file
#define SSL_CTX_use_PrivateKey_file        p_SSL_CTX_use_PrivateKey_file
#define SSL_CTX_load_verify_locations      p_SSL_CTX_load_verify_locations
#define SSL_CTX_set_verify                 p_SSL_CTX_set_verify
#define SSL_new                            p_SSL_new
#define SSL_ctrl                           p_SSL_ctrl
#define SSL_set1_host                      p_SSL_set1_host
#define BIO_new_bio_pair                   p_BIO_new_bio_pair
#define SSL_set_bio                        p_SSL_set_bio
#define SSL_set_connect_state              p_SSL_set_connect_state
#define SSL_set_accept_state               p_SSL_set_accept_state
#define SSL_do_handshake                   p_SSL_do_handshake
#define SSL_get_error                      p_SSL_get_error
#define SSL_get_verify_result              p_SSL_get_verify_result
#define SSL_free                           p_SSL_free
#define SSL_CTX_free                       p_SSL_CTX_free
#define ERR_clear_error                    p_ERR_clear_error
/* what else common.h has is not called here */
#define TRAP_FEW_FUNCTIONS
#endif

#ifdef WAIT_SIDE
#include "common.h"

static void *connect_once(void *arg)
{
	struct addrinfo *list = NULL, hint = {.ai_flags = AI_NUMERICHOST};
	(void)arg;
	if (getaddrinfo("127.0.0.1", "443", &hint, &list) == 0)
		freeaddrinfo(list);
	try_host(getenv("WAIT_ANCHORS"), getenv("WAIT_LEAF"), getenv("WAIT_HOST"));
	return NULL;
}

void load_wait_run(void)
{
	struct timespec until;
	pthread_t thread;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	if (pthread_create(&thread, NULL, connect_once, NULL) != 0)
		exit(98);
	if (pthread_timedjoin_np(thread, NULL, &until) != 0) {
		printf("the thread waits for the loader\n");
		fflush(stdout);
		_exit(3);
	}
}
#endif

#ifdef WAIT_LIBRARY
__attribute__((constructor)) static void at_load(void)
{
	load_wait_run();
}
#endif

#ifdef WAIT_MAIN
static int wait_in_callback(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)info;
	(void)size;
	(void)arg;
#ifdef WAIT_SIDE
	load_wait_run();
#endif
	return 1;
}

int main(int argc, char **argv)
{
	static const char *const library[][2] = {{"linked", "libload_wait.so"},
						 {"local", "libload_wait_local.so"},
						 {"global", "libload_wait_global.so"},
						 {"dlsym", "libload_wait.so"}};
	if (argc != 5)
		return 95;
	setenv("WAIT_ANCHORS", argv[2], 1);
	setenv("WAIT_LEAF", argv[3], 1);
	setenv("WAIT_HOST", argv[4], 1);
	if (strcmp(argv[1], "iterate") == 0)
		return !dl_iterate_phdr(wait_in_callback, NULL);
#ifdef WAIT_FOUND
	find_functions();
#endif
	if (strcmp(argv[1], "global") == 0 && !dlopen("libssl.so.3", RTLD_NOW | RTLD_GLOBAL))
		return 96;
	for (size_t i = 0; i < sizeof library / sizeof library[0]; i++)
		if (strcmp(argv[1], library[i][0]) == 0 &&
		    !dlopen(library[i][1], RTLD_LAZY | RTLD_LOCAL)) {
			fprintf(stderr, "%s\n", dlerror());
			return 97;
		}
	printf("loaded\n");
	return 0;
}
#endif
