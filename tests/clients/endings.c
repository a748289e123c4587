/* SPDX-License-Identifier: ISC
 *
 * A client that comes to its end in the ways of many programs, a step at a time:
 *
 * endings HOST PORT CAFILE STEP...      exit code 0: every step went well
 *   sni=NAME tls12 none waive           before the handshake: verification off; a callback that accepts everything
 *   leave                               ... one that jumps past OpenSSL where something is wrong
 *   memory pair alike                   it hands over the bytes itself, through memory BIOs, a BIO pair, or BIOs of its own of their kind (Node.js)
 *   stale eagain typed                  a BIO of its own whose retry flag is always set; one that has nothing yet once, without the flag; one that says that
 *                                       it works on a descriptor, and tells none (h2o)
 *   other                               one that leaves behind what is no error of a network where it failed (GLib's)
 *   say=TEXT                            something in plain text, and its answer
 *   connect                             the handshake; the rest comes after it
 *   start                               ... or its first message alone
 *   cleanup                             OpenSSL is taken down, as at the end of a process whose threads go on
 *   another                             another connection to the same host, which works, meanwhile
 *   try                                 ... or its first step alone
 *   begin                               ... until something happens to the socket, which it does not tell OpenSSL
 *   missing=FILE                        a list of revoked certificates, which it can do without
 *   ask check=NAME                      for the result of the verification; whether the leaf is for that name (no: the next step is the last)
 *   key                                 it writes out the leaf's public key
 *   write=TEXT lost=TEXT read           lost: it stays in memory
 *   shutdown free past=PLUGIN exit quit  past: as PHP's extensions free it (endings_past.c); quit: _exit(2)
 *   close bynumber                      it closes the socket under the SSL; by syscall(2)
 *   wait=MILLISECONDS thread            it lets time go by; has a second thread from then on
 *   reuse                               ... and the descriptor's number is that of another connection from then on
 *   shut half meet                      shutdown(2) of the socket, or of what it sends; it waits until something happens to that
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/need.h"

static int fd;
static SSL_CTX *ctx;
static SSL *ssl;
static int memory, pair, alike, stale, eagain, typed, other_errno;
static BIO *to_ssl, *from_ssl; /* where it hands over the bytes */

static int accept_all(int ok, X509_STORE_CTX *c)
{
	(void)ok, (void)c;
	return 1;
}

static jmp_buf back;

static int jump(int ok, X509_STORE_CTX *c)
{
	(void)c;
	if (!ok)
		longjmp(back, 1);
	return 1;
}

static int dial(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	NEED(getaddrinfo(host, port, &hints, &found) == 0);
	int s = socket(found->ai_family, SOCK_STREAM, 0);
	NEED(s >= 0 && connect(s, found->ai_addr, found->ai_addrlen) == 0);
	freeaddrinfo(found);
	return s;
}

/* ---- a BIO of its own ---------------------------------------------------------------------------------------- */

static int own_read(BIO *b, char *to, int size)
{
	if (eagain) {
		eagain = 0;
		errno = EAGAIN;
		return -1;
	}
	if (stale)
		BIO_set_retry_read(b);
	const int n = (int)read(fd, to, (size_t)size);
	if (n < 0 && other_errno)
		errno = ERANGE;
	return n;
}

static int own_write(BIO *b, const char *from, int size)
{
	(void)b;
	return (int)write(fd, from, (size_t)size);
}

static long own_ctrl(BIO *b, int what, long value, void *p)
{
	(void)b, (void)value, (void)p;
	return what == BIO_CTRL_FLUSH;
}

static BIO *own_bio(void)
{
	BIO_METHOD *m =
	    BIO_meth_new(typed ? BIO_TYPE_FD : BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "own");
	NEED(m && BIO_meth_set_read(m, own_read) && BIO_meth_set_write(m, own_write) &&
	     BIO_meth_set_ctrl(m, own_ctrl));
	BIO *b = BIO_new(m);
	NEED(b);
	BIO_set_init(b, 1);
	return b;
}

static BIO *memory_bio(void)
{
	const BIO_METHOD *is = BIO_s_mem();
	if (!alike)
		return BIO_new(is);
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_MEM, "own memory");
	NEED(m && BIO_meth_set_read(m, BIO_meth_get_read(is)) &&
	     BIO_meth_set_write(m, BIO_meth_get_write(is)) &&
	     BIO_meth_set_ctrl(m, BIO_meth_get_ctrl(is)) &&
	     BIO_meth_set_create(m, BIO_meth_get_create(is)) &&
	     BIO_meth_set_destroy(m, BIO_meth_get_destroy(is)));
	return BIO_new(m);
}

/* ---- memory ---------------------------------------------------------------------------------------------------- */

static void flush(void)
{
	char some[4096];
	int n;
	while (memory && (n = BIO_read(from_ssl, some, sizeof some)) > 0)
		NEED(write(fd, some, (size_t)n) == n);
}

/* False: what came back is final. */
static int again(int result)
{
	char some[4096];
	flush();
	if (result > 0)
		return 0;
	if (!memory)
		return errno == EAGAIN && SSL_get_error(ssl, result) == SSL_ERROR_SYSCALL;
	ssize_t n =
	    SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? read(fd, some, sizeof some) : 0;
	return n > 0 && BIO_write(to_ssl, some, (int)n) == n;
}

/* ---- steps ------------------------------------------------------------------------------------------------------ */

static void take_transport(void)
{
	if (pair) {
		BIO *own;
		NEED(BIO_new_bio_pair(&own, 0, &to_ssl, 0));
		from_ssl = to_ssl;
		SSL_set_bio(ssl, own, own);
		return;
	}
	if (memory)
		SSL_set_bio(ssl, to_ssl = memory_bio(), from_ssl = memory_bio());
	else if (stale || eagain || typed || other_errno)
		SSL_set_bio(ssl, own_bio(), own_bio());
	else
		SSL_set_fd(ssl, fd);
	if (memory) {
		BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
		BIO_set_mem_eof_return(SSL_get_wbio(ssl), -1);
	}
}

static int start(void)
{
	take_transport();
	NEED(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	NEED(SSL_connect(ssl) <= 0);
	flush();
	return 1;
}

static int another(const char *host, const char *port)
{
	SSL *other = SSL_new(ctx);
	const int socket = dial(host, port);
	NEED(other && SSL_set_tlsext_host_name(other, host) && SSL_set_fd(other, socket));
	SSL_set_verify(other, SSL_get_verify_mode(ssl), NULL);
	const int r = SSL_connect(other);
	SSL_free(other);
	close(socket);
	return r == 1;
}

static int handshake(void)
{
	int r;
	take_transport();
	if (setjmp(back))
		return 1;
	do {
		errno = 0;
		r = SSL_connect(ssl);
	} while (again(r));
	return r == 1;
}

static int is(const char *step, const char *word, const char **value)
{
	const size_t n = strlen(word);
	*value = step + n + 1;
	return strncmp(step, word, n) == 0 && (step[n] == '\0' || step[n] == '=');
}

static int check(const char *name)
{
	X509 *leaf = SSL_get1_peer_certificate(ssl);
	int r = leaf ? X509_check_host(leaf, name, 0, 0, NULL) : 0;
	X509_free(leaf);
	return r == 1;
}

static int write_key(void)
{
	unsigned char *der = NULL;
	X509 *leaf = SSL_get1_peer_certificate(ssl);
	int size = leaf ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der) : 0;
	OPENSSL_free(der);
	X509_free(leaf);
	return size > 0;
}

static int receive(void)
{
	char some[4096];
	int r;
	do {
		errno = 0;
		r = SSL_read(ssl, some, sizeof some);
	} while (again(r));
	return r > 0;
}

static int say(const char *text)
{
	char some[4096];
	return write(fd, text, strlen(text)) > 0 && read(fd, some, sizeof some) > 0;
}

static int before(const char *step)
{
	const char *value;
	if (is(step, "sni", &value))
		return SSL_set_tlsext_host_name(ssl, value) == 1;
	if (is(step, "tls12", &value))
		return SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
	if (is(step, "say", &value))
		return say(value);
	if (is(step, "none", &value))
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
	else if (is(step, "waive", &value))
		SSL_set_verify(ssl, SSL_VERIFY_PEER, accept_all);
	else if (is(step, "leave", &value))
		SSL_set_verify(ssl, SSL_VERIFY_PEER, jump);
	else if (is(step, "memory", &value))
		memory = 1;
	else if (is(step, "pair", &value))
		memory = pair = 1;
	else if (is(step, "alike", &value))
		memory = alike = 1;
	else if (is(step, "stale", &value))
		stale = 1;
	else if (is(step, "other", &value))
		other_errno = 1;
	else if (is(step, "eagain", &value))
		eagain = 1;
	else if (is(step, "typed", &value))
		typed = 1;
	else
		return -1;
	return 1;
}

static int try(void)
{
	NEED(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	return !handshake();
}

static void free_past(const char *plugin)
{
	void *object = dlopen(plugin, RTLD_NOW | RTLD_DEEPBIND);
	NEED(object);
	union {
		void *object;
		void (*function)(SSL *, SSL_CTX *);
	} past = {.object = dlsym(object, "past")};
	NEED(past.function);
	past.function(ssl, ctx);
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int after(const char *step)
{
	const char *value;
	if (is(step, "connect", &value))
		return handshake();
	if (is(step, "start", &value))
		return start();
	if (is(step, "try", &value))
		return try();
	if (is(step, "begin", &value)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		NEED(try() && poll(&p, 1, 5000) == 1);
		return 1;
	}
	if (is(step, "missing", &value)) {
		NEED(!X509_STORE_load_locations(SSL_CTX_get_cert_store(ctx), value, NULL));
		ERR_clear_error();
		return 1;
	}
	if (is(step, "cleanup", &value)) {
		OPENSSL_cleanup();
		return 1;
	}
	if (is(step, "ask", &value))
		return SSL_get_verify_result(ssl) != -1;
	if (is(step, "check", &value))
		return check(value);
	if (is(step, "key", &value))
		return write_key();
	if (is(step, "lost", &value))
		return SSL_write(ssl, value, (int)strlen(value)) > 0;
	if (is(step, "write", &value)) {
		NEED(SSL_write(ssl, value, (int)strlen(value)) > 0);
		flush();
	} else if (is(step, "read", &value)) {
		return receive();
	} else if (is(step, "shutdown", &value)) {
		SSL_shutdown(ssl);
		flush();
	} else if (is(step, "free", &value)) {
		SSL_free(ssl);
		SSL_CTX_free(ctx);
	} else if (is(step, "past", &value)) {
		free_past(value);
	} else if (is(step, "close", &value)) {
		NEED(close(fd) == 0);
	} else if (is(step, "bynumber", &value)) {
		NEED(syscall(SYS_close, fd) == 0);
	} else if (is(step, "shut", &value)) {
		NEED(shutdown(fd, SHUT_RDWR) == 0);
	} else if (is(step, "half", &value)) {
		NEED(shutdown(fd, SHUT_WR) == 0);
	} else if (is(step, "meet", &value)) {
		NEED(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 5000) == 1);
	} else if (is(step, "wait", &value)) {
		poll(NULL, 0, atoi(value));
	} else if (is(step, "thread", &value)) {
		pthread_t t;
		NEED(pthread_create(&t, NULL, wait_for_ever, NULL) == 0);
	} else if (is(step, "quit", &value)) {
		_exit(0);
	} else {
		NEED(is(step, "exit", &value));
		exit(0);
	}
	return 1;
}

int main(int argc, char **argv)
{
	NEED(argc > 4);
	ctx = SSL_CTX_new(TLS_client_method());
	NEED(ctx && (argv[3][0] == '\0' || SSL_CTX_load_verify_locations(ctx, argv[3], NULL)));
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	ssl = SSL_new(ctx);
	NEED(ssl);
	fd = dial(argv[1], argv[2]);
	for (int i = 4; i < argc; i++) {
		int r = before(argv[i]);
		if (r < 0 && strcmp(argv[i], "another") == 0)
			r = another(argv[1], argv[2]);
		else if (r < 0 && strcmp(argv[i], "reuse") == 0)
			r = dial(argv[1], argv[2]) == fd;
		else if (r < 0)
			r = after(argv[i]);
		if (!r) {
			fprintf(stderr, "ended at %s\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
