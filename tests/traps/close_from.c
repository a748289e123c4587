/* SPDX-License-Identifier: ISC
 *
 * Trap: a daemon closes all descriptors and opens its data file and its socket anew: they get the numbers 0, 1, 2 and that of
 * TLSMEND_LOG=fd:N. A record written to "stderr" is then a record in somebody's database. Proves design.md#guest and the contract
 * of sink_remember_descriptors().
 *
 * close_from RANGE|LOOP|KEEP RESULT_FILE DIRECTORY append|plain[-at-2]
 * KEEP closes nothing. The result goes to RESULT_FILE, since there is no stdout any more.
 */
#include "common.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { LAST = 600 };

static void close_all(const char *how)
{
	if (strcmp(how, "KEEP") == 0)
		return;
	if (strcmp(how, "RANGE") == 0 && syscall(SYS_close_range, 0u, ~0u, 0u) == 0)
		return;
	for (int fd = 0; fd < 1024; fd++)
		close(fd);
}

static long bytes_waiting(int fd)
{
	char block[65536];
	ssize_t n = recv(fd, block, sizeof(block), MSG_DONTWAIT);

	return n < 0 ? 0 : n;
}

int main(int argc, char **argv)
{
	char data[512];
	int pair[2], first, ok;
	struct stat st;
	FILE *out;

	NEED(argc == 5);
	snprintf(data, sizeof(data), "%s/data", argv[3]);
	/* Something must have been loaded before, as in a real daemon that reads its configuration first. */
	SSL_CTX_free(client_context("root"));
	close_all(argv[1]);
	first = open(data, O_RDWR | O_CREAT | (strncmp(argv[4], "append", 6) == 0 ? O_APPEND : 0),
		     0600);
	NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	NEED(strcmp(argv[1], "KEEP") == 0 || (first == 0 && pair[0] == 1 && pair[1] == 2));
	/* Every other number up to LAST is the data file as well. */
	if (strcmp(argv[1], "KEEP") != 0)
		for (int fd = 3; fd <= LAST; fd++)
			NEED(dup2(first, fd) == fd);
	if (strstr(argv[4], "at-2") && strcmp(argv[1], "KEEP") != 0)
		NEED(dup2(first, 2) == 2);
	out = fopen(argv[2], "w");
	NEED(out != NULL);
	{
		SSL_CTX *cctx = client_context("unrelated"), *sctx = server_context("legacy");
		SSL *client = client_for(cctx, "legacy.test"), *server = SSL_new(sctx);

		connect_ends(client, server);
		ok = handshake(client, server);
		SSL_free(client);
		SSL_free(server);
		SSL_CTX_free(cctx);
		SSL_CTX_free(sctx);
	}
	NEED(fstat(first, &st) == 0);
	fprintf(out, "connected %d, in the data file %lld, in the sockets %ld %ld\n", ok,
		(long long)st.st_size, bytes_waiting(pair[0]), bytes_waiting(pair[1]));
	for (int fd = 0; fd <= LAST; fd++)
		if (strcmp(argv[1], "KEEP") != 0 && fcntl(fd, F_GETFD) < 0)
			fprintf(out, "descriptor %d was closed\n", fd);
	fprintf(out, "next descriptor: %s\n",
		strcmp(argv[1], "KEEP") == 0 || dup(0) == LAST + 2 ? "as expected"
								   : "one is left open");
	fclose(out);
	return 0;
}
