/* SPDX-License-Identifier: ISC
 *
 * The alert that the server sent.
 */
#include "diagnosis.h"

enum { REASON_ALERT_BASE = 1000 }; /* SSL_AD_REASON_OFFSET */

int handshake_alert(const struct evidence *e)
{
	if (e->alert_received >= 0)
		return e->alert_received;
	if (e->ssl_reason > REASON_ALERT_BASE && e->ssl_reason < REASON_ALERT_BASE + 256)
		return e->ssl_reason - REASON_ALERT_BASE;
	return -1;
}

const char *handshake_alert_words(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const int alert = handshake_alert(e);
	const char *name = alert_name(alert), *meaning = alert_meaning(alert);
	return say(e, "the server sent the alert ", name ? name : "with number", " (",
		   say_int(e, alert), ")", meaning ? ": " : "", meaning ? meaning : "",
		   (char *)NULL);
}
