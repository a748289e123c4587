/* SPDX-License-Identifier: ISC
 *
 * For main programs that are not linked with OpenSSL: load plugin.c's shared object, connect with it.
 */
#ifndef TRAP_LOADER_H
#define TRAP_LOADER_H

#include "plugin.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELPER static __attribute__((unused))

HELPER const struct plugin *plugin_load(const char *path, int flags, void **handle)
{
	const struct plugin *plugin;

	*handle = dlopen(path, flags);
	if (!*handle) {
		fprintf(stderr, "%s\n", dlerror());
		exit(99);
	}
	plugin = dlsym(*handle, PLUGIN_SYMBOL);
	if (!plugin)
		exit(98);
	return plugin;
}

HELPER int loopback(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		exit(97);
	return fd;
}

/* One blocking connection, one line. */
HELPER int plugin_try(const struct plugin *plugin, int port, const char *host, const char *anchors)
{
	void *client = plugin->open(loopback(port), host, anchors);
	int done = plugin->step(client);

	printf("%s: %s, verify result %ld\n", host, done == 1 ? "connected" : "failed",
	       plugin->result(client));
	plugin->close(client);
	return done == 1;
}

#endif
