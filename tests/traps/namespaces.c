/* SPDX-License-Identifier: ISC
 *
 * namespaces PLUGIN LIBSSL PORT HOST ANCHORS: a plug-in with an OpenSSL in a namespace of its own (dlmopen(3)), where nothing is
 * preloaded; functions of that OpenSSL, found by dlsym(3); and the program's own OpenSSL beside it.
 */
#include "common.h"
#include "plugin.h"
#include <dlfcn.h>

static void by_plugin(const char *file, int port, const char *host, const char *anchors)
{
	void *handle = dlmopen(LM_ID_NEWLM, file, RTLD_NOW);
	const struct plugin *plugin = handle ? dlsym(handle, PLUGIN_SYMBOL) : NULL;

	NEED(plugin != NULL);
	void *client = plugin->open(tcp_connect(port), host, anchors);

	printf("plug-in: %d, verify result", plugin->step(client));
	printf(" %ld\n", plugin->result(client));
	plugin->close(client);
}

static void by_dlsym(const char *file, int port, const char *host, const char *anchors)
{
	void *handle = dlmopen(LM_ID_NEWLM, file, RTLD_NOW);
	union {
		void *object;
		SSL_CTX *(*new_context)(const SSL_METHOD *);
		const SSL_METHOD *(*method)(void);
		int (*load)(SSL_CTX *, const char *, const char *);
		void (*verify)(SSL_CTX *, int, SSL_verify_cb);
		SSL *(*new)(SSL_CTX *);
		int (*set_fd)(SSL *, int);
		int (*set_host)(SSL *, const char *);
		int (*connect)(SSL *);
		long (*result)(const SSL *);
		void (*free)(SSL *);
		void (*free_context)(SSL_CTX *);
	} f;

	NEED(handle != NULL);
#define FIND(name)                                                                                 \
	f.object = dlsym(handle, #name);                                                           \
	NEED(f.object != NULL)
	FIND(TLS_client_method);
	const SSL_METHOD *method = f.method();
	FIND(SSL_CTX_new);
	SSL_CTX *ctx = f.new_context(method);
	FIND(SSL_CTX_load_verify_locations);
	NEED(f.load(ctx, anchors, NULL) == 1);
	FIND(SSL_CTX_set_verify);
	f.verify(ctx, SSL_VERIFY_PEER, NULL);
	FIND(SSL_new);
	SSL *ssl = f.new(ctx);
	const int fd = tcp_connect(port);
	FIND(SSL_set_fd);
	f.set_fd(ssl, fd);
	FIND(SSL_set1_host);
	f.set_host(ssl, host);
	FIND(SSL_connect);
	printf("dlsym: %d, verify result", f.connect(ssl));
	FIND(SSL_get_verify_result);
	printf(" %ld\n", f.result(ssl));
	FIND(SSL_free);
	f.free(ssl);
	FIND(SSL_CTX_free);
	f.free_context(ctx);
	close(fd);
}

int main(int argc, char **argv)
{
	NEED(argc == 6);
	const int port = atoi(argv[3]);

	by_plugin(argv[1], port, argv[4], argv[5]);
	by_dlsym(argv[2], port, argv[4], argv[5]);
	by_dlsym(argv[2], port, argv[4], argv[5]);
	const int good = try_host("unrelated", "legacy", argv[4]);

	fflush(stdout);
	/* OpenSSL does not survive the end of a process that has it twice so */
	_exit(good);
}
