/* SPDX-License-Identifier: ISC
 *
 * A certificate as `view` and `trust` show it. All text is printable: names come from whoever made the certificate.
 */
#ifndef TLSMEND_CLI_VIEW_CERTIFICATE_H
#define TLSMEND_CLI_VIEW_CERTIFICATE_H

#include <openssl/x509.h>

#include "../cli.h"

struct seen_certificate {
	X509 *x;
	char *pem;
	char *name, *issuer_name; /* the common name, or the whole one */
	char *subject, *issuer;
	char **san; /* up to a NULL */
	char not_before[32], not_after[32];
	long days_left; /* below 0: it has ended */
	char key[64], signature[64];
	char sha256[96]; /* pairs with colons */
	bool self_issued;
	bool presented; /* the server sent it */
};
/* False: that is no certificate. */
bool certificate_read(const char *pem, struct seen_certificate *c);
void certificate_free(struct seen_certificate *c);
/* caIssuers over http, the first; NULL: none. free(3) it. */
char *certificate_issuer_url(const struct seen_certificate *c);
/* Calls take for each certificate of a text, which then owns it; it says whether to go on. */
void certificates_each(const char *pem, bool (*take)(void *arg, struct seen_certificate *c),
		       void *arg);
/* Same bytes? */
bool certificate_same(const struct seen_certificate *a, const struct seen_certificate *b);

#endif
