/* SPDX-License-Identifier: ISC
 *
 * Which certificates a rule needs: from where the path broke off up to a root.
 */
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "trust.h"

struct search {
	const struct seen_certificate *below;
	struct seen_certificate found;
	bool good;
};

static bool take_issuer(void *arg, struct seen_certificate *c)
{
	struct search *s = arg;
	if (X509_check_issued(c->x, s->below->x) != X509_V_OK ||
	    X509_verify(s->below->x, X509_get0_pubkey(c->x)) != 1) {
		certificate_free(c);
		return true;
	}
	s->found = *c;
	s->good = true;
	return false;
}

static bool find_issuer(const char *pem, const struct seen_certificate *below,
			struct seen_certificate *found)
{
	struct search s = {.below = below};
	certificates_each(pem, take_issuer, &s);
	*found = s.found;
	return s.good;
}

static bool fetch_issuer(struct candidate *c, const struct sight *s,
			 const struct seen_certificate *below, struct seen_certificate *found)
{
	char *why = NULL;
	if (!c->url)
		return false;
	complain("%s: fetching %s ...", s->asked, c->url);
	char *pem = fetch_certificates(c->url, s->probe.proxy, s->probe.seconds, &why);
	const bool good = find_issuer(pem, below, found);
	if (!good)
		complain("%s: %s", c->url, why ? why : "what came did not issue that certificate");
	free(why);
	free(pem);
	return good;
}

static void take_copy(struct candidate *c, const struct seen_certificate *from)
{
	if (certificate_read(from->pem, &c->certificate[c->count]))
		c->count++;
}

/* What is still missing above `below` is looked for until a root is there. */
static void climb(struct candidate *c, const struct sight *s, const struct seen_certificate *below,
		  const char *ca, bool fetch)
{
	while (!below->self_issued && c->count < CANDIDATE_MOST) {
		struct seen_certificate found;
		free(c->url);
		c->url = certificate_issuer_url(below);
		if (ca && find_issuer(ca, below, &found)) {
			c->from = "from the file of --ca";
		} else if (fetch && fetch_issuer(c, s, below, &found)) {
			c->from = "fetched from where the certificate below says that it is";
		} else {
			c->missing = copy_string(below->issuer_name);
			return;
		}
		c->certificate[c->count++] = found;
		below = &c->certificate[c->count - 1];
	}
}

void candidate_find(struct candidate *c, const struct sight *s, const char *ca, bool fetch)
{
	const struct seen_certificate *top = s->path ? &s->certificate[s->path - 1] : NULL;
	memset(c, 0, sizeof *c);
	c->anchor = -1;
	c->from = "sent by the server itself";
	if (!top)
		return;
	if (top->self_issued)
		take_copy(c, top);
	else
		climb(c, s, top, ca, fetch);
	if (c->count && c->certificate[c->count - 1].self_issued)
		c->anchor = (int)c->count - 1;
}

void candidate_free(struct candidate *c)
{
	for (size_t i = 0; i < c->count; i++)
		certificate_free(&c->certificate[i]);
	free(c->missing);
	free(c->url);
}

char *candidate_pem(const struct candidate *c)
{
	struct buf b;
	buf_init(&b, 0);
	for (size_t i = c->count; i-- > 0;)
		buf_strs(&b, "# ", c->certificate[i].subject, "\n# sha256 ",
			 c->certificate[i].sha256, "\n", c->certificate[i].pem, NULL);
	char *pem = copy_string(buf_str(&b));
	buf_free(&b);
	return pem;
}
