/* SPDX-License-Identifier: ISC
 *
 * threads COUNT THREADS [SECONDS]: handshakes in memory, several threads at once, each with a host drawn by turns; for COUNT of them, or
 * for SECONDS if that comes first. What each host's verdicts may be is the caller's business: prints how often each host was good and bad,
 * errors that stayed in the queue, and the growth of the resident memory after the first quarter.
 *
 * FLIP_PATH set: another thread replaces that file every 100 ms, by turns from FLIP_A and FLIP_B. FREE_IN_CALLBACK set: the client's info
 * callback frees the last reference to its SSL_CTX but the SSL's own.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/ends.h"

/* SNI and the server's identity. */
static const struct {
	const char *sni, *id;
} hosts[] = {
    {"a.test", "a"},       {"b.test", "b"}, {"c.test", "c-public"},
    {"a.test", "expired"}, {"b.test", "a"}, {"a.test", "a-stranger"},
};
enum { HOSTS = sizeof(hosts) / sizeof(hosts[0]) };

static SSL_CTX *servers[HOSTS], *client_ctx;
static atomic_int good[HOSTS], bad[HOSTS], stray, started, finished;
static int total;
static time_t deadline;

static const char *file(const char *name, const char *ending, char path[512])
{
	snprintf(path, 512, "%s/%s%s", getenv("ATTACK_CERTS"), name, ending);
	return path;
}

static SSL_CTX *server_for(const char *id)
{
	char path[512];
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	NEED(SSL_CTX_use_certificate_chain_file(ctx, file(id, ".pem", path)) == 1);
	NEED(SSL_CTX_use_PrivateKey_file(ctx, file(id, ".key", path), SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	return ctx;
}

static SSL_CTX *new_client_context(void)
{
	char path[512];
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	NEED(SSL_CTX_load_verify_locations(ctx, file("public", ".pem", path), NULL) == 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return ctx;
}

static void free_context(const SSL *ssl, int where, int value)
{
	(void)value;
	if (where == SSL_CB_HANDSHAKE_START && SSL_get_app_data(ssl)) {
		SSL_CTX *ctx = SSL_get_app_data(ssl);
		SSL_set_app_data((SSL *)(uintptr_t)ssl, NULL);
		SSL_CTX_free(ctx);
	}
}

static int run_handshake(SSL *client, SSL *server)
{
	for (int i = 0; i < 50; i++) {
		int r = SSL_do_handshake(client), e = SSL_get_error(client, r);

		if (r == 1) {
			SSL_do_handshake(server);
			return 1;
		}
		if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
			return 0;
		SSL_do_handshake(server);
	}
	return 0;
}

static void one(int h)
{
	int own = getenv("FREE_IN_CALLBACK") != NULL;
	SSL_CTX *ctx = own ? new_client_context() : client_ctx;
	SSL *client = SSL_new(ctx), *server = SSL_new(servers[h]);
	char buf[8];

	NEED(client && server);
	tie_ends(client, server, 32768);
	SSL_set_tlsext_host_name(client, (char *)(uintptr_t)hosts[h].sni);
	if (own) {
		SSL_set_app_data(client, (char *)ctx);
		SSL_set_info_callback(client, free_context);
	}
	int ok = run_handshake(client, server);
	if (ok) {
		SSL_write(client, "x", 1);
		SSL_read(server, buf, sizeof(buf));
		SSL_write(server, "y", 1);
		NEED(SSL_read(client, buf, sizeof(buf)) == 1);
		stray += ERR_peek_error() != 0;
		SSL_shutdown(client);
	}
	ERR_clear_error();
	atomic_fetch_add(ok ? &good[h] : &bad[h], 1);
	SSL_free(client);
	SSL_free(server);
}

static void *work(void *arg)
{
	unsigned n = (unsigned)(uintptr_t)arg;

	while (atomic_fetch_add(&started, 1) < total && (!deadline || time(NULL) < deadline))
		one((int)(n++ % HOSTS));
	return NULL;
}

static void copy_over(const char *from, const char *to)
{
	char temporary[600], buf[65536];
	snprintf(temporary, sizeof(temporary), "%s.new", to);
	FILE *in = fopen(from, "r"), *out = fopen(temporary, "w");

	NEED(in && out);
	fwrite(buf, 1, fread(buf, 1, sizeof(buf), in), out);
	fclose(in);
	fclose(out);
	NEED(rename(temporary, to) == 0);
}

static void *flip(void *arg)
{
	(void)arg;
	for (int i = 0; !finished; i++) {
		copy_over(getenv(i % 2 ? "FLIP_A" : "FLIP_B"), getenv("FLIP_PATH"));
		usleep(100000);
	}
	return NULL;
}

static long resident_kib(void)
{
	long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	NEED(f && fscanf(f, "%ld %ld", &size, &resident) == 2);
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void run_threads(int count)
{
	enum { MOST = 64 };
	pthread_t threads[MOST];

	NEED(count <= MOST);
	for (int i = 0; i < count; i++)
		NEED(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i * 2)) == 0);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 4, wanted = argc > 1 ? atoi(argv[1]) : 1000;
	int seconds = argc > 3 ? atoi(argv[3]) : 0;
	pthread_t flipper;

	for (int i = 0; i < HOSTS; i++)
		servers[i] = server_for(hosts[i].id);
	client_ctx = new_client_context();
	if (getenv("FLIP_PATH"))
		NEED(pthread_create(&flipper, NULL, flip, NULL) == 0);
	/* the first quarter fills caches and arenas */
	total = wanted / 4;
	deadline = seconds ? time(NULL) + seconds / 4 + 1 : 0;
	run_threads(count);
	long before = resident_kib();
	started = 0;
	total = wanted - wanted / 4;
	deadline = seconds ? time(NULL) + seconds - seconds / 4 : 0;
	run_threads(count);
	long after = resident_kib();
	finished = 1;
	if (getenv("FLIP_PATH"))
		pthread_join(flipper, NULL);
	for (int i = 0; i < HOSTS; i++)
		printf("%s %s %d %d\n", hosts[i].sni, hosts[i].id, good[i], bad[i]);
	printf("stray %d\ngrowth %ld\n", stray, after - before);
	return 0;
}
