/* SPDX-License-Identifier: ISC
 *
 * Trap: a second preloaded library that wraps the same functions through dlsym(RTLD_NEXT, ...), before and after tlsmend.
 * RTLD_NEXT means "after the caller": a dlsym hook that *calls* the real one becomes the caller, and the wrapper finds
 * itself (endless recursion) or skips libraries. A hook that goes straight to libssl skips a wrapper that stands behind it.
 * Proves design.md#dlsym (jump, do not call). The client's info callback must be called once per event.
 */
#include "common.h"

__attribute__((weak)) void interposer_print(void);

static int starts, dones;

static void info(const SSL *ssl, int where, int value)
{
	(void)ssl;
	(void)value;
	starts += where == SSL_CB_HANDSHAKE_START;
	dones += where == SSL_CB_HANDSHAKE_DONE;
}

int main(void)
{
	SSL_CTX *cctx = client_context("root"), *sctx = server_context("legacy");
	SSL *client = client_for(cctx, "legacy.test"), *server = SSL_new(sctx);
	int ok;

	SSL_CTX_set_info_callback(sctx, NULL);
	SSL_set_info_callback(client, info);
	connect_ends(client, server);
	ok = handshake(client, server);
	printf("%s, %d starts, %d ends\n", ok ? "connected" : "failed", starts, dones);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	try_host("unrelated", "legacy", "legacy.test");
	if (interposer_print)
		interposer_print();
	return 0;
}
