/* SPDX-License-Identifier: ISC
 *
 * TLS-inspecting products by the names of the CAs that they make. A hint for a note, never a decision: anybody can use any name.
 */
#include "diagnosis.h"

#include <string.h>

/* Words in a CA's name; the same word is what its manual calls the product. */
static const char products[][28] = {
    "Fortinet",
    "FortiGate",
    "Zscaler",
    "Netskope",
    "Palo Alto",
    "Blue Coat",
    "Sophos",
    "Kaspersky",
    "Avast",
    "AVG Web",
    "Norton Web",
    "ESET SSL Filter",
    "Bitdefender",
    "Dr.Web",
    "mitmproxy",
    "PortSwigger",
    "Fiddler",
    "Charles Proxy",
    "Cisco Umbrella",
    "Cisco Secure",
    "Cloudflare Managed",
    "Cloudflare for Teams",
    "Gateway CA - Cloudflare",
    "McAfee Web Gateway",
    "Skyhigh",
    "Forcepoint",
    "SonicWall",
    "Check Point",
    "Barracuda",
    "WatchGuard",
    "Trend Micro",
    "Menlo Security",
    "iboss",
    "Lightspeed",
    "Securly",
    "GoGuardian",
    "Squid",
};

static const char *product_in(struct text name)
{
	for (size_t i = 0; name.n > 0 && i < ARRAY_LENGTH(products); i++) {
		if (memmem(name.s, name.n, products[i], strlen(products[i])))
			return products[i];
	}
	return NULL;
}

void note_inspection(struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);
	if (!top)
		return;
	const char *product = product_in(top->subject);
	if (!product)
		product = product_in(top->issuer);
	if (!product)
		return;
	note_line(
	    d, say(d->e, "this is a name that ", product,
		   " uses: a device that inspects TLS may stand between client and server; its CA "
		   "certificate is then to be had from whoever runs it",
		   (char *)NULL));
}
