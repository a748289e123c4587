/* SPDX-License-Identifier: ISC
 *
 * Trap: as fork_threads, with nothing but the hooks. Threads call a getter of OpenSSL that takes no lock, in a tight loop; children
 * that are forked meanwhile call it once. A hook that takes a lock of the dynamic loader (dl_iterate_phdr, dlopen, dlsym) on
 * each call leaves it held in a child for ever: glibc makes not all of them anew in fork(2). Proves that a
 * resolved call takes no lock at all. With "new" the threads make objects instead, which takes OpenSSL's locks: the calls of the
 * children are the first ones. With "root" or "vroot" (vfork) the threads load CA files, and children go into another root directory: chroot(2) may be called there,
 * OpenSSL may not.
 *
 * fork_hook THREADS CHILDREN ask|new|root|vroot
 */
#include "common.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>

static SSL_CTX *ctx;
static SSL *ssl;
static atomic_bool stop;

static long ask(void)
{
	return (SSL_CTX_get_info_callback(ctx) != NULL) + (SSL_get_info_callback(ssl) != NULL) +
	       SSL_get_verify_result(ssl);
}

static void *ask_on(void *arg)
{
	(void)arg;
	while (!stop)
		NEED(ask() == 0);
	return NULL;
}

static void *make_on(void *arg)
{
	(void)arg;
	while (!stop) {
		SSL *made = SSL_new(ctx);

		NEED(made != NULL);
		SSL_free(made);
	}
	return NULL;
}

static void *load_on(void *arg)
{
	(void)arg;
	while (!stop)
		SSL_CTX_free(client_context("root"));
	return NULL;
}

static int go_elsewhere(void)
{
	return geteuid() == 0 ? chroot(getenv("TRAP_CERTS")) : chroot("/nowhere") + 1;
}

static pid_t make_child(const char *how)
{
	const pid_t pid = how[0] == 'v' ? vfork() : fork();

	if (pid == 0) {
		alarm(10);
		_exit((strstr(how, "root") ? go_elsewhere() : ask()) == 0 ? 0 : 97);
	}
	return pid;
}

int main(int argc, char **argv)
{
	pthread_t thread[64];
	int threads, good = 0, hung = 0, other = 0;

	const bool root = argc == 4 && strstr(argv[3], "root");

	NEED(argc == 4 && (threads = atoi(argv[1])) <= 64);
	ctx = client_context("root");
	ssl = client_for(ctx, "legacy.test");
	for (int i = 0; i < threads; i++)
		NEED(pthread_create(&thread[i], NULL,
				    root                          ? load_on
				    : strcmp(argv[3], "new") == 0 ? make_on
								  : ask_on,
				    NULL) == 0);
	for (int i = 0; i < atoi(argv[2]) && hung == 0; i++) {
		int status;
		const pid_t pid = make_child(argv[3]);

		NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		hung += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
		other += !(WIFEXITED(status) && WEXITSTATUS(status) == 0) &&
			 !(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
	}
	stop = true;
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	printf("good %d, hung %d, other %d\n", good, hung, other);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return 0;
}
