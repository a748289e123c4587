/* SPDX-License-Identifier: ISC
 *
 * What differs between OpenSSL's generations and is more than another name for a function.
 */
#ifndef TLSMEND_VERSIONS_H
#define TLSMEND_VERSIONS_H

#include <tlsmend/openssl.h>

/* Does it accept connections? */
bool openssl_is_server(const struct openssl *o, const SSL *ssl);
/* Datagrams and QUIC: version numbers of their own, and a handshake that we do not touch. */
bool openssl_is_stream(const struct openssl *o, const SSL *ssl);
/* Its functions about reading and writing take a lock, which OpenSSL holds while it calls back: none of them there. */
bool openssl_is_quic(const struct openssl *o, const SSL *ssl);
/* SSL_want(); with QUIC 0, which is none of its answers. */
int openssl_want(const struct openssl *o, const SSL *ssl);
/* Takes a packed error code apart. reason carries the errno for system errors (library == ERR_LIB_SYS_). */
void openssl_error_split(const struct openssl *o, unsigned long code, int *library, int *reason);
/* Does this reason of libssl mean that the connection ended? Before 3.0 nothing says so, and its number means something else. */
bool openssl_is_end_of_file(const struct openssl *o, int reason);
/* SSL_OP_NO_TLSv1 ... of this generation. */
uint64_t openssl_no_protocol_option(int protocol);
/* (bounds.c) Before 1.1.0 no bound is ever there, and setting one forbids versions by options; 0 as a maximum forbids none. */
bool openssl_has_bounds(const struct openssl *o);
void openssl_get_bounds(const struct openssl *o, SSL *ssl, int *min, int *max);
void openssl_set_min(const struct openssl *o, SSL *ssl, int version);
void openssl_set_max(const struct openssl *o, SSL *ssl, int version);
/* That version alone. */
void openssl_fix_version(const struct openssl *o, SSL *ssl, int version);
/* ... of whatever is made from it. */
void openssl_fix_context_version(const struct openssl *o, SSL_CTX *ctx, int version);
/* The protocol version that a fixed-version method stands for; 0: a flexible one, or a server's. *flexible is the
 * method to use instead. */
int openssl_fixed_method(const struct openssl *o, const SSL_METHOD *method,
			 const SSL_METHOD **flexible);
/* The one that leaves the version open, a client's or one for both ends. */
bool openssl_is_flexible_method(const struct openssl *o, const SSL_METHOD *method);
/* A record layer of 3.2 and later hands its headers only to a message callback that was set before it was made, and the first one is
 * made before SSL_CB_HANDSHAKE_START. True: a context of this method, which is one for TLS over a stream, needs the callback itself. */
enum { OPENSSL_3_2 = 0x30200000 };
bool openssl_header_needs_context(const struct openssl *o, const SSL_METHOD *method);
/* A version of TLS or DTLS in the numbers of TLS. */
int openssl_as_tls_version(int version);
/* ... that an SSL has. */
int openssl_version_in_tls(const struct openssl *o, const SSL *ssl);
/* The name that the client has set to be sent; NULL: none. *known false: that cannot be asked now. After a resumed handshake up to TLS 1.2, OpenSSL answers with
 * the name of its session, until the next ClientHello is made. */
const char *openssl_own_name(const struct openssl *o, SSL *ssl, bool *known);
/* Has the client enabled DANE (RFC 6698) on it? */
bool openssl_uses_dane(const struct openssl *o, SSL *ssl);
/* Was it a TLSA record that makes an anchor, and no CA of anybody's, that made its chain good? */
bool openssl_dane_made_good(const struct openssl *o, SSL *ssl);
/* The highest protocol that this copy speaks. */
int openssl_highest_protocol(const struct openssl *o);

#endif
