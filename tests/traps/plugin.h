/* SPDX-License-Identifier: ISC
 *
 * What plugin.c exports: a TLS client in steps. The main programs that load it are not linked with OpenSSL.
 */
#ifndef TRAP_PLUGIN_H
#define TRAP_PLUGIN_H

struct plugin {
	const char *(*version)(void);
	/* fd is a connected socket, non-blocking or not; anchors a PEM file. */
	void *(*open)(int fd, const char *host, const char *anchors);
	int (*step)(void *client); /* 1 done, 0 again, -1 failed */
	long (*result)(void *client);
	void (*close)(void *client);
	void (*library)(void); /* a function of the libssl that it uses: tells copies apart */
};

#define PLUGIN_SYMBOL "trap_plugin"

#endif
