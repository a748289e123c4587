/* SPDX-License-Identifier: ISC
 *
 * No trusted anchor (CAUSES 1.1): decided from the certificates, not from the code. First match wins.
 */
#include "diagnosis.h"

#include <string.h>

static bool same_text(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static bool same_certificate(const struct cert_info *a, const struct cert_info *b)
{
	if (a->have_sha256 && b->have_sha256)
		return memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
	return same_text(a->subject, b->subject) && same_text(a->issuer, b->issuer) &&
	       a->not_after == b->not_after;
}

static const struct cert_info *top_of_chain(const struct diagnosis *d)
{
	const struct evidence *e = d->e;

	return e->chain_count > 0 ? &e->chain[e->chain_count - 1] : d->leaf;
}

static const struct cert_info *malformed_one(const struct diagnosis *d)
{
	size_t i;

	if (d->culprit != NULL && d->culprit->malformed)
		return d->culprit;
	for (i = 0; i < d->e->near_count; i++) {
		if (d->e->near[i].candidate->malformed)
			return d->e->near[i].candidate;
	}
	return NULL;
}

static bool store_is_empty(const struct evidence *e)
{
	return e->anchor_count == 0 && !e->store_has_lookups;
}

static bool in_chain(const struct evidence *e, const struct cert_info *c)
{
	size_t i;

	for (i = 0; i < e->chain_count; i++) {
		if (same_certificate(&e->chain[i], c))
			return true;
	}
	return false;
}

/* A CA certificate that was sent and to which nothing leads: something between is missing. */
static bool has_loose_ca(const struct evidence *e)
{
	size_t i;

	for (i = 1; i < e->presented_count; i++) {
		if (e->presented[i].ca && !in_chain(e, &e->presented[i]))
			return true;
	}
	return false;
}

static enum cause unfinished_chain(const struct diagnosis *d)
{
	const struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);

	if (top != NULL && !top->self_issued && (top->from == FROM_STORE || top->trusted_by_client))
		return CAUSE_ANCHOR_NOT_ROOT;
	if (has_loose_ca(e))
		return CAUSE_INCOMPLETE_CHAIN;
	if (e->presented_count <= 1 && e->chain_count <= 1 && top != NULL && !top->self_issued &&
	    top->ca_issuers_url.n > 0)
		return CAUSE_INTERMEDIATE_NOT_SENT;
	return CAUSE_ISSUER_UNKNOWN;
}

enum cause anchor_cause(struct diagnosis *d)
{
	const struct cert_info *top = top_of_chain(d);

	if (malformed_one(d) != NULL || d->r->cause == CAUSE_MALFORMED_CERTIFICATE)
		return CAUSE_MALFORMED_CERTIFICATE;
	if (d->r->cause == CAUSE_CHAIN_TOO_LONG)
		return CAUSE_CHAIN_TOO_LONG;
	if (store_is_empty(d->e))
		return CAUSE_NO_TRUST_STORE;
	if (top != NULL && !top->self_signed && d->e->near_count > 0)
		return CAUSE_ISSUER_REFUSED;
	/* wrong-path has its place here (CAUSES 1.1) */
	if (d->symbol == VERIFY_DEPTH_ZERO_SELF_SIGNED_CERT)
		return CAUSE_SELF_SIGNED;
	if (top != NULL && top == d->leaf && top->self_signed)
		return CAUSE_SELF_SIGNED;
	if (d->symbol == VERIFY_SELF_SIGNED_CERT_IN_CHAIN || (top != NULL && top->self_signed))
		return top != NULL && top->in_system_bundle ? CAUSE_ROOT_MISSING_HERE
							    : CAUSE_UNTRUSTED_ROOT;
	return unfinished_chain(d);
}

/* ---- sentences ---------------------------------------------------------------------------------------- */
static void say_malformed(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = malformed_one(d);

	if (c == NULL)
		c = d->culprit;
	d->r->message = say(e, "cannot use a certificate of ", d->who, (char *)NULL);
	if (c == NULL) {
		d->r->why = "a certificate of the chain is malformed";
	} else if (d->symbol == VERIFY_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
		   d->symbol == VERIFY_ERROR_IN_CERT_NOT_AFTER_FIELD) {
		d->r->why = say(e, "a date in the certificate ", say_subject(e, c),
				" cannot be read", (char *)NULL);
	} else {
		d->r->why = say(
		    e, "the certificate ", say_subject(e, c), " has an extension that is broken",
		    c->malformed_why != NULL ? ": " : "", say_string(e, c->malformed_why),
		    "; OpenSSL then builds no chain with it, and no further CA would help",
		    (char *)NULL);
	}
	help_line(d, "whoever issued this certificate has to issue it again without the fault; "
		     "send them this record");
}

static void say_no_store(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *where = "";

	if (e->default_file != NULL && e->default_dir != NULL && !e->default_file_exists &&
	    !e->default_dir_exists)
		where = say(e, "; its default file ", say_string(e, e->default_file),
			    " and its default directory ", say_string(e, e->default_dir),
			    " do not exist", (char *)NULL);
	d->r->why =
	    say(e, "this client has loaded no CA certificate at all, so it can trust nobody", where,
		(char *)NULL);
	help_line(d, "install the package ca-certificates, or point the client to the system's "
		     "bundle, for example with");
	help_line(d, "    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt");
}

static const char *sent_by(const struct cert_info *c)
{
	if (c->from == FROM_RULE)
		return "in the rule's file";
	return c->from == FROM_STORE ? "in the client's store" : "sent by the server";
}

static const char *refusal(struct diagnosis *d, const struct near_miss *near,
			   const struct cert_info *child)
{
	struct evidence *e = d->e;
	const struct cert_info *c = near->candidate;

	switch (verify_symbol(near->code, e->version)) {
	case VERIFY_AKID_SKID_MISMATCH:
		return say(e, "its key identifier is ",
			   say_hex(e, c->subject_key_id.s, c->subject_key_id.n), ", wanted is ",
			   say_hex(e, child->authority_key_id.s, child->authority_key_id.n),
			   (char *)NULL);
	case VERIFY_AKID_ISSUER_SERIAL_MISMATCH:
		return "its issuer or serial number is not the one that the certificate names";
	case VERIFY_KEYUSAGE_NO_CERTSIGN:
		return "it may not sign certificates (keyUsage without keyCertSign)";
	case VERIFY_SIGNATURE_ALGORITHM_MISMATCH:
	case VERIFY_UNSUPPORTED_SIGNATURE_ALGORITHM:
		return "its key is of another kind than the signature";
	case VERIFY_NO_ISSUER_PUBLIC_KEY:
		return "its public key cannot be read";
	default:
		return say(e, "OpenSSL refuses it with code ", say_int(e, near->code),
			   (char *)NULL);
	}
}

static void say_refused(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const struct near_miss *near = &e->near[0];

	d->r->why = say(e, say_subject(e, top), " was issued by ", say_issuer(e, top),
			"; a CA certificate of that name is there (", sent_by(near->candidate),
			"), but it is not the one: ", refusal(d, near, top), (char *)NULL);
	if (same_certificate(top, near->candidate)) {
		d->r->why = say(e, "the client's store holds ", say_subject(e, top),
				", which bears its own name as issuer but names another key than "
				"its own as that of its issuer: ",
				refusal(d, near, top), "; so OpenSSL does not take it for a root",
				(char *)NULL);
		help_line(d, "if the CA has changed its key, give the client the root with the "
			     "wanted key identifier; otherwise who runs the CA has to issue this "
			     "root certificate again");
		return;
	}
	d->r->expected = say_hex(e, top->authority_key_id.s, top->authority_key_id.n);
	d->r->presented =
	    say_hex(e, near->candidate->subject_key_id.s, near->candidate->subject_key_id.n);
	if (verify_symbol(near->code, e->version) == VERIFY_KEYUSAGE_NO_CERTSIGN) {
		help_line(d, "who runs that CA has to issue its certificate again, with "
			     "keyCertSign in its keyUsage");
		return;
	}
	help_section(d,
		     "get the CA's present certificate from who runs it, compare its fingerprint, "
		     "put it into a file and add:",
		     extra_ca_line(d, near->candidate->common_name), (char *)NULL);
}

static void say_not_sent(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);

	d->r->why = say(e, "the server sent only its own certificate; ", say_issuer(e, top),
			", the CA that issued it, was not sent and is not known to this client",
			(char *)NULL);
	help_line(
	    d,
	    "the server's operator has to configure the full chain (often called fullchain.pem)");
	help_line(d, say(e, "the certificate says where its issuer can be fetched: ",
			 say_text(e, top->ca_issuers_url), (char *)NULL));
	help_section(
	    d, "until then put that CA and the root above it, once confirmed, into a file and add:",
	    extra_ca_line(d, (struct text){"issuing-ca", 10}), (char *)NULL);
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
	help_section(d,
		     "until then put the missing CA and the root above it, once confirmed, into a "
		     "file and add:",
		     extra_ca_line(d, (struct text){"missing-ca", 10}), (char *)NULL);
}

static void say_not_root(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);

	if (top == NULL)
		return;
	d->r->why =
	    say(e, "the client's store holds ", say_subject(e, top), ", which is no root, but not ",
		say_issuer(e, top), ", the CA above it", (char *)NULL);
	help_section(d,
		     say(e, "add ", say_issuer(e, top),
			 ", once its fingerprint is confirmed, to the client's CA file, or for "
			 "this host only:",
			 (char *)NULL),
		     extra_ca_line(d, (struct text){"root", 4}), (char *)NULL);
}

static void say_self_signed(struct diagnosis *d)
{
	const struct cert_info *c = d->culprit != NULL ? d->culprit : d->leaf;

	d->r->why = "the server's certificate is signed by itself, no CA vouches for it, and it is "
		    "in no store that this client loaded";
	help_line(d, "best: the server's operator installs a certificate from a CA");
	help_section(d,
		     "otherwise read the sha256 fingerprint on the server itself; if it is the one "
		     "above, put the certificate into a file and add:",
		     extra_ca_line(d, c != NULL ? c->common_name : (struct text){NULL, 0}),
		     (char *)NULL);
}

/* Words in the names of CAs that TLS-inspecting products make. A hint for a note, never a decision. */
static const char *inspection_product(const struct cert_info *c)
{
	static const char *const products[] = {"Fortinet",
					       "FortiGate",
					       "Zscaler",
					       "Netskope",
					       "Palo Alto",
					       "Blue Coat",
					       "Sophos",
					       "Kaspersky",
					       "Avast",
					       "ESET SSL Filter",
					       "Bitdefender",
					       "mitmproxy",
					       "PortSwigger",
					       "Fiddler",
					       "Charles Proxy",
					       "Cisco Umbrella",
					       "McAfee Web Gateway",
					       "Forcepoint",
					       "SonicWall"};
	size_t i;

	for (i = 0; i < ARRAY_LENGTH(products); i++) {
		if (c->subject.n > 0 &&
		    memmem(c->subject.s, c->subject.n, products[i], strlen(products[i])) != NULL)
			return products[i];
	}
	return NULL;
}

static void say_untrusted_root(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	const char *product;

	if (top == NULL)
		return;
	d->r->why =
	    d->r->cause == CAUSE_ROOT_MISSING_HERE
		? "the chain is complete and the system trusts its root, but this client reads "
		  "other CA files"
		: "the chain is complete, but its root is in no store that this client loaded";
	help_section(d,
		     say(e, "put ", say_subject(e, top),
			 ", once its fingerprint is confirmed, into a file and add:", (char *)NULL),
		     extra_ca_line(d, top->common_name), (char *)NULL);
	product = inspection_product(top);
	if (product != NULL)
		note_line(d,
			  say(e, "the root's name is one that ", product,
			      " uses: a TLS-inspecting proxy may stand between client and server",
			      (char *)NULL));
}

static void say_unknown(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);

	if (top == NULL) {
		d->r->why = "OpenSSL found no issuer for a certificate of the chain";
		help_line(
		    d,
		    "find out which CA issued the server's certificate, and give it to the client");
		return;
	}
	d->r->why =
	    say(e, say_subject(e, top), " was issued by ", say_issuer(e, top),
		", which the server did not send and which is in no store that this client loaded",
		(char *)NULL);
	help_section(
	    d,
	    say(e, "get the certificate of ", say_issuer(e, top),
		" from who runs that CA, compare its fingerprint, put it into a file and add:",
		(char *)NULL),
	    extra_ca_line(d, (struct text){"root", 4}), (char *)NULL);
	help_line(d, "if it is not a root but an intermediate CA, the server should send it, and "
		     "its root belongs into the file too");
	if (top->authority_key_id.n > 0)
		note_line(d, say(e, "wanted: the CA whose subject key identifier is ",
				 say_hex(e, top->authority_key_id.s, top->authority_key_id.n),
				 (char *)NULL));
}

static void say_too_long(struct diagnosis *d)
{
	d->r->why = d->symbol == VERIFY_PATH_LOOP
			? "certificates of the chain issue each other in a circle"
			: "the chain has more certificates than this client's depth limit allows";
	help_line(d, d->symbol == VERIFY_PATH_LOOP
			 ? "the server's operator has to send a chain that ends in a root"
			 : "raise the verification depth in the client's own configuration");
}

/* The CA is there, in a rule, but trust for a host counts for that host only (DESIGN 1.5). */
static void say_name_forbids(struct diagnosis *d)
{
	struct evidence *e = d->e;

	d->r->help_count = 0;
	d->r->why = say(e, d->r->why != NULL ? d->r->why : "",
			"; a rule has the CA, but its trust counts for this host only, and the "
			"certificate does not name it (it names ",
			d->leaf != NULL ? list_names(d, d->leaf) : "nothing", ")", (char *)NULL);
	help_line(d, "connect by a name that the certificate carries (and that the rule covers), "
		     "or have the server's operator add this name to the certificate");
}

/* A CA alone would not make this chain good: a rule's trust counts for a certificate that names the host, and dates are
 * still checked. Said here, so that nobody adds the CA and wonders. */
static void say_what_else_is_needed(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->leaf;

	if (c == NULL || d->r->help_count == 0)
		return;
	if (e->name_checked && !e->name_matches && e->host != NULL)
		help_line(d, say(e,
				 "that alone is not enough: the rule counts only for a certificate "
				 "that names ",
				 say_string(e, e->host),
				 ", so the server also needs such a certificate", (char *)NULL));
	if (c->not_after != INT64_MIN && e->now != 0 && c->not_after < e->now)
		help_line(d, "that alone is not enough: the server's certificate has expired and "
			     "has to be renewed as well");
}

void explain_anchor(struct diagnosis *d)
{
	d->r->message = say(d->e, "cannot trust ", d->who, (char *)NULL);
	switch (d->r->cause) {
	case CAUSE_MALFORMED_CERTIFICATE:
		say_malformed(d);
		return;
	case CAUSE_NO_TRUST_STORE:
		say_no_store(d);
		break;
	case CAUSE_ISSUER_REFUSED:
		say_refused(d);
		break;
	case CAUSE_INTERMEDIATE_NOT_SENT:
		say_not_sent(d);
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
	case CAUSE_ROOT_MISSING_HERE:
	case CAUSE_UNTRUSTED_ROOT:
		say_untrusted_root(d);
		break;
	case CAUSE_CHAIN_TOO_LONG:
		say_too_long(d);
		return;
	default:
		say_unknown(d);
		break;
	}
	if (d->e->rule_refused_name)
		say_name_forbids(d);
	else
		say_what_else_is_needed(d);
}
