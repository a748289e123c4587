/* SPDX-License-Identifier: ISC */
#include "versions.h"

enum { SSL_STATE_ACCEPT = 0x2000, DTLS_MAJOR = 0xfe };

bool openssl_is_server(const struct openssl *o, const SSL *ssl)
{
	if (o->SSL_is_server)
		return o->SSL_is_server(ssl) != 0;
	/* 1.0.2: the state says which side this is from the first moment on */
	return o->SSL_state && (o->SSL_state(ssl) & SSL_STATE_ACCEPT) != 0;
}

bool openssl_is_stream(const struct openssl *o, const SSL *ssl)
{
	if (o->SSL_is_quic && o->SSL_is_quic(ssl))
		return false;
	if (o->SSL_is_dtls)
		return !o->SSL_is_dtls(ssl);
	return ((unsigned)o->SSL_version(ssl) >> 8) != DTLS_MAJOR;
}

void openssl_error_split(const struct openssl *o, unsigned long code, int *library, int *reason)
{
	if (o->version < 0x30000000UL) {
		*library = (int)(code >> 24 & 0xff);
		*reason = (int)(code & 0xfff);
	} else if (code & 0x80000000UL) {
		*library = ERR_LIB_SYS_;
		*reason = (int)(code & 0x7fffffff);
	} else {
		*library = (int)(code >> 23 & 0xff);
		*reason = (int)(code & 0x7fffff);
	}
}

uint64_t openssl_no_protocol_option(int protocol)
{
	switch (protocol) {
	case 0x0301:
		return 0x04000000;
	case 0x0302:
		return 0x10000000;
	case 0x0303:
		return 0x08000000;
	case 0x0304:
		return 0x20000000;
	default:
		return 0;
	}
}

typedef const SSL_METHOD *method_fn(void);

int openssl_fixed_method(const struct openssl *o, const SSL_METHOD *method,
			 const SSL_METHOD **flexible)
{
	const struct {
		method_fn *fixed, *flexible;
		int protocol;
	} table[] = {
	    {o->TLSv1_method, o->TLS_method, 0x0301},
	    {o->TLSv1_client_method, o->TLS_client_method, 0x0301},
	    {o->TLSv1_1_method, o->TLS_method, 0x0302},
	    {o->TLSv1_1_client_method, o->TLS_client_method, 0x0302},
	    {o->TLSv1_2_method, o->TLS_method, 0x0303},
	    {o->TLSv1_2_client_method, o->TLS_client_method, 0x0303},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		if (!table[i].fixed || !table[i].flexible || table[i].fixed() != method)
			continue;
		*flexible = table[i].flexible();
		return table[i].protocol;
	}
	return 0;
}

int openssl_highest_protocol(const struct openssl *o)
{
	return o->version >= 0x10101000UL ? 0x0304 : 0x0303;
}
