/* SPDX-License-Identifier: ISC
 *
 * A musl library that has a function of OpenSSL's name, and is none.
 */
int SSL_connect(void);

int SSL_connect(void)
{
	return 4711;
}
