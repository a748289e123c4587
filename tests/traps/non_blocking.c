/* SPDX-License-Identifier: ISC
 *
 * Trap: a handshake that arrives byte by byte. Each step ends with -1 and WANT_READ: a hook that takes that for a failure
 * writes records, and one that leaves an entry in the error queue turns WANT_READ into SSL_ERROR_SSL in the host.
 * Proves design.md#observer (a want is a retry) and design.md#guest.
 *
 * non_blocking memory|socket ANCHORS LEAF HOST
 */
#include "common.h"
#include <fcntl.h>

/* The last value printed, so that runs of the same are printed once: how many bytes a certificate has varies. */
static int last = -1;
static long steps;

static int step(SSL *client)
{
	int r, e, saved;

	errno = 77;
	r = SSL_do_handshake(client);
	saved = errno;
	e = SSL_get_error(client, r);
	steps++;
	if (e != last)
		printf("return %d, error %d, want %d, errno %s, queue %lx\n", r, e,
		       SSL_want(client),
		       saved == 0    ? "0"
		       : saved == 77 ? "kept"
				     : strerror(saved),
		       ERR_peek_error());
	last = e;
	return e;
}

/* Moves what the server wrote to the client, one byte a step, and the client's bytes to the server at once. */
static int drive(SSL *client, SSL *server, BIO *from_server, int to_client)
{
	char byte, block[4096];
	int e = step(client), n;

	for (;;) {
		if (e == SSL_ERROR_NONE || !is_retry(e))
			return e;
		while ((n = to_client >= 0
				? (int)read(to_client, block, sizeof(block))
				: BIO_read(SSL_get_wbio(client), block, sizeof(block))) > 0)
			NEED(BIO_write(SSL_get_rbio(server), block, n) == n);
		ERR_clear_error();
		SSL_do_handshake(server);
		ERR_clear_error();
		if (BIO_read(from_server, &byte, 1) != 1)
			return -1;
		if (to_client >= 0)
			NEED(write(to_client, &byte, 1) == 1);
		else
			NEED(BIO_write(SSL_get_rbio(client), &byte, 1) == 1);
		e = step(client);
	}
}

int main(int argc, char **argv)
{
	SSL_CTX *cctx, *sctx;
	SSL *client, *server;
	BIO *out;
	int pair[2] = {-1, -1};

	NEED(argc == 5);
	cctx = client_context(argv[2]);
	sctx = server_context(argv[3]);
	client = client_for(cctx, argv[4]);
	server = SSL_new(sctx);
	out = BIO_new(BIO_s_mem());
	SSL_set_bio(server, BIO_new(BIO_s_mem()), out);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	if (strcmp(argv[1], "socket") == 0) {
		NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		fcntl(pair[0], F_SETFL, O_NONBLOCK);
		fcntl(pair[1], F_SETFL, O_NONBLOCK);
		SSL_set_fd(client, pair[0]);
	} else {
		SSL_set_bio(client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	}
	printf("end: %d\n", drive(client, server, out, pair[1]));
	printf("more than 500 steps: %s\n", steps > 500 ? "yes" : "no");
	printf("verify result %ld\n", SSL_get_verify_result(client));
	print_queue("at the end");
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	return 0;
}
