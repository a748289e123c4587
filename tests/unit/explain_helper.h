/* SPDX-License-Identifier: ISC
 *
 * Evidence by hand, for units of the room "explain".
 */
#ifndef TLSMEND_TEST_EXPLAIN_HELPER_H
#define TLSMEND_TEST_EXPLAIN_HELPER_H

#include <tlsmend/evidence.h>

#include <string.h>

#define NOW       1795298400 /* 2026-11-21 22:00:00 UTC */
#define DAY       ((int64_t)86400)
#define OPENSSL_3 0x30000160ul

static inline struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

/* A sound certificate: "CN=x" by "CN=y", valid a year back and a year on. */
static inline struct cert_info certificate_of(const char *subject, const char *issuer,
					      enum cert_from from)
{
	static uint8_t number;
	struct cert_info c;

	memset(&c, 0, sizeof(c));
	c.subject = text_of(subject);
	c.issuer = text_of(issuer);
	c.common_name = text_of(strncmp(subject, "CN=", 3) == 0 ? subject + 3 : subject);
	c.serial = "01AB";
	c.not_before = NOW - 365 * DAY;
	c.not_after = NOW + 365 * DAY;
	c.key = "RSA 2048";
	c.key_bits = 2048;
	c.signature = "RSA-SHA256";
	c.have_sha256 = true;
	/* Different for each, the same in every run. */
	memset(c.sha256, 0x11, sizeof(c.sha256));
	memset(c.spki_sha256, 0x22, sizeof(c.spki_sha256));
	memcpy(c.sha256, subject, strlen(subject) < 24 ? strlen(subject) : 24);
	c.sha256[31] = ++number;
	c.from = from;
	c.self_issued = c.self_signed = strcmp(subject, issuer) == 0;
	c.path_length = -1;
	return c;
}

static inline struct cert_info ca_of(const char *subject, const char *issuer, enum cert_from from)
{
	struct cert_info c = certificate_of(subject, issuer, from);

	c.ca = c.has_basic_constraints = true;
	c.has_key_usage = c.key_usage_cert_sign = true;
	return c;
}

/* A failed verification of legacy.example.com:8443 under OpenSSL 3.0. */
static inline struct evidence *failed_verification(int code, int depth)
{
	struct evidence *e = evidence_new(EVENT_VERIFY_FAILED);

	e->host = e->sni = "legacy.example.com";
	e->port = 8443;
	e->have_connection = e->have_verification = e->enforced = true;
	e->library = "OpenSSL 3.0.22";
	e->version = OPENSSL_3;
	e->now = NOW;
	e->code = code;
	e->depth = depth;
	e->protocol = "TLS 1.3";
	e->anchor_count = 142;
	evidence_add_error(e, code, depth);
	return e;
}

static inline struct evidence *failed_handshake(int reason, int alert)
{
	struct evidence *e = evidence_new(EVENT_HANDSHAKE_FAILED);

	e->host = e->sni = "legacy.example.com";
	e->port = 8443;
	e->have_connection = true;
	e->library = "OpenSSL 3.0.22";
	e->version = OPENSSL_3;
	e->now = NOW;
	e->ssl_reason = reason;
	e->alert_received = alert;
	e->last_sent = 1;
	return e;
}

/* Is `part` within one of these lines? */
static inline bool has_line(const char *const *list, size_t n, const char *part)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(list[i], part))
			return true;
	}
	return false;
}

#endif
