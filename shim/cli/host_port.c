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

/* The zone of an IPv6 address, which rules and certificates know nothing of. RFC 6874 writes its '%' as "%25" in a URL. */
static bool take_zone(const char *name, struct host_port *q)
{
	const char *at = strchr(name, ':') ? strchr(name, '%') : NULL;
	size_t n;
	if (!at++)
		return true;
	at += strncmp(at, "25", 2) == 0 && at[2] && at[2] != ']' ? 2 : 0;
	for (n = 0; at[n] && at[n] != ']'; n++)
		if (at[n] <= ' ' || at[n] > '~' || strchr("%/[", at[n]))
			return false;
	if (n == 0 || n + 2 > sizeof q->zone)
		return false;
	snprintf(q->zone, sizeof q->zone, "%%%.*s", (int)n, at);
	return true;
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
	bool good = take_zone(name, q) && host_normalise(name, q->host);
	free(name);
	return good;
}

/* Is there a port, of digits, that is none? Not the last part of an IPv6 address. */
static bool has_wrong_port(const char *text)
{
	const char *port = strrchr(text, ':');
	unsigned number;
	return port && port > text && (port == strchr(text, ':') || port[-1] == ']') && port[1] &&
	       !port[1 + strspn(port + 1, "0123456789")] && !port_parse(port + 1, &number);
}

bool host_port_asked(const struct command *c, const char *text, struct host_port *q)
{
	const char *rest = strstr(text, "://");
	char *plain = copy_string(rest ? rest + 3 : text);
	if (rest)
		plain[strcspn(plain, "/?#")] = '\0';
	const char *user = rest ? strrchr(plain, '@') : NULL;
	const char *asked = user ? user + 1 : plain;
	const bool good = host_port_parse(asked, q) && !strchr(q->host, '@');
	if (!good && has_wrong_port(asked))
		usage_error(c, "'%s': a port is a number from 1 to 65535", text);
	else if (!good)
		usage_error(c,
			    "'%s' is no host name or address; write HOST, HOST:PORT or "
			    "[ADDRESS]:PORT",
			    text);
	free(plain);
	return good;
}

char *host_port_text(const struct host_port *q)
{
	char port[16] = "";
	bool v6 = strchr(q->host, ':') != NULL;
	if (q->port)
		snprintf(port, sizeof port, ":%u", q->port);
	return v6 && q->port ? join("[", q->host, q->zone, "]", port, NULL)
			     : join(q->host, q->zone, port, NULL);
}
