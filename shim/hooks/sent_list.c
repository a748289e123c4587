/* SPDX-License-Identifier: ISC
 *
 * The server's Certificate message, kept until the handshake is done: what OpenSSL does not decode of it is nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include <tlsmend/evidence.h>
#include <tlsmend/record.h>

#include <tlsmend/versions.h>
#include "connection.h"
#include "sent_list.h"

void list_forget(struct connection *n)
{
	free(n->sent.body);
	n->sent.body = NULL;
	n->sent.size = 0;
	n->sent.hash = 0;
}

void list_keep(struct connection *n, const uint8_t *body, size_t size)
{
	enum { MOST = 131072 }; /* more than OpenSSL takes (max_cert_list) where nobody raised it */
	list_forget(n);
	if (size > MOST || !record_wanted(LEVEL_ERROR))
		return;
	KEEP_ERRNO_BEGIN
	n->sent.body = malloc(size ? size : 1);
	KEEP_ERRNO_END
	if (!n->sent.body)
		return;
	memcpy(n->sent.body, body, size);
	n->sent.size = size;
}

void list_evidence(struct evidence *e, const struct connection *n, const SSL *ssl)
{
	enum { CERTIFICATE = 11, CERTIFICATE_VERIFY = 15 };
	const struct openssl *o = copy_api(n->copy);
	if (n->sent.body && n->story.last_received >= CERTIFICATE &&
	    n->story.last_received <= CERTIFICATE_VERIFY && n->story.alert_received < 0)
		evidence_sent_list(e, o, n->sent.body, n->sent.size,
				   o->SSL_version(ssl) == PROTOCOL_TLS1_3);
}
