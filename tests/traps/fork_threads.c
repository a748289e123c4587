/* SPDX-License-Identifier: ISC
 *
 * Trap: a threaded host forks while other threads are inside the library. The child has copies of locks whose owners do not
 * exist there. Proves the contract of `struct lock` in base.h, and that nothing of ours waits in a child.
 *
 * fork_threads THREADS CHILDREN fork|vfork|spawn
 *
 * fork: each child makes one handshake with contexts that were made before, and leaves with _exit. A child that does not end
 * within 20 s is killed by its own alarm and counted as hung.
 */
#include "common.h"
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>

static SSL_CTX *client_ctx, *server_ctx;
static atomic_bool stop;
static atomic_int failures, lookups;

static int connect_once(const char *host)
{
	SSL *client = client_for(client_ctx, host), *server = SSL_new(server_ctx);
	int ok;

	connect_ends(client, server);
	ok = handshake(client, server);
	SSL_free(client);
	SSL_free(server);
	ERR_clear_error();
	return ok;
}

static void *fail(void *arg)
{
	(void)arg;
	while (!stop) {
		NEED(connect_once("legacy.test") == 0);
		failures++;
	}
	return NULL;
}

static void *resolve(void *arg)
{
	(void)arg;
	while (!stop) {
		struct addrinfo *list = NULL, hint = {.ai_flags = AI_NUMERICHOST};

		if (getaddrinfo("127.0.0.1", "443", &hint, &list) == 0)
			freeaddrinfo(list);
		lookups++;
	}
	return NULL;
}

static pid_t start(const char *how)
{
	static char path[] = "/bin/true";
	char *const argv[] = {path, NULL};
	extern char **environ;
	pid_t pid = -1;

	if (strcmp(how, "spawn") == 0) {
		NEED(posix_spawn(&pid, path, NULL, NULL, argv, environ) == 0);
	} else if (strcmp(how, "vfork") == 0) {
		pid = vfork();
		if (pid == 0) {
			execv(path, argv);
			_exit(98);
		}
	} else {
		pid = fork();
		if (pid == 0) {
			alarm(20);
			_exit(connect_once("child.test") == 0 ? 0 : 97);
		}
	}
	NEED(pid > 0);
	return pid;
}

int main(int argc, char **argv)
{
	int threads, children, good = 0, hung = 0, crashed = 0, other = 0;
	pthread_t thread[64];

	NEED(argc == 4);
	threads = atoi(argv[1]);
	children = atoi(argv[2]);
	NEED(threads + 1 < 64);
	client_ctx = client_context("unrelated");
	server_ctx = server_context("legacy");
	for (int i = 0; i < threads; i++)
		NEED(pthread_create(&thread[i], NULL, fail, NULL) == 0);
	NEED(pthread_create(&thread[threads], NULL, resolve, NULL) == 0);
	for (int i = 0; i < children; i++) {
		int status;

		NEED(waitpid(start(argv[3]), &status, 0) > 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			good++;
		else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
			hung++;
		else if (WIFSIGNALED(status))
			crashed++;
		else
			other++;
		if (hung > 0)
			break;
	}
	stop = true;
	for (int i = 0; i <= threads; i++)
		pthread_join(thread[i], NULL);
	printf("good %d, hung %d, crashed %d, other %d; threads %s\n", good, hung, crashed, other,
	       failures > 0 && lookups > 0 ? "worked" : "did nothing");
	return 0;
}
