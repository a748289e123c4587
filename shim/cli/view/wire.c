/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../host_port.h"
#include "wire.h"

bool wire_fail(struct wire *w, const char *format, ...)
{
	va_list list;
	if (*w->error)
		return false;
	va_start(list, format);
	vsnprintf(w->error, sizeof w->error, format, list);
	va_end(list);
	return false;
}

void wire_says(struct wire *w, const char *format, ...)
{
	char text[400];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (w->stage)
		w->stage(w->arg, text);
}

/* ---- bytes ------------------------------------------------------------------------------------------ */

bool wire_wait(struct wire *w, bool writing)
{
	struct pollfd p = {.fd = w->fd, .events = writing ? POLLOUT : POLLIN};
	int n;
	do {
		const uint64_t now = clock_monotonic_ms();
		n = poll(&p, 1, now < w->deadline_ms ? (int)(w->deadline_ms - now) : 0);
	} while (n < 0 && errno == EINTR);
	w->timed_out = n <= 0;
	return n > 0 || wire_fail(w, "no answer in time");
}

bool wire_write(struct wire *w, const void *data, size_t n)
{
	const char *at = data;
	while (n > 0) {
		const ssize_t sent = send(w->fd, at, n, MSG_NOSIGNAL);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (!wire_wait(w, true))
				return false;
			continue;
		}
		if (sent < 0)
			return wire_fail(w, "the connection broke: %s", strerror(errno));
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* No byte more than asked for: what follows belongs to TLS. */
bool wire_read(struct wire *w, void *data, size_t n)
{
	char *at = data;
	while (n > 0) {
		const ssize_t got = recv(w->fd, at, n, 0);
		if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (!wire_wait(w, false))
				return false;
			continue;
		}
		if (got < 0)
			return wire_fail(w, "the connection broke: %s", strerror(errno));
		if (got == 0)
			return wire_fail(w, "the server closed the connection before TLS began");
		at += got;
		n -= (size_t)got;
		w->received += (size_t)got;
	}
	return w->received <= WIRE_MAX_BYTES || wire_fail(w, "the server talks without end");
}

bool wire_line(struct wire *w, char line[WIRE_MAX_LINE])
{
	size_t n = 0;
	for (;;) {
		char c;
		if (!wire_read(w, &c, 1))
			return false;
		if (c == '\n')
			break;
		if (n + 1 == WIRE_MAX_LINE)
			return wire_fail(w, "the server sent a line that is too long");
		line[n++] = c ? c : ' ';
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	return true;
}

/* ---- the socket -------------------------------------------------------------------------------------- */

static bool finish_connect(struct wire *w)
{
	socklen_t size = sizeof(int);
	int error = 0;
	if (!wire_wait(w, true))
		return false;
	getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return !error || wire_fail(w, "cannot connect to %s: %s", w->address, strerror(error));
}

static bool try_address(struct wire *w, const struct addrinfo *a)
{
	char port[8];
	getnameinfo(a->ai_addr, a->ai_addrlen, w->address, sizeof w->address, port, sizeof port,
		    NI_NUMERICHOST | NI_NUMERICSERV);
	wire_says(w, "connecting to %s port %s", w->address, port);
	w->error[0] = '\0';
	w->fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0)
		return wire_fail(w, "no socket: %s", strerror(errno));
	if (connect(w->fd, a->ai_addr, a->ai_addrlen) == 0)
		return true;
	if (errno == EINPROGRESS
		? finish_connect(w)
		: wire_fail(w, "cannot connect to %s: %s", w->address, strerror(errno)))
		return true;
	close(w->fd);
	w->fd = -1;
	return false;
}

bool wire_connect(struct wire *w, const char *host, unsigned port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	char service[8];
	bool good = false;
	snprintf(service, sizeof service, "%u", port);
	wire_says(w, "looking up %s", host);
	int error = getaddrinfo(host, service, &hints, &list);
	/* AI_ADDRCONFIG takes no notice of loopback; a server of names that was silent would be so again */
	if (error && error != EAI_AGAIN)
		error = getaddrinfo(host, service, &(struct addrinfo){.ai_socktype = SOCK_STREAM},
				    &list);
	if (error)
		return wire_fail(w, "cannot find %s: %s", host, gai_strerror(error));
	for (const struct addrinfo *a = list; a && !good; a = a->ai_next)
		good = clock_monotonic_ms() < w->deadline_ms && try_address(w, a);
	freeaddrinfo(list);
	return good || wire_fail(w, "no answer in time");
}

bool wire_proxy(struct wire *w, const char *proxy, const char *host, unsigned port)
{
	char line[WIRE_MAX_LINE], request[1024], first[200];
	struct host_port at;
	const bool v6 = strchr(host, ':') != NULL;
	if (!host_port_parse(proxy, &at))
		return wire_fail(w, "%s is no proxy; write HOST:PORT", proxy);
	char *to = join(at.host, at.zone, NULL);
	const bool there = wire_connect(w, to, at.port ? at.port : 8080);
	free(to);
	if (!there) {
		snprintf(first, sizeof first, "%.190s", w->error);
		w->error[0] = w->address[0] = '\0';
		return wire_fail(w, "the proxy %s does not answer: %s", proxy, first);
	}
	wire_says(w, "asking the proxy %s", proxy);
	snprintf(request, sizeof request, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n\r\n",
		 v6 ? "[" : "", host, v6 ? "]" : "", port, v6 ? "[" : "", host, v6 ? "]" : "",
		 port);
	if (!wire_write(w, request, strlen(request)) || !wire_line(w, line))
		return false;
	snprintf(first, sizeof first, "%.190s", line);
	do {
		if (!wire_line(w, line))
			return false;
	} while (*line);
	w->address[0] = '\0'; /* the proxy's, and not the server's */
	return (strncmp(first, "HTTP/1.", 7) == 0 && strncmp(first + 8, " 2", 2) == 0) ||
	       wire_fail(w, "the proxy %s refuses: %s", proxy, first);
}

void wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}
