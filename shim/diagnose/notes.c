/* SPDX-License-Identifier: ISC
 *
 * Notes: what else is wrong. OpenSSL stops at, or shows, one error; own checks over all certificates find the others
 * (causes.md#verification: "expired at depth 1" can hide an expired leaf).
 */
#include "diagnosis.h"

#include <tlsmend/evidence.h>

#include <string.h>

enum { WEAK_RSA_BITS = 2048, WEAK_EC_BITS = 224 };

static const char *called(struct diagnosis *d, const struct cert_info *c)
{
	return c == d->leaf ? "the server's certificate" : say_subject(d->e, c);
}

static bool is_rsa_like(const struct cert_info *c)
{
	return c->key && (strncmp(c->key, "RSA", 3) == 0 || strncmp(c->key, "DSA", 3) == 0);
}

bool certificate_has_weak_key(const struct cert_info *c)
{
	if (c->key_bits == 0)
		return false;
	if (is_rsa_like(c))
		return c->key_bits < WEAK_RSA_BITS;
	return c->key && strncmp(c->key, "EC", 2) == 0 && c->key_bits < WEAK_EC_BITS;
}

/* A root's own signature proves nothing, so it cannot be weak. */
bool certificate_has_weak_digest(const struct cert_info *c)
{
	return c->signature && !c->self_issued &&
	       (strstr(c->signature, "SHA1") || strstr(c->signature, "MD5") ||
		strstr(c->signature, "MD4") || strstr(c->signature, "MD2"));
}

static void check_dates(struct diagnosis *d, const struct cert_info *c, bool culprit)
{
	struct evidence *e = d->e;
	const int64_t now = e->now;
	const enum cause cause = d->failure;
	if (now == 0 || cause == CAUSE_CLOCK_WRONG || is_good_by_system(e, c))
		return;
	if (c->not_after != INT64_MIN && c->not_after < now && !(culprit && cause == CAUSE_EXPIRED))
		note_line(d, say(e, "also wrong: ", called(d, c), " expired on ",
				 say_date(e, c->not_after), (char *)NULL));
	if (c->not_before != INT64_MIN && c->not_before > now &&
	    !(culprit && cause == CAUSE_NOT_YET_VALID))
		note_line(d, say(e, "also wrong: ", called(d, c), " is not valid before ",
				 say_date(e, c->not_before), (char *)NULL));
}

/* The help says what stands in its way, which may be that. */
static bool said_in_help(const struct diagnosis *d, const char *words)
{
	for (size_t i = 0; i < d->r->help_count; i++) {
		if (strstr(d->help[i], words))
			return true;
	}
	return false;
}

static void check_strength(struct diagnosis *d, const struct cert_info *c, bool culprit)
{
	struct evidence *e = d->e;
	if (certificate_has_weak_key(c) && !(culprit && d->failure == CAUSE_WEAK_KEY))
		note_line(d, say(e, "also wrong: the key of ", called(d, c), " is weak (",
				 say_string(e, c->key), ")", (char *)NULL));
	if (certificate_has_weak_digest(c) && !(culprit && d->failure == CAUSE_WEAK_DIGEST) &&
	    !said_in_help(d, say(e, called(d, c), " is signed with ", say_string(e, c->signature),
				 (char *)NULL)))
		note_line(d, say(e, "also wrong: ", called(d, c), " is signed with ",
				 say_string(e, c->signature), (char *)NULL));
	if (c->malformed && d->failure != CAUSE_MALFORMED_CERTIFICATE)
		note_line(d, say(e, "also wrong: ", called(d, c), " has a broken extension",
				 c->malformed_why ? ": " : "", say_string(e, c->malformed_why),
				 (char *)NULL));
	if (c->unknown_critical && d->failure != CAUSE_UNKNOWN_CRITICAL_EXTENSION)
		note_line(d, say(e, "also wrong: ", called(d, c),
				 " has a critical extension that this OpenSSL does not know: ",
				 say_string(e, c->unknown_critical), (char *)NULL));
}

static bool about_the_name(enum cause c)
{
	return c == CAUSE_NAME_MISMATCH || c == CAUSE_NO_SAN || c == CAUSE_ADDRESS_MISMATCH ||
	       c == CAUSE_SNI_NOT_SENT || c == CAUSE_NAME_NOT_CHECKED;
}

static void check_leaf(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *c = d->leaf;
	if (!c || about_the_name(d->failure) || d->r->cause == CAUSE_NAME_NOT_CHECKED)
		return;
	if (e->name_checked && !e->name_matches && e->host && !e->rule_refused_name)
		note_line(d, say(e, "also wrong: the certificate does not name ",
				 say_string(e, e->host), " (it names ", list_names(d, c), ")",
				 (char *)NULL));
	else if (c->san_count == 0 && c->common_name.n > 0 && !c->malformed)
		note_line(d, "also wrong: the certificate has no subjectAltName; many clients read "
			     "nothing else");
	if (c->has_extended_key_usage && !c->eku_server && !c->eku_any &&
	    d->failure != CAUSE_WRONG_PURPOSE)
		note_line(d, "also wrong: the server's certificate was not issued for servers "
			     "(extendedKeyUsage without serverAuth)");
}

static void check_certificates(struct diagnosis *d)
{
	for (size_t i = 0; i < d->r->chain_count; i++) {
		const struct cert_info *c = d->r->chain[i].cert;
		const bool culprit = c == d->culprit;
		check_dates(d, c, culprit);
		check_strength(d, c, culprit);
	}
	check_leaf(d);
}

/* Already said by an own check, with more words. */
static bool said_otherwise(const struct diagnosis *d, enum verify_symbol s)
{
	const enum cause c = verify_symbol_cause(s);
	return c == CAUSE_EXPIRED || c == CAUSE_NOT_YET_VALID || about_the_name(c) ||
	       c == d->failure ||
	       (cause_table[c].family == FAMILY_ANCHOR &&
		cause_table[d->failure].family == FAMILY_ANCHOR);
}

/* Who may not be a CA, or is rejected, fails OpenSSL's check of the purpose too; that says nothing more. */
static bool follows(const struct diagnosis *d, enum verify_symbol s, int depth)
{
	return s == VERIFY_INVALID_PURPOSE && depth == d->first.depth &&
	       (d->failure == CAUSE_NOT_A_CA || d->failure == CAUSE_DISTRUSTED);
}

/* Where the DNS names the key or the CA (DANE), it is in the place of the anchor. */
static bool needs_no_anchor(const struct diagnosis *d, enum verify_symbol s)
{
	return d->symbol == VERIFY_DANE_NO_MATCH &&
	       cause_table[verify_symbol_cause(s)].family == FAMILY_ANCHOR;
}

/* Before .NET has a chain, it has fetched no list; and that there is none is said once. */
static bool is_no_other_list(const struct diagnosis *d, size_t at)
{
	const struct evidence *e = d->e;
	const struct verify_error *error = &e->errors[at];
	if (e->framework != FRAMEWORK_DOTNET ||
	    verify_symbol_cause(verify_symbol(error->code, e->version)) != CAUSE_CRL_UNAVAILABLE)
		return false;
	for (size_t i = 0; i < at; i++) {
		if (e->errors[i].code == error->code)
			return true;
	}
	return cause_table[d->failure].family == FAMILY_ANCHOR || is_about_roots_list(e, error);
}

static void further_errors(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = 0; i < e->error_count; i++) {
		const enum verify_symbol s = verify_symbol(e->errors[i].code, e->version);
		const char *name = verify_code_name(e->errors[i].code, e->version);
		if (is_no_other_list(d, i) || said_otherwise(d, s) || needs_no_anchor(d, s) ||
		    follows(d, s, e->errors[i].depth) || e->errors[i].code == d->first.code ||
		    evidence_waives(e, e->errors[i].code))
			continue;
		note_line(d, say(e, "also wrong: ", cause_table[verify_symbol_cause(s)].title, " (",
				 name ? name : "unknown code", " at depth ",
				 say_int(e, e->errors[i].depth), ")", (char *)NULL));
	}
}

/* OpenSSL does not come to it where the only certificate already has too short a key. */
static void check_anchor(struct diagnosis *d)
{
	struct evidence *e = d->e;
	const struct cert_info *top = top_of_chain(d);
	if (d->failure != CAUSE_WEAK_KEY || !top || top != d->leaf || !top->self_signed ||
	    is_from_here(top))
		return;
	for (size_t i = 0; i < e->error_count; i++) {
		const enum verify_symbol s = verify_symbol(e->errors[i].code, e->version);
		if (cause_table[verify_symbol_cause(s)].family == FAMILY_ANCHOR)
			return;
	}
	note_line(d, say(e, "also wrong: ", called(d, top), " is signed by itself, and is ",
			 in_no_store(d), (char *)NULL));
}

static void shown_to_the_client(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (d->first.code == 0 || e->code == 0 || e->code == d->first.code)
		return;
	const char *name = verify_code_name(e->code, e->version);
	note_line(d,
		  say(e,
		      e->only_place  ? "the client itself, to which the rule leaves no CA for this "
				       "certificate, reports "
		      : d->with_rule ? "the client itself, without the rule's CA, reports "
		      : e->event_count > 0 && !e->passed
			  ? "the client's callback put another error in its place: "
			  : "the client itself reports the last error, ",
		      name ? name : "code", " (", say_int(e, e->code), ")", (char *)NULL));
}

/* In a record of its own the first one is the headline. */
static void about_dry_runs(struct diagnosis *d)
{
	struct evidence *e = d->e;
	for (size_t i = e->key ? 1 : 0; i < e->dry_count; i++)
		note_line(d, say(e, RECORD_DRY_RUN, say_string(e, e->dry[i].key), " of ",
				 say_string(e, e->dry[i].place), " ", say_string(e, e->dry[i].text),
				 (char *)NULL));
}

static void about_rules(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->expired && !e->key)
		note_line(d, say(e, "a key of the rule for this host no longer counts: ",
				 say_string(e, e->expired), (char *)NULL));
	if (e->only_place && e->rule_refused_name && about_the_name(d->failure))
		note_line(
		    d, say(e, "OnlyCAFile at ", say_string(e, e->only_place),
			   " counts only for a certificate that names the host, whether the client "
			   "compares names or not",
			   (char *)NULL));
	if (e->only_place)
		return; /* the failure itself is about it */
	if (e->rule_problem)
		note_line(d, say(e, "the rule for this host does not count: its CA file ",
				 say_string(e, e->rule_problem), (char *)NULL));
	if (d->with_rule || (e->rule_refused_name && about_the_name(d->failure))) {
		note_line(
		    d, say(e, "the CA of the rule for this host was taken into account",
			   e->rule_refused_name
			       ? ", and its trust counts only for a certificate that names the host"
			       : "; this is what fails with it",
			   e->rule ? ": " : "", say_string(e, e->rule), (char *)NULL));
		return;
	}
	if (!e->rule || e->event == EVENT_MENDED || e->event == EVENT_WEAKENED ||
	    e->event == EVENT_CONFIG_ERROR)
		return;
	if (cause_trust_may_act(d->failure) && !e->rule_problem && !e->rule_refused_name &&
	    strstr(e->rule, "CAFile"))
		note_line(d, say(e,
				 "a rule is in force for this host, but the certificates of its "
				 "file do not complete this chain: ",
				 say_string(e, e->rule), (char *)NULL));
	else
		note_line(d, say(e, "a rule is in force for this host: ", say_string(e, e->rule),
				 (char *)NULL));
}

static void about_a_long_list(struct diagnosis *d)
{
	struct evidence *e = d->e;
	if (e->presented_in_all > e->presented_count && e->presented_count > 0)
		note_line(d, say(e, "the server sent ", say_int(e, (int64_t)e->presented_in_all),
				 " certificates, of which the first ",
				 say_int(e, (int64_t)e->presented_count),
				 " were looked at; a chain has some three", (char *)NULL));
}

/* The rest of a record is right without them, but perhaps not all there is to say. */
static void about_what_was_not_looked_at(struct diagnosis *d)
{
	const unsigned unlooked = d->e->unlooked;
	const char *what[6];
	size_t n = 0;
	if (unlooked & LOOK_ERRORS)
		what[n++] = "further errors";
	if (unlooked & LOOK_TRIALS)
		what[n++] = "whether the help is enough";
	if (unlooked & LOOK_STORE)
		what[n++] = "all of the client's store";
	if (unlooked & LOOK_FILES)
		what[n++] = "all CA files of the system";
	if (unlooked & LOOK_KEYS)
		what[n++] = "whose key signed";
	if (unlooked & LOOK_NAMES)
		what[n++] = "which name is not allowed";
	if (n > 0)
		note_line(
		    d, say(d->e,
			   "not looked at, since it would take too long with these certificates: ",
			   what[0], n > 1 ? ", " : "", n > 1 ? what[1] : "", n > 2 ? ", " : "",
			   n > 2 ? what[2] : "", n > 3 ? ", " : "", n > 3 ? what[3] : "",
			   n > 4 ? ", " : "", n > 4 ? what[4] : "", n > 5 ? ", " : "",
			   n > 5 ? what[5] : "", (char *)NULL));
}

static void about_a_host_that_shows_late(struct diagnosis *d)
{
	if (d->too_late)
		note_line(d,
			  "no section can change what this program offers to this host: it tells "
			  "OpenSSL neither a name nor its socket, so that which host it is shows "
			  "only after its first message; where it can be given the host's name in "
			  "place of an address, or be made to send it (SNI), a section for that "
			  "name can");
}

static void about_a_host_that_shows_nowhere(struct diagnosis *d)
{
	if (d->nowhere)
		note_line(
		    d,
		    "no section can be for this server: the program tells OpenSSL neither "
		    "its name nor an internet socket, so that which host it is shows nowhere "
		    "(as in a login by EAP, to a network); what it trusts is in its own settings "
		    "(wpa_supplicant: ca_cert)");
}

void add_notes(struct diagnosis *d)
{
	if (d->r->chain_count > 0) {
		check_certificates(d);
		further_errors(d);
		check_anchor(d);
		if (cause_table[d->failure].family == FAMILY_ANCHOR &&
		    d->failure != CAUSE_WRONG_PATH && d->failure != CAUSE_ROOT_MISSING_HERE)
			note_near_misses(d);
	}
	about_a_long_list(d);
	shown_to_the_client(d);
	add_framework_words(d);
	note_callback(d);
	about_rules(d);
	about_a_host_that_shows_late(d);
	about_a_host_that_shows_nowhere(d);
	about_dry_runs(d);
	about_what_was_not_looked_at(d);
}
