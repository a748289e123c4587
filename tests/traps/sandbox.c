/* SPDX-License-Identifier: ISC
 *
 * sandbox client|server ROOT LATER_MS HOW: a handshake, and after LATER_MS another, in a process that has made its SSL_CTX and then allowed
 * itself nothing but what libssl needs. HOW: "filter" by prctl(2) as most do; "number" by syscall(2), after prctl(PR_SET_NO_NEW_PRIVS),
 * as libseccomp does. Any other system call is named and ends the process.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int allowed[] = {SYS_read,          SYS_getpid,    SYS_write,        SYS_exit_group,
			      SYS_futex,         SYS_brk,       SYS_mmap,         SYS_munmap,
			      SYS_clock_gettime, SYS_getrandom, SYS_rt_sigreturn, SYS_mremap};

static void forbidden(int number, siginfo_t *info, void *context)
{
	char text[] = "system call      \n";
	int n = info->si_syscall;

	(void)number;
	(void)context;
	for (char *p = text + sizeof(text) - 3; n > 0; n /= 10)
		*p-- = (char)('0' + n % 10);
	(void)!write(1, text, sizeof(text) - 1);
	_exit(98);
}

static void enter_sandbox(const char *how)
{
	enum { N = sizeof(allowed) / sizeof(allowed[0]) };
	struct sock_filter f[2 * N + 2] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog program = {.len = 2 * N + 2, .filter = f};
	struct sigaction action = {.sa_sigaction = forbidden, .sa_flags = SA_SIGINFO};

	for (unsigned i = 0; i < N; i++) {
		f[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							    (unsigned)allowed[i], 0, 1);
		f[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	f[2 * N + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	sigaction(SIGSYS, &action, NULL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    (strcmp(how, "filter") == 0
		 ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0
		 : syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0))
		_exit(77);
}

static SSL_CTX *context(int server, const char *root)
{
	const char *directory = getenv("TRAP_CERTS");
	SSL_CTX *c = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	char path[3][512];

	snprintf(path[0], sizeof(path[0]), "%s/legacy.crt", directory);
	snprintf(path[1], sizeof(path[1]), "%s/legacy.key", directory);
	snprintf(path[2], sizeof(path[2]), "%s/%s.pem", directory, root);
	if (server) {
		if (SSL_CTX_use_certificate_chain_file(c, path[0]) != 1 ||
		    SSL_CTX_use_PrivateKey_file(c, path[1], SSL_FILETYPE_PEM) != 1)
			_exit(96);
	} else {
		if (SSL_CTX_load_verify_locations(c, path[2], NULL) != 1)
			_exit(96);
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	}
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	return c;
}

static int handshake(SSL_CTX *c, int fd, int server)
{
	SSL *s = SSL_new(c);
	char byte = 'x';
	int r;

	SSL_set_fd(s, fd);
	if (!server)
		SSL_set_tlsext_host_name(s, "legacy.test");
	r = server ? SSL_accept(s) : SSL_connect(s);
	if (r == 1)
		r = server ? SSL_write(s, &byte, 1) : SSL_read(s, &byte, 1);
	SSL_free(s);
	return r;
}

int main(int argc, char **argv)
{
	const int server = argc > 1 && strcmp(argv[1], "server") == 0;
	int first[2], second[2], alarm_clock[2], good;
	char byte;
	SSL_CTX *c;

	if (argc != 5)
		return 95;
	socketpair(AF_UNIX, SOCK_STREAM, 0, first);
	socketpair(AF_UNIX, SOCK_STREAM, 0, second);
	if (pipe(alarm_clock) != 0)
		return 94;
	if (fork() == 0) {
		alarm(30);
		c = context(!server, argv[2]);
		handshake(c, first[1], !server);
		usleep((unsigned)atol(argv[3]) * 1000);
		(void)!write(alarm_clock[1], "x", 1);
		handshake(c, second[1], !server);
		_exit(0);
	}
	alarm(30);
	c = context(server, argv[2]);
	tzset(); /* OpenSSL asks for the time */
	enter_sandbox(argv[4]);
	good = handshake(c, first[0], server) == 1;
	(void)!read(alarm_clock[0], &byte, 1);
	good += handshake(c, second[0], server) == 1;
	(void)!write(1, good == 2 ? "good\n" : "bad\n", good == 2 ? 5 : 4);
	_exit(0);
}
