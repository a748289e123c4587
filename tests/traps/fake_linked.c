/* SPDX-License-Identifier: ISC
 *
 * Trap: a program linked with a library that defines SSL_connect and others and is no OpenSSL. The preloaded hooks stand in
 * front of it: they must hand every argument on and touch nothing. Proves DESIGN 2.13 (not every definer is an
 * OpenSSL). With a plugin as argument a real libssl comes in as well, RTLD_LOCAL, and each call must still reach
 * its own.
 *
 * fake_linked [PLUGIN PORT HOST ANCHORS]
 */
#include "loader.h"

int SSL_connect(int a, int b);
int X509_verify_cert(int a, int b);
int SSL_CTX_new(int a, int b);

static void fake_calls(void)
{
	printf("SSL_connect %d\n", SSL_connect(40, 2));
	printf("X509_verify_cert %d\n", X509_verify_cert(40, 2));
	printf("SSL_CTX_new %d\n", SSL_CTX_new(40, 2));
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
