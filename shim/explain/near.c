/* SPDX-License-Identifier: ISC
 *
 * Near misses in words: CA certificates that bear the wanted issuer's name and are not the issuer.
 */
#include "diagnosis.h"

const char *near_where(const struct cert_info *c)
{
	if (c->from == FROM_RULE)
		return "in the rule's file";
	return c->from == FROM_STORE ? "in the client's store" : "sent by the server";
}

static const char *other_serial(struct diagnosis *d, const struct cert_info *c,
				const struct cert_info *child)
{
	struct evidence *e = d->e;

	if (child->authority_serial == NULL || c->serial == NULL)
		return "its issuer or serial number is not the one that the certificate names";
	return say(e, "its serial number is ", say_string(e, c->serial), " (issued by ",
		   say_issuer(e, c), "), and the certificate names ",
		   say_string(e, child->authority_serial), (char *)NULL);
}

const char *near_refusal(struct diagnosis *d, const struct near_miss *near,
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
		return other_serial(d, c, child);
	case VERIFY_KEYUSAGE_NO_CERTSIGN:
		return "it may not sign certificates (keyUsage without keyCertSign)";
	case VERIFY_SIGNATURE_ALGORITHM_MISMATCH:
	case VERIFY_UNSUPPORTED_SIGNATURE_ALGORITHM:
		return say(e, "its key (", c->key != NULL ? say_string(e, c->key) : "unknown",
			   ") is of another kind than the signature (",
			   child->signature != NULL ? say_string(e, child->signature) : "unknown",
			   ")", (char *)NULL);
	case VERIFY_NO_ISSUER_PUBLIC_KEY:
		if (c->unknown_key != NULL)
			return say(e, "this OpenSSL does not know the algorithm of its key: ",
				   c->unknown_key, (char *)NULL);
		return "its public key cannot be read";
	default:
		if (c->malformed)
			return say(e, "it has an extension that is broken",
				   c->malformed_why != NULL ? ": " : "",
				   say_string(e, c->malformed_why), (char *)NULL);
		return say(e, "OpenSSL refuses it with code ", say_int(e, near->code),
			   (char *)NULL);
	}
}

static const char *fingerprint(struct diagnosis *d, const struct cert_info *c)
{
	return c->have_sha256 ? say(d->e, "; sha256 ", say_hex(d->e, c->sha256, sizeof(c->sha256)),
				    (char *)NULL)
			      : "";
}

static void note_one(struct diagnosis *d, const struct near_miss *near, bool said)
{
	struct evidence *e = d->e;
	const struct cert_info *c = near->candidate, *top = top_of_chain(d);

	if (said)
		note_line(d, say(e, "the one that does not fit: ", say_subject(e, c), ", ",
				 near_where(c), fingerprint(d, c), (char *)NULL));
	else if (top != NULL && top->self_signed && c->from == FROM_STORE)
		note_line(d,
			  say(e, "this client trusts a CA of that very name, but with another key",
			      fingerprint(d, c), (char *)NULL));
	else
		note_line(d,
			  say(e, "there is another CA certificate named ", say_subject(e, c), " (",
			      near_where(c), "), which does not fit", top != NULL ? ": " : "",
			      top != NULL ? near_refusal(d, near, top) : "", fingerprint(d, c),
			      (char *)NULL));
}

void note_near_misses(struct diagnosis *d)
{
	struct evidence *e = d->e;
	size_t i;

	for (i = 0; i < e->near_count; i++) {
		/* the certificate that the cause is about is no alternative */
		if (e->near[i].candidate == malformed_one(d))
			continue;
		note_one(d, &e->near[i], i == 0 && d->failure == CAUSE_ISSUER_REFUSED);
	}
}
