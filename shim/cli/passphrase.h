/* SPDX-License-Identifier: ISC
 *
 * The pem_password_cb (pem_password_cb(3ssl)) of every PEM that the command reads: no passphrase, and nobody is asked for one.
 */
#ifndef TLSMEND_CLI_PASSPHRASE_H
#define TLSMEND_CLI_PASSPHRASE_H

static inline int no_passphrase(char *buffer, int size, int writing, void *arg)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)arg;
	return -1; /* 0 would be an empty one, which 1.1.0 and later try */
}

#endif
