/* SPDX-License-Identifier: ISC
 *
 * No trusted anchor (causes.md#anchor), in words. No further CA is proposed where something else fails as well: it would not help.
 */
#include "diagnosis.h"

#include <string.h>

/* Only where it was tried with the top of the chain in the place of any CA. */
static const char *no_ca_helps(const struct diagnosis *d)
{
	return d->e->stand_in_tried == TRIED_BAD ? ", and no further CA would help" : "";
}

static void say_malformed(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = malformed_one(d);
	if (!c)
		c = d->culprit;
	d->r->message = say(e, "cannot use a certificate of ", d->who, (char *)NULL);
	if (!c) {
		d->r->why = "a certificate of the chain is malformed";
	} else if (d->symbol == VERIFY_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
		   d->symbol == VERIFY_ERROR_IN_CERT_NOT_AFTER_FIELD) {
		d->r->why =
		    say(e, "the ",
			d->symbol == VERIFY_ERROR_IN_CERT_NOT_BEFORE_FIELD ? "first day (notBefore)"
									   : "last day (notAfter)",
			" of the certificate ", say_subject(e, c),
			" is written in no form that RFC 5280 allows, or is no date", (char *)NULL);
	} else if (is_nameless(c)) {
		d->r->why = c->issuer.n == 0
				? say(e, say_subject(e, c), " does not name the CA that issued it",
				      (char *)NULL)
				: say(e, "a CA certificate issued by ", say_issuer(e, c),
				      " bears no name", (char *)NULL);
		d->r->why = say(e, d->r->why, ", so that no chain can be built", no_ca_helps(d),
				(char *)NULL);
	} else {
		d->r->why = say(
		    e, "the certificate ", say_subject(e, c), " has an extension that is broken",
		    c->malformed_why ? ": " : "", say_string(e, c->malformed_why),
		    "; OpenSSL then builds no chain with it", no_ca_helps(d), (char *)NULL);
	}
	help_reissue(d, c, ", without the fault; send them this record");
	if (c && c != d->leaf && is_from_here(c))
		help_from_here(d, c);
}

static void say_incomplete(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	d->r->why = say(e, say_subject(e, top), " was issued by ", say_issuer(e, top),
			", which the server did not send and this client does not know; the other "
			"CA certificates that the server sent do not lead on from there",
			(char *)NULL);
	help_line(d, "the server's operator has to send the chain that belongs to this "
		     "certificate, each followed by its issuer");
	help_ca(d,
		"until then put the missing CA and the root above it, once confirmed, into a "
		"file and add:",
		extra_ca_line(d, (struct text){"missing-ca", 10}));
}

/* The last one above `c` among those that were sent: what is missing is its issuer. */
static const struct cert_info *last_sent_above(const struct diagnosis *d, const struct cert_info *c)
{
	const struct evidence *e = d->e;
	for (size_t steps = 0; steps < e->presented_count; steps++) {
		const struct cert_info *above = NULL;
		for (size_t i = 1; i < e->presented_count && !above; i++) {
			const struct cert_info *sent = &e->presented[i];
			if (!sent->self_issued && same_text(sent->subject, c->issuer))
				above = sent;
		}
		if (!above)
			break;
		c = above;
	}
	return c;
}

static void say_not_root(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top)
		return;
	d->r->why =
	    say(e, "the client's store holds ", say_subject(e, top), ", which is no root, but not ",
		say_issuer(e, top), ", the CA above it", (char *)NULL);
	/* It hides a copy of the same CA that was sent, or is itself to be replaced. */
	if (top->from == FROM_STORE && e->root_alone && fresh_copy(d, top)) {
		help_from_here(d, top);
		return;
	}
	if (help_ca_obstacle(d) && is_out_of_date(e, top)) {
		help_from_here(d, top);
		return;
	}
	const struct cert_info *last = last_sent_above(d, top);
	help_ca(d,
		say(e, "add ", say_issuer(e, last), ", once its fingerprint is confirmed, to ",
		    adds_certificates(e) ? "the CA certificates that the program adds itself"
					 : "the client's CA file",
		    last == top ? "" : " (with the CAs between, which the server sends)",
		    ", or for this host only:", (char *)NULL),
		wanted_ca_line(d, last));
}

/* One that vouches for itself, too, and that the client was given for this name. */
static const struct cert_info *former_one(const struct diagnosis *d, const struct cert_info *c)
{
	const struct evidence *e = d->e;
	for (size_t i = 0; i < e->near_count; i++) {
		const struct cert_info *other = e->near[i].candidate;
		if (other->from == FROM_STORE && other->self_issued &&
		    !same_certificate(other, c) && same_text(other->subject, c->subject))
			return other;
	}
	return NULL;
}

static void say_self_signed(struct diagnosis *d)
{
	const struct cert_info *c = d->culprit ? d->culprit : d->leaf;
	d->r->why = say(d->e,
			"the server's certificate is signed by itself, no CA vouches for it, "
			"and it is ",
			in_no_store(d), (char *)NULL);
	if (c && help_not_a_server(d, c)) {
		d->r->why = say(d->e, "the server presents the certificate of the CA ",
				say_subject(d->e, c), " itself, as if it were its own; that is ",
				in_no_store(d), (char *)NULL);
		return;
	}
	if (c && former_one(d, c))
		help_line(
		    d, say(d->e,
			   "perhaps it was renewed, since this client trusts another one of that "
			   "name, ",
			   stored_place(d, former_one(d, c)),
			   ": read the sha256 fingerprint on the server itself; if it is the one "
			   "above, put the certificate there in place of that",
			   (char *)NULL));
	help_line(d, "best: the server's operator installs a certificate from a CA");
	help_ca(d,
		"otherwise read the sha256 fingerprint on the server itself; if it is the one "
		"above, put the certificate into a file and add:",
		extra_ca_line(d, c ? c->common_name : (struct text){NULL, 0}));
}

static void say_untrusted_root(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top)
		return;
	d->r->why = say(e, "the chain is complete, but its root is ", in_no_store(d), (char *)NULL);
	help_put_in_file(d, top, "put ");
}

static void say_too_long(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool loop = d->symbol == VERIFY_PATH_LOOP || chain_is_loop(d);
	d->r->why =
	    loop ? "certificates of the chain issue each other in a circle"
		 : say(e, "the chain has more certificates than this client's depth limit allows",
		       d->symbol == VERIFY_CERT_CHAIN_TOO_LONG && d->first.depth > 0 ? ": at most "
										     : "",
		       d->symbol == VERIFY_CERT_CHAIN_TOO_LONG && d->first.depth > 0
			   ? say_int(e, d->first.depth - 1)
			   : "",
		       d->symbol == VERIFY_CERT_CHAIN_TOO_LONG && d->first.depth > 0
			   ? " between the server's certificate and the root"
			   : "",
		       (char *)NULL);
	help_line(d, loop ? "the server's operator has to send a chain that ends in a root"
			  : "raise the verification depth in the client's own configuration");
}

/* The CA is there, in a rule, but trust for a host counts for that host only (design.md#host). */
static void say_name_forbids(struct diagnosis *d)
{
	struct evidence *e = d->e;
	d->r->help_count = 0;
	if (e->only_file)
		d->r->why =
		    say(e, "the rule at ", say_string(e, e->only_place), " admits only the CAs of ",
			say_string(e, e->only_file), (char *)NULL);
	d->r->why = say(e, d->r->why ? d->r->why : "",
			"; a rule has the CA, but its trust counts for this host only, and the "
			"certificate does not name it (it names ",
			d->leaf ? list_names(d, d->leaf) : "nothing", ")", (char *)NULL);
	help_line(d, "connect by a name that the certificate carries (and that the rule covers), "
		     "or have the server's operator add this name to the certificate");
}

/* A CA alone would not make this chain good: a rule's trust counts for a certificate that names the host. Said here, so that nobody adds the CA and wonders. */
static void say_what_else_is_needed(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->leaf;
	if (!c || d->r->help_count == 0)
		return;
	if (leaf_is_for_another(e) && help_ascii_name(d))
		return;
	if (help_ca_obstacle(d))
		return;
	if (e->name_checked && !e->name_matches && e->host)
		help_line(d, say(e,
				 "that alone is not enough: the rule counts only for a certificate "
				 "that names ",
				 say_string(e, e->host),
				 ", so the server also needs such a certificate", (char *)NULL));
}

/* The client's own store does not count for this host, whatever it holds or lacks. */
static void say_only(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const char *problem = e->rule_problem ? e->rule_problem : "";
	d->r->help_count = d->r->notes_count = 0; /* the notes are about the help */
	if (!e->only_file) {
		d->r->why = say(e, "the rule at ", say_string(e, e->only_place),
				" strengthens what is asked of this host, and cannot be applied: ",
				*problem ? problem : "it is not known",
				"; until then nothing is trusted here", (char *)NULL);
		help_line(d, "mend that section; `tlsmend lint` says what is wrong with it");
		return;
	}
	d->r->why =
	    say(e, "the rule at ", say_string(e, e->only_place), " admits only the CAs of ",
		say_string(e, e->only_file), *problem ? ", which " : ", and this chain leads to ",
		*problem           ? problem
		: !top             ? "no CA"
		: top->self_signed ? say_subject(e, top)
				   : say_issuer(e, top),
		(char *)NULL);
	if (*problem)
		help_line(d, "mend that file; until then nothing is trusted for this host");
	else
		help_line(d, say(e,
				 "if that CA is the right one for this host, add its certificate, "
				 "once its fingerprint is confirmed, to ",
				 say_string(e, e->only_file),
				 "; if not, somebody else answers there", (char *)NULL));
	if (d->r->cause == CAUSE_INTERMEDIATE_NOT_SENT || d->r->cause == CAUSE_INCOMPLETE_CHAIN)
		help_line(d, "the server's operator has to send the full chain");
}

/* Causes that speak of what the client's own store lacks. */
static bool is_about_store(enum cause c)
{
	return c == CAUSE_NO_TRUST_STORE || c == CAUSE_ROOT_MISSING_HERE ||
	       c == CAUSE_ANCHOR_NOT_ROOT;
}

/* Somebody put it there so that it is trusted. */
static void note_leaf_in_store(struct diagnosis *d)
{
	enum { PARTIAL_CHAIN = 0x80000 };
	const struct cert_info *c = d->leaf;
	if (c && c->trusted_by_client && !c->self_issued && !(d->e->verify_flags & PARTIAL_CHAIN))
		note_line(d, say(d->e, "the server's own certificate is ", stored_place(d, c),
				 ", which is not enough: this client goes by CAs "
				 "(X509_V_FLAG_PARTIAL_CHAIN is not set)",
				 (char *)NULL));
}

void explain_anchor(struct diagnosis *d)
{
	if (d->e->only_place && is_about_store(d->r->cause)) {
		const struct cert_info *top = top_of_chain(d);
		d->r->cause = top && top->self_signed ? CAUSE_UNTRUSTED_ROOT : CAUSE_ISSUER_UNKNOWN;
	}
	d->r->message = say(d->e, "cannot trust ", d->who, (char *)NULL);
	if (d->e->renewed_file && d->r->cause != CAUSE_MALFORMED_CERTIFICATE) {
		explain_renewed(d);
		return;
	}
	if (d->r->cause != CAUSE_MALFORMED_CERTIFICATE && d->r->cause != CAUSE_CHAIN_TOO_LONG)
		explain_directories(d);
	switch (d->r->cause) {
	case CAUSE_MALFORMED_CERTIFICATE:
		say_malformed(d);
		return;
	case CAUSE_NO_TRUST_STORE:
		explain_no_store(d);
		break;
	case CAUSE_ISSUER_REFUSED:
		explain_refused_issuer(d);
		break;
	case CAUSE_INTERMEDIATE_NOT_SENT:
		explain_not_sent(d);
		break;
	case CAUSE_INCOMPLETE_CHAIN:
		say_incomplete(d);
		break;
	case CAUSE_ANCHOR_NOT_ROOT:
		say_not_root(d);
		break;
	case CAUSE_SELF_SIGNED:
		say_self_signed(d);
		break;
	case CAUSE_WRONG_PATH:
		explain_wrong_path(d);
		return;
	case CAUSE_ROOT_MISSING_HERE:
		explain_missing_here(d);
		break;
	case CAUSE_UNTRUSTED_ROOT:
		say_untrusted_root(d);
		break;
	case CAUSE_CHAIN_TOO_LONG:
		say_too_long(d);
		return;
	default:
		explain_unknown_issuer(d);
		break;
	}
	if (d->e->only_place && !d->e->rule_refused_name)
		say_only(d);
	else if (d->e->rule_refused_name)
		say_name_forbids(d);
	else
		say_what_else_is_needed(d);
	note_leaf_in_store(d);
	note_inspection(d);
}
