/* SPDX-License-Identifier: ISC
 *
 * Who mends a certificate? Where it is from decides: what the server sends is its operator's, what stands in a CA file of this machine is
 * for whoever looks after this machine, and what a rule names stands in the rule's file.
 */
#include "diagnosis.h"

#include <string.h>

const char *store_place(struct diagnosis *d, enum cert_from from)
{
	struct evidence *e = d->e;

	if (from == FROM_PRESENTED)
		return "sent by the server";
	if (from == FROM_RULE)
		return e->only_file ? say(e, "in the rule's file ", say_string(e, e->only_file),
					  (char *)NULL)
				    : "in the rule's file";
	if (!e->store_text)
		return e->store_searched ? say(e, "in the client's store, which also searches ",
					       e->store_searched, (char *)NULL)
					 : "in the client's store";
	return say(e,
		   strstr(e->store_text, ", ") ? "in one of the client's own CA files: "
					       : "in the client's own CA file ",
		   say_string(e, e->store_text), (char *)NULL);
}

bool is_from_here(const struct cert_info *c)
{
	return c && c->from != FROM_PRESENTED;
}

static bool in_time(const struct evidence *e, const struct cert_info *c)
{
	return e->now == 0 || ((c->not_after == INT64_MIN || c->not_after >= e->now) &&
			       (c->not_before == INT64_MIN || c->not_before <= e->now));
}

/* Another certificate of the same CA and key, which the server sent and OpenSSL did not take: it prefers what the client has. */
const struct cert_info *fresh_copy(const struct diagnosis *d, const struct cert_info *c)
{
	const struct evidence *e = d->e;

	for (size_t i = 1; i < e->presented_count; i++) {
		const struct cert_info *sent = &e->presented[i];

		if (sent->have_sha256 && c->have_sha256 && !same_certificate(sent, c) &&
		    sent->subject.n == c->subject.n &&
		    memcmp(sent->subject.s, c->subject.s, c->subject.n) == 0 &&
		    memcmp(sent->spki_sha256, c->spki_sha256, sizeof(c->spki_sha256)) == 0 &&
		    in_time(e, sent))
			return sent;
	}
	return NULL;
}

static const char *fingerprint(struct diagnosis *d, const struct cert_info *c)
{
	return c->have_sha256 ? say(d->e, " (sha256 ", say_hex(d->e, c->sha256, sizeof(c->sha256)),
				    ")", (char *)NULL)
			      : "";
}

/* The copy of this machine stands before the one that was sent. */
static void help_stale(struct diagnosis *d, const struct cert_info *c, const struct cert_info *sent)
{
	struct evidence *e = d->e;
	const struct cert_info *root = e->root_alone;

	help_line(d, say(e, "take the certificate ", say_subject(e, c), fingerprint(d, c),
			 " out of where it is, ", store_place(d, c->from),
			 "; OpenSSL prefers it to the one of the same CA and key that the server "
			 "sends",
			 fingerprint(d, sent), (char *)NULL));
	if (!root)
		return;
	note_line(d, "tried: without that certificate, the chain is valid");
	if (c->from == FROM_STORE)
		help_section(
		    d,
		    say(e, "until then, for this host, with a file that holds ",
			say_subject(e, root), fingerprint(d, root), " alone:", (char *)NULL),
		    say(e, "OnlyCAFile = ", strchr(extra_ca_line(d, root->common_name), '/'),
			(char *)NULL),
		    (char *)NULL);
}

void help_reissue(struct diagnosis *d, const struct cert_info *c, const char *how)
{
	struct evidence *e = d->e;

	if (!c)
		help_line(d,
			  say(e, "its CA has to issue the certificate again", how, (char *)NULL));
	else if (c->self_issued && c == d->leaf)
		help_line(d, say(e, "the server's operator has to make the certificate anew", how,
				 (char *)NULL));
	else if (c == d->leaf)
		help_line(
		    d, say(e, "the server's operator has to have the certificate issued again by ",
			   say_issuer(e, c), how, (char *)NULL));
	else
		help_line(
		    d,
		    say(e, "who runs the CA ", say_issuer(e, c),
			" has to issue the CA certificate ", say_subject(e, c), " again", how,
			is_from_here(c) ? "" : "; the server's operator then has to send that one",
			(char *)NULL));
}

void help_from_here(struct diagnosis *d, const struct cert_info *c)
{
	struct evidence *e = d->e;
	const struct cert_info *sent = c->from == FROM_STORE ? fresh_copy(d, c) : NULL;

	if (sent) {
		help_stale(d, c, sent);
		return;
	}
	help_line(d,
		  say(e, "the certificate ", say_subject(e, c), fingerprint(d, c), " is ",
		      store_place(d, c->from),
		      ", not among those that the server sent: get the present one from who runs "
		      "that CA, compare its fingerprint, and put it there in place of this one",
		      (char *)NULL));
}
