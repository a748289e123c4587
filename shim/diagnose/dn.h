/* SPDX-License-Identifier: ISC
 *
 * Distinguished names in their text form (RFC 4514, most specific part first), as evidence has them (private to the room "diagnose").
 */
#ifndef TLSMEND_DIAGNOSE_DN_H
#define TLSMEND_DIAGNOSE_DN_H

#include <tlsmend/seen.h>

/* The value of the nth part of that type, "CN" for example, still escaped. False: there are not so many. */
bool dn_value(struct text dn, const char *type, size_t n, struct text *value);
/* What an escaped value stands for. */
struct text dn_plain(struct evidence *e, struct text value);
/* Is the name, or one whose parts begin so, the same? Without regard to case and to blanks beside blanks, as OpenSSL compares. */
bool dn_within(struct text name, struct text limit);

#endif
