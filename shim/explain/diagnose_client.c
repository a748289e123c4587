/* SPDX-License-Identifier: ISC
 *
 * Client certificates: the server asked for one, and what came of it (CAUSES 2).
 */
#include "diagnosis.h"

enum { ALERT_CERTIFICATE_REQUIRED = 116 };

void explain_no_certificate(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->why = say(
	    e, "the server asked for a certificate of this client, the client sent none, and ",
	    handshake_alert(e) > 0 ? handshake_alert_words(d) : "the server closed the connection",
	    (char *)NULL);
	if (handshake_alert(e) == ALERT_CERTIFICATE_REQUIRED && !e->empty_certificate_sent)
		d->r->why = handshake_alert_words(d);
	if (!help_section(d,
			  "get a certificate and its key from who runs the server, and configure "
			  "them in the client, or here:",
			  "Certificate = /etc/tlsmend/client.pem",
			  "PrivateKey = /etc/tlsmend/client.key", (char *)NULL))
		help_line(d, "get a certificate and its key from who runs the server, and "
			     "configure them in the client");
}
