/* SPDX-License-Identifier: ISC
 *
 * Trap: the library's own look-ups fail and succeed in the middle of the host's calls. dlerror(3) tells the host about *its* last
 * look-up: an error of ours must not show, and the host's own must not vanish.
 *
 * dlerror_state ANCHORS LEAF HOST
 */
#include "common.h"
#include <dlfcn.h>

static void print_error(const char *when)
{
	const char *text = dlerror();
	const char *shown = text ? strstr(text, "undefined symbol") : "none";

	printf("dlerror %s: %s\n", when, shown ? shown : text);
}

static void with_and_without(const char *when, SSL_CTX *cctx, SSL_CTX *sctx, const char *host,
			     int pending)
{
	SSL *client = client_for(cctx, host), *server = SSL_new(sctx);

	connect_ends(client, server);
	if (pending)
		dlsym(RTLD_DEFAULT, "the_hosts_own_failure");
	printf("%s %s\n", when, handshake(client, server) ? "connected" : "failed");
	print_error("after the handshake");
	SSL_free(client);
	SSL_free(server);
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;

	NEED(argc == 4);
	OPENSSL_init_ssl(0, NULL);
	dlerror();
	dlsym(RTLD_DEFAULT, "the_hosts_own_failure");
	cctx = SSL_CTX_new(TLS_client_method());
	print_error("after the first SSL_CTX_new");
	SSL_CTX_free(cctx);
	cctx = client_context(argv[1]);
	sctx = server_context(argv[2]);
	print_error("when none is pending");
	for (int pending = 1; pending >= 0; pending--)
		with_and_without(pending ? "pending" : "none", cctx, sctx, argv[3], pending);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
