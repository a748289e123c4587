/* SPDX-License-Identifier: ISC
 *
 * "Would this help?": what the trials showed (trial.c), and the help that rests on them.
 */
#include "diagnosis.h"
#include <tlsmend/name_fit.h>

#include <tlsmend/evidence.h>

#include <string.h>

/* Errors that a certificate has whatever the chain ends in. Revocation and policy are looked at along the chain, so they say
 * little about a broken one. */
static bool outlasts_a_ca(enum cause c)
{
	switch (c) {
	case CAUSE_CRL_UNAVAILABLE:
	case CAUSE_CRL_INVALID:
	case CAUSE_OCSP:
	case CAUSE_POLICY:
	case CAUSE_SCTS_MISSING:
	case CAUSE_PINNED_ELSEWHERE:
	case CAUSE_INTERNAL:
		return false;
	default:
		return !cause_trust_may_act(c);
	}
}

bool is_out_of_date(const struct evidence *e, const struct cert_info *c)
{
	return e->now != 0 && ((c->not_after != INT64_MIN && c->not_after < e->now) ||
			       (c->not_before != INT64_MIN && c->not_before > e->now));
}

/* OpenSSL 3 gives SHA-1 63 bits of security, older ones 80: level 1 wants 80, level 2 wants 112. */
static bool signed_too_weakly(const struct evidence *e, const struct cert_info *c)
{
	const int lowest = e->version >= 0x30000000UL ? 1 : 2;
	return e->security_level >= lowest && c->signature &&
	       (strstr(c->signature, "SHA1") || strstr(c->signature, "MD5"));
}

/* A strict look wants one, of all certificates that have an issuer. */
static bool lacks_identifier(const struct evidence *e, const struct cert_info *c)
{
	enum { X509_STRICT = 0x20 };
	return e->version >= 0x30000000UL && (e->verify_flags & X509_STRICT) != 0 &&
	       c->authority_key_id.n == 0;
}

/* OpenSSL leaves out some checks of the last certificate that it found, and makes them once that has an issuer. */
static const char *no_ca_at_top(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top || top->self_issued)
		return NULL;
	if (top != d->leaf && !(top->ca && top->has_basic_constraints))
		return say(e, say_subject(e, top), " is no CA certificate", (char *)NULL);
	for (size_t i = 1; i < e->presented_count; i++) {
		const struct cert_info *sent = &e->presented[i];
		if (!sent->ca && top->issuer.n > 0 && same_text(sent->subject, top->issuer))
			return say(e, say_subject(e, sent),
				   ", which the server sent, is no CA certificate", (char *)NULL);
	}
	return NULL;
}

static const char *obstacle_at_top(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (!top || top->self_issued)
		return NULL;
	if (no_ca_at_top(d))
		return no_ca_at_top(d);
	if (lacks_identifier(e, top))
		return say(e, say_subject(e, top),
			   " has no authorityKeyIdentifier, and this client checks strictly",
			   (char *)NULL);
	if (signed_too_weakly(e, top))
		return say(e, top == d->leaf ? "the server's certificate" : say_subject(e, top),
			   " is signed with ", say_string(e, top->signature), (char *)NULL);
	return NULL;
}

static const char *obstacle_of_dates(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->chain_count; i++) {
		const struct cert_info *c = &e->chain[i];
		/* such a one is told of last, once the chain is whole */
		if (e->version >= 0x10100000UL &&
		    (c->not_before == INT64_MIN || c->not_after == INT64_MIN))
			return say(e, i == 0 ? "the server's certificate" : say_subject(e, c),
				   " has a date that cannot be read", (char *)NULL);
		if (is_out_of_date(e, c))
			return say(e, i == 0 ? "the server's certificate" : say_subject(e, c),
				   c->not_before > e->now ? " is not valid yet" : " has expired",
				   is_good_by_system(e, c)
				       ? " by the wrong time that this program is shown"
				       : "",
				   (char *)NULL);
	}
	return NULL;
}

static bool is_about_time(enum cause c)
{
	return c == CAUSE_EXPIRED || c == CAUSE_NOT_YET_VALID;
}

static bool proposes_bundle(const struct diagnosis *d)
{
	return d->r->cause == CAUSE_ROOT_MISSING_HERE ||
	       (d->r->cause == CAUSE_NO_TRUST_STORE && d->e->system_root);
}

bool leaf_is_for_another(const struct evidence *e)
{
	return e->host && e->name_checked && !e->name_matches;
}

/* What is wrong besides the missing anchor; NULL: nothing that is known. */
const char *other_fault(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->error_count; i++) {
		const enum verify_symbol s = verify_symbol(e->errors[i].code, e->version);
		const char *name = verify_code_name(e->errors[i].code, e->version);
		if (e->errors[i].code == d->first.code ||
		    (!e->passed && evidence_waives(e, e->errors[i].code)))
			continue;
		if (is_about_time(verify_symbol_cause(s)) && obstacle_of_dates(d))
			return obstacle_of_dates(d);
		if (outlasts_a_ca(verify_symbol_cause(s)))
			return say(e, cause_table[verify_symbol_cause(s)].title, " (",
				   name ? name : "unknown code", ")", (char *)NULL);
	}
	const char *other = obstacle_of_dates(d);
	return other ? other : obstacle_at_top(d);
}

/* What would still be wrong with one more CA; NULL: nothing that is known. */
const char *help_ca_obstacle(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const bool system = proposes_bundle(d);
	const char *other = other_fault(d);
	if (other)
		return other;
	if ((system && e->system_tried == TRIED_BAD) || (!system && e->top_tried == TRIED_BAD))
		return "tried in memory, the chain fails with it too";
	if (!system && e->stand_in_tried == TRIED_BAD)
		return "tried in memory, the chain fails whatever CA stands above it";
	return NULL;
}

static bool is_at_hand(const struct diagnosis *d, bool system)
{
	return system || (top_of_chain(d) && top_of_chain(d)->self_signed);
}

enum { CRL_CHECK = 0x4 | 0x8 };

/* .NET asks for revocation lists of its own, and OpenSSL's flag only says that it will. */
static bool fetches_lists(const struct evidence *e)
{
	return e->framework == FRAMEWORK_DOTNET && (e->verify_flags & CRL_CHECK) != 0;
}

/* OpenSSL looks at them along a whole chain, which there is only with the CA. */
static bool demands_lists(const struct evidence *e)
{
	return e->framework != FRAMEWORK_DOTNET && (e->verify_flags & CRL_CHECK) != 0;
}

/* ---- two faults at once -------------------------------------------------------------------------------------------- */

/* The leaf's only name, where OpenSSL compares names and that is what it objects to. */
static const char *name_line(struct diagnosis *d)
{
	const struct cert_info *c = d->leaf;
	const struct text name =
	    c && c->san_count == 1 ? dns_name(c->san[0]) : (struct text){NULL, 0};
	if (name.n == 0 || d->ascii_name || memchr(name.s, '*', name.n) || !name_is_plain(name))
		return NULL;
	return say(d->e, "ExpectName = ", say_text(d->e, name), (char *)NULL);
}

static const char *line_for(struct diagnosis *d, enum cause c)
{
	switch (c) {
	case CAUSE_STRICT_PROFILE:
		return "Strict = no";
	case CAUSE_WEAK_KEY:
	case CAUSE_WEAK_DIGEST:
		return "CipherString = DEFAULT:@SECLEVEL=0";
	case CAUSE_NAME_MISMATCH:
		return name_line(d);
	default:
		return NULL;
	}
}

/* The one key that would mend whatever else fails; NULL: there is none, or it takes several. */
static const char *second_line(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const char *line = NULL, *one;
	if (obstacle_of_dates(d) || no_ca_at_top(d))
		return NULL;
	for (size_t i = 0; i < e->error_count; i++) {
		const enum cause c =
		    verify_symbol_cause(verify_symbol(e->errors[i].code, e->version));
		if (e->errors[i].code == d->first.code || !outlasts_a_ca(c))
			continue;
		one = line_for(d, c);
		if (!one || (line && strcmp(one, line) != 0))
			return NULL;
		line = one;
	}
	const struct cert_info *top = top_of_chain(d);
	const char *weak = top && signed_too_weakly(e, top) ? line_for(d, CAUSE_WEAK_DIGEST) : NULL;
	const char *strict =
	    top && lacks_identifier(e, top) ? line_for(d, CAUSE_STRICT_PROFILE) : NULL;
	const char *at_top = weak ? weak : strict;
	if ((weak && strict) || (line && at_top && strcmp(line, at_top) != 0))
		return NULL;
	return line ? line : at_top;
}

/* Where one more key would mend what the CA leaves. False: there is none. */
static bool help_both(struct diagnosis *d, const char *other, const char *lead, const char *line)
{
	struct evidence *e = d->e;
	static const char beginnings[][12] = {"until then ", "otherwise "}; /* said already */
	const char *second = second_line(d);
	bool done;
	if (!second)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++) {
		const size_t n = strlen(beginnings[i]);
		lead += strncmp(lead, beginnings[i], n) == 0 ? n : 0;
	}
	lead = say(e, "two things are wrong: no CA is known, and ", other,
		   ". Whoever runs the server has to mend the second; until then, for both: ", lead,
		   (char *)NULL);
	if (strncmp(second, "ExpectName", strlen("ExpectName")) == 0)
		done = help_section(d, lead, line, second, (char *)NULL);
	else
		done = help_section(d, lead, line, second, "Reason = to be mended by ...",
				    say(e, "Until = ", until_date(d), (char *)NULL), (char *)NULL);
	if (done)
		note_line(d, "not tried: both keys of that rule together");
	return done;
}

/* What leads to a rule of which it is open whether it is enough; other notes say so where it is no more than not at hand. */
static const char *hedged(struct diagnosis *d, const char *lead)
{
	struct evidence *e = d->e;
	const size_t n = strlen(lead);
	if (!e->dane && !(e->unlooked & LOOK_TRIALS) && !demands_lists(e))
		return lead;
	const char *words = arena_strndup(&e->arena, lead, n - (lead[n - 1] == ':'));
	return say(e, words ? words : "", " (not tried, it may not be enough):", (char *)NULL);
}

/* A lead, where no section can follow: the program's own settings are what is left. */
static void help_ca_in_program(struct diagnosis *d, const char *lead)
{
	static const char ends[][24] = {" and add:", ", or for this host only:", ":"};
	static const char goes_on[][56] = {", and name that in the program's own settings", "",
					   " name the CA in the program's own settings"};
	const size_t n = strlen(lead);
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		const size_t end = strlen(ends[i]);
		if (n < end || strcmp(lead + n - end, ends[i]) != 0)
			continue;
		const char *words = arena_strndup(&d->e->arena, lead, n - end);
		help_line(d, say(d->e, words ? words : "", goes_on[i], (char *)NULL));
		return;
	}
}

/* Who has to act first, before the CA is of any use. */
static const char *who_first(struct diagnosis *d, const char *obstacle)
{
	const char *dates = obstacle_of_dates(d);
	const bool expired = d->leaf && d->e->now != 0 && d->leaf->not_after != INT64_MIN &&
			     d->leaf->not_after < d->e->now && !is_good_by_system(d->e, d->leaf);
	return expired && dates && strcmp(obstacle, dates) == 0
		   ? "; the server's operator has to renew it first, and the CA is needed then, too"
		   : "; that has to be mended first";
}

/* A section with a CA file after a line that leads to it, or why that would not be enough. */
void help_ca(struct diagnosis *d, const char *lead, const char *line)
{
	const struct evidence *e = d->e;
	const bool system = proposes_bundle(d);
	const enum tried tried = system ? e->system_tried : e->top_tried;
	const char *other = help_ca_obstacle(d);
	if (other && help_both(d, other, lead, line))
		return;
	if (other) {
		help_line(d, say(d->e, "a further CA alone does not help here: ", other,
				 who_first(d, other), (char *)NULL));
		return;
	}
	const bool known = tried != TRIED_NOT || (!system && e->stand_in_tried != TRIED_NOT);
	const bool proposed = help_section(d, known ? lead : hedged(d, lead), line, (char *)NULL);
	if (!proposed && d->nowhere)
		help_ca_in_program(d, lead);
	if (!proposed || leaf_is_for_another(e))
		return; /* that alone is not enough, which is said there */
	if (fetches_lists(e) && (tried == TRIED_GOOD || e->stand_in_tried == TRIED_GOOD))
		note_line(d, "revocation was left out of the trial: .NET fetches the lists itself, "
			     "once it has a chain");
	if (tried == TRIED_GOOD)
		note_line(d, "tried: this rule makes the chain valid");
	else if (e->dane)
		note_line(d,
			  "not tried: this client also goes by what the DNS says of the server's "
			  "certificates (DANE, TLSA), which counts for no trial");
	else if (tried == TRIED_NOT && demands_lists(e))
		note_line(d,
			  "not tried: this client also demands revocation lists, and whether those "
			  "are there and in order is looked at once the chain has its CA");
	else if (tried == TRIED_NOT && !is_at_hand(d, system))
		note_line(d,
			  e->stand_in_tried == TRIED_GOOD
			      ? "the certificate that belongs into the file is not at hand here; "
				"tried: with its place taken, the chain is valid"
			      : "not tried: the certificate that belongs into the file is not at "
				"hand here");
}

void help_put_in_file(struct diagnosis *d, const struct cert_info *root, const char *put)
{
	struct evidence *e = d->e;
	help_ca(d,
		say(e, put, say_subject(e, root),
		    ", once its fingerprint is confirmed, into a file and add:", (char *)NULL),
		extra_ca_line(d, root->common_name));
}

const struct cert_info *wrong_turn(const struct evidence *e)
{
	for (size_t i = 1; i < e->chain_count; i++) {
		bool shared = e->chain[i].from != FROM_PRESENTED;
		for (size_t k = 0; k < e->other_path_count; k++)
			shared = shared || same_certificate(&e->chain[i], &e->other_path[k]);
		if (!shared)
			return &e->chain[i];
	}
	return NULL;
}

void explain_wrong_path(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *wrong = wrong_turn(e);
	const struct cert_info *last = &e->other_path[e->other_path_count - 1];
	const char *path = "";
	for (size_t i = 0; i < e->other_path_count; i++)
		path = say(e, path, i > 0 ? ", then " : "", say_subject(e, &e->other_path[i]),
			   (char *)NULL);
	d->r->why =
	    say(e, "the certificates that the server sent contain a valid chain: ", path,
		", issued by ", say_issuer(e, last), ", which this client trusts; OpenSSL took ",
		wrong ? say_subject(e, wrong) : "another way", wrong ? " issued by " : "",
		wrong ? say_issuer(e, wrong) : "", wrong ? " instead" : "",
		", does not turn back, and fails there: ",
		cause_table[verify_symbol_cause(d->symbol)].title, (char *)NULL);
	help_line(d, wrong
			 ? say(e, "the server's operator has to stop sending ",
			       say_subject(e, wrong), " issued by ", say_issuer(e, wrong),
			       wrong->have_sha256 ? " (sha256 " : "",
			       wrong->have_sha256 ? say_hex(e, wrong->sha256, 32) : "",
			       wrong->have_sha256 ? ")" : "", (char *)NULL)
			 : "the server's operator has to send only the certificates of that chain");
	if (e->trusted_first_tried == TRIED_GOOD &&
	    help_section(d, "until then, have this client prefer what it trusts itself:",
			 "TrustedFirst = yes", (char *)NULL))
		note_line(d, "tried: this rule makes the chain valid");
	note_line(d, "tried: with only the certificates of that chain the verification passes");
}

void explain_missing_here(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *root = e->system_root ? e->system_root : top_of_chain(d);
	const char *file = e->system_file ? e->system_file : "/etc/ssl/certs/ca-certificates.crt";
	/* set, and not asked for: the client goes by something else */
	const bool named = e->default_file_set && e->default_file && e->system_file &&
			   strcmp(e->default_file, e->system_file) == 0;
	d->r->why = say(e, "the chain leads to ", say_subject(e, root), ", which is in ",
			named ? "" : "the system's bundle ", say_string(e, file),
			named ? ", the file that SSL_CERT_FILE names, but this client goes by "
				"others, and it is"
			      : ", but",
			" in no store that this client loaded", (char *)NULL);
	help_ca(
	    d,
	    e->store_text && !e->default_file_asked
		? say(e, "somebody gave this client other CA certificates (",
		      say_string(e, e->store_text),
		      "): if they are meant to be all, the server is the wrong one; if not, add "
		      "the root there, or for this host only:",
		      (char *)NULL)
	    : adds_certificates(e)
		? "this program adds its CA certificates itself: if they are meant to be all, the "
		  "server is the wrong one; if not, have it add the root, or for this host only:"
		: "point the client to that bundle in its own settings, or for this host only:",
	    say(e, "ExtraCAFile = ", say_string(e, file), (char *)NULL));
}

const char *tried_level_line(struct diagnosis *d)
{
	return say(d->e, "CipherString = DEFAULT:@SECLEVEL=", say_int(d->e, d->e->level_enough),
		   (char *)NULL);
}
