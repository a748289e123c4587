/* SPDX-License-Identifier: ISC
 *
 * What the certificates of a CA file are good for.
 */
#ifndef TLSMEND_CLI_AUTHORITIES_H
#define TLSMEND_CLI_AUTHORITIES_H

#include "../cli.h"

struct authorities {
	size_t certificates; /* that OpenSSL can read */
	size_t authorities;  /* of these: may issue certificates */
	size_t self_issued;  /* of these: anchors */
	size_t omitted;      /* findings that were not reported */
	char *issuer;        /* of the first that is not self-issued; NULL: none. free(3) it */
};
enum authority_finding { AUTHORITY_ENDED, AUTHORITY_WEAK };
enum { AUTHORITY_MESSAGES = 5 };
typedef void authority_report(void *arg, enum authority_finding what, const char *text);
void authorities_look(const char *data, size_t n, struct authorities *result,
		      authority_report *report, void *arg);

#endif
