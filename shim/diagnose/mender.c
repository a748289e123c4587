/* SPDX-License-Identifier: ISC
 *
 * Who mends a certificate? Where it is from decides: what the server sends is its operator's, what stands in a CA file of this machine is
 * for whoever looks after this machine, and what a rule names stands in the rule's file.
 */
#include "diagnosis.h"

#include <string.h>

bool adds_certificates(const struct evidence *e)
{
	/* .NET reads the files of the system by itself, and settings of the system lead it to them */
	return e->store_by_hand && !e->only_place && e->framework != FRAMEWORK_DOTNET;
}

static const struct home *home_of(const struct evidence *e, const struct cert_info *c)
{
	for (size_t i = 0; c->have_sha256 && i < e->home_count; i++)
		if (memcmp(e->homes[i].sha256, c->sha256, sizeof c->sha256) == 0)
			return &e->homes[i];
	return NULL;
}

/* In none of the client's files, as they are now. */
static const char *in_no_file(struct evidence *e)
{
	return say(e, "in the client's store, but not in ", say_string(e, e->store_text),
		   e->store_searched ? say(e, ": it is out of ", e->store_searched,
					   ", or the program added it itself", (char *)NULL)
				     : ": the program added it itself",
		   ", or that file has changed since", (char *)NULL);
}

const char *stored_place(struct diagnosis *d, const struct cert_info *c)
{
	struct evidence *e = d->e;
	const struct home *home = home_of(e, c);
	if (adds_certificates(e))
		return "among the CA certificates that the program added itself";
	if (!e->store_text)
		return e->store_searched ? say(e, "in the client's store, which also searches ",
					       e->store_searched, (char *)NULL)
					 : "in the client's store";
	if (home && home->file)
		return say(e, "in the client's own CA file ", file_path_text(e, home->file),
			   (char *)NULL);
	if (home)
		return in_no_file(e);
	return say(e,
		   strstr(e->store_text, ", ") ? "in one of the client's own CA files: "
					       : "in the client's own CA file ",
		   say_string(e, e->store_text), (char *)NULL);
}

const char *store_place(struct diagnosis *d, const struct cert_info *c)
{
	struct evidence *e = d->e;
	if (c->from == FROM_PRESENTED)
		return "sent by the server";
	if (c->from == FROM_RULE)
		return e->only_file ? say(e, "in the rule's file ", say_string(e, e->only_file),
					  (char *)NULL)
				    : "in the rule's file";
	return stored_place(d, c);
}

/* A root counts by what is here, whether or not the server sends it as well. */
bool is_from_here(const struct cert_info *c)
{
	return c && (c->from != FROM_PRESENTED || (c->self_issued && c->trusted_by_client));
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
		    memcmp(sent->spki_sha256, c->spki_sha256, sizeof c->spki_sha256) == 0 &&
		    in_time(e, sent))
			return sent;
	}
	return NULL;
}

/* The copy of this machine stands before the one that was sent. */
static void help_stale(struct diagnosis *d, const struct cert_info *c, const struct cert_info *sent)
{
	struct evidence *e = d->e;
	const struct cert_info *root = e->root_alone;
	help_line(d, say(e, "take the certificate ", say_subject(e, c), say_fingerprint(d->e, c),
			 " out of where it is, ", store_place(d, c),
			 "; OpenSSL prefers it to the one of the same CA and key that the server "
			 "sends",
			 say_fingerprint(d->e, sent), (char *)NULL));
	if (!root)
		return;
	note_line(d, "tried: without that certificate, the chain is valid");
	if (c->from == FROM_STORE)
		help_section(
		    d,
		    say(e, "until then, for this host, with a file that holds ",
			say_subject(e, root), say_fingerprint(d->e, root), " alone:", (char *)NULL),
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
		    say(e, "whoever runs the CA ", say_issuer(e, c),
			" has to issue the CA certificate ", say_subject(e, c), " again", how,
			is_from_here(c) ? "" : "; the server's operator then has to send that one",
			(char *)NULL));
}

/* What was issued by an old root so that clients of its time know it too, outlives it as a root of its own. */
static void help_cross_signed(struct diagnosis *d, const struct cert_info *root)
{
	struct evidence *e = d->e;
	const struct cert_info *below = certificate_at(e, d->first.depth - 1);
	if (d->r->cause == CAUSE_EXPIRED && root->self_issued && below && below->ca &&
	    d->first.depth > 2)
		help_line(d, say(e, "if that CA has ended, ", say_subject(e, below),
				 " is perhaps a root of its own by now, which the old one had only "
				 "cross-signed: then the certificate that it issued to itself "
				 "belongs there",
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
	help_line(
	    d, say(e, "the certificate ", say_subject(e, c), say_fingerprint(d->e, c), " is ",
		   c->from == FROM_PRESENTED ? stored_place(d, c) : store_place(d, c),
		   c->from == FROM_PRESENTED ? "" : ", not among those that the server sent",
		   ": get the present one from whoever runs that CA, compare its fingerprint, and "
		   "put it there in place of this one",
		   (char *)NULL));
	help_cross_signed(d, c);
}
