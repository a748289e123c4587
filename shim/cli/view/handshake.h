/* SPDX-License-Identifier: ISC */
#ifndef TLSMEND_CLI_VIEW_HANDSHAKE_H
#define TLSMEND_CLI_VIEW_HANDSHAKE_H

#include <jansson.h>
#include <openssl/ssl.h>

#include "probe.h"
#include "wire.h"

/* A connection up to where TLS begins. False: w->error. */
bool handshake_reach(struct wire *w, const struct probe *p);
/* True: it came to its end. Else w->error says why, where it is not OpenSSL's own error. */
bool handshake_run(struct wire *w, SSL *ssl);
/* The name to send and to expect. False: no memory. */
bool handshake_name(SSL *ssl, const struct probe *p);
/* Version, cipher suite, key exchange. */
void handshake_tell(SSL *ssl, json_t *to);
/* What somebody else wrote, as printable UTF-8. */
json_t *handshake_text(const char *s, size_t n);
/* One line of JSON. Takes the object. */
void handshake_write(int fd, json_t *o);
/* The first of OpenSSL's errors, in a sentence; NULL: there is none. free(3) it. */
char *handshake_error(void);

#endif
