/* SPDX-License-Identifier: ISC
 *
 * A host as it is typed: "host", "host:443", "192.0.2.1:443", "::1", "[::1]:443", "[fe80::1%eth0]:443".
 */
#ifndef TLSMEND_CLI_HOST_PORT_H
#define TLSMEND_CLI_HOST_PORT_H

#include <tlsmend/policy.h>

#include "cli.h"

struct host_port {
	char host[256]; /* as host_normalise() */
	char
	    zone[18]; /* "%eth0": how to get to the address; no part of a rule's pattern. "" none */
	unsigned port; /* 0: none was given */
};
bool port_parse(const char *s, unsigned *port);
bool host_port_parse(const char *text, struct host_port *q);
/* As it is typed for a command, which may be a URL: its user and its path do not count. false: a usage error was printed. */
bool host_port_asked(const struct command *c, const char *text, struct host_port *q);
/* As a pattern of the configuration, but for the zone. free(3) it. */
char *host_port_text(const struct host_port *q);

#endif
