/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "host_port.h"

bool port_parse(const char *s, unsigned *port)
{
	unsigned long v = 0;

	if (!*s || strlen(s) > 5)
		return false;
	for (; *s; s++) {
		if (!ascii_is_digit(*s))
			return false;
		v = v * 10 + (unsigned long)(*s - '0');
	}
	*port = (unsigned)v;
	return v > 0 && v < 65536;
}

bool host_port_parse(const char *text, struct host_port *q)
{
	const char *colon = strrchr(text, ':');
	size_t n = strlen(text);

	memset(q, 0, sizeof *q);
	if (text[0] == '[') {
		const char *close = strchr(text, ']');

		if (!close || (close[1] && close[1] != ':'))
			return false;
		colon = close[1] ? close + 1 : NULL;
	} else if (colon && strchr(text, ':') != colon) {
		colon = NULL; /* an IPv6 address without a port */
	}
	if (colon) {
		n = (size_t)(colon - text);
		if (!port_parse(colon + 1, &q->port))
			return false;
	}
	char *name = checked(strndup(text, n));
	bool good = host_normalise(name, q->host);

	free(name);
	return good;
}

char *host_port_text(const struct host_port *q)
{
	char port[16] = "";
	bool v6 = strchr(q->host, ':') != NULL;

	if (q->port)
		snprintf(port, sizeof port, ":%u", q->port);
	return v6 && q->port ? join("[", q->host, "]", port, NULL) : join(q->host, port, NULL);
}
