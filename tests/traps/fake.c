/* SPDX-License-Identifier: ISC
 *
 * A library that is no OpenSSL and defines functions of its names, with other parameters (libgnutls-openssl and
 * upstream's node do so).
 */
#include <stddef.h>
#include <string.h>

int SSL_connect(int a, int b);
int X509_verify_cert(int a, int b);
int SSL_CTX_new(int a, int b);
void *fake_own(const char *name);

__attribute__((visibility("protected"))) int SSL_connect(int a, int b)
{
	return a + b;
}

__attribute__((visibility("protected"))) int X509_verify_cert(int a, int b)
{
	return a - b;
}

__attribute__((visibility("protected"))) int SSL_CTX_new(int a, int b)
{
	return a * b;
}

/* The address inside this library. The symbols are protected, so that no other definition is meant. */
void *fake_own(const char *name)
{
	union {
		int (*function)(int, int);
		void *object;
	} p = {NULL};

	if (strcmp(name, "SSL_connect") == 0)
		p.function = SSL_connect;
	if (strcmp(name, "X509_verify_cert") == 0)
		p.function = X509_verify_cert;
	if (strcmp(name, "SSL_CTX_new") == 0)
		p.function = SSL_CTX_new;
	return p.object;
}
