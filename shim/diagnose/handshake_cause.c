/* SPDX-License-Identifier: ISC
 *
 * Which cause a failed handshake has (causes.md#handshake): by alert numbers, OpenSSL's reasons, end of file, the last message.
 */
#include "diagnosis.h"

enum {
	TLS_1_1 = 0x0302,
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_NO_CERTIFICATE = 41,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_ACCESS_DENIED = 49,
	ALERT_DECODE_ERROR = 50,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INSUFFICIENT_SECURITY = 71,
	ALERT_INTERNAL_ERROR = 80,
	ALERT_INAPPROPRIATE_FALLBACK = 86,
	ALERT_UNRECOGNIZED_NAME = 112,
	ALERT_CERTIFICATE_REQUIRED = 116,
	ALERT_NO_APPLICATION_PROTOCOL = 120,
	SERVER_HELLO_DONE = 14,
};

static const struct {
	int reason;
	enum cause cause;
} reasons[] = {
#define REASON(number, word, cause) {number, CAUSE_##cause},
#include "reasons.def"
#undef REASON
};

bool handshake_cut_off(const struct evidence *e)
{
	return e->eof || e->system_errno == ECONNRESET || e->system_errno == EPIPE;
}

/* TLS records begin with 20 to 24 and a major version 3; DTLS says 254 instead (and 1 before it was one). */
bool evidence_begins_as_tls(const struct evidence *e)
{
	return e->first_count == 0 ||
	       (e->first_bytes[0] >= 20 && e->first_bytes[0] <= 24 &&
		(e->first_count < 2 || e->first_bytes[1] == 3 ||
		 (e->datagram && (e->first_bytes[1] == 254 || e->first_bytes[1] == 1))));
}

/* A HelloVerifyRequest only asks a DTLS client to say its first message once more. */
static bool before_server_hello(const struct evidence *e)
{
	enum { HELLO_VERIFY_REQUEST = 3 };
	return e->server_version == 0 && !e->after_handshake &&
	       (e->last_received < 0 || e->last_received == HELLO_VERIFY_REQUEST);
}

/* How servers refuse an offer of TLS 1.0 or 1.1: seldom with protocol_version. OpenSSL 3 answers with internal_error, since
 * its security level leaves no signature for these versions. */
static bool refuses_old_offer(const struct evidence *e, int alert)
{
	if (e->max_offered == 0 || e->max_offered > TLS_1_1 || !before_server_hello(e))
		return false;
	switch (alert) {
	case ALERT_HANDSHAKE_FAILURE:
	case ALERT_ILLEGAL_PARAMETER:
	case ALERT_PROTOCOL_VERSION:
	case ALERT_INSUFFICIENT_SECURITY:
	case ALERT_INTERNAL_ERROR:
		return true;
	default:
		return alert < 0 && handshake_cut_off(e);
	}
}

static enum cause version_alert(const struct evidence *e)
{
	/* a server that is older answers with its own version, and leaves the alert to the client */
	if (e->max_offered == TLS_1_2 && before_server_hello(e))
		return CAUSE_CLIENT_TOO_OLD;
	/* Unknown bounds reach up to the newest version of the library. */
	if ((e->max_offered == 0 || e->max_offered == TLS_1_3) && before_server_hello(e))
		return CAUSE_SERVER_TOO_OLD;
	return CAUSE_PEER_ERROR; /* either side may be the old one */
}

/* The server has seen our answer to its question for a certificate, and nothing else since. */
static bool judged_us(const struct evidence *e)
{
	return e->certificate_requested &&
	       (e->after_handshake || e->last_received == SERVER_HELLO_DONE);
}

/* OpenSSL's servers say 40 where the application refuses a certificate, and 51 for a signature that is wrong; others 50 for one that they
 * cannot read. */
static bool may_be_about_certificate(const struct evidence *e, int alert)
{
	return e->certificate_sent && judged_us(e) &&
	       (alert == ALERT_HANDSHAKE_FAILURE || alert == ALERT_DECODE_ERROR ||
		alert == ALERT_DECRYPT_ERROR);
}

static enum cause missing_or_dropped(const struct evidence *e)
{
	return own_pair_differs(e) ? CAUSE_KEY_MISMATCH : CAUSE_CLIENT_CERTIFICATE_MISSING;
}

static enum cause alert_cause(const struct evidence *e, int alert)
{
	const bool about_certificate =
	    (alert >= ALERT_NO_CERTIFICATE && alert <= ALERT_ACCESS_DENIED && alert != 47);
	if (refuses_old_offer(e, alert))
		return CAUSE_CLIENT_TOO_OLD;
	if (alert == ALERT_CERTIFICATE_REQUIRED)
		return missing_or_dropped(e);
	if (e->certificate_requested && (alert == ALERT_HANDSHAKE_FAILURE || about_certificate) &&
	    e->empty_certificate_sent)
		return missing_or_dropped(e);
	if ((e->certificate_requested && about_certificate) || may_be_about_certificate(e, alert))
		return CAUSE_CLIENT_CERTIFICATE_REJECTED;
	switch (alert) {
	case ALERT_HANDSHAKE_FAILURE:
		return before_server_hello(e) ? CAUSE_HANDSHAKE_REFUSED : CAUSE_PEER_ERROR;
	case ALERT_PROTOCOL_VERSION:
		return version_alert(e);
	case ALERT_INAPPROPRIATE_FALLBACK:
		return CAUSE_DOWNGRADE_DETECTED;
	case ALERT_UNRECOGNIZED_NAME:
		return e->have_connection && !e->sni ? CAUSE_SNI_NOT_SENT
						     : CAUSE_UNKNOWN_SERVER_NAME;
	case ALERT_NO_APPLICATION_PROTOCOL:
		return CAUSE_NO_COMMON_ALPN;
	default:
		return CAUSE_PEER_ERROR;
	}
}

/* OpenSSL 3 takes TLS 1.0 and 1.1 from a server and stumbles over their signatures (SHA-1 and MD5) only then. */
static enum cause reason_cause(const struct evidence *e)
{
	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
		if (reasons[i].reason != e->ssl_reason)
			continue;
		/* A record that looks like TLS but has another version: no plain text, so not "not-tls". */
		if (reasons[i].cause == CAUSE_NOT_TLS && e->first_count > 0)
			break;
		/* a list that TLS 1.2 made, for a client that is held below it */
		if (reasons[i].cause == CAUSE_NO_CIPHERS && e->max_offered != 0 &&
		    e->max_offered <= TLS_1_1 && e->newer_ciphers && e->security_level <= 2)
			return CAUSE_CLIENT_TOO_OLD;
		/* whose bound is it? */
		if ((reasons[i].cause == CAUSE_LEGACY_SIGNATURE ||
		     reasons[i].cause == CAUSE_SERVER_TOO_OLD) &&
		    e->max_offered != 0 && e->max_offered <= TLS_1_1)
			return CAUSE_CLIENT_TOO_OLD;
		if (reasons[i].cause == CAUSE_LEGACY_SIGNATURE && e->server_version != 0 &&
		    e->server_version <= TLS_1_1)
			return CAUSE_SERVER_TOO_OLD;
		return reasons[i].cause;
	}
	return CAUSE_PROTOCOL_ERROR;
}

/* The shortest record of TLS, an alert, has seven bytes, and OpenSSL looks at no less than the five of its header: of a shorter answer (MQTT's
 * refusal has four) only the number is known. */
bool handshake_answer_too_short(const struct evidence *e)
{
	enum { RECORD_HEADER = 5 };
	return e->eof && !e->datagram && e->first_count == 0 && e->last_received < 0 &&
	       e->bytes_received > 0 && e->bytes_received < RECORD_HEADER;
}

/* A load balancer that has nobody for the name, or takes no such client, says close_notify in place of an answer. */
bool handshake_only_goodbye(const struct evidence *e)
{
	enum { ALERT_RECORD = 21, ALERT_SIZE = 7 };
	return e->eof && !e->datagram && e->last_received < 0 && handshake_alert(e) < 0 &&
	       e->bytes_received == ALERT_SIZE && e->first_count > 0 &&
	       e->first_bytes[0] == ALERT_RECORD;
}

enum cause handshake_cause(const struct evidence *e)
{
	const int alert = handshake_alert(e);
	if (e->cipher_call)
		return CAUSE_NO_CIPHERS;
	if (offer_is_empty(e))
		return CAUSE_NO_CIPHERS;
	if (e->no_goodbye)
		return CAUSE_PROTOCOL_ERROR;
	if (e->transport != TRANSPORT_GIVEN)
		return CAUSE_NO_CONNECTION;
	if (alert > 0)
		return alert_cause(e, alert);
	if (e->broken.number > 0)
		return CAUSE_MALFORMED_CERTIFICATE;
	if (e->presented_count > 0 && e->presented[0].unknown_key)
		return CAUSE_WEAK_KEY;
	if (!evidence_begins_as_tls(e) || handshake_answer_too_short(e) || e->kept_back > 0)
		return CAUSE_NOT_TLS;
	if ((handshake_cut_off(e) || e->unanswered) && e->certificate_requested &&
	    e->empty_certificate_sent)
		return missing_or_dropped(e);
	if ((handshake_cut_off(e) || e->unanswered) && e->certificate_sent && judged_us(e))
		return CAUSE_CLIENT_CERTIFICATE_REJECTED;
	if (refuses_old_offer(e, -1))
		return CAUSE_CLIENT_TOO_OLD;
	if ((handshake_cut_off(e) || e->given_up) && e->bytes_received == 0 && e->last_received < 0)
		return CAUSE_CLOSED_EARLY;
	if (handshake_only_goodbye(e))
		return CAUSE_CLOSED_EARLY;
	if (e->given_up)
		return CAUSE_NETWORK_ERROR;
	if (e->ssl_reason == 0 && e->system_errno != 0 && !handshake_cut_off(e))
		return CAUSE_NETWORK_ERROR;
	return reason_cause(e);
}
