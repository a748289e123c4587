/* SPDX-License-Identifier: ISC */
#include <tlsmend/openssl.h>

int openssl_no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1; /* 0 would be an empty one, which 1.1.0 and later try */
}
