/* SPDX-License-Identifier: ISC
 *
 * A certificate of the wanted issuer's name is there, and OpenSSL does not take it; or it takes the certificate for its own issuer. Whose
 * fault that is, the key says: the CA whose key verifies the signature is the right one, whatever the identifiers say.
 */
#include "diagnosis.h"

#include <string.h>

/* "the CA certificate "Corp CA", which is in the client's own CA file /x" */
static const char *ca_there(struct diagnosis *d, const struct cert_info *c)
{
	return say(d->e, "the CA certificate ", say_subject(d->e, c), " (", store_place(d, c), ")",
		   (char *)NULL);
}

static const char *child_name(struct diagnosis *d, const struct cert_info *child)
{
	return child == d->leaf
		   ? "the server's certificate"
		   : say(d->e, "the CA certificate ", say_subject(d->e, child), (char *)NULL);
}

static void expect_identifiers(struct diagnosis *d, const struct near_miss *near,
			       const struct cert_info *child)
{
	struct evidence *e = d->e;
	const struct cert_info *c = near->candidate;
	if (verify_symbol(near->code, e->version) == VERIFY_AKID_SKID_MISMATCH) {
		d->r->expected = say_hex(e, child->authority_key_id.s, child->authority_key_id.n);
		d->r->presented = say_hex(e, c->subject_key_id.s, c->subject_key_id.n);
	} else if (verify_symbol(near->code, e->version) == VERIFY_AKID_ISSUER_SERIAL_MISMATCH &&
		   child->authority_serial && c->serial &&
		   strcmp(child->authority_serial, c->serial) != 0) {
		d->r->expected =
		    say(e, "serial number ", say_string(e, child->authority_serial), (char *)NULL);
		d->r->presented = say(e, "serial number ", say_string(e, c->serial), (char *)NULL);
	}
}

/* The CA has changed its certificate, but not its key, and the certificate below it names the former one. */
static void say_outdated_child(struct diagnosis *d, const struct near_miss *near,
			       const struct cert_info *child)
{
	struct evidence *e = d->e;
	const struct cert_info *c = near->candidate;
	const bool by_serial =
	    verify_symbol(near->code, e->version) == VERIFY_AKID_ISSUER_SERIAL_MISMATCH;
	d->r->why = say(e, child_name(d, child), " was signed by the key of ", ca_there(d, c),
			", but names another certificate of that CA as its issuer: ",
			near_refusal(d, near, child),
			". So the CA is the right one, and what was issued by it is out of date "
			"(authorityKeyIdentifier)",
			(char *)NULL);
	help_line(d, say(e, "whoever runs the CA ", say_subject(e, c), " has to issue ",
			 child_name(d, child),
			 " again, so that its authorityKeyIdentifier fits the CA's present "
			 "certificate; that certificate itself is not the one that is missing",
			 (char *)NULL));
	if (c->self_issued && child->authority_serial && by_serial)
		help_ca(d,
			say(e, "until then, if the CA's former certificate (serial number ",
			    say_string(e, child->authority_serial),
			    ") has not expired, put that into a file and add:", (char *)NULL),
			extra_ca_line(d, c->common_name));
}

static void say_other_name(struct diagnosis *d, const struct cert_info *c,
			   const struct cert_info *child)
{
	struct evidence *e = d->e;
	d->r->expected = say_dn(e, child->issuer);
	d->r->presented = say_dn(e, c->subject);
	d->r->why = say(e, child_name(d, child), " names \"", say_dn(e, child->issuer),
			"\" as its issuer; the CA whose key signed it, which the server sent, is "
			"called \"",
			say_dn(e, c->subject), "\"", (char *)NULL);
	help_line(d, say(e, "whoever issued ", child_name(d, child),
			 " has to issue it again with the issuer's exact name", (char *)NULL));
}

static void help_present_ca(struct diagnosis *d, const struct near_miss *near)
{
	const struct cert_info *c = near->candidate;
	if (c->from == FROM_PRESENTED)
		help_line(d, "the server's operator has to send the CA certificate that belongs to "
			     "this one, in place of the one that does not fit");
	help_ca(
	    d,
	    c->from == FROM_PRESENTED
		? "until then get the CA's present certificate from whoever runs it, compare its "
		  "fingerprint, put it into a file and add:"
		: "get the CA's present certificate from whoever runs it, compare its fingerprint, "
		  "put it into a file and add:",
	    extra_ca_line(d, c->common_name));
}

static void say_own_identifier(struct diagnosis *d, const struct near_miss *near,
			       const struct cert_info *top)
{
	struct evidence *e = d->e;
	d->r->why = say(e, ca_there(d, top),
			" bears its own name as issuer but names another key than its own as that "
			"of its issuer: ",
			near_refusal(d, near, top), "; so OpenSSL does not take it for a root",
			(char *)NULL);
	if (e->own_key == TRIED_GOOD)
		help_line(d,
			  "its own key signed it, so whoever runs that CA has to issue this root "
			  "certificate again, with its own key identifier or none");
	else
		help_line(d,
			  "if the CA has changed its key, give the client the root with the "
			  "wanted key identifier; otherwise whoever runs the CA has to issue this "
			  "root certificate again");
}

void explain_refused_issuer(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const struct near_miss *near = &e->near[0];
	const enum verify_symbol why = verify_symbol(near->code, e->version);
	if (why == VERIFY_SUBJECT_ISSUER_MISMATCH) {
		say_other_name(d, near->candidate, top);
		return;
	}
	expect_identifiers(d, near, top);
	if (same_certificate(top, near->candidate)) {
		say_own_identifier(d, near, top);
		return;
	}
	if (near->key == TRIED_GOOD &&
	    (why == VERIFY_AKID_SKID_MISMATCH || why == VERIFY_AKID_ISSUER_SERIAL_MISMATCH)) {
		say_outdated_child(d, near, top);
		return;
	}
	d->r->why = say(
	    e, say_subject(e, top), " was issued by ", say_issuer(e, top),
	    "; a CA certificate of that name is there (", store_place(d, near->candidate),
	    near->key == TRIED_BAD ? "), but its key did not sign: " : "), but it is not the one: ",
	    near_refusal(d, near, top), (char *)NULL);
	if (near->key == TRIED_BAD || why == VERIFY_AKID_SKID_MISMATCH ||
	    why == VERIFY_AKID_ISSUER_SERIAL_MISMATCH) {
		help_present_ca(d, near);
		return;
	}
	d->r->why =
	    say(e, say_subject(e, top), " was issued by ", say_issuer(e, top), "; ",
		ca_there(d, near->candidate),
		near->key == TRIED_GOOD ? " has the key that signed it, but OpenSSL does not "
					  "take it: "
					: " bears that name, but OpenSSL does not take it: ",
		near_refusal(d, near, top), (char *)NULL);
	if (why == VERIFY_UNSUPPORTED_SIGNATURE_ALGORITHM) {
		help_line(d, say(e, "whoever runs that CA has to issue ", child_name(d, top),
				 " again with a signature that this OpenSSL knows (ECDSA or RSA, "
				 "with SHA-256), or the client needs a newer OpenSSL",
				 (char *)NULL));
		return;
	}
	help_line(d,
		  why == VERIFY_KEYUSAGE_NO_CERTSIGN
		      ? "whoever runs that CA has to issue its certificate again, with keyCertSign "
			"in its keyUsage"
		      : "whoever runs that CA has to mend its certificate");
}

void explain_namesake(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const struct near_miss *signer = known_signer(d);
	if (!top->self_signed) {
		d->r->why = say(e, child_name(d, top), " and the CA that issued it bear one name, ",
				say_subject(e, top),
				"; its own key did not sign it, and the certificate of the key "
				"that did was not sent by the server and is ",
				in_no_store(d), (char *)NULL);
		help_wanted_ca(d, top);
		return;
	}
	d->r->why =
	    say(e, child_name(d, top), " and the CA that issued it bear one name, ",
		say_subject(e, top),
		", so that OpenSSL takes it for self-signed and looks for no issuer; its "
		"own key did not sign it",
		signer ? ", but that of " : "", signer ? ca_there(d, signer->candidate) : "",
		signer ? " did" : "", (char *)NULL);
	help_line(d,
		  say(e, "whoever runs that CA has to issue ", child_name(d, top),
		      top == d->leaf ? " again under another name than the CA's, for example "
				       "with the host's name and an organisation"
				     : " again with an authorityKeyIdentifier that names the key "
				       "that signed it",
		      (char *)NULL));
	if (top == d->leaf && top->have_sha256 && e->top_tried == TRIED_GOOD)
		help_ca(d,
			"until then read the sha256 fingerprint on the server itself; if it is the "
			"one above, put this certificate into a file and add:",
			extra_ca_line(d, top->common_name));
}
