/* SPDX-License-Identifier: ISC
 *
 * Trap: a program linked with a library that defines SSL_connect and others and is no OpenSSL. The preloaded hooks stand in
 * front of it: they must hand the call on and touch nothing. Proves design.md#definers (not every definer is an
 * OpenSSL). With a plugin as argument a real libssl comes in as well, RTLD_LOCAL, and each call must still reach
 * its own.
 *
 * fake_linked [PLUGIN PORT HOST ANCHORS]
 */
#include "loader.h"

long SSL_connect(long a);
int X509_verify_cert(long a);
long SSL_CTX_new(long a);

static void fake_calls(void)
{
	printf("SSL_connect %ld\n", SSL_connect(40));
	printf("X509_verify_cert %d\n", X509_verify_cert(40));
	printf("SSL_CTX_new %ld\n", SSL_CTX_new(1L << 40));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	void *handle;

	fake_calls();
	if (argc != 5)
		return 0;
	plugin_try(plugin_load(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND, &handle),
		   atoi(argv[2]), argv[3], argv[4]);
	fake_calls();
	return 0;
}
