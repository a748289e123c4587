/* SPDX-License-Identifier: ISC
 *
 * Why a name of a certificate is not the one that was asked for (room "base"). Pure.
 */
#ifndef TLSMEND_NAME_FIT_H
#define TLSMEND_NAME_FIT_H

#include <tlsmend/base.h>

enum name_fit {
	FIT_SAME,  /* X509_check_host(3) would say yes */
	FIT_OTHER, /* another name altogether */
	/* Nearly: the same but for ... */
	FIT_FINAL_DOT,   /* the dot at the end of what was asked for */
	FIT_DOT_IN_NAME, /* the dot at the end of the certificate's name */
	FIT_ABOVE,       /* "*.corp.example", and corp.example itself was asked for */
	FIT_LABELS,      /* ... and a.b.corp.example */
	FIT_CHARACTER, /* ... and a_b.corp.example: a wildcard stands for letters, digits, hyphens */
	/* ... a wildcard that is none: */
	FIT_FEW_LABELS,   /* "*.example": not two labels after it */
	FIT_PLACE,        /* "a.*.example", "a*b.corp.example", "*.*.example" */
	FIT_ALABEL,       /* "xn--*.corp.example", or "x*.corp.example" for xn--... */
	FIT_PARTIAL,      /* "a*.corp.example", where the client takes whole labels only */
	FIT_PATTERN,      /* "*.a_b.example": a name with other characters stands for itself */
	FIT_SWITCHED_OFF, /* the client takes no wildcards */
};

enum { /* X509_CHECK_FLAG_*, x509v3.h */
       CHECK_NO_WILDCARDS = 0x2,
       CHECK_NO_PARTIAL = 0x4,
       CHECK_MULTI_LABEL = 0x8,
       CHECK_NEVER_SUBJECT = 0x20,
};

/* As X509_check_host(3) compares a DNS name of a certificate with what was asked for, with these flags. */
enum name_fit name_fit(struct text asked, struct text name, unsigned flags);

/* Letters, digits, hyphens, underscores, dots and asterisks: what a reader cannot take for two names, or for an address. */
bool name_is_plain(struct text name);

#endif
