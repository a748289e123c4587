/* SPDX-License-Identifier: ISC
 *
 * A server that sends more certificates than OpenSSL takes: its limit is the reason, not a fault in what was sent.
 */
#include "diagnosis.h"

/* SSL_R_EXCESSIVE_MESSAGE_SIZE where the next message is the server's list of certificates. (Others have limits of their own, which
 * nobody can move.) */
static bool is_long_list(const struct evidence *e)
{
	enum {
		EXCESSIVE_MESSAGE_SIZE = 152,
		SERVER_HELLO = 2,
		ENCRYPTED_EXTENSIONS = 8,
		CERTIFICATE_REQUEST = 13,
		TLS_1_3 = 0x0304
	};
	if (e->ssl_reason != EXCESSIVE_MESSAGE_SIZE || handshake_alert(e) > 0)
		return false;
	if (e->server_version != TLS_1_3 && e->last_received == SERVER_HELLO)
		return true;
	return e->last_received == ENCRYPTED_EXTENSIONS || e->last_received == CERTIFICATE_REQUEST;
}

bool explain_long_list(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (!is_long_list(e))
		return false;
	d->r->message =
	    say(e, "cannot connect to ", d->who,
		": the server sends more certificates than this client takes", (char *)NULL);
	d->r->why =
	    "the server's list of certificates is longer than OpenSSL's limit for it (102400 "
	    "bytes where the client set none): probably a whole bundle was configured there "
	    "in place of the chain";
	help_line(d,
		  "the server should send its own certificate and the intermediates, and nothing "
		  "else (nginx: ssl_certificate; Apache: SSLCertificateFile)");
	help_section(d, "until then:", "MaxCertList = 1048576", (char *)NULL);
	note_line(d, "not tried: how long the list is shows only when it is accepted");
	return true;
}
