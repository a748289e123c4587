/* SPDX-License-Identifier: ISC
 *
 * Trap: what is not noticed in one handshake may be in a hundred thousand: a record of a connection that works, memory that is
 * kept, a descriptor that stays open. Two hosts in turns, the first one under a rule; one handshake in five is a full one.
 *
 * soak COUNT RULED-ANCHORS ANCHORS
 */
#include "common.h"

#include <dirent.h>

enum { FULL_EVERY = 5 };

struct host {
	const char *name;
	SSL_CTX *client, *server;
	SSL_SESSION *session;
	long full, resumed;
};

static int yes(int ok, X509_STORE_CTX *ctx)
{
	(void)ctx;
	return ok;
}

static long resident_kib(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	NEED(f && fscanf(f, "%*d %ld", &pages) == 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	NEED(d != NULL);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void prepare(struct host *h, const char *name, const char *anchors, const char *leaf)
{
	h->name = name;
	h->client = client_context(anchors);
	h->server = server_context(leaf);
	SSL_CTX_set_session_id_context(h->server, (const unsigned char *)"soak", 4);
	/* with a callback of its own, as many clients have */
	SSL_CTX_set_verify(h->client, SSL_VERIFY_PEER, yes);
}

static void once(struct host *h, int full)
{
	SSL *client = client_for(h->client, h->name), *server = SSL_new(h->server);
	char byte = 'x';

	if (!full && h->session)
		NEED(SSL_set_session(client, h->session) == 1);
	connect_ends(client, server);
	NEED(handshake(client, server) == 1);
	NEED(SSL_write(client, &byte, 1) == 1 && SSL_read(server, &byte, 1) == 1);
	/* TLS 1.3: the ticket comes before the first byte */
	NEED(SSL_write(server, &byte, 1) == 1 && SSL_read(client, &byte, 1) == 1);
	*(SSL_session_reused(client) ? &h->resumed : &h->full) += 1;
	if (full || !h->session) {
		SSL_SESSION_free(h->session);
		h->session = SSL_get1_session(client);
	}
	SSL_shutdown(client);
	SSL_free(client);
	SSL_free(server);
}

int main(int argc, char **argv)
{
	struct host hosts[2] = {{0}, {0}};
	long count, early_kib = 0;
	int early_descriptors = 0;

	NEED(argc == 4);
	count = strtol(argv[1], NULL, 10);
	prepare(&hosts[0], "legacy.test", argv[2], "legacy");
	prepare(&hosts[1], "other.test", argv[3], "other");
	for (long i = 0; i < count; i++) {
		if (i == count / 10) {
			early_kib = resident_kib();
			early_descriptors = descriptors();
		}
		once(&hosts[i % 2], i / 2 % FULL_EVERY == 0);
	}
	printf("%ld %ld %ld %ld\n", hosts[0].full, hosts[0].resumed, hosts[1].full,
	       hosts[1].resumed);
	printf("%ld %d\n", resident_kib() - early_kib, descriptors() - early_descriptors);
	for (int i = 0; i < 2; i++) {
		SSL_SESSION_free(hosts[i].session);
		SSL_CTX_free(hosts[i].client);
		SSL_CTX_free(hosts[i].server);
	}
	return 0;
}
