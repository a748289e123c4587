/* SPDX-License-Identifier: ISC
 *
 * A process whose libc is musl, and that has no OpenSSL: `musl WAY`. Each says what it sees; the test compares it with a run
 * without the library.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void look(const char *where)
{
	const void *self = dlopen(NULL, RTLD_NOW);
	printf("%s: puts %d %d", where, dlsym(RTLD_DEFAULT, "puts") == (void *)puts,
	       dlsym((void *)self, "puts") == (void *)puts);
	dlerror();
	errno = 7;
	const void *p = dlsym(RTLD_DEFAULT, "SSL_connect");
	printf(", SSL_connect %d, errno %d", p != NULL, errno);
	printf(", %s", dlerror());
	p = dlsym((void *)self, "SSL_CTX_new");
	printf(", by handle %d, %s", p != NULL, dlerror());
	p = dlsym(RTLD_NEXT, "SSL_CTX_new");
	printf(", next %d, %s, then %d\n", p != NULL, dlerror(), dlerror() != NULL);
}

static void *in_thread(void *n)
{
	char name[16];
	snprintf(name, sizeof name, "thread %c", *(char *)n);
	if (*(char *)n == '0')
		look(name);
	for (int i = 0; i < 200; i++) {
		dlsym(RTLD_DEFAULT, i % 2 ? "SSL_connect" : "X509_verify_cert");
		dlclose(dlopen("libc.so", RTLD_NOW));
	}
	return n;
}

static void threads(void)
{
	pthread_t t[4];
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * 1024);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], &small, in_thread, (void *)&"0123"[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static void names(void)
{
	struct addrinfo *list = NULL;
	struct hostent *h = gethostbyname("localhost"), into, *result = NULL;
	char buf[1024];
	int error = 0;
	printf("getaddrinfo %d\n", getaddrinfo("localhost", "443", NULL, &list));
	if (list)
		freeaddrinfo(list);
	printf("gethostbyname %s\n", h ? h->h_name : "nothing");
	printf("gethostbyname_r %d\n",
	       gethostbyname_r("no.such.host.invalid.", &into, buf, sizeof buf, &result, &error));
	printf("prctl %d\n", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void libraries(void)
{
	dlerror();
	const void *none = dlopen("libnotthere.so.9", RTLD_NOW | RTLD_GLOBAL);
	printf("missing %d, %s\n", none != NULL, dlerror());
	for (int i = 0; i < 3; i++) {
		void *h = dlopen("libmusl_plugin.so",
				 (i ? RTLD_LAZY : RTLD_NOW) | (i == 2 ? RTLD_GLOBAL : RTLD_LOCAL));
		int (*f)(void) = h ? (int (*)(void))dlsym(h, "SSL_connect") : NULL;
		printf("plugin %d, %s\n", f ? f() : -1, h ? "" : dlerror());
		printf("close %d\n", h ? dlclose(h) : -1);
	}
	printf("default %d\n", dlsym(RTLD_DEFAULT, "SSL_connect") != NULL);
	look("after");
}

static int child(char *self)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		look("child");
		fflush(stdout);
		execl(self, self, "look", NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(way, "look") == 0)
		look("main");
	else if (strcmp(way, "threads") == 0)
		threads();
	else if (strcmp(way, "names") == 0)
		names();
	else if (strcmp(way, "libraries") == 0)
		libraries();
	else if (strcmp(way, "fork") == 0)
		return child(argv[0]);
	else
		puts("hello");
	return 0;
}
