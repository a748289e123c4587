/* SPDX-License-Identifier: ISC
 *
 * A library that is no OpenSSL and defines functions of its names (libgnutls-openssl and upstream's node do so). They
 * have as many parameters as OpenSSL's, whatever these are: a hook in C can hand on no more.
 */
#include <stddef.h>
#include <string.h>

long SSL_connect(long a);
int X509_verify_cert(long a);
long SSL_CTX_new(long a);
void *fake_own(const char *name);

__attribute__((visibility("protected"))) long SSL_connect(long a)
{
	return a + 2;
}

__attribute__((visibility("protected"))) int X509_verify_cert(long a)
{
	return (int)a - 2;
}

__attribute__((visibility("protected"))) long SSL_CTX_new(long a)
{
	return a * 2;
}

/* The address inside this library. The symbols are protected, so that no other definition is meant. */
void *fake_own(const char *name)
{
	union {
		long (*function)(long);
		int (*verify)(long);
		void *object;
	} p = {NULL};

	if (strcmp(name, "SSL_connect") == 0)
		p.function = SSL_connect;
	if (strcmp(name, "X509_verify_cert") == 0)
		p.verify = X509_verify_cert;
	if (strcmp(name, "SSL_CTX_new") == 0)
		p.function = SSL_CTX_new;
	return p.object;
}
