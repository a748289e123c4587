/* SPDX-License-Identifier: ISC
 *
 * Trap: a threaded host forks while other threads are inside the library. The child has copies of locks whose owners do not
 * exist there. Proves the contract of `struct lock` in base.h, and that nothing of ours waits in a child.
 *
 * fork_threads THREADS CHILDREN fork|vfork|spawn PLUGIN1 PLUGIN2 PORT ANCHORS cold|warm
 *
 * The threads fail with one copy of OpenSSL and the children with another: OpenSSL's own locks do not survive fork, so a child
 * that used the threads' copy would hang without the library, too. The library and its locks are common to both. warm: the
 * second copy was in use before; cold: the child is the first. A child that does not end within 20 s is killed by
 * its own alarm and counted as hung.
 */
#include "loader.h"
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>

static const struct plugin *plugin[2];
static int port;
static const char *anchors;
static atomic_bool stop;
static atomic_int failures, lookups, unexpected;

static int connect_with(const struct plugin *p, const char *host)
{
	void *client = p->open(loopback(port), host, anchors);
	int done = p->step(client);

	p->close(client);
	return done;
}

static void *fail(void *arg)
{
	(void)arg;
	while (!stop) {
		unexpected += connect_with(plugin[0], "legacy.test") != -1;
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
		if (posix_spawn(&pid, path, NULL, NULL, argv, environ) != 0)
			exit(94);
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
			_exit(connect_with(plugin[1], "child.test") == -1 ? 0 : 97);
		}
	}
	if (pid < 0)
		exit(93);
	return pid;
}

static void run_children(const char *how, int children)
{
	int good = 0, hung = 0, crashed = 0, other = 0;

	/* One hung child is enough to know. */
	for (int i = 0; i < children && hung == 0; i++) {
		int status;

		if (waitpid(start(how), &status, 0) < 0)
			exit(92);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			good++;
		else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
			hung++;
		else if (WIFSIGNALED(status))
			crashed++;
		else
			other++;
	}
	printf("good %d, hung %d, crashed %d, other %d\n", good, hung, crashed, other);
}

int main(int argc, char **argv)
{
	pthread_t thread[64];
	void *handle[2];
	int threads;

	if (argc != 9 || (threads = atoi(argv[1])) > 60)
		return 95;
	for (int i = 0; i < 2; i++)
		plugin[i] = plugin_load(argv[4 + i], RTLD_NOW | RTLD_LOCAL, &handle[i]);
	port = atoi(argv[6]);
	anchors = argv[7];
	connect_with(plugin[0], "legacy.test");
	if (strcmp(argv[8], "warm") == 0)
		connect_with(plugin[1], "child.test");
	for (int i = 0; i <= threads; i++)
		if (pthread_create(&thread[i], NULL, i < threads ? fail : resolve, NULL) != 0)
			return 91;
	run_children(argv[3], atoi(argv[2]));
	stop = true;
	for (int i = 0; i <= threads; i++)
		pthread_join(thread[i], NULL);
	printf("threads: %s, unexpected results %d\n",
	       failures > 0 && lookups > 0 ? "worked" : "did nothing", unexpected);
	return 0;
}
