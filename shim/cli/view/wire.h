/* SPDX-License-Identifier: ISC
 *
 * The way to a server: a socket, perhaps through a proxy, and what is said on it before TLS begins. Every wait is bounded.
 */
#ifndef TLSMEND_CLI_VIEW_WIRE_H
#define TLSMEND_CLI_VIEW_WIRE_H

#include "../cli.h"

enum { WIRE_MAX_LINE = 4096, WIRE_MAX_BYTES = 65536 };

/* What is being waited for, for who waits for us. */
typedef void wire_stage(void *arg, const char *stage);

struct wire {
	int fd;
	uint64_t deadline_ms; /* on the monotonic clock */
	size_t received;
	char address[64];
	char error[512]; /* what failed; "" nothing. Not escaped */
	bool timed_out;
	wire_stage *stage;
	void *arg;
};

/* False, always: keeps the first reason. */
bool wire_fail(struct wire *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wire_says(struct wire *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool wire_connect(struct wire *w, const char *host, unsigned port);
/* HTTP CONNECT; proxy: HOST:PORT. */
bool wire_proxy(struct wire *w, const char *proxy, const char *host, unsigned port);
bool wire_write(struct wire *w, const void *data, size_t n);
bool wire_read(struct wire *w, void *data, size_t n);
/* One line, without its end. */
bool wire_line(struct wire *w, char line[WIRE_MAX_LINE]);
/* Waits until the socket can be read (or written). */
bool wire_wait(struct wire *w, bool writing);
void wire_close(struct wire *w);

/* ---- starttls.c ---------------------------------------------------------------------------------- */
struct starttls {
	const char *name;
	unsigned port;
	bool (*begin)(struct wire *w, const char *host);
};
extern const struct starttls starttls_table[]; /* ends with a NULL name */
const struct starttls *starttls_find(const char *name);
char *starttls_names(void); /* "smtp, imap, ..." free(3) it */

#endif
