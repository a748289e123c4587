/* SPDX-License-Identifier: ISC
 *
 * The revocation list that a verification was looking at when it failed.
 */
#include "certificate.h"

#include <string.h>

enum {
	NID_crl_reason = 141,
	NOT_REVOKED = 0,
};

/* RFC 5280 section 5.3.1. 7 is not used. */
static const char *reason_text(unsigned char code)
{
	static const char reasons[][44] = {
	    "unspecified",
	    "the key was compromised",
	    "the CA's key was compromised",
	    "the holder's affiliation changed",
	    "superseded by another certificate",
	    "no longer in operation",
	    "on hold",
	    "",
	    "removed from the list",
	    "privilege withdrawn",
	    "the attribute authority was compromised",
	};
	return code < ARRAY_LENGTH(reasons) && *reasons[code] ? reasons[code] : NULL;
}

static void entry(struct evidence *e, const struct openssl *o, X509_CRL *crl, X509 *x)
{
	X509_REVOKED *revoked = NULL;
	if (!x || !later(o)->X509_CRL_get0_by_cert || !later(o)->X509_REVOKED_get0_revocationDate ||
	    later(o)->X509_CRL_get0_by_cert(crl, &revoked, x) == NOT_REVOKED || !revoked)
		return;
	e->revoked_at = evidence_time(o, later(o)->X509_REVOKED_get0_revocationDate(revoked));
	if (!later(o)->X509_REVOKED_get_ext_d2i || !later(o)->ASN1_OCTET_STRING_free)
		return;
	ASN1_STRING *reason =
	    later(o)->X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
	if (!reason)
		return;
	if (o->ASN1_STRING_length(reason) == 1)
		e->revoked_reason = reason_text(o->ASN1_STRING_get0_data(reason)[0]);
	later(o)->ASN1_OCTET_STRING_free(reason);
}

void evidence_crl(struct evidence *e, const struct openssl *o, X509_STORE_CTX *ctx)
{
	X509_CRL *crl = later(o)->X509_STORE_CTX_get0_current_crl
			    ? later(o)->X509_STORE_CTX_get0_current_crl(ctx)
			    : NULL;
	if (!crl || e->have_crl || !later(o)->X509_CRL_get_issuer ||
	    !later(o)->X509_CRL_get0_lastUpdate || !later(o)->X509_CRL_get0_nextUpdate)
		return;
	e->have_crl = true;
	e->crl_issuer = evidence_name(e, o, later(o)->X509_CRL_get_issuer(crl));
	e->crl_last = evidence_time(o, later(o)->X509_CRL_get0_lastUpdate(crl));
	e->crl_next = evidence_time(o, later(o)->X509_CRL_get0_nextUpdate(crl));
	QUIET_BEGIN(o)
	entry(e, o, crl, o->X509_STORE_CTX_get_current_cert(ctx));
	QUIET_END(o)
}
