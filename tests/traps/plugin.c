/* SPDX-License-Identifier: ISC
 *
 * A shared object that is linked with a libssl and loaded by dlopen(3). Built against the system's OpenSSL and against
 * other copies and generations, so it calls only what has the same name in all of them (1.1.1 and later).
 */
#include "plugin.h"
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

struct client {
	SSL_CTX *ctx;
	SSL *ssl;
};

static const char *client_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

static void *client_open(int fd, const char *host, const char *anchors)
{
	struct client *c = calloc(1, sizeof(*c));

	c->ctx = SSL_CTX_new(TLS_client_method());
	if (!c->ctx || SSL_CTX_load_verify_locations(c->ctx, anchors, NULL) != 1)
		abort();
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	c->ssl = SSL_new(c->ctx);
	SSL_ctrl(c->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
		 (void *)(uintptr_t)host);
	SSL_set1_host(c->ssl, host);
	SSL_set_fd(c->ssl, fd);
	return c;
}

static int client_step(void *arg)
{
	struct client *c = arg;
	int r = SSL_connect(c->ssl), e;

	if (r == 1)
		return 1;
	e = SSL_get_error(c->ssl, r);
	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static long client_result(void *arg)
{
	return SSL_get_verify_result(((struct client *)arg)->ssl);
}

static void client_close(void *arg)
{
	struct client *c = arg;
	int fd = SSL_get_fd(c->ssl);

	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	close(fd);
	free(c);
}

extern const struct plugin trap_plugin;
const struct plugin trap_plugin = {client_version, client_open,  client_step,
				   client_result,  client_close, (void (*)(void))SSL_get_error};
