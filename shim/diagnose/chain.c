/* SPDX-License-Identifier: ISC
 *
 * The chain as it is drawn: what OpenSSL built, the culprit marked, and what the server sent besides.
 */
#include "diagnosis.h"

#include <string.h>

static struct chain_line *add_line(struct diagnosis *d, const struct cert_info *c)
{
	if (d->r->chain_count >= DIAGNOSIS_CHAIN)
		return NULL;
	struct chain_line *line = &d->chain[d->r->chain_count++];
	line->cert = c;
	return line;
}

static bool drawn(const struct diagnosis *d, const struct cert_info *c)
{
	for (size_t i = 0; i < d->r->chain_count; i++) {
		const struct cert_info *other = d->chain[i].cert;
		if (c->have_sha256 && other->have_sha256 &&
		    memcmp(c->sha256, other->sha256, sizeof c->sha256) == 0)
			return true;
	}
	return false;
}

/* The mark of the certificate that the cause is about. NULL: that cause marks none. */
static const char *mark_for(const struct diagnosis *d, const struct cert_info *c)
{
	struct evidence *e = d->e;
	switch (d->failure) {
	case CAUSE_ROOT_MISSING_HERE:
		return c->self_signed ? "not trusted" : "issuer not loaded here";
	case CAUSE_UNTRUSTED_ROOT:
	case CAUSE_SELF_SIGNED:
		return "not trusted";
	case CAUSE_ISSUER_UNKNOWN:
	case CAUSE_INTERMEDIATE_NOT_SENT:
	case CAUSE_INCOMPLETE_CHAIN:
	case CAUSE_ANCHOR_NOT_ROOT:
		return "issuer not found";
	case CAUSE_ISSUER_REFUSED:
		return "no issuer that fits";
	case CAUSE_MALFORMED_CERTIFICATE:
		return c->malformed_why ? c->malformed_why
		       : c->malformed   ? "malformed"
					: "its issuer's certificate is broken";
	case CAUSE_WRONG_PATH:
		return "leads astray";
	case CAUSE_EXPIRED:
		return say(e, "expired ", say_date(e, c->not_after), (char *)NULL);
	case CAUSE_NOT_YET_VALID:
	case CAUSE_CLOCK_WRONG:
		return say(e, "valid from ", say_date(e, c->not_before), (char *)NULL);
	case CAUSE_NAME_MISMATCH:
	case CAUSE_SNI_NOT_SENT:
	case CAUSE_NO_SAN:
	case CAUSE_ADDRESS_MISMATCH:
		return "other name";
	case CAUSE_NO_TRUST_STORE:
	case CAUSE_CHAIN_TOO_LONG:
		return NULL;
	case CAUSE_CLIENT_REFUSED:
		return d->objection ? "refused by the program" : NULL;
	case CAUSE_INTERNAL:
	case CAUSE_NONE:
		return NULL;
	default:
		return cause_table[d->failure].family == FAMILY_VERIFY ? "here" : NULL;
	}
}

static bool marks_top(enum cause c)
{
	return c == CAUSE_ISSUER_UNKNOWN || c == CAUSE_INTERMEDIATE_NOT_SENT ||
	       c == CAUSE_INCOMPLETE_CHAIN || c == CAUSE_ANCHOR_NOT_ROOT ||
	       c == CAUSE_ISSUER_REFUSED || c == CAUSE_UNTRUSTED_ROOT ||
	       c == CAUSE_ROOT_MISSING_HERE;
}

static void mark(struct diagnosis *d)
{
	size_t i = d->first.depth >= 0 ? (size_t)d->first.depth : 0;
	if (d->e->chain_skipped > 0)
		i = d->culprit && d->culprit != d->leaf ? (size_t)(d->culprit - d->e->chain) : 0;
	if (d->r->chain_count == 0 || (d->first.code == 0 && !d->objection))
		return;
	if (marks_top(d->failure))
		i = d->r->chain_count - 1;
	if (d->failure == CAUSE_WRONG_PATH)
		i = wrong_turn(d->e) ? (size_t)(wrong_turn(d->e) - d->e->chain) : d->r->chain_count;
	if (i < d->r->chain_count)
		d->chain[i].mark = mark_for(d, d->chain[i].cert);
}

void draw_chain(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->chain_count; i++)
		add_line(d, &e->chain[i]);
	if (e->chain_count == 0 && e->presented_count > 0)
		add_line(d, &e->presented[0]);
	mark(d);
	size_t linked = d->r->chain_count;
	if (d->failure == CAUSE_INTERMEDIATE_NOT_SENT && linked > 0)
		d->chain[linked - 1].gap_after = true;
	for (size_t i = 0; i < e->presented_count; i++) {
		if (d->failure == CAUSE_INCOMPLETE_CHAIN && !drawn(d, &e->presented[i])) {
			d->chain[linked - 1].gap_after = true;
			add_line(d, &e->presented[i]);
		}
	}
	d->r->chain = d->chain;
}
