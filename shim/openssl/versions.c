/* SPDX-License-Identifier: ISC */
#include <tlsmend/versions.h>

enum { SSL_STATE_ACCEPT = 0x2000, DTLS_MAJOR = 0xfe };

bool openssl_is_server(const struct openssl *o, const SSL *ssl)
{
	if (o->SSL_is_server)
		return o->SSL_is_server(ssl) != 0;
	/* 1.0.2: the state says which side this is from the first moment on */
	return o->SSL_state && (o->SSL_state(ssl) & SSL_STATE_ACCEPT) != 0;
}

bool openssl_is_quic(const struct openssl *o, const SSL *ssl)
{
	return o->SSL_is_quic && o->SSL_is_quic(ssl);
}

int openssl_want(const struct openssl *o, const SSL *ssl)
{
	return openssl_is_quic(o, ssl) ? 0 : o->SSL_want(ssl);
}

bool openssl_is_stream(const struct openssl *o, const SSL *ssl)
{
	if (openssl_is_quic(o, ssl))
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

bool openssl_is_end_of_file(const struct openssl *o, int reason)
{
	enum { UNEXPECTED_EOF = 294 }; /* 1.1.1: a callback for OCSP failed */
	return o->version >= 0x30000000UL && reason == UNEXPECTED_EOF;
}

/* ---- marks in the error queue ------------------------------------------------------------------------------------- */

/* Before 3.0 a mark is a flag of the queue's last entry: a second one at the same place, OpenSSL's own included, is the same one,
 * and the first ERR_pop_to_mark() takes it away; the next one then goes on into the host's entries (tests/generations). So where
 * the queue ended is remembered here. Its structure is public there: err_state_st of openssl/err.h. */
enum { QUEUE_LENGTH = 16, FLAG_MARK = 1 };
struct error_state {
	int flags[QUEUE_LENGTH];
	unsigned long codes[QUEUE_LENGTH];
	char *data[QUEUE_LENGTH];
	int data_flags[QUEUE_LENGTH];
	const char *file[QUEUE_LENGTH];
	int line[QUEUE_LENGTH];
	int top, bottom;
};

static struct error_state *error_state(const struct openssl *o)
{
	enum {
		THREAD_ID = sizeof(void *) + sizeof(long)
	}; /* 1.0.2 has a pointer and a long before the rest */
	if (o->version >= 0x30000000UL || !o->ERR_get_state)
		return NULL;
	char *state = o->ERR_get_state();
	return state ? (void *)(state + (o->version < 0x10100000UL ? THREAD_ID : 0)) : NULL;
}

struct quiet openssl_quiet_begin(const struct openssl *o)
{
	struct quiet q = {.error_number = errno, .top = -1};
	const struct error_state *s = error_state(o);
	if (s) {
		q.top = s->top;
		q.top_flags = s->flags[s->top];
	} else {
		o->ERR_set_mark();
	}
	return q;
}

void openssl_quiet_end(const struct openssl *o, const struct quiet *q)
{
	struct error_state *s = q->top < 0 ? NULL : error_state(o);
	if (!s) {
		o->ERR_pop_to_mark();
	} else {
		s->flags[q->top] |= FLAG_MARK;
		for (int i = 0; i < QUEUE_LENGTH && s->top != q->top && s->top != s->bottom; i++)
			o->ERR_pop_to_mark();
		s->flags[q->top] = q->top_flags;
	}
	errno = q->error_number;
}

void openssl_quiet_keep(const struct openssl *o, const struct quiet *q)
{
	if (q->top < 0 && o->ERR_clear_last_mark)
		o->ERR_clear_last_mark();
	errno = q->error_number;
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

bool openssl_is_flexible_method(const struct openssl *o, const SSL_METHOD *method)
{
	return (o->TLS_client_method && method == o->TLS_client_method()) ||
	       (o->TLS_method && method == o->TLS_method());
}

int openssl_fixed_method(const struct openssl *o, const SSL_METHOD *method,
			 const SSL_METHOD **flexible)
{
	/* nearly all */
	if (openssl_is_flexible_method(o, method))
		return 0;
	const struct {
		method_fn *fixed, *flexible;
		int protocol;
	} table[] = {
	    {later(o)->TLSv1_method, o->TLS_method, 0x0301},
	    {later(o)->TLSv1_client_method, o->TLS_client_method, 0x0301},
	    {later(o)->TLSv1_1_method, o->TLS_method, 0x0302},
	    {later(o)->TLSv1_1_client_method, o->TLS_client_method, 0x0302},
	    {later(o)->TLSv1_2_method, o->TLS_method, 0x0303},
	    {later(o)->TLSv1_2_client_method, o->TLS_client_method, 0x0303},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		if (!table[i].fixed || !table[i].flexible || table[i].fixed() != method)
			continue;
		*flexible = table[i].flexible();
		return table[i].protocol;
	}
	return 0;
}

bool openssl_header_needs_context(const struct openssl *o, const SSL_METHOD *method)
{
	const SSL_METHOD *flexible;
	if (o->version < OPENSSL_3_2)
		return false;
	return openssl_is_flexible_method(o, method) ||
	       openssl_fixed_method(o, method, &flexible) != 0;
}

int openssl_highest_protocol(const struct openssl *o)
{
	return o->version >= 0x10101000UL ? 0x0304 : 0x0303;
}

/* ---- versions of datagrams ------------------------------------------------------------------------------------------ */

/* DTLS counts its versions down from 1.0, which is TLS 1.1 (RFC 6347 section 4.1, RFC 9147 section 5.3). */
int openssl_as_tls_version(int version)
{
	switch (version) {
	case 0xfeff:
		return 0x0302;
	case 0xfefd:
		return 0x0303;
	case 0xfefc:
		return 0x0304;
	default:
		return version;
	}
}

int openssl_version_in_tls(const struct openssl *o, const SSL *ssl)
{
	enum { TLS1_3 = 0x0304 };
	/* its version number is its own, and it has no other TLS (RFC 9001 section 4.2) */
	return openssl_is_quic(o, ssl) ? TLS1_3 : openssl_as_tls_version(o->SSL_version(ssl));
}

/* ---- DANE ---------------------------------------------------------------------------------------------------------- */

/* No getter tells. A record of a usage that there is not is taken by none, but only where DANE is enabled is it looked at. */
const char *openssl_own_name(const struct openssl *o, SSL *ssl, bool *known)
{
	const char *name = o->SSL_get_servername(ssl, 0);
	SSL_SESSION *session = o->SSL_get_session(ssl);
	*known = true;
	if (!name || !session || !o->SSL_SESSION_get0_hostname ||
	    name != o->SSL_SESSION_get0_hostname(session))
		return name;
	/* before a handshake it answers so where none is set */
	*known = !o->SSL_session_reused || !o->SSL_session_reused(ssl) || !o->SSL_in_before ||
		 o->SSL_in_before(ssl);
	return NULL;
}

bool openssl_uses_dane(const struct openssl *o, SSL *ssl)
{
	enum { NO_USAGE = 255, REFUSED = 0 };
	int answer = -1;
	if (!later(o)->SSL_dane_tlsa_add)
		return false;
	QUIET_BEGIN(o)
	answer = later(o)->SSL_dane_tlsa_add(ssl, NO_USAGE, 0, 0, (const unsigned char *)"", 0);
	QUIET_END(o)
	return answer == REFUSED;
}

bool openssl_dane_made_good(const struct openssl *o, SSL *ssl)
{
	enum { TRUST_ANCHOR = 2 };
	uint8_t usage = 0;
	if (!later(o)->SSL_get0_dane_tlsa)
		return false;
	const int depth = later(o)->SSL_get0_dane_tlsa(ssl, &usage, NULL, NULL, NULL, NULL);
	return depth >= 0 && usage >= TRUST_ANCHOR;
}
