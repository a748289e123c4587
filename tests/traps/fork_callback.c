/* SPDX-License-Identifier: ISC
 *
 * Trap: fork from inside a callback of the host, that is from below a hook of ours which may hold a lock or have half a
 * record. Parent and child both go on with the handshake. Proves the contract of `struct lock`, and that no lock is held
 * across a call into the host.
 *
 * fork_callback info|verify
 */
#include "common.h"
#include <sys/wait.h>

static pid_t child = -1;

static void fork_once(void)
{
	if (child != -1)
		return;
	fflush(stdout);
	child = fork();
	if (child == 0)
		alarm(20);
}

static void info(const SSL *ssl, int where, int value)
{
	(void)ssl, (void)value;
	if (where == SSL_CB_CONNECT_LOOP)
		fork_once();
}

static int verify(int ok, X509_STORE_CTX *ctx)
{
	(void)ctx;
	fork_once();
	return ok;
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;
	SSL *client, *server;
	int ok, status = 0;

	NEED(argc == 2);
	cctx = client_context("unrelated");
	sctx = server_context("legacy");
	if (strcmp(argv[1], "info") == 0)
		SSL_CTX_set_info_callback(cctx, info);
	else
		SSL_CTX_set_verify(cctx, SSL_VERIFY_PEER, verify);
	client = client_for(cctx, "legacy.test");
	server = SSL_new(sctx);
	connect_ends(client, server);
	ok = handshake(client, server);
	NEED(child != -1);
	if (child == 0) {
		/* Both did it; the child then does a second one, which must work as well. */
		int again = try_host("unrelated", "legacy", "legacy.test");

		_exit(10 + ok + again);
	}
	NEED(waitpid(child, &status, 0) == child);
	printf("parent: %s\nchild: %s %d\n", ok ? "connected" : "failed",
	       WIFEXITED(status) ? "left with" : "died of",
	       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return 0;
}
