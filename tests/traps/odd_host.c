/* SPDX-License-Identifier: ISC
 *
 * odd_host HOW ANCHORS LEAF HOST [ARGUMENT...]: a connection in memory, by a host that
 *   environ    has overwritten its environment and arguments, and has none any more (linked so that `environ` is copied into the program)
 *   clone      makes it in a child of clone(2) that shares everything, with the same thread pointer
 *   churn      makes it in 32 threads, while 32 others load and unload the libraries that are named
 *   space      has KIB left of its address space
 */
#include "common.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static char **own;

static void overwrite_environment(char **argv)
{
	static char directory[512];
	static char *left[] = {directory, NULL};

	snprintf(directory, sizeof(directory), "TRAP_CERTS=%s", getenv("TRAP_CERTS"));
	for (char **e = environ; *e; e++)
		memset(*e, 'X', strlen(*e));
	memset(argv[0], 'X', strlen(argv[0]));
	argv[0] = NULL;
	environ = left;
}

static int connect_once(void *arg)
{
	(void)arg;
	return try_host(own[0], own[1], own[2]) ? 0 : 1;
}

static int in_a_clone(void)
{
	static char stack[1 << 20] __attribute__((aligned(16)));
	int status = 0;
	const pid_t pid = clone(connect_once, stack + sizeof(stack),
				CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_VFORK | SIGCHLD, NULL);

	NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
	printf("the child: %d\n", status);
	return connect_once(NULL);
}

/* ---- libraries that come and go --------------------------------------------------------------------------------------- */

enum { PAIRS = 32, ROUNDS = 20 };
static unsigned good, failed, loads, finds;

static int quiet_host(void)
{
	SSL_CTX *cctx = client_context(own[0]), *sctx = server_context(own[1]);
	SSL *client = client_for(cctx, own[2]), *server = SSL_new(sctx);
	int ok;

	connect_ends(client, server);
	ok = handshake(client, server);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(cctx);
	SSL_CTX_free(sctx);
	ERR_clear_error();
	return ok;
}

static void *connects(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS / 4; i++)
		__atomic_add_fetch(quiet_host() ? &good : &failed, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void *loads_and_unloads(void *file)
{
	for (int i = 0; i < ROUNDS; i++) {
		void *handle = dlopen(file, i % 2 ? RTLD_NOW | RTLD_GLOBAL : RTLD_LAZY);

		NEED(handle != NULL);
		NEED(!dlsym(handle, "no_such_name"));
		__atomic_add_fetch(&finds, dlsym(handle, "SSL_connect") != NULL, __ATOMIC_RELAXED);
		NEED(dlclose(handle) == 0);
		__atomic_add_fetch(&loads, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static int churn(char **files, int count)
{
	pthread_t threads[2 * PAIRS];

	NEED(count > 0);
	for (int i = 0; i < 2 * PAIRS; i++)
		NEED(pthread_create(&threads[i], NULL, i % 2 ? loads_and_unloads : connects,
				    files[i / 2 % count]) == 0);
	for (int i = 0; i < 2 * PAIRS; i++)
		pthread_join(threads[i], NULL);
	printf("connected %u, failed %u, loaded %u times, SSL_connect in %u of them\n", good,
	       failed, loads, finds);
	return 0;
}

static int with_little_space(long kib)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	NEED(f && fscanf(f, "%ld", &pages) == 1);
	fclose(f);
	const rlim_t all = (rlim_t)(pages * sysconf(_SC_PAGESIZE) + kib * 1024);
	const struct rlimit limit = {all, all};

	NEED(setrlimit(RLIMIT_AS, &limit) == 0);
	return connect_once(NULL);
}

int main(int argc, char **argv)
{
	const char *how = argv[1];

	NEED(argc >= 5);
	own = argv + 2;
	setvbuf(stdout, NULL, _IONBF, 0);
	if (strcmp(how, "clone") == 0)
		return in_a_clone();
	if (strcmp(how, "churn") == 0)
		return churn(argv + 5, argc - 5);
	if (strcmp(how, "space") == 0)
		return with_little_space(atol(argv[5]));
	overwrite_environment(argv);
	return connect_once(NULL);
}
