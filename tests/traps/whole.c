/* SPDX-License-Identifier: ISC
 *
 * Nothing of its own: a library that brings a whole OpenSSL, libssl bound to libcrypto by the linker, and exports it.
 */
int whole(void);

int whole(void)
{
	return 0;
}
