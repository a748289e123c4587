/* SPDX-License-Identifier: ISC
 *
 * What both kinds of probes do.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsmend/policy.h>

#include "handshake.h"

bool handshake_reach(struct wire *w, const struct probe *p)
{
	const struct starttls *s = *p->starttls ? starttls_find(p->starttls) : NULL;
	w->fd = -1;
	w->deadline_ms = clock_monotonic_ms() + p->seconds * UINT64_C(1000);
	if (*p->proxy ? !wire_proxy(w, p->proxy, p->host, p->port)
		      : !wire_connect(w, p->host, p->port))
		return false;
	if (s && !s->begin(w, *p->name ? p->name : p->host))
		return false;
	wire_says(w, "in the handshake");
	return true;
}

bool handshake_name(SSL *ssl, const struct probe *p)
{
	char name[256];
	/* without the zone of an address */
	host_normalise(*p->name ? p->name : p->host, name);
	if (host_is_address(name))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
	return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

bool handshake_run(struct wire *w, SSL *ssl)
{
	for (;;) {
		ERR_clear_error();
		errno = 0;
		const int result = SSL_connect(ssl);
		const int why = result == 1 ? 0 : SSL_get_error(ssl, result);
		if (result == 1)
			return true;
		if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
			if (!wire_wait(w, why == SSL_ERROR_WANT_WRITE))
				return false;
			continue;
		}
		if (why == SSL_ERROR_SYSCALL && !ERR_peek_error())
			wire_fail(w,
				  errno ? "the connection broke: %s"
					: "the server closed the connection in the handshake%.0s",
				  strerror(errno));
		return false;
	}
}

static const char *key_exchange(SSL *ssl, char name[64])
{
	EVP_PKEY *key = NULL;
	name[0] = '\0';
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
	const int group = (int)SSL_get_negotiated_group(ssl);
	const char *known = group ? SSL_group_to_name(ssl, group) : NULL;
	if (known) {
		snprintf(name, 64, "%s", known);
		return name;
	}
#endif
	if (!SSL_get_server_tmp_key(ssl, &key))
		return "RSA"; /* no key of its own: the certificate's decrypts */
	snprintf(name, 64, "%s %d bits",
		 EVP_PKEY_base_id(key) == EVP_PKEY_DH ? "DH" : OBJ_nid2sn(EVP_PKEY_base_id(key)),
		 EVP_PKEY_bits(key));
	EVP_PKEY_free(key);
	return name;
}

void handshake_tell(SSL *ssl, json_t *to)
{
	char group[64];
	json_object_set_new(to, "protocol", json_string(SSL_get_version(ssl)));
	json_object_set_new(to, "cipher", json_string(SSL_get_cipher_name(ssl)));
	json_object_set_new(to, "key_exchange", json_string(key_exchange(ssl, group)));
	if (SSL_version(ssl) < TLS1_3_VERSION)
		json_object_set_new(to, "secure_renegotiation",
				    json_boolean(SSL_get_secure_renegotiation_support(ssl)));
}

json_t *handshake_text(const char *s, size_t n)
{
	struct buf b;
	buf_init(&b, 0);
	escape_text(&b, s, n, 1000);
	json_t *text = json_string(buf_str(&b));
	buf_free(&b);
	return text;
}

void handshake_write(int fd, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	char *line = text ? join(text, "\n", NULL) : NULL;
	json_decref(o);
	for (size_t n = line ? strlen(line) : 0, done = 0; done < n;) {
		const ssize_t written = write(fd, line + done, n - done);
		if (written <= 0)
			break;
		done += (size_t)written;
	}
	free(line);
	free(text);
}

char *handshake_error(void)
{
	const unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	return code ? copy_string(reason ? reason : "an error of OpenSSL") : NULL;
}
