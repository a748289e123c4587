/* SPDX-License-Identifier: ISC
 *
 * Near misses in words: CA certificates that bear the wanted issuer's name and are not the issuer.
 */
#include "diagnosis.h"

const struct near_miss *known_signer(const struct diagnosis *d)
{
	return d->e->near_count > 0 && d->e->near[0].key == TRIED_GOOD ? &d->e->near[0] : NULL;
}

static const char *other_serial(struct diagnosis *d, const struct cert_info *c,
				const struct cert_info *child)
{
	struct evidence *e = d->e;
	if (!child->authority_serial || !c->serial)
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
	case VERIFY_UNSUPPORTED_SIGNATURE_ALGORITHM:
		return say(e, "the signature of ", say_subject(e, child),
			   " is of an algorithm that this OpenSSL does not know",
			   child->signature ? ": " : "", say_string(e, child->signature),
			   (char *)NULL);
	case VERIFY_SIGNATURE_ALGORITHM_MISMATCH:
		return say(e, "its key (", c->key ? say_string(e, c->key) : "unknown",
			   ") is of another kind than the signature (",
			   child->signature ? say_string(e, child->signature) : "unknown", ")",
			   (char *)NULL);
	case VERIFY_NO_ISSUER_PUBLIC_KEY:
		if (c->unknown_key)
			return say(e, "this OpenSSL does not know the algorithm of its key: ",
				   c->unknown_key, (char *)NULL);
		return "its public key cannot be read";
	case VERIFY_SUBJECT_ISSUER_MISMATCH:
		return "it bears another name";
	case VERIFY_OK:
		return near->key == TRIED_BAD ? "its key did not sign the certificate" : "";
	default:
		if (c->malformed)
			return say(e, "it has an extension that is broken",
				   c->malformed_why ? ": " : "", say_string(e, c->malformed_why),
				   (char *)NULL);
		return say(e, "OpenSSL refuses it with code ", say_int(e, near->code),
			   (char *)NULL);
	}
}

static const char *fingerprint(struct diagnosis *d, const struct cert_info *c)
{
	return c->have_sha256 ? say(d->e, "; sha256 ", say_hex(d->e, c->sha256, sizeof c->sha256),
				    (char *)NULL)
			      : "";
}

static void note_one(struct diagnosis *d, const struct near_miss *near, bool said)
{
	struct evidence *e = d->e;
	const struct cert_info *c = near->candidate, *top = top_of_chain(d);
	if (said)
		note_line(d, say(e,
				 near->key == TRIED_GOOD ? "its issuer, by the key: "
							 : "the one that does not fit: ",
				 say_subject(e, c), ", ", store_place(d, c), fingerprint(d, c),
				 (char *)NULL));
	else if (top && top->self_signed && c->from == FROM_STORE)
		note_line(
		    d, say(e,
			   near->key == TRIED_GOOD
			       ? "this client trusts another certificate of that very CA and key"
			   : near->key == TRIED_BAD
			       ? "this client trusts a CA of that very name, but with another key"
			       : "this client trusts another certificate of that very name",
			   fingerprint(d, c), (char *)NULL));
	else
		note_line(d, say(e, "there is another CA certificate named ", say_subject(e, c),
				 " (", store_place(d, c), "), which does not fit", top ? ": " : "",
				 top ? near_refusal(d, near, top) : "", fingerprint(d, c),
				 (char *)NULL));
}

/* Signed by itself without being allowed to sign: its own key is the right one, and says nothing more. */
static bool is_itself(const struct diagnosis *d, const struct cert_info *c)
{
	const struct cert_info *top = top_of_chain(d);
	return d->failure == CAUSE_SELF_SIGNED && top && same_certificate(c, top);
}

void note_near_misses(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->near_count; i++) {
		/* the certificate that the cause is about is no alternative */
		if (e->near[i].candidate == malformed_one(d) ||
		    is_itself(d, e->near[i].candidate) ||
		    (is_namesake(d) && e->near[i].key == TRIED_GOOD))
			continue;
		note_one(d, &e->near[i], i == 0 && d->failure == CAUSE_ISSUER_REFUSED);
	}
}
